"""Who acted on own work: in person, through a deputy, under a second name, or for an own account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from ledger.audit.checks import Check, Hit, Scope, within
from ledger.audit.checks_payments import PAID
from ledger.people.duties import duties, role_pairs
from sepa.errors import N_, KasseError

_USER = "(SELECT name FROM app_user WHERE id = {who})"
_ORDER = "'order:' || t.office || '-' || CAST(t.order_id AS TEXT)"
_TOTAL = "(SELECT total_cents FROM cash_order o WHERE o.office = t.office AND o.id = t.order_id)"
_PAIRS = ", ".join(f"('{first}', '{step}')" for step, duty in sorted(duties().items()) for first in duty.not_after)


class OwnWorkFoundError(KasseError):
    """One person took two steps that must stay apart (invariant 6)."""

    code = "audit.own_work"
    template = N_("{user} took both steps of {kind} {number}: {step} and {state}")
    hint = N_("the rules of kasse refuse this: run 'kasse journal verify' and inform the audit office")
    severity = "error"


_OWN_ORDERS = f"""
    SELECT t.office, {_ORDER}, substr(t.at, 1, 10), {_TOTAL}, {_USER.format(who="t.by")}, s.step, t.step
    FROM order_step t JOIN order_step s ON s.office = t.office AND s.order_id = t.order_id
    WHERE t.exception = 0 AND {within("t.at", "t.office")} AND (s.step, t.step) IN ({_PAIRS})
      AND (s.by = t.by OR s.by = t.on_behalf OR s.on_behalf = t.by OR s.on_behalf = t.on_behalf)"""
_SIGNED = """(SELECT f.confirmed_by, f.confirmed_at, c.closed_by, c.closed_at, c.kind, c.period
    FROM closing_confirmation f JOIN closing c ON c.kind = f.kind AND c.period = f.period)"""
_CANCELLED = """(SELECT c.desk, c.year, c.number, c.office, c.cents, c.made_by, c.made_at, o.made_by AS first_by,
    o.made_at AS first_at
    FROM cash_receipt c JOIN cash_receipt o ON o.desk = c.desk AND o.year = c.cancels_year AND o.number = c.cancels)"""
_RUNS = (("payment_run", "run", "payment"), ("collection_run", "collection_run", "collection"))
"""Tables of runs, what their events call them, and the word that begins the names of those events."""
_STEPS = (("propose", "proposed"), ("change", "changed"), ("review", "reviewed"))
_TOUCHED = ", ".join(f"'{word}.{step}'" for _, _, word in _RUNS for step, _ in _STEPS)


def _runs() -> Iterator[tuple[str, ...]]:
    """Yield where a run was released by who proposed, changed or reviewed it: by its columns, and by every event."""
    for table, name, word in _RUNS:
        number = f"'{name}:' || CAST(t.id AS TEXT)"
        total = f"""coalesce((SELECT n.total_cents FROM {table}_change n WHERE n.office = t.office AND n.run = t.id
            ORDER BY n.revision DESC LIMIT 1), t.total_cents)"""
        for column, step in ("t.created_by", "proposed"), ("t.reviewed_by", "reviewed"):
            yield table, number, "t.released_by", "t.released_at", column, total, "t.office", step, "released"
        for action, step in _STEPS:
            told = f"""(SELECT r.id, r.office, r.released_by, r.released_at, r.total_cents, v.by AS first_by,
                v.at AS first_at FROM {table} r JOIN event v ON v.office = r.office
                AND v.object = '{name}:' || CAST(r.id AS TEXT) AND v.action = '{word}.{action}')"""
            yield told, number, "t.released_by", "t.released_at", "t.first_by", total, "t.office", step, "released"


_OWN = (
    *_runs(),
    ("refund", "'item:' || t.office || '/' || CAST(t.item AS TEXT)", "t.approved_by", "t.approved_at", "t.asked_by",
     "t.cents", "t.office", "asked", "approved"),
    ("payee_account", "'item:' || t.office || '/' || CAST(t.item AS TEXT)", "t.confirmed_by", "t.confirmed_at",
     "t.asked_by", "CAST(NULL AS BIGINT)", "t.office", "asked", "confirmed"),
    ("attachment", "'attachment:' || CAST(t.id AS TEXT)", "t.confirmed_by", "t.confirmed_at", "t.made_by",
     "t.sum_cents", "'*'", "made", "confirmed"),
    ("party_merge", "'merge:' || CAST(t.id AS TEXT)", "t.decided_by", "t.decided_at", "t.proposed_by",
     "CAST(NULL AS BIGINT)", "'*'", "proposed", "decided"),
    (_CANCELLED, "'receipt:' || t.desk || '-' || CAST(t.year AS TEXT) || '-' || CAST(t.number AS TEXT)", "t.made_by",
     "t.made_at", "t.first_by", "t.cents", "t.office", "made", "cancelled"),
    ("cash_count", "'count:' || t.desk || '/' || CAST(t.number AS TEXT)", "t.confirmed_by", "t.confirmed_at",
     "t.counted_by", "t.counted_cents", "'*'", "counted", "confirmed"),
    (_SIGNED, "t.kind || ':' || t.period", "t.confirmed_by",
     "t.confirmed_at", "t.closed_by", "CAST(NULL AS BIGINT)", "'*'", "closed", "confirmed"),
)  # fmt: skip
"""Where two people must act: table, object, second person and moment, first person, amount, office, both steps."""


def both_steps(table: str, what: str, second: str, at: str, first: str, cents: str, office: str, *steps: str) -> str:
    """Return the statement that finds rows of a table in which one person took both steps, in person or as a deputy.

    The moment of the first step stands beside its person: `made_by`, `made_at`.
    """
    period = f"{at} >= :first AND {at} < :next"
    limited = "" if office == "'*'" else f" AND (CAST(:office AS TEXT) IS NULL OR {office} = :office)"
    return f"""
    SELECT {office}, {what}, substr({at}, 1, 10), {cents}, {_USER.format(who=second)}, '{steps[0]}', '{steps[1]}'
    FROM {table} t WHERE ({second} = {first} OR EXISTS ({_acted(second, at)} AND e.on_behalf = {first})
      OR EXISTS ({_acted(first, _moment(first))} AND (e.on_behalf = {second}
        OR e.on_behalf IN ({_acted(second, at, "g")})))) AND {period}{limited}"""


def _moment(person: str) -> str:
    return f"{person.removesuffix('by')}at"


def _acted(person: str, at: str, name: str = "e") -> str:
    """Return the statement that finds for whom a person acted at a moment."""
    known = f"{name}.by = {person} AND {name}.at = {at} AND {name}.on_behalf IS NOT NULL"
    return f"SELECT {name}.on_behalf FROM event {name} WHERE {known}"


_OWN_WORK = " UNION ".join([_OWN_ORDERS, *(both_steps(*row) for row in _OWN)])


class SmallOfficeError(KasseError):
    """The logged exception of an office where nobody else can certify."""

    code = "audit.small_office"
    template = N_("{user} certified own work by exception: order {order}, {amount_cents}; {words}")
    hint = N_("see 'kasse order show {order}': is there really nobody else in the office")
    severity = "info"


_SMALL = f"""
    SELECT t.office, {_ORDER}, substr(t.at, 1, 10), {_TOTAL}, {_USER.format(who="t.by")},
           t.office || '-' || CAST(t.order_id AS TEXT), coalesce(t.reason, '')
    FROM order_step t WHERE t.exception = 1 AND {within("t.at", "t.office")} ORDER BY 3, 1, 2"""


class VoidDeputyError(KasseError):
    """A step taken for somebody by a person who was not the deputy then."""

    code = "audit.deputy_void"
    template = N_("{user} took the step {step} of {kind} {number} for {principal} without being the deputy on that day")
    hint = N_("see 'kasse user deputies' and look at the step; inform the audit office")
    severity = "error"


_VOID = f"""
    SELECT t.office, {_ORDER}, substr(t.at, 1, 10), {_TOTAL}, {_USER.format(who="t.by")},
           t.step, {_USER.format(who="t.on_behalf")}
    FROM order_step t WHERE t.on_behalf IS NOT NULL AND {within("t.at", "t.office")} AND NOT EXISTS (
        SELECT 1 FROM deputy d WHERE d.principal = t.on_behalf AND d.deputy = t.by AND d.office IN (t.office, '*')
        AND d.made_at <= t.at AND d.since <= substr(t.at, 1, 10) AND d.until >= substr(t.at, 1, 10)
        AND (d.ended_on IS NULL OR d.ended_on > substr(t.at, 1, 10)))
    UNION ALL
    SELECT t.office, 'event:' || t.office || '-' || CAST(t.position AS TEXT), substr(t.at, 1, 10),
           CAST(NULL AS BIGINT), {_USER.format(who="t.by")}, t.action, {_USER.format(who="t.on_behalf")}
    FROM event t WHERE t.on_behalf IS NOT NULL AND {within("t.at", "t.office")} AND NOT EXISTS (
        SELECT 1 FROM deputy d WHERE d.principal = t.on_behalf AND d.deputy = t.by AND d.made_at <= t.at
        AND d.since <= substr(t.at, 1, 10) AND d.until >= substr(t.at, 1, 10)
        AND (d.ended_on IS NULL OR d.ended_on > substr(t.at, 1, 10)))
    ORDER BY 3, 1, 2"""


class OwnDeputyError(KasseError):
    """Somebody who named themselves a deputy, or was named by the person whose work they then approved."""

    code = "audit.deputy_own"
    template = N_("{user} acts for {principal} as {role} from {since} to {until}, and named the deputy in person")
    hint = N_("see 'kasse user deputies': another person should name a deputy")
    severity = "warning"


_OWN_DEPUTY = f"""
    SELECT d.office, 'user:' || CAST(d.deputy AS TEXT), substr(d.made_at, 1, 10), CAST(NULL AS BIGINT),
           {_USER.format(who="d.deputy")}, {_USER.format(who="d.principal")}, d.role, d.since, d.until
    FROM deputy d WHERE d.made_by = d.deputy AND d.made_at >= :first AND d.made_at < :next
      AND (CAST(:office AS TEXT) IS NULL OR d.office IN (:office, '*')) ORDER BY d.id"""


class RolesJoinedError(KasseError):
    """Two roles that must not meet in one person, held together at the end of the period."""

    code = "audit.roles_joined"
    template = N_("{user} holds the roles {role} and {other}, which one person must not hold together")
    hint = N_("see 'kasse user list'; take one away with 'kasse user revoke', or note why it is so")
    severity = "warning"


_ROLE_PAIRS = ", ".join(f"('{first}', '{second}')" for first, second, _ in role_pairs())
_JOINED = f"""
    SELECT a.office, 'user:' || CAST(a.user_id AS TEXT), CAST(:last AS TEXT), CAST(NULL AS BIGINT),
           {_USER.format(who="a.user_id")}, a.role, b.role
    FROM user_role a JOIN user_role b ON b.user_id = a.user_id JOIN app_user u ON u.id = a.user_id AND u.locked = 0
    WHERE (a.role, b.role) IN ({_ROLE_PAIRS}) AND (CAST(:office AS TEXT) IS NULL OR :office IN (a.office, b.office)
        OR a.office = '*' OR b.office = '*')
    ORDER BY a.user_id, a.office, a.role, b.role"""


class PayeeIsUserError(KasseError):
    """Money went to the account of a person who took a step of the order or the run."""

    code = "audit.payee_is_user"
    template = N_(
        "{user} took a step of run {run} or its order, which paid {amount_cents} to {iban}: an account of {user}"
    )
    hint = N_("see 'kasse payment show {run}' and the order of item {office}/{item}: what was it paid for")
    severity = "warning"


_PAYEE = f"""
    WITH person (id, match_key) AS (VALUES {{people}}),
    own (id, iban) AS (SELECT DISTINCT h.id, a.iban FROM person h JOIN party n ON n.match_key = h.match_key
                       JOIN party_account a ON a.party = n.id AND a.kind = 'own')
    SELECT p.item_office, 'run:' || CAST(p.run AS TEXT) || '/' || CAST(p.line AS TEXT), substr(r.released_at, 1, 10),
           p.cents, {_USER.format(who="own.id")}, p.run, p.item, p.creditor_iban
    FROM own JOIN payment p ON p.creditor_iban = own.iban AND p.state IN {PAID}
    JOIN payment_run r ON r.office = p.office AND r.id = p.run
    JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE {within("r.released_at", "p.item_office")} AND (
        own.id IN (r.created_by, r.reviewed_by, r.released_by)
        OR EXISTS (SELECT 1 FROM event e WHERE e.office = r.office AND e.object = 'run:' || CAST(r.id AS TEXT)
                   AND e.by = own.id AND e.action IN ({_TOUCHED}))
        OR EXISTS (SELECT 1 FROM order_step s WHERE s.office = i.office AND s.order_id = i.order_id
                   AND (s.by = own.id OR s.on_behalf = own.id))
        OR EXISTS (SELECT 1 FROM refund f WHERE f.office = p.item_office AND f.item = p.item AND f.id = p.refund
                   AND own.id IN (f.asked_by, f.approved_by)))
    ORDER BY p.run, p.line"""


class TwinUsersError(KasseError):
    """Two users whose names are those of one person took steps that must stay apart."""

    code = "audit.user_twins"
    template = N_("{user} and {other} may be one person; both took steps of {kind} {number}; cases in all: {count}")
    hint = N_("see 'kasse user list'; lock one of the two with 'kasse user lock'")
    severity = "warning"


_OTHER = "CASE WHEN r.released_by = w.a THEN w.b ELSE w.a END"
_TWIN_RUNS = " UNION ALL ".join(
    f"""
    SELECT DISTINCT r.office, '{name}:' || CAST(r.id AS TEXT), substr(r.released_at, 1, 10), r.total_cents,
           {_USER.format(who="r.released_by")}, {_USER.format(who="e.by")}, w.a, w.b
    FROM twin w JOIN {table} r ON r.released_by IN (w.a, w.b)
    JOIN event e ON e.office = r.office AND e.object = '{name}:' || CAST(r.id AS TEXT) AND e.by = {_OTHER}
      AND e.action IN ({_TOUCHED})
    WHERE {within("r.released_at", "r.office")}"""
    for table, name, _ in _RUNS
)
_TWINS = f"""
    WITH twin (a, b) AS (VALUES {{twins}})
    SELECT t.office, {_ORDER} AS object, substr(t.at, 1, 10) AS day, {_TOTAL}, {_USER.format(who="t.by")},
           {_USER.format(who="s.by")}, w.a, w.b
    FROM twin w JOIN order_step t ON t.by = w.a JOIN order_step s ON s.office = t.office AND s.order_id = t.order_id
      AND s.by = w.b
    WHERE {within("t.at", "t.office")}
    UNION ALL
    {_TWIN_RUNS}
    UNION ALL
    SELECT f.office, 'item:' || f.office || '/' || CAST(f.item AS TEXT), substr(f.approved_at, 1, 10), f.cents,
           {_USER.format(who="f.approved_by")}, {_USER.format(who="f.asked_by")}, w.a, w.b
    FROM twin w JOIN refund f ON (f.asked_by = w.a AND f.approved_by = w.b)
      OR (f.asked_by = w.b AND f.approved_by = w.a)
    WHERE {within("f.approved_at", "f.office")}
    ORDER BY 7, 8, 3, 2"""


def _once_a_pair(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    del scope
    for _, own in groupby(hits, key=lambda hit: (hit["a"], hit["b"])):
        cases = {hit["object"]: hit for hit in own}
        first = next(iter(cases.values()))
        yield first | {"count": len(cases)}


CHECKS = (
    Check(OwnWorkFoundError, "step state", _OWN_WORK,
          N_("one person took two steps that must stay apart, in person or through a deputy"), "§ 77 LHO"),
    Check(VoidDeputyError, "step principal", _VOID,
          N_("a step taken for somebody by a person who was not the deputy on that day"), "§ 77 LHO"),
    Check(RolesJoinedError, "role other", _JOINED,
          N_("roles that one person must not hold together"), "§ 77 LHO; § 34 (3) KommHV-Doppik"),
    Check(OwnDeputyError, "principal role since until", _OWN_DEPUTY,
          N_("a deputy who named themselves"), "VV § 34 LHO"),
    Check(PayeeIsUserError, "run item iban", _PAYEE,
          N_("money paid to the account of a party of the name of a user who took a step of it"), "§ 77 LHO"),
    Check(TwinUsersError, "other a b", _TWINS,
          N_("two users whose names are those of one person, and who both acted on one order, run or refund"),
          "§ 77 LHO", _once_a_pair),
    Check(SmallOfficeError, "order words", _SMALL,
          N_("exceptions of offices where nobody else can certify, with their reason"), "VV § 70 LHO; § 31 KomHVO NRW"),
)  # fmt: skip

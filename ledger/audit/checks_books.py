"""What looks wrong with the log itself: clocks that run backwards, entries without an event, work at night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from ledger.audit.checks import IN_OFFICE, Check, Hit, Scope, days_between, within
from ledger.bank.skipping import written
from sepa.calendar import kasse_time
from sepa.errors import N_, KasseError

SKEW, BACK_DAYS, NIGHT = dt.timedelta(minutes=10), 31, (22, 5)
SATURDAY = 5
_USER = "(SELECT name FROM app_user WHERE id = {who})"


class BackwardsError(KasseError):
    """A number that was given later carries an earlier moment."""

    code = "audit.clock_backwards"
    template = N_("{kind} {number} was written at {at}, the number before it at {before}")
    hint = N_("was a clock set back, or written by hand: run 'kasse journal verify' and see 'kasse journal gaps'")
    severity = "warning"


_LAG = "lag({at}) OVER (PARTITION BY {chain} ORDER BY {number})"
_TIMED = " UNION ALL ".join(
    f"""
    SELECT office, object, substr(at, 1, 10) AS day, CAST(NULL AS BIGINT), {_USER.format(who="who")}, at, before_it
    FROM (SELECT {office} AS office, {what} AS object, {at} AS at, {by} AS who,
                 {_LAG.format(at=at, chain=chain, number=number)} AS before_it
          FROM {table} t WHERE {within(at, office)}{more}) timed WHERE at < before_it"""
    for table, office, chain, number, what, at, by, more in (
        ("entry", "t.office", "t.office", "t.position",
         "'entry:' || t.office || '-' || CAST(t.year AS TEXT) || '-' || CAST(t.number AS TEXT)", "t.recorded_at",
         "t.recorded_by", ""),
        ("event", "t.office", "t.office", "t.position", "'event:' || t.office || '/' || CAST(t.position AS TEXT)",
         "t.at", "t.by", ""),
        ("order_step", "t.office", "t.office", "t.order_id", "'order:' || t.office || '-' || CAST(t.order_id AS TEXT)",
         "t.at", "t.by", " AND t.step = 'created'"),
        ("cash_receipt", "t.office", "t.desk, t.year", "t.number",
         "'receipt:' || t.desk || '-' || CAST(t.year AS TEXT) || '-' || CAST(t.number AS TEXT)", "t.made_at",
         "t.made_by", ""),
    )
)  # fmt: skip


def _far_back(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield what lies back further than two clocks of one Kasse may differ."""
    del scope
    for hit in hits:
        if _moment(hit["before"]) - _moment(hit["at"]) > SKEW:
            yield hit


def _moment(at: object) -> dt.datetime:
    return dt.datetime.fromisoformat(str(at))


class UnnotedEntryError(KasseError):
    """Entries of which the event log knows nothing."""

    code = "audit.entry_unnoted"
    template = N_("written at {at} by {user} from entry {number} on, and no event says so; entries: {count}")
    hint = N_("the event log was cut, or somebody wrote by hand: compare with 'kasse journal verify --head HEAD'")
    severity = "error"


_UNNOTED = f"""
    SELECT g.office, 'entry:' || g.office || '-' || CAST(f.year AS TEXT) || '-' || CAST(f.number AS TEXT),
           substr(g.recorded_at, 1, 10), CAST(NULL AS BIGINT), {_USER.format(who="g.recorded_by")}, g.recorded_at,
           g.entries
    FROM (SELECT office, recorded_at, recorded_by, min(position) AS first_position, count(*) AS entries FROM entry
          WHERE {within("recorded_at", "office")} GROUP BY office, recorded_at, recorded_by) g
    JOIN entry f ON f.office = g.office AND f.position = g.first_position
    LEFT JOIN (SELECT DISTINCT at, by FROM event WHERE at >= :first AND at < :next) v
      ON v.at = g.recorded_at AND v.by = g.recorded_by
    WHERE v.at IS NULL ORDER BY g.recorded_at, g.office"""


class BackdatedError(KasseError):
    """An entry made by hand counts as of a day long before it was written."""

    code = "audit.entry_backdated"
    template = N_("{user} wrote entry {entry} on {written}, but dated it {day}")
    hint = N_("see 'kasse journal show {entry}' and its document")
    severity = "info"


_BACKDATED = f"""
    SELECT e.office, 'entry:' || e.office || '-' || CAST(e.year AS TEXT) || '-' || CAST(e.number AS TEXT),
           e.posting_day, CAST(NULL AS BIGINT), {_USER.format(who="e.recorded_by")},
           e.office || '-' || CAST(e.year AS TEXT) || '-' || CAST(e.number AS TEXT), substr(e.recorded_at, 1, 10)
    FROM entry e WHERE e.kind IN ('manual', 'transfer', 'reversal') AND {within("e.recorded_at", "e.office")}
    ORDER BY e.office, e.position"""


def _long_before(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    del scope
    for hit in hits:
        if days_between(hit["day"], hit["written"]) > BACK_DAYS:
            yield hit


class LateStatementError(KasseError):
    """A statement of a day that was closed brought entries which the bank had not sent before."""

    code = "audit.statement_late"
    template = N_(
        "{user} imported {file} when {day} was closed: new bank entries of {iban}: {count}, together {amount_cents}"
    )
    hint = N_("see 'kasse statement list' and 'kasse day show --date {day}'; ask the bank why it was issued again")
    severity = "warning"


_LATE = f"""
    SELECT b.office, 'statement:' || CAST(s.id AS TEXT), b.bank_day, CAST(sum(b.amount_cents) AS BIGINT),
           {_USER.format(who="f.imported_by")}, s.iban, f.name, count(*)
    FROM source_file f JOIN statement s ON s.file_sha256 = f.sha256
    JOIN bank_entry b ON b.statement = s.id
    JOIN (SELECT c.last_day, min(c.closed_at) AS closed_at FROM closing c WHERE c.kind = 'day' GROUP BY c.last_day) k
      ON k.last_day = (SELECT min(d.last_day) FROM closing d WHERE d.kind = 'day' AND d.last_day >= b.bank_day)
    WHERE {within("f.imported_at", "b.office")} AND k.closed_at < f.imported_at AND EXISTS (
        SELECT 1 FROM statement o WHERE o.iban = s.iban AND o.closing_day = b.bank_day AND o.id < s.id
          AND o.withdrawn_on IS NULL)
    GROUP BY b.office, s.id, b.bank_day, f.imported_by, s.iban, f.name ORDER BY s.id, b.bank_day"""


class SkippedNumberError(KasseError):
    """Somebody said that a bank never gave a number to a statement; no closing warns of it any more."""

    code = "audit.statement_skipped"
    template = N_("{user} noted that the bank never gave {numbers} of {year} to a statement of {iban}: {reason}")
    hint = N_("ask the bank whether that is so; see 'kasse statement continuity --iban {iban}'")
    severity = "info"


_SKIPPED = f"""
    SELECT b.office, 'bank_account:' || k.iban, substr(k.made_at, 1, 10), 0, {_USER.format(who="k.made_by")}, k.iban,
           k.first_number, k.last_number, k.year, coalesce(k.reason, '')
    FROM statement_skip k JOIN bank_account b ON b.iban = k.iban
    WHERE {within("k.made_at", "b.office")} ORDER BY 3, k.iban, k.line"""


def _in_short(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield every row with its numbers in one field."""
    del scope
    for hit in hits:
        yield {**hit, "numbers": written(hit["first"], hit["last"])}


class BankAccountAddedError(KasseError):
    """Somebody added a bank account to the book: money that goes there counts as money of the Kasse."""

    code = "audit.bank_account_added"
    template = N_("{user} added the bank account {iban} ({name})")
    hint = N_("ask the bank whether the account is the municipality's, and who may dispose of it")
    severity = "info"


_ADDED = f"""
    SELECT e.office, e.object, substr(e.at, 1, 10), CAST(NULL AS BIGINT), {_USER.format(who="e.by")}, b.iban, b.name
    FROM event e JOIN bank_account b ON 'bank_account:' || b.iban = e.object
    WHERE e.action = 'bank_account.add' AND {within("e.at", "e.office")} ORDER BY e.at, b.iban"""


class BankBalanceEnteredError(KasseError):
    """What a bank account held before its first statement was entered: no statement tells where that came from."""

    code = "audit.bank_balance_entered"
    template = N_("{user} posted what the bank account {iban} ({name}) held when it joined the book")
    hint = N_("compare the paper that proves it with the first statement; see 'kasse report account {number}'")
    severity = "info"


_ENTERED = f"""
    SELECT e.office, e.object, substr(e.at, 1, 10), CAST(NULL AS BIGINT), {_USER.format(who="e.by")}, b.iban, b.name,
           b.account
    FROM event e JOIN bank_account b ON 'bank_account:' || b.iban = e.object
    WHERE e.action = 'bank_account.balance' AND {within("e.at", "e.office")} ORDER BY e.at, b.iban"""


class LockedUserActedError(KasseError):
    """A user who was locked acted nevertheless."""

    code = "audit.locked_user"
    template = N_("{user} was locked on {locked} and acted after that, first with '{action}'; steps: {count}")
    hint = N_("see 'kasse user list'; who had the account: 'kasse journal list' shows what it wrote")
    severity = "error"


_LOCKED = f"""
    SELECT min(e.office), k.object, substr(min(e.at), 1, 10), CAST(NULL AS BIGINT), {_USER.format(who="e.by")},
           substr(k.at, 1, 10), count(*), min(e.action)
    FROM event k JOIN event e ON 'user:' || CAST(e.by AS TEXT) = k.object AND e.at > k.at AND e.action <> 'refused'
    WHERE k.action = 'user.lock' AND {within("e.at", "e.office")} AND NOT EXISTS (
        SELECT 1 FROM event x WHERE x.object = k.object AND x.action = 'user.unlock' AND x.at >= k.at AND x.at <= e.at)
    GROUP BY k.object, k.at, e.by ORDER BY k.at"""


class SilentUnlockError(KasseError):
    """A user's lock in the table is not what the event log says."""

    code = "audit.lock_silent"
    template = N_("the user {user} is not locked, but the last thing the log says is the lock of {day}")
    hint = N_("the table was changed by hand: run 'kasse journal verify' and inform the audit office")
    severity = "error"


_SILENT = f"""
    SELECT k.office, k.object, substr(max(k.at), 1, 10), CAST(NULL AS BIGINT), max(u.name)
    FROM event k JOIN app_user u ON 'user:' || CAST(u.id AS TEXT) = k.object AND u.locked = 0
    WHERE k.action = 'user.lock' AND k.at < :next AND {IN_OFFICE.format(column="k.office")}
      AND NOT EXISTS (SELECT 1 FROM event x WHERE x.object = k.object AND x.action = 'user.unlock' AND x.at >= k.at)
    GROUP BY k.office, k.object ORDER BY 2"""


class NightWorkError(KasseError):
    """A person decided about money at night or on a weekend."""

    code = "audit.odd_hours"
    template = N_("{user} acted on {day} at {hours} o'clock, first '{action}'; steps: {count}")
    hint = N_("ask whether somebody really worked then; machines get a user of their own with the role machine")
    severity = "info"


_WORDS = ("order", "payment", "refund", "payee", "suspense", "party", "lock", "mandate", "collection", "relief", "user")
_ACTED = " OR ".join(
    [*(f"e.action LIKE '{word}.%'" for word in _WORDS), "e.action IN ('journal.post', 'journal.reverse')"]
)
_HOURS = f"""
    SELECT e.office, coalesce(e.object, ''), e.at, CAST(NULL AS BIGINT), {_USER.format(who="e.by")}, e.by, e.action
    FROM event e WHERE {within("e.at", "e.office")} AND ({_ACTED}) AND NOT EXISTS (
        SELECT 1 FROM user_role m WHERE m.user_id = e.by AND m.role = 'machine')
    ORDER BY e.by, e.at"""


def _odd_hours(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield one hit for each person and day; hours are those of Germany."""
    del scope
    days: dict[tuple[object, dt.date], list[tuple[dt.datetime, Hit]]] = {}
    for hit in hits:
        at = kasse_time(str(hit["day"]))
        if at.hour >= NIGHT[0] or at.hour < NIGHT[1] or at.weekday() >= SATURDAY:
            days.setdefault((hit["who"], at.date()), []).append((at, hit))
    for (_, day), found in days.items():
        (first, hit), last = found[0], found[-1][0]
        since, until = f"{first:%H:%M}", f"{last:%H:%M}"
        hours = since if since == until else f"{since}–{until}"
        yield hit | {"day": day.isoformat(), "count": len(found), "since": since, "until": until, "hours": hours}


CHECKS = (
    Check(UnnotedEntryError, "at count", _UNNOTED,
          N_("entries at a moment of which the event log says nothing"), "§ 71 LHO; GoBD Rz. 107"),
    Check(LockedUserActedError, "locked count action", _LOCKED,
          N_("users who acted while they were locked"), "§ 77 LHO"),
    Check(SilentUnlockError, "", _SILENT,
          N_("users whose lock in the table is not what the event log says"), "§ 77 LHO"),
    Check(BackwardsError, "at before", _TIMED,
          N_("numbers of entries, events, orders and receipts whose moments run backwards by more than 10 minutes"),
          "§ 71 LHO; GoBD Rz. 45", _far_back),
    Check(LateStatementError, "iban file count", _LATE,
          N_("statements of a closed day issued again, with entries that were not there before"), "§ 70 LHO"),
    Check(SkippedNumberError, "iban first last year reason", _SKIPPED,
          N_("numbers of which a person said that the bank never gave them to a statement"), "§ 70 LHO",
          _in_short),
    Check(BankAccountAddedError, "iban name", _ADDED,
          N_("bank accounts that were added to the book"), "§ 70 LHO"),
    Check(BankBalanceEnteredError, "iban name number", _ENTERED,
          N_("balances that bank accounts had when they joined the book"), "§ 70 LHO"),
    Check(BackdatedError, "entry written", _BACKDATED,
          N_("entries made by hand and dated more than 31 days back"), "§ 71 LHO", _long_before),
    Check(NightWorkError, "who action", _HOURS,
          N_("steps taken by persons at night (22 to 5 o'clock) or on a weekend"), "GoBD Rz. 100", _odd_hours),
)  # fmt: skip

"""Seals of mandates: what was signed decides whose account is debited, and every step tells what it is from then on.

Names and accounts are personal data that may be erased: a seal is a hash with a salt that lies in the row and goes with
them. What follows from the collections - uses, last use, the end of a mandate that is used up - is not sealed but
compared with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ledger.events.seals import GONE, differing, digest, packed
from ledger.events.store import Fact
from ledger.payments.collection_changes import CHANGED_DAY
from ledger.payments.mandate_use_store import LAST, PRESENTED, SEEN
from ledger.people.party_seals import beside
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

FACT = "mandate_seal"
"""The fact of an event that holds seals of mandates: `NUMBER=SEAL`, `NUMBER=SEAL BEFORE>SEAL`."""
MOST = 100
_STAYS = (
    "creditor_id", "reference", "scheme", "usage", "party", "debtor_name", "iban", "bic", "signed", "document",
    "document_sha256", "office", "claim_kinds", "covers_reference", "notice_days", "resume_on", "final", "confirmed_on",
    "used_before", "valid_from", "created_by", "created_at", "salt",
)  # fmt: skip
# a mandate that is used up is one that was active: its collections say so
_USED_UP = "m.state = 'ended' AND m.state_reason = 'used'"
_MANDATES = f"""
    SELECT m.id, {", ".join(f"m.{name}" for name in _STAYS)}, CASE WHEN {_USED_UP} THEN 'active' ELSE m.state END,
        CASE WHEN {_USED_UP} THEN NULL ELSE m.state_reason END
    FROM mandate m {{where}} ORDER BY m.id"""
_REFERENCES = "SELECT r.mandate, r.creditor_key, r.key, r.since FROM mandate_reference r {where} ORDER BY r.mandate"
# which collection told of an amendment moves with the collections; what was amended does not
_AMENDMENTS = """SELECT a.mandate, a.number, a.field, a.old, a.new, a.at, a.by FROM mandate_amendment a {where}
    ORDER BY a.mandate, a.number"""
_AMENDED = _AMENDMENTS.format(where="WHERE a.mandate = :mandate")
_MISTOLD = """
    SELECT DISTINCT a.mandate FROM mandate_amendment a
    LEFT JOIN collection c ON c.run = a.run AND c.line = a.line AND c.mandate = a.mandate
    WHERE a.run IS NOT NULL AND c.mandate IS NULL ORDER BY a.mandate"""
_ONE, _OF_ONE = _MANDATES.format(where="WHERE m.id = :mandate"), _REFERENCES.format(where="WHERE r.mandate = :mandate")
_USES = f"""
    SELECT m.id, m.uses, m.last_used, coalesce(f.uses, 0), coalesce(f.last_used, m.used_before),
        CASE WHEN m.state = 'active' THEN 0 WHEN {_USED_UP} THEN 1 ELSE 2 END, coalesce(f.ends, 0)
    FROM mandate m LEFT JOIN (
        SELECT c.mandate, sum(CASE WHEN {SEEN} THEN 1 ELSE 0 END) AS uses,
            max(coalesce({CHANGED_DAY}, r.collection_day)) AS last_used, max(CASE WHEN {LAST} THEN 1 ELSE 0 END) AS ends
        FROM collection c JOIN collection_run r ON r.office = c.office AND r.id = c.run
        WHERE {PRESENTED} GROUP BY c.mandate) f ON f.mandate = m.id
    WHERE m.uses <> coalesce(f.uses, 0) OR coalesce(m.last_used, '') <> coalesce(f.last_used, m.used_before, '')
        OR (m.state = 'active' AND f.ends = 1) OR ({_USED_UP} AND coalesce(f.ends, 0) = 0)
    ORDER BY m.id"""
ENDS = (N_("in use"), N_("used up"))
"""What the collections make of a mandate."""


class MandateSealError(KasseError):
    """A mandate is not what the event log tells of it."""

    code = "verify.mandate"
    template = N_("mandate {mandate}: {state} past the event log")
    hint = N_(
        "'kasse mandate show {mandate}' shows it; collect nothing by it, keep this book as it is, compare it with the "
        "last backup and the signed paper, and inform the audit office"
    )


_USED_HINT = N_(
    "'kasse mandate show {mandate}' shows it; collect nothing by it, keep this book as it is, compare it with the last "
    "backup, and inform the audit office"
)


class MandateUseError(KasseError):
    """A mandate was used otherwise than its collections say; days are ISO text, '-' where there is none."""

    code = "verify.mandate_use"
    template = N_(
        "mandate {mandate} notes {uses} uses, the last on {day}; by its collections there were {expected}, the last on "
        "{expected_day}"
    )
    hint = _USED_HINT


class MandateEndError(KasseError):
    """A mandate is used up though no collection did so, or in use though one did."""

    code = "verify.mandate_end"
    template = N_("mandate {mandate} is {state}, but by its collections it is {expected}")
    hint = _USED_HINT


def seal_mandates(store: Store, *numbers: int, fresh: bool = False) -> dict[str, Fact]:
    """Return the fact that tells of these mandates as they stand now, for `record`; inside a unit of work.

    It says as well what they were before this unit of work, which nobody asks of `fresh` ones.
    """
    seals = {}
    for number in numbers:
        name = f"mandate/{number}"
        was = store.told.get(name) or (GONE if fresh else _standing(store.committed, number))
        store.told[name] = _standing(store, number)
        seals[str(number)] = (was, store.told[name])
    return packed(seals, FACT)


def _standing(store: Store, number: int) -> str:
    row = store.one(_ONE, mandate=number)
    if row is None:
        return GONE
    references, amended = store.all(_OF_ONE, mandate=number), store.all(_AMENDED, mandate=number)
    return _digest(row, (one[1:] for one in references), [one[1:] for one in amended])


def _digest(mandate: Row, references: Iterable[Row], amended: Sequence[Row]) -> str:
    """Return the seal of a mandate with every reference that it has or had, and with its amendments."""
    return digest((*mandate, sorted(map(list, references)), *amended))


def wrong_mandates(store: Store, told: Iterable[str]) -> Iterator[KasseError]:
    """Yield the mandates that somebody added, changed or removed past the event log.

    `told` are the facts of all events that tell of mandates.
    """
    rows = beside(store.stream(_MANDATES.format(where="")), store.stream(_REFERENCES.format(where="")))
    amended: dict[int, list[Row]] = defaultdict(list)
    for mandate, *row in store.stream(_AMENDMENTS.format(where="")):
        amended[mandate].append(tuple(row))
    found = {str(mandate[0]): _digest(mandate, references, amended.get(mandate[0], ())) for mandate, references in rows}
    for number, state in islice(differing(found, told), MOST):
        yield MandateSealError(mandate=number, state=state)
    for (number,) in islice(store.rows(_MISTOLD), MOST):
        yield MandateSealError(mandate=number, state="changed")
    for number, uses, day, expected, expected_day, held, ends in islice(store.rows(_USES), MOST):
        if (uses, day) != (expected, expected_day):
            yield MandateUseError(
                mandate=number, uses=uses, day=day or "-", expected=expected, expected_day=expected_day or "-"
            )
        if held not in {2, ends}:
            yield MandateEndError(mandate=number, state=ENDS[held], expected=ENDS[ends])

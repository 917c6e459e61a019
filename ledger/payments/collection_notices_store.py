"""Announcing collections: who must be told before the next runs, the letters, and the note that they were written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.payments.collection_claims_reader import claims, known
from ledger.payments.collection_notices import Notice, NoticeLine, by_day, notices
from ledger.payments.collection_policy import Policy
from ledger.payments.collection_policy_store import policy_of
from ledger.payments.collection_propose_store import collecting_account
from ledger.payments.collection_runs import ROLES
from ledger.payments.collection_sieve import Sieve, Skipped, Wanted
from ledger.payments.mandate_reader import mandate_numbered
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

NOTICE_COLUMNS = ("id", "mandate", "iban", "sent_on", "count", "total_cents", "created_by", "created_at")
LINE_COLUMNS = ("notice", "line", "office", "item", "cents", "collection_day")
_NOTICE = "SELECT mandate, iban, sent_on, total_cents FROM collection_notice WHERE id = :notice"
_LINES = """
    SELECT l.office, l.item, coalesce(h.reference, i.reference), i.purpose, i.due, l.cents, l.collection_day
    FROM collection_notice_line l JOIN item i ON i.office = l.office AND i.id = l.item
    LEFT JOIN item h ON h.office = i.office AND h.id = i.main_item
    WHERE l.notice = :notice ORDER BY l.line"""
_PARTY = """SELECT coalesce(legal_name, name), street, house_number, postcode, town, country FROM party
    WHERE id = :party"""


class UnknownNoticeError(KasseError):
    """No letter has that number."""

    code = "collection.notice"
    template = N_("there is no pre-notification {notice}")
    hint = N_("see 'kasse mandate show' for the letters that were written")


@dataclass(frozen=True, slots=True)
class Announcement:
    """The letters that are to be sent, and the claims that no letter names although their debtor has a mandate.

    `until` is the due day up to which claims were looked at.
    """

    notices: tuple[Notice, ...]
    skipped: tuple[Skipped, ...]
    until: str


def announce(
    store: Store, *, today: dt.date, due_until: dt.date | None = None, office: str | None = None, trial: bool = False
) -> Announcement:
    """Write down one letter for each mandate with the claims that are to be collected next, and return them.

    What was announced already is not announced again. Without `due_until` these are the claims due within the time of
    announcement and the earliest submission. A trial keeps nothing. Raises `NotAllowedError`, `UnknownOfficeError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES["announce"])
    check_office(store, office)
    rules = policy_of(store)
    until = due_until or today + dt.timedelta(days=rules.announcement_days + rules.earliest_days)
    creditor, _ = collecting_account(store)
    with store.unit([kasse]):
        wanted, skipped = _to_tell(store, rules, (today, until), office)
        count = len({one.mandate.number for one in wanted})
        first = 0 if trial or not count else take_ids(store, BOOK, "collection_notice", count)
        letters = notices(wanted, today, rules, creditor.name, first)
        if first:
            _keep(store, letters)
            total = sum(letter.total_cents for letter in letters)
            facts: dict[str, Fact] = {"letters": len(letters), "sum_cents": total, "due_until": until.isoformat()}
            record(store, kasse, "collection.announce", f"collection_notice:{first}", facts)
    return Announcement(tuple(letters), tuple(skipped), until.isoformat())


def _to_tell(
    store: Store, rules: Policy, days: tuple[dt.date, dt.date], office: str | None
) -> tuple[list[Wanted], list[Skipped]]:
    """Return the claims that nobody was told of: those that could be collected by their due day but for that."""
    today, until = days
    sieve = Sieve(max(until, today), known(store, rules, today.isoformat()), telling=True)
    wanted = sieve.wanted(claims(store, until.isoformat(), today.isoformat(), office))
    return wanted, sieve.skipped


def _keep(store: Store, letters: list[Notice]) -> None:
    heads = [
        (one.number, one.mandate, one.iban, one.sent_on, len(one.lines), one.total_cents, store.user, store.now)
        for one in letters
    ]
    store.insert("collection_notice", NOTICE_COLUMNS, heads)
    lines = (
        (letter.number, at, line.office, line.item, line.cents, line.collection_day)
        for letter in letters
        for at, line in enumerate(letter.lines, 1)
    )
    store.insert("collection_notice_line", LINE_COLUMNS, lines)


def notice_numbered(store: Store, number: int) -> Notice:
    """Return a letter as it was written, with the debtor's address of today, to print it once more.

    Raises `UnknownNoticeError`.
    """
    row = store.one(_NOTICE, notice=number)
    if row is None:
        raise UnknownNoticeError(notice=number)
    mandate = mandate_numbered(store, row[0])
    party = store.one(_PARTY, party=mandate.party)
    assert party is not None, "a mandate has its party"
    lines = tuple(NoticeLine(*line) for line in store.rows(_LINES, notice=number))
    creditor, _ = collecting_account(store)
    name, street, house_number, postcode, town, country = party
    return Notice(
        number, row[2], mandate.number, mandate.reference, mandate.scheme, creditor.name, mandate.creditor_id,
        mandate.debtor_name, name, street, house_number, postcode, town, country, row[1], mandate.bic, lines,
        by_day(lines), row[3],
    )  # fmt: skip

"""Pre-notifications (Vorabankündigungen) as values: one letter for each mandate, with its plan of days and sums."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.documents import Address, Block, Document, Facts, Grid, Heading, PageBreak, Paragraph
from ledger.payments.collection_policy import Policy
from ledger.payments.collection_sieve import Wanted
from ledger.payments.mandates import Mandate
from sepa.calendar import next_target_day
from sepa.debits import Scheme
from sepa.money import german

TITLE = "Vorabankündigung einer SEPA-Lastschrift"


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One claim of a plan: what will be collected, on which day at the earliest."""

    office: str
    item: int
    reference: str | None
    purpose: str | None
    due: str
    cents: int
    collection_day: str


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """What is collected together on one day of a plan."""

    collection_day: str
    cents: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter before collections: everything that is printed, for a renderer above; days are ISO text.

    `number` is 0 for a letter that is not kept (a trial). `holder` owns the account, `debtor` owes the claims.
    """

    number: int
    sent_on: str
    mandate: int
    mandate_reference: str
    scheme: Scheme
    creditor_name: str
    creditor_id: str
    holder: str
    debtor: str
    street: str | None
    house_number: str | None
    postcode: str | None
    town: str | None
    country: str | None
    iban: str
    bic: str | None
    lines: tuple[NoticeLine, ...]
    days: tuple[NoticeDay, ...]
    total_cents: int


def announced_day(due: str, mandate: Mandate, today: dt.date, rules: Policy) -> str:
    """Return the first day on which a claim may be collected that is announced today.

    Not before it is due, not before the time that was agreed with the debtor (else 14 days), on a TARGET day.
    """
    told = today + dt.timedelta(days=mandate.notice_days or rules.announcement_days)
    return next_target_day(max(dt.date.fromisoformat(due), told)).isoformat()


def notices(
    wanted: Iterable[Wanted], today: dt.date, rules: Policy, creditor_name: str, first_number: int
) -> list[Notice]:
    """Return one letter for each mandate with all its claims, numbered from `first_number` on (0: not numbered)."""
    by_mandate: defaultdict[int, list[Wanted]] = defaultdict(list)
    for one in wanted:
        by_mandate[one.mandate.number].append(one)
    return [
        _notice(first_number + at if first_number else 0, group, today, rules, creditor_name)
        for at, group in enumerate(by_mandate.values())
    ]


def _notice(number: int, group: Sequence[Wanted], today: dt.date, rules: Policy, creditor_name: str) -> Notice:
    mandate, main = group[0].mandate, group[0].main
    lines = tuple(
        NoticeLine(
            claim.office, claim.item, claim.main_reference or claim.reference, claim.purpose, claim.due,
            claim.open_cents, announced_day(claim.due, mandate, today, rules),
        )
        for one in group
        for claim in one.claims
    )  # fmt: skip
    lines = tuple(sorted(lines, key=lambda line: line.collection_day))
    return Notice(
        number, today.isoformat(), mandate.number, mandate.reference, mandate.scheme, creditor_name,
        mandate.creditor_id, mandate.debtor_name, main.name, main.street, main.house_number, main.postcode, main.town,
        main.country, mandate.iban, mandate.bic, lines, by_day(lines), sum(line.cents for line in lines),
    )  # fmt: skip


def by_day(lines: Iterable[NoticeLine]) -> tuple[NoticeDay, ...]:
    """Return what is collected together on each day of a plan."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.collection_day] = sums.get(line.collection_day, 0) + line.cents
    return tuple(NoticeDay(day, cents) for day, cents in sorted(sums.items()))


def letter(notice: Notice) -> Document:
    """Return the letter of a pre-notification: German, one page, everything that EPC016-06 asks for.

    Creditor and identifier, mandate reference, account, sums and days.
    """
    amounts = tuple(
        (_day(line.collection_day), line.reference or "", line.purpose or "", german(line.cents))
        for line in notice.lines
    )
    sums = tuple((_day(day.collection_day), german(day.cents)) for day in notice.days)
    return Document(
        "pre-notification",
        TITLE,
        (
            Address(_address(notice), notice.creditor_name),
            Heading(TITLE, 1),
            Paragraph(
                "Sehr geehrte Damen und Herren, auf Grund des uns erteilten Mandats ziehen wir die folgenden Beträge "
                "von Ihrem Konto ein. Fällt ein Tag auf einen Tag ohne Bankverkehr, so erfolgt der Einzug am nächsten "
                "Tag mit Bankverkehr."
            ),
            Facts(
                (
                    ("Gläubiger", notice.creditor_name),
                    ("Gläubiger-Identifikationsnummer", notice.creditor_id),
                    ("Mandatsreferenz", notice.mandate_reference),
                    ("Art der Lastschrift", _SCHEMES[notice.scheme]),
                    ("Kontoinhaber", notice.holder),
                    ("IBAN", " ".join(notice.iban[at : at + 4] for at in range(0, len(notice.iban), 4))),
                )
            ),
            Grid(("Einzug am", "Kassenzeichen", "Wofür", "Betrag EUR"), amounts, frozenset({3})),
            Heading("Summe je Tag", 2),
            Grid(("Einzug am", "Betrag EUR"), sums, frozenset({1})),
            Paragraph(
                "Bitte sorgen Sie an diesen Tagen für Deckung. Was eine Rückgabe kostet, kann Ihnen zur Last fallen."
            ),
        ),
    )


_SCHEMES: dict[Scheme, str] = {"CORE": "SEPA-Basislastschrift", "B2B": "SEPA-Firmenlastschrift"}


def _address(notice: Notice) -> tuple[str, ...]:
    street = f"{notice.street or ''} {notice.house_number or ''}".strip()
    town = f"{notice.postcode or ''} {notice.town or ''}".strip()
    return tuple(line for line in (notice.debtor, street, town) if line)


def _day(iso: str) -> str:
    return dt.date.fromisoformat(iso).strftime("%d.%m.%Y")


def letters(notices_: Sequence[Notice]) -> Document:
    """Return all letters as one document, each on a page of its own."""
    blocks: list[Block] = []
    for at, notice in enumerate(notices_):
        blocks += [PageBreak()] if at else []
        blocks += letter(notice).blocks
    return Document("pre-notifications", TITLE, tuple(blocks))

"""What intake takes of a statement file, and what it refuses: the rules before anything is compared.

Only booked entries of the format an account is kept by (camt.053 or MT940), in whole cents of EUR, on accounts of the
book, are taken. What the bank only announces (PDNG, INFO, FUTR) is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ledger.bank.formats import FORMATS, NotLeadingError, NotPostedError, OwnAccount
from ledger.bank.intake_pages import Page, booked_balances
from sepa.errors import N_, KasseError, Place, Severity
from sepa.statements import Closed, Entry, Opened

CURRENCY = "EUR"
BOOKED = "BOOK"
ANNOUNCED = frozenset({"PDNG", "INFO", "FUTR"})


class ForeignAccountError(KasseError):
    """A statement of an account that the book does not have."""

    code = "statement.foreign_account"
    template = N_("account {account} is not a bank account of this book")
    hint = N_(
        "check whose statement this is; nothing of this file was taken. A new account of the Kasse is added with "
        "'kasse bank add IBAN NAME', then the file can be taken"
    )


class ForeignCurrencyError(KasseError):
    """Another currency than EUR."""

    code = "statement.currency"
    template = N_("the statement has amounts in {currency}; the book is kept in EUR")
    hint = N_("nothing of this file was taken; accounts in other currencies are not kept here")


class UnfitEntryError(KasseError):
    """An entry whose amount is not a whole number of cents."""

    code = "statement.unfit_entry"
    template = N_("an entry over {amount} is not in whole cents")
    hint = N_("nothing of this file was taken; ask the bank")


class UnknownStatusError(KasseError):
    """An entry of which nobody can say whether it is booked."""

    code = "statement.status"
    template = N_("an entry has the status {status}: it is not clear whether it is booked")
    hint = N_("nothing of this file was taken; ask the bank")


class NoDayError(KasseError):
    """An entry without a booking day in a statement without a closing day."""

    code = "statement.no_day"
    template = N_("an entry of statement {statement} has no booking day, and the statement no closing day")
    hint = N_("nothing of this file was taken; ask the bank")


class AssumedDayError(KasseError):
    """Entries without a booking day, taken under the closing day."""

    code = "statement.assumed_day"
    template = N_("{count} entries of statement {statement} have no booking day; {day} was taken, its closing day")
    hint = N_("check these entries with 'kasse statement show'")
    severity: Severity = "warning"


class ZeroEntryError(KasseError):
    """Entries over nothing; there is nothing to post."""

    code = "statement.zero_entry"
    template = N_("{count} entries over 0.00 in statement {statement} were left out")
    hint = N_("the bank tells something without moving money; nothing is to be done")
    severity: Severity = "info"
    routine = True


class NotUnderstoodError(KasseError):
    """Elements that are not read; what they say may matter to a person."""

    code = "statement.not_understood"
    template = N_("{count} elements of statement {statement} are not read: {paths}")
    hint = N_("look into the file if something seems to be missing")
    severity: Severity = "info"


class StatementRefusedError(KasseError):
    """Several errors in one file."""

    code = "statement.refused"
    template = N_("the file has {count} errors; nothing of it was taken")
    hint = N_("see the findings; fetch the file from the bank again or ask the bank")


@dataclass(frozen=True, slots=True)
class Staged:
    """What became of a file: booked entries in it and how many were new; `repeated` where it was known as a whole.

    Sums are of the booked entries in the file, both positive. `numbers` are the statements it added to the book.
    What is not a `statement` is kept to be looked at, or for the details in it; it is never posted. `messages` are the
    bank's ids of the messages, where these name one for ever (camt).
    """

    name: str
    statements: int
    entries: int
    new: int
    duplicates: int
    pending: int
    credit_cents: int
    debit_cents: int
    findings: tuple[KasseError, ...] = ()
    numbers: frozenset[int] = frozenset()
    accounts: frozenset[str] = frozenset()
    repeated: bool = False
    messages: tuple[str, ...] = ()
    kind: Literal["statement", "intraday", "details"] = "statement"


def begin(index: int, opened: Opened, accounts: Mapping[str, OwnAccount], name: str) -> Page:
    """Return the page that a statement begins; `accounts` are the bank accounts of the book.

    Raises `NotPostedError`, `NotLeadingError`, `ForeignAccountError` and `ForeignCurrencyError`.
    """
    if not opened.message.startswith(FORMATS):
        place, account = Place(file=name, line=opened.line), opened.iban or opened.account
        raise NotPostedError(place=place, message=opened.message, account=account, leading=" / ".join(FORMATS))
    page = begin_notice(index, opened, accounts, name)
    leading = accounts[page.iban].leading
    if page.message != leading:
        raise NotLeadingError(place=page.place, message=page.message, account=page.iban, leading=leading)
    return page


def begin_notice(index: int, opened: Opened, accounts: Mapping[str, OwnAccount], name: str) -> Page:
    """Return the page that a message of any kind begins; raises `ForeignAccountError` and `ForeignCurrencyError`."""
    place = Place(file=name, line=opened.line)
    iban = (opened.iban or opened.account).replace(" ", "").upper()
    if iban not in accounts:
        raise ForeignAccountError(place=place, account=iban or opened.account)
    if opened.currency not in {"", CURRENCY}:
        raise ForeignCurrencyError(place=place, currency=opened.currency)
    return Page(index, opened, iban, accounts[iban].office, place)


def is_taken(page: Page, entry: Entry) -> bool:
    """Return whether the entry is to be staged, and count it on its page.

    Raises `UnknownStatusError`, `ForeignCurrencyError` and `UnfitEntryError`.
    """
    if entry.status != BOOKED:
        if entry.status not in ANNOUNCED:
            raise UnknownStatusError(place=_at(page, entry), status=entry.status or "-")
        page.pending += 1
        return False
    if entry.currency != CURRENCY:
        raise ForeignCurrencyError(place=_at(page, entry), currency=entry.currency)
    if entry.amount_written:
        raise UnfitEntryError(place=_at(page, entry), amount=entry.amount_written)
    if not entry.amount_cents:
        page.zero += 1
        return False
    page.entries += 1
    if entry.amount_cents > 0:
        page.credit_cents += entry.amount_cents
    else:
        page.debit_cents -= entry.amount_cents
    return True


def _at(page: Page, entry: Entry) -> Place:
    return Place(file=page.place.file, line=entry.line or page.place.line)


def end(page: Page, closed: Closed) -> None:
    """Complete the page by what stands at its end.

    Raises `ForeignCurrencyError`, `NoDayError`, the reader's finding where it is an error, and
    `StatementRefusedError` where there are several.
    """
    errors = tuple(finding for finding in closed.findings if finding.severity == "error")
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise StatementRefusedError(place=page.place, findings=errors, count=len(errors))
    page.findings += [finding for finding in closed.findings if finding.severity != "error"]
    page.last = page.opened.last_page and closed.last_page
    page.opening, page.closing = booked_balances(page.opened, closed)
    for balance in (page.opening, page.closing):
        if balance is not None and balance.currency not in {"", CURRENCY}:
            raise ForeignCurrencyError(place=page.place, currency=balance.currency)
    page.findings += _notes(page, closed)


def _notes(page: Page, closed: Closed) -> list[KasseError]:
    found: list[KasseError] = []
    name, day = page.opened.id, page.closing_day
    if page.without_day:
        if not day:
            raise NoDayError(place=page.place, statement=name)
        page.days.add(day)
        found.append(AssumedDayError(place=page.place, statement=name, count=page.without_day, day=day))
    if page.zero:
        found.append(ZeroEntryError(place=page.place, statement=name, count=page.zero))
    if closed.not_understood:
        count = sum(times for _, times in closed.not_understood)
        paths = ", ".join(path for path, _ in closed.not_understood[:5])
        found.append(NotUnderstoodError(place=page.place, statement=name, count=count, paths=paths))
    return found

"""In which form the bank says what it booked: each account is kept by one of them, and no day is taken from two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.bank.intake_pages import Page
from sepa.errors import N_, Field, KasseError, Severity

CAMT, MT = "camt.053", "MT940"
FORMATS = (CAMT, MT)
"""The messages that tell all bookings of a day with their balances: one of them leads an account."""


class NotPostedError(KasseError):
    """A message that can be read but is not what is posted of its account."""

    code = "statement.not_posted"
    template = N_("{message} is not posted; account {account} is kept by {leading}")
    hint = N_("import the {leading} statement of the same day; 'kasse statement format' says what the bank sends")

    @property
    def left_out(self) -> type[KasseError]:
        """What is said where such a message lies among files that are posted."""
        return LeftOutError


class NotLeadingError(NotPostedError):
    """A statement in the format that does not lead its account: the bank tells the same day in another one too."""

    code = "statement.not_leading"
    hint = N_(
        "import the {leading} statement of the same day; if the bank sends no other, have the account kept by it: "
        "'kasse statement format {account} {message}'"
    )


class LeftOutError(KasseError):
    """A message that is not posted, among files that are."""

    code = "statement.left_out"
    template = N_("left out: {message} is not posted; account {account} is kept by {leading}")
    hint = N_(
        "nothing is to be done where the bank delivers {leading} of the day too; if it sends no other, have the "
        "account kept by it: 'kasse statement format'"
    )
    severity: Severity = "info"
    routine = True


class ToldBeforeError(NotPostedError):
    """Days that the account's other format told, before its bank went over to this one."""

    code = "statement.told_before"
    template = N_("{message} of {day}: account {account} is told by {leading} up to {until}")
    hint = N_("nothing is to be done: what the bank booked up to then is in the book")

    @property
    def left_out(self) -> type[KasseError]:
        """What is said where such a message lies among files that are posted."""
        return ToldBeforeLeftOutError


class ToldBeforeLeftOutError(KasseError):
    """Days that the other format told, among files that are posted."""

    code = "statement.told_before_left_out"
    template = N_("left out: {message} of {day}; account {account} is told by {leading} up to {until}")
    hint = N_("nothing is to be done: what the bank booked up to then is in the book")
    severity: Severity = "info"
    routine = True


class StraddlingError(KasseError):
    """A statement with days before and after the change from one format to the other."""

    code = "statement.straddling"
    template = N_(
        "statement {statement} ({message}) has bookings of {day}, but account {account} is told by {leading} "
        "up to {until}"
    )
    hint = N_(
        "nothing of this file was taken: these bookings would count twice; fetch a statement that begins after {until} "
        "from the bank"
    )


class UnknownFormatError(KasseError):
    """No form of statements that is posted."""

    code = "statement.unknown_format"
    template = N_("no form of statements that is posted: {format}")
    hint = N_("there are: {formats}")


class UnknownBankAccountError(KasseError):
    """An account that the book does not have."""

    code = "statement.unknown_account"
    template = N_("the book has no bank account {account}")
    hint = N_("its bank accounts are shown by 'kasse bank list'")


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """A bank account of the book as statements meet it.

    `leading` is the format it is kept by; the other one told its days up to `until`, if it ever did.
    """

    iban: str
    office: str
    leading: str = CAMT
    until: str = ""

    @property
    def other(self) -> str:
        """The format by which it is not kept."""
        return next(name for name in FORMATS if name != self.leading)


@dataclass(frozen=True, slots=True)
class FormatRow:
    """The format an account is kept by, with the days that each format told it up to."""

    account: str
    name: str
    office: str
    format: str
    camt_until: str | None
    mt_until: str | None


def format_of(text: str) -> str:
    """Return the format a person means; raises `UnknownFormatError`.

    >>> format_of("mt940"), format_of("CAMT")
    ('MT940', 'camt.053')
    """
    plain = text.casefold().replace(".", "").replace(" ", "")
    for name in FORMATS:
        if plain and name.casefold().replace(".", "").startswith(plain):
            return name
    raise UnknownFormatError(format=text, formats=", ".join(FORMATS))


def not_told_before(pages: Sequence[Page], accounts: Mapping[str, OwnAccount]) -> list[Page]:
    """Return the statements whose days no other format told; those it told are noted on the first of the others.

    Raises `ToldBeforeError` where that is none, and `StraddlingError`.
    """
    kept: list[Page] = []
    told: list[ToldBeforeError] = []
    for page in pages:
        account = accounts[page.iban]
        first = min(page.days, default=page.closing_day)
        where: dict[str, Field] = {
            "message": page.message,
            "account": page.iban,
            "leading": account.other,
            "until": account.until,
        }
        if not account.until or first > account.until:
            kept.append(page)
        elif max(page.closing_day, *page.days) <= account.until:
            told.append(ToldBeforeError(place=page.place, findings=(), day=page.closing_day, **where))
        else:
            raise StraddlingError(place=page.place, findings=(), statement=page.opened.id, day=first, **where)
    if told and not kept:
        raise told[0]
    return noted(kept, told)


def noted(pages: list[Page], left_out: Iterable[NotPostedError]) -> list[Page]:
    """Return the statements, the first of them with what is said about those that were left out."""
    if pages:
        pages[0].findings += [error.left_out(place=error.place, findings=(), **error.fields) for error in left_out]
    return pages

"""The head of an MT message: account, number, time, and the limits and sums of an interim report (MT942)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sepa.conversion import decimal_text
from sepa.errors import N_, KasseError, Place, Severity
from sepa.mt.account import NO_ACCOUNT, OwnAccount, own_account
from sepa.mt.amounts import AMOUNT, amount_cents, field_error
from sepa.notes import Notes
from sepa.statement_errors import AccountMissingError, SummaryError
from sepa.statements import Opened

HEAD_TAGS = frozenset(["NS", "21", "25", "25P", "28", "28C", "13", "13D", "34F"])
ONE_LINE_TAGS = frozenset(["21", "28", "28C", "13", "13D", "34F", "90C", "90D"])
_INTERIM_TAGS = frozenset(("13", "13D", "34F"))
_NUMBER = re.compile(r"([0-9]{1,18})(?:/([0-9]{1,9}))?")
_FLOOR = re.compile(rf"([A-Z]{{3}})\s*([CD])?\s*({AMOUNT})")
_SUM = re.compile(rf"\s*([0-9]{{1,9}})\s*([A-Z]{{3}})\s*({AMOUNT})\s*(?:\n|\Z)")
_OWNER = re.compile(r"^22(.*)$", re.MULTILINE)
_TIME = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?:([+-][0-9]{2})([0-9]{2}))?")


class FloorLimitError(KasseError):
    """A report that leaves small entries out."""

    code = "mt.floor_limit"
    template = N_("entries below {limit} are not listed in this report")
    hint = N_("they come with the statement of the day")
    severity: Severity = "info"


class RepeatedFieldError(KasseError):
    """A field of the head that comes twice, or after an entry."""

    code = "mt.repeated_field"
    template = N_("the field :{tag}: comes twice or too late in a statement and was left out: {text}")
    hint = N_("look into the file; perhaps the field has the wrong number")
    severity: Severity = "warning"


class StrayLineError(KasseError):
    """A line behind a field that has but one."""

    code = "mt.stray_line"
    template = N_("a line behind the field :{tag}: belongs to no field and was left out: {text}")
    hint = N_("look into the file; perhaps a line was torn, or the mark of its field is missing")
    severity: Severity = "warning"


@dataclass(slots=True)
class Head:
    """What the fields before the first entry say."""

    reference: str
    line: int
    kind: str = ""
    account: OwnAccount = NO_ACCOUNT
    number: int | None = None
    page: int | None = None
    created: str = ""
    owner: str = ""
    limited: bool = False
    seen: set[str] = field(default_factory=set)

    @property
    def interim(self) -> bool:
        """Whether this is a MT942: by the envelope, else by fields that only it has."""
        return self.kind == "942" or (not self.kind and bool(self.seen & _INTERIM_TAGS) and not self.has_balance)

    @property
    def has_balance(self) -> bool:
        """Whether an opening balance was met."""
        return bool(self.seen & {"60F", "60M"})

    def take(self, tag: str, text: str, line: int, notes: Notes) -> None:
        """Read a field of the head; raises `MtFieldError` and `InvalidAmountError` with their place."""
        bare = text.strip()
        if tag in self.seen and tag != "34F":
            notes.add(RepeatedFieldError(tag=tag, text=bare.partition("\n")[0][:80]), line)
            return
        self.seen.add(tag)
        if tag in {"25", "25P"}:
            self.account = own_account(text)
        elif tag in {"28", "28C"}:
            self._number(bare)
        elif tag in {"13", "13D"}:
            self.created = _time(bare)
        elif tag == "NS":
            self.owner = found[1].strip() if (found := _OWNER.search(text)) else ""
        elif tag == "34F":
            self._floor(bare, line, notes)

    def _number(self, text: str) -> None:
        if match := _NUMBER.match(text):
            self.number = int(match[1]) or None
            self.page = int(match[2] or 0) or None

    def _floor(self, text: str, line: int, notes: Notes) -> None:
        match = _FLOOR.match(text)
        if match is None:
            raise field_error("34F", text, line, notes.place)
        currency, _, amount = match.groups()
        if not self.account.currency:
            self.account = self.account._replace(currency=currency)
        if amount_cents(amount, currency, notes, line):
            self.limited = True
            notes.add(FloorLimitError(limit=f"{amount} {currency}"), line)

    def opened(self, currency: str, notes: Notes) -> Opened:
        """Return the head as a value; a statement without an account is noted."""
        if not self.account.account:
            notes.add(AccountMissingError(), self.line)
        return Opened(
            message="MT942" if self.interim else "MT940",
            message_id=self.reference,
            id=self.reference,
            account=self.account.account,
            iban=self.account.iban,
            currency=currency,
            owner=self.owner,
            bic=self.account.bic,
            electronic_number=self.number,
            page=self.page,
            created=self.created,
            line=self.line,
        )


def _time(text: str) -> str:
    """Return the time of :13D: in ISO form, or the text as it is where it is none."""
    match = _TIME.fullmatch(text)
    if match is None:
        return text
    year, month, day, hour, minute, zone, minutes = match.groups()
    return f"20{year}-{month}-{day}T{hour}:{minute}:00" + (f"{zone}:{minutes}" if zone else "")


@dataclass(slots=True)
class Totals:
    """Number and sum of the entries read, by their effect; both sums positive."""

    credits: int = 0
    debits: int = 0
    credit_cents: int = 0
    debit_cents: int = 0

    def add(self, cents: int) -> None:
        """Count an entry."""
        if cents > 0:
            self.credits += 1
            self.credit_cents += cents
        else:
            self.debits += 1
            self.debit_cents -= cents


def check_sum(tag: str, text: str, line: int, totals: Totals, notes: Notes) -> None:
    """Note where number or sum of :90C: or :90D: does not agree with the entries.

    Raises `MtFieldError` and `InvalidAmountError` with their place.
    """
    match = _SUM.match(text)
    if match is None:
        raise field_error(tag, text, line, notes.place)
    number, currency, amount = match.groups()
    if tag == "90C":
        numbers, sums, count, cents = N_("number of credits"), N_("sum of credits"), totals.credits, totals.credit_cents
    else:
        numbers, sums, count, cents = N_("number of debits"), N_("sum of debits"), totals.debits, totals.debit_cents
    if int(number) != count:
        notes.add(SummaryError(kind=numbers, expected=number, found=str(count)), line)
    if amount_cents(amount, currency, notes, line) != cents:
        place = Place(field=f":{tag}:", value=amount)
        found_text = decimal_text(cents, currency).replace(".", ",")
        notes.add(SummaryError(place=place, kind=sums, expected=amount, found=found_text), line)

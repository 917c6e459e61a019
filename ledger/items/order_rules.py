"""What an order must have and may not be, row by row, without a look into the book's other orders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from ledger.book.creation import UnknownOfficeError
from ledger.items.kassenzeichen import check_reference, compact
from ledger.items.order_coding import coding, plain_reference
from ledger.items.order_payment import bic_valid, purpose_code_known
from ledger.items.orders import Checked, OrderRow, Rules, at
from ledger.items.schedules import INTERVALS, ScheduleError
from ledger.people.parties import address_key, identity, match_key
from sepa.errors import N_, KasseError
from sepa.identifiers import is_country, is_iban, parse_iban
from sepa.text import TextLengthError

NEEDED = ("office", "kind", "name", "amount_cents", "due", "purpose")
ADDRESS = ("street", "town")
LIMITS = {"name": 140, "purpose": 500, "reference": 35}
PAYABLE_LIMITS = {"name": 70, "purpose": 140, "reference": 35}
"""Characters a payment has room for: name and remittance of a pain.001 (EPC132-08), the reference in a line of it."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_WRITTEN = (
    "office", "name", "street", "house_number", "postcode", "town", "country", "reference", "purpose", "gl_account",
    "profile", "claim_kind", "debt_reason", "joint_group", "main_reference", "cost_object", "document", "order_key",
    "product", "budget_year",
)  # fmt: skip
_texts = itemgetter(*map(OrderRow._fields.index, _WRITTEN))
_PLACES = {name: place for place, name in enumerate(OrderRow._fields)}
_HOME = {"D": "DE", "DEUTSCHLAND": "DE", "GERMANY": "DE"}
_POSTCODE = re.compile(r"[0-9]{5}")
Rule = Callable[[Rules, OrderRow], Iterator[KasseError]]


class MissingValueError(KasseError):
    """A value that orders of this kind need."""

    code = "order.missing"
    template = N_("a value is missing: {column}")
    hint = N_("always needed: office, kind, name, amount, due, purpose; street and town for receivables, bank_account "
              "for payables")  # fmt: skip


class AmountNotPositiveError(KasseError):
    """An order of nothing, or of less."""

    code = "order.amount"
    template = N_("the amount must be above zero: {amount_cents}")
    hint = N_("to pay money out, use the kind payable; to take an order back, make a new one that refers to it")


class NoNameError(KasseError):
    """A name without a letter or a digit."""

    code = "order.name"
    template = N_("not a name: {text}")
    hint = N_("write the name of the person or the company")


class ControlCharacterError(KasseError):
    """A text with characters that nobody sees and no letter or payment can carry."""

    code = "order.control_character"
    template = N_("the text holds a control character: {text}")
    hint = N_("enter the text again by hand")


class CountryCodeError(KasseError):
    """A country that is not an ISO 3166 code."""

    code = "order.country"
    template = N_("not a country code: {text}")
    hint = N_("write two letters such as DE, AT, PL; leave it blank for Germany")


class PostcodeError(KasseError):
    """A German postcode that has not five digits."""

    code = "order.postcode"
    template = N_("a German postcode has five digits: {text}")
    hint = N_("format the column as text, so that a leading zero stays; name the country where it is not Germany")


class PeriodOrderError(KasseError):
    """A period that ends before it begins."""

    code = "order.period"
    template = N_("the period ends on {end}, before it begins on {begin}")
    hint = N_("exchange or correct period_from and period_to")


class FutureDayError(KasseError):
    """A birth or a notice that lies in the future."""

    code = "order.future"
    template = N_("this day lies in the future: {day}")
    hint = N_("correct the date")


class PaidByKindError(KasseError):
    """A claim that is said to be collected by its payee."""

    code = "order.paid_by"
    template = N_("only a payable can be collected by its payee, and this is a {kind}")
    hint = N_("leave paid_by blank; that you collect from a debtor stands in a mandate: 'kasse mandate add'")


def tidy(text: str) -> str:
    """Return a text on one line, without doubled, leading or trailing blanks."""
    return " ".join(text.split())


def check_order(rules: Rules, row: OrderRow, unread: frozenset[str] = frozenset()) -> Checked:
    """Return the row completed (coding, plain references, keys of its party) with everything that is wrong with it.

    `unread` names fields whose cells could not be read: they are not reported as missing once more.
    """
    return checked(rules, filled(rules, row), ORDER_RULES, unread)


def checked(rules: Rules, row: OrderRow, single_rules: tuple[Rule, ...], unread: frozenset[str]) -> Checked:
    """Return a completed row and the findings of these rules."""
    findings = [finding for rule in single_rules for finding in rule(rules, row)]
    if unread:
        findings = [finding for finding in findings if not _about(finding, unread)]
    return Checked(row, tuple(findings))


def _about(finding: KasseError, unread: frozenset[str]) -> bool:
    return isinstance(finding, MissingValueError) and finding.place.column in unread


def filled(rules: Rules, row: OrderRow) -> OrderRow:
    """Return the row in the book's form, with its coding."""
    return put(row, completion(row) | {"gl_account": row.gl_account or rules.default_account(row)})


def put(row: OrderRow, values: Mapping[str, Any]) -> OrderRow:
    """Return the row with these fields: what `_replace` does, without its search through all names."""
    fields = list(row)
    for name, value in values.items():
        fields[_PLACES[name]] = value
    return OrderRow._make(fields)


def completion(row: OrderRow) -> dict[str, Any]:
    """Return country, IBAN and references in the book's form, and the keys that find the party."""
    iban = row.bank_account and _iban(row.bank_account)
    reference, foreign = plain_reference(row)
    match = match_key(row.name) if row.name else ""
    address = address_key(row.street, row.house_number, row.postcode, row.town)
    if row.kind == "payable" and iban:
        party = identity(f"payee {match}", iban)
    else:
        party = identity(match, address, row.birth_date) or (match and _by_reference(row, match))
    return {
        "country": row.country and _HOME.get(row.country.upper(), row.country.upper()),
        "bank_account": iban,
        "reference": reference,
        "reference_foreign": foreign,
        "main_reference": row.main_reference and compact(row.main_reference),
        "match_key": match,
        "address_key": address,
        "party_key": party or None,
    }


def _iban(text: str) -> str:
    """Return the IBAN in electronic form, a wrong one as it is: its rule reports it."""
    try:
        return parse_iban(text)
    except KasseError:
        return text


def _by_reference(row: OrderRow, match: str) -> str:
    """Return the key of a name without evidence: its own, or that of the claim it is a part of."""
    return identity(match, f"{row.office}/{row.reference}" if row.reference else f"row {row.seq}") or ""


def needed(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield what every order lacks."""
    yield from missing(row, NEEDED)


def missing(row: OrderRow, fields: tuple[str, ...]) -> Iterator[KasseError]:
    """Yield a finding for each of these fields that is empty."""
    for field in fields:
        if getattr(row, field) is None:
            place = at(row, field)
            yield MissingValueError(column=place.column, place=place)


def needed_by_kind(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield what a receivable (an address) or a payable (an account to pay to, or a payee who collects) lacks."""
    if row.kind == "receivable":
        home = row.country in (None, "DE")
        yield from missing(row, (*ADDRESS, "postcode") if home else ADDRESS)
    elif row.kind == "payable":
        yield from missing(row, () if row.paid_by else ("bank_account",))
    if row.paid_by and row.kind == "receivable":
        yield PaidByKindError(kind=row.kind, place=at(row, "paid_by"))


def office_known(rules: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield a finding where the office is not one of the book."""
    if row.office is not None and row.office not in rules.offices:
        yield UnknownOfficeError(office=row.office, offices=", ".join(rules.offices), place=at(row, "office"))


def amount_positive(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield a finding where the amount is zero or negative."""
    if row.amount_cents is not None and row.amount_cents <= 0:
        yield AmountNotPositiveError(amount_cents=row.amount_cents, place=at(row, "amount_cents"))


def texts(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield findings on texts that are too long or hold what no letter shows."""
    limits = PAYABLE_LIMITS if row.kind == "payable" else LIMITS
    for field, limit in limits.items():
        text = getattr(row, field)
        if text and len(text) > limit:
            yield TextLengthError(text=text, length=len(text), limit=limit, place=at(row, field))
    if row.name and not any(letter.isalnum() for letter in row.name):
        yield NoNameError(text=row.name, place=at(row, "name"))
    if not written(row).isprintable():
        for field in _WRITTEN:
            value = getattr(row, field)
            if value and _CONTROL.search(value):
                yield ControlCharacterError(text=value, place=at(row, field))


def written(row: OrderRow) -> str:
    """Return all texts of a row, one after the other."""
    return "".join(filter(None, _texts(row)))


def iban_valid(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield a finding where the IBAN is not one."""
    if row.bank_account and not is_iban(row.bank_account):
        try:
            parse_iban(row.bank_account)
        except KasseError as error:
            yield error.at(at(row, "bank_account"))


def address(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield findings on country and postcode."""
    if row.country and not is_country(row.country):
        yield CountryCodeError(text=row.country, place=at(row, "country"))
    if row.postcode and row.country in (None, "DE") and not _POSTCODE.fullmatch(row.postcode):
        yield PostcodeError(text=row.postcode, place=at(row, "postcode"))


def days(rules: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield findings on days that cannot be; a due day may lie in the past."""
    for field in ("birth_date", "notice_date"):
        day = getattr(row, field)
        if day and day > rules.today:
            yield FutureDayError(day=day, place=at(row, field))
    if row.period_from and row.period_to and row.period_to < row.period_from:
        yield PeriodOrderError(begin=row.period_from, end=row.period_to, place=at(row, "period_to"))


def schedule(_: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield a finding where a standing order has no possible schedule."""
    if row.every_months is None and row.last_due is None:
        return
    too_early = row.last_due is not None and row.due is not None and row.last_due < row.due
    if row.every_months not in INTERVALS or too_early:
        yield ScheduleError(months=row.every_months or 0, last_due=row.last_due, place=at(row, "every_months"))


def profile_known(rules: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield a finding where the profile is not one of the book."""
    if wrong := rules.law.wrong(row.profile, rules.profiles):
        yield wrong.at(at(row, "profile"))


def reference_valid(rules: Rules, row: OrderRow) -> Iterator[KasseError]:
    """Yield a finding where a receivable's reference passes no scheme and is not marked foreign."""
    if row.kind == "receivable" and row.reference:
        try:
            check_reference(rules.schemes, row.reference, foreign=bool(row.reference_foreign))
        except KasseError as error:
            yield error.at(at(row, "reference"))


SHARED_RULES: tuple[Rule, ...] = (
    office_known, amount_positive, texts, iban_valid, bic_valid, address, days, profile_known,
)  # fmt: skip
ORDER_RULES: tuple[Rule, ...] = (
    needed, needed_by_kind, *SHARED_RULES, purpose_code_known, schedule, coding, reference_valid,
)  # fmt: skip

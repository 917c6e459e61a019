"""Making a book: offices, charts, bank accounts, schemes, rules, the first user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ledger.book.chain import genesis
from ledger.book.chart import BANK, VERRECHNUNG, Chart, bank_account_number, verrechnung_account, verrechnung_name
from ledger.book.guards_made_store import guard_facts
from ledger.events.seals_store import seal_all
from ledger.events.store import Fact, record
from ledger.people.users import EVERYWHERE, add_user
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

_BEGIN = ("account", "bank_account", "bank_rule", "office", "reference_scheme", "setting")
ACCOUNT_COLUMNS = ("office", "number", "name", "kind", "role", "opened_on")
Identity = Literal["system", "declared"]


class InvalidOfficeError(KasseError):
    """An office code is not short and plain, or is given twice."""

    code = "office.invalid"
    template = N_("not a usable office code: {office}")
    hint = N_("use 1 to 8 capital letters or digits, each code once")


class UnknownOfficeError(KasseError):
    """An office is named that the book does not have."""

    code = "office.unknown"
    template = N_("there is no office {office} in this book")
    hint = N_("the offices are: {offices}")


class DuplicateBankAccountError(KasseError):
    """A bank account is given twice."""

    code = "bank_account.duplicate"
    template = N_("the bank account {iban} is given twice")
    hint = N_("give each account once")


@dataclass(frozen=True, slots=True)
class OfficePlan:
    """An office of the new book."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class BankAccountPlan:
    """A bank account of the new book and the office it belongs to."""

    iban: str
    name: str
    office: str


@dataclass(frozen=True, slots=True)
class BookPlan:
    """Everything a new book starts with; `book_id` is random and given by the caller."""

    name: str
    book_id: str
    kasse: str
    offices: tuple[OfficePlan, ...]
    accounts: tuple[BankAccountPlan, ...]
    first_user: str
    opened_on: str
    identity: Identity = "system"
    land: str = ""
    municipality: str = ""
    holidays: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        codes = [office.code for office in self.offices]
        for code in codes:
            check_code(code)
            if codes.count(code) > 1:
                raise InvalidOfficeError(office=code)
        for code in (self.kasse, *(account.office for account in self.accounts)):
            if code not in codes:
                raise UnknownOfficeError(office=code, offices=", ".join(codes))
        ibans = [account.iban for account in self.accounts]
        for iban in ibans:
            if ibans.count(iban) > 1:
                raise DuplicateBankAccountError(iban=iban)


def check_code(code: str) -> None:
    """Check that a code is short and plain; raises `InvalidOfficeError`."""
    if not (code.isascii() and code.isalnum() and code == code.upper() and len(code) <= 8):
        raise InvalidOfficeError(office=code)


def fill_book(store: Store, plan: BookPlan, chart: Chart) -> None:
    """Write the plan into a book whose schema is new, in one unit of work."""
    with store.unit():
        store.locked = tuple(sorted(office.code for office in plan.offices))
        _settings(store, plan, chart)
        _offices(store, plan)
        store.insert("account", ACCOUNT_COLUMNS, _accounts(plan, chart))
        _bank_accounts(store, plan)
        _schemes_and_rules(store)
        store.user = 1
        grants = [(EVERYWHERE, "admin")]
        add_user(store, plan.first_user, grants)
        facts: dict[str, Fact] = {"offices": len(plan.offices), "accounts": len(plan.accounts)}
        record(store, plan.kasse, "book.create", None, facts | guard_facts(store) | seal_all(store, *_BEGIN))


def _settings(store: Store, plan: BookPlan, chart: Chart) -> None:
    values = {
        "book_id": plan.book_id, "name": plan.name, "identity": plan.identity, "land": plan.land,
        "municipality": plan.municipality, "holidays": " ".join(plan.holidays), "created_at": store.now,
        "currency": "EUR",
    }  # fmt: skip
    values |= {f"default_account:{kind}": number for kind, number in chart.defaults.items()}
    values |= {f"profile_account:{profile}": number for profile, number in chart.profiles.items()}
    store.insert("setting", ("key", "value"), sorted(values.items()))


def _offices(store: Store, plan: BookPlan) -> None:
    starts = {office.code: genesis(plan.book_id, office.code) for office in plan.offices}
    rows = [(o.code, o.name, int(o.code == plan.kasse), starts[o.code]) for o in plan.offices]
    store.insert("office", ("code", "name", "is_kasse", "genesis"), rows)
    heads: Sequence[Row] = [(code, 0, start, 0, start) for code, start in starts.items()]
    store.insert("head", ("office", "position", "hash", "event_position", "event_hash"), heads)


def _accounts(plan: BookPlan, chart: Chart) -> Iterator[Row]:
    for office in plan.offices:
        for account in chart.accounts:
            yield office.code, account.number, account.name, account.kind, account.role, plan.opened_on
        for other in plan.offices:
            if other.code != office.code:
                number = verrechnung_account(other.code)
                yield office.code, number, verrechnung_name(other.name), "asset", VERRECHNUNG, plan.opened_on
    for index, bank in enumerate(plan.accounts):
        yield bank.office, bank_account_number(index), bank.name, "asset", BANK, plan.opened_on


def _bank_accounts(store: Store, plan: BookPlan) -> None:
    rows = [
        (account.iban, account.office, bank_account_number(index), account.name, 1, plan.opened_on)
        for index, account in enumerate(plan.accounts)
    ]
    store.insert("bank_account", ("iban", "office", "account", "name", "collects", "opened_on"), rows)


def _schemes_and_rules(store: Store) -> None:
    # numbers that people issue begin with 1, because spreadsheets drop leading zeros
    scheme = ("standard", "[0-9]{13}", 13, "iso7064_mod_11_10", "1", 1, 1)
    columns = ("code", "pattern", "length", "method", "prefix", "issues", "active")
    store.insert("reference_scheme", columns, [scheme])
    rules = [
        (1, 10, "Abschluss", "805", "debit", "bank_fees", 1),
        (2, 20, "Entgelte", "808", "debit", "bank_fees", 1),
        (3, 30, "Zinsen", "814", "both", "bank_interest", 1),
    ]
    store.insert("bank_rule", ("id", "rank", "name", "gvc", "direction", "role", "active"), rules)

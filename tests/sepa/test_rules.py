"""The table of rules: each rule has a case that it, and no other, reports; orders without fault report nothing."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from sepa import banks, debits, fields, identifiers, payments, recalls, reversals, text
from sepa.banks import Bank, account_finding, bank_of
from sepa.debits import Amendment, Collection, CollectionBatch, DirectDebitMessage, Mandate
from sepa.errors import KasseError
from sepa.fields import InvalidOrderError
from sepa.identifiers import make_iban
from sepa.pain001 import write
from sepa.pain008 import write as write_debits
from sepa.payments import Address, Party, Totals, Transfer, TransferBatch
from sepa.profiles import OrderType, shipped_profile
from sepa.profiles import findings as profile_rules
from sepa.recalls import Recall, RecallBatch
from sepa.reversals import Reversal
from sepa.rules import debits as debit_rules
from sepa.rules import odd
from sepa.rules import transfers as transfer_rules
from sepa.rules.catalogue import RULES
from sepa.text import Charset
from tests.sepa.orders import FRIDAY, MADE, MONDAY, PAYEE, PAYER, SWISS, batch, message, transfer

TODAY = FRIDAY
MANDATE = Mandate("M-1", date(2024, 5, 17))
SERBIAN = "RS35260005601001611379"


def collection(**changes: Any) -> Collection:
    return replace(Collection("C-1", 100, MANDATE, PAYEE), **changes)


def debit_batch(*collections: Collection, **changes: Any) -> CollectionBatch:
    made = CollectionBatch("B-1", PAYER, "DE98ZZZ09999999999", date(2026, 11, 24), collections=collections)
    return replace(made, **changes)


def debit(*batches: CollectionBatch, scheme: Any = "CORE", charset: Charset = "dk") -> DirectDebitMessage:
    return DirectDebitMessage("DD-1", MADE, "Kasse", batches, scheme, charset)


def pay(*lines: Transfer, **changes: Any) -> Iterator[KasseError]:
    return transfer_rules.check(message(replace(batch(""), transfers=lines or (transfer("A 1,00"),), **changes)), TODAY)


def collect(*collections: Collection, **changes: Any) -> Iterator[KasseError]:
    return debit_rules.check(debit(debit_batch(*(collections or (collection(),)), **changes)), TODAY)


def party(**changes: Any) -> Party:
    return replace(PAYEE, **changes)


def address(**changes: Any) -> Address:
    return replace(Address("Musterstadt", "DE"), **changes)


def check_file(*batches: TransferBatch, **changes: Any) -> Iterator[KasseError]:
    first = replace(batches[0], execution_day=TODAY)
    return profile_rules.check(message(first, *batches[1:]), replace(shipped_profile("standard"), **changes), MADE)


Case = Callable[[], Any]


def check_debits(types: str, /, **changes: Any) -> Iterator[KasseError]:
    """Collections due on the day after they are handed over, a batch for each sequence type."""
    batches = [
        debit_batch(collection(), payment_information_id=f"B-{one}", sequence=one, due_day=MONDAY)
        for one in types.split()
    ]
    made = DirectDebitMessage("M-1", MADE, PAYER.name, tuple(batches))
    return profile_rules.check(made, replace(shipped_profile("standard"), **changes), MADE)


CASES: dict[str, tuple[Case, ...]] = {
    "iban.invalid": (lambda: party(iban="DE89 3704 0044 0532 0130 00"), lambda: party(iban="4711")),
    "iban.country": (lambda: party(iban="ZZ89370400440532013000"),),
    "iban.length": (lambda: party(iban="DE893704004405320130"),),
    "iban.structure": (lambda: party(iban="DE8937040044053201300A"),),
    "iban.check_digits": (lambda: party(iban="DE88370400440532013000"),),
    "iban.not_sepa": (lambda: party(iban="TR330006100519786457841326"),),
    "bic.invalid": (lambda: party(bic="COBADE"), lambda: party(bic="COBAZZFF")),
    "identifier.characters": (
        lambda: transfer("Ä 1,00"),
        lambda: message(batch("A 1,00"), identifier="A|B"),
        lambda: Mandate("  ", MANDATE.signed),
        lambda: Transfer("A", 1, PAYEE, creditor_reference="Ü"),
    ),
    "identifier.length": (lambda: transfer(f"{'A' * 36} 1,00"), lambda: batch("A 1,00", "B" * 36)),
    "identifier.slashes": (lambda: transfer("/A 1,00"), lambda: Mandate("A//B", MANDATE.signed)),
    "creditor_id.invalid": (
        lambda: debit_batch(creditor_id="de98zzz09999999999"),
        lambda: Mandate("M", MANDATE.signed, Amendment(creditor_id="DE98")),
    ),
    "creditor_id.check_digits": (lambda: debit_batch(creditor_id="DE97ZZZ09999999999"),),
    "rf.invalid": (lambda: transfer("A 1,00 RF18 5390 0754 7034"),),
    "rf.check_digits": (lambda: transfer("A 1,00 RF19539007547034"),),
    "text.characters": (
        lambda: party(name="Müller € Co"),
        lambda: transfer("A 1,00 王"),
        lambda: address(street="Straße\n1"),
        lambda: transfer_rules.check(replace(message(batch("A 1,00")), charset="epc"), TODAY),
        lambda: debit_rules.check(debit(debit_batch(collection()), charset="epc"), TODAY),
    ),
    "text.length": (
        lambda: party(name="x" * 71),
        lambda: transfer(f"A 1,00 {'x' * 141}"),
        lambda: address(house_number="x" * 17),
        lambda: address(town="x" * 36),
    ),
    "text.blank": (
        lambda: party(name=""),
        lambda: party(name="   "),
        lambda: Transfer("A", 1, PAYEE, remittance="  "),
        lambda: address(town=""),
        lambda: address(country=""),
        lambda: address(lines=(" ",)),
    ),
    "amount.range": (
        lambda: transfer("A 0"),
        lambda: transfer("A -1,00"),
        lambda: transfer("A 1000000000"),
        lambda: collection(amount_cents=0),
    ),
    "remittance.twice": (lambda: replace(transfer("A 1,00 Text"), creditor_reference="RF18539007547034"),),
    "purpose.form": (
        lambda: transfer("A 1,00", purpose="gov"),
        lambda: replace(batch("A 1,00"), category_purpose="GOVTX"),
    ),
    "address.country": (lambda: address(country="ZZ"), lambda: address(country="de")),
    "address.lines": (lambda: address(lines=("a", "b", "c")),),
    "address.repeated": (
        lambda: pay(transfer("A 1,00", party(address=address(postcode="12345", lines=("12345 Musterstadt",))))),
    ),
    "address.needed": (lambda: pay(transfer("A 1,00 Buch", replace(SWISS, name="Frei AG"))),),
    "address.needed_debtor": (lambda: collect(collection(debtor=replace(SWISS, name="Frei AG", address=None))),),
    "bic.advisable": (
        lambda: pay(transfer("A 1,00", Party("Ana", SERBIAN)), debtor=replace(PAYER, address=address())),
    ),
    "bic.country": (lambda: pay(transfer("A 1,00", party(bic="UBSWCHZH80A"))),),
    "text.abroad": (
        lambda: pay(transfer("A 1,00", Party("Søren".replace("ø", "ö"), "NO9386011117947"))),
        lambda: collect(collection(debtor=Party("Soren", "NO9386011117947"), remittance="Gebühr")),
    ),
    "purpose.unknown": (lambda: pay(transfer("A 1,00", purpose="ZZZZ")), lambda: collect(collection(purpose="ZZZZ"))),
    "purpose.unknown_category": (lambda: pay(category_purpose="FEES"), lambda: collect(category_purpose="RENT")),
    "payment.no_id": (lambda: pay(transfer("NOTPROVIDED 1,00")),),
    "payment.duplicate_id": (
        lambda: pay(transfer("A 1,00"), transfer("A 2,00")),
        lambda: collect(collection(), collection(amount_cents=2)),
    ),
    "payment.twin": (
        lambda: pay(transfer("A 1,00 Miete"), transfer("B 1,00 Miete")),
        lambda: collect(collection(), collection(end_to_end_id="C-2")),
    ),
    "payment.to_self": (lambda: pay(transfer("A 1,00", PAYER)), lambda: collect(collection(debtor=PAYER))),
    "account.unknown_bank": (lambda: account_finding(make_iban("DE", "000000000000000001")),),
    "account.check_digits": (lambda: account_finding(make_iban("DE", "370400440532013100")),),
    "day.past": (lambda: pay(execution_day=date(2026, 11, 19)), lambda: collect(due_day=date(2026, 11, 19))),
    "day.far": (lambda: pay(execution_day=date(2026, 12, 7)),),
    "day.not_target": (lambda: pay(execution_day=date(2026, 11, 21)), lambda: collect(due_day=date(2026, 11, 28))),
    "time.zone": (
        lambda: replace(message(batch("A 1,00")), created=datetime(2026, 11, 20, 9, 0)),
        lambda: replace(batch("A 1,00"), instant=True, execution_time=datetime(2026, 11, 20, 9, 0)),
    ),
    "time.not_instant": (lambda: replace(batch("A 1,00"), execution_time=datetime(2026, 11, 20, 9, 0, tzinfo=UTC)),),
    "message.empty": (message, debit, lambda: write(message(batch("")))),
    "message.duplicate_batch": (
        lambda: message(batch("A 1,00"), batch("B 1,00")),
        lambda: debit(debit_batch(), debit_batch()),
    ),
    "message.totals": (lambda: write(message(replace(batch("A 1,00"), totals=Totals(1, 1)))),),
    "mandate.empty_amendment": (lambda: Mandate("M", MANDATE.signed, Amendment()),),
    "mandate.amended_account": (
        lambda: Mandate("M", MANDATE.signed, Amendment(iban=PAYER.iban, other_account=True)),
        lambda: Mandate("M", MANDATE.signed, Amendment(bic="COBADEFF", other_account=True)),
    ),
    "mandate.other_bank": (
        lambda: collect(collection(mandate=Mandate("M", MANDATE.signed, Amendment(iban=PAYER.iban)))),
        lambda: collect(collection(mandate=Mandate("M", MANDATE.signed, Amendment(iban="NO9386011117947")))),
    ),
    "mandate.signed_late": (
        lambda: debit_rules.check(
            debit(debit_batch(collection(mandate=Mandate("M", date(2026, 11, 25))))), date(2026, 11, 26)
        ),
    ),
    "mandate.signed_in_future": (lambda: collect(collection(mandate=Mandate("M", MONDAY))),),
    "mandate.two_accounts": (
        lambda: collect(
            collection(),
            collection(
                end_to_end_id="C-2",
                mandate=Mandate("m-1", MANDATE.signed),
                debtor=party(iban="NO9386011117947", name="A"),
            ),
        ),
    ),
    "collection.sequence": (lambda: debit_batch(sequence="RPRE"),),
    "collection.scheme": (lambda: debit(debit_batch(), scheme="COR1"),),
    "collection.lead_time": (lambda: collect(due_day=date(2026, 11, 20)),),
    "collection.early": (lambda: collect(due_day=date(2026, 12, 7)),),
    "reversal.reason": (lambda: Reversal(collection(), "ZZZZ"),),
    "reversal.amount": (lambda: Reversal(collection(), reversed_cents=101),),
    "recall.reason": (lambda: Recall("A", ""),),
    "recall.scope": (lambda: RecallBatch("B-1"),),
    "profile.payments": (lambda: check_file(batch("A 1\nB 2"), payments_per_file=1),),
    "profile.days": (lambda: check_file(batch("A 1"), batch("B 1", "B-2", MONDAY), one_date_per_file=True),),
    "profile.accounts": (
        lambda: check_file(batch("A 1"), batch("B 1", "B-2", payer=PAYEE), one_account_per_file=True),
    ),
    "profile.charset": (lambda: check_file(batch("A 1\nB 2"), charset="epc"),),
    "profile.kinds": (lambda: check_file(batch("A 1"), replace(batch("B 1", "B-2"), instant=True)),),
    "profile.single_opt_out": (lambda: check_file(batch("A 1")),),
    "profile.cut_off": (lambda: check_file(batch("A 1\nB 1"), orders={"transfer": OrderType("CCT", "X", time(8))}),),
    "profile.one_sequence": (lambda: check_debits("FRST RCUR", one_sequence_per_file=True),),
    "profile.days_ahead": (lambda: check_debits("RCUR", max_days_ahead=2),),
    "profile.sequence": (lambda: check_debits("FRST", sequences="RCUR OOFF"),),
    "profile.cut_off_debit": (lambda: check_debits("RCUR", orders={"core": OrderType("CDD", "X", time(8))}),),
}
ALSO = {"mandate.signed_late": {"day.past"}}  # what a case cannot avoid reporting as well


def findings(case: Case) -> list[KasseError]:
    """What a case reports, raised or yielded."""
    try:
        found = case()
        if isinstance(found, KasseError):
            return [found]
        if not isinstance(found, Iterable):
            return []
        return [one for one in found if isinstance(one, KasseError)]
    except KasseError as error:
        return list(error.findings or (error,))


NUMBERED = [(f"{code} {at}", code, case) for code, cases in CASES.items() for at, case in enumerate(cases, 1)]


@pytest.mark.parametrize(("code", "case"), [one[1:] for one in NUMBERED], ids=[one[0] for one in NUMBERED])
def test_a_rule_reports_its_case_and_no_other_rule_does(code: str, case: Case) -> None:
    found = {finding.code for finding in findings(case)}
    assert found - ALSO.get(code, set()) == {code}
    assert all(str(finding) for finding in findings(case))


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    assert {rule.code for rule in RULES} == set(CASES)
    assert len({rule.code for rule in RULES}) == len(RULES)


# what stands above single rules: a refusal of several, and the families
FAMILIES = {InvalidOrderError, identifiers.InvalidIdentifierError, text.InvalidTextError}


@pytest.mark.parametrize(
    "module", [identifiers, text, fields, payments, debits, banks, odd, debit_rules, profile_rules, recalls, reversals]
)
def test_no_error_of_the_writing_side_is_missing_in_the_table(module: Any) -> None:
    errors = {found for _, found in inspect.getmembers(module, inspect.isclass) if issubclass(found, KasseError)} - {
        KasseError,
        *FAMILIES,
    }
    assert errors
    assert errors <= {rule.error for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_names_source_severity_and_a_way_out(rule: Any) -> None:
    assert rule.source
    assert rule.error.template
    assert rule.error.hint
    assert rule.severity in {"error", "warning"}


FAULTLESS: dict[str, Case] = {
    "a transfer": pay,
    "a transfer to Switzerland": lambda: pay(
        transfer("A 1,00", replace(SWISS, name="Frei AG")), debtor=replace(PAYER, address=address())
    ),
    "instant on a Saturday": lambda: pay(execution_day=date(2026, 11, 21), instant=True),
    "the last day of 15": lambda: pay(execution_day=date(2026, 12, 4)),
    "equal amounts to two payees": lambda: pay(transfer("A 1,00 Miete"), transfer("B 1,00 Miete", SWISS_IN_GERMANY)),
    "two without id": lambda: (
        f for f in pay(transfer("NOTPROVIDED 1"), transfer("NOTPROVIDED 2")) if f.severity == "error"
    ),
    "a collection": collect,
    "a collection that is due on the next TARGET day": lambda: collect(due_day=MONDAY),
    "one mandate twice": lambda: collect(collection(), collection(end_to_end_id="C-2", amount_cents=5)),
    "a French account at a bank on Martinique": lambda: pay(
        transfer("A 1,00", Party("Anne", "FR1420041010050500013M02606", "BNPAMQMX"))
    ),
    "an account that fits its bank": lambda: account_finding("DE89370400440532013000"),
    "a foreign account is not asked": lambda: account_finding("NO9386011117947"),
    "basic Latin": lambda: transfer_rules.check(
        replace(message(replace(batch(""), transfers=(transfer("A 1,00", SWISS_IN_GERMANY),))), charset="epc"), TODAY
    ),
}
SWISS_IN_GERMANY = Party("Helvetia", make_iban("DE", "120300000000202052"))


@pytest.mark.parametrize("name", FAULTLESS)
def test_an_order_without_fault_reports_nothing(name: str) -> None:
    assert [str(finding) for finding in findings(FAULTLESS[name])] == []


def test_an_order_that_breaks_several_rules_names_them_all_with_their_places() -> None:
    with pytest.raises(InvalidOrderError) as error:
        Transfer("A", 0, PAYEE, remittance="€" * 10, purpose="x")
    assert [(one.code, one.place.field, one.place.payment) for one in error.value.findings] == [
        ("amount.range", "amount", "A"),
        ("text.characters", "remittance", "A"),
        ("purpose.form", "purpose", "A"),
    ]


def test_a_finding_says_which_payment_it_is_about() -> None:
    found = [*pay(transfer("A 1,00"), transfer("B 2,00", purpose="ZZZZ"))]
    assert [(one.place.payment, one.place.field, one.place.value) for one in found] == [("B", "purpose", "ZZZZ")]


def test_the_directory_names_the_bank_of_an_account() -> None:
    assert bank_of("DE89370400440532013000") == Bank("Commerzbank", "COBADEFFXXX", "37040044")
    assert bank_of(make_iban("DE", "000000000000000001")) is None


def one_pass(make: Callable[[], Any], rules: Any, write_it: Callable[[Any], Iterable[bytes]]) -> None:
    """Checking while writing finds what checking before finds, and gives the same file, with one walk each."""
    walks: list[int] = []
    found: list[KasseError] = []
    file = b"".join(write_it(rules.checking(make_once(make(), walks), TODAY, found.append)))
    assert file == b"".join(write_it(make()))
    assert sorted(map(repr_of, found)) == sorted(map(repr_of, rules.check(make(), TODAY)))
    assert found
    assert set(walks) == {1}


def repr_of(finding: KasseError) -> tuple[str, str, str]:
    return finding.code, str(finding), str(finding.place)


def make_once(made: Any, walks: list[int]) -> Any:
    """Return the message with totals, its payments out of generators that count how often they are walked."""
    name = "transfers" if hasattr(made.batches[0], "transfers") else "collections"
    batches = []
    for one in made.batches:
        payments = tuple(getattr(one, name))
        batches.append(replace(one, totals=payments_total(payments), **{name: Walked(payments, walks)}))
    return replace(made, batches=tuple(batches))


def payments_total(rows: Iterable[Any]) -> Totals:
    amounts = [row.amount_cents for row in rows]
    return Totals(len(amounts), sum(amounts))


class Walked:
    def __init__(self, rows: tuple[Any, ...], walks: list[int]) -> None:
        self.rows, self.walks, self.count = rows, walks, 0

    def __iter__(self) -> Iterator[Any]:
        self.count += 1
        self.walks.append(self.count)
        return iter(self.rows)


def test_transfers_are_checked_while_they_are_written() -> None:
    two = batch("A 1,00 Miete\nA 1,00 Miete", day=date(2026, 11, 21))
    one_pass(lambda: message(two, batch("B 1,00", "B-2")), transfer_rules, write)


def test_collections_are_checked_while_they_are_written() -> None:
    two = debit_batch(collection(), collection(purpose="ZZZZ"), due_day=MONDAY)
    one_pass(lambda: debit(two, debit_batch(collection(), payment_information_id="B-2")), debit_rules, write_debits)

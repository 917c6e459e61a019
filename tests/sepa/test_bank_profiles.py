"""Bank profiles: what is read, what is refused, and which payments share a file."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa.errors import KasseError
from sepa.pain001 import write
from sepa.payments import Address, CreditTransferMessage
from sepa.profiles import (
    KINDS,
    Group,
    Profile,
    TransferOrder,
    check,
    messages,
    parse_profile,
    plan,
    shape,
    shipped_profile,
    shipped_profiles,
)
from tests.sepa.oracles import schema_errors
from tests.sepa.orders import MADE, MONDAY, PAYEE, PAYER, SWISS, batch, message, transfer

STANDARD = shipped_profile("standard")
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize("name", shipped_profiles())
def test_a_shipped_profile_says_how_every_kind_is_handed_over(name: str) -> None:
    profile = shipped_profile(name)
    assert profile.name == name
    for kind in KINDS:
        assert profile.order_type(kind).ebics
        assert "pain.00" in profile.order_type(kind).btf


ORDER_TYPES = {
    "plain": ("transfer", "opt-out", "CCT", "SCT_pain.001"),
    "with name check": ("transfer", "opt-in", "CTV", "SCT::VOI_pain.001"),
    "instant": ("instant", "opt-out", "CIP", "SCI_pain.001"),
    "instant with name check": ("instant", "opt-in", "CIV", "SCI::VOI_pain.001"),
    "debits know no name check": ("core", "opt-in", "CDD", "SDD::COR_pain.008"),
}


@pytest.mark.parametrize(("kind", "vop", "ebics", "btf"), ORDER_TYPES.values(), ids=ORDER_TYPES.keys())
def test_the_order_type_follows_kind_and_name_check(kind: Any, vop: Any, ebics: str, btf: str) -> None:
    found = replace(STANDARD, vop=vop).order_type(kind)
    assert (found.ebics, found.btf) == (ebics, btf)


def test_a_profile_is_read_with_all_its_settings() -> None:
    profile = parse_profile(
        """
        name = "own"
        charset = "epc"
        address = "none"
        payments_per_file = 10
        one_date_per_file = true
        batch_booking = false
        vop = "opt-in"
        [orders.transfer-vop]
        ebics = "XCT"
        btf = "SCT:DE_pain.001"
        cut_off = 14:30:00
        """
    )
    assert (profile.charset, profile.address, profile.payments_per_file) == ("epc", "none", 10)
    assert (profile.one_date_per_file, profile.batch_booking, profile.vop) == (True, False, "opt-in")
    assert profile.order_type("transfer").cut_off == time(14, 30)


BROKEN = {
    "not TOML": ("name = ", "profile.invalid"),
    "no name": ("", "profile.value"),
    "unknown setting": ('name = "x"\ncharsett = "dk"', "profile.value"),
    "unknown character set": ('name = "x"\ncharset = "utf-8"', "profile.value"),
    "a number as text": ('name = "x"\npayments_per_file = "10"', "profile.value"),
    "a flag as number": ('name = "x"\npayments_per_file = true', "profile.value"),
    "no payment in a file": ('name = "x"\npayments_per_file = 0', "profile.value"),
    "orders that are no table": ('name = "x"\norders = { transfer = "CCT" }', "profile.value"),
    "an order type without BTF": ('name = "x"\n[orders.transfer]\nebics = "CCT"', "profile.value"),
    "an hour that is none": (
        'name = "x"\n[orders.transfer]\nebics = "C"\nbtf = "S"\ncut_off = "15:00"',
        "profile.value",
    ),
}


@pytest.mark.parametrize(("text", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_profile_is_refused_with_its_file(text: str, code: str) -> None:
    with pytest.raises(KasseError) as error:
        parse_profile(text, "bank.toml")
    assert (error.value.code, error.value.place.file) == (code, "bank.toml")


def test_an_unknown_profile_names_those_that_exist() -> None:
    with pytest.raises(KasseError) as error:
        shipped_profile("nobank")
    assert error.value.fields["known"] == "cautious, standard"
    with pytest.raises(KasseError) as error:
        Profile("bare").order_type("transfer")
    assert error.value.code == "profile.value"


def profile(**changes: Any) -> Profile:
    return replace(STANDARD, **changes)


def group(count: int, day: date = MONDAY, kind: Any = "transfer", iban: str = "A") -> Group:
    return Group(iban, day, kind, count)


PLANS: dict[str, tuple[list[Group], Profile, list[list[tuple[int, int]]]]] = {
    "two days in one file": ([group(3), group(2, TUESDAY)], profile(), [[(0, 3), (0, 2)]]),
    "one day a file": ([group(3), group(2, TUESDAY)], profile(one_date_per_file=True), [[(0, 3)], [(0, 2)]]),
    "one account a file": ([group(3), group(2, iban="B")], profile(one_account_per_file=True), [[(0, 3)], [(0, 2)]]),
    "instant apart": ([group(3), group(2, kind="instant"), group(1)], profile(), [[(0, 3), (0, 1)], [(0, 2)]]),
    "core and business apart": ([group(1, kind="core"), group(1, kind="b2b")], profile(), [[(0, 1)], [(0, 1)]]),
    "file limit cuts a group": ([group(5)], profile(payments_per_file=2), [[(0, 2)], [(2, 4)], [(4, 5)]]),
    "open files are filled": ([group(3), group(3)], profile(payments_per_file=4), [[(0, 3), (0, 1)], [(1, 3)]]),
    "batch limit cuts within a file": ([group(5)], profile(payments_per_batch=2), [[(0, 2), (2, 4), (4, 5)]]),
    "nothing": ([], profile(), []),
    "empty group": ([group(0)], profile(), []),
}


@pytest.mark.parametrize(("groups", "bank", "files"), PLANS.values(), ids=PLANS.keys())
def test_payments_are_put_into_files_as_the_bank_wants(
    groups: list[Group], bank: Profile, files: list[list[tuple[int, int]]]
) -> None:
    assert [[(part.start, part.stop) for part in file.slices] for file in plan(groups, bank)] == files


GROUPS = st.lists(
    st.builds(
        Group,
        st.sampled_from("AB"),
        st.sampled_from([MONDAY, TUESDAY]),
        st.sampled_from(KINDS),
        st.integers(0, 12),
        number=st.integers(0, 10**6),
    ),
    unique_by=lambda one: one.number,
    max_size=8,
)


@given(GROUPS, st.integers(1, 9), st.integers(1, 9), st.booleans(), st.booleans())
def test_every_payment_is_in_one_file_and_no_file_breaks_the_profile(
    groups: list[Group], per_file: int, per_batch: int, one_date: bool, one_account: bool
) -> None:
    bank = profile(
        payments_per_file=per_file,
        payments_per_batch=per_batch,
        one_date_per_file=one_date,
        one_account_per_file=one_account,
    )
    files = plan(groups, bank)
    placed = [(part.group.number, n) for file in files for part in file.slices for n in range(part.start, part.stop)]
    assert sorted(placed) == sorted((one.number, n) for one in groups for n in range(one.count))
    for file in files:
        assert 1 <= file.count <= per_file
        assert all(1 <= part.stop - part.start <= per_batch for part in file.slices)
        assert {part.group.kind for part in file.slices} == {file.kind}
        assert not one_date or len({part.group.day for part in file.slices}) == 1
        assert not one_account or len({part.group.iban for part in file.slices}) == 1


def order(line: str, day: date = MONDAY, **changes: Any) -> TransferOrder:
    return replace(TransferOrder(PAYER, day, transfer(line)), **changes)


def made(*orders: TransferOrder, **changes: Any) -> tuple[CreditTransferMessage, ...]:
    return messages(orders, profile(**changes), base_id="RUN-7", created=MADE, initiator="Kasse")


def test_orders_become_files_with_derived_ids_and_the_same_again() -> None:
    orders = (order("A 1,00"), order("B 2,00", TUESDAY), order("C 4,00"), order("D 8,00", instant=True))
    files = made(*orders)
    assert [
        [
            (one.payment_information_id, one.execution_day, one.instant, [t.end_to_end_id for t in one.transfers])
            for one in file.batches
        ]
        for file in files
    ] == [
        [("RUN-7-1-1", MONDAY, False, ["A", "C"]), ("RUN-7-1-2", TUESDAY, False, ["B"])],
        [("RUN-7-2-1", MONDAY, True, ["D"])],
    ]
    assert [file.message_id for file in files] == ["RUN-7-1", "RUN-7-2"]
    assert made(*orders) == files
    for file in files:
        assert schema_errors("pain.001.001.09", b"".join(write(file))) == []


def test_two_names_over_one_account_stay_two_batches() -> None:
    other = replace(PAYER, name="Eigenbetrieb")
    (file,) = made(order("A 1,00"), order("B 2,00", debtor=other))
    assert [(one.debtor.name, len(list(one.transfers))) for one in file.batches] == [
        ("Stadtkasse Musterstadt", 1),
        ("Eigenbetrieb", 1),
    ]


ADDRESS = Address("Zürich", "CH", lines=("Hof",))


@pytest.mark.parametrize(
    ("form", "address"),
    [("hybrid", ADDRESS), ("structured", Address("Zürich", "CH")), ("none", None)],
)
def test_addresses_take_the_form_the_bank_wants(form: Any, address: Address | None) -> None:
    assert shape(replace(SWISS, address=ADDRESS), form).address == address
    assert shape(PAYEE, form) == PAYEE


NOON = datetime(2026, 11, 23, 12, 30, tzinfo=timezone(timedelta(hours=1)))
SLOW = {**STANDARD.orders, "transfer": replace(STANDARD.orders["transfer"], cut_off=time(12))}
TWO = batch("A 1,00\nB 2,00")
FINDINGS: dict[str, tuple[CreditTransferMessage, Profile, set[str]]] = {
    "nothing": (message(TWO), profile(), set()),
    "too many": (message(TWO), profile(payments_per_file=1), {"profile.payments"}),
    "two days": (
        message(TWO, replace(TWO, payment_information_id="B-2", execution_day=TUESDAY)),
        profile(one_date_per_file=True),
        {"profile.days"},
    ),
    "two accounts": (
        message(TWO, replace(TWO, payment_information_id="B-2", debtor=PAYEE)),
        profile(one_account_per_file=True),
        {"profile.accounts"},
    ),
    "umlauts": (message(TWO), profile(charset="epc"), {"profile.charset"}),
    "kinds mixed": (
        message(TWO, replace(TWO, payment_information_id="B-2", instant=True)),
        profile(),
        {"profile.kinds"},
    ),
    "a single payment, Art. 5c(6) Regulation (EU) 260/2012": (
        message(batch("A 1,00")),
        profile(),
        {"profile.single_opt_out"},
    ),
    "a single payment with check": (message(batch("A 1,00")), profile(vop="opt-in"), set()),
    "too late for today": (message(TWO), profile(orders=SLOW), {"profile.cut_off"}),
    "late but for tomorrow": (message(replace(TWO, execution_day=TUESDAY)), profile(orders=SLOW), set()),
}


@pytest.mark.parametrize(("file", "bank", "codes"), FINDINGS.values(), ids=FINDINGS.keys())
def test_a_file_is_checked_against_the_banks_profile(
    file: CreditTransferMessage, bank: Profile, codes: set[str]
) -> None:
    assert {finding.code for finding in check(file, bank, NOON)} == codes

"""Parties: who is the same person, and who is not."""

import pytest

from ledger.items.opening_store import OpeningWishes, import_opening
from ledger.people.parties import address_key, identity, match_key
from tests.ledger.order_lists import ADDRESS, IBAN, OTHER_IBAN, item, items, row, take


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Erika Mustermann", "MUSTERMANN, Erika"),
        ("Dr. Erika Müller", "Erika Mueller"),
        ("Jürgen Groß", "JUERGEN GROSS"),
        ("José Núñez", "Jose Nunez"),
        ("Müller & Söhne KG", "MUELLER + SOEHNE KG"),
        ("Max  Muster-Mann", "Max Muster Mann"),
        ("Mu\u0308ller", "Müller"),
    ],
)
def test_these_names_match(one, other):
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Erika Mustermann", "Erika Musterfrau"),
        ("Meier", "Meyer"),
        ("Frau A. Kaya", "Herr A. Kaya"),
        ("Müller", "Muller"),
    ],
)
def test_these_names_do_not_match(one, other):
    assert match_key(one) != match_key(other)


def test_a_name_of_titles_only_stays_a_name():
    assert match_key("Dr. Prof.") == "dr prof"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Hauptstr.", "5", "20095", "Hamburg"), ("Hauptstraße 5", None, "20095", "HAMBURG")),
        (("Straße des 17. Juni", "1 a", "10623", "Berlin"), ("Strasse des 17.Juni 1A", "", "10623", "Berlin")),
        (("Am Markt", "2-4", "20095", "Hamburg"), ("am markt", "2 - 4", "20 095", "Hamburg")),
    ],
)
def test_these_addresses_are_the_same(one, other):
    assert address_key(*one) == address_key(*other)


def test_an_address_of_nothing_is_empty():
    assert address_key(None, "", None, None) == ""


@pytest.mark.parametrize("evidence", [(), (None,), ("", None)])
def test_a_name_alone_is_no_identity(evidence):
    assert identity("erika", *evidence) is None


def parties(store):
    return int(store.value("SELECT count(*) FROM party"))


def known(store, lists, first, second):
    """How many persons two rows make that come in one list, or in two."""
    if lists == 1:
        take(store, first, second)
    else:
        take(store, first)
        take(store, second, name="second.xlsx")
    return parties(store)


@pytest.mark.parametrize(
    ("change", "count"),
    [
        pytest.param({}, 1, id="the same name, address, no birth date"),
        pytest.param({"name": "Musterfrau, ERIKA"}, 1, id="written otherwise"),
        pytest.param({"street": "Gartenweg 3", "house_number": None}, 1, id="house number in the street"),
        pytest.param({"house_number": "5"}, 2, id="another house"),
        pytest.param({"birth_date": "1990-01-01"}, 2, id="a birth date more"),
        pytest.param({"bank_account": IBAN}, 1, id="an IBAN more"),
        pytest.param({"name": "Erik Musterfrau"}, 2, id="another name"),
    ],
)
@pytest.mark.parametrize("lists", [1, 2])
def test_a_debtor_is_known_by_name_address_and_birth_date(store, change, count, lists):
    first = row("ORDNUNG receivable 5,00 Erika Musterfrau")
    assert known(store, lists, first, row("BAU receivable 6,00 Erika Musterfrau", **change)) == count


@pytest.mark.parametrize(
    ("change", "count"),
    [
        pytest.param({}, 1, id="the same name and IBAN"),
        pytest.param({"bank_account": OTHER_IBAN}, 2, id="another IBAN"),
        pytest.param({"name": "Papierhaus"}, 2, id="another name"),
        pytest.param(ADDRESS, 1, id="an address more"),
    ],
)
@pytest.mark.parametrize("lists", [1, 2])
def test_a_payee_is_known_by_name_and_iban(store, change, count, lists):
    first = row("ORDNUNG payable 5,00 Papierhaus Muster KG")
    assert known(store, lists, first, row("ORDNUNG payable 6,00 Papierhaus Muster KG", **change)) == count


def test_a_new_payee_brings_its_iban(store):
    take(store, row("ORDNUNG payable 5,00 Papierhaus", bank_account=OTHER_IBAN))
    assert store.all("SELECT iban, kind, source FROM party_account") == [(OTHER_IBAN, "own", "order")]


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        pytest.param({}, 2, id="a name alone"),
        pytest.param({"birth_date": "1990-01-01"}, 1, id="a birth date"),
        pytest.param({"reference": "AZ-1"}, 1, id="parts of one claim"),
    ],
)
def test_items_without_an_address_are_of_one_person_only_with_evidence(store, changes, count):
    blank = dict.fromkeys(ADDRESS)
    rows = [item("ORDNUNG receivable 5,00 Erika", **blank | changes) for _ in range(2)]
    from ledger.items.opening import BalanceRow
    from ledger.items.staging_store import load_rules
    from sepa.errors import Place
    from tests.ledger.order_lists import DAY, source

    balances = [BalanceRow("ORDNUNG", "2400", 1000, Place())] + [
        BalanceRow("KASSE", account, 0, Place()) for account in ("2800", "2801")
    ]
    wishes = OpeningWishes(DAY, {"receivables": 1000, "balances": 1000})
    import_opening(store, source("opening"), load_rules(store, DAY), balances, items(store, *rows), wishes)
    assert parties(store) == count

"""`kasse sepa write`: lists of payments become files, or nothing at all."""

from pathlib import Path

import pytest
import sepaxml

from sepa.identifiers import make_iban
from sepa.pain_reading import read_payments
from sepa.pain_values import ForeignBatch, ForeignPayment, PaymentFile
from tests.bank_files import IBAN, OTHER

OWN = f'--name "Stadtkasse Musterstadt" --iban {IBAN} --id RUN-7 --day 2026-11-24'
GOOD = f"""Name;IBAN;Betrag;Verwendungszweck;Kassenzeichen
Erika Müller;{OTHER};1.234,56;Bescheid 4711;KZ-1
Çelik – Söhne;DE02100100100006820101;7,00;Rückzahlung;
"""
BAD = f"""Name;IBAN;Betrag;Verwendungszweck;Kassenzeichen
Erika Müller;DE88370400440532013000;1.234,56;Bescheid;KZ-1
{"x" * 71};{OTHER};0,00;Rückzahlung;KZ-2
Max Beispiel;{OTHER};zehn;Text;KZ-3
;{OTHER};5,00;Text;KZ-1
"""
DEBITS = f"""Name;IBAN;Betrag;Verwendungszweck;Mandatsreferenz;Mandatsdatum;Fälligkeit;Sequenz
Max Beispiel;{OTHER};53,00;Hundesteuer;M-7;15.01.2026;01.12.2026;RCUR
Anna Muster;DE02100100100006820101;20,00;Hundesteuer;M-8;15.01.2026;01.12.2026;FRST
"""


@pytest.fixture
def lists(shell):
    for name, text in {"good.csv": GOOD, "bad.csv": BAD, "debits.csv": DEBITS}.items():
        (shell.folder / name).write_text(text, "utf-8")
    return shell


def test_lists_become_files_with_every_change_listed(lists):
    lists.transcript(
        "sepa-write",
        f"kasse sepa write --payments good.csv {OWN} --dry-run",
        f"kasse sepa write --payments good.csv {OWN}",
        f"kasse sepa write --payments good.csv {OWN}",
        f"kasse sepa write --payments bad.csv {OWN}",
        f"kasse sepa write --payments debits.csv {OWN.replace('RUN-7', 'LS-7')} --creditor-id DE98ZZZ09999999999 --json",
        f"kasse sepa write --payments debits.csv {OWN}",
        f"kasse sepa write --payments good.csv {OWN} --scheme COR1",
        "kasse sepa check RUN-7-1.xml",
    )


def test_what_is_written_is_what_the_list_says(lists):
    assert lists(f"kasse sepa write --payments good.csv {OWN} -q").code == 0
    events = list(read_payments(lists.folder / "RUN-7-1.xml"))
    payments = [one for one in events if isinstance(one, ForeignPayment)]
    assert [(p.name, p.iban, p.amount_cents, p.text, p.end_to_end_id) for p in payments] == [
        ("Erika Müller", OTHER, 123456, "Bescheid 4711", "KZ-1"),
        ("Celik - Söhne", "DE02100100100006820101", 700, "Rückzahlung", "RUN-7-3"),
    ]
    assert [one.day for one in events if isinstance(one, ForeignBatch)] == ["2026-11-24"]


def test_the_same_list_gives_the_same_bytes(lists):
    for folder in ("a", "b"):
        (lists.folder / folder).mkdir()
        assert lists(f"kasse sepa write --payments good.csv {OWN} --out {folder}").code == 0
    first, second = ((lists.folder / folder / "RUN-7-1.xml").read_bytes() for folder in ("a", "b"))
    assert first == second


def test_a_list_with_errors_leaves_no_file(lists):
    done = lists(f"kasse sepa write --payments bad.csv {OWN} --json")
    assert done.code == 1
    assert not list(lists.folder.glob("*.xml"))
    places = {(one["code"], one["place"]["row"], one["place"]["column"]) for one in done.json["findings"]} | {
        (one["code"], one["place"]["row"], one["place"]["column"])
        for error in done.json["errors"]
        for one in error.get("findings", [])
    }
    assert {
        ("iban.check_digits", 2, "IBAN"),
        ("text.length", 3, "Name"),
        ("amount.range", 3, "Betrag"),
        ("amount.invalid", 4, "Betrag"),
        ("cell.blank", 5, "Name"),
    } <= places


def test_the_bank_profile_shapes_texts_and_files(lists):
    profile = 'name = "latin"\ncharset = "epc"\npayments_per_file = 1\n[orders.transfer]\nebics = "CCT"\nbtf = "SCT_pain.001"\n'
    (lists.folder / "latin.toml").write_text(profile, "utf-8")
    done = lists(f"kasse sepa write --payments good.csv {OWN} --profile latin.toml --json")
    assert [one["file"] for one in done.data["files"]] == ["RUN-7-1.xml", "RUN-7-2.xml"]
    assert [one["now"] for one in done.data["changes"]] == ["Erika Mueller", "Celik - Soehne", "Rueckzahlung"]


def test_our_own_name_is_written_in_the_letters_of_the_bank_and_the_change_listed(lists):
    own = OWN.replace("Stadtkasse Musterstadt", "Stadtkasse Köln")
    done = lists(f"kasse sepa write --payments good.csv {own} --profile cautious --json")
    assert done.data["changes"][0] == {
        "row": None,
        "column": "--name",
        "was": "Stadtkasse Köln",
        "now": "Stadtkasse Koeln",
    }
    file = (lists.folder / done.data["files"][0]["file"]).read_text("utf-8")
    assert (file.isascii(), file.count("<Nm>Stadtkasse Koeln</Nm>")) == (True, 2)


def test_debits_are_written_by_their_mandates(lists):
    assert lists(f"kasse sepa write --payments debits.csv {OWN} --creditor-id DE98ZZZ09999999999 -q").code == 0
    events = list(read_payments(lists.folder / "RUN-7-1.xml"))
    assert next(one.message for one in events if isinstance(one, PaymentFile)) == "pain.008.001.08"
    assert [one.sequence for one in events if isinstance(one, ForeignBatch)] == ["RCUR", "FRST"]
    assert [(p.mandate_id, p.signed) for p in events if isinstance(p, ForeignPayment)] == [
        ("M-7", "2026-01-15"),
        ("M-8", "2026-01-15"),
    ]


SAME_BANK = "DE88100100100006820202"
AMENDED = f"""Name;IBAN;Betrag;Mandatsreferenz;Mandatsdatum;Alte Mandatsreferenz;Alte Gläubiger-ID;Alter Gläubigername;Alte IBAN;SMNDA
Max Beispiel;{OTHER};53,00;M-7;15.01.2026;M-1;;;;
Anna Muster;DE02100100100006820101;20,00;M-8;15.01.2026;;;;;ja
Ute Test;DE02100100100006820101;1,00;M-9;15.01.2026;;DE98ABC09999999999;Stadt – Bäder;{SAME_BANK};
"""


def test_what_changed_in_a_mandate_goes_into_the_file(lists):
    (lists.folder / "amended.csv").write_text(AMENDED, "utf-8")
    done = lists(f"kasse sepa write --payments amended.csv {OWN} --creditor-id DE98ZZZ09999999999 --json")
    assert (done.code, [one["now"] for one in done.data["changes"]]) == (0, ["Stadt - Bäder"])
    found = [one for one in read_payments(lists.folder / "RUN-7-1.xml") if isinstance(one, ForeignPayment)]
    assert [(p.amendment, p.original_mandate_id, p.original_account, p.original_iban) for p in found] == [
        ("true", "M-1", "", ""),
        ("true", "", "SMNDA", ""),
        ("true", "", "", SAME_BANK),
    ]
    assert (found[2].original_creditor_id, found[2].original_creditor_name) == ("DE98ABC09999999999", "Stadt - Bäder")
    checked = lists("kasse sepa check RUN-7-1.xml --on 2026-11-20 --json")
    assert [one for one in checked.json["findings"] if one["severity"] == "error"] == []


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (";;;DE88370400440532013000;", "iban.check_digits", "Alte IBAN"),
        (";DE00ABC09999999999;;;", "creditor_id.check_digits", "Alte Gläubiger-ID"),
        (f";;;{OTHER};ja", "mandate.amended_account", None),
        (";;;;vielleicht", "cell.yes_no", "SMNDA"),
    ],
)
def test_a_wrong_change_of_a_mandate_is_named_with_its_cell(lists, row, code, column):
    heading = AMENDED.partition("\n")[0]
    (lists.folder / "wrong.csv").write_text(f"{heading}\nMax;{OTHER};5,00;M-7;15.01.2026;{row}\n", "utf-8")
    done = lists(f"kasse sepa write --payments wrong.csv {OWN} --creditor-id DE98ZZZ09999999999 --json")
    (found,) = [one for one in done.json["findings"] if one["severity"] == "error"]
    assert (done.code, found["code"], found["place"]["row"]) == (1, code, 2)
    assert column in {found["place"]["column"], None}


PROFILE = """name = "one"
sequences = "{sequences}"
one_sequence_per_file = {one}
one_date_per_file = true
[orders.core]
ebics = "CDD"
btf = "SDD::COR_pain.008"
"""


def test_a_profile_splits_debits_by_sequence_and_day_and_refuses_a_sequence(lists):
    own = f"{OWN.replace(' --id RUN-7', '')} --creditor-id DE98ZZZ09999999999 --profile one.toml --json"
    (lists.folder / "one.toml").write_text(PROFILE.format(sequences="FRST RCUR", one="true"), "utf-8")
    written = lists(f"kasse sepa write --payments debits.csv {own} --id RUN-7")
    assert [one["payments"] for one in written.data["files"]] == [1, 1]
    (lists.folder / "one.toml").write_text(PROFILE.format(sequences="RCUR", one="false"), "utf-8")
    refused = lists(f"kasse sepa write --payments debits.csv {own} --id X")
    assert [one["code"] for one in refused.json["findings"] if one["severity"] == "error"] == ["profile.sequence"]
    (lists.folder / "one.toml").write_text(PROFILE.format(sequences="MAYBE", one="false"), "utf-8")
    assert lists(f"kasse sepa write --payments debits.csv {own} --id X").json["errors"][0]["code"] == "profile.value"


SCHEMAS = Path(sepaxml.__file__).parent / "schemas"
NARROW = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
 targetNamespace="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><xs:element name="Nothing"/></xs:schema>"""


def test_files_are_checked_by_the_schemas_of_the_user_before_they_are_there(lists):
    for dry in (" --dry-run", ""):
        done = lists(f"kasse sepa write --payments good.csv {OWN} --xsd-dir {SCHEMAS} --json{dry}")
        assert (done.code, [one["code"] for one in done.json["findings"]]) == (3, ["schema.unofficial"])
        assert (lists.folder / "RUN-7-1.xml").exists() == (not dry)
    narrow = lists.folder / "narrow"
    narrow.mkdir()
    (narrow / "pain.001.001.09.xsd").write_text(NARROW, "utf-8")
    for dry in (" --dry-run", ""):
        done = lists(f"kasse sepa write --payments good.csv {OWN.replace('RUN-7', 'Y')} --xsd-dir narrow --json{dry}")
        assert (done.code, {one["code"] for one in done.json["findings"]}) == (
            1,
            {"schema.unofficial", "schema.violation"},
        )
        assert done.json["findings"][-1]["place"]["file"] == "Y-1.xml"
    assert not list(lists.folder.glob("Y*"))
    assert not list(lists.folder.glob(".Y*"))
    debits = (
        f"kasse sepa write --payments debits.csv {OWN.replace('RUN-7', 'Z')} --creditor-id DE98ZZZ09999999999 --json"
    )
    assert lists(f"{debits} --xsd-dir narrow").json["errors"][0]["code"] == "schema.missing"
    assert lists(f"{debits} --xsd-dir {SCHEMAS}").code == 3


def test_odd_accounts_and_codes_of_a_list_are_warnings_with_their_cells(lists):
    odd = f"Name;IBAN;Betrag;Zweckcode\nMax;{make_iban('DE', '370400440532113000')};5,00;ZZZZ\nUte;{make_iban('DE', '000000010000000001')};6,00;GOVT\n"
    (lists.folder / "odd.csv").write_text(odd, "utf-8")
    done = lists(f"kasse sepa write --payments odd.csv {OWN} --json")
    found = [(one["code"], one["place"]["row"], one["place"]["column"]) for one in done.json["findings"]]
    assert done.code == 3
    assert ("purpose.unknown", 2, "Zweckcode") in found
    assert {("account.check_digits", 2, "IBAN"), ("account.unknown_bank", 3, "IBAN")} <= set(found)


@pytest.mark.parametrize(
    "heading", ["Fälligkeitsdatum", "Ausführungstag", "execution_day", "due_day", "Datum", "Tag", "Date"]
)
def test_the_day_of_a_row_is_read_under_the_names_people_give_it(lists, heading):
    text = f"Kontoinhaber;IBAN;Betrag;{heading}\nMax;{OTHER};5,00;25.11.2026\n"
    (lists.folder / "days.csv").write_text(text, "utf-8")
    assert lists(f"kasse sepa write --payments days.csv {OWN} -q").code in {0, 3}
    batches = [one for one in read_payments(lists.folder / "RUN-7-1.xml") if isinstance(one, ForeignBatch)]
    assert [one.day for one in batches] == ["2026-11-25"]


def test_a_row_is_named_once_and_an_unknown_column_without_empty_advice(lists):
    text = f"Name;IBAN;Betrag;Farbe\nMax;{OTHER};zehn;rot\n"
    (lists.folder / "odd.csv").write_text(text, "utf-8")
    done = lists(f"kasse sepa write --payments odd.csv {OWN}")
    assert "odd.csv, row 2, column Betrag: not an amount: zehn" in done.err
    assert "names close to it" not in done.err


def test_a_row_of_several_lines_is_named_with_its_line(lists):
    text = f'Name;IBAN;Betrag;Verwendungszweck\nMax;{OTHER};5,00;"a\nb"\nMax;{OTHER};zehn;Text\n'
    (lists.folder / "odd.csv").write_text(text, "utf-8")
    assert (
        "row 3, column Betrag, line 4 of the file: not an amount"
        in lists(f"kasse sepa write --payments odd.csv {OWN}").err
    )

"""`kasse sepa write`: lists of payments become files, or nothing at all."""

import pytest

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


def test_debits_are_written_by_their_mandates(lists):
    assert lists(f"kasse sepa write --payments debits.csv {OWN} --creditor-id DE98ZZZ09999999999 -q").code == 0
    events = list(read_payments(lists.folder / "RUN-7-1.xml"))
    assert next(one.message for one in events if isinstance(one, PaymentFile)) == "pain.008.001.08"
    assert [one.sequence for one in events if isinstance(one, ForeignBatch)] == ["RCUR", "FRST"]
    assert [(p.mandate_id, p.signed) for p in events if isinstance(p, ForeignPayment)] == [
        ("M-7", "2026-01-15"),
        ("M-8", "2026-01-15"),
    ]

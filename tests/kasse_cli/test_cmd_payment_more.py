"""The verbs of `kasse payment` around the plain way, and `kasse attachment`, as a person types them."""

import datetime as dt
import re
from contextlib import contextmanager

import pytest

from kasse_cli.headed import headed
from ledger.bank.posting_store import post_staged
from ledger.documents import Address, Document, Facts, Paragraph
from ledger.payments.refund_store import ask_refund
from ledger.payments.refunds import Wish as Refund
from tests.bankbooks import item, staged
from tests.books import act, opened, sqlite_copy
from tests.ledger.collection_texts import credited
from tests.ledger.payables import party, payables
from tests.ledger.test_collections_refund import PAYER, collected, refunded
from tests.ledger.test_payments_answers import GROUP
from tests.sepa.test_pain002 import REASON, counts, report, tx

ITEMS = """
    BAU 250,50 2026-11-16 Meyer | Rechnung 1
    KASSE 19,99 2026-11-12 Schulz | Auslagen
    ORDNUNG 100,00 2026-11-10 Çelik | Zuschuss
"""


@pytest.fixture
def town(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "dirk"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location)
        payables(store, ITEMS)
        store.close()
        yield shell


@contextmanager
def opened_in(town):
    store = opened(str(town.folder / "kasse.db"))
    yield store
    store.close()


def released(town):
    for line in ("propose", "review 1", "release 1 --sum 370,49 --user emil", "export 1 --out lauf.xml"):
        assert town(f"kasse payment {line}").code in {0, 3}


def bank_says(town, name, *transactions, **more):
    known = {"number": 3, "own": "MSG-1-1", "total": "370.49"} | more
    data = report(*transactions, **known).replace(b"MSG-1", b"KASSE-00000000-R000001")
    (town.folder / name).write_bytes(data)


def test_a_run_is_changed_before_its_release(town):
    town.transcript(
        "payment-change",
        "kasse payment propose -q",
        "kasse payment review 1 -q --csv",
        "kasse payment change 1 --without 2",
        "kasse payment change 1 --without 2 --day 2026-11-25 --reason 'Rechnung strittig'",
        "kasse payment review 1 -q --csv --user frida",
        "kasse payment release 1 --sum 350,50 --user emil",
        "kasse payment show 1",
    )


def test_a_file_the_bank_never_got_is_given_up_by_two(town):
    released(town)
    town.transcript(
        "payment-void",
        "kasse payment void 1",
        "kasse payment void 1 --reason 'Verbindung abgebrochen, Datei gelöscht'",
        "kasse payment void 1 --user emil",
        "kasse payment void 1 --user emil",
        "kasse payment export 1 --out lauf.xml",
        "kasse payment list",
    )


def test_the_sheet_that_goes_with_a_run(town):
    released(town)
    town.transcript("payment-slip", "kasse payment slip 1")
    done = town("kasse payment slip 1 --out begleitzettel.pdf")
    assert done.code == 0
    assert (town.folder / "begleitzettel.pdf").read_bytes().startswith(b"%PDF-")


def test_names_that_do_not_match(town):
    released(town)
    bank_says(
        town, "vop.xml", tx("KASSE-R1-1", "RVMC", REASON.format("AC01", "RVMC Meyer GmbH")), tx("KASSE-R1-3", "RVNM"),
        file=GROUP.format("RVCM") + counts("RCVC 1 RVMC 1 RVNM 1"),
    )  # fmt: skip
    town.transcript(
        "payment-vop",
        "kasse payment status vop.xml",
        "kasse payment vop list",
        "kasse payment vop accept 1-3 --reason 'Rückruf beim Empfänger'",
        "kasse payment vop accept 1-3 --user emil",
        "kasse payment vop correct 1-1 --name 'Meyer GmbH' --reason Handelsregister",
        "kasse payment vop correct 1-1 --name 'Meyer GmbH' --user emil",
        "kasse payment vop list --all --csv",
        "kasse payment vop refuse 1-1 --reason 'zu spät'",
        "kasse payment status vop.xml",
        "kasse payment vop rule DE1812030000 --reason Bezahlkarten --user emil",
        "kasse payment vop rule DE1812030000 --user frida",
    )


def test_nobody_is_told_to_release_an_order_whose_names_are_not_all_checked(town):
    released(town)
    bank_says(town, "begun.xml", file=GROUP.format("RVNC"))
    bank_says(town, "half.xml", tx("KASSE-R1-3", "RVNM"), file=GROUP.format("RVNC"))
    bank_says(town, "whole.xml", tx("KASSE-R1-3", "RVNM"), file=GROUP.format("RVCM") + counts("RCVC 2 RVNM 1"))
    accept = "kasse payment vop accept 1-3 --reason Rückruf"
    for line, missing in (("kasse payment status begun.xml", 3), ("kasse payment status half.xml", 2), (accept, 0)):
        said = town(line)
        text = said.out + said.err
        assert "release the order at the bank" not in text, line
        assert (f"yet: {missing}; do not release the order" in text) == bool(missing), line
    both = town(accept + " --user emil")
    assert "yet: 2; do not release the order" in both.out + both.err
    town("kasse payment status whole.xml")
    last = town(accept + " --user emil")
    assert "do not release" not in last.out + last.err


def test_what_the_bank_refuses_and_what_is_called_back(town):
    released(town)
    bank_says(
        town, "status.xml", tx("KASSE-R1-3", "RJCT", REASON.format("AC04", "erloschen")), file=GROUP.format("PART")
    )
    town.transcript(
        "payment-status",
        "kasse payment status status.xml",
        "kasse payment status status.xml lauf.xml",
        "kasse payment show 1-3",
        "kasse payment search --state rejected",
        "kasse payment recall 1-1 --why DUPL --out rueckruf.xml",
        "kasse payment recall 1-1 --why DUPL --out rueckruf.xml --bic COBADEFFXXX",
        "kasse payment recall 1-2 --why XXXX --out anderer.xml --bic COBADEFFXXX",
        "kasse payment show eins",
    )


def test_a_refused_payment_goes_to_another_account_of_its_payee(town):
    released(town)
    bank_says(town, "status.xml", tx("KASSE-R1-3", "RJCT", REASON.format("AC04", "x")), file=GROUP.format("PART"))
    assert town("kasse payment status status.xml").code == 3
    iban = "DE02120300000000202051"
    town.transcript(
        "payment-redirect",
        f"kasse payment redirect ORDNUNG/1 --iban {iban} --reason Rückruf",
        f"kasse party change 3 --iban {iban}",
        f"kasse payment redirect ORDNUNG/1 --iban {iban} --reason Rückruf",
        f"kasse payment redirect ORDNUNG/1 --iban {iban}",
        "kasse payment redirect ORDNUNG/1",
        "kasse payment redirect ORDNUNG/1 --refuse --reason 'falsch gelesen'",
        "kasse payment redirect ORDNUNG/1 --refuse --reason 'falsch gelesen'",
        f"kasse payment redirect ORDNUNG/1 --iban {iban} --reason 'Rückruf am 20.11.'",
        f"kasse payment redirect ORDNUNG/1 --iban {iban} --user emil",
        "kasse item unlock ORDNUNG/1 --kind payment --reason 'neues Konto'",
        "kasse payment propose -q",
        "kasse payment show 2 --csv",
    )


def test_a_set_off_names_what_was_demanded_for_later_days(town):
    """500.00 of a tax due on 1 September, 400.00 set off from 5 October: 2 x 5.00 and 1.00, not 15.00."""
    with opened_in(town) as store:
        with store.unit(["BAU", "KASSE", "ORDNUNG"]):
            person = party(store, "Adler")
        law = {"due": "2026-09-01", "person": person, "profile": "tax"}
        claim = item(act(store, "root"), "500", "4711", claim_kind="tax", **law)
        item(store, "15", claim_kind="saeumniszuschlag", main_item=claim, **law)
        item(store, "400", due="2026-10-05", person=person, kind="payable")
    town.transcript(
        "payment-set-off-back",
        "kasse payment set-off ORDNUNG/4 --dry-run --user clara",
        "kasse payment set-off ORDNUNG/4 --user clara",
        "kasse relief check --user clara",
        "kasse payment set-off-undo ORDNUNG-2026-5 --reason bestritten --user emil",
        "kasse relief check --user clara",
    )


def test_set_off_and_garnishment(town):
    store = opened(str(town.folder / "kasse.db"))
    with store.unit(["BAU", "KASSE", "ORDNUNG"]):
        person = party(store, "Meyer")
    item(act(store, "root"), "30", "4711", due="2026-11-01", person=person)
    store.close()
    town.transcript(
        "payment-set-off",
        "kasse payment propose --dry-run -q",
        "kasse payment set-off",
        "kasse payment set-off BAU/1 --letters briefe --user clara",
        "kasse payment set-off BAU/1 --user clara",
        "kasse attachment add ORDNUNG/1 --kind garnishment --creditor 'Inkasso Nord' --served 2026-11-18 --text 'M 12' "
        "--iban DE89370400440532013000 --sum 40 --document 'Akte 12' --user clara",
        "kasse attachment add ORDNUNG/1 --kind garnishment --creditor 'Inkasso Nord' --served 2026-11-18 --text 'M 12' "
        "--iban DE89370400440532013000 --sum 40 --document 'Akte 12' --user clara",
        "kasse attachment add ORDNUNG/1 --kind garnishment --creditor B --served 2026-11-18 --text M --sum 0 --document A",
        "kasse attachment add ORDNUNG/1 --kind garnishment --creditor B --served 2026-11-18 --text ' ' --document A",
        "kasse attachment list",
        "kasse attachment confirm 1 --iban DE89370400440532013000 --user emil",
        "kasse party add 'Inkasso Nord' --iban DE89370400440532013000 --source Registerauszug --user clara",
        "kasse attachment confirm 1 --iban DE02120300000000202051 --user emil",
        "kasse attachment confirm 1 --iban DE89370400440532013000 --user emil",
        "kasse attachment confirm 1 --iban DE89370400440532013000 --user emil",
        "kasse payment propose -q",
        "kasse payment show 1 -q",
        "kasse payment review 1 --user frida",
        "kasse payment show 1-4",
        "kasse attachment declare 1 --user clara",
        "kasse attachment end 1 --reason 'bezahlt' --user clara",
        "kasse attachment list --all --csv",
        "kasse payment profile",
        "kasse payment profile DE02370400440000000024 --bank cautious --high 500 --user emil",
        "kasse payment refund ask BAU/1 --reason x --user clara",
        "kasse payment refund list",
    )
    assert (town.folder / "briefe" / "aufrechnung-BAU-1.pdf").read_bytes().startswith(b"%PDF-")


HEAD = {"kopf": "Stadtkasse\nRathausplatz 1", "absender": "Stadtkasse · Rathausplatz 1", "telefon": "040 1234"}


def test_a_declaration_of_set_off_warns_where_the_letterhead_lacks_something(town):
    store = opened(str(town.folder / "kasse.db"))
    with store.unit(["BAU", "KASSE", "ORDNUNG"]):
        person = party(store, "Meyer")
    item(act(store, "root"), "30", "4711", due="2026-11-01", person=person)
    store.close()
    line = "kasse payment set-off BAU/1 --dry-run --user clara"
    assert "letterhead" not in town(line).err
    assert "note: the letterhead lacks kopf, absender, telefon, email" in town(f"{line} --letters briefe").err
    parts = " ".join(f"--set '{name}={text}'" for name, text in HEAD.items())
    assert town(f"kasse letter head {parts} --user emil").code == 0
    assert "letterhead" not in town(f"{line} --letters briefe").err


def test_a_declaration_of_set_off_has_the_letterhead():
    plain = Document("set-off", "Aufrechnung", (Address(("Meyer",), "Stadt"), Facts((("Datum", "1.1."),))), "Stadt")
    assert headed(plain, {}) == plain
    address, facts, end = headed(plain, HEAD | {"unterschrift": "Im Auftrag"}).blocks
    assert (address.lines, address.sender) == (("Meyer",), "Stadtkasse · Rathausplatz 1")
    assert facts.rows == (("Datum", "1.1."), ("Telefon", "040 1234"))
    assert end == Paragraph("Im Auftrag")


def test_a_run_of_several_files_gets_numbered_names(town):
    released(town)
    store = opened(str(town.folder / "kasse.db"))
    with store.unit(["BAU", "KASSE", "ORDNUNG"]):
        store.execute("UPDATE payment SET state = 'executed', active = 0")
    payables(
        store,
        "KASSE 1,00 2026-11-12 Schulz | x\nBAU 2,00 2026-11-12 Meyer | y\nBAU 900,00 2026-11-12 Neu DE89370400440532013000 | z",
    )
    store.close()
    for line in ("propose", "review 2", "release 2 --sum 903 --user emil"):
        assert town(f"kasse payment {line}").code in {0, 3}
    town.transcript(
        "payment-files",
        "kasse payment export 2 --out lauf-2.xml --slip zettel.txt",
        "kasse payment export 2 --out -",
        "kasse payment export 2 --file 2 --out nochmal.xml -q",
        "kasse payment show 2",
        "kasse payment void 2 --file 2 --cancelled --reason 'Auftrag storniert'",
    )
    assert sorted(path.name for path in town.folder.glob("lauf-2*.xml")) == ["lauf-2-1.xml", "lauf-2-2.xml"]
    assert (town.folder / "nochmal.xml").read_bytes() == (town.folder / "lauf-2-2.xml").read_bytes()


STATES = {
    "list": ("rejected", "returned", "foo"),
    "search": ("returned", "reviewed", "Rejected "),
}


@pytest.mark.parametrize("verb", STATES)
def test_a_state_that_there_is_not_is_refused_and_the_states_are_named(town, verb):
    known, *others = STATES[verb]
    assert town(f"kasse payment {verb} --state {known}").code == 0
    for other in others:
        done = town(f"kasse payment {verb} --state '{other}'")
        assert (done.code, known in done.err) == (2, True)


def test_a_run_is_not_proposed_as_of_a_day_that_is_over(town):
    done = town(f"kasse payment propose --on {dt.date(2026, 11, 19)} --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "payment.past")


def test_a_debit_that_names_no_run(town):
    released(town)
    with opened_in(town) as store:
        staged(act(store, "import"), "-370,49", "Sammelauftrag", day="2026-11-20")
        post_staged(store)
    town.transcript(
        "payment-booked",
        "kasse suspense list",
        "kasse suspense suggest 2",
        "kasse suspense show 2",
        "kasse payment booked 2 --case 2",
        "kasse payment booked 1 --case 2 --dry-run",
        "kasse payment booked 1 --case 2",
        "kasse payment list",
        "kasse suspense explain 2",
        "kasse suspense undo 2 --reason 'doch nicht' --user clara",
    )


def test_a_debit_short_of_what_the_bank_refused(town):
    released(town)
    with opened_in(town) as store:
        staged(act(store, "import"), "-350,50", "Sammelauftrag", day="2026-11-20")
        post_staged(store)
    town.transcript(
        "payment-booked-without",
        "kasse suspense show 2",
        "kasse payment booked 1 --case 2",
        "kasse payment booked 1 --case 2 --without 2",
        "kasse payment booked 1 --case 2 --without 7 --reason AC04",
        "kasse payment booked 1 --case 2 --without 2 --reason AC04",
        "kasse payment show 1-2",
        "kasse item show KASSE/1",
    )


def test_a_return_without_our_id(town):
    released(town)
    with opened_in(town) as store:
        staged(act(store, "import"), "-370,49", "Sammelauftrag", day="2026-11-20", message_id="KASSE-00000000-R000001")
        staged(store, "17,49", "RUECKUEBERWEISUNG Auslagen", day="2026-11-20", return_reason="AC04", gvc="159")
        post_staged(store)
    town.transcript(
        "payment-returned",
        "kasse payment returned 1 --case 2",
        "kasse payment returned 1-2 --case 2",
        "kasse payment returned 1-2 --case 2 --fee 2,50 --dry-run",
        "kasse payment returned 1-2 --case 2 --fee 2,50",
        "kasse payment show 1-2",
        "kasse item show KASSE/1",
        "kasse suspense explain 2",
        "kasse suspense undo 2 --reason 'doch nicht' --user clara",
    )


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_page_of_a_payment_and_the_list_of_names_fit_a_terminal(town, monkeypatch, language):
    monkeypatch.setenv("COLUMNS", "80")
    released(town)
    bank_says(town, "status.xml", tx("KASSE-R1-3", "RJCT", REASON.format("AC04", "x")), file=GROUP.format("PART"))
    bank_says(town, "vop.xml", tx("KASSE-R1-1", "RVNM"), file=GROUP.format("RVCM") + counts("RCVC 2 RVNM 1"))
    assert [town(f"kasse payment status {name}.xml").code for name in ("vop", "status")] == [3, 3]
    town.terminal = True
    for line in ("show 1-3", "show 1-1", "vop list"):
        done = town(f"kasse payment {line} --lang {language}")
        seen = re.sub("\x1b\\[[0-9;]*m", "", done.out + done.err)
        assert [row for row in seen.splitlines() if len(row) > 80] == []
        if line == "vop list":
            assert "DE72120300000000000001" in seen
        else:
            stamp = {"en": "2026-11-20 09:30", "de": "20.11.2026 09:30"}[language]
            assert seen.count(stamp) >= 5, "time stamps are whole"


def test_whoever_decides_on_a_refund_sees_what_debit_may_come_back(shell, sqlite_template):
    """The order that the clarification desk made, and a refund that was asked for of an item."""
    shell.environ["KASSE_USER"] = "dirk"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location)
        run, key = collected(store)
        credited(store, run)
        refunded(store, key)
        payer = store.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = 1")
        case = item(act(store, "root"), "100", kind="credit", person=payer, main_item=1)
        wish = Refund("doppelt", iban=PAYER, name="Meyer", document="Brief", set_off=False)
        ask_refund(act(store, "clara"), "ORDNUNG", case, wish, day="2026-11-24")
        store.close()
        for line in ("order show KASSE-1", "payment refund list"):
            found = shell(f"kasse {line} --json --on 2026-11-24").json["findings"]
            assert [one["code"] for one in found] == ["refund.debit_may_return"], line
        assert shell(f"kasse payment refund approve ORDNUNG/{case} --user emil --on 2026-11-24").code == 3
        assert shell("kasse payment refund list --json --on 2026-11-24").json["findings"] == []

"""`kasse sepa show`: statements and payment files at the terminal and as JSON."""

import csv
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
import sepaxml

from sepa.currencies import minor_digits
from tests.bank_files import ENTRY, RETURN, camt, pain001, pain008, transfer
from tests.conftest import needs
from tests.paths import CORPORA
from tests.sepa.test_joining import PARTS, SUM
from tests.sepa.test_joining import statement as booked
from tests.sepa.test_pain002 import REASON, counts, report, tx
from tests.sepa.test_request_rules import ANSWER, FIELDS, RECALL, REVERSAL, WHOLE


@pytest.fixture
def files(shell):
    for name, text in {
        "statement.xml": camt(),
        "orders.xml": pain001(),
        "debits.xml": pain008(),
        "broken.xml": camt()[:-300],
        "letter.txt": "Sehr geehrte Damen und Herren",
    }.items():
        (shell.folder / name).write_text(text, "utf-8")
    with zipfile.ZipFile(shell.folder / "archive.zip", "w") as archive:
        archive.writestr("one.xml", camt(ENTRY, closing="220.00"))
        archive.writestr("two.xml", camt()[:-300])
        archive.writestr("three.xml", camt(RETURN, closing="47.00"))
    return shell


def test_files_are_shown(files):
    files.transcript(
        "sepa-show",
        "kasse sepa show statement.xml",
        "kasse sepa show statement.xml --json",
        "kasse sepa show orders.xml debits.xml --csv",
        "kasse sepa show orders.xml --json",
        "kasse sepa show --summary statement.xml orders.xml",
        "kasse sepa show --summary --json archive.zip letter.txt",
        "kasse sepa show broken.xml letter.txt",
        "kasse sepa show broken.xml --json",
        "kasse sepa show missing.xml",
        "kasse sepa show .",
    )


def test_files_are_checked(files):
    wrong = pain001(transfer(text="5 €") + transfer("E-2", 5, "DE88370400440532013000"), "2", "100.04", service="URGP")
    (files.folder / "wrong.xml").write_text(wrong, "utf-8")
    (files.folder / "odd.xml").write_text(camt(closing="168.00"), "utf-8")
    files.transcript(
        "sepa-check",
        "kasse sepa check orders.xml debits.xml statement.xml",
        "kasse sepa check wrong.xml odd.xml",
        "kasse sepa check wrong.xml --csv",
        "kasse sepa check orders.xml broken.xml --json",
        "kasse sepa check orders.xml --profile standard --on 2026-11-24",
        "kasse sepa check orders.xml --profile nobank",
        "kasse sepa check orders.xml --xsd-dir nowhere",
    )


def test_files_are_converted(files):
    files.transcript(
        "sepa-convert",
        "kasse sepa convert --to csv statement.xml",
        "kasse sepa convert --to jsonl orders.xml statement.xml",
        "kasse sepa convert --to hledger statement.xml",
        "kasse sepa convert --to xlsx --out list.xlsx statement.xml orders.xml",
        "kasse sepa convert --to hledger --out bank.journal --json archive.zip",
        "kasse sepa convert --to csv statement.xml orders.xml",
        "kasse sepa convert --to hledger orders.xml",
        "kasse sepa convert --to xlsx orders.xml",
        "kasse sepa convert --to csv --out no/folder.csv orders.xml",
    )


def test_csv_for_excel_has_its_own_form(files):
    done = files("kasse sepa convert --to csv-excel statement.xml")
    assert ";120,00;EUR;Erika Musterfrau;" in done.out


def test_hledger_reads_the_journal_and_finds_the_closing_balance(files):
    needs("hledger", shutil.which("hledger") is not None, "no hledger here")
    pending = ENTRY.replace("BOOK", "PDNG").replace("Grundsteuer", "(; Grund: steuer  x")
    second = camt(ENTRY + pending, "167.00", "287.00").replace("STMT-1", "STMT-2")
    (files.folder / "second.xml").write_text(second, "utf-8")
    done = files("kasse sepa convert --to hledger --out bank.journal statement.xml second.xml --json")
    assert [one["code"] for one in done.json["findings"]] == ["convert.not_booked"]
    command = ["hledger", "-f", str(files.folder / "bank.journal"), "balance", "assets", "-O", "csv", "--no-total"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert list(csv.reader(shown.splitlines()))[1:] == [["assets:bank:DE02120300000000202051", "287.00 EUR"]]


VOP = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>
<OrgnlMsgId>RUN-1</OrgnlMsgId><GrpSts>RVCM</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"""


def test_files_are_explained(files):
    pending = camt(ENTRY.replace("BOOK", "PDNG")).replace("camt.053.001.08", "camt.052.001.02")
    texts = {
        "vop.xml": VOP,
        "report.xml": pending.replace("BkToCstmrStmt>", "BkToCstmrAcctRpt>").replace("Stmt>", "Rpt>"),
        "urgent.xml": pain001(service="URGP").replace("urn:iso:std:iso:20022:tech:xsd:", "urn:sepade:xsd:"),
        "instant.xml": pain001().replace("</SvcLvl>", "</SvcLvl><LclInstrm><Cd>INST</Cd></LclInstrm>", 1),
        "status.xml": VOP.replace("RVCM", "RJCT"),
    }
    for name, text in texts.items():
        (files.folder / name).write_text(text, "utf-8")
    files.transcript(
        "sepa-explain",
        "kasse sepa explain statement.xml orders.xml debits.xml instant.xml vop.xml status.xml",
        "kasse sepa explain urgent.xml report.xml",
        "kasse sepa explain broken.xml",
        "kasse sepa explain orders.xml --json",
        "kasse sepa explain letter.txt",
    )


def test_files_are_redacted(files):
    (files.folder / "out").mkdir()
    files.transcript(
        "sepa-redact",
        "kasse sepa redact --seed test statement.xml",
        "kasse sepa redact --seed test --scale 3 --out example.xml orders.xml",
        "kasse sepa show example.xml --csv",
        "kasse sepa redact --seed test --out example.xml orders.xml",
        "kasse sepa redact --out out statement.xml debits.xml --json",
        "kasse sepa redact statement.xml orders.xml",
        "kasse sepa redact --scale 0 statement.xml",
        "kasse sepa redact letter.txt",
    )


def test_names_in_a_strange_archive_stay_inside_the_folder(files):
    (files.folder / "out").mkdir()
    with zipfile.ZipFile(files.folder / "evil.zip", "w") as archive:
        archive.writestr("../../evil.xml", camt())
        archive.writestr("a/..", camt())
    assert files("kasse sepa redact --out out evil.zip").code == 0
    assert sorted(path.name for path in (files.folder / "out").iterdir()) == ["evil.xml", "redacted"]


def test_files_of_one_name_are_refused_before_any_is_written(files):
    for folder in ("a", "b", "out2"):
        (files.folder / folder).mkdir()
    for folder in ("a", "b"):
        (files.folder / folder / "same.xml").write_text(camt(), "utf-8")
    for out in ("out2", "out2/one.xml"):
        done = files(f"kasse sepa redact --out {out} statement.xml a/same.xml b/same.xml")
        assert done.code == 1
        assert "would both become" in done.err
    assert "a/same.xml and b/same.xml" in files("kasse sepa redact --out out2 a/same.xml b/same.xml").err
    assert list((files.folder / "out2").iterdir()) == []


def test_one_broken_file_leaves_none_behind(files):
    (files.folder / "out2").mkdir()
    assert files("kasse sepa redact --out out2 statement.xml letter.txt").code == 1
    assert list((files.folder / "out2").iterdir()) == []


def test_a_schema_of_the_user_is_asked_as_well(files):
    folder = Path(sepaxml.__file__).parent / "schemas"
    done = files(["sepa", "check", "--json", "--xsd-dir", str(folder), "orders.xml"])
    assert {one["code"] for one in done.json["findings"]} == {"schema.unofficial"}
    (files.folder / "wrong.xml").write_text(pain001().replace("<PmtMtd>TRF", "<PmtMtd>XXX"), "utf-8")
    done = files(["sepa", "check", "--json", "--xsd-dir", str(folder), "-"], (files.folder / "wrong.xml").read_bytes())
    assert {one["code"] for one in done.json["findings"]} == {"schema.unofficial", "schema.violation", "batch.method"}


def test_a_broken_member_is_named_and_left_out(files):
    done = files("kasse sepa show archive.zip --json")
    assert done.code == 3
    assert [file["path"] for file in done.data["files"]] == ["archive.zip/one.xml", "archive.zip/three.xml"]
    assert [[e["amount_cents"] for e in s["entries"]] for f in done.data["files"] for s in f["statements"]] == [
        [12000],
        [-5300],
    ]
    [finding] = done.json["findings"]
    assert finding["place"]["file"] == "archive.zip/two.xml"
    assert finding["place"]["line"]


def test_a_batch_has_no_name_but_what_its_details_share(files):
    detail = (
        "<TxDtls><Refs><MndtId>M-1</MndtId></Refs><RltdPties><Cdtr><Pty><Nm>{}</Nm></Pty></Cdtr></RltdPties></TxDtls>"
    )
    entry = f"""<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls>
    {detail.format("Anna Eins")}{detail.format("Berta Zwei")}</NtryDtls></Ntry>"""
    (files.folder / "batch.xml").write_text(camt(entry, closing="95.00"), "utf-8")
    [entry] = files("kasse sepa show batch.xml --json").data["files"][0]["statements"][0]["entries"]
    assert (entry["name"], entry["mandate_id"]) == (None, "M-1")
    assert [one["name"] for one in entry["details"]] == ["Anna Eins", "Berta Zwei"]


def test_other_currencies_keep_their_own_decimals(files):
    entry = ENTRY.replace('Ccy="EUR">120.00', 'Ccy="JPY">120')
    (files.folder / "yen.xml").write_text(camt(entry, "100", "220", currency="JPY"), "utf-8")
    shown = files("kasse sepa show yen.xml --json").data["files"][0]["statements"][0]
    assert (shown["opening_cents"], shown["entries"][0]["amount_cents"]) == (100, 120)
    [head, row] = csv.reader(files("kasse sepa show yen.xml --csv").out.splitlines())
    assert dict(zip(head, row, strict=True))["amount"] == "120"


def test_balances_are_only_proved_in_the_currency_of_the_account(files):
    foreign = camt(ENTRY, "100.00", "220.00", currency="CHF")
    (files.folder / "mixed.xml").write_text(foreign, "utf-8")
    (files.folder / "plain.xml").write_text(foreign.replace('Ccy="EUR"', 'Ccy="CHF"'), "utf-8")
    [finding] = files("kasse sepa check mixed.xml --json").json["findings"]
    assert (finding["code"], finding["fields"]) == (
        "statement.mixed_currencies",
        {"currency": "CHF", "others": "EUR"},
    )
    assert files("kasse sepa check plain.xml --json").json["findings"] == []


def test_standard_input_is_a_file(files):
    done = files("kasse sepa show - --summary --json", stdin=camt())
    assert [(one["path"], one["entries"]) for one in done.data["files"]] == [("-", 2)]


def test_a_workbook_and_json_can_be_had_at_once(files):
    done = files("kasse sepa show statement.xml --json --xlsx list.xlsx")
    assert len(done.data["entries"]) == 2
    assert (files.folder / "list.xlsx").exists()


def corpus():
    table = CORPORA / "expected.tsv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_the_summary_of_files_of_others_has_the_expected_numbers(shell):
    rows = [row for row in corpus() if row["statements"] != "0"]
    needs("corpora", bool(rows), f"no files of other projects under {CORPORA}")
    done = shell(["sepa", "show", "--summary", "--json", *(str(CORPORA / row["path"]) for row in rows)])
    found = done.data["files"]
    assert len(found) == len(rows) > 40
    for row, one in zip(rows, found, strict=True):
        digits = minor_digits(one["currencies"].split()[0]) if one["currencies"] else 2
        sums = [Decimal(one[key]).scaleb(-digits) for key in ("credit_cents", "debit_cents")]
        assert (one["statements"], one["entries"]) == (int(row["statements"]), int(row["entries"])), row["path"]
        if " " not in one["currencies"]:
            assert sums == [Decimal(row["credits"]), Decimal(row["debits"])], row["path"]


REJECTED = report(
    tx("E-1", "RJCT", REASON.format("AC04", "Konto aufgelöst")), tx("E-2", "ACSP"), file="<GrpSts>PART</GrpSts>"
)
BOOKED = booked(SUM)
NAMES = report(
    tx("E-1", "RVMC", REASON.format("RVMC", "RVMC Erika Mustermann-Frau")),
    tx("E-2", "RVNM"),
    file="<GrpSts>RVCM</GrpSts>" + counts("RVMC 1 RVNM 1 RCVC 0"),
)
ANSWERED = ANSWER.format(**FIELDS).encode()


@pytest.fixture
def notices(files):
    for name, data in {
        "rejected.xml": REJECTED,
        "names.xml": NAMES,
        "answer.xml": ANSWERED,
        "reversal.xml": REVERSAL,
        "recall.xml": RECALL,
        "whole.xml": WHOLE,
    }.items():
        (files.folder / name).write_bytes(data)
    return files


def test_answers_and_requests_are_shown_checked_explained_and_converted(notices):
    notices.transcript(
        "sepa-notices",
        "kasse sepa show rejected.xml names.xml answer.xml reversal.xml recall.xml whole.xml",
        "kasse sepa show rejected.xml --json",
        "kasse sepa show answer.xml --json",
        "kasse sepa show recall.xml whole.xml --json",
        "kasse sepa show --summary rejected.xml answer.xml reversal.xml",
        "kasse sepa check rejected.xml names.xml answer.xml reversal.xml recall.xml whole.xml --on 2026-12-24",
        "kasse sepa explain rejected.xml names.xml answer.xml reversal.xml recall.xml",
        "kasse sepa convert --to csv rejected.xml recall.xml",
        "kasse sepa convert --to jsonl names.xml answer.xml whole.xml",
        "kasse sepa convert --to xlsx --out list.xlsx names.xml statement.xml",
        "kasse sepa convert --to csv names.xml statement.xml",
        "kasse sepa convert --to hledger names.xml",
    )


@pytest.mark.parametrize("name", ["rejected", "names", "answer", "reversal", "recall", "whole"])
def test_answers_and_requests_stay_what_they_are_when_redacted(notices, name):
    assert notices(f"kasse sepa redact --seed x --out other.xml {name}.xml").code == 0
    rows = [notices(f"kasse sepa show {file}.xml --csv").out.splitlines() for file in (name, "other")]
    was, now = (list(csv.DictReader(lines)) for lines in rows)
    kept = ("level", "amount", "currency", "status", "state", "reason", "reason_text")
    assert [[row[key] for key in kept] for row in was] == [[row[key] for key in kept] for row in now]
    changed = ("end_to_end_id", "name", "iban", "information", "original_message_id")
    assert all(one[key] != other[key] for one, other in zip(was, now, strict=True) for key in changed if one[key])


def test_the_single_payments_of_a_batch_come_from_its_notification(files):
    (files.folder / "batch.xml").write_bytes(BOOKED)
    (files.folder / "parts.xml").write_bytes(PARTS)
    with zipfile.ZipFile(files.folder / "day.zip", "w") as archive:
        archive.writestr("2026-11-20_C54.xml", PARTS)
        archive.writestr("2026-11-20_C53.xml", BOOKED)
    files.transcript(
        "sepa-details",
        "kasse sepa show batch.xml",
        "kasse sepa show batch.xml parts.xml --details",
        "kasse sepa show day.zip --csv --details",
        "kasse sepa explain batch.xml parts.xml",
        "kasse sepa explain batch.xml --csv",
        "kasse sepa check batch.xml parts.xml",
        "kasse sepa convert --to csv --details parts.xml batch.xml",
    )
    for arguments, stdin in (("batch.xml parts.xml", b""), ("day.zip", b""), ("parts.xml -", BOOKED)):
        shown = files(f"kasse sepa show --json {arguments}", stdin).json["data"]["files"]
        entry = next(one for one in shown if "053" in one["format"])["statements"][0]["entries"][0]
        assert [one["amount_cents"] for one in entry["details"]] == [1000, 2000]
        assert (entry["details_agree"], entry["detail_message_id"]) == (True, "N-1")

import csv
import datetime as dt
import io
import json
import re

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.law.figures import FigureUnconfirmedError
from kasse_cli import i18n
from kasse_cli.columns import Column
from kasse_cli.messages import finding_lines
from kasse_cli.results import Table
from kasse_cli.tables import fitted
from ledger.bank.suspense import UnknownCaseError
from tests.kasse_cli.probe import PROBE

FORMS = ["", "--json", "--csv", "--csv-excel", "-v", "-q", "--dry-run"]


@pytest.fixture
def probe(shell):
    shell.nouns = PROBE
    return shell


@pytest.mark.parametrize("lang", ["en", "de"])
@pytest.mark.parametrize("line", ["kasse probe ok", "kasse probe found", "kasse probe end refused", "kasse probe -h"])
@pytest.mark.parametrize("form", [form for form in FORMS if "csv" not in form])
def test_a_pipe_gets_no_escape_byte(probe, lang, line, form):
    probe.lang = lang
    done = probe(f"{line} {form}")
    assert "\x1b" not in done.out + done.err
    assert done.out + done.err


def test_a_pipe_gets_tab_separated_rows_and_the_sentences_beside_them(probe):
    done = probe("kasse probe ok --lang de")
    assert done.out == (
        "Name\tFällig\tOffen\tAnzahl\tWhether so\n"
        "Müller & Söhne\t21.11.2026\t1.234,56\t2\tnein\n"
        "=cmd|'/c calc'!A1\t02.01.2026\t-0,50\t0\tja\n"
        "\\x1b[31mred\\ttab\t\t\t\t\n"
    )
    assert done.err == "sum 1.234,56 EUR on 20.11.2026, by anna\n"


def test_quiet_leaves_the_sentences_out(probe):
    done = probe("kasse probe ok -q")
    assert (done.err, len(done.out.splitlines())) == ("", 4)
    assert probe("kasse probe found -q --kind note").out == ""


def test_csv_for_programs(probe):
    rows = list(csv.DictReader(io.StringIO(probe("kasse probe ok --csv").out)))
    assert rows[0] == {
        "name": "Müller & Söhne",
        "due": "2026-11-21",
        "open": "1234.56",
        "count": "2",
        "paid": "false",
        "inner": "7",
    }
    assert rows[2]["name"] == "\x1b[31mred\ttab"


def test_csv_for_excel(probe):
    text = probe("kasse probe ok --csv-excel --lang de").out
    assert text.startswith("\ufeffName;Fällig;Offen;Anzahl;Whether so\r\n")
    assert "Müller & Söhne;21.11.2026;1234,56;2;nein\r\n" in text
    assert "'=cmd|" in text


def test_excel(probe):
    done = probe(f"kasse probe ok --xlsx {probe.folder}/list.xlsx --lang de")
    assert done.out == "sum 1.234,56 EUR on 20.11.2026, by anna\ngeschrieben: FOLDER/list.xlsx\n"
    sheet = openpyxl.load_workbook(probe.folder / "list.xlsx").active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert (cells[0][0], sheet.freeze_panes) == ("Zeilen · 20.11.2026", "A3")
    assert cells[1] == ["Name", "Fällig", "Offen", "Anzahl", "Whether so"]
    assert (cells[2][2], str(cells[2][1])[:10], cells[2][4]) == (1234.56, "2026-11-21", "nein")
    assert sheet["A4"].data_type == "s"


def test_excel_and_json_together(probe):
    done = probe(f"kasse probe ok --xlsx {probe.folder}/list.xlsx --json")
    assert done.data["rows"]
    assert (probe.folder / "list.xlsx").exists()


def test_excel_into_a_missing_folder_is_refused(probe):
    done = probe("kasse probe ok --xlsx nowhere/list.xlsx --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "output.no_folder")


def test_json_is_one_line_in_a_pipe_and_spread_on_a_terminal(probe):
    assert probe("kasse probe ok --json").out.count("\n") == 1
    probe.terminal = True
    text = probe("kasse probe ok --json").out
    assert text.startswith('{\n  "kasse": 1,')
    assert json.loads(text)["data"]["rows"]


def test_a_terminal_gets_a_table_and_no_escape_byte_with_no_color(probe):
    probe.terminal = True
    assert "\x1b[1m" in probe("kasse probe ok").out
    plain = probe("kasse probe ok", NO_COLOR="1").out
    assert "\x1b" not in plain
    assert "Müller & Söhne" in plain
    assert "\x1b" not in probe("kasse probe ok", TERM="dumb").out


def test_an_empty_table_says_so_on_a_terminal(probe):
    probe.terminal = True
    assert probe("kasse probe empty").out == "(nothing)\n"


COLUMNS = (Column("reference", "Reference"), Column("name", "Name"), Column("open_cents", "Open", "cents"))
LONG = {
    "reference": "1234567890123",
    "name": "Wohnungsbaugenossenschaft Musterstadt-Nord eG " * 3,
    "open_cents": 123456789,
}


def _joined(text):
    return re.sub(r"\s", "", text)


def test_long_texts_wrap_and_money_stands_to_the_right():
    i18n.set_language("de")
    text = fitted(Table("items", COLUMNS, [LONG, LONG | {"open_cents": 5, "name": "x"}]), 80, colour=False)
    i18n.set_language("en")
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].endswith("1.234.567,89")
    assert lines[-1].endswith("        0,05")
    assert "…" not in text


@given(
    st.lists(st.text(st.characters(codec="utf-8", categories=["Lu", "Ll", "Nd"]), max_size=120), min_size=9, max_size=9)
)
def test_nothing_is_cut_whatever_the_width(texts):
    columns = [Column(str(number), f"Column {number}") for number in range(9)]
    row = {str(number): text for number, text in enumerate(texts)}
    for width in (40, 80, 200):
        written = fitted(Table("t", columns, [row]), width, colour=False)
        for character in "".join(texts):
            assert character in written
        if width == 40:  # too narrow for nine columns: one line a value
            assert all(any(line.endswith(f"  {text}".rstrip()) for line in written.splitlines()) for text in texts)


WIDE = st.lists(
    st.tuples(st.sampled_from(["text", "day", "word"]), st.integers(0, 9), st.integers(1, 6)), min_size=2, max_size=6
)


@settings(max_examples=60)
@given(WIDE, st.integers(45, 100))
def test_no_figure_is_cut_at_the_edge_of_a_terminal(shapes, width):
    columns = [Column(f"k{n}", "Head" + "x" * more, kind) for n, (kind, more, _) in enumerate(shapes)]
    values = {"text": "wort ", "day": "", "word": "ab"}
    row = {f"k{n}": "2026-11-20" if kind == "day" else (values[kind] * many).strip()
           for n, (kind, _, many) in enumerate(shapes)}  # fmt: skip
    table = Table("t", [*columns, Column("s", "Sum", "cents")], [row | {"s": 123456789}])
    written = fitted(table, width, colour=False)
    assert "1,234,567.89" in written
    assert all(row[f"k{n}"] in written for n, (kind, *_) in enumerate(shapes) if kind != "text")


def test_a_narrow_terminal_gets_blocks():
    text = fitted(Table("items", COLUMNS, [LONG]), 30, colour=False)
    assert text.splitlines()[0] == "Reference  1234567890123"
    assert _joined(LONG["name"]) in _joined(text)


def test_help_pages_fit_80_columns(probe):
    for line in ("kasse -h", "kasse probe take -h", "kasse iban check -h --lang de", "kasse config show -h --lang de"):
        assert max(map(len, probe(line).out.splitlines())) <= 80


def test_columns_left_out_are_named_and_headings_stay_whole():
    columns = (Column("name", "Verwendungszweck"), *(Column(f"m{i}", f"Nebensache{i}", minor=True) for i in range(6)))
    text = fitted(Table("t", columns, [{"name": "x"} | {f"m{i}": "y" for i in range(6)}]), 60, colour=False)
    assert "Verwendungszweck" in text.splitlines()[0]
    assert "(not shown for lack of width: Nebensache" in text
    assert max(map(len, text.splitlines())) <= 60


def test_excel_replaces_a_file_only_when_told_to(probe):
    (probe.folder / "list.xlsx").write_text("somebody's work")
    done = probe(f"kasse probe ok --xlsx {probe.folder}/list.xlsx --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "output.exists")
    assert (probe.folder / "list.xlsx").read_text() == "somebody's work"
    assert probe(f"kasse probe ok --xlsx {probe.folder}/list.xlsx --force").code == 0
    assert openpyxl.load_workbook(probe.folder / "list.xlsx").active["A2"].value == "Name"


def doubt(name):
    return FigureUnconfirmedError(name=name, norm="§ 1", valid_from=dt.date(2026, 1, 1), source="", file="x")


def test_many_doubts_about_the_law_are_one_line():
    other = UnknownCaseError(number=7)
    warnings, way, refusal, *ways = finding_lines((doubt("a"), doubt("b"), other, doubt("a"), doubt("c")))
    assert warnings == "warning: figures of law that are not confirmed: 3 (a, b, c)"
    assert refusal == finding_lines((other,))[0]
    assert [way.startswith("hint: 'kasse law rates show"), len(ways)] == [True, 1], "each way out below its finding"
    assert finding_lines((doubt("a"),))[0] == "warning: a (§ 1) as valid from 2026-01-01 is not confirmed"
    (many, _) = finding_lines(tuple(map(doubt, "abcdefgh")))
    assert many.endswith("8 (a, b, c, d, e, f, …)")


BUCKETS = tuple(Column(f"b{n}_cents", f"Bucket {n}", "cents") for n in range(6))
AGES = (Column("group", "Group"), *BUCKETS, Column("open_cents", "Open", "cents"))


def _aged(**cents: int) -> dict[str, object]:
    return {"group": "BAU", "open_cents": 1_234_567_890} | {f"b{n}_cents": cents.get(f"b{n}", 0) for n in range(6)}


def test_columns_of_nothing_but_zero_give_way_and_are_named():
    text = fitted(Table("ages", AGES, [_aged(b1=1_234_567_890), _aged(b3=1_234_567_890)]), 60, colour=False)
    assert text.splitlines()[-1] == "(nothing but zero: Bucket 0, Bucket 2, Bucket 4, Bucket 5)"
    assert text.splitlines()[1] == "BAU    12,345,678.90           0.00  12,345,678.90"


def test_too_many_amounts_stand_one_below_the_other():
    full = {f"b{n}": 1_234_567_890 + n for n in range(6)} | {"b4": 0}
    lines = fitted(Table("ages", AGES, [_aged(**full), _aged(b2=5)]), 60, colour=False).splitlines()
    assert lines[1].split() == ["BAU", "Bucket", "0", "12,345,678.90"]
    assert [line.split()[-1] for line in lines[2:6]] == [f"12,345,678.9{n}" for n in (1, 2, 3, 5)]
    assert [line.split()[0] for line in lines[6:]] == ["Open", "BAU", "Open"]
    assert not any(word == "0.00" for line in lines for word in line.split())


def test_words_break_only_where_nothing_else_can_give_way():
    columns = (
        Column("oldest", "Oldest due day", "day"), Column("name", "Name"), Column("by", "Given by"),
        Column("note", "Note", minor=2), Column("sum_cents", "Sum", "cents"),
    )  # fmt: skip
    row = {"oldest": "2026-11-20", "name": "Öffentlich-rechtliche Veranstaltungen", "by": "fachverfahren",
           "note": "lang und breit erzählt", "sum_cents": 123456}  # fmt: skip
    lines = fitted(Table("t", columns, [row]), 52, colour=False).splitlines()
    assert [line.split() for line in lines] == [
        ["Oldest", "due"],
        ["day", "Name", "Given", "by", "Sum"],
        ["2026-11-20", "Öffentlich-", "fachverfahren", "1,234.56"],
        ["rechtliche"],
        ["Veranstaltungen"],
        ["(not", "shown", "for", "lack", "of", "width:", "Note)"],
    ]
    assert "ORDNUNG-2026-12" in fitted(Table("t", (Column("e", "Entry"), Column("n", "N")), [
        {"e": "ORDNUNG-2026-12", "n": "wort " * 20}]), 30, colour=False)  # fmt: skip


def test_the_most_minor_column_gives_way_first_and_what_has_room_comes_back():
    columns = (
        Column("a", "Alpha", "word", minor=2), Column("b", "Beta", "word", minor=True),
        Column("c", "Gamma", "word", minor=True), Column("d", "Delta", "word"),
    )  # fmt: skip
    row = {"a": "a" * 6, "b": "b" * 30, "c": "c" * 9, "d": "d" * 20}
    for width, kept, hidden in ((39, "Alpha Gamma Delta", "Beta"), (33, "Gamma Delta", "Alpha, Beta")):
        lines = fitted(Table("t", columns, [row]), width, colour=False).splitlines()
        assert " ".join(lines[0].split()) == kept
        assert " ".join(lines[2:]).endswith(f"{hidden})")


def test_a_terminal_is_told_once_how_to_see_what_is_left_out(probe, monkeypatch):
    probe.terminal = True
    told = []
    for width in ("400", "80"):
        monkeypatch.setenv("COLUMNS", width)
        told.append(" ".join(probe("kasse law rates list").out.split()))
    assert [text.count("all in a wider window, with --csv or --xlsx FILE)") for text in told] == [0, 1]

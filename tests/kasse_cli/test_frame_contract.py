import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kasse_cli import context
from tests.kasse_cli.probe import PROBE
from tests.sources import nodes

ENVELOPE = ["kasse", "command", "status", "data", "findings", "errors"]
FINDING = ["code", "severity", "message", "hint", "fields", "place"]
PLACES = ["file", "sheet", "row", "column", "line", "payment", "field", "value"]
ALL = ["refused", "busy", "defect", "interrupt", "full", "full-sqlite", "locked", "no-table", "missing", "abort"]


@pytest.fixture
def probe(shell):
    shell.nouns = PROBE
    return shell


def test_ok_has_the_envelope(probe):
    done = probe("kasse probe ok --json")
    assert (done.code, done.err) == (0, "")
    assert list(done.json) == ENVELOPE
    assert (done.json["kasse"], done.json["command"], done.json["status"]) == (1, "probe ok", "ok")
    assert done.data["rows"][0] == {
        "name": "Müller & Söhne",
        "due": "2026-11-21",
        "open_cents": 123456,
        "count": 2,
        "paid": False,
        "inner": 7,
    }
    assert done.data["now"] == "2026-11-20T08:30:00Z"


def test_findings_have_the_envelope_and_exit_3(probe):
    done = probe("kasse probe found --json")
    assert (done.code, done.err, done.json["status"], done.json["errors"]) == (3, "", "findings", [])
    finding = done.json["findings"][0]
    assert list(finding) == FINDING
    assert list(finding["place"]) == PLACES
    assert finding["fields"] == {"sum_cents": 123456, "due": "2026-11-21", "text": "12,5x"}
    assert finding["message"] == "odd amount 1,234.56 EUR due 2026-11-21: 12,5x"
    assert finding["place"]["sheet"] == "Orders"


def test_a_note_is_no_finding_that_remains(probe):
    done = probe("kasse probe found --kind note --json")
    assert (done.code, done.json["status"], len(done.json["findings"])) == (0, "ok", 2)


@pytest.mark.parametrize(
    ("way", "code", "error"),
    [
        ("refused", 1, "probe.odd"),
        ("busy", 4, "probe.busy"),
        ("defect", 70, "defect"),
        ("interrupt", 130, "interrupted"),
        ("abort", 130, "interrupted"),
        ("full", 4, "disk.full"),
        ("full-sqlite", 4, "disk.full"),
        ("locked", 4, "book.locked"),
        ("no-table", 70, "defect"),
        ("missing", 1, "file.access"),
    ],
)
def test_every_end_has_its_code_and_envelope(probe, way, code, error):
    done = probe(f"kasse probe end {way} --json")
    assert (done.code, done.err) == (code, "")
    assert list(done.json) == ENVELOPE
    assert (done.json["status"], done.data, done.json["command"]) == ("error", None, "probe end")
    assert [e["code"] for e in done.json["errors"]] == [error]
    assert list(done.json["errors"][0]) == FINDING


@pytest.mark.parametrize("way", ALL)
def test_without_json_stderr_speaks_and_stdout_is_silent(probe, way):
    done = probe(f"kasse probe end {way}")
    assert done.out == ""
    assert "error: " in done.err
    assert "Traceback" not in done.err


def test_what_the_system_refuses_is_told_in_the_language_of_the_run(probe):
    assert "no access to list.xlsx: no such file or folder" in probe("kasse probe end missing").err
    probe.lang = "de"
    assert (
        "kein Zugriff auf list.xlsx: diese Datei oder diesen Ordner gibt es nicht"
        in probe("kasse probe end missing").err
    )


def test_only_one_place_asks_the_system_for_its_words():
    asking = {path.name for path, node in nodes() if isinstance(node, ast.Attribute) and node.attr == "strerror"}
    assert asking == {"system_errors.py"}


def test_debug_shows_the_traceback(probe):
    done = probe("kasse probe end defect --debug")
    assert (done.code, "Traceback" in done.err, "KeyError: 'secret'" in done.err) == (70, True, True)


def test_a_defect_names_its_place_and_not_its_data(probe):
    done = probe("kasse probe end defect")
    assert "KeyError in kasse_cli/probe.py:" in done.err
    assert "secret" not in done.err


def test_a_refusal_shows_findings_each_way_out_below_the_first_then_the_error(probe):
    assert probe("kasse probe end refused").err == (
        "finding: list.xlsx, sheet Orders, row 3, column amount: odd amount 1,234.56 EUR due 2026-11-21: 12,5x\n"
        "hint: look at 12,5x\n"
        "note: list.xlsx, sheet Orders, row 3, column amount: odd amount 1,234.56 EUR due 2026-11-21: 12,5x\n"
        'error: list.xlsx, sheet Orders, row 3, column amount, value "12,5x": odd amount 0.01 EUR due 2026-01-02: x\n'
        "hint: look at x\n"
    )


def test_a_broken_pipe_is_silent(probe):
    done = probe("kasse probe end pipe")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_a_command_can_end_itself(probe):
    assert probe("kasse probe end exit").code == 3


USAGE = [
    ("kasse nix", "usage.no_such_command", "no such command: nix", ""),
    ("kasse prob", "usage.no_such_command", "no such command: prob", ""),
    ("kasse probe ko", "usage.no_such_command", "no such command: ko", "probe"),
    ("kasse probe ok --nix", "usage.no_such_option", "no such option: --nix", "probe ok"),
    ("kasse probe ok -x", "usage.no_such_option", "no such option: -x", "probe ok"),
    ("kasse probe ok x y", "usage.extra_argument", "unexpected argument: x y", "probe ok"),
    ("kasse probe take", "usage.missing", "missing: NUMBER", "probe take"),
    ("kasse probe take 1", "usage.missing", "missing: --date", "probe take"),
    (
        "kasse probe take x",
        "usage.not_of_type",
        "invalid value for NUMBER: x is not a valid whole number",
        "probe take",
    ),
    (
        "kasse probe take 9223372036854775808 --date 1.1.2026",
        "usage.too_large",
        "invalid value for NUMBER: 9223372036854775808 is too large",
        "probe take",
    ),
    ("kasse probe take 1 --date 31.2.2026", "day.none", "the calendar has no such day: 31.2.2026", "probe take"),
    ("kasse probe take 1 --date", "usage.needs_value", "the option --date needs a value", "probe take"),
    ("kasse probe take 1 --date 1.1.2026 --sum 1.234", "amount.invalid", "not an amount: 1.234", "probe take"),
    (
        "kasse probe take 1 --date 1.1.2026 --level 4",
        "usage.out_of_range",
        "invalid value for --level: 4 is not in the range 1<=x<=3",
        "probe take",
    ),
    (
        "kasse probe take 1 --date 1.1.2026 --kind c",
        "usage.unknown_choice",
        "invalid value for --kind: c is not one of 'a', 'b'",
        "probe take",
    ),
    ("kasse probe ok --json --csv", "usage.conflict", "these options exclude each other: --json, --csv", "probe ok"),
    (
        "kasse probe ok --on 2026-11-20 --on 20.11.2026",
        "usage.given_twice",
        "the option --on is given twice",
        "probe ok",
    ),
    (
        "kasse probe --on 2026-11-20 ok --on 2026-11-19",
        "usage.given_twice",
        "the option --on is given twice",
        "probe ok",
    ),
    ("kasse probe --book a --book b ok", "usage.given_twice", "the option --book is given twice", "probe"),
    (
        "kasse probe take 1 --date 1.1.2026 --sum 1 --sum=2",
        "usage.given_twice",
        "the option --sum is given twice",
        "probe take",
    ),
    ("kasse probe ok --quiet=1", "usage.takes_no_value", "the option --quiet takes no value", "probe ok"),
    ("kasse probe", "usage.missing_command", "missing command", "probe"),
    ("kasse", "usage.missing_command", "missing command", ""),
    ("kasse --csv probe ask", "usage.not_here", "the option --csv does not apply to this command", "probe ask"),
    ("kasse probe ok --lang fr", "config.bad_value", "the setting lang cannot be fr", "probe ok"),
]


@pytest.mark.parametrize(("line", "code", "message", "command"), USAGE, ids=[row[0] for row in USAGE])
def test_wrong_usage_has_the_envelope_and_exit_2(probe, line, code, message, command):
    done = probe(line if "--json" in line else line.replace("kasse", "kasse --json", 1))
    assert (done.code, done.err, done.json["status"]) == (2, "", "error")
    error = done.json["errors"][0]
    assert (error["code"], error["message"], done.json["command"]) == (code, message, command)
    assert error["hint"]


@pytest.mark.parametrize("line", [row[0] for row in USAGE if "--json" not in row[0]])
def test_wrong_usage_speaks_german(probe, line):
    probe.lang = "de"
    done = probe(line)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(("Fehler: ", "Aufruf: "))
    for english in ("Missing", "No such", "Invalid", "Usage", "unexpected", "did you"):
        assert english not in done.err


@pytest.mark.parametrize("more", ["--lang en --lang de", "-q --quiet", "-v -v", "--json --json", "--dry-run --dry-run"])
def test_what_a_script_appends_once_more_is_no_contradiction(probe, more):
    assert probe(f"kasse probe ok {more}").code == 0


def test_the_same_day_may_stand_before_the_verb_and_behind_it(probe):
    assert probe("kasse --on 2026-11-20 probe ok --on 20.11.2026").code == 0


def test_an_argument_is_called_as_the_help_page_calls_it(probe):
    probe.lang = "de"
    assert "es fehlt: NUMMER" in probe("kasse probe take").err
    assert "ungültiger Wert für NUMMER: x ist keine ganze Zahl" in probe("kasse probe take x").err
    error = probe("kasse probe take x --json").json["errors"][0]
    assert (error["fields"]["name"], error["fields"]["kind"]) == ("NUMBER", "whole number")


def test_json_may_stand_before_the_noun(probe):
    assert probe("kasse --json probe ok").data["rows"]
    assert probe("kasse probe --json ok").data["rows"]


def test_an_alias_is_reported_under_its_english_name(probe):
    assert probe("kasse sonde ok --json").json["command"] == "probe ok"


def test_suggestions_know_the_aliases(probe):
    assert probe("kasse zahlauf").err.splitlines()[1] == "hint: did you mean zahllauf?"


@pytest.mark.parametrize(("typed", "known"), [("--lvel", "--level"), ("--lev", "--level"), ("--dat", "--date")])
def test_an_option_is_suggested_that_looks_like_the_one_typed(probe, typed, known):
    assert f"hint: did you mean {known}?" in probe(f"kasse probe take 1 {typed} 2").err


@pytest.mark.parametrize("typed", ["--replace", "--yes", "--drum", "--x"])
def test_no_option_is_suggested_rather_than_one_that_merely_shares_letters(probe, typed):
    done = probe(f"kasse probe take 1 {typed}")
    assert "did you mean" not in done.err
    assert "hint: `kasse probe take --help` shows what is possible" in done.err


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("ja\n", 0), ("n\n", 1), ("", 1)])
def test_a_question_is_answered_on_the_terminal(probe, answer, code):
    probe.terminal = True
    done = probe("kasse probe ask", stdin=answer)
    assert done.code == code
    assert done.err.startswith("pay 1,234.56 EUR? [y/N] ")


def test_without_a_terminal_nothing_is_asked(probe):
    done = probe("kasse probe ask", stdin="y\n")
    assert (done.code, "hint: give --yes" in done.err) == (1, True)
    assert probe("kasse probe ask --yes").code == 0


def test_with_json_nothing_is_asked(probe):
    probe.terminal = True
    assert probe("kasse probe ask --json", stdin="y\n").json["errors"][0]["code"] == "confirm.no_terminal"


def test_on_sets_today(probe):
    assert "on 2026-01-31" in probe("kasse probe ok --on 31.01.2026").err
    assert "on 2026-11-20" in probe("kasse probe ok").err


def test_the_user_is_declared_or_the_account(probe):
    assert "by anna" in probe("kasse probe ok").err
    assert "by berta" in probe("kasse probe ok --user berta").err
    assert "by cem" in probe("kasse probe ok", KASSE_USER="cem").err


def test_a_book_that_declares_no_users_refuses_them(tmp_path):
    call = context.Call([], context.World(environ={"KASSE_USER": "eve", "KASSE_CONFIG": "x"}, account=lambda: "anna"))
    with pytest.raises(context.UserNotDeclarableError):
        call.actor(declared=False)
    assert call.actor(declared=True) == "eve"


def test_dash_on_a_terminal_does_not_hang(shell):
    shell.terminal = True
    done = shell("kasse iban check -")
    assert (done.code, done.err.splitlines()[0]) == (
        2,
        "error: - reads from a pipe, but standard input is a terminal",
    )


def _process(*arguments, **streams):
    environ = os.environ | {"KASSE_LANG": "en"}
    return subprocess.run([sys.executable, "-m", "kasse_cli", *arguments], env=environ, check=False, **streams)


def test_output_is_utf8_whatever_the_console_speaks(monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252:strict")
    monkeypatch.setenv("PYTHONUTF8", "0")
    done = _process("help", "→prüfen", "--lang", "de", capture_output=True)
    assert done.stderr.decode("utf-8").splitlines()[0] == "Fehler: nichts gefunden zu →prüfen"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_disk_behind_stdout_is_exit_4():
    with Path("/dev/full").open("w") as full:
        done = _process("config", "show", stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr.decode().splitlines()) == (
        4,
        [
            "error: the disk is full; nothing was changed",
            "hint: make room, then run the same command again",
        ],
    )


@pytest.mark.skipif(os.name == "nt", reason="needs a shell's pipe")
def test_a_reader_that_leaves_is_no_error():
    read, write = os.pipe()
    os.close(read)
    done = _process("config", "show", stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")

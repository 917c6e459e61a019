import datetime as dt

import pytest

from kasse_cli.glossary import Term, parse
from kasse_cli.params import InvalidDayError, NoSuchDayError, parse_day

GOOD = "DE89 3704 0044 0532 0130 00"  # the example of the Deutsche Kreditwirtschaft, no real account


def test_iban_check(shell):
    shell.transcript(
        "iban",
        f'kasse iban check "{GOOD}"',
        "kasse iban check DE88370400440532013000 --json",
        "kasse iban check GB82WEST12345698765432 --lang de",
        "kasse iban check",
    )


def test_iban_check_reads_a_pipe_and_names_the_line(shell):
    done = shell("kasse iban check - --json", stdin=f"\ufeff{GOOD}\r\n\r\nDE00370400440532013000\r\n")
    assert [row["valid"] for row in done.data["ibans"]] == [True, False]
    assert done.json["findings"][0]["place"] | {"value": None} == {
        "file": "-",
        "line": 3,
        **dict.fromkeys(["sheet", "row", "column", "payment", "field", "value"]),
    }


def test_the_frame_in_both_languages(shell):
    shell.transcript(
        "frame",
        "kasse iban --help",
        "kasse iban --help --lang de",
        "kasse iban check --help",
        "kasse iban check --help --lang de",
        "kasse iban chek",
        "kasse iban chek --lang de",
        "kasse config show --on 31.02.2026 --lang de",
        "kasse config show --on 31.02.2026 --json",
    )


def test_config_show(shell):
    (shell.folder / "kasse.toml").write_text('book = "stadt.db"\nfarbe = "rot"\n')
    shell.transcript("config", "kasse config show", "kasse config show --lang de --user anna --csv")


def test_help_finds_commands_by_both_names(shell):
    for word in ("einstell", "config", "settings"):
        assert shell(f"kasse help {word} --json").data["commands"][0]["command"] == "kasse config"


@pytest.mark.parametrize(
    ("words", "command"),
    [("'Geld zurückzahlen'", "kasse suspense refund"), ("'geld zurueckzahlen'", "kasse suspense refund"),
     ("'close day'", "kasse day close"), ("barkasse", "kasse cash")],
)  # fmt: skip
def test_help_finds_commands_by_several_words_and_in_what_verbs_do(shell, words, command):
    found = shell(f"kasse help {words} --json --lang de").data
    assert command in [row["command"] for row in found["commands"]]


def test_help_explains_words_in_the_readers_language_without_marks(shell):
    meanings = {
        lang: shell(f"kasse help Verwahrung --json --lang {lang}").data["terms"][0]["meaning"] for lang in ("en", "de")
    }
    assert meanings == {
        "en": "money received that belongs to no item yet; suspense",
        "de": "eingegangenes Geld, das noch zu keinem Posten gehört",
    }
    assert shell("kasse help Mahnung --json").data["terms"][0]["term"] == "Mahnung"


def test_help_alone_lists_all_commands_and_much_is_cut_short_aloud(shell):
    done = shell("kasse hilfe")
    assert done.code == 0
    assert len(done.out.splitlines()) > 30
    assert "'kasse help WORD'" in done.err
    many = shell("kasse help list")
    assert "further commands: " in many.err


def test_help_finds_nothing(shell):
    done = shell("kasse hilfe xyzzy --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "help.not_found")


PAGE = """
# Glossary
| Term | English | Source |
|------|---------|--------|
| **Kassenzeichen** | reference of a claim | § 4 |
| `Überzahlung` | overpayment | – |

No | table
"""


def test_the_glossary_is_read_from_its_tables():
    terms = list(parse(PAGE))
    assert [term.term for term in terms] == ["Kassenzeichen", "Überzahlung"]
    assert terms[0] == Term("Kassenzeichen", "reference of a claim", "§ 4")
    assert terms[1].matches("ueberzahl")
    assert terms[1].matches("OVERPAY")


@pytest.mark.parametrize("text", ["2026-11-21", "21.11.2026", " 2026-11-21 "])
def test_dates_are_read_in_both_forms(text):
    assert parse_day(text) == dt.date(2026, 11, 21)


@pytest.mark.parametrize("text", ["", "21.11.26", "2026-13-01", "31.02.2026", "20261121", "2026-W47-6", "heute"])
def test_other_texts_are_no_dates(text):
    with pytest.raises(InvalidDayError):
        parse_day(text)


@pytest.mark.parametrize("text", ["31.11.2026", "2026-02-29"])
def test_a_day_the_calendar_does_not_have_is_called_that(text):
    with pytest.raises(NoSuchDayError):
        parse_day(text)

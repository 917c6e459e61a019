import ast
import datetime as dt
import gettext
import importlib
import pkgutil
import re
from functools import cache
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasse_cli import catalogue, code_words, i18n
from kasse_cli.messages import as_json, error_lines
from sepa.errors import KasseError, Place
from tests.kasse_cli.probe import PROBE
from tests.sources import nodes, trees

DAY = dt.date(2026, 11, 21)


@pytest.fixture(params=i18n.LANGUAGES)
def lang(request):
    i18n.set_language(request.param)
    yield request.param
    i18n.set_language("en")


written = cache(catalogue.read)


@cache
def _modules():
    for package in catalogue.PACKAGES:
        for module in pkgutil.walk_packages([str(catalogue.ROOT / package)], f"{package}."):
            if "__main__" not in module.name and ".migrations" not in module.name:
                importlib.import_module(module.name)


def _classes(root=KasseError):
    for cls in root.__subclasses__():
        yield cls
        yield from _classes(cls)


def _fields(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_every_template_formats_in_both_languages(lang):
    _modules()
    classes = set(_classes())
    assert len(classes) > 30
    for cls in classes:
        names = _fields(cls.template) | _fields(cls.hint)
        if not cls.template and cls.__subclasses__():  # a family, never raised itself
            continue
        assert cls.template, cls
        assert all(name.isidentifier() for name in names), cls
        for sample in (123456, "text", DAY, True, None):
            error = cls(place=Place(file="f", row=1, value="v"), **dict.fromkeys(names, sample))
            for line in error_lines(error):
                assert "{" not in line, cls
                assert line.isprintable(), cls
            assert as_json(error)["message"]


NOT_GERMAN = re.compile(
    r"\b(?:a|account|agreed|at|back|bank|called|card|closed|connection|cover|deleted|deposit|desk|disputed|enough|"
    r"failed|file|folder|for|forged|invoice|is|last|left|letter|list|meant|never|notice|of|on|ours|out|own|"
    r"paid|payer|phone|says|sent|statement|the|this|time|today|twice|was|with|wrong)\b"
)
"""Words of reasons, notes and names of files that no German reader would write."""
WRITTEN = re.compile(r"'[^']+'|\"[^\"]+\"|\w+\.(?:csv|xlsx|xml|zip)")


def _examples():
    """Yield every example of a command."""
    for _, node in nodes("kasse_cli"):
        if isinstance(node, ast.keyword) and node.arg == "examples":
            yield from (one.value for one in ast.walk(node.value) if isinstance(getattr(one, "value", None), str))


def test_what_examples_write_for_people_is_german_as_the_books_are():
    """Help pages show examples as they are in every language: reasons, notes, names of files."""
    said = [text for line in _examples() for text in WRITTEN.findall(line)]
    assert len(said) > 100
    assert not [text for text in said if NOT_GERMAN.search(text)]


def _cents_given_raw():
    """Yield every field of a text that gets cents under a name of which nobody knows that they are cents."""
    for path, node in nodes():
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        for one in node.keywords if name.endswith("Error") or name == "say" else ():
            value = getattr(one.value, "id", getattr(one.value, "attr", ""))
            if value.endswith("cents") and not (one.arg or "_cents").endswith("_cents"):
                yield f"{path.name}:{node.lineno}: {one.arg}"


def test_no_text_shows_raw_cents():
    """A field that holds cents is named `*_cents`, else it is shown as a plain number: 10404 for 104,04 EUR."""
    _modules()
    fields = {name for cls in _classes() for name in _fields(cls.template) | _fields(cls.hint)}
    fields |= {name for message in written() for name in _fields(message.id) if message.string}
    assert {name for name in fields if "cents" in name and not name.endswith("_cents")} == set()
    assert list(_cents_given_raw()) == []


def test_every_code_has_the_one_spelling():
    _modules()
    odd = {cls.code for cls in _classes() if not re.fullmatch(r"[a-z]\w*(?:\.[a-z]\w*)*", cls.code)}
    assert odd == set()


def test_german_templates_have_the_fields_of_the_english_ones():
    for message in written():
        if message.id and message.string:
            assert _fields(message.string) == _fields(message.id), message.id


def test_every_text_is_there_in_german():
    known = {message.id for message in written() if message.string}
    found = catalogue.collect(trees())
    assert len(found) > 1000
    assert set(found) - known == set()


def test_codes_of_several_words_are_words_in_english_too():
    i18n.set_language("en")
    codes = {text for text in catalogue.collect(trees()) if re.fullmatch(r"[a-z]+(_[a-z]+)+", text)}
    assert {code for code in codes if "_" in i18n._(code)} == set()
    assert {code for code in code_words.ENGLISH if "_" in code} == codes


def test_the_compiled_catalogue_is_the_written_one():
    with catalogue.po_path().with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    wanted = {message.id: message.string for message in written() if message.id and message.string}
    assert {key: text for key, text in compiled.items() if key} == wanted


def test_the_written_catalogue_is_in_its_one_form():
    assert catalogue.po_path().read_bytes() == catalogue.po_bytes(_as_updated())


def _as_updated():
    known = written()
    found = {message.id: [name for name, _ in message.locations] for message in known if message.id}
    return catalogue.update(known, found)


def test_texts_are_found_where_they_stand():
    source = '''
class E: template = N_("not {a}"); hint = N_("do "
    "this")
@command(app, "x")
def x(n: Annotated[int, Option(metavar="FILE", help=_("h"))]) -> None:
    """Do.

    More.
    """
def y() -> None:
    """Not a command."""
def z(ctx: Context) -> None:
    """Handed over."""
command(app, "z")(z)
'''
    assert set(catalogue.handed_over(source, "here")) == {("here", "z")}
    assert set(catalogue.handed_over("from there import y as z\ncommand(app)(z)")) == {("there", "y")}
    assert "Handed over." not in set(catalogue.texts(source))
    assert set(catalogue.texts(source, {"z"})) - {""} == {
        "not {a}",
        "do this",
        "FILE",
        "h",
        "Do.\n\nMore.",
        "Handed over.",
    }


@given(st.text(), st.dictionaries(st.text(), st.one_of(st.none(), st.text(), st.integers(), st.dates(), st.booleans())))
def test_formatting_never_raises(template, fields):
    for lang in i18n.LANGUAGES:
        i18n.set_language(lang)
        i18n.sentence(template, fields)
    i18n.set_language("en")


@given(st.sampled_from(["{a}", "{a:>20}", "{a:d}", "{a.b}", "{a[0]}", "{a!r}", "{b}", "{", "}", "{a:{b}}"]), st.text())
def test_a_bad_template_still_shows_something(template, text):
    assert i18n.sentence(f"odd {template}", {"a": text}).startswith("odd ")


@pytest.mark.parametrize(
    ("name", "value", "english", "german"),
    [
        ("sum_cents", 123456, "1,234.56 EUR", "1.234,56 EUR"),
        ("sum_cents", -5, "-0.05 EUR", "-0,05 EUR"),
        ("count", 123456, "123456", "123456"),
        ("due", DAY, "2026-11-21", "21.11.2026"),
        ("open", True, "yes", "ja"),
        ("open", None, "–", "–"),
        ("name", "a\x1b[2J\u202eb", "a\\x1b[2J\\u202eb", "a\\x1b[2J\\u202eb"),
    ],
)
def test_fields_are_shown_in_the_readers_form(name, value, english, german):
    i18n.set_language("en")
    assert i18n.shown(name, value) == english
    i18n.set_language("de")
    assert i18n.shown(name, value) == german
    i18n.set_language("en")


def test_a_foreign_currency_replaces_the_euro():
    assert i18n.sentence("{fee_cents}", {"fee_cents": 100, "currency": "CHF"}) == "1.00 CHF"


@pytest.mark.parametrize(
    ("environ", "flag", "usage"),
    [
        ({}, "", "Usage: kasse"),
        ({"LANG": "de_DE.UTF-8"}, "", "Aufruf: kasse"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C.UTF-8"}, "", "Usage: kasse"),
        ({"LANG": "en_GB.UTF-8", "KASSE_LANG": "de"}, "", "Aufruf: kasse"),
        ({"LANG": "de_DE.UTF-8", "KASSE_LANG": "en"}, "", "Usage: kasse"),
        ({"KASSE_LANG": "de"}, "--lang en ", "Usage: kasse"),
        ({"KASSE_LANG": "en"}, "--lang=de ", "Aufruf: kasse"),
    ],
)
def test_the_strongest_source_sets_the_language(shell, environ, flag, usage):
    shell.lang = ""
    assert shell(f"kasse {flag}--help", **environ).out.startswith(usage)


def test_the_project_file_sets_the_language(shell):
    shell.lang = ""
    (shell.folder / "kasse.toml").write_text('lang = "de"')
    assert shell("kasse --help").out.startswith("Aufruf: kasse")


ENGLISH = ["Usage", "Options", "Arguments", "Commands", "Show this", "required", "default", "Examples", "[OPTIONS]"]


@pytest.mark.parametrize("line", ["kasse --help", "kasse iban -h", "kasse iban check --help", "kasse probe take -h"])
def test_a_german_help_page_has_no_english_frame(shell, line):
    shell.nouns, shell.lang = PROBE, "de"
    page = shell(line).out
    for word in ENGLISH:
        assert word not in page
    shell.lang = "en"
    assert "Usage: " in shell(line).out


def test_german_nouns_lead_the_german_help_and_hide_in_the_english(shell):
    shell.nouns = PROBE
    assert "  probe " in shell("kasse --help").out
    assert "sonde" not in shell("kasse --help").out
    assert "  sonde (probe) " in shell("kasse --help --lang de").out
    assert shell("kasse sonde --help").code == 0

"""The wording of letters: what an office may write, and what is wrong with what it wrote, line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.letters import KINDS, UnknownLetterKindError
from enforcement.letters_head_store import HeadKeyError, HeadValueError, letterhead, set_letterhead
from enforcement.letters_paper import Addressee, Paper
from enforcement.letters_remedies import remedies, remedy_of
from enforcement.letters_templates_store import take_template, template_of, templates
from enforcement.letters_text import WORDS, filled, kept, read_wording
from enforcement.letters_wording import known_wordings, packaged_text
from enforcement.profiles import profiles
from ledger.people.users import NotAllowedError
from tests.books import act

GOOD = "Betreff: Mahnung {kassenzeichen}\n\nBitte zahlen Sie {betrag} EUR.\n\n{posten}\n\n{zahlung}\n"


@pytest.mark.parametrize("kind", known_wordings())
def test_every_kind_comes_with_a_wording_in_order(kind):
    wording, wrong = read_wording(kind, packaged_text(kind), known_wordings())
    assert wrong == ()
    assert wording.pieces


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("{betrag}", "{betragg}"), "wording.placeholder", 3),
        (("{betrag}", "{}"), "wording.placeholder", 3),
        (("{betrag}", "{ betrag}"), "wording.placeholder", 3),
        (("{kassenzeichen}", "{kz}"), "wording.placeholder", 1),
        (("{betrag}", "{betrag"), "wording.brace", 3),
        (("{betrag}", "betrag}"), "wording.brace", 3),
        (("Bitte", "[wenn gebuer] Bitte"), "wording.placeholder", 3),
        (("Bitte", "Bitte {posten}"), "wording.block", 3),
        (("Betreff: Mahnung {kassenzeichen}", "Mahnung"), "wording.subject", 1),
        (("Bitte", "Bit\x00te"), "wording.sign", 3),
        (("Bitte", "\x1b[31mBitte"), "wording.sign", 3),
        (("Bitte", "\u202eBitte"), "wording.sign", 3),
    ],
)
def test_what_is_wrong_is_told_with_its_line(change, code, line):
    wording, wrong = read_wording("mahnung", GOOD.replace(*change))
    assert wording is None
    assert [(one.code, one.fields["line"]) for one in wrong] == [(code, line)]


def test_what_the_law_or_the_payer_needs_must_be_there():
    _, wrong = read_wording("stundung", "Betreff: Stundung\n\nJa.\n")
    assert [(one.code, one.fields["name"]) for one in wrong] == [
        ("wording.missing", "{posten}"),
        ("wording.missing", "{rechtsbehelf}"),
    ]
    _, empty = read_wording("mahnung", "Betreff: Mahnung\n# nur ein Hinweis\n")
    assert [one.code for one in empty] == ["wording.empty"]
    with pytest.raises(UnknownLetterKindError):
        read_wording("liebesbrief", GOOD)


def test_an_administrative_act_tells_its_remedy_and_a_mahnung_does_not():
    for name, kind in KINDS.items():
        assert ("{rechtsbehelf}" in packaged_text(name)) == kind.act, name


def test_conditions_lists_headings_and_comments():
    text = "Betreff: X\n# Hinweis\n[wenn gebuehren] mit {gebuehren}\n\n[ohne gebuehren]\nohne\n\n== Titel\n\n- a\n- b\n\n{posten}\n\n{zahlung}"
    wording, wrong = read_wording("mahnung", text)
    assert wrong == ()
    assert [(piece.kind, piece.lines) for piece in kept(wording, {"gebuehren": "3,10"})][:2] == [
        ("paragraph", ("mit {gebuehren}",)),
        ("heading", ("Titel",)),
    ]
    assert next(piece.lines for piece in kept(wording, {})) == ("ohne",)
    assert [piece.kind for piece in wording.pieces] == ["paragraph", "paragraph", "heading", "list", "block", "block"]


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60))
def test_what_is_put_in_is_never_read_again(value):
    assert filled("a {name} b", {"name": value}) == f"a {value} b"


@given(st.text(max_size=200))
def test_any_file_is_read_or_told_what_is_wrong(text):
    wording, wrong = read_wording("mahnung", text)
    assert (wording is None) == bool(wrong)


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=300))
def test_what_is_printed_has_one_line_and_only_signs_of_the_font(text):
    paper = Paper()
    plain = paper.plain(text)
    assert "\n" not in plain
    assert not any("\u0590" <= sign <= "\u08ff" or "\u202a" <= sign <= "\u202e" or sign > "\u2122" for sign in plain)
    assert all(len(word) <= 28 for word in paper.wrapped(text).replace("\u200b", " ").split(" "))
    assert paper.plain(plain) == plain


@pytest.mark.parametrize(
    ("given_", "lines"),
    [
        (Addressee("Erika Muster", "Am Markt", "1", "20095", "Hamburg", "DE"), ["Erika Muster", "Am Markt 1", "20095 Hamburg"]),
        (Addressee("Anna Egli", "Gasse", "2", "8001", "Zürich", "ch"), ["Anna Egli", "Gasse 2", "8001 Zürich", "SCHWEIZ"]),
        (Addressee("Großkunde", None, None, "20095", "Hamburg"), ["Großkunde", "20095 Hamburg"]),
        (Addressee("Jo", "Rd", "3", None, "Accra", "GH"), ["Jo", "Rd 3", "Accra", "GH"]),
    ],
)  # fmt: skip
def test_addresses_are_as_the_post_wants_them(given_, lines):
    assert given_.complete
    assert given_.lines(Paper()) == lines


@pytest.mark.parametrize(
    "missing", [Addressee("Erika"), Addressee("Erika", "Am Markt", "1"), Addressee(" ", "x", "1", "2", "y")]
)
def test_an_incomplete_address_is_none(missing):
    assert not missing.complete


def test_every_remedy_names_profiles_that_exist_and_each_public_law_has_one():
    named = {name for remedy in remedies().values() for name in remedy.profiles}
    assert named <= set(profiles())
    without = {name for name, profile in profiles().items() if remedy_of(profile) is None}
    assert without == {"private", "private-trade"}, "an agreement under private law is no administrative act"


def test_an_office_keeps_its_own_wording_in_versions(store):
    act(store, "emil")
    assert template_of(store, "mahnung", "BAU").version == 0
    first = take_template(store, "mahnung", GOOD)
    assert (first.fresh, first.template.version) == (True, 1)
    assert not take_template(store, "mahnung", GOOD).fresh, "the same text is nothing new"
    own = take_template(store, "mahnung", GOOD + "\nAmt\n", "BAU")
    again = take_template(store, "mahnung", GOOD + "\nNeu\n")
    assert (own.template.label, again.template.label) == ("mahnung@BAU/1", "mahnung@*/2")
    assert template_of(store, "mahnung", "BAU").text.endswith("Amt\n")
    assert template_of(store, "mahnung", "ORDNUNG").version == 2
    assert [(row.office, row.version) for row in templates(store) if row.kind == "mahnung"] == [
        ("", 0), ("", 1), ("", 2), ("BAU", 1),
    ]  # fmt: skip
    wrong = take_template(store, "mahnung", GOOD.replace("{betrag}", "{x}"))
    assert (wrong.template, [one.code for one in wrong.wrong]) == (None, ["wording.placeholder"])
    with pytest.raises(NotAllowedError):
        take_template(act(store, "anna"), "mahnung", GOOD)


def test_an_offices_letterhead_stands_before_that_of_the_book(store):
    act(store, "emil")
    set_letterhead(store, {"kopf": "Stadtkasse\nRathaus", "telefon": "1"})
    set_letterhead(store, {"telefon": "2"}, "BAU")
    assert letterhead(store, "BAU") == {"kopf": "Stadtkasse\nRathaus", "telefon": "2"}
    assert letterhead(store)["telefon"] == "1"
    set_letterhead(store, {"telefon": ""}, "BAU")
    assert letterhead(store, "BAU")["telefon"] == "1"
    for wrong, error in (({"fax": "1"}, HeadKeyError), ({"frist_tage": "0"}, HeadValueError)):
        with pytest.raises(error):
            set_letterhead(store, wrong)


def test_every_placeholder_is_explained():
    assert all(WORDS.values())

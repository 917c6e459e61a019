"""Text: any input becomes legal characters, and every change can be replayed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa.errors import KasseError
from sepa.text import Change, Charset, Cleaned, charset_for, check_text, clean, fit, is_legal
from sepa.transliteration import REPLACEMENTS

CLEANED = {
    "DK Anlage 3, umlauts are legal in Germany": ("Müßiggang GmbH & Co. KG, 5 %", "dk", None),
    "DK Anlage 3, the German form": ("Äpfel Öl Übung ß", "epc", "Aepfel Oel Uebung ss"),
    "umlaut in a word of capitals": ("MÜLLER ÖL Ü", "epc", "MUELLER OEL Ue"),
    "umlaut at the end of a word of capitals": ("FREIBURG-BÖ", "epc", "FREIBURG-BOE"),
    "capital sharp s": ("STRAẞE", "dk", "STRASSE"),
    "EPC217-08, ampersand": ("Meyer & Sohn", "epc", "Meyer + Sohn"),
    "accents": ("François Škvorecký, Łódź", "dk", "Francois Skvorecky, Lodz"),
    "Danish": ("Sørensen Ærø Århus", "dk", "Sorensen Aero Arhus"),
    "Turkish": ("Işık Çağlayan, İzmir", "dk", "Isik Caglayan, Izmir"),
    "combining marks become one letter first": ("Mu\u0308ller", "dk", "Müller"),
    "two marks on a letter": ("a\u0308\u0301", "dk", "a"),
    "typographic quotes and dash": ("„Haus“ – ‚Tor‘", "dk", "'Haus' - 'Tor'"),
    "no-break and thin space": ("1\u00a0000\u202f€", "dk", "1 000 EUR"),
    "line breaks and tab": ("Zeile 1\r\nZeile 2\tEnde\n", "dk", "Zeile 1 Zeile 2 Ende"),
    "zero width and soft hyphen": ("Kas\u00adse\u200b", "dk", "Kasse"),
    "paragraph sign": ("§ 240 AO", "dk", "Par. 240 AO"),
    "Greek": ("Αθήνα Γιώργος", "epc", "Athina Giorgos"),
    "Bulgarian": ("Щерю Жеков", "epc", "Shteryu Zhekov"),
    "ligature": ("ﬁnanz", "dk", "finanz"),
    "superscript": ("12 m²", "dk", "12 m2"),
    "emoji": ("Danke 😀", "dk", "Danke ."),
    "Chinese": ("王", "dk", "."),
    "lone surrogate": ("a\ud800b", "dk", "a.b"),
    "blanks around": ("  Haus  ", "dk", "Haus"),
    "blanks only": (" \n ", "dk", ""),
    "mark without a letter": ("\u0301", "dk", ""),
    "email": ("a_b@c.de", "dk", "a-b(at)c.de"),
}


@pytest.mark.parametrize(("text", "charset", "cleaned"), CLEANED.values(), ids=CLEANED.keys())
def test_text_becomes_what_banks_take(text: str, charset: Charset, cleaned: str | None) -> None:
    assert clean(text, charset).text == (text if cleaned is None else cleaned)
    assert bool(clean(text, charset).changes) is (cleaned is not None)


ANY_TEXT = st.text(st.characters(codec=None), max_size=60) | st.text("aä ÖßÉ–€&\n\u0308😀", max_size=30)


def replay(text: str, changes: tuple[Change, ...]) -> str:
    for change in reversed(changes):
        assert text[change.at : change.at + len(change.was)] == change.was
        assert change.was != change.now
        text = text[: change.at] + change.now + text[change.at + len(change.was) :]
    return text


@given(ANY_TEXT, st.sampled_from(["dk", "epc"]))
def test_any_text_becomes_legal_and_every_change_is_reported(text: str, charset: Charset) -> None:
    cleaned = clean(text, charset)
    assert is_legal(cleaned.text, charset)
    assert cleaned.text == cleaned.text.strip()
    assert replay(text, cleaned.changes) == cleaned.text
    assert clean(cleaned.text, charset) == Cleaned(cleaned.text)


@pytest.mark.parametrize("charset", ["dk", "epc"])
def test_the_table_itself_holds_legal_characters_only(charset: Charset) -> None:
    assert [sign for sign, found in REPLACEMENTS.items() if not is_legal(found, "epc")] == []
    assert [sign for sign in REPLACEMENTS if len(sign) != 1] == []
    assert is_legal("Ä", charset) is (charset == "dk")


WRONG = {
    "too long": ("x" * 71, 70, "text.length"),
    "just fits": ("x" * 70, 70, None),
    "too long only after ä became ae": ("ä" * 36, 70, "text.length"),
    "empty, V26.11": ("", 70, "text.blank"),
    "blanks, V26.11": ("   ", 70, "text.blank"),
    "nothing left": ("\u200b", 70, "text.blank"),
}


@pytest.mark.parametrize(("text", "limit", "code"), WRONG.values(), ids=WRONG.keys())
def test_length_is_checked_after_the_changes_and_nothing_is_cut(text: str, limit: int, code: str | None) -> None:
    if code is None:
        assert fit(text, limit, "epc").text == text
        return
    with pytest.raises(KasseError) as error:
        fit(text, limit, "epc")
    assert error.value.code == code


def test_illegal_characters_are_named() -> None:
    problem = check_text("a€b\tc\u200b€", 70, "dk")
    assert problem is not None
    assert problem.code == "text.characters"
    assert problem.fields["characters"] == "U+0009 U+200B €"
    assert check_text("Grüße", 70, "dk") is None
    assert check_text("Grüße", 70, "epc") is not None


def test_the_character_set_follows_the_country_of_the_account() -> None:
    assert charset_for("DE89370400440532013000") == "dk"
    assert charset_for("NO9386011117947") == "epc"

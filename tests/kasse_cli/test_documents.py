"""Documents: the same value gives the same text and the same PDF, and no text is ever taken for markup."""

import datetime as dt

import pytest

from kasse_cli.documents import as_text, render_pdf, save
from kasse_cli.documents.pdf import on_paper
from ledger.documents import Address, Document, Facts, Grid, Heading, PageBreak, Paragraph, Signatures

MADE = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
SHEET = Document(
    "slip",
    "Begleitzettel",
    (
        Address(("Bank", "20095 Hamburg"), sender="Stadtkasse"),
        Facts((("Summe", "1.234,56 EUR"), ("SHA-256", "ab" * 32))),
        Heading("Dateien"),
        Grid(("Nr.", "Summe"), (("1", "1.234,56"), ("2", "7,00")), frozenset({1})),
        Paragraph('#panic("x") *nicht fett* $ & <b> \\ [ ] @preview'),
        PageBreak(),
        Signatures(("Datum, Unterschrift",)),
    ),
    footer="Stadtkasse Musterstadt",
)


def test_a_document_as_text_keeps_columns_and_texts():
    text = as_text(SHEET)
    assert "Nr.     Summe\n---  --------\n1    1.234,56\n2        7,00\n" in text
    assert '#panic("x") *nicht fett* $ & <b>' in text
    assert "ab" * 32 in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_pdf_is_the_same_bytes_each_time_and_holds_no_markup():
    first = render_pdf(SHEET, MADE)
    assert first.startswith(b"%PDF-")
    assert b"pdfuaid" in first
    assert render_pdf(SHEET, MADE) == first


@pytest.mark.parametrize("name", ["zettel.pdf", "zettel.txt"])
def test_a_document_is_saved_by_the_name_of_its_file(tmp_path, name):
    save(SHEET, tmp_path / name, MADE)
    data = (tmp_path / name).read_bytes()
    assert data == (render_pdf(SHEET, MADE) if name.endswith("pdf") else as_text(SHEET).encode())


def test_signs_that_the_font_lacks_become_question_marks_on_paper():
    named = Document("slip", "Quittung", (Facts((("Von", "عربى 中文 😀"), ("Nach", "Łódź, Straße"))),))
    data = render_pdf(named, MADE)
    assert data.startswith(b"%PDF-")
    assert data == render_pdf(named, MADE)
    assert on_paper({"rows": [("中文 😀", 1)]}) == {"rows": [["?? ?", 1]]}


LONG = "Ein langer Zweck, der nicht in eine Zeile passt, und danach noch etwas mehr davon, bis die Spalte voll ist"


def test_a_long_text_is_wrapped_within_its_column():
    text = as_text(Document("slip", "Q", (Grid(("Art", "Zweck", "Betrag"), (("A", LONG, "5,00"),), frozenset({2})),)))
    assert max(map(len, text.splitlines())) <= 80
    assert LONG.split() == [word for word in text.split() if word in LONG.split()]
    assert [line for line in text.splitlines() if "5,00" in line] == [
        line for line in text.splitlines() if "Ein" in line
    ]


def test_columns_that_cannot_be_narrower_are_left_wide():
    head = tuple(f"Spalte {number}" for number in range(9))
    text = as_text(Document("slip", "Q", (Grid(head, (("Donaudampfschiff",) * 9,), frozenset()),)))
    assert text.replace("\n", "").count("Donaudampfsc") == 9

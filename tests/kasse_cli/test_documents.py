"""Documents: the same value gives the same text and the same PDF, and no text is ever taken for markup."""

import datetime as dt

import pytest

from kasse_cli.documents import as_text, render_pdf, save
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

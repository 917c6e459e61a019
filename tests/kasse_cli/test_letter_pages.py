"""Letters as PDF: the window of DIN 5008 form B, the code read back, the same bytes, hostile names."""

import io
import json

import pypdf
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from enforcement.letters_content import compose
from enforcement.letters_facts import (
    FeeLine,
    Frame,
    Instalment,
    LetterClaim,
    LetterFacts,
    Payee,
    ReliefFacts,
    RemedyPart,
)
from enforcement.letters_paper import Addressee
from enforcement.letters_remedies import remedies
from enforcement.letters_wording import packaged_text, parsed
from kasse_cli.documents.joining import Joiner
from kasse_cli.documents.letters import letter_pdf, letter_pdfs, letter_picture
from kasse_cli.documents.letters_text import letter_text
from tests.books import MAIN_IBAN
from tests.examples import few
from tests.kasse_cli.transcripts import compare

MM = 72 / 25.4
MADE = "2026-11-24T09:00:00Z"
ERIKA = Addressee("Erika Musterfrau", "Am Markt", "1", "20095", "Hamburg")
HEAD = {
    "kopf": "Stadtkasse Musterstadt\nRathausplatz 1",
    "absender": "Stadtkasse Musterstadt\n20095 Hamburg",
    "telefon": "040 1234",
    "fuss": "Stadtkasse",
    "behoerde": "der Stadtkasse",
}
RELIEF = ReliefFacts(
    "ratenplan", "2026-11-24", "2027-02-01", None, "Arbeitslos seit Mai", None, "4711", None,
    (Instalment("2027-01-04", 60000, 250), Instalment("2027-02-01", 40000, 500)),
)  # fmt: skip

PLAIN = (("widerspruch", "innerhalb eines Monats", "§ 41 Abs. 2 VwVfG", ()),)
SEVERAL = (
    ("einspruch", "innerhalb eines Monats", "§ 122 Abs. 2 AO", ("1000000000017",)),
    ("antrag-owig", "", "§ 50 OWiG", ("1000000000025", "1000000000033")),
)
INSOLVENCY = ReliefFacts("insolvenz", "2026-11-02", None, None, "Beschluss", None, None, "AG Hamburg, 67a IN 12/26")


def claim(number=1, cents=100000, **more):
    values = {
        "office": "BAU", "item": number, "reference": f"10000000{number:04d}", "purpose": "Genehmigung",
        "profile": "fee", "claim_kind": "fee", "main_item": None, "due": "2026-06-01", "open_cents": cents,
        "charge_cents": 2059, "charge_kind": "saeumniszinsen", "level": 1, "amount_cents": cents,
    }  # fmt: skip
    return LetterClaim(**(values | more))


def letter(kind="mahnung", claims=None, debtor=ERIKA, plain=False, number=7, ranks=(), told=PLAIN, **more):
    claims = claims or (claim(),)
    fees = (FeeLine("vko.mahnung", "§ 5 VKO HH", 310),) if kind == "mahnung" else ()
    total = sum(one.open_cents + one.charge_cents for one in claims) + sum(fee.cents for fee in fees)
    facts = LetterFacts(number, kind, "post", debtor, debtor, "fee", "2026-11-24", "1000000000031", total, claims, fees,
                        **more)  # fmt: skip
    parts = (
        tuple(
            RemedyPart(
                remedies()[name],
                parsed(f"rechtsbehelf-{name}", packaged_text(f"rechtsbehelf-{name}")),
                words,
                norm,
                about,
            )
            for name, words, norm, about in told
        )
        if facts.kind.act
        else ()
    )
    frame = Frame(
        parsed(kind, packaged_text(kind)), parsed(kind + "-einfach", packaged_text(kind + "-einfach")) if plain else None,
        parts, HEAD, Payee("Stadtkasse Musterstadt", MAIN_IBAN), "2026-11-24", None if facts.kind.act else "2026-12-07",
        "innerhalb einer Woche", "innerhalb eines Monats", "§ 30 HmbVwVG", "§ 41 Abs. 2 VwVfG",
        ranks,
    )  # fmt: skip
    return compose(facts, frame, MADE)[0]


def places(pdf: bytes, page: int = 0) -> dict[str, tuple[float, float]]:
    """Return where texts begin on a page, in mm from its left and upper edge (the base line)."""
    found: dict[str, tuple[float, float]] = {}

    def visit(text, matrix, at, _font, _size):
        if text.strip():
            x = at[4] * matrix[0] + at[5] * matrix[2] + matrix[4]
            y = at[4] * matrix[1] + at[5] * matrix[3] + matrix[5]
            found.setdefault(text.strip(), (x / MM, 297 - y / MM))

    pypdf.PdfReader(io.BytesIO(pdf)).pages[page].extract_text(visitor_text=visit)
    return found


def inside(place, left, top, right, bottom):
    x, y = place
    return left - 0.1 <= x <= right and top <= y <= bottom


def start_of(found, text):
    return next(place for key, place in found.items() if key.startswith(text))


def test_the_window_is_that_of_din_5008_form_b():
    found = places(letter_pdf(letter()))
    # the field is 85 x 45 mm, 20 mm from the left and 45 mm from the top; its text begins 5 mm further in
    assert inside(start_of(found, "Stadtkasse Musterstadt ·"), 25, 45, 25.2, 50.1), "the sender's line"
    assert inside(start_of(found, "Erika Musterfrau"), 25, 62.7, 25.2, 70), "the address zone"
    assert inside(start_of(found, "20095 Hamburg"), 25, 62.7, 25.2, 90)
    assert inside(start_of(found, "Unser Zeichen"), 125, 50, 125.2, 55), "the information block"
    assert inside(start_of(found, "Mahnung"), 25, 98.4, 25.2, 104), "the subject"


def read_code(content):
    pages = [Image.open(io.BytesIO(page)).convert("L") for page in letter_picture(content, ppi=150)]
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page)]


def test_the_code_for_banking_apps_is_read_back():
    lines = ["BCD", "002", "1", "SCT", "", "Stadtkasse Musterstadt", MAIN_IBAN, "EUR1023.69", "", "", "1000000000031"]
    assert read_code(letter()) == ["\n".join(lines)]
    (plan,) = read_code(letter("ratenplan", relief=RELIEF))
    assert plan.splitlines()[7] == "EUR602.50", "of a plan the code pays the first instalment"


def test_a_letter_is_archivable_accessible_and_the_same_bytes():
    content = letter(plain=True)
    first = letter_pdf(content)
    assert letter_pdf(json.loads(json.dumps(content))) == first
    assert list(letter_pdfs([json.dumps(content)], 2)) == [first]
    reader = pypdf.PdfReader(io.BytesIO(first))
    xmp = reader.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert b"<pdfaid:part>2</pdfaid:part>" in xmp
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert b"<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert reader.trailer["/Root"]["/Lang"] == "de"
    assert len(reader.pages) == 2
    assert "einfacher Sprache" in reader.pages[1].extract_text()


def test_many_letters_in_one_file_count_their_own_pages():
    long = letter(claims=tuple(claim(n) for n in range(1, 60)), number=1)
    singles = [letter_pdf(long), letter_pdf(letter(number=2))]
    out = io.BytesIO()
    joiner = Joiner(out)
    counts = [joiner.add(pdf) for pdf in singles]
    joiner.close()
    reader = pypdf.PdfReader(out, strict=True)
    pages = [page.extract_text() for page in reader.pages]
    assert pages == [page.extract_text() for pdf in singles for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert counts == [len(pages) - 1, 1]
    assert len(out.getvalue()) < sum(map(len, singles)), "what they share is there once"
    marks = [next(line for line in page.splitlines() if "Seite" in line).partition("Seite ")[2] for page in pages]
    assert marks == [*(f"{n} von {len(pages) - 1}" for n in range(1, len(pages))), "1 von 1"]
    assert all("Kassenzeichen" in page for page in pages[:2]), "the head of the table is repeated"


def test_many_processes_make_the_same_files():
    texts = [json.dumps(letter(number=n)) for n in range(1, 45)]
    assert list(letter_pdfs(texts, 2)) == list(letter_pdfs(texts, 1))


HOSTILE = [
    '#panic("x") *fett* $x$ @ref <b> \\ // [[ ]] `code` #set page(fill: red)',
    "{betrag} {posten} {{ }}",
    "\u202egnulhazeB\u202c \u200f\u05d0\u05d1\u05d2",
    "محمد 王小明 😀 Ⅷ\x07\x00",
    "X" * 400,
    "Gesellschaft zur Förderung sehr langer Namen " * 8,
    "a\u0301\u0302\u0303\u0304\u0305\u0306" * 30,
    "= Überschrift\n- Liste\n\n\n+ nummeriert\t\tTab",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_never_break_the_page(name):
    debtor = Addressee(name, name, "1", "20095", name)
    content = letter(debtor=debtor, claims=(claim(purpose=name, reference=name[:40]),))
    pdf = letter_pdf(content)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) <= 2
    found = places(pdf)
    assert inside(start_of(found, "Mahnung"), 25, 98.4, 25.2, 104), "nothing pushes the subject down"
    assert max(x for x, _ in found.values()) < 210
    assert len(read_code(content)) == 1


@few(12)
@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60))
def test_any_name_can_be_printed(name):
    letter_pdf(letter(debtor=Addressee(name, "Am Markt", "1", "20095", "Hamburg"), claims=(claim(purpose=name),)))


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("mahnung", {"plain": True, "claims": (claim(), claim(2, 40000, amount_cents=65000, purpose="Gutachten"))}),
        ("ankuendigung", {"claims": (claim(charge_cents=0), claim(2, 310, claim_kind="mahngebuehr", main_item=1, charge_cents=0))}),
        ("stundung", {"relief": RELIEF}),
        ("ratenplan", {"relief": RELIEF}),
        ("ablehnung", {"relief": RELIEF}),
        ("widerruf", {"relief": RELIEF}),
        ("niederschlagung", {"relief": RELIEF}),
        ("stundung-laws", {"relief": RELIEF, "told": SEVERAL}),
        ("forderungsanmeldung", {"relief": INSOLVENCY}),
        ("nachranganmeldung", {"relief": INSOLVENCY, "ranks": (("§ 39 Abs. 1 Nr. 3 InsO", 102059),)}),
    ],
)  # fmt: skip
def test_the_text_of_every_kind(name, more):
    compare(f"letter-{name}", letter_text(letter(name.partition("-")[0], **more)))


def test_the_sum_stands_with_the_last_claims():
    for count in range(27, 33):
        pages = pypdf.PdfReader(io.BytesIO(letter_pdf(letter(claims=tuple(map(claim, range(count))))))).pages
        (page,) = (page.extract_text() for page in pages if "Summe in EUR" in page.extract_text())
        assert f"{claim(count - 1).reference}" in page


def test_a_paragraph_stands_with_its_number_on_one_line():
    text = (
        pypdf.PdfReader(io.BytesIO(letter_pdf(letter("stundung", relief=RELIEF, told=SEVERAL)))).pages[0].extract_text()
    )
    assert "§\u00a0122 Abs.\u00a02 AO" in text


def test_a_note_for_the_file_tells_its_day():
    pages = pypdf.PdfReader(io.BytesIO(letter_pdf(letter("niederschlagung", relief=RELIEF)))).pages
    assert "24.11.2026" in pages[0].extract_text()

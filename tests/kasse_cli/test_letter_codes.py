"""The code of a letter: module for module the one segno makes, whatever its mask and size, and read back."""

import io
import random

import pytest
import segno
import zxingcpp
from PIL import Image

from kasse_cli.documents.codes import QUIET, code_picture, code_rows

SEEDED = random.Random(18004)


def payload(length):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \näöüß/"
    return "BCD\n002\n1\nSCT\n" + "".join(SEEDED.choice(letters) for _ in range(length))


def by_segno(text):
    made = segno.make_qr(text.encode(), error="m", boost_error=False, mode="byte")
    return made, ["".join(map(str, row)) for row in made.matrix]


def test_every_module_is_where_segno_puts_it():
    masks, versions = set(), set()
    for length in (*range(0, 240, 8), *[70] * 24):
        text = payload(length)
        made, rows = by_segno(text)
        assert code_rows(text) == rows, text
        masks.add(made.mask)
        versions.add(made.version)
    assert masks == set(range(8)), "every mask was the best of some code"
    assert {2, 6, 7, 11} <= versions, "sizes without and with a field for the version"


@pytest.mark.parametrize("text", ["\x00" * 60, "\xff" * 60, "]]]" * 40, "EUR0.01", "\n"])
def test_monotonous_texts_get_the_same_mask_too(text):
    assert code_rows(text) == by_segno(text)[1]


def test_the_picture_shows_the_modules_with_white_around_them():
    text = payload(70)
    rows = code_rows(text)
    picture = Image.new("L", (len(rows) + 2 * QUIET, len(rows) + 2 * QUIET), 255)
    svg = code_picture(text)
    assert f'viewBox="0 0 {picture.width} {picture.height}"' in svg
    for run in svg.partition('d="M')[2].partition('"')[0].split("M"):
        start, _, length = run.partition("h")
        left, down = start.split()
        for at in range(int(length)):
            picture.putpixel((int(left) + at, int(float(down))), 0)
    large = picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)
    again = Image.open(io.BytesIO(png(large)))
    assert [code.text for code in zxingcpp.read_barcodes(again)] == [text]


def test_no_text_is_no_code():
    assert code_picture("") == ""


def png(picture):
    out = io.BytesIO()
    picture.save(out, "png")
    return out.getvalue()

"""Every statement file of the corpora gives the numbers of an independent count."""

import csv
from decimal import Decimal

import pytest

from sepa.currencies import minor_digits
from sepa.errors import KasseError
from sepa.reading import read_statements
from sepa.statements import Closed, Entry, Opened
from tests.conftest import needs
from tests.paths import CORPORA


def rows() -> list[dict[str, str]]:
    table = CORPORA / "expected.tsv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_the_corpora_are_there():
    needs("corpora", bool(rows()), f"no files of other projects under {CORPORA}")
    assert len(rows()) > 80


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["path"])
def test_a_file_of_others_gives_the_expected_numbers(row):
    path = CORPORA / row["path"]
    if row["statements"] == "0":
        with pytest.raises(KasseError) as refused:
            list(read_statements(path))
        assert refused.value.place.file == str(path)
        assert refused.value.place.line
        return
    events = list(read_statements(path))
    entries = [event for event in events if isinstance(event, Entry)]
    amounts = [Decimal(one.amount_cents).scaleb(-minor_digits(one.currency)) for one in entries]
    assert sum(isinstance(event, Opened) for event in events) == int(row["statements"])
    assert len(entries) == int(row["entries"]) == sum(e.entries for e in events if isinstance(e, Closed))
    assert sum(a for a in amounts if a > 0) == Decimal(row["credits"])
    assert sum(-a for a in amounts if a < 0) == Decimal(row["debits"])

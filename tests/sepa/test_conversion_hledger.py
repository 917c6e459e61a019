"""hledger accepts the journal, proves each closing balance, and refuses a journal in which something is missing."""

import io
import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sepa.conversion import entry_row, statement_row
from sepa.conversion_hledger import Statement, journal
from sepa.reading import read_statements
from tests.conftest import needs
from tests.sepa.mt_files import entry, mt
from tests.sepa.statement_files import camt, ntry


def statements(*files: bytes) -> tuple[Statement, ...]:
    """Return the statements of files as the journal takes them."""
    found = []
    for number, data in enumerate(files, start=1):
        opened, *entries, closed = read_statements(io.BytesIO(data))
        rows = [entry_row(one) for one in entries]
        found.append(Statement(statement_row(opened, closed), f"{number}.xml", lambda rows=rows: rows))
    return tuple(found)


def bal(code: str, amount: str, day: str) -> str:
    mark = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount.lstrip("-")}</Amt>'
        f"<CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def day(number: int, opening: int, *cents: int) -> bytes:
    """Return the statement of a day of November with these entries."""
    on = f"2026-11-{number:02d}"
    made = [ntry(f"{abs(one) / 100:.2f}", "CRDT" if one > 0 else "DBIT") for one in cents]
    head = bal("OPBD", f"{opening / 100:.2f}", on) + bal("CLBD", f"{(opening + sum(cents)) / 100:.2f}", on)
    return camt(*(one.replace("2026-11-20", on) for one in made), head=head)


def hledger(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    needs("hledger", shutil.which("hledger") is not None, "no hledger here")
    command = ["hledger", "-f", "-", *(arguments or ("check",))]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


THREE = (day(2, 10_000, 500, -200), day(3, 10_300, 7), day(4, 10_307, -20_000))


def test_closing_balances_are_asserted_and_hledger_agrees():
    text = "".join(journal(statements(*THREE)))
    assert re.findall(r"= (\S+) EUR", text) == ["103.00", "103.07", "-96.93"]
    done = hledger(text)
    assert (done.returncode, done.stderr) == (0, "")


def test_hledger_finds_a_transaction_that_is_missing():
    text = "".join(journal(statements(*THREE)))
    without = re.sub(r"2026-11-03 \* -\n(?:    .*\n)+\n", "", text, count=1)
    assert without != text
    assert "alance assertion" in hledger(without).stderr


@pytest.mark.parametrize(
    ("files", "asserted"),
    [
        ((THREE[0], THREE[2]), ["103.00"]),  # a day is missing: what follows is not asserted
        ((THREE[1], THREE[0]), []),  # the wrong way round
        ((camt(ntry("1.00"), head=bal("OPBD", "5.00", "2026-11-19") + bal("CLBD", "9.00", "2026-11-20")),), []),
        ((camt(ntry("1.00")),), []),  # no balances
        ((mt(*entry(), closing=":62F:C261120EUR220,00"),), ["220.00"]),
        ((camt(ntry("1.00").replace("BOOK", "PDNG"), head=THREE[0].decode().partition("</Acct>")[2][:0]),), []),
    ],
    ids=["gap", "order", "not adding up", "no balances", "MT940", "pending"],
)
def test_only_what_is_proved_is_asserted(files, asserted):
    text = "".join(journal(statements(*files)))
    assert re.findall(r"= (\S+) EUR", text) == asserted
    assert hledger(text).returncode == 0


def test_an_entry_booked_before_the_last_closing_day_makes_no_false_alarm():
    late = day(3, 10_300, 7).replace(b"<BookgDt><Dt>2026-11-03", b"<BookgDt><Dt>2026-11-01")
    text = "".join(journal(statements(THREE[0], late)))
    assert re.findall(r"= (\S+) EUR", text) == ["103.07"]
    assert hledger(text).returncode == 0


AMOUNTS = st.lists(st.integers(-(10**9), 10**9).filter(bool), max_size=4)
NASTY = st.text(st.sampled_from("ab;:|()!*\"'\\@={}[]#%~ \täß€"), max_size=12)


@settings(max_examples=10)
@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.integers(-(10**9), 10**9), NASTY)
def test_any_chain_of_statements_is_accepted(days, opening, text):
    needs("hledger", shutil.which("hledger") is not None, "no hledger here")
    files = []
    for number, cents in enumerate(days, start=2):
        files.append(day(number, opening, *cents))
        opening += sum(cents)
    rows = statements(*files)
    named = tuple(Statement(one.row | {"id": text or None}, text, _named(one, text)) for one in rows)
    made = "".join(journal(named))
    assert made.count(" 0.00 EUR = ") == len(days)
    assert hledger(made).returncode == 0, made


def _named(one: Statement, text: str):
    return lambda: [row | {"name": text, "remittance": text, "end_to_end_id": text} for row in one.rows()]

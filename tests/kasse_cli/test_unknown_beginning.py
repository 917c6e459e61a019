"""A book beside the finance system that leads, without a take-over: what an account held before is told once."""

import io
from datetime import date
from hashlib import sha256

import pytest

from kasse_cli.demo.bank import Booking, DemoBank
from ledger.bank.formats_store import set_format
from ledger.bank.intake_reader import continuity, new_gaps
from ledger.bank.intake_store import stage_file
from sepa.reading import read_statements
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.kasse_cli.test_cmd_statement import town

__all__ = ["town"]  # a fixture
DAYS = (11, 12, 13, 16)
TOLD = "statement.unknown_beginning"
HELD = 500_00


def camt(day: int, before: int, *, numbered=True, iban=MAIN_IBAN) -> bytes:
    """The statement of a day, with a credit of a euro, that begins with what the account held before."""
    said = DemoBank(iban, before).statement(date(2026, 11, day), (Booking(100, "Eva", lines=(f"Danke {day}",)),))
    return said if numbered else said.replace(b"<ElctrncSeqNb>101</ElctrncSeqNb>", b"")


def sheet(day: int, before: int, number: int, page: int = 1, *, ends=("F", "F"), iban=MAIN_IBAN) -> bytes:
    """The same as MT940: a statement, or one page of it."""
    first, last = ends
    return f""":20:STARTUMS
:25:{iban}
:28C:{number}/{page}
:60{first}:C2611{day}EUR{before // 100},00
:61:2611{day}11{day}CR1,00NTRFNONREF
:86:166?00GUTSCHRIFT?20Danke {day}?32Eva
:62{last}:C2611{day}EUR{before // 100 + 1},00
-
""".encode()


def grown(day: int) -> bytes:
    """All bookings of the month up to a day, as banks give them whose statement is a month's: each holds the last."""
    bank = DemoBank(MAIN_IBAN, HELD)
    told = [
        bank.statement(date(2026, 11, one), (Booking(100, "Eva", lines=(f"Danke {one}",)),))
        for one in DAYS
        if one <= day
    ]
    entries = b"".join(one[one.index(b"<Ntry>") : one.index(b"</Stmt>")] for one in told)
    first, last = told[0], told[-1]
    opening = first[first.index(b"<Bal>") : first.index(b"</Bal>") + 6]
    rest = last[last.index(b"</Bal>") + 6 : last.index(b"<Ntry>")]
    head = (
        last[: last.index(b"<Bal>")]
        .replace(b"<ElctrncSeqNb>", b"<LglSeqNb>")
        .replace(b"</ElctrncSeqNb>", b"</LglSeqNb>")
    )
    return head + opening + rest + entries + last[last.index(b"</Stmt>") :]


BANKS = {
    "numbered days": ("camt.053", camt),
    "days without numbers": ("camt.053", lambda day, before: camt(day, before, numbered=False)),
    "statements that grow": ("camt.053", lambda day, _: grown(day)),
    "numbered sheets": ("MT940", lambda day, before: sheet(day, before, 1 + DAYS.index(day))),
    "a page of one statement a day": (
        "MT940",
        lambda day, before: sheet(day, before, 1, 1 + DAYS.index(day), ends=("F" if day == DAYS[0] else "M", "M")),
    ),
}


def takes(store, data: bytes) -> list[str]:
    """Take in a file as the machine does; return the codes of what is said of the account."""
    store.today = "2026-11-20"
    digest = sha256(data).hexdigest()
    staged = stage_file(act(store, "import"), "a", digest, len(data), read_statements(io.BytesIO(data)))
    return [one.code for one in new_gaps(store, staged.accounts, staged.numbers)]


@pytest.mark.parametrize("bank", BANKS)
def test_it_is_told_with_the_first_statement_only_and_stays_visible(store, bank):
    form, make = BANKS[bank]
    set_format(act(store, "emil"), MAIN_IBAN, form)
    said = [takes(store, make(day, HELD + 100 * at)) for at, day in enumerate(DAYS)]
    assert [TOLD in codes for codes in said] == [True, False, False, False]
    (chain,) = continuity(store, MAIN_IBAN)
    assert chain.beginning is not None
    assert chain.beginning.finding.fields["opening_cents"] == HELD
    assert chain.last_day == "2026-11-16"


def test_what_comes_to_light_before_it_is_told_anew(store):
    """Who imports what is missing at the beginning reads how much is unknown now."""
    assert takes(store, camt(12, HELD + 100)) == [TOLD]
    assert takes(store, camt(13, HELD + 200)) == []
    assert takes(store, camt(11, HELD)) == [TOLD]
    (chain,) = continuity(store, MAIN_IBAN)
    assert chain.beginning.finding.fields["opening_cents"] == HELD


def test_each_account_tells_its_own(store):
    assert takes(store, camt(11, HELD)) == [TOLD]
    assert takes(store, camt(11, HELD, iban=SECOND_IBAN)) == [TOLD]
    assert takes(store, camt(12, HELD + 100, iban=SECOND_IBAN)) == []


def test_a_morning_of_a_shadow_book_has_nothing_to_mail(town):
    """What cron mails is what stands on stderr; the state of the account says it whenever somebody asks."""
    shell = town.shell
    assert shell(f"kasse statement format {MAIN_IBAN} MT940 --user root").code == 0
    for at, day in enumerate(DAYS):
        ends = ("F" if not at else "M", "F" if day == DAYS[-1] else "M")
        (town.inbox / f"{day}.sta").write_bytes(sheet(day, HELD + 100 * at, 1, 1 + at, ends=ends))
        done = shell("kasse reconcile inbox --archive done --reject broken --report mail.txt")
        assert ("begins with 500.00 EUR" in done.err) == (at == 0), day
        assert ("begins with 500.00 EUR" in " ".join((shell.folder / "mail.txt").read_text("utf-8").split())) == (
            at == 0
        )
    said = shell("kasse statement continuity --json").json["findings"]
    assert [one["code"] for one in said] == [TOLD]

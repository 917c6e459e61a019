"""Statement files of other projects in a book that owns their accounts: taken with the expected sums, or refused whole."""

import csv
from decimal import Decimal
from hashlib import sha256

from ledger.bank.intake_store import stage_file
from ledger.store.counters import take_ids
from sepa.errors import KasseError
from sepa.reading import read_statements
from sepa.statements import Opened
from tests.books import act
from tests.conftest import needs
from tests.paths import CORPORA

TAKEN = {
    "camt053.v2.multi.statement.xml",
    "abn_amro/example_camt.xml",
    "ing/example_camt.xml",
    "nordea/example_camt.xml",
    "053/valid_example.xml",
    "053/valid_example_with_other_id.xml",
}
"""Files in EUR whose balances fit; the others are refused by the code that the table after names."""
BREAKS = {
    "camt053.v2.all-balance-types.xml",
    "camt053.v2.five.decimals.xml",
    "053/valid_example_with_batch.xml",
    "053/valid_example_with_debit.xml",
}
"""Made for parsers: opening balance and entries do not make the closing balance."""


def rows() -> dict[str, dict[str, str]]:
    table = CORPORA / "expected.tsv"
    if not table.exists():
        return {}
    with table.open(encoding="utf-8") as lines:
        return {row["path"]: row for row in csv.DictReader(lines, delimiter="\t")}


FILES = rows()
READABLE = [path for path, row in FILES.items() if row["statements"] != "0"]


def own_accounts(store, path):
    """Add the accounts of the file to the book."""
    heads = [event for event in read_statements(path) if isinstance(event, Opened)]
    for iban in sorted({head.iban or head.account for head in heads}):
        if store.one("SELECT 1 FROM bank_account WHERE iban = :iban", iban=iban):
            continue
        with store.unit(["KASSE"]):
            number = f"29{take_ids(store, 'KASSE', 'test', 1):03}"
            store.insert_one(
                "account", office="KASSE", number=number, name=iban, kind="asset", role="bank", opened_on="2000-01-01"
            )
            store.insert_one(
                "bank_account", iban=iban, office="KASSE", account=number, name=iban, collects=1, opened_on="2000-01-01"
            )


def stage(store, path):
    data = path.read_bytes()
    return stage_file(store, path.name, sha256(data).hexdigest(), len(data), read_statements(path))


def ends(name, endings):
    return any(name.endswith(ending) for ending in endings)


def expected_codes(name):
    """Return what may become of a file: reports and advices in EUR are kept beside the statements."""
    if "053" not in FILES[name]["kind"]:
        return {"", "statement.currency", "statement.foreign_account", "statement.not_leading", "statement.not_posted"}
    return {"statement.balance_break" if ends(name, BREAKS) else "statement.currency"}


def test_the_corpora_are_there():
    needs("corpora", bool(READABLE), f"no files of other projects under {CORPORA}")
    assert sum(ends(name, TAKEN) for name in READABLE) == len(TAKEN)
    assert sum(ends(name, BREAKS) for name in READABLE) == len(BREAKS)


def test_files_are_taken_with_the_expected_sums(store):
    needs("corpora", bool(READABLE), f"no files of other projects under {CORPORA}")
    for name in (name for name in READABLE if ends(name, TAKEN)):
        own_accounts(store, CORPORA / name)
        clerk = act(store, "clara")
        staged = stage(clerk, CORPORA / name)
        row = FILES[name]
        counts = tuple(int(row[key]) for key in ("statements", "entries", "entries"))
        assert (staged.statements, staged.entries, staged.new) == counts, name
        assert Decimal(staged.credit_cents) / 100 == Decimal(row["credits"]), name
        assert Decimal(staged.debit_cents) / 100 == Decimal(row["debits"]), name
        (iban,) = staged.accounts
        sql = "SELECT count(*), coalesce(sum(amount_cents), 0) FROM bank_entry WHERE iban = :iban"
        assert clerk.one(sql, iban=iban) == (staged.entries, staged.credit_cents - staged.debit_cents), name
        assert stage(clerk, CORPORA / name).new == 0, name


def test_other_files_are_refused_whole(store):
    needs("corpora", bool(READABLE), f"no files of other projects under {CORPORA}")
    codes = {}
    for name in (name for name in READABLE if not ends(name, TAKEN)):
        own_accounts(store, CORPORA / name)
        clerk = act(store, "clara")
        try:
            staged = stage(clerk, CORPORA / name)
        except KasseError as error:
            codes[name] = error.code if error.place.line else "no place"
        else:
            codes[name] = "" if staged.new == 0 and staged.kind != "statement" else "taken"
    assert {name: code for name, code in codes.items() if code not in expected_codes(name)} == {}
    assert list(codes.values()).count("") > 5
    assert clerk.value("SELECT count(*) FROM bank_entry") == 0
    assert clerk.value("SELECT count(*) FROM statement WHERE message = 'camt.053'") == 0

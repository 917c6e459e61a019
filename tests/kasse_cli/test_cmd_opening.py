"""`kasse opening`: lists of an old system into a new book."""

import pytest

from tests.books import opened, sqlite_copy
from tests.kasse_cli.order_files import BALANCES, ITEMS, write

TAKE = "kasse opening import alt --as-of 2026-11-15"
SUMS = "--control receivables=150,00 --control payables=20 --control balances=130,00"


@pytest.fixture
def town(shell, sqlite_template):
    """A book without entries, and the folder `alt` with the lists to take over."""
    shell.environ["KASSE_USER"] = "emil"
    with sqlite_copy(sqlite_template, shell.folder):
        write(shell.folder / "alt", "balances.csv", BALANCES)
        write(shell.folder / "alt", "items.csv", ITEMS)
        yield shell


def posted(town, take=f"{TAKE} {SUMS}"):
    """Import as emil, sign as emil and frida, and return the last one's result."""
    assert town(take).code == 0
    lists = take.split()[3]
    assert town(f"kasse opening sign {lists}").code == 0
    return town(f"kasse opening sign {lists} --user frida --json")


def items(town):
    store = opened(str(town.folder / "kasse.db"))
    count = store.value("SELECT count(*) FROM item")
    store.close()
    return count


def test_balances_and_items_are_taken_over(town):
    town.transcript(
        "opening",
        TAKE,
        f"{TAKE} {SUMS.replace('150,00', '150,01')}",
        f"{TAKE} {SUMS} --dry-run",
        f"{TAKE} {SUMS} --user anna",
        f"{TAKE} {SUMS}",
        f"{TAKE} {SUMS}",
        "kasse opening sign alt --user clara",
        "kasse opening sign alt",
        "kasse opening sign alt",
        "kasse opening sign alt --user frida",
        f"{TAKE} {SUMS}",
        "kasse opening sign alt --user frida",
        "kasse opening undo --reason falsch",
        "kasse opening list",
        "kasse opening show",
        f"{TAKE} --control receivables",
        f"{TAKE} --control receivables=1.234",
        "kasse opening import nowhere --as-of 2026-11-15",
    )


def test_the_same_for_scripts(town):
    town.transcript(
        "opening-json",
        f"{TAKE} {SUMS} --dry-run --json",
        f"{TAKE} {SUMS} --json",
        f"{TAKE} {SUMS} --json",
        "kasse opening sign alt --json",
        "kasse opening sign alt --user frida --json",
        "kasse opening show 1 --json",
    )


def test_bad_rows_are_named_in_their_list(town):
    write(town.folder / "alt", "balances.csv", BALANCES + "ZOO,2400,1.234\nKASSE,,5\n")
    write(town.folder / "alt", "items.csv", ITEMS.replace("50,00;;1.6.2026", "50,00;49,00;1.13.2026"))
    town.transcript("opening-bad", f"{TAKE} {SUMS}", f"{TAKE} {SUMS} --json")
    write(town.folder / "alt", "balances.csv", BALANCES)
    town.transcript("opening-bad-items", f"{TAKE} {SUMS}")
    assert items(town) == 0


def test_lists_may_have_german_names_and_other_formats(town):
    from openpyxl import Workbook

    (town.folder / "alt" / "balances.csv").rename(town.folder / "alt" / "Salden.CSV")
    (town.folder / "alt" / "items.csv").unlink()
    book = Workbook()
    for line in ITEMS.splitlines():
        book.active.append([field or None for field in line.split(";")])
    book.save(town.folder / "alt" / "Posten.xlsx")
    assert posted(town).code == 0
    assert items(town) == 3


def test_balances_alone_can_be_taken_over(town):
    (town.folder / "alt" / "items.csv").unlink()
    write(town.folder / "alt", "balances.csv", "".join(BALANCES.splitlines(keepends=True)[:4]))
    assert posted(town, f"{TAKE} --control balances=0").code == 0


def test_two_files_of_one_list_are_refused(town):
    write(town.folder / "alt", "salden.csv", BALANCES)
    done = town(f"{TAKE} {SUMS} --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "opening.list_twice")


def test_mended_lists_are_new_lists(town):
    assert town(f"{TAKE} {SUMS.replace('20', '21')}").code == 1
    write(town.folder / "alt", "items.csv", ITEMS + "\n")
    assert town(f"{TAKE} {SUMS} --json").data["new"] is True
    write(town.folder / "alt", "items.csv", ITEMS)
    done = town("kasse opening sign alt --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "opening.changed")
    assert town(f"{TAKE} {SUMS} --json").data["replaced"] == 1
    assert posted(town).data["opening"]["state"] == "final"
    write(town.folder / "alt", "items.csv", ITEMS + "\n")
    done = town(f"{TAKE} {SUMS} --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "opening.done")


def test_the_empty_lists_can_be_filled_in_and_taken_over(town):
    from openpyxl import load_workbook

    for lang in ("de", "en"):
        assert town(f"kasse opening template {lang} --lang {lang}").code == 0
        assert town(f"kasse opening template {lang}").code == 1
    path = town.folder / "de" / "balances.xlsx"
    book = load_workbook(path)
    for values in (("KASSE", "DE02370400440000000024", 10), ("KASSE", "2801", 0)):
        book.worksheets[0].append(values)
    book.save(path)
    path = town.folder / "de" / "items.xlsx"
    book = load_workbook(path)
    names = [cell.value for cell in book.worksheets[0][1]]
    values = {"Amt": "KASSE", "Art": "Verwahrung", "Offener Betrag": 5, "Fälligkeit": "1.11.2026"}
    book.worksheets[0].append([values.get(name) for name in names])
    book.save(path)
    done = town("kasse opening import de --as-of 2026-11-15 --control suspense=5 --control balances=10 --json")
    assert [finding["code"] for finding in done.json["findings"]] == ["opening.items_differ"]
    book = load_workbook(town.folder / "de" / "balances.xlsx")
    book.worksheets[0].append(("KASSE", "4800", -5))
    book.save(town.folder / "de" / "balances.xlsx")
    done = posted(town, "kasse opening import de --as-of 2026-11-15 --control suspense=5 --control balances=5")
    assert (done.code, items(town)) == (0, 1)


def test_what_was_taken_over_is_taken_off_by_an_order(town):
    assert posted(town).code == 0
    take = 'kasse order {} --reason "Bescheid aufgehoben" --user anna --json'
    refused = [
        ("cancel ORDNUNG/1", "order.item_account"), ("change ORDNUNG/1 --line 1=5 --account 5100", "order.change_option"),
        ("change ORDNUNG/1 --account 5100", "order.change_amount"),
        ("cancel ORDNUNG/1 --account 5100 --credit", "order.item_paid_before"), ("cancel ORDNUNG/eins", "payment.item_number"),
    ]  # fmt: skip
    for words, code in refused:
        assert [one["code"] for one in town(take.format(words)).json["errors"]] == [code], words
    for words, act in (("change ORDNUNG/1 --to 90", "reduction"), ("cancel ORDNUNG/2", "cancellation")):
        (made,) = town(take.format(f"{words} --account 5100")).json["data"]["orders"]
        assert (made["act"], made["changes"]) == (act, words.split()[1])

"""`kasse order` beyond single claims: changes, transfers, schedules, queues, limits and deputies."""

import pytest

from tests.books import act, opened, sqlite_copy
from tests.kasse_cli.order_files import write

STANDING = """\
Dienststelle;Art;Name;Straße;Hausnummer;PLZ;Ort;Betrag;Fällig am;Verwendungszweck;Profil;Turnus;Letzte Fälligkeit
BAU;Forderung;Kleingärtnerverein Süd;Feldweg;1;20999;Musterstadt;120,00;31.10.2026;Pacht;private;monatlich;
ORDNUNG;Forderung;Erika Musterfrau;Gartenweg;3;20999;Musterstadt;125,50;15.12.2026;Sondernutzung;fee;;
"""


@pytest.fixture
def town(shell, sqlite_template):
    """A book with one order each by schedule and by itself, accepted."""
    shell.environ["KASSE_USER"] = "import"
    with sqlite_copy(sqlite_template, shell.folder):
        write(shell.folder, "liste.csv", STANDING)
        for line in (
            "kasse order import liste.csv",
            "kasse order certify --batch 1 --sum 245,50 --user anna",
            "kasse order approve --batch 1 --sum 245,50 --user bernd",
            "kasse order accept --batch 1 --sum 245,50 --user clara",
        ):
            assert shell(line).code == 0, line
        yield shell


def test_an_order_is_changed_and_cancelled(town):
    town.transcript(
        "order-change",
        'kasse order change ORDNUNG-1 --to 100 --reason "Widerspruch teilweise abgeholfen" --dry-run',
        'kasse order change ORDNUNG-1 --to 100 --reason "Widerspruch teilweise abgeholfen"',
        'kasse order cancel ORDNUNG-1 --reason "noch einmal"',
        "kasse order list --waiting-for-me --user anna",
        "kasse order certify ORDNUNG-2 --user anna",
        "kasse order list --waiting-for-me --user anna",
        "kasse order approve ORDNUNG-2 --user bernd",
        "kasse order accept ORDNUNG-2 --user clara",
        "kasse order show ORDNUNG-1",
        "kasse order show ORDNUNG-2 --json",
        'kasse order cancel ORDNUNG-1 --reason "Bescheid aufgehoben" --json',
        "kasse order change ORDNUNG-1 --line zwei --reason x",
        'kasse order transfer --office BAU --from 6100 --to ORDNUNG:6200 --amount 50 --purpose "Anteil Papier"',
        "kasse order show BAU-2",
        "kasse order list",
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("ORDNUNG-1 --last-day 2026-12-31", "order.change_option"),
        ("BAU-1 --due 2026-10-31 --last-day 2026-12-31", "order.change_option"),
        ("BAU-1 --credit", "order.change_option"),
        ("BAU-1 --account 5100", "order.change_option"),
        ("ORDNUNG-1 --account 5100", "order.account_open"),
    ],
)
def test_an_option_that_says_nothing_about_the_order_is_no_cancellation(town, words, code):
    town("kasse order standing run --until 2026-11-30 --user clara")
    done = town(f"kasse order cancel {words} --reason Ende --json")
    assert [one["code"] for one in done.json["errors"]] == [code]
    assert town("kasse order list --json").json["data"]["orders"][-1]["changes"] is None


def test_a_list_says_what_its_payee_collects(town):
    words = ("Lastschrift", "direct debit", "Überweisung", "")
    head = "Dienststelle;Art;Name;IBAN;Betrag;Fällig am;Verwendungszweck;Zahlungsweg\n"
    lines = [
        f"BAU;Auszahlung;Stadtwerke AG;DE02120300000000202051;1{at},00;15.12.2026;Strom;{word}"
        for at, word in enumerate(words)
    ]
    write(town.folder, "strom.csv", head + "\n".join(lines))
    assert town("kasse order import strom.csv").code == 0
    shown = [town(f"kasse order show BAU-{at} --csv").out for at in (2, 3, 4, 5)]
    assert ["paid_by,direct_debit" in text for text in shown] == [True, True, False, False], shown
    write(town.folder, "falsch.csv", head + lines[0].replace("Lastschrift", "Bargeld"))
    assert [one["code"] for one in town("kasse order import falsch.csv --json").json["findings"]] == ["cell.choice"]


def test_standing_orders_run(town):
    town.transcript(
        "order-standing",
        "kasse order standing run --until 2026-11-30 --user clara --dry-run",
        "kasse order standing run --until 2026-11-30 --user clara",
        "kasse order standing run --until 2026-11-30 --user clara",
        'kasse order standing change BAU-1 --to 150 --from 2027-01-01 --reason "Pacht erhöht"',
        'kasse order cancel BAU-1 --due 2026-10-31 --reason "Erlass"',
        "kasse order show BAU-1",
        "kasse order standing run --until 2026-12-31 --user clara --json",
    )


def test_limits_deputies_and_the_small_office(town):
    with_people(town)
    town.transcript(
        "user-duties",
        "kasse user limit bernd --office ORDNUNG --max 50 --user root",
        "kasse user limit bernd --office ORDNUNG --max 50 --user root",
        "kasse user limits",
        'kasse order change ORDNUNG-1 --to 300 --reason "Nachberechnung" --user anna',
        "kasse order certify ORDNUNG-2 --user anna",
        'kasse order certify ORDNUNG-2 --small-office "Urlaub der Kollegin" --user anna',
        "kasse order certify ORDNUNG-2 --user import",
        "kasse order approve ORDNUNG-2 --user bernd",
        "kasse user limit bernd --office ORDNUNG --none --user root",
        "kasse user deputy bernd clara --office ORDNUNG --role approver --since 2026-11-16 --until 2026-11-27 --user root",
        "kasse user deputy bernd anna --office ORDNUNG --role approver --since 2026-11-16 --until 2026-11-27 --user root",
        "kasse user deputy bernd berta --office ORDNUNG --role approver --since 2026-11-16 --until 2026-11-27 --user root",
        "kasse user deputies",
        "kasse order approve ORDNUNG-2 --user anna",
        "kasse order list --waiting-for-me --user berta",
        "kasse order approve ORDNUNG-2 --user berta",
        "kasse order show ORDNUNG-2",
        "kasse user end-deputy 2 --user root",
        "kasse user limit bernd --office ORDNUNG --user root",
    )


def test_schemes_and_general_orders(town):
    town.transcript(
        "scheme",
        "kasse scheme list",
        "kasse scheme add owi --length 12 --prefix 58 --method weights:11:2-3-4-5-6-7 --user root",
        "kasse scheme add owi --length 12 --prefix 58 --method weights:11:2-3-4-5-6-7 --user root",
        "kasse scheme add neu --length 10 --issues --user root",
        "kasse scheme test 580000000019 1000000000023 '4711 0815'",
        "kasse order general add --office ORDNUNG --scheme owi --amount 25 --amount 55 --account 5300 --purpose OWi",
        "kasse order general add --office ORDNUNG --scheme alt --amount 25 --account 5300 --purpose OWi",
        "kasse order show ORDNUNG-2",
        "kasse order general run --user clara",
        "kasse scheme off owi --user root",
        "kasse scheme off owi --user root",
        "kasse scheme on keins --user root",
    )


def with_people(town):
    from ledger.people.users import add_user

    store = act(opened(str(town.folder / "kasse.db")), "root")
    with store.unit(["KASSE"]):
        add_user(store, "berta", [("BAU", "approver")])
    store.close()

"""`kasse item lock|unlock|set-off|refund` as clerks type them."""

from tests.books import act, opened
from tests.kasse_cli.test_cmd_order_kinds import town  # noqa: F401 - a fixture
from tests.ledger.test_order_changes import settle


def test_items_are_locked_set_off_and_paid_back(town):  # noqa: F811
    store = act(opened(str(town.folder / "kasse.db")), "root")
    settle(store, 10000)
    store.close()
    for line in (
        'kasse order cancel ORDNUNG-1 --credit --reason "Bescheid aufgehoben"',
        "kasse order certify ORDNUNG-2 --user anna",
        "kasse order approve ORDNUNG-2 --user bernd",
        "kasse order accept ORDNUNG-2 --user clara",
        "kasse party joint ORDNUNG/1 --with 1 --user dirk",
        "kasse order standing run --until 2026-11-30 --user clara",
    ):
        assert town(line).code == 0, line
    town.environ["KASSE_USER"] = "dirk"
    town.transcript(
        "item-credits",
        'kasse item lock BAU/1 --kind dunning --reason "Widerspruch" --until 2026-12-31',
        'kasse item lock BAU/1 --kind dunning --reason "Widerspruch" --until 2026-12-31 --json',
        'kasse item lock BAU/1 --kind mahnen --reason "Widerspruch"',
        "kasse item lock BAU/99 --kind dunning --reason x",
        'kasse item unlock BAU/1 --kind dunning --reason "Widerspruch zurückgenommen"',
        'kasse item unlock BAU/1 --kind dunning --reason "noch einmal"',
        'kasse item set-off ORDNUNG/2 --reason "Aufrechnung"',
        'kasse item set-off ORDNUNG/2 --against BAU/1 --reason "Aufrechnung"',
        'kasse item refund ORDNUNG/2 --reason "doppelt gezahlt"',
        "kasse party change 2 --iban DE02120300000000202051",
        'kasse item refund ORDNUNG/2 --reason "doppelt gezahlt" --amount 60 --dry-run',
        'kasse item refund ORDNUNG/2 --reason "doppelt gezahlt" --amount 60 --json',
    )
    assert town('kasse party merge 1 --into 2 --reason "eine Person"').code == 0
    assert town("kasse party merge --confirm 1 --user emil").code == 0
    town.transcript(
        "item-set-off",
        'kasse item set-off ORDNUNG/2 --reason "Aufrechnung vom 20.11.2026" --dry-run',
        'kasse item set-off ORDNUNG/2 --reason "Aufrechnung vom 20.11.2026"',
        "kasse party account 2",
    )

"""`kasse item lock|unlock` and what becomes of a credit: set off or paid back, as clerks type it."""

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
    ):
        assert town(line).code == 0, line
    town.transcript("order-credit", "kasse order accept ORDNUNG-2 --user clara")
    for line in (
        "kasse party joint ORDNUNG/1 --with 1 --user dirk",
        "kasse order standing run --until 2026-11-30 --user clara",
    ):
        assert town(line).code == 0, line
    town.environ["KASSE_USER"] = "dirk"
    town.transcript(
        "item-locks",
        'kasse item lock BAU/1 --kind dunning --reason "Widerspruch" --until 2026-12-31',
        'kasse item lock BAU/1 --kind dunning --reason "Widerspruch" --until 2026-12-31 --json',
        'kasse item lock BAU/1 --kind mahnen --reason "Widerspruch"',
        "kasse item lock BAU/99 --kind dunning --reason x",
        'kasse item unlock BAU/1 --kind dunning --reason "Widerspruch zurückgenommen"',
        'kasse item unlock BAU/1 --kind dunning --reason "noch einmal"',
    )
    iban = "DE02120300000000202051"
    ask = f'kasse payment refund ask ORDNUNG/2 --reason "doppelt gezahlt" --amount 60 --iban {iban} --name "E. M."'
    town.transcript(
        "payment-refund",
        'kasse payment refund ask ORDNUNG/2 --reason "doppelt gezahlt"',
        ask,
        f"{ask} --document 'Vollmacht vom 18.11.'",
        "kasse payment refund approve ORDNUNG/2 --user clara",
        "kasse payment refund approve ORDNUNG/2 --user emil",
        "kasse payment refund list",
        "kasse payment propose --without-set-off -q",
        "kasse payment refund withdraw ORDNUNG/2 --reason x",
        "kasse payment discard 1 --reason 'doch nicht'",
        "kasse payment refund withdraw ORDNUNG/2",
        "kasse payment refund withdraw ORDNUNG/2 --reason 'wird aufgerechnet'",
        "kasse payment refund list --all --csv",
    )
    town.transcript(
        "payment-set-off-credit",
        "kasse payment set-off ORDNUNG/2",
        "kasse payment set-off ORDNUNG/2 --against BAU/1",
    )
    assert town('kasse party merge 1 --into 2 --reason "eine Person"').code == 3, "nothing speaks for it"
    assert town("kasse party merge --confirm 1 --yes --user emil").code == 3
    town.transcript(
        "payment-set-off-parties",
        "kasse payment set-off ORDNUNG/2 --amount 20 --dry-run",
        'kasse payment set-off ORDNUNG/2 --reason "Aufrechnung vom 20.11.2026"',
        "kasse party account 2",
    )

"""Matching beside a model that is a dict; two runs at once; nothing personal in the chain."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from ledger.bank.posting_store import post_staged
from sepa.money import plain
from tests.bankbooks import OFFICES, check_invariants, item, open_cents, reference, staged
from tests.books import act, opened
from tests.examples import few

NUMBERS = count(1000, 7919)  # far apart: two of them never differ by swapped digits alone
AMOUNT = st.integers(1, 30_00)
PAYMENTS = st.lists(
    st.tuples(st.integers(0, 3), AMOUNT, st.sampled_from(["plain", "spaced", "none"])), min_size=1, max_size=8
)


def written(ref: str, way: str) -> str:
    return {"plain": f"KZ {ref}", "spaced": " ".join(ref), "none": "Danke"}[way]


@few(20)
@given(st.lists(AMOUNT, min_size=4, max_size=4), PAYMENTS, st.integers(0, 3))
def test_the_books_agree_with_a_model(store, opens, payments, split):
    act(store, "import")
    refs = [reference(store, next(NUMBERS)) for _ in opens]
    numbers = [
        item(store, plain(cents), ref, office=OFFICES[i % 3])
        for i, (cents, ref) in enumerate(zip(opens, refs, strict=True))
    ]
    model, surplus, unclear = list(opens), _sum(store, "credit"), _sum(store, "suspense")
    for position, (which, cents, way) in enumerate(payments):
        staged(store, plain(cents), written(refs[which], way))
        if way == "none" or model[which] == 0:
            unclear += cents
        else:
            paid = min(cents, model[which])
            model[which] -= paid
            surplus += cents - paid
        if position == split:
            post_staged(store)
    post_staged(store)
    assert [open_cents(store, n, OFFICES[i % 3]) for i, n in enumerate(numbers)] == model
    assert (_sum(store, "credit"), _sum(store, "suspense")) == (surplus, unclear)
    check_invariants(store)


def _sum(store, kind: str) -> int:
    return store.value("SELECT coalesce(sum(open_cents), 0) FROM item WHERE kind = :kind", kind=kind)


def test_two_runs_at_once_post_everything_once(book):
    store = opened(book, "import")
    ref = reference(store, 17)
    number = item(store, "100", ref)
    for cents in range(40):
        staged(store, plain(100 + cents), ref)
    store.close()

    def work(_: int) -> int:
        own = opened(book, "import")
        try:
            return post_staged(own).posted
        finally:
            own.close()

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(work, range(3)))
    assert sorted(done) == [0, 0, 40]
    store = opened(book, "import")
    assert store.value("SELECT count(*) FROM entry WHERE office = 'KASSE' AND kind = 'bank'") == 40
    assert open_cents(store, number) == 10_000 - 40 * 100 - sum(range(40))
    check_invariants(store)
    store.close()


def test_the_chain_holds_nothing_personal(store):
    act(store, "import")
    ref = reference(store, 17)
    item(store, "10", ref)
    staged(store, "10", f"KZ {ref} Hundesteuer Bello", name="Erika Mustermann", counter_iban="DE89370400440532013000")
    staged(store, "10", "Danke Erika", name="Erika Mustermann", counter_iban="DE89370400440532013000")
    post_staged(store)
    hashed = b"".join(bytes(row[0]) for row in store.rows("SELECT canonical FROM entry"))
    for word in (b"Erika", b"Bello", b"DE8937", ref.encode()):
        assert word not in hashed
    facts = " ".join(row[0] for row in store.rows("SELECT facts FROM event"))
    assert "Erika" not in facts

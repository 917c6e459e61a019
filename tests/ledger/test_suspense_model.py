"""Any sequence of decisions about unclear money agrees with a small model, and the books stay whole."""

from dataclasses import dataclass, field

from hypothesis import example, given
from hypothesis import strategies as st

from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, Forward, Split, Undo, UndoBatch
from ledger.bank.suspense_desk_store import DecisionList, decide
from ledger.bank.suspense_store import find_case
from sepa.errors import KasseError
from tests.bankbooks import check_invariants, item, open_cents, staged
from tests.books import act
from tests.examples import few

DAY = "2026-11-18"
CENTS = st.one_of(st.none(), st.sampled_from([-1, 0, 500, 1000, 1300, 1600, 2100, 2500, 3000, 3001]))
PART = st.sampled_from([0, 500, 1000, 1200, 1500, 2000])
DECISIONS = st.lists(
    st.one_of(
        st.tuples(st.just("assign"), st.integers(0, 1), st.integers(0, 2), CENTS, st.booleans()),
        st.tuples(
            st.just("split"), st.integers(0, 1),
            st.lists(st.tuples(st.integers(0, 2), PART), min_size=1, max_size=3), st.booleans(),
        ),
        st.tuples(st.just("forward"), st.integers(0, 1), CENTS),
        st.tuples(st.just("undo"), st.integers(0, 1), st.booleans()),
        st.tuples(st.just("undo list"), st.integers(0, 1)),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


@dataclass
class Model:
    """What should be open: of two cases and three items; each step as what it took from the case and gave to whom."""

    cases: list[int]
    items: list[int]
    steps: list[list[dict]] = field(default_factory=lambda: [[], []])
    batches: dict[int, list[tuple[int, dict]]] = field(default_factory=dict)

    def give(self, case: int, given: dict[object, int], batch: int | None = None) -> bool:
        total = sum(given.values())
        if total <= 0 or total > self.cases[case]:
            return False
        if any(isinstance(to, int) and cents > self.items[to] for to, cents in given.items()):
            return False
        self._move(case, given, 1)
        self.steps[case].append(given)
        if batch is not None:
            self.batches.setdefault(batch, []).append((case, given))
        return True

    def take_back(self, case: int, given: dict) -> None:
        self._move(case, given, -1)
        at = next(at for at in reversed(range(len(self.steps[case]))) if self.steps[case][at] is given)
        del self.steps[case][at]

    def _move(self, case: int, given: dict, sign: int) -> None:
        for to, cents in given.items():
            self.cases[case] -= sign * cents
            if isinstance(to, int):
                self.items[to] -= sign * cents

    def play(self, kind, case, *rest) -> bool:
        """Apply a decision and return whether it is allowed."""
        if kind == "assign":
            return self._assign(case, *rest)
        if kind == "split":
            return self._split(case, *rest)
        if kind == "forward":
            cents = self.cases[case] if rest[0] is None else rest[0]
            return self.give(case, {"transit": cents})
        if kind == "undo":
            standing = self.steps[case][::-1][: 1 if rest[0] else None]
            for given in standing:
                self.take_back(case, given)
            return bool(standing)
        raise AssertionError(kind)

    def _assign(self, case, target, cents, surplus) -> bool:
        there, left = self.items[target], self.cases[case]
        if not there or not left:
            return False
        wanted = min(there, left) if cents is None else cents
        if wanted <= 0 or wanted > left or (wanted > there and not surplus):
            return False
        over = max(0, wanted - there) + (left - wanted if surplus and cents is None else 0)
        if surplus and not over and wanted < left:
            return False
        return self.give(case, {target: min(wanted, there)} | ({"credit": over} if over else {}))

    def _split(self, case, rows, leave_rest, batch) -> bool:
        given: dict[object, int] = {}
        for target, cents in rows:
            given[target] = given.get(target, 0) + cents
            if cents <= 0:
                return False
        total = sum(given.values())
        return (total <= self.cases[case] if leave_rest else total == self.cases[case]) and self.give(
            case, given, batch
        )


class Desk:
    """The real thing beside the model."""

    def __init__(self, store):
        self.store = act(store, "import")
        person = None
        self.items = []
        for amount in ("12", "20", "15"):
            self.items.append(item(store, amount, office="BAU", person=person))
            person = person or store.value("SELECT max(id) FROM party")
        entries = [staged(store, amount, "unklar") for amount in ("30", "25")]
        post_staged(store)
        sql = "SELECT item FROM suspense_case WHERE entry = :entry"
        self.cases = [store.value(sql, entry=entry) for entry in entries]
        self.lists = 0
        act(store, "clara")

    def take(self, decision, listed=None):
        return decide(self.store, [decision], day=DAY, listed=listed)

    def play(self, kind, case, *rest):
        number = self.cases[case]
        if kind == "assign":
            target, cents, surplus = rest
            self.take(Assign(number, (Wish(f"BAU/{self.items[target]}", cents),), surplus=surplus))
        elif kind == "split":
            rows, leave_rest, _ = rest
            wishes = tuple(Wish(f"BAU/{self.items[target]}", cents) for target, cents in rows)
            self.lists += 1
            listed = DecisionList("split", "liste", f"{number}-{self.lists}")
            return self.take(Split(number, wishes, leave_rest=leave_rest), listed).batch
        elif kind == "forward":
            self.take(Forward(number, "weiter", cents=rest[0]))
        elif kind == "undo":
            self.take(Undo(number, "falsch", last=rest[0]))
        else:
            self.take(UndoBatch(rest[0], "falsch"))
        return None

    def open(self):
        cases = [find_case(self.store, "KASSE", number).open_cents for number in self.cases]
        return cases, [open_cents(self.store, number, "BAU") for number in self.items]


def undo_list(desk, model, at) -> bool:
    """Take back a whole list in both; return whether there was one that still stood."""
    batches = sorted(model.batches)
    if at >= len(batches):
        return False
    number = batches[at]
    standing = [(case, given) for case, given in model.batches[number] if any(g is given for g in model.steps[case])]
    try:
        desk.play("undo list", 0, number)
    except KasseError:
        assert not standing
        return True
    assert standing
    for case, step in standing:
        model.take_back(case, step)
    return True


LISTS = [
    ("split", 0, [(0, 1000), (1, 2000)], False), ("assign", 1, 2, None, True), ("undo list", 0), ("undo list", 0),
    ("split", 0, [(0, 1000)], True), ("undo", 0, True), ("undo list", 1), ("split", 0, [(0, 1200)], True),
]  # fmt: skip


@few(20)
@given(DECISIONS)
@example(LISTS)
def test_any_sequence_of_decisions_agrees_with_the_model(store, decisions):
    desk, model = Desk(store), Model([3000, 2500], [1200, 2000, 1500])
    for kind, *rest in decisions:
        before = desk.open()
        if kind == "undo list":
            undo_list(desk, model, rest[0])
        elif kind == "split":
            batch = 1 + (store.value("SELECT max(id) FROM suspense_batch") or 0)
            _both(desk, model, kind, (*rest, batch), before)
        else:
            _both(desk, model, kind, rest, before)
        assert desk.open() == (model.cases, model.items), (kind, rest)
    check_invariants(store)


def _both(desk, model, kind, rest, before) -> None:
    try:
        batch = desk.play(kind, *rest)
    except KasseError:
        assert not model.play(kind, *rest), (kind, rest, "refused, but the model allows it")
        assert desk.open() == before
        return
    if kind == "split":
        rest = (*rest[:-1], batch)
    assert model.play(kind, *rest), (kind, rest, "done, but the model refuses it")

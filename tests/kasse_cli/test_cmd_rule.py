"""`kasse rule` as the Kassenleitung types it, and what a rule does to the next statement."""

import pytest

from ledger.bank.posting_store import post_staged
from ledger.bank.rules import UnsafePatternError, safe_pattern
from ledger.bank.rules_desk import RuleWithoutConditionError, Wanted
from ledger.bank.rules_store import add_rule, list_rules, switch_rule
from tests.bankbooks import check_invariants, item, matches, reference, staged
from tests.books import act, opened, sqlite_copy

STATION = "DE89370400440532013000"


@pytest.fixture
def town(shell, sqlite_template):
    """A book with past entries: fees, a supplier, money for others, a payment by reference."""
    shell.environ["KASSE_USER"] = "emil"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location, "import")
        item(store, "55,08", reference(store, 1))
        staged(store, "55,08", "Rundfunkbeitrag", counter_iban=STATION, name="Max Muster")
        staged(store, "55,08", reference(store, 1), counter_iban=STATION, name="Eva Muster", day="2026-11-17")
        staged(store, "-12,50", "Entgelte Oktober", gvc="808")
        staged(store, "-99", "STADTWERKE Abschlag", gvc="105", name="Stadtwerke", day="2026-11-18")
        post_staged(store)
        store.close()
        yield shell
        store = opened(location)
        check_invariants(store)
        store.close()


def test_rules_are_tried_before_they_act(town):
    town.transcript(
        "rule",
        "kasse rule list",
        f"kasse rule test --counter {STATION} --direction credit",
        f"kasse rule add Rundfunkbeitrag --counter {STATION} --direction credit --to pass-through",
        "kasse rule test --text 'stadtwerke.*abschlag' --direction debit",
        "kasse rule add Strom --text 'stadtwerke.*abschlag' --max 500 --direction debit --account 6100 --before 1",
        "kasse rule test 5",
        "kasse rule move 5",
        "kasse rule off 5",
        "kasse rule off 5",
        "kasse rule list",
        "kasse rule list --csv",
        "kasse rule on 5 --json",
    )


def test_a_rule_is_tried_as_it_is_added(town):
    """What was tried is added with the same words; what could not be added is refused when it is tried."""
    strom = "Strom --text 'stadtwerke.*abschlag' --max 500 --direction debit --account 6100"
    town.transcript(
        "rule-tried",
        f"kasse rule test {strom} --before 1",
        f"kasse rule add {strom} --before 1 -q",
        f"kasse rule test {strom}",
        "kasse rule test Falsch --gvc 808 --account 2400",
        "kasse rule test Nirgends --gvc 808 --office BAU --before 1",
        "kasse rule test Fehlt --gvc 809 --to fees --before 99",
        "kasse rule test 4 --direction debit",
        "kasse rule test 4 --since 2026-11-19",
    )


def test_what_a_rule_may_not_ask_or_do(town):
    town.transcript(
        "rule-refused",
        "kasse rule add Alles --max 100 --to fees",
        "kasse rule add Punkt --text . --to fees",
        "kasse rule add Nichts --gvc 808",
        "kasse rule add Zwei --gvc 808 --to fees --account 6700",
        "kasse rule add Falsch --gvc 808 --account 2400",
        "kasse rule add Fehlt --gvc 808 --account 9999",
        "kasse rule add Langsam --text '(a+)+b' --to fees",
        "kasse rule add Umgekehrt --gvc 808 --min 10 --max 5 --to fees",
        "kasse rule add Konto --counter DE00123 --to fees",
        "kasse rule add Entgelte --gvc 808 --direction debit --to fees",
        "kasse rule off 99",
        "kasse rule add Strom --text strom --to fees --user dirk",
    )


@pytest.mark.parametrize(("options", "said"), [
    ("--to fees", "die Regel verlangt zu wenig"),
    ("Strom --to fees", "die Regel Strom verlangt zu wenig"),
    ("--gvc 808 --to fees --account 6700", "die Regel braucht genau einen Ort, auf den sie bucht"),
])  # fmt: skip
def test_a_rule_that_has_no_name_yet_is_told_without_one(town, options, said):
    assert town(f"kasse rule test {options} --lang de").err.startswith(f"Fehler: {said}\n")


SAFE = [
    "stadtwerke",
    "a.*b",
    "rund(funk|fahrt)",
    r"kz [0-9]{13}",
    r"\bstrom\b",
    "a?b?c",
    "[a-z]+",
    "100,00 ?€",
    "x{2,5}",
]
UNSAFE = [
    "(a+)+", "(a|aa)+$", "(a*)*b", ".*.*", "a+b+", r"(a)\1", "(?=a)", "(?i)a", "a{1,500}b{1,500}", "a**", "", "a" * 121,
    "[", "(", ")", "a{5,2}", "*", r"\1", "(x+x+)+y",
]  # fmt: skip


@pytest.mark.parametrize("pattern", SAFE)
def test_plain_patterns_are_taken(pattern):
    assert safe_pattern(pattern)


@pytest.mark.parametrize("pattern", UNSAFE)
def test_patterns_that_could_run_for_ever_are_refused(pattern):
    with pytest.raises(UnsafePatternError):
        safe_pattern(pattern)


@pytest.mark.parametrize("pattern", [*SAFE, ".*" + "[a-z]?" * 4 + "!"])
def test_no_text_keeps_a_pattern_busy(pattern):
    rule = Wanted("x", gvc="166", pattern=pattern).rule()
    found = [rule.pattern.search(letter * 400) for letter in "aA1 x"]  # a bad pattern takes years
    assert len(found) == 5


TOO_LITTLE = [".", ".+", "e", "[a-z]+", "strom|.", "(gas|[0-9])", r"\w\w\w\w", "st.?r?o?m?", "a{0,9}", "- - -", "x{2}"]
TELLING = ["gas", "strom|gas", "(a|b)xy", "x{3}", "[0-9]+ gas"]


@pytest.mark.parametrize("pattern", TOO_LITTLE)
def test_a_text_that_nearly_everything_has_is_no_condition(pattern):
    with pytest.raises(RuleWithoutConditionError):
        Wanted("x", pattern=pattern)
    assert Wanted("x", gvc="105", pattern=pattern)


@pytest.mark.parametrize("pattern", TELLING)
def test_a_text_with_three_fixed_letters_is_a_condition(pattern):
    assert Wanted("x", pattern=pattern)


def test_a_rule_books_money_for_others_in_an_office(store):
    act(store, "emil")
    rule = add_rule(store, Wanted("Rundfunk", "credit", counter_iban=STATION, purpose="pass-through", office="BAU"))
    act(store, "import")
    entry = staged(store, "55,08", "Rundfunkbeitrag", counter_iban=STATION)
    assert post_staged(store).fees == 1
    assert matches(store, entry) == [("rule", None, None, 5508)]
    assert store.value("SELECT sum(cents) FROM posting WHERE office = 'BAU' AND account = '4820'") == -5508
    (row,) = [one for one in list_rules(store) if one.number == rule.number]
    assert (row.hits, row.sum_cents, row.last_day) == (1, 5508, "2026-11-16")
    check_invariants(store)
    act(store, "emil")
    switch_rule(store, rule.number, active=False)
    act(store, "import")
    staged(store, "55,08", "Rundfunkbeitrag", counter_iban=STATION)
    assert post_staged(store).suspense == 1

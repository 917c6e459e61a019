"""The clarification desk on the full screen: by Textual's pilot on a real book, and once in a real terminal."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
import uuid

import pytest
from textual.widgets import Input, OptionList, Static

from kasse_cli.i18n import set_language
from kasse_cli.tui.app import DeskApp
from kasse_cli.tui.forms import FormScreen
from kasse_cli.tui.session import Session
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, Forward, Hold, Note, Refund, Release, Reserve, Undo
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_store import find_case
from tests.bankbooks import check_invariants, item, open_cents, reference, run, staged
from tests.books import act, database, opened, run_sql, sqlite_copy
from tests.conftest import needs
from tests.enforcement.test_relief_store import fee, granted, wish
from tests.kasse_cli.striking import cut

TODAY, ERIKA = "2026-11-18", "DE89370400440532013000"


def fill(location):
    """Four cases: one with two candidates, one mistyped, a stranger's, a debit."""
    store = opened(location, "import")
    refs = [reference(store, number) for number in range(5)]
    item(store, "50", refs[1], name="Erika Mustermann", iban=ERIKA)
    person = store.value("SELECT max(id) FROM party")
    item(store, "12,50", refs[2], office="BAU", person=person)
    item(store, "1234,56", refs[3], name="Grundstücksverwaltung Altona mbH")
    staged(store, "62,50", "Danke [b]für alles[/b]", day="2026-11-02", name="Erika Mustermann", counter_iban=ERIKA)
    typo = refs[3][:5] + str((int(refs[3][5]) + 1) % 10) + refs[3][6:]
    staged(store, "1234,56", f"RG {typo}", day="2026-11-12", name="Verwaltung", counter_iban="DE02500105170137075030")
    staged(store, "100", "irgendwas\x1b[2J", day="2026-11-14", name="Niemand", counter_iban="DE02120300000000202051")
    staged(store, "-80", "Abschlag", day="2026-11-16", name="Stadtwerke", gvc="999")
    post_staged(store)
    return act(store, "clara")


@pytest.fixture
def store(sqlite_template, tmp_path):
    with sqlite_copy(sqlite_template, tmp_path) as location:
        store = fill(location)
        yield store
        check_invariants(store)
        store.close()
    set_language("en")


class Seat:
    """Somebody at the desk: presses keys, reads what is on the screen."""

    def __init__(self, app, pilot):
        self.app, self.pilot = app, pilot

    async def press(self, *keys):
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def write(self, text):
        for letter in text:
            await self.pilot.press(
                {" ": "space", ",": "comma", "-": "minus", "/": "slash", ".": "full_stop"}.get(letter, letter)
            )
        await self.pilot.pause()

    def said(self, name):
        return str(self.app.screen.query_one(name, Static).visual)

    def screen(self):
        return [strip.text for strip in self.app.screen._compositor.render_strips()]


def sit(store, play, *, size=(80, 24), user="clara"):
    """Let somebody work at the desk."""

    async def go():
        session = Session(store, TODAY, lambda: "2026-11-18T09:00:00Z")
        app = DeskApp(session, user)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await play(Seat(app, pilot))

    asyncio.run(go())


def test_refusals_say_what_to_do_on_the_screen_and_not_on_the_command_line(store):
    async def play(desk):
        await desk.press("f")
        await desk.write("wozu")
        await desk.press("tab")
        await desk.write("BAU")
        await desk.press("enter")
        assert "none of them: money in transit" in desk.said("#form-said")
        assert "--" not in desk.said("#form-said")

    sit(store, play)


def test_money_from_no_account_is_not_asked_to_go_back(store):
    staged(act(store, "import"), "250", "Bareinzahlung", day="2026-11-01")
    post_staged(store)
    act(store, "clara")

    async def play(desk):
        assert "250.00 EUR" in desk.said("#text")
        await desk.press("p")
        assert not isinstance(desk.app.screen, FormScreen)
        assert "names no account" in desk.said("#message")

    sit(store, play)


def test_a_long_case_is_read_with_keys(store):
    for number in range(12):
        decide(store, [Note(1, f"Vermerk {number} mit vielen Worten, die eine Zeile nicht fasst")], day=TODAY)

    async def play(desk):
        before = desk.screen()
        await desk.press("j")
        assert "Vermerk 11" in " ".join("\n".join(desk.screen()).split())
        await desk.press("k")
        assert desk.screen() == before

    sit(store, play)


def test_a_debit_that_is_a_run_under_way_is_named_with_its_command(store):
    run(store, "KASSE-R1-1 80", message="M1")

    async def play(desk):
        await desk.press("b")
        assert "kasse payment booked 1 --case" in desk.said("#title")

    sit(store, play)


def test_the_screen_shows_the_case_and_what_it_may_be_for(store):
    async def play(desk):
        lines = desk.screen()
        assert (len(lines), {len(line) for line in lines}) == (24, {80})
        text = "\n".join(lines)
        for words in (
            "case 1 of 4 · in 1,397.06 EUR · out 80.00 EUR", "62.50 EUR", "2026-11-02 (16 days)", "Erika Mustermann",
            "DE89 3704 0044 0532 0130 00", "Danke [b]für alles[/b]", "nobody", "1000000000015", "own account",
            "u undo last", "? help",
        ):  # fmt: skip
            assert words in text

    sit(store, play)


def test_enter_assigns_to_the_chosen_item_after_a_look(store):
    async def play(desk):
        await desk.press("enter")
        assert "moves 62.50 EUR" in desk.said("#form-said")
        assert find_case(store, "KASSE", 1).open_cents == 6250
        await desk.press("enter")
        assert find_case(store, "KASSE", 1).open_cents == 0
        assert "moved: 62.50 EUR, entry KASSE-2026-5" in desk.said("#message")
        assert "case 1 of 3 · in 1,334.56 EUR · out 80.00 EUR · decided 1" in desk.said("#progress")
        assert not isinstance(desk.app.screen, FormScreen)

    sit(store, play)


def test_only_what_says_where_money_goes_is_counted_as_decided(store):
    session = Session(store, TODAY, lambda: "2026-11-18T09:00:00Z")
    session.load()
    counts = []
    for decision in (
        Reserve(3), Release(3), Note(3, "ruft zurück"), Hold(3, "2026-12-01", "gefragt"), Hold(3, None),
        Refund(3, "nicht für uns"), Assign(1, (Wish("1000000000015"),)), Undo(1, "Irrtum", last=True),
    ):  # fmt: skip
        session.take(decision)
        counts.append(session.decided)
    assert counts == [0, 0, 0, 0, 0, 1, 2, 1]


def test_what_was_changed_after_the_look_is_looked_at_again(store):
    async def play(desk):
        await desk.press("a")
        desk.app.screen.query_one("#target", Input).value = "1000000000015"
        await desk.pilot.pause()
        assert "look first" in desk.said("#form-keys")
        assert desk.said("#form-said") == "", "what was looked at is of other values"
        await desk.press("enter")
        assert "still unclear: 12.50 EUR" in desk.said("#form-said")
        assert find_case(store, "KASSE", 1).open_cents == 6250
        await desk.press("tab")
        await desk.write("40,00")
        await desk.press("enter", "enter")
        assert find_case(store, "KASSE", 1).open_cents == 2250

    sit(store, play)


def test_what_would_happen_differently_by_now_is_shown_again(store):
    other = opened(store.book, "dirk")

    async def play(desk):
        await desk.press("enter")
        assert "moves 62.50 EUR" in desk.said("#form-said")
        decide(other, [Forward(1, "Irrläufer", cents=700)], day=TODAY)
        await desk.press("enter")
        assert "moves 55.50 EUR" in desk.said("#form-said")
        assert find_case(store, "KASSE", 1).open_cents == 5550
        await desk.press("enter")
        assert find_case(store, "KASSE", 1).open_cents == 0

    sit(store, play)
    other.close()


def test_what_is_refused_is_said_in_place(store):
    async def play(desk):
        await desk.press("n", "n", "a")
        await desk.write("4711")
        await desk.press("enter")
        assert "no receivable has the reference 4711" in desk.said("#form-said")
        await desk.press("enter")
        assert isinstance(desk.app.screen, FormScreen)
        await desk.press("escape")
        assert find_case(store, "KASSE", 3).open_cents == 10000

    sit(store, play)


def test_money_paid_out_is_not_paid_back(store):
    async def play(desk):
        await desk.press("b", "p")
        assert "there is nothing to pay back" in desk.said("#message")
        assert not isinstance(desk.app.screen, FormScreen)

    sit(store, play)


def test_one_key_for_each_decision(store):
    async def play(desk):
        await desk.press("r")
        assert find_case(store, "KASSE", 1).owner_name == "clara"
        await desk.press("o")
        await desk.write("angerufen")
        await desk.press("enter")
        assert "noted: case 1" in desk.said("#message")
        assert "angerufen" in "\n".join(desk.screen())
        await desk.press("r")
        assert find_case(store, "KASSE", 1).owner is None
        await desk.press("h", "tab")
        await desk.write("gefragt")
        await desk.press("enter")
        assert find_case(store, "KASSE", 1).hold_until == "2026-12-02"
        assert "case 1 of 3" in desk.said("#progress")
        await desk.press("n", "p")
        await desk.write("fremd")
        await desk.press("enter", "enter")
        assert find_case(store, "KASSE", 3).bound_by == "KASSE-1"
        assert "case 2 of 2" in desk.said("#progress"), "an order binds it: nobody here can do more"
        assert "case 4" in desk.said("#text")
        await desk.press("f")
        await desk.write("Rathaus")
        await desk.press("tab")
        await desk.write("bau")
        await desk.press("tab")
        await desk.write("6100")
        await desk.press("enter", "enter")
        assert find_case(store, "KASSE", 4).open_cents == 0
        await desk.press("u")
        await desk.write("falsch")
        await desk.press("enter", "enter")
        assert find_case(store, "KASSE", 4).open_cents == 8000
        assert "case 4" in "\n".join(desk.screen())
        await desk.press("l", "tab", "tab", "tab", "tab", "tab", "space", "enter")
        assert "of 4" in desk.said("#progress"), "laid aside and bound ones too"
        assert "with cases laid aside or bound" in desk.said("#filter")

    sit(store, play)


def test_a_case_of_another_clerk_is_taken_over_with_a_reason(store):
    decide(act(store, "dirk"), [Reserve(1)], day=TODAY)
    act(store, "clara")

    async def play(desk):
        await desk.press("enter")
        assert "reserved by dirk" in desk.said("#form-said")
        await desk.press("escape", "r")
        await desk.write("Urlaub")
        await desk.press("enter")
        assert find_case(store, "KASSE", 1).owner_name == "clara"

    sit(store, play)


def test_the_list_is_searched_and_filtered(store):
    async def play(desk):
        await desk.press("slash")
        await desk.write("niemand")
        await desk.press("enter")
        assert "case 1 of 1 · in 100.00 EUR" in desk.said("#progress")
        assert '"niemand"' in desk.said("#filter")
        await desk.press("l")
        desk.app.screen.query_one("#text", Input).value = ""
        desk.app.screen.query_one("#least", Input).value = "1.000,00"
        await desk.press("enter")
        assert "case 1 of 1 · in 1,234.56 EUR" in desk.said("#progress")
        await desk.press("slash")
        await desk.write("gibt es nicht")
        await desk.press("enter", "a", "n", "r", "h")
        assert "No case is like that: press l or /" in "\n".join(desk.screen())

    sit(store, play)


def test_a_filter_that_means_nothing_is_refused(store):
    """A word of any language is a reason; what is none, or no number of days, is said instead of an empty list."""

    async def play(desk):
        for name, text, words in (
            ("reason", "kein Kasenzeichen", "no case has the reason"), ("older", "3o", "not a number of days: 3o"),
            ("least", "viel", "not an amount"),
        ):  # fmt: skip
            await desk.press("l")
            desk.app.screen.query_one(f"#{name}", Input).value = text
            await desk.press("enter")
            assert words in desk.said("#form-said")
            await desk.press("escape")
        await desk.press("l")
        desk.app.screen.query_one("#reason", Input).value = "kein Kassenzeichen"
        await desk.press("enter")
        assert desk.said("#filter") == "Filter: Reason no reference"
        assert "case 1 of 3" in desk.said("#progress")

    sit(store, play)


def test_what_another_clerk_does_meanwhile_is_said_and_seen(store):
    other = opened(store.book, "dirk")

    async def play(desk):
        decide(other, [Reserve(2)], day=TODAY)
        await desk.press("n", "h", "tab")
        await desk.write("wartet")
        await desk.press("enter")
        assert "reserved by dirk" in desk.said("#form-said")
        assert "then r" in desk.said("#form-said")
        await desk.press("escape")
        assert "Owner dirk" in "\n".join(desk.screen())
        decide(other, [Release(2), Forward(2, "Irrläufer")], day=TODAY)
        await desk.press("enter", "enter")
        assert "cleared it meanwhile" in desk.said("#form-said")
        await desk.press("escape")
        assert "case 2 of 3" in desk.said("#progress")
        assert "Niemand" in "\n".join(desk.screen())

    sit(store, play)
    other.close()


def test_the_keys_follow_the_width_of_the_window(store):
    async def play(desk):
        for width in (60, 120, 80):
            await desk.pilot.resize_terminal(width, 24)
            await desk.pilot.pause()
            keys = str(desk.app.query_one("#keys", Static).visual).splitlines()
            assert max(len(line.rstrip()) for line in keys) in range(width - 25, width - 1)

    sit(store, play)


def test_a_server_that_is_gone_ends_the_desk_with_the_reason(postgres_server, postgres_template):
    name = f"kasse_desk_{os.getpid()}"
    run_sql(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    store = fill(database(postgres_server, name))
    ended = []

    async def play(desk):
        cut(store)
        await desk.press("n")
        await desk.pilot.pause()
        ended.append(desk.app.return_value)

    sit(store, play)
    run_sql(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")
    assert [error.code for error in ended] == ["book.unavailable"]


def test_a_right_that_is_missing_is_refused_and_noted(store):
    refused = []
    act(store, "anna")

    async def play(desk):
        desk.app.session.note_refusal = refused.append
        await desk.press("r")
        assert "needs the role clerk" in desk.said("#message")

    sit(store, play, user="anna")
    assert [error.code for error in refused] == ["right.missing"]


@pytest.mark.parametrize("lang", ["en", "de"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
def test_nothing_a_terminal_could_obey_reaches_it(store, size, lang):
    set_language(lang)

    async def play(desk):
        for _ in range(4):
            lines = desk.screen()
            assert {len(line) for line in lines} == {size[0]}
            assert not re.search(r"[\x00-\x1f\x7f]", "".join(lines))
            await desk.press("n")
        keys = str(desk.app.query_one("#keys", Static).visual)
        assert all(len(line.rstrip()) <= size[0] - 2 for line in keys.splitlines())
        shown = "\n".join(desk.screen())
        assert all(word in shown for word in {"en": ("q quit", "? help"), "de": ("q Ende", "? Hilfe")}[lang])

    sit(store, play, size=size)


def test_the_arrows_choose_and_go_round(store):
    async def play(desk):
        options = desk.app.query_one(OptionList)
        assert options.highlighted == 0
        await desk.press("down")
        assert options.highlighted == 1
        await desk.press("left")
        assert "case 4 of 4" in desk.said("#progress")
        await desk.press("right", "question_mark")
        assert "F5" in desk.said("#message")

    sit(store, play)


def test_without_a_terminal_it_says_what_to_use(shell, sqlite_template):
    shell.environ["KASSE_USER"] = "clara"
    with sqlite_copy(sqlite_template, shell.folder):
        done = shell("kasse suspense clear")
        assert (done.code, done.err.splitlines()[0]) == (2, "error: this works on a terminal only")
        assert shell("kasse suspense clear --json").json["errors"][0]["code"] == "tui.no_terminal"


@pytest.fixture
def tmux(sqlite_template, tmp_path):
    """A terminal of 80 columns and 24 lines in which commands run."""
    needs("tmux", shutil.which("tmux") is not None, "tmux is not installed")
    socket = f"kasse-{uuid.uuid4().hex[:8]}"

    def run(*arguments):
        command = ["tmux", "-L", socket, "-f", "/dev/null", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout

    with sqlite_copy(sqlite_template, tmp_path) as location:
        fill(location).close()
        environ = f"KASSE_CONFIG={tmp_path}/none KASSE_LANG=en TERM=screen-256color"
        command = f"{sys.executable} -m kasse_cli suspense clear --book {location} --user clara --on {TODAY}"
        run("new-session", "-d", "-x", "80", "-y", "24", f"env {environ} {command}; sleep 20")
        yield run, location
        run("kill-server")


def wait_for(run, words, seconds=15):
    deadline = time.monotonic() + seconds
    while words not in (pane := run("capture-pane", "-p")):
        assert time.monotonic() < deadline, pane
        time.sleep(0.05)
    return pane


@pytest.mark.skipif(os.name == "nt", reason="tmux needs a Unix terminal")
def test_it_works_in_a_real_terminal(tmux):
    run, location = tmux
    pane = wait_for(run, "Erika Mustermann")
    assert max(map(len, pane.splitlines())) <= 80
    run("send-keys", "Enter")
    wait_for(run, "moves 62.50 EUR")
    run("send-keys", "Enter")
    wait_for(run, "moved: 62.50 EUR")
    run("send-keys", "q")
    wait_for(run, "decided: 1")
    store = opened(location, "clara")
    assert (open_cents(store, 1), find_case(store, "KASSE", 1).open_cents) == (0, 0)
    check_invariants(store)
    store.close()


@pytest.fixture
def collective(sqlite_template, tmp_path):
    """One collective credit: a part of a debtor, one of a stranger with an account, forty that nobody knows."""
    with sqlite_copy(sqlite_template, tmp_path) as location:
        store = opened(location, "import")
        item(store, "50", reference(store, 1), name="Erika Mustermann", iban=ERIKA)
        parts = [
            {"amount": "70", "remittance": "Danke", "name": "Erika Mustermann", "counter_iban": ERIKA},
            {"amount": "30", "remittance": "Markt", "name": "Zora", "counter_iban": "DE02500105170137075030"},
            *({"amount": "10", "remittance": f"Beitrag {n}", "name": f"Zahler {n}"} for n in range(40)),
        ]
        staged(store, "500", "", day="2026-11-02", details=parts)
        post_staged(store)
        yield act(store, "clara")
        check_invariants(store)
        store.close()
    set_language("en")


def test_the_parts_of_a_collective_credit_are_numbered_and_the_candidate_names_its_own(collective):
    async def play(desk):
        text = "\n".join(desk.screen())
        for words in ("still unclear: 42, see below", "Part 1: 70.00 EUR", "Part 2: 30.00 EUR", "Part 1\n"):
            assert words in "\n".join(line.rstrip() for line in text.splitlines()), words
        await desk.press("a")
        assert desk.app.screen.query_one("#part", Input).value == "1"
        assert "of part 1" in desk.said("#form-said")
        await desk.press("enter")
        assert "of part 1" in desk.said("#message")
        assert "Part 1: 20.00 EUR" in desk.said("#text")

    sit(collective, play)
    assert open_cents(collective, 1) == 0


def test_one_part_is_paid_back_on_the_screen(collective):
    async def play(desk):
        await desk.press("p")
        await desk.write("nicht fuer uns")
        await desk.press("enter")
        assert "write the number of the part into its field" in desk.said("#form-said")
        await desk.press("tab")
        await desk.write("2")
        await desk.press("enter")
        assert "30.00 EUR to Zora, DE02 5001 0517 0137 0750 30" in desk.said("#form-said")
        await desk.press("enter")
        assert "KASSE-1" in desk.said("#message")
        assert "Part 2: 30.00 EUR · bound · Zora" in desk.said("#text")
        await desk.press("p")
        await desk.write("x")
        await desk.press("tab")
        await desk.write("zwei")
        await desk.press("enter")
        assert "not the number of a part: zwei" in desk.said("#form-said")

    sit(collective, play)
    assert collective.all("SELECT total_cents, bank_account FROM cash_order") == [(3000, "DE02500105170137075030")]


def test_the_screen_names_the_relief_behind_money_on_a_claim_written_off(store):
    store.today = TODAY
    claim = fee(store, "77", number=7)
    number = store.value("SELECT reference FROM item WHERE id = :id AND office = 'ORDNUNG'", id=claim)
    granted(store, wish("niederschlagung_unbefristet", claim))
    staged(act(store, "import"), "77", number, day="2026-11-01", name="Erika")
    post_staged(store)
    act(store, "clara")

    async def play(desk):
        assert "was written off by relief 1 (Niederschlagung without end)" in desk.said("#title")
        assert "kasse relief end 1" in desk.said("#title")

    sit(store, play)

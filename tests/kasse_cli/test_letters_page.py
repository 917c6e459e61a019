"""The console sessions of docs/letters.md and docs/de/mahnen.md are what a clerk sees, and the commands on letters answer scripts."""

import datetime as dt
import os
import re

import pytest

from ledger.book.verify_store import verify
from tests.attacks import without_guards
from tests.books import opened, sqlite_copy
from tests.enforcement.test_letters_life import decision, released_run
from tests.paths import ROOT

PAGES = [("en", ROOT / "docs" / "letters.md"), ("de", ROOT / "docs" / "de" / "mahnen.md")]
SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
CLOCK = re.compile(r"# (?:the clock:|am) (\d{4}-\d\d-\d\d)")
WRONG = "Betreff: Mahnung\n\nBitte zahlen Sie {betragg} EUR.\n\n{posten}\n\n{zahlung}\n"


@pytest.fixture
def town(shell, sqlite_template):
    """A released dunning run of two letters; emil, who released it, goes on."""
    shell.environ |= {"KASSE_USER": "emil", "NO_COLOR": "1"}
    shell.now = dt.datetime(2026, 12, 10, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location)
        released_run(store)
        store.close()
        yield shell


@pytest.mark.parametrize(("language", "page"), PAGES)
def test_the_sessions_of_the_page_are_true(town, language, page):
    town.lang, town.terminal = language, True
    town.now = town.now.replace(month=11, day=25)
    (town.folder / "mahnung.txt").write_text(WRONG)
    text = page.read_text(encoding="utf-8")
    fresh = SESSION.sub(lambda block: _played(town, block[0]), text)
    store = opened(str(town.folder / "kasse.db"))
    assert store.all("SELECT id, state FROM letter ORDER BY id") == [(1, "posted"), (2, "returned")]
    assert verify(store).findings == ()
    store.close()
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        page.write_text(fresh, encoding="utf-8", newline="\n")
    assert fresh == text or os.environ.get("KASSE_UPDATE_GOLDEN")


def _played(shell, session) -> str:
    said = []
    for line in session.splitlines():
        if clock := CLOCK.fullmatch(line):
            shell.now = dt.datetime.fromisoformat(f"{clock[1]}T09:30:00+01:00")
            said.append(line)
        if line.startswith("$ "):
            done = shell(line.removeprefix("$ "))
            said += [line, *(text.rstrip() for text in (done.out + done.err).splitlines())]
    return "\n".join(said) + "\n"


def test_a_letter_that_has_left_is_copied_and_not_sent_once_more(town):
    assert "kasse letter post --run 1" in town("kasse letter print --run 1 --out briefe").err
    assert town("kasse letter post --run 1").code == 3, "an unconfirmed figure of law is named"
    copied = town("kasse letter print --run 1 --out briefe").err
    assert "copies of letters that have left the house, as they were sent: 2" in copied
    assert "kasse letter post" not in copied
    anew = town("kasse letter print 1 --anew")
    assert (anew.code, "kasse letter print 1" in anew.err) == (1, True)


def test_files_are_the_same_each_time_and_a_changed_one_is_refused(town):
    folder = town.folder / "briefe"
    first = town("kasse letter print --run 1 --out briefe --json")
    names = ["brief-000001.pdf", "brief-000002.pdf", "druckdatei-lauf-1.pdf", "druckliste-lauf-1.csv"]
    assert sorted(path.name for path in folder.iterdir()) == names
    before = {name: (folder / name).read_bytes() for name in names}
    again = town("kasse letter print --run 1 --out briefe --json")
    assert {name: (folder / name).read_bytes() for name in names} == before
    assert [row["sha256"] for row in first.data["letters"]] == [row["sha256"] for row in again.data["letters"]]
    listed = before["druckliste-lauf-1.csv"].decode("utf-8-sig")
    assert "Erika Musterfrau" in listed
    (folder / names[0]).write_bytes(before[names[0]] + b" ")
    refused = town("kasse letter post --run 1 --files briefe --json")
    assert (refused.code, refused.json["errors"][0]["code"]) == (1, "letter.file")
    (folder / names[0]).write_bytes(before[names[0]])
    done = town("kasse letter post --run 1 --files briefe --json")
    assert [row["term_end"] for row in done.data["posted"]] == ["2026-12-21", "2026-12-21"]


def test_the_account_of_a_debtor_shows_the_letters_up_to_the_day(town):
    listed = town("kasse letter list --json").data["letters"]
    party = listed[0]["party_number"]
    mine = [(one["letter"], one["day"], one["state"]) for one in listed if one["party_number"] == party]
    shown = town(f"kasse party account {party} --json").data["letters"]
    assert mine == [(one["letter"], one["day"], one["state"]) for one in shown]
    assert len(mine) < len(listed), "others have letters too, which are not shown"
    day = dt.date.fromisoformat(mine[0][1]) - dt.timedelta(days=1)
    assert "letters" not in town(f"kasse party account {party} --on {day} --json").data
    town.terminal = True
    words = town(f"kasse party account {party}", COLUMNS="80").out
    table = words.partition("Letters\n")[2].partition("\n\n")[0].splitlines()[:3]
    assert any(line.startswith("Letter  Day") for line in table), words
    assert max(map(len, table)) <= 80


def test_the_verbs_of_a_letter(town):
    store = opened(str(town.folder / "kasse.db"))
    decision(store)
    store.close()
    town.transcript(
        "letter",
        "kasse letter list",
        "kasse letter list --state made --csv",
        "kasse letter print 3",
        "kasse letter release 3 --user clara",
        "kasse letter release 3",
        "kasse letter print 3",
        "kasse letter print 3 --out brief.pdf",
        "kasse letter post 3 --date 2026-12-11",
        "kasse letter post 3",
        "kasse letter post 3",
        "kasse letter serve 3 --proof Rueckschein",
        "kasse letter cancel 2 --reason 'heute gezahlt' --yes",
        "kasse letter print",
        "kasse letter print 2",
        "kasse letter print 9",
        "kasse letter show 3",
        "kasse letter tasks",
        "kasse letter remedies",
        "kasse letter head --set fax=1",
        "kasse letter template list --json",
    )


def test_the_life_of_a_letter_stands_in_its_order_and_its_text_comes_with_the_print(town):
    store = opened(str(town.folder / "kasse.db"))
    decision(store)
    store.close()
    missing = "a letter has its text once it is printed"
    assert missing in town("kasse letter show 3 --text").err
    town("kasse letter print --run 1 --out briefe")
    town("kasse letter post --run 1")
    lived = [row["action"] for row in town("kasse letter show 1 --json").data["life"]]
    assert lived == ["letter.make", "letter.release", "letter.print", "letter.post"]
    assert missing not in town("kasse letter show 1 --text").err


def test_a_print_with_another_text_is_not_shown(town):
    town("kasse letter print --run 1 --out briefe")
    store = opened(str(town.folder / "kasse.db"))
    without_guards(store, "letter_print")
    store.execute("UPDATE letter_print SET content = replace(content, 'DE02', 'DE99') WHERE letter = 1")
    store.close()
    for words in ("", " --text"):
        shown = town(f"kasse letter show 1{words}")
        assert (shown.code, "DE99" in shown.out) == (3, False)
        assert "is not the one that was printed" in shown.err
        assert "not printed yet" not in shown.out + shown.err
    assert town("kasse letter show 2 --text").code == 0


def test_locks_of_several_claims_say_which_they_hold(town):
    claims = town("kasse letter list --json").data["letters"][0]["reference"]
    first, *_others = town(f"kasse item show {claims} --json").data["items"]
    name = f"{first['office']}/{first['number']}"
    town(f"kasse item lock {name} --kind dunning --reason Widerspruch")
    shown = town(f"kasse item show {claims} --lang de").out.partition("Sperren\n")[2]
    assert f"\n{first['office']}\t{first['number']}\tMahnung\t" in shown
    alone = town(f"kasse item show {name} --lang de").out.partition("Sperren\n")[2]
    assert alone.startswith("Art\t"), "one item needs no name"
    account = town(f"kasse party account '{first['party']}' --lang de").out.partition("\n\n")[0]
    assert "\tMahnung\t" in next(line for line in account.splitlines() if f"\t{first['number']}\tForderung" in line)


def test_a_wording_goes_out_and_comes_back(town):
    assert town("kasse letter template export vorlagen").code == 0
    path = town.folder / "vorlagen" / "mahnung.txt"
    same = town("kasse letter template import mahnung vorlagen/mahnung.txt --json")
    assert (same.data["version"], same.data["fresh"]) == (0, False), "what was not changed is nothing new"
    path.write_text(
        path.read_text(encoding="utf-8").replace("Betreff: Mahnung", "Betreff: Zahlungserinnerung"), "utf-8"
    )
    taken = town("kasse letter template import mahnung vorlagen/mahnung.txt --office BAU --json")
    assert (taken.data["version"], taken.data["fresh"]) == (1, True)
    assert town("kasse letter print 1").out.startswith("Mahnung\n")
    assert town("kasse letter print 2").out.startswith("Zahlungserinnerung\n"), "its only claim is of BAU"
    refused = town("kasse letter template import mahnung - --json", stdin=WRONG)
    assert (refused.code, refused.json["findings"][0]["place"]["line"]) == (3, 3)

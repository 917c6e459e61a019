"""`kasse suspense` as a clerk types it."""

import pytest

from kasse_cli.event_words import action_text
from kasse_cli.unclear_words import COUNTED, OPENING, SENTENCES, UNDONE
from ledger.bank.posting_store import post_staged
from ledger.bank.rungs import REASONS
from ledger.book.verify_store import verify
from ledger.cash.count_store import count
from tests.bankbooks import check_invariants, item, reference, staged
from tests.books import opened, sqlite_copy
from tests.cashbooks import desk, pieces


@pytest.fixture
def town(shell, sqlite_template):
    """A book with unclear money: Erika's without a reference, a debit, and two open items."""
    shell.environ["KASSE_USER"] = "clara"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location, "import")
        item(store, "50", reference(store, 1), name="Erika Mustermann", iban="DE89370400440532013000")
        item(store, "12,50", reference(store, 2), office="BAU", name="Erika Mustermann")
        person = store.value("SELECT max(id) FROM party")
        item(store, "7", reference(store, 3), office="BAU", person=person)
        said = {"name": "Erika Mustermann", "counter_iban": "DE89370400440532013000"}
        staged(store, "60", "Danke für alles", day="2026-11-12", **said)
        staged(store, "10", "gruss", day="2026-11-19", **said)
        staged(store, "-99", "Abschlag Strom", day="2026-11-16", name="Stadtwerke", gvc="105")
        post_staged(store)
        store.close()
        yield shell
        store = opened(location)
        check_invariants(store)
        store.close()


def number(town) -> list[int]:
    return [case["number"] for case in town("kasse suspense list --json").data["cases"]]


def test_cases_are_listed_looked_at_and_assigned(town):
    first, *_ = number(town)
    town.transcript(
        "suspense",
        "kasse suspense list",
        "kasse suspense list --older-than 5 --csv",
        f"kasse suspense show {first}",
        f"kasse suspense assign {first} 1000000000015 --amount 40",
        f"kasse suspense assign {first} --items 1000000000015=10,00 BAU/1=5",
        f"kasse suspense assign {first} 1000.0000.0002.3 --surplus credit",
        f"kasse suspense assign {first} 1000000000015",
        f"kasse suspense show {first}",
        f"kasse suspense assign {first}",
        "kasse suspense assign 99 1000000000015",
        "kasse suspense assign 2 1000000000015 BAU/1 --amount 5",
        "kasse suspense assign 2 1000000000015 --user anna",
    )


@pytest.mark.parametrize(
    "word", ["no_reference", "no reference", "No_Reference", "kein Kassenzeichen", "KEIN  kassenzeichen"]
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_cases_are_filtered_by_the_reason_as_the_list_shows_it(town, word, language):
    town.environ["KASSE_LANG"] = language
    found = town(f"kasse suspense list --reason '{word}' --json").data["cases"]
    assert [case["number"] for case in found] == [1, 3]


def test_a_filter_that_finds_nothing_says_how_much_is_unclear(town):
    town.transcript(
        "suspense-filter",
        "kasse suspense list --reason paid",
        "kasse suspense list --text nobody",
        "kasse suspense list --reason kassenzeichen",
    )


def test_the_same_for_scripts(town):
    first, *_ = number(town)
    town.transcript(
        "suspense-json",
        "kasse suspense list --json --older-than 5",
        f"kasse suspense show {first} --json",
        f"kasse suspense assign {first} 1000000000015 --json",
        f"kasse suspense assign {first} 1000000000015 --json",
        f"kasse suspense assign {first} 1000000000996=1,00 --json",
        f"kasse suspense assign {first} 1000000000015=1.000 --json",
    )


@pytest.mark.parametrize("verb", ["show", "explain"])
def test_evidence_is_told_in_words_and_given_to_scripts_as_values(town, verb):
    town.environ["KASSE_LANG"] = "de"
    told = town(f"kasse suspense {verb} 1")
    assert "kein bekanntes Kassenzeichen" in told.out
    assert "no_reference" not in told.out
    key = {"show": "steps", "explain": "decisions"}[verb]
    steps = town(f"kasse suspense {verb} 1 --json").data[key]
    assert steps[0]["evidence"] == {"reason": "no_reference"}


def test_every_reason_has_a_sentence():
    assert SENTENCES.keys() == {*REASONS, *COUNTED, UNDONE, OPENING}


def test_other_systems_get_the_name_of_who_decided(town):
    town("kasse suspense assign 1 1000000000015 --amount 40")
    rows = town("kasse office feed --office ORDNUNG --json").data["movements"]
    assert [row["evidence"] for row in rows if row["rule"] == "assigned"] == ["at=2026-11-20T08:30:00Z; by=clara"]


@pytest.fixture
def office(shell, sqlite_template):
    """A book with the money of a payer for many, of a stranger, a debit and an automatic match."""
    shell.environ["KASSE_USER"] = "clara"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location, "import")
        item(store, "50", reference(store, 1), name="Erika Muster", iban=ERIKA, due="2026-09-03")
        item(store, "30", reference(store, 2), office="BAU", name="Adam Muster")
        item(store, "70", reference(store, 3), name="Eva Muster")
        item(store, "80", "RE4711", office="BAU", kind="payable", foreign_reference=True)
        jobcenter = {"name": "Jobcenter Musterstadt", "counter_iban": "DE02120300000000202051"}
        staged(store, "100", "Sammelzahlung 11/2026", day="2026-11-12", **jobcenter)
        staged(store, "60", "für Dich", day="2026-11-13", name="Max Unbekannt", counter_iban="DE02500105170137075030")
        staged(store, "-80", "Abschlag Strom", day="2026-11-16", name="Stadtwerke", gvc="999")
        staged(store, "20", f"{reference(store, 3)}", day="2026-11-17", name="Eva Muster", counter_iban=ERIKA)
        post_staged(store)
        store.close()
        yield shell
        store = opened(location)
        check_invariants(store)
        assert verify(store).findings == ()
        store.close()


ERIKA = "DE89370400440532013000"


def write(shell, name: str, *lines: str) -> None:
    (shell.folder / name).write_text("\n".join(lines) + "\n", "utf-8")


def test_clerks_share_the_work(office):
    office.transcript(
        "suspense-work",
        "kasse suspense list",
        "kasse suspense reserve 1",
        "kasse suspense reserve 1 --user dirk",
        "kasse suspense reserve 1 --user dirk --take-over --reason Urlaubsvertretung",
        "kasse suspense hold 2 --until 2026-12-01 --reason 'Zahler angeschrieben'",
        "kasse suspense hold 2 --until 2026-11-01 --reason 'zu spät'",
        "kasse suspense hold 2",
        "kasse suspense list",
        "kasse suspense reserve 3 --for nobody",
        "kasse suspense note 1 'Frau Muster hat angerufen'",
        "kasse suspense list --owner dirk --csv",
        "kasse suspense list --owner - --not-held --csv",
        "kasse suspense list --text 'DE02 5001' --csv",
        "kasse suspense list --from 70 --to 100 --reason no_reference --csv",
        "kasse suspense show 1",
        "kasse suspense explain 1",
        "kasse suspense release 1 --user dirk",
        "kasse suspense hold 2 --resume",
    )


def test_money_is_proposed_split_and_taken_back(office):
    write(office, "advice.csv", "Kassenzeichen;Betrag", f"{REFS[1]};50,00", f"{REFS[2]};20,00", f"{REFS[3]};30,00")
    write(office, "wrong.csv", "Kassenzeichen;Betrag", f"{REFS[1]};50,01", "1000000000996;5,00", f"{REFS[3]};1.000")
    write(office, "short.csv", "reference,amount", f"{REFS[1]},50.00")
    office.transcript(
        "suspense-split",
        "kasse suspense suggest 1",
        "kasse suspense suggest 3",
        "kasse suspense split 1 --list wrong.csv",
        "kasse suspense split 1 --list short.csv",
        "kasse suspense split 1 --list advice.csv --dry-run",
        "kasse suspense split 1 --list advice.csv --payer-kind authority",
        "kasse suspense split 1 --list advice.csv",
        "kasse suspense show 1",
        "kasse suspense undo 1",
        "kasse suspense undo --batch 1 --reason 'Liste vom Vormonat'",
        "kasse suspense undo --batch 1 --reason 'noch einmal'",
        "kasse suspense split 1 --list short.csv --leave-rest",
    )


REFS = ["", "1000000000015", "1000000000023", "1000000000031"]


def test_money_of_others_is_passed_on_or_paid_back(office):
    office.transcript(
        "suspense-others",
        "kasse suspense forward 1 --reason Kaution",
        "kasse suspense forward 1 --to-office BAU --account 5900 --amount 40 --reason 'Kaution Gerüst'",
        "kasse suspense forward 1 --transit --amount 10 --reason Rundfunkbeitrag",
        "kasse suspense forward 1 --payee 'Landeskasse Kiel' --iban 'DE02 2005 0550 1015 8713 93' --reason 'für das Land'",
        "kasse suspense refund 2 --reason 'gehört uns nicht'",
        "kasse suspense assign 2 1000000000015",
        "kasse suspense refund 3 --reason zurück",
        "kasse order show KASSE-2",
        "kasse order certify KASSE-2 --user anna",
        "kasse order approve KASSE-2 --user bernd",
        "kasse order accept KASSE-2 --user clara",
        "kasse suspense undo 1 --last --reason 'eigenes Geld'",
        "kasse suspense list --csv",
    )


def test_an_automatic_match_is_taken_back(office):
    entry = "KASSE-2026-4"
    office.transcript(
        "suspense-undo",
        f"kasse journal reverse {entry} --reason Namensvetter",
        f"kasse suspense undo --entry {entry} --reason Namensvetter --dry-run",
        f"kasse suspense undo --entry {entry} --reason Namensvetter",
        f"kasse suspense undo --entry {entry} --reason 'noch einmal'",
        "kasse suspense show 4",
        "kasse suspense undo",
        "kasse suspense undo --entry ORDNUNG-2026-1 --reason x",
    )


def test_lists_of_decisions_are_taken_whole(office):
    write(
        office, "assign.csv", "Fall;Kassenzeichen;Betrag", f"1;{REFS[1]};50,00", f"1;{REFS[2]};", f"2;{REFS[3]};50,00"
    )  # fmt: skip
    write(office, "hold.csv", "Fall;bis;Grund", "1;01.12.2026;gefragt", "9;01.12.2026;gefragt", "2;gestern;x")
    write(office, "note.csv", "Fall;Notiz", "1;eins", "3;drei")
    write(office, "undo.csv", "Beleg;Grund", "KASSE-2026-5;falsch")
    office.transcript(
        "suspense-lists",
        "kasse suspense hold --list hold.csv",
        "kasse suspense note --list note.csv",
        "kasse suspense assign --list assign.csv --json",
        "kasse suspense assign --list assign.csv",
        "kasse suspense undo --list undo.csv",
        "kasse suspense undo --batch 2 --reason 'Rest auch'",
        "kasse suspense reserve",
        "kasse suspense reserve 1 --list note.csv",
        "kasse suspense list --csv",
    )
    store = opened(str(office.folder / "kasse.db"))
    done = {action for (action,) in store.rows("SELECT action FROM event WHERE action LIKE 'suspense.%'")}
    assert "suspense.undo_list" in done
    assert [action for action in sorted(done) if action_text(action).endswith(action.partition(".")[2])] == []
    store.close()


def test_one_amount_or_part_is_paid_back_of_one_case(office):
    for option in ("amount", "part"):
        done = office(f"kasse suspense refund 1 2 --reason x --{option} 5")
        assert (done.code, f"--{option} is for one case, 2 are named" in done.err) == (2, True)
        assert f"a list with the column {option}" in done.err


@pytest.fixture
def collective(shell, sqlite_template):
    """A book with a collective credit: two known to nobody, one whose debtor has a claim, one without an account."""
    shell.environ["KASSE_USER"] = "clara"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location, "import")
        item(store, "75", reference(store, 1), name="Sabine Klein")
        item(store, "80", reference(store, 2), office="BAU", name="Adam Muster")
        parts = (
            {"amount": "150", "remittance": "Hundesteuer", "name": "Ursel Fremd", "counter_iban": ERIKA},
            {"amount": "50", "remittance": "Markt", "name": "Zora Zwei", "counter_iban": "DE02500105170137075030"},
            {"amount": "75", "remittance": "Gebühr", "name": "Sabine Klein"},
            {"amount": "42", "remittance": "ohne Konto", "name": "Kevin Drei"},
        )
        staged(store, "317", "", day="2026-11-12", details=parts)
        post_staged(store)
        store.close()
        yield shell
        store = opened(location)
        check_invariants(store)
        assert verify(store).findings == ()
        store.close()


def test_the_parts_of_a_collective_credit_are_decided_one_by_one(collective):
    write(collective, "parts.csv", "Fall;Kassenzeichen;Betrag;Teil", f"1;{REFS[2]};30,00;1", f"1;{REFS[1]};75,00;3")
    write(collective, "back.csv", "Fall;Teil;Grund", "1;2;nicht für uns", "1;1;nicht für uns")
    collective.transcript(
        "suspense-parts",
        "kasse suspense suggest 1",
        "kasse suspense refund 1 --reason zurück",
        "kasse suspense refund 1 --part 4 --reason zurück",
        "kasse suspense refund 1 --part 9 --reason zurück",
        "kasse suspense refund 1 --part 2 --amount 50,01 --reason zurück",
        "kasse suspense refund 1 2 --part 2 --reason zurück",
        f"kasse suspense assign 1 {REFS[1]} --dry-run",
        "kasse suspense assign --list parts.csv",
        "kasse suspense show 1",
        "kasse suspense refund --list back.csv",
        "kasse suspense show 1 --json",
        "kasse suspense explain 1",
        "kasse suspense undo --batch 1 --reason 'falsche Liste'",
        f"kasse suspense assign 1 {REFS[2]}=50",
        "kasse suspense suggest 1",
        "kasse suspense forward 1 --transit --part 4 --reason Rundfunkbeitrag",
        "kasse suspense list --csv",
    )


def test_options_stand_for_all_rows_of_a_list(office):
    write(office, "cases.csv", "Fall", "1", "2")
    write(office, "assign.csv", "Fall;Kassenzeichen", f"2;{REFS[1]}")
    office.transcript(
        "suspense-list-options",
        "kasse suspense reserve 1 --user dirk",
        "kasse suspense reserve --list cases.csv --take-over",
        "kasse suspense hold --list cases.csv",
        "kasse suspense hold --list cases.csv --until 2026-12-01 --reason gefragt",
        "kasse suspense hold --list cases.csv --until 2026-12-01 --reason gefragt",
        "kasse suspense hold --list cases.csv --until 2026-12-08 --reason 'noch nichts'",
        "kasse suspense hold --list cases.csv --resume",
        "kasse suspense assign --list assign.csv --amount 5",
        "kasse suspense assign --list assign.csv --surplus credit --payer-kind own",
        "kasse suspense list --csv",
    )


def test_on_a_terminal_a_credit_of_many_stays_a_few_lines_of_the_list(shell, sqlite_template):
    shell.environ |= {"KASSE_USER": "clara", "NO_COLOR": "1"}
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location, "import")
        many = [{"amount": "10", "remittance": f"Beitrag {n}", "name": f"Zahler {n}"} for n in range(30)]
        staged(store, "300", "", day="2026-11-12", details=many)
        post_staged(store)
        store.close()
        piped = shell("kasse suspense list --csv").out
        assert "Zahler 29" in piped
        shell.terminal = True
        listed = shell("kasse suspense list")
        assert "… +28" in listed.out
        assert "Zahler 29" not in listed.out
        assert len(listed.out.splitlines()) < 10
        shown = shell("kasse suspense show 1")
        assert "parts still unclear: 30, see their list" in shown.out
        assert shown.out.count("Zahler 29") == 1


def test_cash_that_was_over_is_no_overpayment(shell, sqlite_template):
    """The list, the filter and the screen of the case name what was over when cash was counted, and who held it."""
    shell.environ["KASSE_USER"] = "dirk"
    shell.environ["KASSE_LANG"] = "de"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location)
        desk(store)
        found = count(store, "B1", pieces(1000)).case
        store.close()
        asked = "--user clara --on 2026-11-16"
        listed = shell(f"kasse suspense list --reason Kassenüberschuss {asked}")
        assert "Kassenüberschuss" in listed.out
        assert "Überzahlung" not in listed.out
        told = shell(f"kasse suspense show {found} {asked}")
        words = told.out + told.err
        assert "die Kasse verwaltete damals: dirk" in words
        assert "Bargeld gezählt am: 16.11.2026" in words

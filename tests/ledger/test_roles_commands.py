"""Every command, given by people of one role whom PostgreSQL binds: none fails for want of a right, or says less.

What is not for certifiers and approvers is pinned too: the Kasse's lists of bank, runs and letters (docs/roles.md).
"""

import datetime as dt
import json
import os

import pytest

from enforcement.relief import Schedule, Wish, relief_kind
from enforcement.relief_grant_store import grant, refuse
from enforcement.relief_propose_store import propose as propose_relief
from kasse_cli import wiring
from kasse_cli.rights import rights
from ledger.bank.posting_store import post_staged
from ledger.cash.count_store import count
from ledger.cash.take_store import Payment, take
from ledger.payments.propose_store import propose
from ledger.people.users import ROLES, add_user
from ledger.store.postgres import DatabaseRightError
from tests.bankbooks import item, staged
from tests.books import act
from tests.cashbooks import desk, pieces
from tests.enforcement.test_letters_life import debtor, released_run
from tests.kasse_cli.test_cmd_rights import COMMANDS
from tests.kasse_cli.transcripts import Done, Shell
from tests.ledger.collection_texts import credited
from tests.ledger.order_lists import accepted, row, step
from tests.ledger.order_lists import take as take_list
from tests.ledger.role_stories import STORIES
from tests.ledger.test_collections_refund import collected, refunded
from tests.rolebooks import granted, login, opened
from tests.rolepairs import command

TODAY = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
ANYBODY, APPROVER, OFFICES = (), ("approver",), ("certifier", "approver")
"""Whom the database refuses what a command reads."""
READING = {
    "opening list": OFFICES,
    "opening show": OFFICES,
    "order list": ANYBODY,
    "order list --waiting-for-me": ANYBODY,
    "order show KASSE-1": ANYBODY,
    "order show ORDNUNG-2": ANYBODY,
    "office list": ANYBODY,
    "office feed --office KASSE --since 0": OFFICES,
    "account list": ANYBODY,
    "dimension list kostenstelle": ANYBODY,
    "bank list": OFFICES,
    "statement list": OFFICES,
    "statement show 1": OFFICES,
    "statement continuity": OFFICES,
    "suspense list": OFFICES,
    "suspense show 1": OFFICES,
    "suspense explain 1": OFFICES,
    "suspense suggest 1": OFFICES,
    "cash list": APPROVER,
    "cash show B1": APPROVER,
    "cash receipt B1-2026-1": APPROVER,
    "cash receipts B1": APPROVER,
    "cash protocol B2": APPROVER,
    "rule list": OFFICES,
    "rule test 1": OFFICES,
    "journal gaps": ANYBODY,
    "journal list": APPROVER,
    "journal show KASSE-2026-1": APPROVER,
    "journal verify": OFFICES,
    "day show 2026-11-16": ANYBODY,
    "day list": ANYBODY,
    "month list": ANYBODY,
    "month show 2026-11": ANYBODY,
    "year list": ANYBODY,
    "year show 2026": ANYBODY,
    "dunning list": OFFICES,
    "dunning show 1": OFFICES,
    "letter list": OFFICES,
    "letter show 1": OFFICES,
    "letter tasks": ANYBODY,
    "letter remedies": ANYBODY,
    "letter template list": OFFICES,
    "letter template show mahnung": OFFICES,
    "letter template export briefe": OFFICES,
    "letter template check mahnung wording.txt": ANYBODY,
    "relief list": OFFICES,
    "relief show 1": OFFICES,
    "relief check": OFFICES,
    "attachment list": APPROVER,
    "payment list": OFFICES,
    "payment show 1": OFFICES,
    "payment show 1-1": OFFICES,
    "payment search Papier": OFFICES,
    "payment slip 1": OFFICES,
    "payment vop list": OFFICES,
    "payment refund list": APPROVER,
    "mandate list": ANYBODY,
    "mandate show 1": OFFICES,
    "collection notice 1": OFFICES,
    "collection list": OFFICES,
    "collection show 1": OFFICES,
    "collection show 1-1": OFFICES,
    "collection slip 1": OFFICES,
    "collection returns": OFFICES,
    "report trial-balance": APPROVER,
    "report account 2800": APPROVER,
    "report open-items": ANYBODY,
    "report ageing": ANYBODY,
    "report suspense": OFFICES,
    "report cash": OFFICES,
    "report forecast": OFFICES,
    "report kpi": OFFICES,
    "item list": ANYBODY,
    "item show ORDNUNG/3": ANYBODY,
    "item explain ORDNUNG/3": OFFICES,
    "party duplicates": ANYBODY,
    "party list": ANYBODY,
    "party show 1": ANYBODY,
    "party account 1": OFFICES,
    "scheme list": ANYBODY,
    "scheme test 1000000000015": ANYBODY,
    "user limits": ANYBODY,
    "user deputies": ANYBODY,
    "user list": ANYBODY,
    "db roles": ANYBODY,
    "law files": ANYBODY,
    "health": OFFICES,
    "book head": ANYBODY,
}
OWN = {"order list --waiting-for-me", "journal verify", "party account 1", "letter template export briefe"}
"""What tells each person something else: what waits for them, that somebody looked before, or wrote the folder."""
NO_BOOK = {"config", "demo", "help", "iban", "law", "qr", "sepa", "user rights", "book create", "book restore"}
NO_BOOK |= {f"{noun} template" for noun in ("account", "cash", "dimension", "journal", "mandate", "opening", "order")}
NO_BOOK |= {"letter template placeholders"}
WRITING = (
    "book place",
    "book retention",
    "book audit",
    "party export 2 --out auskunft",
    "order change ORDNUNG-2 --to 80,00 --reason x",
    "order cancel BAU-1 --reason x",
    "order transfer --office BAU --from 6100 --to 5300 --amount 5 --purpose P",
    "order leitweg",
    "order certify ORDNUNG-3",
    "order certify KASSE-1",
    "order approve ORDNUNG-4",
    "order accept ORDNUNG-5",
    "order object ORDNUNG-3 --reason x",
    "order object ORDNUNG-4 --reason x",
    "order object ORDNUNG-5 --reason x",
    "order general add --office ORDNUNG --scheme standard --amount 10 --account 5300 --purpose OWi",
    "order general run",
    "order standing run --until 2026-12-31",
    "account add 6110 Kopierpapier --kind expense",
    "account rename 6100 Papier",
    "dimension add kostenstelle 4712 Bauhof",
    "journal post --debit 6100=12,50 --credit 5900=12,50 --text Porto --document V",
    "journal export --hledger h.journal",
    "statement format DE02370400440000000024 MT940",
    "statement withdraw 1 --reason x",
    "reconcile",
    "suspense reserve 2",
    "suspense release 2",
    "suspense hold 2 --until 2026-12-15 --reason x",
    "suspense note 2 rief-an",
    "suspense assign 2 --items BAU/3=10,00",
    "suspense forward 2 --to-office BAU --account 5900 --reason x",
    "suspense forward 2 --transit --reason x",
    "suspense forward 2 --payee Rundfunk --iban DE02500105170137075030 --reason x",
    "suspense refund 2 --reason x",
    "suspense forward 5 --to-office KASSE --account 6100 --reason x",
    "cash open B9 --name X --holder clara",
    "cash change B1 --limit 10.000,00",
    "cash not-open B1 --reason x",
    "cash terminal 61234567 --desk B1 --acquirer G",
    "cash take B1 --amount 5 --payer Max",
    "cash take B1 BAU/3=5",
    "cash cancel B1-2026-1 --reason x",
    "cash count B1 1x2 --yes",
    "cash count B1 1x5",
    "cash confirm B2",
    "cash confirm B2 --reject --reason x",
    "cash deposit B1 5,00",
    "cash withdraw B1 50,00",
    "rule add Karten --gvc 106 --text KARTE --to fees",
    "rule off 1",
    "rule move 1",
    "year prepare 2025",
    "dunning propose",
    "dunning accrued",
    "dunning undo 1 --reason x --yes",
    "letter print --run 1 --out briefe",
    "letter post 1 --date 2026-11-24",
    "letter cancel 1 --reason x --yes",
    "letter head",
    "letter head --set telefon=1",
    "relief grant 1 --yes",
    "relief refuse 1 --reason x",
    "relief withdraw 1 --reason x",
    "relief small",
    "limitation watch",
    "limitation show ORDNUNG/1",
    "limitation report --since 2020",
    "limitation note ORDNUNG/1 --kind acknowledgement --day 2026-11-01 --reason x",
    "attachment add ORDNUNG/5 --kind garnishment --creditor I --served 2026-11-20 --text M --sum 5 --document A",
    "payment propose --due-until 2026-12-31",
    "payment review 1",
    "payment discard 1 --reason x",
    "payment profile",
    "payment set-off",
    "payment vop rule DE1212030000 --reason x",
    "mandate add 3 --iban DE02500105170137075030 --signed 2026-01-02 --reference M-9",
    "mandate amend 1 --notice-days 5",
    "mandate suspend 1 --reason x",
    "mandate revoke 1 --reason x",
    "collection setup",
    "collection setup --announcement-days 5",
    "collection announce --out v.pdf",
    "collection propose",
    "collection reverse 1-1 --why MS02 --reason x",
    "item lock ORDNUNG/1 --kind dunning --reason x",
    "party add Neu --town X",
    "party change 2 --town Neustadt",
    "party merge 3 --into 2 --reason x",
    "party joint ORDNUNG/1 --with 3",
    "party lock 2 --kind enforcement --reason x",
    "scheme add jahr --length 13 --prefix 47YY",
    "user limit bernd --office ORDNUNG --max 5000",
    "user deputy only_cashier clara --office KASSE --role cashier --since 2026-12-21 --until 2027-01-03",
    "user add neu --office ORDNUNG --role certifier",
    "user revoke anna --office ORDNUNG --role certifier",
    "user lock anna --reason x",
    "office add SCHULE Schulamt",
    "order import orders.csv",
    "scheme off standard",
    "scheme on standard",
    "rule on 1",
    "user unlock clara",
    "payment change 1 --day 2026-11-27 --reason x",
    "payment refund ask KASSE/6 --iban DE02500105170137075030 --reason x --document D",
    "cash transfer B1 B2 1,00",
    "relief propose stundung BAU/2 --reason x --until 2027-01-31",
    "relief end 3 --failed --reason x --yes",
    "book erasures l.list",
)
ORDERS = (
    "office;kind;name;street;house_number;postcode;town;amount;due;purpose;gl_account\n"
    "BAU;receivable;Neu Mann;Weg;1;20095;Hamburg;5,00;2026-12-10;Miete;5300\n"
)
WORDING = "Betreff: Mahnung\n\nBitte zahlen Sie.\n\n{posten}\n\n{zahlung}\n"


ELSEWHERE = {
    "book backup": "by who owns the tables: tests/kasse_cli/test_db_keeping.py",
    "db grant": "tests/kasse_cli/test_cmd_db.py",
    "db revoke": "tests/kasse_cli/test_cmd_db.py",
    "db upgrade": "by who owns the tables: tests/kasse_cli/test_db_keeping.py",
    "suspense clear": "a full screen over what 'suspense assign' and the others do",
}
"""Commands that need a role and are neither in `WRITING` nor in a story of the soak, and where they are tried."""


def prepare(store):
    """One user a role, and a book with something for each of them."""
    with store.unit(["KASSE"]):
        for role in ROLES:
            add_user(store, f"only_{role}", [("*", role)])
        for role in OFFICES:
            add_user(store, f"kasse_{role}", [("KASSE", role)])
        add_user(store, "kasse_admin", [("KASSE", "admin")])
    lived(store)


def lived(store):
    """Letters, debits and their refund, orders in every state, cash, unclear money, a relief, a run."""
    released_run(store)
    store.today = "2026-11-16"
    run, key = collected(store)
    credited(store, run)
    refunded(store, key)
    accepted(store, row("ORDNUNG payable 89,00 Papierhaus"), row("BAU receivable 40,00 Erika Musterfrau"))
    for cents, steps in ((11, ()), (12, ("certified",)), (13, ("certified", "approved"))):
        take_list(store, row(f"ORDNUNG receivable {cents},00 Max Muster"), name=f"{cents}.xlsx")
        batch = store.value("SELECT max(id) FROM order_batch")
        for name in steps:
            step(store, {"certified": "anna", "approved": "bernd"}[name], name, batch)
    propose(act(store, "dirk"), today=dt.date(2026, 11, 16), due_until=dt.date(2026, 12, 1))
    staged(
        act(store, "import"), "44", "weiß nicht", name="Uwe", counter_iban="DE89370400440532013000", day="2026-11-20"
    )
    post_staged(store)
    store.today = "2026-11-23"
    for code in ("B1", "B2"):
        desk(store, code, holder="only_clerk" if code == "B1" else "dirk")
        take(store, code, [], cents=500, payment=Payment(payer="Max"))
    count(store, "B2", pieces(400))
    item(act(store, "import"), "9,99", kind="credit", office="KASSE")
    day, until = dt.date(2026, 11, 23), dt.date(2027, 1, 31)
    for place in (("ORDNUNG", 1), ("BAU", 3)):
        propose_relief(act(store, "clara"), Wish(relief_kind("stundung"), "Antrag", day, (place,), last=until))
    refuse(act(store, "emil"), 2, reason="nicht belegt")
    _missed_plan(store)
    store.today = "2026-11-24"
    act(store, "root")


def _missed_plan(store):
    """A fee to be paid in two parts, of which nobody paid the first: its charge is due when the plan ends."""
    store.today = "2026-11-16"
    fee = {"profile": "fee", "claim_kind": "fee", "due": "2026-06-01"}
    made = item(act(store, "import"), "1.000,00", person=debtor(store, "Rita Rate"), **fee)
    parts = Schedule(count=2, first=dt.date(2026, 11, 17))
    day = dt.date(2026, 11, 16)
    propose_relief(
        act(store, "clara"), Wish(relief_kind("ratenplan"), "Antrag", day, (("ORDNUNG", made),), schedule=parts)
    )
    grant(act(store, "emil"), 3)


@pytest.fixture(scope="module")
def location(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_commands_{os.getpid()}", prepare) as address:
        yield address


@pytest.fixture
def give(location, tmp_path):
    """Return what gives a command as a user."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "wording.txt").write_text(WORDING)
    shell = Shell(tmp_path, now=TODAY)

    def given(line: str, user: str) -> Done:
        shell.user, shell.environ["KASSE_BOOK"] = user, login(location, user)
        return shell(f"kasse {line} --json")

    return given


@pytest.fixture
def rehearse(give, monkeypatch):
    """Return what gives a command as a user and leaves the book as it was."""
    opens = wiring.open_location

    def rehearsed(*place, **more):
        store = opens(*place, **more)
        store.engine.begin(store.connection)
        store._rehearsing = store._tried = True
        return store

    monkeypatch.setattr(wiring, "open_location", rehearsed)
    monkeypatch.setattr(wiring, "note_refusal", lambda *_: None)
    return give


def refused(done: Done) -> bool:
    """Return whether the database refused something, or what needs the whole book was refused for want of sight."""
    said = done.out + done.err
    return any(word in said for word in ("right.database", "rights in the database refuse", "roles.partial"))


def told(done: Done) -> object:
    """Return what a command told, without the hints to a person."""
    try:
        return done.code, done.json["data"], [one["code"] for one in done.json["errors"] + done.json["findings"]]
    except json.JSONDecodeError:
        return done.code, done.out


def test_every_command_that_reads_the_book_is_tried():
    tried = {command for command in COMMANDS for line in READING if f"{line} ".startswith(f"{command} ")}
    reading = {name for name in COMMANDS.keys() - rights().keys() if not {name, name.split()[0]} & NO_BOOK}
    assert reading - tried == set()


def test_every_command_that_needs_a_role_is_tried():
    stories = [step for story in STORIES.values() for step in story.steps if isinstance(step, str)]
    tried = {command(line) for line in (*WRITING, *(step.partition(": ")[2] for step in stories))}
    assert rights().keys() - tried == ELSEWHERE.keys()


@pytest.mark.parametrize("line", READING)
def test_who_reads_sees_all_or_is_refused(give, line):
    answers = {role: give(line, f"only_{role}") for role in ROLES}
    assert {role for role, done in answers.items() if refused(done)} == set(READING[line])
    assert {done.code for done in answers.values()} <= {0, 1, 3}, "a line with a mistake in it tries nothing"
    whole = told(answers["audit"])
    others = {role for role, done in answers.items() if role not in READING[line] and told(done) != whole}
    assert others == set() or line in OWN


@pytest.mark.parametrize("line", WRITING)
def test_who_may_give_a_command_can(rehearse, line):
    (*_, needed) = (roles for command, roles in sorted(rights().items()) if f"{line} ".startswith(f"{command} "))
    users = {role: "only_clerk" if role == "holder" else f"only_{role}" for role in needed}
    answers = {role: rehearse(line, user) for role, user in users.items()}
    assert {(line, role) for role, done in answers.items() if refused(done)} == set()
    assert {done.code for done in answers.values()} <= {0, 1, 3}
    assert {done.code for done in answers.values()} & {0, 3}, "a line that fails for everybody tries nothing"


@pytest.mark.parametrize("role", OFFICES)
def test_who_decides_on_money_paid_back_is_warned_or_told_what_is_hidden(give, role):
    """A debit that took the same money: a claim of an office that somebody of the Kasse alone does not see."""
    whole, partly = (told(give("order show KASSE-1", user)) for user in (f"only_{role}", f"kasse_{role}"))
    assert (whole[0], whole[2]) == (3, ["refund.debit_may_return"])
    assert (partly[0], partly[2]) == (3, ["refund.debits_unseen"])


def test_who_proposes_relief_changes_proposals_only(location):
    """A clerk takes a proposal back; what was decided is out of reach, and deciding is another's."""
    clerk = opened(location, "only_clerk")
    with clerk.rehearsal(), clerk.unit(["KASSE"]):
        changed = [clerk.execute("UPDATE relief SET ended_reason = 'x' WHERE id = :id", id=number) for number in (1, 2)]
    with pytest.raises(DatabaseRightError, match=r"refuse"), clerk.unit(["KASSE"]):
        clerk.execute("UPDATE relief SET state = 'granted' WHERE id = 1")
    clerk.close()
    assert changed == [1, 0]


@pytest.mark.parametrize(
    "line",
    [
        "book audit", "book retention", "book erase --before 2026-01-01 --reason x", "party export 2 --out a",
        "journal export --hledger h.journal",
    ],
)  # fmt: skip
def test_who_sees_a_part_of_the_book_takes_it_for_no_whole(give, line):
    """An admin of the Kasse alone does not see the other offices: an answer without them would be wrong."""
    done = give(line, "kasse_admin")
    assert (done.code, [one["code"] for one in done.json["errors"]]) == (1, ["roles.partial"])


def test_an_office_is_made_by_who_is_admin_of_all(location):
    admin = opened(location, "kasse_admin")
    with pytest.raises(DatabaseRightError), admin.unit(["KASSE"]):
        admin.insert_one("office", code="NEU", name="Neu", is_kasse=0, genesis=b"x" * 32)
    admin.close()

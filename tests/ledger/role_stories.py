"""Stories of a Kasse as lines `USER: COMMAND`, each user with one role, for books that enforce the rights.

A line `?USER: COMMAND` is only tried; what is no line changes both books or writes a file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from kasse_cli.demo.bank import Booking, DemoBank
from ledger.bank.posting_store import post_staged
from ledger.store.engines import Store
from tests.bankbooks import item, reference, staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.enforcement.test_letters_life import debtor, proposed_run
from tests.enforcement.test_profiles import TOWN
from tests.kasse_cli.books_day import fill
from tests.kasse_cli.test_opening_lists import FILES
from tests.kasse_cli.transcripts import NOW
from tests.ledger.collection_texts import claims
from tests.ledger.keeping_books import filled
from tests.ledger.payables import party, payables
from tests.ledger.test_collections_asked import answered, status
from tests.ledger.test_payments_answers import GROUP
from tests.sepa.test_pain002 import REASON, counts, report, tx

STORIES = {}


@dataclass(frozen=True)
class Story:
    """A book and what happens in it; `more` are findings that only who is bound is told, by design."""

    prepare: Callable[[Store], object]
    steps: tuple
    now: dt.datetime = NOW
    more: frozenset[str] = frozenset()


def written(name, content):
    """Return the step that writes a file into both folders."""
    return lambda pair: pair.write(name, content)


def changed(change):
    """Return the step that changes both books as their administrator."""
    return lambda pair: pair.both(change)


PAYABLES = """
    BAU 250,50 2026-11-16 Meyer | Rechnung 1
    KASSE 19,99 2026-11-12 Schulz | Auslagen
    ORDNUNG 100,00 2026-11-10 Çelik | Zuschuss
"""


def bank_says(name, *transactions, **more):
    known = {"number": 3, "own": "MSG-1-1", "total": "370.49"} | more
    return written(name, report(*transactions, **known).replace(b"MSG-1", b"KASSE-00000000-R000001"))


SENT = (
    "only_payments: payment propose",
    "only_payments: payment review 1",
    "only_releaser: payment release 1 --sum 370,49",
    "only_payments: payment export 1 --out lauf.xml",
)
STORIES["payments and the names of payees"] = Story(
    lambda store: payables(store, PAYABLES),
    (
        *SENT,
        bank_says(
            "vop.xml", tx("KASSE-R1-1", "RVMC", REASON.format("AC01", "RVMC Meyer GmbH")), tx("KASSE-R1-3", "RVNM"),
            file=GROUP.format("RVCM") + counts("RCVC 1 RVMC 1 RVNM 1"),
        ),
        "only_machine: payment status vop.xml",
        "only_payments: payment vop accept 1-3 --reason Rückruf",
        "only_releaser: payment vop accept 1-3",
        "?only_payments: payment vop refuse 1-1 --reason Nein",
        "only_payments: payment vop correct 1-1 --name 'Meyer GmbH' --reason Handelsregister",
        "only_releaser: payment vop correct 1-1 --name 'Meyer GmbH'",
    ),
)  # fmt: skip
NEW_IBAN = "DE02120300000000202051"
STORIES["payments that the bank refuses"] = Story(
    lambda store: payables(store, PAYABLES),
    (
        *SENT,
        bank_says(
            "status.xml", tx("KASSE-R1-3", "RJCT", REASON.format("AC04", "erloschen")), file=GROUP.format("PART")
        ),
        "only_machine: payment status status.xml",
        "?only_releaser: payment recall 1-1 --why DUPL --out rueckruf.xml --bic COBADEFFXXX",
        "only_payments: payment recall 1-1 --why DUPL --out rueckruf.xml --bic COBADEFFXXX",
        f"only_clerk: party change 3 --iban {NEW_IBAN}",
        f"only_payments: payment redirect ORDNUNG/1 --iban {NEW_IBAN} --reason Rückruf",
        "?only_clerk: payment redirect ORDNUNG/1 --refuse --reason falsch",
        f"only_releaser: payment redirect ORDNUNG/1 --iban {NEW_IBAN}",
        "only_payments: item unlock ORDNUNG/1 --kind payment --reason neu",
        "only_machine: payment propose",
        "?only_releaser: payment discard 2 --reason x",
        "only_payments: payment change 2 --day 2026-11-25 --reason x",
    ),
)  # fmt: skip
STORIES["a file of payments that the bank never got"] = Story(
    lambda store: payables(store, PAYABLES),
    (*SENT, "only_payments: payment void 1 --reason verloren", "only_releaser: payment void 1"),
)


def debit(amount, text="Sammelauftrag", **more):
    """Return the step in which the bank books something, and it is posted."""

    def booked(store):
        staged(act(store, "import"), amount, text, **{"day": "2026-11-20"} | more)
        post_staged(store)

    return changed(booked)


STORIES["debits that name no run"] = Story(
    lambda store: payables(store, PAYABLES),
    (
        *SENT,
        debit("-350,50"),
        "only_payments: payment booked 1 --case 2 --without 2 --reason AC04",
        "only_payments: payment booked 1 --case 2 --undo --reason Irrtum",
        "only_releaser: payment booked 1 --case 2 --undo --reason Irrtum",
    ),
)
STORIES["a return without an id"] = Story(
    lambda store: payables(store, PAYABLES),
    (
        *SENT,
        debit("-370,49", message_id="KASSE-00000000-R000001"),
        debit("17,49", "RUECKUEBERWEISUNG Auslagen", return_reason="AC04", gvc="159"),
        "only_payments: payment returned 1-2 --case 2 --fee 2,50",
    ),
)


def owing_payees(store):
    payables(store, PAYABLES)
    with store.unit(["BAU", "KASSE", "ORDNUNG"]):
        person = party(store, "Meyer")
    item(act(store, "root"), "30", "4711", due="2026-11-01", person=person)
    item(store, "9,99", kind="credit", office="KASSE", name="Guthaben Otto")


ATTACHED = (
    "attachment add ORDNUNG/1 --kind garnishment --creditor 'Inkasso Nord' --served 2026-11-18 --text 'M 12' "
    "--iban DE89370400440532013000 --sum 40 --document 'Akte 12'"
)
STORIES["set off, attached and paid back"] = Story(
    owing_payees,
    (
        "?only_cashier: payment set-off BAU/1 --letters briefe",
        "only_clerk: payment set-off BAU/1",
        "?only_head: payment set-off-undo BAU-2026-2 --reason bestritten",
        "only_cashier: payment set-off-undo BAU-2026-2 --reason bestritten",
        f"?only_clerk: {ATTACHED}",
        f"only_payments: {ATTACHED}",
        "only_clerk: party add 'Inkasso Nord' --iban DE89370400440532013000 --source Registerauszug",
        "?only_head: attachment confirm 1 --iban DE89370400440532013000",
        "only_releaser: attachment confirm 1 --iban DE89370400440532013000",
        "only_payments: payment propose",
        "only_payments: attachment declare 1",
        "only_clerk: attachment end 1 --reason bezahlt",
        f"only_payments: payment refund ask KASSE/2 --iban {NEW_IBAN} --name Otto --document D --reason doppelt",
        "?only_clerk: payment refund withdraw KASSE/2 --reason x",
        "?only_head: payment refund approve KASSE/2",
        "second_head: payment refund approve KASSE/2",
        "only_payments: payment refund withdraw KASSE/2 --reason x",
        debit("42", "4711", name="Meyer", counter_iban="DE89370400440532013000"),
        "only_clerk: suspense assign 3 ORDNUNG/2 --surplus credit",
        "only_clerk: payment refund ask ORDNUNG/3 --reason fremd",
        "only_cashier: payment refund approve ORDNUNG/3",
    ),
)

CLAIMS = """
    ORDNUNG 100,00 2026-11-10 Meyer 4711
    BAU 250,50 2026-11-16 Schulz 4712
    BAU 0,50 2026-11-16 Schulz 4713
    BAU 900,00 2026-12-24 Meyer 4714
    BAU 12,00 2026-11-12 Çelik 4715
"""
MANDATES = (
    "only_admin: collection setup --creditor-id DE98ZZZ09999999999 --notices-announce",
    "only_clerk: mandate add Meyer --iban DE02120300000000202051 --signed 2026-01-02 --reference M-1",
    "only_payments: mandate add Schulz --iban DE18120300000000000003 --signed 2025-06-30 --reference M-2",
)
COLLECTED = (
    *MANDATES,
    "only_payments: collection propose",
    "only_payments: collection review 1",
    "only_releaser: collection release 1 --sum 350,50",
    "only_payments: collection export 1 --out einzug.xml --slip b.pdf",
)
LIST = """debtor;reference;iban;signed;last_used;scheme;sequence
Meyer;ALT-1;DE02120300000000202051;2019-05-03;2026-08-15;CORE;RCUR
Schulz;ALT-2;DE18120300000000000003;03.05.2020;;;FRST
"""
STORIES["mandates"] = Story(
    lambda store: claims(store, CLAIMS),
    (
        MANDATES[0],
        written("alt.csv", LIST),
        "?only_machine: mandate import alt.csv",
        "only_payments: mandate import alt.csv",
        "only_clerk: mandate add Schulz --iban DE18120300000000000003 --signed 2026-01-02 --scheme B2B --kind rent",
        "only_payments: mandate confirm 3",
        "only_clerk: mandate amend 1 --iban DE18120300000000000003 --notice-days 5",
        "only_clerk: mandate suspend 1 --reason Widerspruch",
        "only_payments: mandate resume 1 --reason geklärt",
        "only_payments: mandate revoke 1 --reason Brief",
    ),
)
STORIES["a run of collections before it leaves"] = Story(
    lambda store: claims(store, CLAIMS),
    (
        *MANDATES,
        "only_machine: collection propose",
        "?only_releaser: collection discard 1 --reason x",
        "only_payments: collection change 1 --without 2 --day 2026-11-28 --reason bar",
        "only_payments: collection discard 1 --reason x",
    ),
)
STORIES["collections that the bank answers"] = Story(
    lambda store: claims(store, CLAIMS),
    (
        *COLLECTED,
        "only_payments: collection recall 1-1 --why DUPL --reason doppelt",
        "only_releaser: collection approve 1 --sum 100,00",
        "only_payments: collection request 1 --out rueckruf.xml --bic COBADEFFXXX",
        written("status.xml", status("payment")),
        "?only_machine: collection status status.xml",
        "?only_payments: collection void 1 --reason doppelt --cancelled --yes",
        written("nein.xml", answered("RJCR")),
        "only_machine: collection status nein.xml",
        "?only_payments: collection status status.xml",
        "only_clerk: collection status status.xml",
    ),
)
STORIES["a file of collections that the bank never got"] = Story(
    lambda store: claims(store, CLAIMS),
    (*COLLECTED, "only_payments: collection void 1 --reason nie --yes", "only_releaser: collection void 1 --yes"),
)
LATER = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def later(pair):
    pair.now = LATER


STORIES["collections that are credited and come back"] = Story(
    lambda store: claims(store, CLAIMS),
    (
        *COLLECTED,
        later,
        debit("100,00", "", gvc="192", day="2026-11-23", message_id="KASSE-00000000-L000001"),
        "only_payments: collection credit 1 --case 1 --without 2 --reason AC04",
        "only_payments: collection reverse 1-1 --why MS02 --reason x",
        "only_releaser: collection approve 1 --sum 100,00",
        "only_payments: collection request 1 --out storno.xml",
        debit("-130,01", "", name="Meyer", gvc="109", day="2026-11-24"),
        "?only_payments: collection returned 1-1 --case 2 --fee 30,01 --reason AC04",
    ),
)


def in_need(store):
    """Erika with claims and a fee, Max with a fine, and a rest of little."""
    erika, max_ = debtor(store, "Erika Musterfrau"), debtor(store, "Max Mustermann")
    common = {"profile": "fee", "claim_kind": "fee"}
    item(store, "1.000,00", reference(store, 1), person=erika, due="2026-06-01", dunning_level=1, **common)
    item(store, "250", reference(store, 2), person=erika, due="2026-09-01", **common)
    item(store, "80", reference(store, 3), person=max_, due="2026-09-01", profile="fine", claim_kind="bussgeld")
    item(store, "400", reference(store, 4), person=debtor(store, "Rest Schuldner"), due="2026-09-01", **common)
    act(store, "clara")
    staged(store, "395,40", reference(store, 4), day="2026-11-16")
    post_staged(store)


QUIET = " ".join(f"--no-statement '{iban}=kein Umsatz'" for iban in (MAIN_IBAN, SECOND_IBAN))
AFTER = dt.datetime(2026, 12, 10, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def at(day):
    """Return the step that moves the clock."""

    def moved(pair):
        pair.now = dt.datetime.fromisoformat(f"{day}T09:30:00+01:00")

    return moved


STORIES["dunning and letters"] = Story(
    proposed_run,
    (
        "?only_machine: dunning discard 1",
        "?only_enforcement: dunning discard 1",
        "only_clerk: dunning discard 1",
        "only_machine: dunning propose",
        "?only_head: dunning release 2 --yes",
        "only_enforcement: dunning release 2 --yes",
        "?only_head: dunning undo 2 --reason x --yes",
        "?only_head: letter cancel 3 --reason falsch --yes",
        "?only_enforcement: letter cancel 3 --reason falsch --yes",
        "?only_clerk: letter print --run 2 --out briefe",
        "only_machine: letter print --run 2 --out briefe",
        "only_clerk: letter post --run 2",
        at("2026-11-26"),
        "?only_machine: letter serve 3 --proof Rückschein",
        "only_clerk: letter serve 3 --proof Rückschein",
        "?only_machine: letter return 4 --reason verzogen",
        "only_clerk: letter return 4 --reason verzogen",
        "?only_machine: letter found 1 --note Meldeamt --inquiry 2026-11-25",
        "only_clerk: letter found 1 --note Meldeamt --inquiry 2026-11-25",
        written("mahnung.txt", "Betreff: Zahlen\n\nBitte zahlen Sie.\n\n{posten}\n\n{zahlung}\n"),
        "?only_admin: letter template import mahnung mahnung.txt",
        "?only_head: letter template import mahnung mahnung.txt --office BAU",
        "only_enforcement: letter template import mahnung mahnung.txt",
        "only_clerk: limitation note ORDNUNG/1 --kind measure --day 2026-11-02 --reason 'Pfändung, DR 12/26'",
        "?only_clerk: limitation withdraw ORDNUNG/1 2 --reason falsch",
        "?only_head: limitation withdraw ORDNUNG/1 2 --reason falsch",
        "only_enforcement: limitation withdraw ORDNUNG/1 2 --reason falsch",
    ),
    LATER,
)
STORIES["relief from proposal to end"] = Story(
    in_need,
    (
        "only_clerk: relief propose ratenplan ORDNUNG/1 --count 3 --first 2026-12-15 --reason Antrag",
        "?only_head: relief grant 1 --yes",
        "only_enforcement: relief grant 1 --yes --reason bewilligt",
        "?only_clerk: letter make --relief 1",
        "only_machine: letter make --relief 1",
        "?only_head: letter release 1",
        "only_enforcement: letter release 1",
        "only_machine: letter print 1 --out brief.pdf",
        "only_clerk: relief propose niederschlagung ORDNUNG/2 --watch 2027-11-20 --reason fruchtlos",
        "only_head: relief grant 2 --yes",
        "?only_head: relief watch 2 2028-11-20 --reason 'noch ohne'",
        "only_enforcement: relief watch 2 2028-11-20 --reason 'noch ohne'",
        "?only_enforcement: relief end 2 --lift --reason Irrtum --yes",
        "only_head: relief end 2 --reason Arbeit --yes",
        "only_enforcement: relief propose insolvenz --party 'Max Mustermann' --from 2026-11-02 --document 67a --reason B",
        "only_head: relief grant 3 --yes",
        "?only_head: relief filed 3",
        "only_enforcement: relief filed 3",
        "?only_clerk: letter make --relief 3 --to 'Erika Musterfrau' --on-request",
        "?second_head: relief end 3 --discharge --reason R --yes",
        "only_clerk: relief small",
        "only_enforcement: relief grant --batch 1 --yes",
        "only_admin: relief limit emil --kind erlass --max 500",
        "?only_admin: relief limit only_head --max 100",
        at("2027-01-04"),
        "?only_head: relief end 1 --failed --reason Rate --yes",
        "only_enforcement: relief end --settled --reason bezahlt --yes",
    ),
)


VOUCHERS = """Datum;Beleg;Zweck;Betrag;Sachkonto;Kostenstelle
12.11.2026;1;Porto, Postfiliale Markt;12,50;6100;4711
13.11.2026;2;Batterien;7,99;6100;
"""


def debts(store):
    """Debts of Erika in two offices, and a payable."""
    act(store, "import")
    item(store, "50", reference(store, 1), name="Erika Mustermann", purpose="Hundesteuer 2026")
    person = store.value("SELECT max(id) FROM party")
    item(store, "30", reference(store, 2), office="BAU", person=person, purpose="Sondernutzung")
    item(store, "12,40", "RE4711", office="BAU", kind="payable", foreign_reference=True, name="Blumen Klein")


STORIES["a day at the counter"] = Story(
    debts,
    (
        "only_head: cash open B1 --name Rathaus --holder only_clerk --limit 100 --single 500 --on 2026-11-02",
        "only_head: cash open H1 --fund --office BAU --name Bauhof --holder kasse_clerk --fixed 60 --on 2026-11-02",
        "only_clerk: cash take B1 1000000000015 BAU/1=10,00 --given 70 --payer 'Erika Mustermann'",
        "only_clerk: cash pay B1 RE4711 --payee 'Eva Klein'",
        "only_clerk: cash take B1 1000000000023 --cheque 0004711",
        "only_clerk: cash deposit B1 --cheques",
        "only_clerk: cash transfer B1 H1 30",
        "kasse_clerk: cash accept H1",
        written("belege.csv", VOUCHERS),
        "kasse_clerk: cash settle H1 belege.csv",
        "?only_certifier: cash certify H1 --reject --reason fehlt",
        "only_certifier: cash certify H1",
        "only_clerk: cash count B1 1x10 1x5 1x2 1x0,50 1x0,10",
        "?only_audit: cash confirm B1",
        "only_cashier: cash confirm B1",
        "?only_audit: cash count B1 1x10 1x5 1x2 1x0,50 1x0,10",
        "only_head: cash hand-over B1 --holder second_clerk",
        "second_clerk: cash deposit B1 17,60",
        "second_clerk: cash count B1 --empty",
        "only_head: cash confirm B1",
        debit("17,60", "Einzahlung KASSE-T3"),
        debit("20", "Scheck KASSE-T1"),
        debit("-20", "ohne Worte", gvc="999", name="Bank"),
        "only_clerk: cash bounce B1-2026-3 --case 1",
        at("2026-11-23"),
        "second_head: cash close B1",
    ),
)


def two_days(store):
    """A little of everything on two days that can be closed."""
    store.now = "2026-11-17T08:00:00Z"
    fill(act(store, "clara"))


WHY = "--explain 'KASSE:2890=Test' --explain 'ORDNUNG:2890=Test'"
NEW_YEAR = dt.datetime(2027, 1, 15, 9, 30, tzinfo=dt.UTC)
STORIES["closings from the day to the year"] = Story(
    two_days,
    (
        f"?only_head: day close --date 2026-11-30 {QUIET}",
        f"only_clerk: day close --date 2026-11-30 {QUIET}",
        "only_head: day confirm --date 2026-11-30",
        f"only_clerk: day close --date 2026-12-31 {QUIET}",
        "only_head: day confirm --date 2026-12-31",
        f"?only_head: month close --month 2026-11 {WHY}",
        f"only_clerk: month close --month 2026-11 {WHY}",
        "only_head: month confirm --month 2026-11",
        f"only_clerk: month close --month 2026-12 {WHY}",
        "only_head: month confirm --month 2026-12",
        f"?only_head: year prepare --year 2026 {WHY}",
        f"only_clerk: year prepare --year 2026 {WHY}",
        "only_head: year close --year 2026 --yes --text jahr.txt",
    ),
    NEW_YEAR,
)
STORIES["what was posted by hand is reversed"] = Story(
    two_days,
    (
        "only_clerk: journal reverse KASSE-2026-4 --reason 'Falsche Kostenstelle'",
        "?only_clerk: journal reverse KASSE-2026-5 --reason Irrtum",
        "?only_clerk: journal reverse ORDNUNG-2026-2 --reason Forderung",
    ),
)


def law_of_the_town(pair):
    for path in sorted(TOWN.iterdir()):
        pair.write(f"recht/{path.name}", path.read_bytes())


STORIES["law of the town"] = Story(
    lambda store: None,
    (
        law_of_the_town,
        "?only_head: law take recht",
        "only_admin: law take recht",
        "?only_head: law refuse 1 --reason x",
        "?only_admin: law refuse 1 --reason x",
        "only_head: law release 1",
        "?only_head: law drop schedules-town.toml",
        "only_admin: law drop schedules-town.toml",
        "only_head: law release 2",
    ),
)
ABSENT = "--office KASSE --role cashier --since 2026-11-16 --until 2027-01-03"
NEW_BANK = "DE41370400440000000777"
HELD = f"{NEW_BANK} 100,00 --day 2026-11-13 --account 3000 --reason Beitritt --document 'Auszug 12'"
CHART = "number,name,kind,role,default_for\n6100,Sachaufwand,expense,,payable\n6150,Leasing,expense,,\n"
VALUES = "Dimension;Wert;Bezeichnung;Amt\nkostenstelle;4711;Bauhof;BAU\nprodukt;12.6.01;Brandschutz;\n"
MONTHLY = (
    "office;kind;name;street;house_number;postcode;town;amount;due;purpose;profile;every;until\n"
    "BAU;receivable;Kleingarten;Weg;1;20095;Hamburg;120,00;2026-10-31;Pacht;private;monthly;\n"
)
STORIES["what heads and administrators set up"] = Story(
    debts,
    (
        written("chart.csv", CHART),
        "?only_head: account import chart.csv",
        "only_admin: account import chart.csv",
        "?only_head: account close 6150 --from 2027-01-01",
        "only_admin: account close 6150 --from 2027-01-01",
        written("werte.csv", VALUES),
        "?only_head: dimension import werte.csv --from 2026-01-01",
        "only_admin: dimension import werte.csv --from 2026-01-01",
        "?only_head: dimension close produkt 12.6.01",
        "only_admin: dimension close produkt 12.6.01",
        f"only_head: bank add {NEW_BANK} Sparkasse --bic COBADEFFXXX",
        f"only_head: bank change {NEW_BANK} --name Gebühren",
        f"only_head: bank close {NEW_BANK}",
        f"?only_head: bank close {NEW_BANK} --back",
        "only_clerk: party add Neu --town Neustadt",
        "?only_head: party restrict 3 --reason Widerspruch",
        "only_admin: party restrict 3 --reason Widerspruch",
        "?only_head: party restrict 3 --lift --reason neu",
        "only_admin: party restrict 3 --lift --reason neu",
        "only_clerk: party lock 1 --kind dunning --reason x",
        "only_payments: party lock 1 --kind payment --reason x",
        "?only_payments: party unlock 1 --kind payment --reason da",
        "?only_head: party unlock 1 --kind dunning --reason da",
        "?only_enforcement: party unlock 1 --kind dunning --reason da",
        "only_clerk: party unlock 1 --kind dunning --reason da",
        "only_clerk: item lock ORDNUNG/1 --kind dunning --reason x",
        "?only_clerk: item unlock ORDNUNG/1 --kind dunning --reason x",
        "?only_head: item unlock ORDNUNG/1 --kind dunning --reason x",
        "only_enforcement: item unlock ORDNUNG/1 --kind dunning --reason x",
        f"only_admin: user deputy only_cashier kasse_clerk {ABSENT}",
        "?only_head: user end-deputy 1",
        "only_admin: user end-deputy 1",
        "?only_head: book retention --restrict --persons",
    ),
)
STORIES["what a bank account held before"] = Story(
    lambda store: None,
    (
        f"only_head: bank add {NEW_BANK} Sparkasse",
        f"only_head: bank balance {HELD}",
        f"?only_head: bank balance {NEW_BANK} --drop",
        f"second_head: bank balance {NEW_BANK} --confirm",
    ),
)
STORIES["standing orders"] = Story(
    lambda store: None,
    (
        written("liste.csv", MONTHLY),
        "only_machine: order import liste.csv",
        "only_certifier: order certify --batch 1 --sum 120,00",
        "only_approver: order approve --batch 1 --sum 120,00",
        "only_cashier: order accept --batch 1 --sum 120,00",
        "?only_approver: order standing change BAU-1 --to 150 --from 2027-01-01 --reason Pacht",
        "?only_certifier: order standing change BAU-1 --to 150 --from 2027-01-01 --reason Pacht",
        "only_machine: order standing change BAU-1 --to 150 --from 2027-01-01 --reason Pacht",
        "only_certifier: order certify BAU-2",
        "only_approver: order approve BAU-2",
        "only_cashier: order accept BAU-2",
        "?only_cashier: order standing run --until 2026-11-30",
        "only_clerk: order standing run --until 2026-11-30",
    ),
)


def unclear(store):
    """The money of a payer for many, of a stranger, a debit and a match."""
    act(store, "import")
    item(store, "50", reference(store, 1), name="Erika Muster", iban="DE89370400440532013000", due="2026-09-03")
    item(store, "30", reference(store, 2), office="BAU", name="Adam Muster")
    item(store, "70", reference(store, 3), name="Eva Muster")
    item(store, "80", "RE4711", office="BAU", kind="payable", foreign_reference=True)
    staged(store, "100", "Sammelzahlung", day="2026-11-12", name="Jobcenter", counter_iban="DE02120300000000202051")
    staged(store, "60", "für Dich", day="2026-11-13", name="Max", counter_iban="DE02500105170137075030")
    staged(store, "20", f"{reference(store, 3)}", day="2026-11-17", name="Eva Muster")
    post_staged(store)


REFS = ("1000000000015", "1000000000023", "1000000000031")
ADVICE = f"Kassenzeichen;Betrag\n{REFS[0]};50,00\n{REFS[1]};20,00\n{REFS[2]};30,00\n"
STORIES["unclear money"] = Story(
    unclear,
    (
        written("advice.csv", ADVICE),
        "only_clerk: suspense split 1 --list advice.csv --payer-kind authority",
        "?only_clerk: suspense undo 1 --reason Versehen",
        "only_clerk: suspense undo --batch 1 --reason Versehen",
        "only_clerk: suspense undo --entry KASSE-2026-3 --reason Namensvetter",
        "only_clerk: suspense forward 2 --to-office BAU --account 5900 --amount 40 --reason Kaution",
        "only_clerk: suspense undo 2 --last --reason falsch",
    ),
)


def statements():
    """The statements of two days, with a number between them that the bank never gave."""
    bank = DemoBank(MAIN_IBAN, 10_000)
    monday = bank.statement(dt.date(2026, 11, 16), (Booking(500, "Erika Muster", lines=("RG 12",)), Booking(-300)))
    tuesday = bank.statement(dt.date(2026, 11, 17), (Booking(1234, "Adam", lines=(REFS[0],)),))
    return monday, tuesday.replace(b"<ElctrncSeqNb>102", b"<ElctrncSeqNb>103")


STORIES["statements and a number that was never given"] = Story(
    debts,
    (
        written("a.xml", statements()[0]),
        written("b.xml", statements()[1]),
        "?only_clerk: statement import a.xml",
        "only_machine: statement import a.xml",
        "only_clerk: statement import b.xml",
        f"only_head: statement skip {MAIN_IBAN} 102 --year 2026 --reason 'nie vergeben'",
        f"?only_head: statement skip {MAIN_IBAN} 102 --year 2026 --back",
        "?only_clerk: reconcile",
        "only_machine: reconcile",
    ),
)


def lists(pair):
    for name, text in FILES.items():
        pair.write(f"alt/{name}.csv", text)


SUMS = "--control receivables=105 --control suspense=42,50 --control balances=62,50"
STORIES["a take-over"] = Story(
    lambda store: None,
    (
        lists,
        f"?only_head: opening import alt --as-of 2026-11-15 {SUMS}",
        f"only_admin: opening import alt --as-of 2026-11-15 {SUMS}",
        "?only_head: opening undo --reason falsch",
        "?only_admin: opening undo --reason falsch",
        "only_admin: opening sign alt",
        "only_head: opening sign alt",
        "?only_certifier: order cancel ORDNUNG/1 --account 5100 --reason aufgehoben",
        "?only_approver: order cancel ORDNUNG/1 --account 5100 --reason aufgehoben",
        "only_machine: order cancel ORDNUNG/1 --account 5100 --reason aufgehoben",
        "only_certifier: order certify ORDNUNG-1",
        "only_approver: order approve ORDNUNG-1",
        "only_cashier: order accept ORDNUNG-1",
    ),
)


def long_ago(store):
    filled(store)


STORIES["what is kept no longer is erased"] = Story(
    long_ago,
    (
        "?only_admin: book erase --before 2046-01-01 --reason Fristen",
        "only_head: book erase --before 2046-01-01 --reason Fristen",
        "?only_admin: book erase --refuse 1 --yes",
        "only_admin: book erase --confirm 1 --yes",
        "?only_head: book erasures l.list",
        "?only_machine: book erasures l.list",
        "only_admin: book erasures l.list",
    ),
    dt.datetime(2046, 1, 2, 9, 30, tzinfo=dt.UTC),
    frozenset({"erase.bytes_remain"}),  # tables are written anew by their owner (docs/keeping.md)
)

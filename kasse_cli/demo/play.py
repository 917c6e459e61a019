"""Playing the week: from an empty folder to five closed days."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from kasse_cli.demo import town
from kasse_cli.demo.bank import Booking
from kasse_cli.demo.week import Week, write_lists
from sepa.errors import N_
from sepa.money import plain

MON, TUE, WED, THU, FRI = (town.MONDAY + dt.timedelta(days=n) for n in range(5))
SATURDAY = FRI + dt.timedelta(days=1)


def play(week: Week) -> None:
    """Play the whole week; every printed line that starts with $ is a command as a person types it that day."""
    week.folder.mkdir(parents=True)
    write_lists(week.folder)
    found_the_book(week)
    take_orders(week)
    monday(week)
    tuesday(week)
    wednesday(week)
    thursday(week)
    friday(week)
    look_back(week)
    leave_a_fine(week)


def found_the_book(week: Week) -> None:
    """Make the book, its people and its opening balances."""
    week.say(N_("A new book for Musterstadt: the Kasse, two offices, one bank account."))
    offices = " ".join(f"--office {code}={name}" for code, name in town.OFFICES)
    week.type(
        f"book create --name Musterstadt {offices} --kasse KASSE --account {town.TOWN_ACCOUNT}=Hauptkonto@KASSE "
        "--land HH --identity declared",
        user="leitung",
        day=town.TAKEN_OVER,
    )
    week.say(N_("People: two in the offices, four in the Kasse, the offices' programs. Nobody acts on their own work."))
    for name, grants in town.STAFF:
        roles = " ".join(f"--office '{office}' --role {role}" for office, role in grants)
        week.type(f"user add {name} {roles}", user="leitung", day=town.TAKEN_OVER)
    week.say(N_("What stands on every letter: who sends it, and whom to ask."))
    parts = " ".join(f"--set '{name}={text}'" for name, text in town.LETTERHEAD)
    week.type(f"letter head {parts}", user="emil", day=town.TAKEN_OVER)
    week.say(N_("Opening balances and open items of the old system, with control sums."))
    total = sum(town.old_receivables().values())
    week.type(
        f"opening import {week.folder / 'uebernahme'} --as-of {town.TAKEN_OVER} "
        f"--control balances={plain(town.OPENING_CENTS + total)} --control receivables={plain(total)} "
        "--control payables=0.00",
        user="leitung",
        day=town.TAKEN_OVER,
    )
    week.say(N_("Two people lay the sums beside the old system's and sign; the second signature posts them."))
    for user in ("leitung", "emil"):
        week.type(f"opening sign {week.folder / 'uebernahme'}", user=user, day=town.TAKEN_OVER)


def take_orders(week: Week) -> None:
    """Import the offices' list, certify, approve and accept it."""
    week.say(N_("Monday. The offices send their orders as an Excel list; nothing is booked yet."))
    week.type(f"order import {week.folder / 'anordnungen.xlsx'}", user="fachverfahren", day=MON)
    orders = week.ask("order list", user="dirk", day=MON)["orders"]
    for order in orders:
        if order["kind"] == "receivable":
            week.references[order["name"]] = order["reference"]
    total = plain(sum(order["amount_cents"] for order in orders))
    week.say(N_("One certifies, another approves, the Kasse accepts: only then the items are open."))
    for verb, user in (("certify", "anna"), ("approve", "bernd"), ("accept", "clara")):
        week.type(f"order {verb} --batch 1 --sum {total}", user=user, day=MON)


def monday(week: Week) -> None:
    """Play a payment in full, a part payment, a bank fee."""
    week.say(N_("Monday's statement: a payment in full, a part payment over two lines, a bank fee."))
    max_reference = week.references[town.MAX.name]
    week.reconcile(
        MON,
        Booking(3500, town.ERIKA.name, town.ERIKA.iban, (f"Verwarnung {week.spaced(town.ERIKA.name)}",)),
        Booking(20000, town.MAX.name, town.MAX.iban, (f"Rate Baugenehmigung {max_reference[:7]}", max_reference[7:])),
        Booking(-1230, lines=("Kontofuehrung November",), gvc="808"),
    )
    week.close(MON)


def tuesday(week: Week) -> None:
    """Play a surplus, a wrong reference, and a payment run."""
    week.say(N_("Tuesday: somebody pays too much, somebody mistypes the reference."))
    wrong = week.references[town.JUERGEN.name]
    wrong = wrong[:5] + str((int(wrong[5]) + 1) % 10) + wrong[6:]
    week.reconcile(
        TUE,
        Booking(6500, "YILMAZ, AYSE", town.AYSE.iban, (week.references[town.AYSE.name],)),
        Booking(125000, "Juergen Grosskopf", town.JUERGEN.iban, (f"KZ {wrong} Erschliessung",)),
    )
    week.say(N_("Due payables become a payment run: proposed, reviewed, released by a second person, written."))
    week.type(f"payment propose --due-until {WED}", user="dirk", day=TUE, may_find=True)
    week.type("payment review 1", user="dirk", day=TUE, may_find=True)
    total = plain(week.ask("payment show 1", user="dirk", day=TUE)["run"]["total_cents"])
    week.type(f"payment release 1 --sum {total}", user="emil", day=TUE)
    week.type(f"payment export 1 --out {week.folder / 'zahllauf-1.xml'}", user="dirk", day=TUE)
    week.close(TUE)


def wednesday(week: Week) -> None:
    """Play the execution of the run, in one sum."""
    week.say(N_("Wednesday: the bank has executed the run as one debit; the bakery pays."))
    file = (week.folder / "zahllauf-1.xml").read_text(encoding="utf-8")
    batch, total = re.findall(r"<PmtInfId>(.*?)</PmtInfId>.*?<CtrlSum>(.*?)</CtrlSum>", file, re.DOTALL)[0]
    week.reconcile(
        WED,
        Booking(-int(total.replace(".", "")), gvc="191", batch=batch),
        Booking(24000, town.BAKERY.name, town.BAKERY.iban, (f"RG Marktplatz {week.spaced(town.BAKERY.name)}",)),
    )
    week.close(WED)


def thursday(week: Week) -> None:
    """Play a debit nobody knows, and the clearing of Tuesday's mistyped payment."""
    week.say(N_("Thursday: a debit nobody knows, a reference with dots. The clerk clears what is unclear."))
    dotted = ".".join(re.findall(".{1,4}", week.references[town.PIOTR.name]))
    week.reconcile(
        THU,
        Booking(-4990, "Telefon Nord AG", town.account(4_000_001), ("Rechnung 2026-11",), gvc="105"),
        Booking(31000, town.PIOTR.name, town.PIOTR.iban, (f"Geruest {dotted}",)),
    )
    week.type("suspense list", user="clara", day=THU)
    cases = week.ask("suspense list", user="clara", day=THU)["cases"]
    number = next(case["number"] for case in cases if case["amount_cents"] == 125000)
    week.type(
        f"suspense assign {number} {week.references[town.JUERGEN.name]}",
        user="clara",
        day=THU,
    )
    week.close(THU)


def friday(week: Week) -> None:
    """Play a gift without a reference, and the dunning proposal."""
    week.say(N_("Friday: money without a reference. Who is due for a dunning letter?"))
    week.reconcile(FRI, Booking(5000, "Verein Stadtfest e.V.", town.account(4_000_002), ("Spende Dank an alle",)))
    week.close(FRI)
    week.type("dunning propose", user="clara", day=SATURDAY, may_find=True)


def look_back(week: Week) -> None:
    """Show what is open, what is unclear, and the proof that nothing was changed."""
    week.say(N_("What is open, what is unclear, what the accounts say; and the proof of it all."))
    week.type(f"report open-items --xlsx {week.folder / 'offene-posten.xlsx'}", user="frida", day=SATURDAY)
    week.type("report suspense", user="frida", day=SATURDAY)
    week.type("report trial-balance", user="frida", day=SATURDAY)
    week.type("journal verify", user="frida", day=SATURDAY)


FINE_CENTS = 24310
"""What the statement brings that is left for whoever goes on."""


def leave_a_fine(week: Week) -> None:
    """Leave a list with a fine, and the statement of the day on which it will be paid, for whoever goes on."""
    folder = week.folder / "bussgeld"
    folder.mkdir()
    (folder / "anordnung.csv").write_text(town.FINE_LIST, encoding="utf-8")
    paid = Booking(FINE_CENTS, town.FINED.name, town.FINED.iban, (f"Bussgeld {town.FINE_REFERENCE}",))
    (folder / "zahlung.xml").write_bytes(week.bank.statement(town.FINE_PAID_ON, (paid,)))


def files_of(folder: Path) -> list[str]:
    """Return the files of the demo, as a person finds them."""
    return sorted(
        str(path) for path in folder.rglob("*") if path.is_file() and path.suffix not in {".db-wal", ".db-shm"}
    )

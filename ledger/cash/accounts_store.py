"""The accounts that cash needs in the books: one for each desk, and those of money under way, made when needed."""

from __future__ import annotations

from ledger.book.chart import ROLES
from ledger.book.store import kasse_office
from ledger.cash.desks import ACCOUNTS, Desk, DeskPlan, account_number
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.store.engines import Store

UNDER_WAY = {
    "transit_cash": ("2892", "Bargeld und Schecks unterwegs"),
    "transit_card": ("2893", "Kartenzahlungen unterwegs"),
    "cheques": ("2894", "Schecks"),
}
"""By role: number and name of the account that the Kasse gets where its chart has none of that role."""
_OPEN = "SELECT min(number) FROM account WHERE office = :office AND role = :role AND closed_on IS NULL"
_TAKEN = "SELECT 1 FROM account WHERE office = :office AND number = :number"


def under_way(store: Store, role: str) -> str:
    """Return the Kasse's account for cash, cheques or card payments under way; inside a unit that holds the Kasse.

    Charts of their own may bring the role; else the account is opened with the first desk.
    """
    office = kasse_office(store)
    found = store.value(_OPEN, office=office, role=role)
    if found is not None:
        return str(found)
    number, name = UNDER_WAY[role]
    if store.value(_TAKEN, office=office, number=number) is not None:
        number = f"{number}.0"
    _open(store, office, number, name, role, store.today)
    return number


def tender_account(store: Store, desk: Desk, tender: str) -> tuple[str, str]:
    """Return office and account that hold what was taken: the desk's, or the Kasse's for cards and cheques."""
    if tender == "cash":
        return desk.office, desk.account
    return kasse_office(store), under_way(store, "transit_card" if tender == "card" else "cheques")


def open_account(store: Store, plan: DeskPlan, code: str, day: str) -> str:
    """Open the account of a desk and return its number."""
    number = account_number(plan.kind, code)
    _open(store, plan.office, number, plan.name, ACCOUNTS[plan.kind][1], day)
    return number


def close_account(store: Store, desk: Desk, day: str) -> None:
    """Close the account of a desk."""
    sql = "UPDATE account SET closed_on = :day WHERE office = :office AND number = :number"
    store.execute(sql, day=day, office=desk.office, number=desk.account)
    facts: dict[str, Fact] = {"day": day, "role": ACCOUNTS[desk.kind][1]}
    facts |= seal(store, ("account", desk.office, desk.account))
    record(store, desk.office, "account.closed", f"account:{desk.account}", facts)


def _open(store: Store, office: str, number: str, name: str, role: str, day: str) -> None:
    kind = ROLES[role].kinds[0]
    store.insert_one("account", office=office, number=number, name=name, kind=kind, role=role, opened_on=day)
    facts: dict[str, Fact] = {"name": name, "role": role, "before": None, "day": day}
    facts |= seal(store, ("account", office, number))
    record(store, office, "account.added", f"account:{number}", facts)

"""Who stands on the other side of a transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sepa.identifiers.iban import is_iban
from sepa.xml.walk import Record

_OTHER = {"Dbtr": "Cdtr", "Cdtr": "Dbtr"}


@dataclass(frozen=True, slots=True)
class Side:
    """What a message says about the debtor's or the creditor's side."""

    name: str
    iban: str
    account: str
    bic: str
    ultimate_name: str

    @property
    def known(self) -> bool:
        """Whether the message names anybody there."""
        return bool(self.name or self.iban or self.account)


def counterparty(record: Record, *, credit: bool, returned: bool, own_account: str) -> tuple[Side, Side]:
    """Return the other side and the own side of a transaction.

    A credit comes from the debtor, a debit goes to the creditor. A return or reversal keeps the parties of the
    first payment (ISO 20022, RelatedParties), so the sides change; but some banks turn them round, so the side
    that holds the own account is never the other one.
    """
    role = "Dbtr" if credit else "Cdtr"
    if returned:
        role = _OTHER[role]
    other, own = _side(record, role), _side(record, _OTHER[role])
    if _holds(other, own_account) and not _holds(own, own_account):
        return own, other
    if returned and own.known and not other.known and not _holds(own, own_account):
        return own, other
    return other, own


def _holds(side: Side, own_account: str) -> bool:
    return bool(own_account) and own_account in {side.iban, side.account}


def _side(record: Record, role: str) -> Side:
    get = record.get
    iban, account = get(f"{role}Acct.iban", ""), get(f"{role}Acct.other", "")
    if account and not iban and is_iban(account):
        iban, account = account, ""
    return Side(
        name=get(role) or get(f"{role}Acct.name", ""),
        iban=iban,
        account=account,
        bic=get(f"{role[:4]}Agt.bic") or get(f"{role}.bic", ""),
        ultimate_name=get(f"Ultmt{role}", ""),
    )


def creditor_id(record: Record) -> str:
    """Return the creditor identifier: the id marked SEPA, or the only one where a mandate stands beside it."""
    ids = record.many("Cdtr.ids")
    for one in ids:
        if one.get("scheme", "").upper() == "SEPA":
            return one.get("Id", "")
    return ids[0].get("Id", "") if len(ids) == 1 and "Refs/MndtId" in record else ""

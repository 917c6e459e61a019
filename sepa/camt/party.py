"""Who stands on the other side of a transaction."""

from __future__ import annotations

from typing import Any, NamedTuple

from sepa.identifiers import is_iban
from sepa.xml.walk import Record


class _Role(NamedTuple):
    """Under which keys a record holds one side of a transaction."""

    name: str
    account_name: str
    iban: str
    account: str
    bic: str
    own_bic: str
    ultimate: str


def _role(party: str, agent: str) -> _Role:
    account = f"{party}Acct"
    return _Role(
        name=party,
        account_name=f"{account}.name",
        iban=f"{account}.iban",
        account=f"{account}.other",
        bic=f"{agent}.bic",
        own_bic=f"{party}.bic",
        ultimate=f"Ultmt{party}",
    )


_DEBTOR, _CREDITOR = _role("Dbtr", "DbtrAgt"), _role("Cdtr", "CdtrAgt")


def add_counterparty(
    fields: dict[str, Any], raw: dict[str, str], *, credit: bool, returned: bool, own_account: str
) -> None:
    """Add name, account, bank and the ultimate parties to the fields of a `Detail`: those of the other side.

    A credit comes from the debtor, a debit goes to the creditor. A return or reversal keeps the parties of the
    first payment (ISO 20022, RelatedParties), so the sides change; but some banks turn them round, so the side
    that holds the own account is never the other one.
    """
    role, own = (_DEBTOR, _CREDITOR) if credit != returned else (_CREDITOR, _DEBTOR)
    mistaken = _holds(raw, role, own_account) or (returned and not _known(raw, role))
    if mistaken and not _holds(raw, own, own_account):
        role, own = own, role
    _add_side(fields, raw, role)
    if own.ultimate in raw:
        fields["own_ultimate_name"] = raw[own.ultimate]


def _holds(raw: dict[str, str], role: _Role, account: str) -> bool:
    return account != "" and account in {raw.get(role.iban), raw.get(role.account)}


def _known(raw: dict[str, str], role: _Role) -> bool:
    return role.name in raw or role.iban in raw or role.account in raw


def _add_side(fields: dict[str, Any], raw: dict[str, str], role: _Role) -> None:
    if name := raw.get(role.name) or raw.get(role.account_name):
        fields["name"] = name
    if iban := raw.get(role.iban):
        fields["iban"] = iban
    if account := raw.get(role.account):
        fields["iban" if not iban and is_iban(account) else "account"] = account
    if bic := raw.get(role.bic) or raw.get(role.own_bic):
        fields["bic"] = bic
    if role.ultimate in raw:
        fields["ultimate_name"] = raw[role.ultimate]


def creditor_id(record: Record) -> str:
    """Return the creditor identifier: the id marked SEPA, or the only one where a mandate stands beside it."""
    ids = record.many("Cdtr.ids")
    for one in ids:
        if one.raw.get("scheme", "").upper() == "SEPA":
            return one.raw.get("Id", "")
    return ids[0].raw.get("Id", "") if len(ids) == 1 and "mandate_id" in record.plain else ""

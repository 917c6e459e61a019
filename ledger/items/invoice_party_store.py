"""The seller of an invoice in the book: found by VAT number or account, and what the master data say against it."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.book.store import kasse_office
from ledger.events.store import record
from ledger.items.invoices import Invoice
from ledger.people.parties import address_key, match_key
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place


class NewSellerError(KasseError):
    """A seller whom the book did not know."""

    code = "invoice.seller_new"
    severity = "info"
    template = N_("the seller {seller} is new and was added with the account of the invoice")
    hint = N_("compare name and IBAN with the contract before you certify")


class NewIbanError(KasseError):
    """A known seller with an account that the book does not have."""

    code = "invoice.iban_new"
    severity = "warning"
    template = N_("{seller} has other accounts in the book than {iban}: {known}")
    hint = N_("ask the seller on a number you know from before; then add it with 'kasse party change'")


class OthersIbanError(KasseError):
    """An account that the book knows as another's."""

    code = "invoice.iban_other"
    severity = "warning"
    template = N_("the account {iban} of the invoice belongs to {other} in the book")
    hint = N_("check who is to be paid before you certify")


def seller_party(store: Store, invoice: Invoice, day: str) -> tuple[int, list[KasseError]]:
    """Return the seller in the book, made where it is new, and what its accounts tell."""
    seller, key = invoice.seller, match_key(invoice.seller.name)
    found = None
    if seller.vat_id:
        sql = "SELECT min(id) FROM party WHERE vat_id = :vat AND merged_into IS NULL"
        found = store.value(sql, vat=seller.vat_id)
    found = found or store.value(
        """SELECT min(p.id) FROM party_account a JOIN party p ON p.id = a.party
           WHERE a.iban = :iban AND a.until IS NULL AND p.match_key = :key AND p.merged_into IS NULL""",
        iban=invoice.iban or "", key=key,
    )  # fmt: skip
    if found is None:
        notes = [NewSellerError(seller=seller.name, place=Place(field="BT-27")), *_others(store, invoice, None)]
        return _make_party(store, invoice, key, day), notes
    return int(found), [*_accounts(store, invoice, int(found)), *_others(store, invoice, int(found))]


def _accounts(store: Store, invoice: Invoice, party: int) -> Iterator[KasseError]:
    sql = "SELECT iban FROM party_account WHERE party = :party AND until IS NULL ORDER BY since DESC"
    known = [iban for (iban,) in store.rows(sql, party=party)]
    if invoice.iban and not invoice.collected and invoice.iban not in known:
        yield NewIbanError(
            seller=invoice.seller.name,
            iban=invoice.iban,
            known=", ".join(known) or "-",
            place=Place(field="BT-84"),
        )


def _others(store: Store, invoice: Invoice, party: int | None) -> Iterator[KasseError]:
    """Yield who else has the account: a payee in an invoice is easily forged."""
    sql = """SELECT p.name FROM party_account a JOIN party p ON p.id = a.party
             WHERE a.iban = :iban AND a.until IS NULL AND a.kind = 'own' AND p.id <> :party AND p.merged_into IS NULL
             ORDER BY p.id LIMIT 1"""
    other = store.value(sql, iban=invoice.iban or "", party=party or 0)
    if other is not None and not invoice.collected:
        yield OthersIbanError(iban=invoice.iban, other=other, place=Place(field="BT-84"))


def _make_party(store: Store, invoice: Invoice, key: str, day: str) -> int:
    seller, number = invoice.seller, take_ids(store, BOOK, "party")
    store.insert_one(
        "party",
        id=number,
        name=seller.name,
        street=seller.street,
        postcode=seller.postcode,
        town=seller.town,
        country=seller.country,
        vat_id=seller.vat_id,
        match_key=key,
        address_key=address_key(seller.street, None, seller.postcode, seller.town),
        created_at=store.now,
    )
    if invoice.iban and not invoice.collected:
        store.insert_one(
            "party_account", party=number, iban=invoice.iban, kind="own", source=f"invoice {invoice.number}", since=day
        )
    record(store, kasse_office(store), "party.add", f"party:{number}", {"source": "invoice"}, {"name": seller.name})
    return number

"""The seller of an invoice in the book: found by VAT number or account, and what the master data say against it."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.items.invoices import Invoice
from ledger.people.parties import address_key, match_key
from ledger.people.parties_store import known_bic
from ledger.people.party_seals_store import mark_fresh, seal_marked
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.countries import agree
from sepa.errors import N_, KasseError, Place
from sepa.identifiers import is_bic


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


class SellerNameError(KasseError):
    """A known VAT number under another name."""

    code = "invoice.seller_name"
    severity = "warning"
    template = N_("the book knows the seller {seller} by another name: {known}")
    hint = N_("check who wrote the invoice; 'kasse party change' notes a new name")


class SellerVatError(KasseError):
    """A known seller with a VAT number that the book does not have."""

    code = "invoice.seller_vat"
    severity = "warning"
    template = N_("the book knows the seller {seller} by another VAT number than {vat}: {known}")
    hint = N_("ask the seller on a number you know from before; 'kasse party change' notes a new number")


class PayeeError(KasseError):
    """An invoice that wants its money to go to somebody else than the seller."""

    code = "invoice.payee"
    severity = "warning"
    template = N_("the invoice wants {payee} to be paid, not the seller {seller}")
    hint = N_("ask the seller on a number you know from before whether the claim was assigned, before you certify")


class InvoiceBicError(KasseError):
    """A BIC in an invoice that cannot be of the account's bank."""

    code = "invoice.bic"
    severity = "warning"
    template = N_("{bic} cannot be the BIC of the bank of {iban}: it was not noted")
    hint = N_("ask the seller, and note the right one with 'kasse party change PARTY --iban {iban} --bic BIC'")


def seller_party(store: Store, invoice: Invoice, day: str) -> tuple[int, list[KasseError]]:
    """Return the seller in the book (by VAT number, account or address), made where it is new, and what they tell."""
    seller, key = invoice.seller, match_key(invoice.seller.name)
    found = None
    if seller.vat_id:
        sql = "SELECT min(id) FROM party WHERE vat_id = :vat AND merged_into IS NULL"
        found = store.value(sql, vat=seller.vat_id)
    found = found or store.value(
        """SELECT min(p.id) FROM party_account a JOIN party p ON p.id = a.party
           WHERE a.iban = :iban AND a.until IS NULL AND p.match_key = :key AND p.merged_into IS NULL""",
        iban=invoice.iban or "", key=key,
    ) or _at_address(store, invoice, key)  # fmt: skip
    if found is None:
        notes = [NewSellerError(seller=seller.name, place=Place(field="BT-27")), *_others(store, invoice, None)]
        notes += _odd_bic(invoice)
        payees = list(_payees(invoice, (seller.name,)))
        return _make_party(store, invoice, key, day, own=not payees), [*notes, *payees]
    return int(found), [*_against_book(store, invoice, int(found)), *_others(store, invoice, int(found))]


def _at_address(store: Store, invoice: Invoice, key: str) -> int | None:
    """Return the party of the seller's name at its address: with another account it is no new seller, but a finding."""
    seller = invoice.seller
    sql = """SELECT min(id) FROM party WHERE match_key = :key AND address_key = :address AND merged_into IS NULL"""
    address = address_key(seller.street, None, seller.postcode, seller.town)
    return store.value(sql, key=key, address=address) if address else None


def _against_book(store: Store, invoice: Invoice, party: int) -> Iterator[KasseError]:
    """Yield where a known seller's name, payee and account differ from what the book knows."""
    name, legal_name, vat = store.all("SELECT name, legal_name, vat_id FROM party WHERE id = :party", party=party)[0]
    if match_key(invoice.seller.name) not in {match_key(known) for known in (name, legal_name) if known}:
        yield SellerNameError(seller=invoice.seller.name, known=name, place=Place(field="BT-27"))
    if vat and invoice.seller.vat_id and vat != invoice.seller.vat_id:
        yield SellerVatError(
            seller=invoice.seller.name, vat=invoice.seller.vat_id, known=vat, place=Place(field="BT-31")
        )
    yield from _payees(invoice, tuple(filter(None, (invoice.seller.name, name, legal_name))))
    yield from _accounts(store, invoice, party)


def _payees(invoice: Invoice, names: tuple[str, ...]) -> Iterator[KasseError]:
    """Yield the payee (BT-59) and the account holder (BT-85) where they are none of the seller's names."""
    known = {match_key(name) for name in names}
    for place, payee in (("BT-59", invoice.payee), ("BT-85", invoice.holder)):
        if payee and not invoice.collected and match_key(payee) not in known:
            known.add(match_key(payee))
            yield PayeeError(payee=payee, seller=invoice.seller.name, place=Place(field=place))


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


def _odd_bic(invoice: Invoice) -> list[KasseError]:
    """Return what is wrong with the BIC of an account that is noted from the invoice (BT-86)."""
    bic, iban = invoice.bic, invoice.iban
    if not bic or not iban or invoice.collected or (is_bic(bic) and agree(iban[:2], bic[4:6])):
        return []
    return [InvoiceBicError(bic=bic, iban=iban, place=Place(field="BT-86"))]


def _make_party(store: Store, invoice: Invoice, key: str, day: str, *, own: bool) -> int:
    """Add the seller; an account in another's name is no evidence of who paid (kind `third_party`)."""
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
            "party_account",
            party=number,
            iban=invoice.iban,
            kind="own" if own else "third_party",
            source=f"invoice {invoice.number}",
            since=day,
            bic=known_bic(store, invoice.iban) or (None if _odd_bic(invoice) else invoice.bic),
        )
    mark_fresh(store, "SELECT id AS party FROM party WHERE id = :number", number=number)
    facts: dict[str, Fact] = {"source": "invoice", **seal_marked(store)}
    record(store, kasse_office(store), "party.add", f"party:{number}", facts, {"name": seller.name})
    return number

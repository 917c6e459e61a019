"""Taking money at a desk: items settled, credits and unclear cases made, a numbered receipt written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ledger.bank.again_origin_store import SHOWN
from ledger.bank.posting import CASE_COLUMNS
from ledger.bank.suspense import ClosedTargetError, Wish
from ledger.bank.suspense_targets_store import Targets
from ledger.book.entry import Posted, Posting
from ledger.book.store import account_with_role, kasse_office, office_codes, post
from ledger.book.transfer import across
from ledger.cash.accounts_store import tender_account
from ledger.cash.counting import LARGE_CENTS
from ledger.cash.desks import Desk, over_limit
from ledger.cash.desks_reader import balance, own_desk
from ledger.cash.receipts import (
    ChequeAgainError,
    GivenTooLittleError,
    Label,
    LargeSurplusError,
    NothingOpenError,
    Part,
    PayerNeededError,
    Receipt,
    Taken,
    Tender,
    TenderFactsError,
    fold_cheque,
    payment_day,
    spread_taken,
    total_of,
)
from ledger.cash.receipts_reader import receipt_named
from ledger.cash.receipts_store import NewReceipt, next_label, write_receipt
from ledger.cash.terminals_store import batch_for
from ledger.items.item_seals_store import told_reasons
from ledger.items.paper_seals_store import note_papers
from ledger.items.settlement import Order
from ledger.items.store import (
    SIDES,
    ItemKind,
    NewClearing,
    NewItem,
    clear,
    insert_items,
    opening_posting,
    posting_for,
    reserve_items,
)
from ledger.store.engines import Store
from sepa.errors import KasseError

_CHEQUES = "SELECT desk, year, number, cheque FROM cash_cheque WHERE state IN ('held', 'presented')"
_ORIGIN_COLUMNS = ("office", "item", "bank_day", "name", "remittance")


@dataclass(frozen=True, slots=True)
class Payment:
    """How and by whom something is paid at a desk; a card has its terminal, a cheque its number.

    `given_cents` is what the payer handed over where change is given back.
    """

    tender: Tender = "cash"
    terminal: str | None = None
    cheque: str | None = None
    payer: str = ""
    note: str = ""
    given_cents: int | None = None

    def __post_init__(self) -> None:
        if (self.tender == "card") != bool((self.terminal or "").strip()):
            raise TenderFactsError
        if (self.tender == "cheque") != bool((self.cheque or "").strip()):
            raise TenderFactsError


@dataclass(frozen=True, slots=True)
class TakeDone:
    """The receipt of what was taken, what is in the desk now, and what is to be noticed."""

    receipt: Receipt
    balance_cents: int
    findings: tuple[KasseError, ...] = ()


@dataclass(slots=True)
class _Booking:
    """What a taking will write: postings and clearings by office, items that it makes, parts of its receipt."""

    postings: defaultdict[str, list[Posting]] = field(default_factory=lambda: defaultdict(list))
    cleared: defaultdict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    items: list[NewItem] = field(default_factory=list)
    cases: list[tuple[str, int, None, str, None]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    origins: list[tuple[str, int, str, str | None, str]] = field(default_factory=list)


IN_CASH = Payment()


def take(
    store: Store,
    code: str,
    wishes: Sequence[Wish],
    *,
    cents: int | None = None,
    payment: Payment = IN_CASH,
    orders: Mapping[str, Order] | None = None,
    sure: bool = True,
) -> TakeDone:
    """Take money from a payer for what is named (references or OFFICE/NUMBER) and write a receipt.

    `cents` is what was taken, by default what is named with its amounts, or all that is open. What is over becomes a
    credit of the one person paid for; what names nothing in the book becomes unclear money that keeps what was
    named, for orders that come later. A cheque is taken under
    reserve and counts as paid three days later (§ 224 Abs. 2 Nr. 1 AO). Only the holder of the desk takes. Unless one
    is `sure`, a large surplus is taken for a typing error: raises `LargeSurplusError`; and what `own_desk`, `total_of`
    and `spread_taken` raise, `PayerNeededError`, `UnknownTerminalError`, `ChequeAgainError`, `ClosedPeriodError`.
    """
    with store.unit(office_codes(store)):
        desk = own_desk(store, code, "desk")
        targets = Targets(store, "suspense", wishes)
        refused: list[KasseError] = []
        aims = list(targets.aims(refused))
        unknown = [_unknown(error, wishes) for error in refused]
        total = total_of(aims, [wish for wish, _ in unknown], cents)
        if payment.given_cents is not None and payment.given_cents < total:
            raise GivenTooLittleError(given_cents=payment.given_cents, due_cents=total)
        taken = spread_taken(aims, unknown, total, orders, day=store.today)
        if taken.unclear and not (payment.payer.strip() or payment.note.strip()):
            raise PayerNeededError
        if not sure:
            _check_surplus(store, desk, taken, total, payment)
        if payment.cheque:
            _check_cheque(store, payment.cheque)
        label = next_label(store, desk)
        _write(store, desk, label, _booked(store, taken, targets, payment, label), payment, total)
        held = balance(store, desk)
        waiting = (NothingOpenError(reference=wish.target, receipt=str(label)) for wish, _ in unknown)
        return TakeDone(receipt_named(store, label), held, (*waiting, *over_limit(desk, held)))


def _check_surplus(store: Store, desk: Desk, taken: Taken, total: int, payment: Payment) -> None:
    """Check that a surplus is no typing error; raises `LargeSurplusError`, with what the desk would hold too much."""
    if taken.over_cents > LARGE_CENTS:
        full = over_limit(desk, balance(store, desk) + total) if payment.tender == "cash" else ()
        raise LargeSurplusError(taken_cents=total, over_cents=taken.over_cents, findings=full)


def _check_cheque(store: Store, cheque: str) -> None:
    """Check that the cheque is not in a drawer or at the bank already; raises `ChequeAgainError`."""
    folded = fold_cheque(cheque)
    for desk, year, number, known in store.all(_CHEQUES):
        if fold_cheque(known or "") == folded:
            raise ChequeAgainError(cheque=cheque.strip(), receipt=str(Label(desk, year, number)))


def _unknown(error: KasseError, wishes: Sequence[Wish]) -> tuple[Wish, str]:
    reference = error.fields["reference"]
    wish = next(wish for wish in wishes if wish.target == reference)
    return wish, "closed" if isinstance(error, ClosedTargetError) else "unknown"


def _booked(store: Store, taken: Taken, targets: Targets, payment: Payment, label: Label) -> _Booking:
    booking = _Booking()
    for claim, cents in taken.lines:
        account = targets.accounts[claim.office, claim.item]
        booking.postings[claim.office].append(posting_for(SIDES["receivable"], account, claim.item, cents))
        booking.cleared[claim.office].append((claim.item, cents))
        booking.parts.append(Part("settled", claim.office, claim.item, cents))
    if taken.over_cents:
        office = taken.lines[-1][0].office
        _make(store, booking, "credit", office, taken.over_cents, party=taken.party)
    kasse = kasse_office(store)
    who = "; ".join(filter(None, (payment.payer.strip(), payment.note.strip(), f"Quittung {label}")))
    for reason, cents, named in taken.unclear:
        said = f"{SHOWN}{named}" if named else ""
        item = _make(store, booking, "suspense", kasse, cents, purpose="; ".join(filter(None, (said, who)))[:140])
        booking.cases.append((kasse, item, None, reason, None))
        if said:
            booking.origins.append((kasse, item, store.today, payment.payer.strip() or None, said))
    return booking


def _make(
    store: Store, booking: _Booking, kind: ItemKind, office: str, cents: int, *, party: int | None = None,
    purpose: str | None = None,
) -> int:  # fmt: skip
    """Add an item that the money makes: a credit of a person, or unclear money."""
    number, account, day = reserve_items(store, office), account_with_role(store, office, kind), store.today
    booking.postings[office].append(opening_posting(SIDES[kind], account, number, cents))
    booking.items.append(NewItem(office, number, kind, account, cents, day, day, 0, party, purpose=purpose))
    booking.parts.append(Part(kind, office, number, cents))
    return number


def _write(store: Store, desk: Desk, label: Label, booking: _Booking, payment: Payment, total: int) -> None:
    day, paid_on = store.today, payment_day(store.today, payment.tender)
    lead, account = tender_account(store, desk, payment.tender)
    batch = batch_for(store, desk, payment.terminal) if payment.terminal else None
    lines = {lead: [Posting(account, total)]}
    for office, postings in booking.postings.items():
        lines.setdefault(lead if office == lead else office, []).extend(postings)
    said = f"Quittung {label}: {payment.payer or payment.note}".removesuffix(": ")
    drafts = across(
        lead, lines, kind="cash", posting_day=day, source=f"cash:{label}", text=said, payment_day=paid_on, group=1
    )
    posted = {one.office: one for one in post(store, drafts)}
    reasons = told_reasons((office, item, reason) for office, item, _, reason, _ in booking.cases)
    insert_items(store, [replace(item, position=posted[item.office].position) for item in booking.items], reasons)
    store.insert("suspense_case", CASE_COLUMNS, booking.cases)
    store.insert("suspense_origin", _ORIGIN_COLUMNS, booking.origins)
    for office, item, *_ in booking.origins:
        note_papers(store, office, item, item)
    numbers = _clear(store, booking, posted, paid_on)
    new = NewReceipt("take", payment.tender, total, paid_on, posted[lead], payment.payer, payment.note, batch)
    parts = [(part, numbers.get(part.office) if part.kind == "settled" else None) for part in booking.parts]
    write_receipt(store, desk, label, new, parts)
    if payment.cheque:
        key = {"desk": label.desk, "year": label.year, "number": label.number}
        store.insert_one("cash_cheque", **key, cheque=payment.cheque.strip(), state="held")


def _clear(store: Store, booking: _Booking, posted: Mapping[str, Posted], paid_on: str) -> dict[str, int]:
    """Settle the items and return the number of each office's clearing."""
    offices = sorted(booking.cleared)
    clearings = [
        NewClearing(office, "cash", posted[office].position, store.today, paid_on, tuple(booking.cleared[office]))
        for office in offices
    ]
    return dict(zip(offices, clear(store, clearings), strict=True))

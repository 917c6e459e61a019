"""Bringing cash and cheques to the bank, getting cash from it, passing it on between desks and funds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.book.entry import Draft, Posted, Posting
from ledger.book.store import kasse_office, office_codes, post
from ledger.book.transfer import across
from ledger.cash.accounts_store import under_way
from ledger.cash.desks import Desk, NotAFundError, check_enough, over_limit
from ledger.cash.desks_reader import balance, find_desk, open_desk, own_desk
from ledger.cash.terminals_store import own_account
from ledger.cash.transport_reader import incoming, on_the_way_to, transport_numbered
from ledger.cash.transports import (
    FullFundError,
    NoChequesError,
    NothingToBringError,
    OverFixedError,
    SameDeskError,
    Transport,
    TransportKind,
    reference_of,
)
from ledger.events.store import Fact, record
from ledger.store.counters import take_ids
from ledger.store.engines import Store
from sepa.errors import KasseError

_HELD = """
    SELECT r.year, r.number, r.cents FROM cash_cheque c
    JOIN cash_receipt r ON r.desk = c.desk AND r.year = c.year AND r.number = c.number
    WHERE c.desk = :desk AND c.state = 'held' ORDER BY r.year, r.number"""
_PRESENT = """
    UPDATE cash_cheque SET state = 'presented', transport = CAST(:transport AS BIGINT)
    WHERE desk = :desk AND state = 'held'"""
_THERE = """
    UPDATE cash_transport SET state = 'there', there_position = CAST(:position AS BIGINT),
        there_by = CAST(:user AS BIGINT), there_on = CAST(:day AS TEXT) WHERE id = :id"""


@dataclass(frozen=True, slots=True)
class TransportDone:
    """What is under way now, and what is left in the desk."""

    transport: Transport
    balance_cents: int
    findings: tuple[KasseError, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """Where cash goes or comes from besides the desk: a bank account, or another desk; `bag` is its Safebag number."""

    kind: TransportKind
    iban: str | None = None
    other: str | None = None
    bag: str | None = None


def deposit(store: Store, code: str, cents: int, *, iban: str | None = None, bag: str | None = None) -> TransportDone:
    """Bring cash of a desk to the bank: it is under way until the statement shows it under its name or amount.

    Only the holder. Raises `NothingToBringError`, `NotEnoughCashError`, `UnknownBankAccountError` and what `own_desk`
    raises.
    """
    with store.unit(office_codes(store)):
        desk = own_desk(store, code)
        check_enough(desk, balance(store, desk), cents)
        return _start(store, desk, cents, Way("deposit", own_account(store, iban), bag=bag))


def deposit_cheques(store: Store, code: str, *, iban: str | None = None) -> TransportDone:
    """Hand all cheques of a desk in at the bank, as one transport.

    Only the holder. Raises `NoChequesError`, `UnknownBankAccountError` and what `own_desk` raises.
    """
    with store.unit(office_codes(store)):
        desk = own_desk(store, code, "desk")
        held = store.all(_HELD, desk=desk.code)
        if not held:
            raise NoChequesError(desk=desk.code)
        done = _start(store, desk, sum(cents for *_, cents in held), Way("cheques", own_account(store, iban)))
        store.execute(_PRESENT, transport=done.transport.number, desk=desk.code)
        return done


def withdraw(store: Store, code: str, cents: int | None, *, iban: str | None = None) -> TransportDone:
    """Put cash from the bank into a desk or fund; the debit on the statement clears it. None refills a fund.

    Only the holder. Raises `NothingToBringError`, `FullFundError`, `OverFixedError`, `NotAFundError`,
    `UnknownBankAccountError` and what `own_desk` raises.
    """
    with store.unit(office_codes(store)):
        desk = own_desk(store, code)
        wanted = missing(store, desk) if cents is None else check_fixed(store, desk, cents)
        return _start(store, desk, wanted, Way("withdrawal", own_account(store, iban)))


def transfer(store: Store, code: str, other: str, cents: int | None) -> TransportDone:
    """Give cash of a desk to another desk or fund, whose holder accepts it; None refills a fund.

    Only the holder of the giving desk. Raises `SameDeskError`, `NothingToBringError`, `NotEnoughCashError`,
    `FullFundError`, `OverFixedError`, `NotAFundError` and what `own_desk` raises.
    """
    with store.unit(office_codes(store)):
        desk, to = own_desk(store, code), open_desk(store, other)
        if desk.code == to.code:
            raise SameDeskError(desk=desk.code)
        wanted = missing(store, to) if cents is None else check_fixed(store, to, cents)
        check_enough(desk, balance(store, desk), wanted)
        return _start(store, desk, wanted, Way("transfer", other=to.code))


def accept(store: Store, code: str, reference: str | None = None) -> TransportDone:
    """Put what another desk gave into the own one: by its name, or the only one that is on its way.

    Only the holder of the getting desk. Raises what `incoming` and `own_desk` raise.
    """
    with store.unit(office_codes(store)):
        desk = own_desk(store, code)
        given = incoming(store, desk, reference)
        lines = {desk.office: [Posting(desk.account, given.amount_cents)]}
        (lead, *_) = _post(store, desk, lines, -given.amount_cents, given.reference)
        store.execute(_THERE, position=lead.position, user=store.user, day=store.today, id=given.number)
        facts: dict[str, Fact] = {"reference": given.reference, "cents": given.amount_cents, "day": store.today}
        record(store, desk.office, "cash.accept", f"desk:{desk.code}", facts)
        held = balance(store, desk)
        return TransportDone(transport_numbered(store, given.number), held, over_limit(desk, held))


def missing(store: Store, fund: Desk) -> int:
    """Return what a fund lacks to its fixed sum; raises `NotAFundError`, `FullFundError`."""
    if fund.fixed_cents is None:
        raise NotAFundError(desk=fund.code)
    held, coming = balance(store, fund), on_the_way_to(store, fund)
    left = fund.fixed_cents - held - coming
    if left <= 0:
        raise FullFundError(
            desk=fund.code, balance_cents=held, fixed_cents=fund.fixed_cents, under_way_cents=coming
        )  # fmt: skip
    return left


def check_fixed(store: Store, desk: Desk, cents: int) -> int:
    """Return the cents where they leave a fund within its fixed sum; raises `OverFixedError`."""
    held, coming = balance(store, desk), on_the_way_to(store, desk)
    if desk.fixed_cents is not None and held + coming + cents > desk.fixed_cents:
        raise OverFixedError(
            desk=desk.code, fixed_cents=desk.fixed_cents, balance_cents=held, under_way_cents=coming, wanted_cents=cents
        )  # fmt: skip
    return cents


def _start(store: Store, desk: Desk, cents: int, way: Way) -> TransportDone:
    """Post what is under way from now on and write it down."""
    if cents <= 0:
        raise NothingToBringError(desk=desk.code, wanted_cents=cents)
    kasse = kasse_office(store)
    number = take_ids(store, kasse, "cash_transport")
    reference = reference_of(kasse, number)
    if way.kind == "cheques":
        lines = {kasse: [Posting(under_way(store, "cheques"), -cents)]}
        (lead, *_) = _post(store, desk, lines, cents, reference)
    else:
        moved = cents if way.kind == "withdrawal" else -cents
        (lead, *_) = _post(store, desk, {desk.office: [Posting(desk.account, moved)]}, -moved, reference)
    store.insert_one(
        "cash_transport", id=number, kind=way.kind, desk=desk.code, other=way.other, iban=way.iban,
        reference=reference, bag=way.bag, cents=cents, day=store.today, state="under_way", office=lead.office,
        position=lead.position, made_by=store.user, made_at=store.now,
    )  # fmt: skip
    facts: dict[str, Fact] = {
        "reference": reference,
        "kind": way.kind,
        "cents": cents,
        "to": way.iban or way.other,
        "day": store.today,
    }
    record(store, desk.office, f"cash.{way.kind}", f"desk:{desk.code}", facts)
    held = balance(store, find_desk(store, desk.code, store.today))
    findings = over_limit(desk, held) if way.kind == "withdrawal" else ()
    return TransportDone(transport_numbered(store, number), held, findings)


def _post(
    store: Store, desk: Desk, lines: Mapping[str, Sequence[Posting]], transit_cents: int, reference: str
) -> list[Posted]:
    """Post one leg of a way against the Kasse's account for cash under way; the entry that leads comes first."""
    kasse = kasse_office(store)
    both = {office: list(postings) for office, postings in lines.items()}
    both.setdefault(kasse, []).append(Posting(under_way(store, "transit_cash"), transit_cents))
    lead = next(iter(lines))
    drafts: list[Draft] = across(
        lead, both, kind="cash", posting_day=store.today, source=f"cash:{reference}",
        text=f"Geldtransport {reference}, {desk.name}"[:140], payment_day=store.today, group=1,
    )  # fmt: skip
    return post(store, drafts)

"""The end of a relief: run out, failed, lifted, or the discharge after an insolvency; what it held back comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from enforcement.charges import Claim, accrue
from enforcement.law import Law
from enforcement.law.figures import distinct
from enforcement.relief import ItemKey, ReliefEndError, ReliefReasonError, ReliefStateError
from enforcement.relief_books_store import Covered, Side, book_sides, release_allowance, reopen, write_off
from enforcement.relief_days import check_ahead, check_happened
from enforcement.relief_default import latest
from enforcement.relief_default_store import book_default
from enforcement.relief_effects_store import dues_back, end_events, is_joint, kind_of, unlock, write_event
from enforcement.relief_estate_reader import paid_since_opening
from enforcement.relief_filing_reader import ORDINARY, filing
from enforcement.relief_grant_store import DECIDERS, check_person, expect
from enforcement.relief_interest_store import correct_interest
from enforcement.relief_law import DEFAULT_LAND, ReliefBook
from enforcement.relief_paid_store import paid_of
from enforcement.relief_propose_store import relief_book
from enforcement.relief_reader import Relief, find_relief, owed, reliefs
from enforcement.relief_rules import JointDischargeError, is_penal
from enforcement.relief_seals_store import seal_relief
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.items.items_reader import item_name
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import KasseError

ENDED, FAILED, LIFTED, DISCHARGED = "ended", "failed", "lifted", "discharged"
WAYS = {
    "stundung": (ENDED, FAILED),
    "ratenplan": (ENDED, FAILED),
    "aufschub": (ENDED, FAILED),
    "aussetzung": (ENDED,),
    "niederschlagung_befristet": (LIFTED, ENDED),
    "niederschlagung_unbefristet": (LIFTED,),
    "erlass": (LIFTED,),
    "absetzung": (LIFTED,),
    "tod": (ENDED, LIFTED),
    "insolvenz": (ENDED, DISCHARGED, LIFTED),
}
"""How each kind may end; the first is what happens where nothing is said."""
LASTING = ("stundung", "ratenplan", "aufschub", "aussetzung", "niederschlagung_befristet", "tod", "insolvenz")
_END = """
    UPDATE relief SET state = :state, ended_by = :user, ended_on = CAST(:day AS TEXT),
        ended_at = CAST(:now AS TEXT), ended_reason = :reason WHERE id = :id"""
_FILED = "UPDATE relief SET filed_on = CAST(:day AS TEXT), filed_cents = CAST(:cents AS BIGINT) WHERE id = :id"
_WATCH = "UPDATE relief SET watch_day = CAST(:day AS TEXT) WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Ended:
    """What the end of a relief did, in cents; `restored` counts claims with their old due day and dunning level."""

    number: int
    kind: str
    state: str
    restored: int = 0
    unlocked: int = 0
    interest_off_cents: int = 0
    interest_cents: int = 0
    default_cents: int = 0
    released_cents: int = 0
    reopened: int = 0
    written_off_cents: int = 0
    findings: tuple[KasseError, ...] = ()


def end(
    store: Store,
    number: int,
    *,
    reason: str,
    way: str | None = None,
    lost: bool = False,
    keep: Sequence[ItemKey] = (),
    law: Law | None = None,
) -> Ended:
    """End a granted relief on the day of the book, in one unit of work.

    Before its last day, and where a plan failed, old due days and dunning levels return, interest is that of the days
    that ran, and instalments that nobody paid are charged from their days on. `lost`: interest of a suspended
    execution without success (§ 237 AO). `discharged` writes off what § 302 InsO does not except; `keep` are claims
    from an intentional tort or tax crime. Raises `UnknownReliefError`, `ReliefStateError`, `ReliefReasonError`,
    `ReliefEndError`, `NotAllowedError`, for write-offs also `OwnWorkError` and `ReliefLimitError`, what a mirror entry
    raises, and the errors of a law that is not known on the day.
    """
    if not reason.strip():
        raise ReliefReasonError
    with store.unit(office_codes(store)):
        return _end(store, number, reason.strip(), way, lost=lost, keep=keep, law=law)


def end_settled(store: Store, *, reason: str, law: Law | None = None) -> list[Ended]:
    """End every lasting relief of which nothing is open any more: plans fulfilled, allowances not needed.

    Whether a suspended execution was lost, and bears interest until it was paid, a person says (§ 237 AO).
    """
    kasse = kasse_office(store)
    require(store, kasse, *DECIDERS)
    with store.unit(office_codes(store)):
        done = [
            row.number
            for row in list(reliefs(store, state="granted"))
            if row.kind in LASTING and row.open_cents == 0 and row.kind not in {"aussetzung", "tod", "insolvenz"}
        ]
        return [_end(store, number, reason.strip(), ENDED, law=law) for number in sorted(done)]


def file_claims(store: Store, number: int, day: str) -> int:
    """Note that the claims were filed with the insolvency administrator: it interrupts limitation (§ 231 (1) no. 4 AO).

    Subordinate claims are not filed (§ 174 (3) InsO). The sum filed stays with the relief, whatever is paid later.
    Returns how many main claims. Raises `UnknownReliefError`,
    `ReliefStateError`, `ReliefEndError`, `ReliefFutureError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit(office_codes(store)):
        require(store, kasse, *DECIDERS)
        relief = expect(store, number, "granted")
        if relief.row.kind != "insolvenz":
            raise ReliefEndError(kind=relief.row.kind, way="filed")
        if relief.row.filed_on is not None:
            raise ReliefStateError(relief=number, state="filed")
        check_happened(relief.row.kind, dt.date.fromisoformat(day), dt.date.fromisoformat(store.today))
        book = relief_book(store)
        open_claims = {one.key: one for one in owed(store, [one.key for one in relief.items])}
        filed = [
            one
            for one in relief.items
            if one.main_item is None
            and one.key in open_claims
            and not is_penal(open_claims[one.key], book.profile(one.profile))
        ]
        for one in filed:
            write_event(store, one, "insolvency_filing", day, relief=relief, until=None)
        cents = filing(store, number, dt.date.fromisoformat(relief.row.first_day)).cents(ORDINARY)
        store.execute(_FILED, day=day, cents=cents, id=number)
        facts: dict[str, Fact] = {"day": day, "claims": len(filed), "sum_cents": cents}
        record(store, kasse, "relief.filed", f"relief:{number}", facts | seal_relief(store, number))
    return len(filed)


def watch(store: Store, number: int, day: str, *, reason: str) -> None:
    """Put the day off on which a relief is looked at again.

    Raises `UnknownReliefError`, `ReliefStateError`, `ReliefReasonError`, `ReliefWatchPastError`, `NotAllowedError`.
    """
    if not reason.strip():
        raise ReliefReasonError
    check_ahead(dt.date.fromisoformat(day), dt.date.fromisoformat(store.today))
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *DECIDERS)
        expect(store, number, "granted")
        store.execute(_WATCH, day=day, id=number)
        seen: dict[str, Fact] = {"day": day, "paid_cents": paid_since_opening(store, number)}
        seen |= seal_relief(store, number)
        record(store, kasse, "relief.watch", f"relief:{number}", seen, {"reason": reason.strip()})


def _end(
    store: Store,
    number: int,
    reason: str,
    way: str | None,
    *,
    lost: bool = False,
    keep: Sequence[ItemKey] = (),
    law: Law | None = None,
) -> Ended:
    kasse = kasse_office(store)
    require(store, kasse, *DECIDERS)
    relief = expect(store, number, "granted")
    kind, allowed = relief.row.kind, WAYS[relief.row.kind]
    chosen = way or allowed[0]
    if chosen not in allowed or (lost and kind != "aussetzung") or (keep and chosen != DISCHARGED):
        raise ReliefEndError(kind=kind, way=chosen)
    if chosen == DISCHARGED or (chosen == LIFTED and kind in {"tod", "insolvenz"}):
        check_person(store, relief, kasse)
    done = _undo(store, relief, chosen, reason, relief_book(store, law), lost=lost, keep=keep)
    state = ENDED if chosen == DISCHARGED else chosen
    store.execute(_END, state=state, user=store.user, day=store.today, now=store.now, reason=reason, id=number)
    facts: dict[str, Fact] = {
        name: getattr(done, name) for name in Ended.__slots__ if name not in {"number", "findings"}
    }
    facts |= {"way": chosen, **seal_relief(store, number)}
    record(store, kasse, "relief.end", f"relief:{number}", facts, {"reason": reason})
    return done


def _undo(
    store: Store, relief: Relief, way: str, reason: str, book: ReliefBook, *, lost: bool, keep: Sequence[ItemKey]
) -> Ended:
    """Take the effects of a relief back, as far as its way of ending says."""
    kind, claims = kind_of(relief), [one for one in relief.items if one.part == "claim"]
    restored = off = released = reopened = written = interest = default = 0
    if kind.moves_due and relief.row.open_cents and (way == FAILED or store.today <= (relief.row.last_day or "")):
        off = correct_interest(store, relief, book, reason)
        relief = find_relief(store, relief.number)  # interest that is not owed may have paid what was missing
        default = book_default(store, relief, book)
        dues_back(store, [one for one in relief.items if one.part in {"claim", "late"}])
        restored = len(claims)
    if kind.writes_down:
        covered = [Covered(one.office, one.item, one.account, one.cents) for one in claims]
        released = release_allowance(store, relief.number, covered, reason)
    if way == LIFTED and kind.role:
        places = [(one.office, one.position) for one in relief.items if one.position is not None]
        places += [(one.office, one.position) for one in paid_of(store, relief.number) if one.position is not None]
        reopened = reopen(store, places, reason)
    if way == DISCHARGED:
        written = _discharge(store, relief, book, keep, reason)
    if lost:
        interest = _lost(store, relief, book)
    unlocked = unlock(store, relief, [one.key for one in relief.items], store.today)
    end_events(store, relief, claims, store.today, reason)
    state = ENDED if way == DISCHARGED else way
    return Ended(
        relief.number, kind.name, state, restored, unlocked, off, interest, default, released, reopened, written,
        book.findings,
    )  # fmt: skip


def _discharge(store: Store, relief: Relief, book: ReliefBook, keep: Sequence[ItemKey], reason: str) -> int:
    """Write off what the discharge ends: all but penalties and the claims to keep, with their side claims."""
    kept = set(keep)
    ending = [
        Covered(one.office, one.item, one.account, one.cents)
        for one in owed(store, [one.key for one in relief.items])
        if not is_penal(one, book.profile(one.profile))
        and one.key not in kept
        and (one.main_item is None or (one.office, one.main_item) not in kept)
    ]
    for one in ending:
        if is_joint(store, (one.office, one.item)):
            raise JointDischargeError(item=item_name(one.office, one.item))
    return write_off(store, relief.number, ending, kind_of(relief).role, reason)


def _lost(store: Store, relief: Relief, book: ReliefBook) -> int:
    """Book the interest of a suspended execution that had no success in the end, § 237 AO.

    What was paid meanwhile bears it until that day; what an order took off was not lost and bears none.
    """
    first, day = dt.date.fromisoformat(relief.row.first_day), dt.date.fromisoformat(store.today)
    sides = []
    for one in relief.items:
        profile = book.profile(one.profile)
        bears = profile is not None and one.main_item is None and profile.bears(one.claim_kind)
        rule = profile.relief.suspended_charge if profile and bears else ""
        if not rule:
            continue
        paid = latest(book.payments(one.key), one.cents - one.open_cents)
        cents = one.open_cents + sum(each.cents for each in paid)
        claim = Claim(cents, dt.date.fromisoformat(one.due), tuple(paid), bears_from=first)
        charge = accrue(rule, claim, day, land=book.land or DEFAULT_LAND, law=book.law)
        book.findings = distinct(book.findings + charge.findings)
        if charge.cents:
            sides.append(
                Side(
                    one.office, one.item, one.account, charge.cents, charge.kind, store.today,
                    relief.row.party_number, one.profile, one.reference,
                )
            )  # fmt: skip
    return sum(one.amount_cents for one in book_sides(store, relief.number, sides))

"""Garnishments and assignments against payees in the book: taken up, declared on, ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.payments.attachments import (
    CONFIRM_ROLES,
    KINDS,
    ROLES,
    Attachment,
    AttachmentAccountError,
    AttachmentDocumentError,
    AttachmentEndedError,
    AttachmentHeldError,
    AttachmentIbanError,
    AttachmentKindError,
    AttachmentRankError,
    AttachmentReasonError,
    AttachmentServedError,
    AttachmentSumError,
    AttachmentTextError,
    AttachmentTwiceError,
    UnknownPartyError,
)
from ledger.payments.attachments_reader import attachment_named, attachments
from ledger.payments.naming import parse_item
from ledger.people.parties import match_key
from ledger.people.users import check_apart, require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.fields import NAME_LENGTH, REMITTANCE_LENGTH
from sepa.identifiers import parse_iban
from sepa.text import fit

_CONFIRM = "UPDATE attachment SET confirmed_by = :user, confirmed_at = :now WHERE id = :id AND confirmed_by IS NULL"
_SAME_DAY = """
    SELECT id, creditor, rank FROM attachment
    WHERE party = :party AND served_on = :day AND ended_on IS NULL ORDER BY rank DESC, id LIMIT 1"""
_KNOWN = """
    SELECT DISTINCT d.iban FROM party_account d JOIN party q ON q.id = d.party
    WHERE q.match_key = :creditor AND d.kind = 'own' AND d.until IS NULL ORDER BY d.iban"""


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """What a paper says that was served on the city as third-party debtor; without a sum it takes everything."""

    kind: str
    creditor: str
    served_on: dt.date
    text: str
    creditor_iban: str | None = None
    sum_cents: int | None = None
    rank: int | None = None
    document: str | None = None


def party_of(store: Store, target: str) -> int:
    """Return the party that a person names: by its number, or by an item of it as OFFICE/ITEM.

    Raises `UnknownPartyError`, `ItemNumberError`.
    """
    bare = target.strip()
    if bare.isascii() and bare.isdigit() and len(bare) < 16:
        found = store.value("SELECT id FROM party WHERE id = :id", id=int(bare))
    else:
        office, item = parse_item(target)
        found = store.value("SELECT party FROM item WHERE office = :office AND id = :item", office=office, item=item)
    if found is None:
        raise UnknownPartyError(party=target)
    return int(found)


def add_attachment(store: Store, target: str, new: NewAttachment) -> tuple[Attachment, bool]:
    """Take up a garnishment or an assignment, return it and whether it is new: from now on no run pays past it.

    With the creditor's IBAN it is paid by rank once another person has confirmed the account (`confirm_attachment`);
    until then, and without one, the money is held back (a seizure not yet transferred, §§ 835, 845 ZPO). The earlier
    day of service goes first, whenever it is typed (§ 804 Abs. 3 ZPO); a rank orders papers of one day and must be
    given for them. The same paper (party, creditor, text, day of service) is taken up once.
    Raises `UnknownPartyError`, `AttachmentKindError`, `AttachmentDocumentError`, `AttachmentTextError`,
    `AttachmentSumError`, `AttachmentServedError`, `AttachmentTwiceError`, `AttachmentRankError`, `NotAllowedError`.
    """
    office = kasse_office(store)
    require(store, office, *ROLES)
    _check(new, store.today)
    creditor = fit(new.creditor, NAME_LENGTH, "dk").text
    text = fit(new.text, REMITTANCE_LENGTH // 2, "dk").text
    iban = parse_iban(new.creditor_iban) if new.creditor_iban else None
    with store.unit([office]):
        party = party_of(store, target)
        before = _same_paper(store, party, creditor, text, new)
        if before is not None:
            return before, False
        _check_rank(store, party, new)
        number = take_ids(store, BOOK, "attachment")
        store.insert_one(
            "attachment", id=number, party=party, kind=new.kind, creditor=creditor, creditor_iban=iban,
            text=text, rank=new.rank or 1,
            served_on=new.served_on.isoformat(), sum_cents=new.sum_cents, pays=int(iban is not None),
            document=new.document, made_by=store.user, made_at=store.now,
        )  # fmt: skip
        facts: dict[str, Fact] = {
            "kind": new.kind, "party": party, "sum_cents": new.sum_cents, "served_on": new.served_on.isoformat(),
        }  # fmt: skip
        record(store, office, "attachment.add", f"attachment:{number}", facts, {"creditor": creditor})
        return attachment_named(store, number), True


def _check(new: NewAttachment, today: str) -> None:
    if new.kind not in KINDS:
        raise AttachmentKindError(kind=new.kind, kinds=", ".join(KINDS))
    if not (new.document or "").strip():
        raise AttachmentDocumentError(creditor=new.creditor)
    if not new.text.strip():
        raise AttachmentTextError(creditor=new.creditor)
    if new.sum_cents is not None and new.sum_cents <= 0:
        raise AttachmentSumError(sum_cents=new.sum_cents)
    if new.served_on.isoformat() > today:
        raise AttachmentServedError(day=new.served_on)


def _check_rank(store: Store, party: int, new: NewAttachment) -> None:
    row = store.one(_SAME_DAY, party=party, day=new.served_on.isoformat())
    if row is not None and new.rank is None:
        number, creditor, rank = row
        raise AttachmentRankError(number=number, creditor=creditor, day=new.served_on, rank=rank)


def _same_paper(store: Store, party: int, creditor: str, text: str, new: NewAttachment) -> Attachment | None:
    """Return the attachment that the same paper was taken up as; raises `AttachmentTwiceError` for other values."""
    paper = (party, creditor.casefold(), text.casefold(), new.served_on.isoformat())
    for one in attachments(store):
        if one.ended_on is None and (one.party, one.creditor.casefold(), one.text.casefold(), one.served_on) == paper:
            iban = parse_iban(new.creditor_iban) if new.creditor_iban else None
            if (one.kind, one.sum_cents, one.creditor_iban) != (new.kind, new.sum_cents, iban):
                raise AttachmentTwiceError(number=one.number, creditor=creditor, text=text, day=new.served_on)
            return one
    return None


def confirm_attachment(store: Store, number: int, *, iban: str) -> tuple[Attachment, bool]:
    """Confirm as a second person to which account the creditor is paid; return the attachment and whether that is new.

    The account must be known as the creditor's own, as for `redirect`. Raises `UnknownAttachmentError`,
    `AttachmentEndedError`, `AttachmentHeldError`, `AttachmentIbanError`, `AttachmentAccountError`, `OwnWorkError`,
    `NotAllowedError`.
    """
    office = kasse_office(store)
    require(store, office, *CONFIRM_ROLES)
    wanted = parse_iban(iban)
    with store.unit([office]):
        known = attachment_named(store, number)
        _check_account(known, wanted)
        if known.pays:
            return known, False
        made_by, made_at = store.one("SELECT made_by, made_at FROM attachment WHERE id = :id", id=number) or (None, "")
        check_apart(store, office, f"attachment:{number}", (made_by, made_at))
        accounts = [found for (found,) in store.rows(_KNOWN, creditor=match_key(known.creditor))]
        if wanted not in accounts:
            raise AttachmentAccountError(iban=wanted, creditor=known.creditor, known=", ".join(accounts) or "-")
        store.execute(_CONFIRM, user=store.user, now=store.now, id=number)
        record(store, office, "attachment.confirm", f"attachment:{number}", {"party": known.party}, {"iban": wanted})
        return attachment_named(store, number), True


def _check_account(known: Attachment, iban: str) -> None:
    if known.ended_on is not None:
        raise AttachmentEndedError(number=known.number, day=dt.date.fromisoformat(known.ended_on))
    if known.creditor_iban is None:
        raise AttachmentHeldError(number=known.number, creditor=known.creditor)
    if known.creditor_iban != iban:
        raise AttachmentIbanError(number=known.number, iban=iban, known=known.creditor_iban)


def declare(store: Store, number: int, day: dt.date) -> tuple[Attachment, bool]:
    """Note that our declaration was sent (§ 840 ZPO); return the attachment and whether that is new.

    Raises `UnknownAttachmentError`, `NotAllowedError`.
    """
    office = kasse_office(store)
    require(store, office, *ROLES)
    with store.unit([office]):
        attachment_named(store, number)
        sql = "UPDATE attachment SET declared_on = :day, declared_by = :user WHERE id = :id AND declared_on IS NULL"
        new = bool(store.execute(sql, day=day.isoformat(), user=store.user, id=number))
        if new:
            record(store, office, "attachment.declare", f"attachment:{number}", {"day": day.isoformat()})
    return attachment_named(store, number), new


def end_attachment(store: Store, number: int, *, reason: str, day: dt.date) -> Attachment:
    """End an attachment: from that day on it takes nothing more.

    Raises `UnknownAttachmentError`, `AttachmentEndedError`, `AttachmentReasonError`, `NotAllowedError`.
    """
    office = kasse_office(store)
    require(store, office, *ROLES)
    if not reason.strip():
        raise AttachmentReasonError(number=number)
    with store.unit([office]):
        known = attachment_named(store, number)
        if known.ended_on is not None:
            raise AttachmentEndedError(number=number, day=dt.date.fromisoformat(known.ended_on))
        sql = """UPDATE attachment SET ended_on = :day, ended_by = :user, end_reason = :reason
                 WHERE id = :id AND ended_on IS NULL"""
        store.execute(sql, day=day.isoformat(), user=store.user, reason=reason, id=number)
        facts = {"day": day.isoformat()}
        record(store, office, "attachment.end", f"attachment:{number}", facts, {"reason": reason})
    return attachment_named(store, number)


def list_attachments(store: Store, day: str | None = None) -> list[Attachment]:
    """Return all attachments, or those that hold on a day (ISO text)."""
    return attachments(store, day)

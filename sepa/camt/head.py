"""The head of a statement and the control sums that some banks put beside it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from sepa.currencies import minor_digits
from sepa.errors import N_, Place
from sepa.identifiers.iban import is_iban
from sepa.noted_values import read_day
from sepa.notes import Notes
from sepa.statement_errors import AccountMissingError, SummaryError
from sepa.statements import Opened

_DUPLICATES = {"DUPL", "CODU"}
_TRUE = {"true", "1"}
_SUMS = {"credit_sum": N_("sum of credits"), "debit_sum": N_("sum of debits")}


def opened(
    message: str, head: dict[str, str], group: dict[str, str], currency: str, notes: Notes, line: int | None
) -> Opened:
    """Return the head of a statement; pages of the message count where the statement has none."""
    iban, account = _account(head)
    if not account:
        notes.add(AccountMissingError(), line)
    paged = head if "page" in head else group
    return Opened(
        message=message,
        message_id=group.get("MsgId", ""),
        id=head.get("Id", ""),
        account=account,
        iban=iban,
        currency=currency,
        owner=head.get("owner") or head.get("Acct/Nm", ""),
        bic=head.get("Svcr.bic", ""),
        electronic_number=_number(head.get("ElctrncSeqNb", "")),
        legal_number=_number(head.get("LglSeqNb", "")),
        page=_number(paged.get("page", "")),
        last_page=paged.get("last_page", "true") in _TRUE,
        created=head.get("CreDtTm") or group.get("CreDtTm", ""),
        from_day=read_day(head.get("FrToDt/FrDtTm", ""), notes, line),
        to_day=read_day(head.get("FrToDt/ToDtTm", ""), notes, line),
        duplicate=head.get("CpyDplctInd", "") in _DUPLICATES,
        line=line,
    )


def _account(head: dict[str, str]) -> tuple[str, str]:
    iban, other = head.get("Acct.iban", ""), head.get("Acct.other", "")
    if not iban and is_iban(other):
        iban = other
    return iban, iban or other


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def check_summary(
    head: dict[str, str], entries: int, credit_cents: int, debit_cents: int, currency: str, notes: Notes
) -> None:
    """Note where the bank's summary (TxsSummry) does not agree with what was read.

    The summary of a statement in several pages counts them all, so nothing can be said about one of them.
    """
    if head.get("page", "1") != "1" or head.get("last_page", "true") not in _TRUE:
        return
    _compare_number(head.get("count", ""), entries, notes)
    _compare_sum("credit_sum", head, credit_cents, currency, notes)
    _compare_sum("debit_sum", head, debit_cents, currency, notes)


def _compare_number(text: str, found: int, notes: Notes) -> None:
    if text and _number(text) != found:
        finding = SummaryError(
            place=Place(field="NbOfNtries"), kind=N_("number of entries"), expected=text, found=str(found)
        )
        notes.add(finding)


def _compare_sum(key: str, head: dict[str, str], found_cents: int, currency: str, notes: Notes) -> None:
    text = head.get(key, "")
    if text and _cents(text, currency) != found_cents:
        place = Place(field="Sum", value=text)
        found = str(Decimal(found_cents).scaleb(-minor_digits(currency)))
        notes.add(SummaryError(place=place, kind=_SUMS[key], expected=text, found=found))


def _cents(text: str, currency: str) -> Decimal | None:
    """Return a sum in minor units; some banks sign the sum of debits."""
    try:
        return abs(Decimal(text)).scaleb(minor_digits(currency))
    except InvalidOperation:
        return None

"""From what is collected to the lines of a run: sequence types, batches, amendments, texts, every rule asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from ledger.payments.collection_lines import Head, Line, Part, address_text, message, stored_collection
from ledger.payments.collection_runs import NoDebtorAddressError, end_to_end_id
from ledger.payments.collection_sieve import Claim, Wanted
from ledger.payments.mandates import Change, amendment, sequence_of
from ledger.payments.transfers import is_rf
from ledger.people.parties import match_key
from sepa.countries import eea_countries
from sepa.debits import Amendment
from sepa.debits import Sequence as Kind
from sepa.errors import KasseError, Place
from sepa.fields import NAME_LENGTH, REMITTANCE_LENGTH
from sepa.payments import Address
from sepa.rules.debits import check
from sepa.text import Charset, charset_for, clean, fit

CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # any moment: a proposal has no file yet
PROPOSAL = "PROPOSAL"
"""What the message is called that a proposal has no file for yet; it is never said."""
Untold = Mapping[int, Sequence[Change]]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A run before it is written: its lines with their parts, what broke a rule, what was noticed."""

    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    broken: tuple[tuple[Wanted, KasseError], ...]
    findings: tuple[KasseError, ...]


def draft(head: Head, number: int, wanted: Sequence[Wanted], untold: Untold, *, per_batch: int, today: date) -> Drafted:
    """Return the lines of a run with this number, at most so many in a batch of its file.

    `untold` are the amendments that no bank knows yet. What breaks a rule of the file is left out with its finding.
    """
    lines: list[Line] = []
    made: dict[str, Wanted] = {}
    broken: list[tuple[Wanted, KasseError]] = []
    for line, one in _numbered(head, number, wanted, untold, per_batch):
        try:
            drawn = _line(head, line, one)
            stored_collection(drawn)
        except KasseError as error:
            broken.append((one, error))
            continue
        lines.append(drawn)
        made[drawn.end_to_end_id] = one
    findings = []
    for finding in checked(head, lines, today):
        identifier = str(finding.place.payment)
        if finding.severity == "error" and identifier in made:
            broken.append((made.pop(identifier), finding))
        findings.append(finding)
    kept = tuple(line for line in lines if line.end_to_end_id in made)
    parts = tuple(part for line in kept for part in _parts(line.line, made[line.end_to_end_id]))
    return Drafted(kept, parts, tuple(broken), tuple(findings))


def checked(head: Head, lines: Sequence[Line], today: date) -> Iterator[KasseError]:
    """Yield what the rules of the scheme say of collections before there is a file; what is of all has no place."""
    for finding in check(message(head, PROPOSAL, CREATED, lines), today) if lines else ():
        of_all = (finding.place.payment or "").startswith(PROPOSAL)
        place = replace(finding.place, payment=None) if of_all else finding.place
        yield type(finding)(place=place, findings=finding.findings, **finding.fields)


def _parts(line: int, wanted: Wanted) -> Iterator[Part]:
    for part, claim in enumerate(wanted.claims, 1):
        yield Part(line, part, claim.office, claim.item, claim.open_cents)


def _numbered(
    head: Head, number: int, wanted: Sequence[Wanted], untold: Untold, per_batch: int
) -> Iterator[tuple[Line, Wanted]]:
    """Yield each collection with its place in the file: batches by creditor identifier and sequence type."""
    total = Counter(one.mandate.number for one in wanted)
    seen: Counter[int] = Counter()
    drawn = []
    for one in wanted:
        mandate = one.mandate
        seen[mandate.number] += 1
        first, last = seen[mandate.number] == 1, seen[mandate.number] == total[mandate.number]
        was = amendment(untold.get(mandate.number, ())) if first else None
        drawn.append((mandate.creditor_id, sequence_of(mandate, first=first, last=last), was, one))
    drawn.sort(key=lambda row: (row[0], row[1]))
    batch, filled, group = 0, 0, ("", "")
    for line, (creditor, sequence, was, one) in enumerate(drawn, 1):
        if (creditor, sequence) != group or filled == per_batch:
            batch, filled, group = batch + 1, 0, (creditor, sequence)
        filled += 1
        yield _placed(line, batch, end_to_end_id(head.office, number, line), sequence, was, one), one


def _placed(line: int, batch: int, identifier: str, sequence: Kind, was: Amendment | None, one: Wanted) -> Line:
    told, mandate = was or Amendment(), one.mandate
    return Line(
        line, batch, identifier, mandate.number, mandate.creditor_id, mandate.reference, mandate.signed, sequence,
        told.mandate_id, told.creditor_id, told.creditor_name, told.iban, int(told.other_account), "", mandate.iban,
        mandate.bic or "", "", "", one.cents, "",
    )  # fmt: skip


def _line(head: Head, line: Line, wanted: Wanted) -> Line:
    """Return the line with its texts in letters that the banks take; raises the rule that it breaks."""
    main, mandate = wanted.main, wanted.mandate
    charset = charset_for(mandate.iban) if head.charset == "dk" else head.charset
    other = match_key(mandate.debtor_name) != match_key(main.name)
    return line._replace(
        debtor_name=fit(mandate.debtor_name, NAME_LENGTH, charset).text,
        debtor_address=address_text(_address(main, mandate.iban[:2])),
        ultimate_debtor=fit(main.name, NAME_LENGTH, charset).text if other else "",
        remittance=_remittance(main, charset),
    )


def _remittance(claim: Claim, charset: Charset) -> str:
    """Return what the debtor will read: the reference, then what it is for; the reference alone where that is long."""
    reference, purpose = claim.main_reference or claim.reference or "", claim.purpose or ""
    if is_rf(reference):
        return reference
    whole = f"{reference} {purpose}".strip() if reference not in purpose else purpose
    text = clean(whole or claim.name, charset).text
    if len(text) <= REMITTANCE_LENGTH:
        return text
    return clean(reference, charset).text if reference else text[:REMITTANCE_LENGTH].rstrip()


def _address(claim: Claim, country: str) -> Address | None:
    if country in eea_countries():
        return None
    if not claim.town or not claim.country:
        raise NoDebtorAddressError(country=country, name=claim.name, place=Place(field="address"))
    return Address(claim.town, claim.country, claim.street or "", claim.house_number or "", claim.postcode or "")

"""From what is collected to the lines of a run: sequence types, batches, amendments, texts, every rule asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from ledger.payments.addresses import address_text
from ledger.payments.collection_lines import Head, Line, Part, message, stored_collection
from ledger.payments.collection_runs import NoDebtorAddressError, end_to_end_id
from ledger.payments.collection_sieve import Claim, Wanted
from ledger.payments.mandates import Change, amendment, sequence_of
from ledger.payments.transfers import is_rf
from ledger.people.parties import match_key
from sepa.countries import eea_countries
from sepa.debits import Amendment
from sepa.debits import Sequence as Kind
from sepa.errors import N_, KasseError, Place
from sepa.fields import NAME_LENGTH, REMITTANCE_LENGTH
from sepa.payments import Address
from sepa.rules.debits import check
from sepa.text import Charset, charset_for, clean, fit

CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # any moment: a proposal has no file yet
PROPOSAL = "PROPOSAL"
"""What the message is called that a proposal has no file for yet; it is never said."""
Untold = Mapping[int, Sequence[Change]]


class LettersChangedError(KasseError):
    """Texts that are written in letters that the debtors' banks take."""

    code = "collection.text_changed"
    template = N_("texts written in letters that the banks take: {count}, the first: {was} becomes {now}")
    hint = N_("nothing to do; 'kasse collection review' shows each text as it goes out")
    severity = "info"


class PurposeOmittedError(KasseError):
    """Purposes that do not fit beside the reference of their claim."""

    code = "collection.purpose_omitted"
    template = N_("only the reference goes with {count} collections, their purpose is too long; the first: {reference}")
    hint = N_("shorten the purpose of the order if the debtor needs it")
    severity = "info"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A run before it is written: its lines with their parts, what broke a rule, what was noticed."""

    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    broken: tuple[tuple[Wanted, KasseError], ...]
    findings: tuple[KasseError, ...]


class Sequenced(NamedTuple):
    """A collection with its sequence type, and what it tells the debtor's bank of changes of its mandate."""

    wanted: Wanted
    sequence: Kind
    told: Amendment | None


def sequenced(wanted: Sequence[Wanted], untold: Untold) -> list[Sequenced]:
    """Return the collections in the order of batches: by creditor identifier and sequence type.

    Which one is the first and the last of its mandate is asked of all, in whatever files they go. `untold` are the
    amendments that no bank knows yet.
    """
    total = Counter(one.mandate.number for one in wanted)
    seen: Counter[int] = Counter()
    found = []
    for one in wanted:
        mandate = one.mandate
        seen[mandate.number] += 1
        first, last = seen[mandate.number] == 1, seen[mandate.number] == total[mandate.number]
        told = amendment(untold.get(mandate.number, ())) if first else None
        found.append(Sequenced(one, sequence_of(mandate, first=first, last=last), told))
    return sorted(found, key=lambda one: (one.wanted.mandate.creditor_id, one.sequence))


def draft(head: Head, number: int, wanted: Sequence[Sequenced], *, per_batch: int, today: date) -> Drafted:
    """Return the lines of a run with this number, at most so many in a batch of its file.

    What breaks a rule of the file is left out with its finding.
    """
    texts = _Texts()
    lines: list[Line] = []
    made: dict[str, Wanted] = {}
    broken: list[tuple[Wanted, KasseError]] = []
    for line, one in _numbered(head, number, wanted, per_batch):
        try:
            drawn = _line(head, line, one, texts)
            stored_collection(drawn)
        except KasseError as error:
            broken.append((one, error))
            continue
        lines.append(drawn)
        made[drawn.end_to_end_id] = one
    findings = list(texts.findings())
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


def _numbered(head: Head, number: int, wanted: Sequence[Sequenced], per_batch: int) -> Iterator[tuple[Line, Wanted]]:
    """Yield each collection with its place in the file: batches by creditor identifier and sequence type."""
    batch, filled, group = 0, 0, ("", "")
    for line, (one, sequence, told) in enumerate(wanted, 1):
        if (one.mandate.creditor_id, sequence) != group or filled == per_batch:
            batch, filled, group = batch + 1, 0, (one.mandate.creditor_id, sequence)
        filled += 1
        yield _placed(line, batch, end_to_end_id(head.office, number, line), sequence, told, one), one


def _placed(line: int, batch: int, identifier: str, sequence: Kind, was: Amendment | None, one: Wanted) -> Line:
    told, mandate = was or Amendment(), one.mandate
    return Line(
        line, batch, identifier, mandate.number, mandate.creditor_id, mandate.reference, mandate.signed, sequence,
        told.mandate_id, told.creditor_id, told.creditor_name, told.iban, int(told.other_account), "", mandate.iban,
        mandate.bic or "", "", "", one.cents, "",
    )  # fmt: skip


@dataclass(slots=True)
class _Texts:
    """Puts texts into letters that the banks take, and knows what became of them."""

    letters: list[tuple[str, str]] = field(default_factory=list)
    omitted: list[str] = field(default_factory=list)

    def fitted(self, text: str, limit: int, charset: Charset) -> str:
        """Return a text in legal letters; raises `TextLengthError` where it is longer than the limit then."""
        found = fit(text, limit, charset)
        if found.changes:
            self.letters.append((text, found.text))
        return found.text

    def findings(self) -> Iterator[KasseError]:
        """Yield what was changed, once for all: the list of the run shows each text as it goes out."""
        if self.letters:
            was, now = self.letters[0]
            yield LettersChangedError(count=len(self.letters), was=was, now=now)
        if self.omitted:
            yield PurposeOmittedError(count=len(self.omitted), reference=self.omitted[0])


def _line(head: Head, line: Line, wanted: Wanted, texts: _Texts) -> Line:
    """Return the line with its texts in letters that the banks take; raises the rule that it breaks."""
    main, mandate = wanted.main, wanted.mandate
    charset = charset_for(mandate.iban) if head.charset == "dk" else head.charset
    other = match_key(mandate.debtor_name) != match_key(main.name)
    return line._replace(
        debtor_name=texts.fitted(mandate.debtor_name, NAME_LENGTH, charset),
        debtor_address=address_text(_address(main, mandate.iban[:2], charset)),
        ultimate_debtor=texts.fitted(main.name, NAME_LENGTH, charset) if other else "",
        remittance=_remittance(main, charset, texts),
    )


def _remittance(claim: Claim, charset: Charset, texts: _Texts) -> str:
    """Return what the debtor will read: the reference, then what it is for; the reference alone where that is long.

    Nothing is cut: raises `TextLengthError` where there is no reference to stand for a long purpose.
    """
    reference, purpose = claim.main_reference or claim.reference or "", claim.purpose or ""
    if is_rf(reference):
        return reference
    whole = f"{reference} {purpose}".strip() if reference not in purpose else purpose
    if reference and len(clean(whole, charset).text) > REMITTANCE_LENGTH:
        texts.omitted.append(reference)
        whole = reference
    return texts.fitted(whole or claim.name, REMITTANCE_LENGTH, charset)


def _address(claim: Claim, country: str, charset: Charset) -> Address | None:
    if country in eea_countries():
        return None
    if not claim.town or not claim.country:
        raise NoDebtorAddressError(country=country, name=claim.name, place=Place(field="address"))
    town, street, number = (clean(text or "", charset).text for text in (claim.town, claim.street, claim.house_number))
    return Address(town, claim.country, street, number, claim.postcode or "")

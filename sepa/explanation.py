"""What a bank file is in words, how it travels over EBICS, and what is odd about its form.

Order types of EBICS 2.5 and BTFs of EBICS 3.0 as German banks publish them; every one is optional for a bank, so what
its HTD or HKD lists comes first. Where no BTF is published, it is left empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sepa.errors import N_, KasseError, Place
from sepa.reading import Kind
from sepa.strangers import safe_name

ISO = "urn:iso:std:iso:20022:tech:xsd:"
_CURRENT = {
    "pain.001": "001.09",
    "pain.008": "001.08",
    "pain.002": "001.10",
    "pain.007": "001.09",
    "camt.052": "001.08",
    "camt.053": "001.08",
    "camt.054": "001.08",
    "camt.055": "001.05",
    "camt.029": "001.06",
}


@dataclass(frozen=True, slots=True)
class Handover:
    """An EBICS 2.5 order type and its EBICS 3.0 BTF, and a variant of both where there is one."""

    ebics: str = ""
    btf: str = ""
    variant: str = ""


_MEANING = {
    "camt.052": N_("intraday report: what happened on an account so far today; it is not final"),
    "camt.053": N_("account statement: what was booked on a day, with balances"),
    "camt.054": N_("notification: the single transactions behind a collective entry"),
    "camt.029": N_("answer to a recall"),
    "camt.055": N_("recall of payments by the customer"),
    "pain.001": N_("credit transfers that the bank is to execute"),
    "pain.002": N_("status report: which payments the bank refused"),
    "pain.007": N_("reversal of own direct debits"),
    "pain.008": N_("direct debits that the bank is to collect"),
    "MT940": N_("account statement in the old SWIFT form"),
    "MT942": N_("intraday report in the old SWIFT form"),
}
_REJECTED = frozenset(("RJCT", "RJCR"))
_VOP = N_("report on the check of payees' names; it neither accepts nor refuses a payment")
_RECEIVED = {
    "camt.052": Handover("C52", "STM:DE_camt.052_ZIP"),
    "camt.053": Handover("C53", "EOP:DE_camt.053_ZIP"),
    "camt.054": Handover("C54", "STM:DE_camt.054_ZIP"),
    "MT940": Handover("STA", "EOP:DE_mt940"),
    "MT942": Handover("VMK", "STM:DE_mt942"),
    "pain.002": Handover("CRZ", "", "CIZ"),
}
_SCT = Handover("CCT", "SCT_pain.001", "CTV SCT::VOI_pain.001")
_INST = Handover("CIP", "SCI_pain.001", "CIV SCI::VOI_pain.001")
_URGENT = Handover("CCU", "XCT:DE:URG_pain.001")
_FOREIGN = Handover("AXZ", "XCT:DE_pain.001")
_DEBITS = {"CORE": Handover("CDD", "SDD::COR_pain.008"), "B2B": Handover("CDB", "SDD::B2B_pain.008")}


class SeveralOrdersError(KasseError):
    """A file whose payments belong to several order types."""

    code = "explain.several_orders"
    template = N_("the payments belong to several order types: {orders}")
    hint = N_("write one file for each")
    severity = "warning"


class OtherNamespaceError(KasseError):
    """XML in a name space that is not ISO's."""

    code = "explain.namespace"
    template = N_("the name space is not the one of ISO 20022: {namespace}")
    hint = N_("a bank may refuse the file; its content was read all the same")
    severity = "info"


class OtherVersionError(KasseError):
    """A version other than the one German banks use."""

    code = "explain.version"
    template = N_("German banks use {current} now, this is {name}")
    hint = N_("ask the bank, or the maker of the file, for the current version")
    severity = "info"


class EndOfLifeError(KasseError):
    """A format that has left the agreement between customers and banks."""

    code = "explain.end_of_life"
    template = N_("{name} is no longer part of the DFÜ-Abkommen")
    hint = N_("ask the bank for camt files")
    severity = "info"


class UnbookedError(KasseError):
    """Entries that are not booked."""

    code = "explain.not_booked"
    template = N_("{count} entries are not booked: {statuses}")
    hint = N_("they may change or vanish; post booked entries only")
    severity = "info"


class RejectedPaymentsError(KasseError):
    """A report or an answer that rejects something."""

    code = "explain.rejected"
    template = N_("rejected by the bank: {count}")
    hint = N_("look at the reasons with: kasse sepa show")
    severity = "warning"


class WholeRejectedError(KasseError):
    """A report that rejects a whole file or batch."""

    code = "explain.whole_rejected"
    template = N_("the bank rejects a whole file or batch")
    hint = N_("none of its payments is executed; look at the reason with: kasse sepa show")
    severity = "warning"


class NamesDifferError(KasseError):
    """A report on payees' names with others than matches."""

    code = "explain.names_differ"
    template = N_("names that nearly match: {close}, do not match: {mismatched}, could not be checked: {unavailable}")
    hint = N_("who releases the payments all the same bears the risk; look at them with: kasse sepa show")
    severity = "warning"


class DetailsElsewhereError(KasseError):
    """Collective entries whose payments stand in a notification."""

    code = "explain.details_elsewhere"
    template = N_("entries whose single payments stand in a notification (camt.054): {count}")
    hint = N_("give the notification beside the statement: kasse sepa show")
    severity = "info"


class CopyError(KasseError):
    """A statement that says it is a copy or duplicate."""

    code = "explain.copy"
    template = N_("statement {identifier} calls itself a copy or duplicate")
    hint = N_("it may have been read before; nothing must be posted twice")
    severity = "info"


def told(
    by_status: Mapping[str, int], above: Iterable[str], vop: Mapping[str, int] | None = None
) -> Iterator[KasseError]:
    """Yield what of a report or an answer a person must look at: rejections, names that differ.

    `above` are the statuses of file and batches.
    """
    if rejected := sum(by_status.get(status, 0) for status in _REJECTED):
        yield RejectedPaymentsError(count=rejected)
    elif not _REJECTED.isdisjoint(above):
        yield WholeRejectedError()
    if vop and (vop["close"] or vop["mismatched"] or vop["unavailable"]):
        yield NamesDifferError(close=vop["close"], mismatched=vop["mismatched"], unavailable=vop["unavailable"])


def meaning(kind: Kind, *, vop: bool = False) -> str:
    """Return a template that says in words what a file is."""
    return _VOP if vop else _MEANING[kind.family]


def handover(
    kind: Kind, batches: Iterable[tuple[str, str]] = (), *, vop: bool = False, original: str = ""
) -> tuple[Handover, ...]:
    """Return how the file travels; `batches` are service level and local instrument of each batch of payments.

    `original` is the message that a status report is about.
    """
    if vop:
        return (Handover("VPZ", "REP::VOP_pain.002_ZIP"),)
    if kind.family == "pain.002" and original.startswith("pain.008"):
        return (Handover("CDZ"),)
    if kind.family == "pain.001":
        return tuple(dict.fromkeys(_transfer(*batch) for batch in batches))
    if kind.family == "pain.008":
        return tuple(dict.fromkeys(_DEBITS.get(instrument, Handover()) for _, instrument in batches))
    return (_RECEIVED.get(kind.family, Handover()),)


def _transfer(service: str, instrument: str) -> Handover:
    if service == "URGP":
        return _URGENT
    if service not in {"SEPA", ""}:
        return _FOREIGN
    return _INST if instrument == "INST" else _SCT


def odd(kind: Kind, handovers: tuple[Handover, ...]) -> Iterator[KasseError]:
    """Yield what is odd about the form of a file."""
    place = Place(line=1)
    if kind.family.startswith("MT"):
        yield EndOfLifeError(name=kind.name, place=place)
        return
    if not kind.namespace.startswith(ISO):
        yield OtherNamespaceError(namespace=safe_name(kind.namespace) or "–", place=place)
    current = _CURRENT[kind.family]
    if kind.version != current:
        yield OtherVersionError(name=kind.name, current=f"{kind.family}.{current}", place=place)
    if len(handovers) > 1:
        yield SeveralOrdersError(orders=", ".join(one.ebics or "–" for one in handovers), place=place)

"""What a file is, and its statements as one stream whatever the format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sepa.camt.statement import read_camt
from sepa.camt.tables import STATEMENTS
from sepa.containers import is_zip, zip_members
from sepa.errors import N_, KasseError, Place
from sepa.mt.statement import MT_FAMILIES, read_mt
from sepa.sources import DEFAULT, EmptyFileError, Limits, Source, opened
from sepa.statements import StatementStream
from sepa.strangers import kind_of, office_kind, safe_name
from sepa.xml.parser import Start, first_elements

_MESSAGES = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
    "RsltnOfInvstgtn": "camt.029",
    "CstmrPmtCxlReq": "camt.055",
    "CstmrCdtTrfInitn": "pain.001",
    "CstmrPmtStsRpt": "pain.002",
    "CstmrPmtRvsl": "pain.007",
    "CstmrDrctDbtInitn": "pain.008",
}
_CONTAINER = re.compile(r"(\w+?)(?:V\d\d)?")
_VERSIONED = re.compile(r"((?:pain|camt)\.\d{3})(\.\d{3}\.\d{2}(?:\.\w+)*)")
_STATEMENT_VERSIONS = re.compile(r"(?:\.001\.(?:0[1-9]|1[0-4])(?:\.\w+)*)?")
_MT_TAG = re.compile(rb"(?:\A|[\r\n\xbf]):(?:20|25P?|28C?|60[FM]|61|62[FM]|940|942):")
_MT942_TAG = re.compile(rb"(?:\A|[\r\n\xbf]):(?:34F|13D|13|90[DC]|942):|\{2:[IO]942")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is: `name` as `camt.053.001.08`, `MT940` or `zip`, its family, version and namespace."""

    name: str
    family: str
    version: str = ""
    namespace: str = ""

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class UnknownFileError(KasseError):
    """A file that is neither XML nor MT nor ZIP."""

    code = "file.unknown"
    template = N_("this is no payment or statement file, but this: {kind}")
    hint = N_(
        "kasse reads camt, pain, MT940, MT942 and ZIP files of these; a book takes bookings from camt.053 or MT940"
    )


class UnknownMessageError(KasseError):
    """XML that holds no message known here."""

    code = "file.unknown_message"
    template = N_("no known message begins in this XML file: root {root}, namespace {namespace}")
    hint = N_("kasse reads the ISO 20022 messages camt.052, .053, .054, .029, .055 and pain.001, .002, .007, .008")


class ForeignNamespaceError(KasseError):
    """A message in the namespace of another one: its name alone does not say how it is to be read."""

    code = "file.foreign_namespace"
    template = N_("the message {name} stands in a namespace that is not its own: {namespace}")
    hint = N_("the file was changed or made wrongly; fetch it again or ask who made it")


class UnknownVersionError(KasseError):
    """A version of a known message that did not exist when this was written."""

    code = "file.unknown_version"
    template = N_("the version {name} of the message is not known")
    hint = N_("ask the bank for version .08, or look for a newer version of kasse")


class NotAStatementError(KasseError):
    """A known file, but not one with statements."""

    code = "file.not_a_statement"
    template = N_("this is {name}, not an account statement")
    hint = N_(
        "statements come as camt.052, camt.053, camt.054, MT940 or MT942; a book takes bookings from camt.053 or MT940"
    )


def identify(source: Path | BinaryIO | Source, *, limits: Limits = DEFAULT) -> Kind:
    """Return what a file is by its first bytes, whatever its name; a stream is put back where it was.

    Raises `EmptyFileError`, `UnknownFileError`, `UnknownMessageError`, `ForeignNamespaceError`, `XmlError`,
    `DoctypeError`, each with place.
    """
    with opened(source, limits) as file:
        kind = _identify(file)
        if not isinstance(source, (Path, Source)):
            file.give_back()
        return kind


def _identify(file: Source) -> Kind:
    head = file.head()
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    if not text:
        raise EmptyFileError(place=file.place)
    if office := office_kind(file.name, head):
        raise UnknownFileError(place=Place(file=file.name, line=1), kind=office)
    if is_zip(head):
        return Kind("zip", "zip")
    if text.startswith(b"<") and kind_of(head) != "HTML":
        return _xml_kind(file)
    if _MT_TAG.search(head):
        return Kind("MT942", "MT942") if _MT942_TAG.search(head) else Kind("MT940", "MT940")
    raise UnknownFileError(place=Place(file=file.name, line=1), kind=kind_of(head))


def _xml_kind(file: Source) -> Kind:
    starts = first_elements(file)
    for start in starts:
        if kind := _message(start, file):
            return kind
    root = starts[0]
    raise UnknownMessageError(
        place=Place(file=file.name, line=root.line),
        root=safe_name(root.name),
        namespace=safe_name(root.namespace) or "-",
    )


def _message(start: Start, file: Source) -> Kind | None:
    """Return the message that an element begins: its family by name, its version by namespace.

    A namespace may be missing. Raises `ForeignNamespaceError` where it names something else.
    """
    container = _CONTAINER.fullmatch(start.name)
    family = _MESSAGES.get(container[1]) if container else None
    named = _VERSIONED.search(start.namespace)
    if family is None:
        named = _VERSIONED.fullmatch(start.name)
        family = named[1] if named else None
    if family is None:
        return None
    own = named is not None and named[1] == family
    if start.namespace and not own:
        place, space = Place(file=file.name, line=start.line), safe_name(start.namespace)
        raise ForeignNamespaceError(name=family, namespace=space, place=place)
    version = named[2] if named and own else ""
    return Kind(family + version, family, version.lstrip("."), start.namespace)


def read_statements(source: Path | BinaryIO | Source, *, limits: Limits = DEFAULT) -> StatementStream:
    """Yield for each statement `Opened`, its entries and `Closed`; the members of a ZIP follow each other.

    Memory stays constant. Raises `KasseError` with file and line where a file is no statement, breaks off or
    holds what cannot be read: then what was yielded before is a part, and the file must be left out whole.
    """
    with opened(source, limits) as file:
        kind = _identify(file)
        if kind.family == "zip":
            for member in zip_members(file):
                yield from read_statements(member)
        elif kind.family in STATEMENTS:
            _check_version(kind, file)
            yield from read_camt(file, kind.name)
        elif kind.family in MT_FAMILIES:
            yield from read_mt(file)
        else:
            raise NotAStatementError(place=Place(file=file.name, line=1), name=kind.name)


def _check_version(kind: Kind, file: Source) -> None:
    if not _STATEMENT_VERSIONS.fullmatch(kind.name.removeprefix(kind.family)):
        raise UnknownVersionError(place=Place(file=file.name, line=1), name=kind.name)


def read_files(source: Path | BinaryIO, *, limits: Limits = DEFAULT) -> Iterator[tuple[str, Source]]:
    """Yield name and stream of each file in a ZIP, or of the file itself if it is none.

    A stream is good until the next one is asked for, and raises what is wrong with a member when it is read. Names are
    labels: nothing is ever written under them.
    """
    with opened(source, limits) as file:
        if is_zip(file.head()) and not office_kind(file.name, file.head()):
            for member in zip_members(file):
                yield member.name, member
        else:
            yield file.name, file

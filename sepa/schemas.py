"""Validation by XML schema, on top of the rules, where the user has the schema files; none ship with this project."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, cast

from lxml import etree

from sepa.errors import N_, KasseError, Place
from sepa.xml.parser import DoctypeError, forget

# SHA-256 of the schema files of the Deutsche Kreditwirtschaft (GBIC_5, 1 April 2025), with CR LF and with LF
OFFICIAL = {
    "d64da6e1553cf8dd38f98818fe3234fb79daec792d0a69483a1ab8e90dec8b8c": "pain.001.001.09_GBIC_5.xsd",
    "f0d9429a114f496d78644a0b734452aa0e33ad4ae082fcbf806923fe138ad754": "pain.008.001.08_GBIC_5.xsd",
}
MAX_VIOLATIONS = 1000
WHOLE_BYTES = 32 << 20  # a file up to this size is read as a whole where it has violations
_HEAD = 65_536
_PIECE = 512
_TARGET = re.compile(rb"targetNamespace\s*=\s*[\"']([^\"']+)[\"']")
_NAMESPACE = re.compile(r"\{[^}]*\}")


class NoSchemaError(KasseError):
    """A format for which the folder holds no schema."""

    code = "schema.missing"
    template = N_("the folder has no schema for {namespace}")
    hint = N_("fetch the DK's schemas from ebics.de, or ISO's from iso20022.org, and put them there")


class InvalidSchemaError(KasseError):
    """A schema file that is none."""

    code = "schema.invalid"
    template = N_("{name} is not a usable schema: {problem}")
    hint = N_("fetch the file again")


class UnofficialSchemaError(KasseError):
    """A schema that is not one of the DK's known files."""

    code = "schema.unofficial"
    severity = "warning"
    template = N_("{name} is not one of the schema files of the Deutsche Kreditwirtschaft that are known here")
    hint = N_("compare its source; ISO's own schemas let through more than German banks do")


class SchemaViolationError(KasseError):
    """What a file has that its schema does not allow."""

    code = "schema.violation"
    template = N_("the schema does not allow this: {problem}")
    hint = N_("correct it at its source")


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """A schema as it was found: its file name and its bytes."""

    name: str
    content: bytes

    @property
    def namespace(self) -> str:
        """The namespace the schema is for, or nothing where it names none."""
        found = _TARGET.search(self.content)
        return "" if found is None else found[1].decode("ascii", "replace")

    @property
    def official(self) -> bool:
        """Whether it is one of the DK's files that are known here."""
        return hashlib.sha256(self.content).hexdigest() in OFFICIAL


def schema_for(namespace: str, found: Iterable[SchemaFile]) -> SchemaFile:
    """Return the schema for a namespace, the DK's own first, then by name; raises `NoSchemaError`."""
    fitting = sorted(
        (one for one in found if one.namespace == namespace),
        key=lambda one: (not one.official, "GBIC" not in one.name, one.name),
    )
    if not fitting:
        raise NoSchemaError(namespace=namespace)
    return fitting[0]


def validate(opened: Callable[[], BinaryIO], schema: SchemaFile) -> Iterator[KasseError]:
    """Yield what the schema does not allow in a file, at most 1,000 findings, in bounded memory.

    A file with findings is read a second time for the lines: a small one as a whole; of a large one each finding has
    the line of its payment. Raises `InvalidSchemaError`, and `DoctypeError` as every reader here; a file that is not
    well-formed is one finding.
    """
    compiled = _compiled(schema)
    if not schema.official:
        yield UnofficialSchemaError(name=schema.name, place=Place(file=schema.name))
    _refuse_doctype(opened)
    size = _holds(opened, compiled)
    if size is None:
        return
    problems = _problems(opened, compiled) if size <= WHOLE_BYTES else _problems_on_the_way(opened, compiled)
    for line, problem in islice(problems, MAX_VIOLATIONS):
        yield SchemaViolationError(problem=_NAMESPACE.sub("", problem), place=Place(line=line or None))


def _compiled(schema: SchemaFile) -> etree.XMLSchema:
    try:
        return etree.XMLSchema(etree.fromstring(schema.content, etree.XMLParser(**_SAFE)))
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise InvalidSchemaError(name=schema.name, problem=str(error)) from error


_REPEATED = tuple(f"{{*}}{name}" for name in ("CdtTrfTxInf", "DrctDbtTxInf", "TxInfAndSts", "TxInf", "Ntry"))
# not resolve_entities=False: with a schema, libxml2 then takes a file that breaks off for a whole one
_SAFE: dict[str, Any] = {"resolve_entities": "internal", "load_dtd": False, "no_network": True}


def _refuse_doctype(opened: Callable[[], BinaryIO]) -> None:
    with opened() as file:
        head = file.read(_HEAD)
    if b"<!DOCTYPE" in head.replace(b"\0", b"").upper():
        raise DoctypeError


class _Counted:
    """A file for the parser that counts its bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.size = file, 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self._file.read(size)
        self.size += len(data)
        return data


class _ByLine:
    """A file for the parser in small pieces, which end with a line where they can, so that it does not work ahead."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._ahead = file, b""

    def read(self, _: int = -1) -> bytes:
        """Return the next piece."""
        self._ahead = self._ahead or self._file.read(_HEAD)
        end = self._ahead.find(b"\n", 0, _PIECE) + 1 or _PIECE
        piece, self._ahead = self._ahead[:end], self._ahead[end:]
        return piece


def _events(file: object, schema: etree.XMLSchema) -> etree.iterparse:
    return etree.iterparse(cast("Any", file), events=("end",), tag=_REPEATED, schema=schema, **_SAFE)


def _holds(opened: Callable[[], BinaryIO], schema: etree.XMLSchema) -> int | None:
    """Return None where the file is right, else its size; the parser raises at its end where it is not."""
    with opened() as file:
        counted = _Counted(file)
        try:
            for _, element in _events(counted, schema):
                forget(element)
        except etree.XMLSyntaxError:
            while counted.read(_HEAD):
                pass
            return counted.size
    return None


def _problems_on_the_way(opened: Callable[[], BinaryIO], schema: etree.XMLSchema) -> Iterator[tuple[int, str]]:
    """Yield the problems of a large file, each with the line where the payment begins in which it was found."""
    line = 0
    told: list[str] = []
    with opened() as file:
        context = _events(_ByLine(file), schema)
        log = cast("Any", context)
        try:
            for _, element in context:
                line = int(element.sourceline or 0)
                new = [entry.message for entry in log.error_log][len(told) :]
                told += new
                yield from ((line, message) for message in new)
                forget(element)
        except etree.XMLSyntaxError as error:
            rest = [entry.message for entry in log.error_log][len(told) :]
            last = [] if error.msg in {*told, *rest} else [error.msg or ""]
            yield from ((line, message) for message in (*rest, *last))


def _problems(opened: Callable[[], BinaryIO], schema: etree.XMLSchema) -> Iterator[tuple[int, str]]:
    with opened() as file:
        try:
            tree = etree.parse(file, etree.XMLParser(**_SAFE))
        except etree.XMLSyntaxError as error:
            yield error.lineno or 0, error.msg or ""
            return
    schema.validate(tree)
    yield from ((entry.line, entry.message) for entry in cast("Any", schema.error_log))

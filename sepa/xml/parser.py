"""The one way XML comes in: no document type, no entities, no network, limits on depth, text and size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from lxml import etree

from sepa.errors import N_, KasseError, Place
from sepa.sources import HEAD_BYTES, Source
from sepa.xml.table import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LONGEST_REASON = 120  # the parser names elements, which a stranger may make as long as he likes
_LOOKED_AT = 200  # elements looked at until the message must have begun
_DOCTYPE = re.compile(rb"\s*+(?:(?><\?.*?\?>|<!--.*?-->)\s*+)*+<!DOCTYPE", re.DOTALL | re.IGNORECASE)
_BLANK_BEFORE = re.compile(rb"(?:\xef\xbb\xbf)?(\s+)(?=<\?xml)")


class XmlError(KasseError):
    """XML that breaks off or is not well-formed."""

    code = "xml.broken"
    template = N_("the file is not complete, well-formed XML: {reason} (XML parser: {parser})")
    hint = N_("fetch it from the bank again; do not save it with a word processor")


_TYPES = etree.ErrorTypes
_WHY: Mapping[int, str] = {
    _TYPES.ERR_DOCUMENT_EMPTY: N_("no element begins"),
    _TYPES.ERR_DOCUMENT_END: N_("it goes on behind its end"),
    _TYPES.ERR_RESERVED_XML_NAME: N_("a second document begins within it"),
    _TYPES.ERR_GT_REQUIRED: N_("it breaks off within a tag"),
    _TYPES.ERR_TAG_NOT_FINISHED: N_("it breaks off before its end"),
    _TYPES.ERR_TAG_NAME_MISMATCH: N_("a tag closes another element than the one that is open"),
    _TYPES.ERR_INVALID_CHAR: N_("it holds a character that XML forbids"),
    _TYPES.ERR_INVALID_ENCODING: N_("its bytes are not in the encoding that it names"),
    _TYPES.ERR_UNSUPPORTED_ENCODING: N_("it names an encoding that is not known"),
    _TYPES.ERR_UNDECLARED_ENTITY: N_("it uses an entity that it does not define"),
}


class DoctypeError(KasseError):
    """XML with a document type; no bank message has one, and it could expand without bounds."""

    code = "xml.doctype"
    template = N_("the file has a document type declaration (DOCTYPE), which no bank message has")
    hint = N_("do not open it; ask where it comes from")


class XmlLimitError(KasseError):
    """XML nested deeper, or with a longer text, than any bank message."""

    code = "xml.limit"
    template = N_("the file exceeds a limit of the XML parser: {reason}")
    hint = N_("raise the limit if the file is meant to be like that")


class Readable(Protocol):
    """What the parser can read from; `shortened` where it no longer gives the file as it is."""

    @property
    def shortened(self) -> bool:
        """Whether anything was taken out."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of one element: local name, namespace, line."""

    name: str
    namespace: str
    line: int | None


def first_elements(source: Source) -> list[Start]:
    """Return the elements that begin in the head of the file, without consuming it.

    Raises `DoctypeError`, `XmlError` where not even one element begins, `XmlLimitError`.
    """
    _drop_blank(source)
    head = source.head()
    if _DOCTYPE.match(head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff")):
        raise DoctypeError(place=source.place)
    parser = etree.XMLPullParser(events=("start",), **_options(source))
    reason, parser_says = N_("no element begins"), "-"
    try:
        parser.feed(head)
        if len(head) < HEAD_BYTES:
            parser.close()
    except etree.XMLSyntaxError as error:
        reason, parser_says = why_broken(error), told(error)
    starts = _starts(parser, source)
    if not starts:
        raise XmlError(place=Place(file=source.name, line=1), reason=reason, parser=parser_says)
    return starts


def _starts(parser: etree.XMLPullParser, source: Source) -> list[Start]:
    starts: list[Start] = []
    for _, element in cast("Iterator[tuple[str, Element]]", parser.read_events()):
        if not starts and cast("Any", element.getroottree().docinfo).doctype:
            raise DoctypeError(place=source.place)
        namespace, _, name = element.tag.rpartition("}")
        starts.append(Start(name, namespace.lstrip("{"), line_of(element, source)))
        if len(starts) == _LOOKED_AT:
            break
    return starts


def elements(source: Source, names: tuple[str, ...], through: Readable | None = None) -> Iterator[tuple[str, Element]]:
    """Yield each element of these local names with its name when it ends, in the order of their ends.

    `through` stands between source and parser. The caller drops what it has read (`forget`), so that memory stays
    constant. Raises `XmlError`,
    `XmlLimitError` and what `Source.read` raises.
    """
    tags = tuple(f"{{*}}{name}" for name in names)
    local: dict[str, str] = {}
    first_elements(source)  # refuses what is dangerous
    try:
        for _, element in etree.iterparse(through or source, events=("end",), tag=tags, **_options(source)):
            source.since_progress = 0
            tag = element.tag
            yield local.get(tag) or local.setdefault(tag, local_name(tag)), element
    except etree.XMLSyntaxError as error:
        raise _error(error, source, exact=through is None or not through.shortened) from error


def forget(element: Element) -> None:
    """Drop an element that was read, and everything before it under the same parent."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while parent[0] is not element:
            del parent[0]


def drop(element: Element) -> None:
    """Take an element out of its parent."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def line_of(element: Element, source: Source) -> int | None:
    """Return the line of the file in which the element begins."""
    line: Any = element.sourceline
    return None if line is None else line + source.skipped_lines


def _drop_blank(source: Source) -> None:
    """Skip blank lines before the XML declaration, which some banks' files have and XML forbids."""
    if blank := _BLANK_BEFORE.match(source.head()):
        source.skip(blank.end())


def _options(source: Source) -> dict[str, Any]:
    return {
        "resolve_entities": "internal",  # there are none without a DOCTYPE: one that is used is an error
        "load_dtd": False,
        "no_network": True,
        "remove_comments": True,
        "remove_pis": True,
        "collect_ids": False,
        "huge_tree": source.limits.huge,
    }


def _error(error: etree.XMLSyntaxError, source: Source, *, exact: bool) -> KasseError:
    line, column = error.position
    place = Place(file=source.name, line=(line + source.skipped_lines) or 1, column=str(column) if exact else None)
    limited = cast("Any", error).code in {etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_ENTITY_LOOP}
    if limited:
        return XmlLimitError(place=place, reason=told(error))
    return XmlError(place=place, reason=why_broken(error), parser=told(error))


def why_broken(error: etree.XMLSyntaxError) -> str:
    """Return in words of ours what is wrong with XML."""
    return _WHY.get(cast("Any", error).code, N_("it breaks the rules of XML"))


def told(error: etree.XMLSyntaxError) -> str:
    """Return what the parser itself says, which is English and may name elements; without the place."""
    return (error.msg or "?").partition(", line ")[0].replace("\n", " ").strip()[:_LONGEST_REASON]

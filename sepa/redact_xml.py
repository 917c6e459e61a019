"""A bank's XML with invented words: every text that is not known to be structure is replaced, in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from sepa.errors import Place
from sepa.reading import identify
from sepa.redact import Redactor
from sepa.sources import DEFAULT, Limits, Source, opened
from sepa.xml.parser import XmlError, told, why_broken

_XML = "http://www.w3.org/XML/1998/namespace"
_CHUNK = 1 << 16
_REMEMBERED = 1000
_AMOUNTS = frozenset(("CtrlSum", "OrgnlCtrlSum", "DtldCtrlSum", "Sum", "TtlNetNtryAmt", "Amt"))
_KEPT_NAMES = """
CdtDbtInd RvslInd Ccy SrcCcy TrgtCcy UnitCcy OrgnlCcy XchgRate Rate Sts GrpSts PmtInfSts TxSts DtldSts
Conf AssgnmtCxlConf GrpCxlSts PmtInfCxlSts TxCxlSts
OrgnlMsgNmId MsgNmId NbOfTxs NbOfNtries OrgnlNbOfTxs DtldNbOfTxs PgNb LastPgInd ElctrncSeqNb LglSeqNb RptgSeq RptgSrc
PmtMtd BtchBookg ChrgBr Br SeqTp Ctry CtryOfRes AmdmntInd CpyDplctInd ChrgInclInd Grpg InstrPrty SttlmMtd ClrChanl
Prtry PrtryCd Cd Fmly SubFmlyCd Issr FrqcyTp Prty
"""
_KEPT = frozenset(_KEPT_NAMES.split())
_DATE = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.,Z+-]*)?\s*")
_FLAG = frozenset(("true", "false"))
_PERSONAL_DATES = frozenset(("BirthDt",))


def redact_xml(source: Path | BinaryIO | Source, redactor: Redactor, *, limits: Limits = DEFAULT) -> Iterator[bytes]:
    """Yield the file with invented words, in UTF-8; comments are left out, names of elements and order stay.

    Raises what `identify` raises, and `XmlError` where the file breaks off: what was yielded is then a part.
    """
    with opened(source, limits) as file:
        identify(file)
        writer = _Writer(redactor)
        options: dict[str, Any] = {
            "target": writer,
            "remove_comments": True,
            "huge_tree": file.limits.huge,
            "resolve_entities": False,
            "load_dtd": False,
            "no_network": True,
        }
        parser = etree.XMLParser(**options)
        yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
        try:
            while chunk := file.read(_CHUNK):
                file.since_progress = 0
                parser.feed(chunk)
                yield writer.taken()
            parser.close()
        except etree.XMLSyntaxError as error:
            line, column = error.position
            place = Place(file=file.name, line=(line or 0) + file.skipped_lines or 1, column=str(column))
            raise XmlError(place=place, reason=why_broken(error), parser=told(error)) from error
        yield writer.taken() + b"\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _quoted(text: str) -> str:
    return '"' + _escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;") + '"'


class _Writer:
    """Takes the parser's events and writes them again."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._out: list[str] = []
        self._text: list[str] = []
        self._names: list[str] = []
        self._scopes: list[dict[str, str]] = [{_XML: "xml"}]
        self._known: dict[str, str] = {}
        self._leaf = False
        self._currency = False

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        text = "".join(self._out)
        self._out.clear()
        return text.encode()

    def start(self, tag: str, attributes: dict[str, str], spaces: dict[str | None, str]) -> None:
        """Write the begin of an element."""
        self._flush()
        self._scopes.append(
            self._scopes[-1] | {uri: prefix or "" for prefix, uri in spaces.items()} if spaces else self._scopes[-1]
        )
        if spaces:
            self._known.clear()
        name = self._name(tag)
        self._names.append(name)
        if spaces or attributes:
            given = [f" xmlns{':' + prefix if prefix else ''}={_quoted(uri)}" for prefix, uri in spaces.items()]
            given += [f" {self._name(key)}={_quoted(value)}" for key, value in attributes.items()]
            self._out.append(f"<{name}{''.join(given)}>")
        else:
            self._out.append(f"<{name}>")
        self._leaf, self._currency = True, "Ccy" in attributes

    def end(self, tag: str | bytes) -> None:
        """Write the end of an element, its text before it."""
        del tag
        name = self._names.pop()
        text = "".join(self._text)
        self._text.clear()
        if self._scopes.pop() is not self._scopes[-1]:
            self._known.clear()
        self._out.append(
            _escaped(self._value(name.rpartition(":")[2], text) if self._leaf else self._redactor.text(text))
        )
        self._out.append(f"</{name}>")
        self._leaf = False

    def data(self, data: str | bytes) -> None:
        """Keep text until it is known where it stands."""
        self._text.append(data if isinstance(data, str) else data.decode())

    def close(self) -> None:
        """Do nothing more: all is written."""

    def _flush(self) -> None:
        if self._text:
            self._out.append(_escaped(self._redactor.text("".join(self._text))))
            self._text.clear()

    def _name(self, tag: str) -> str:
        """Return an element's name as it stood in the file; the same tag has the same name until name spaces change."""
        name = self._known.get(tag)
        if name is None:
            uri, _, local = tag.rpartition("}")
            prefix = self._scopes[-1].get(uri.lstrip("{"), "") if uri else ""
            name = f"{prefix}:{local}" if prefix else local
            if len(self._known) < _REMEMBERED:
                self._known[tag] = name
        return name

    def _value(self, name: str, text: str) -> str:
        if self._currency or name in _AMOUNTS:
            return self._redactor.amount(text)
        if name in _PERSONAL_DATES:
            return "1970-01-01"
        kept = name in _KEPT or text in _FLAG or _DATE.fullmatch(text)
        return text if kept else self._redactor.text(text)

"""The sheet XML of .xlsx: which sheets there are, and what they hide (ECMA-376 part 1, SpreadsheetML)."""

from __future__ import annotations

import posixpath
import re
from functools import partial
from typing import IO, TypeVar

from kasse_cli.spreadsheets.archive import Archive, Attributes, DamagedFileError
from kasse_cli.spreadsheets.scans import MAX_CELLS, Book, MacroError, Scan, SheetInfo, column_number
from kasse_cli.spreadsheets.sources import NotAListError

_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_CELL_START = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"')
_NOT_CELLS = (b"<co", b"<cf")  # columns, colours, conditional formats
_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"
_FORMULA = re.compile(rb"[<:]f[\s/>]")
_DECLARATION = rb"<\?xml version=.1\.0.(?: encoding=.utf-8.)?(?: standalone=.(?:yes|no).)?\s*\?>"
_UTF8 = re.compile(rb"(?:\xef\xbb\xbf)?(?:" + _DECLARATION + rb")?\s*<\w", re.IGNORECASE)
_DOUBTS = (b"hidden", b'"e"', b"'e'", b":c", b"<!")
_WORKBOOK = "xl/workbook.xml"  # where every program puts it, and where the reader looks
_LONGEST_TAG_BYTES = 16 * 1024 * 1024
_TRUE = ("1", "true")
T = TypeVar("T")


def open_xlsx(stream: IO[bytes]) -> Book:
    """Return the worksheets of an .xlsx file; all parts its reader needs are checked.

    Raises `MacroError`, `NotAListError` (.xlsb, documents of other kinds), `DamagedFileError`, `TooLargeError`.
    """
    archive = Archive(stream)
    names = archive.names()
    _refuse_macros(archive, names)
    if any(name.endswith("workbook.bin") for name in names):
        raise NotAListError(format="XLSB")
    if (_WORKBOOK, "officeDocument") not in _relations(archive, "_rels/.rels").values():
        raise DamagedFileError(part="_rels/.rels")
    sheets = _sheets(archive, _relations(archive, "xl/_rels/workbook.xml.rels", "xl"))
    scanned = {sheet.key for sheet in sheets}
    archive.check(name for name in names if name.lower().endswith((".xml", ".rels")) and name not in scanned)
    return Book(sheets, partial(_scan, archive))


def _refuse_macros(archive: Archive, names: tuple[str, ...]) -> None:
    kinds: list[str] = []
    archive.walk("[Content_Types].xml", lambda _, attributes: kinds.append(attributes.get("ContentType", "")))
    if any("macroenabled" in kind.lower() for kind in kinds) or any(name.endswith("vbaProject.bin") for name in names):
        raise MacroError


def _relations(archive: Archive, part: str, folder: str = "") -> dict[str, tuple[str, str]]:
    """Return path and kind (the last word of the type) of what a part points to, by relation id."""
    relations: list[tuple[str, tuple[str, str]]] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))[1:]
            relations.append((attributes.get("Id", ""), (path, posixpath.basename(attributes.get("Type", "")))))

    archive.walk(part, start)
    return dict(_unique(relations, part))


def _sheets(archive: Archive, targets: dict[str, tuple[str, str]]) -> tuple[SheetInfo, ...]:
    sheets: list[tuple[str, SheetInfo]] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "sheet":
            path, kind = targets.get(_relation_id(attributes), ("", ""))
            name, state = attributes.get("name", ""), attributes.get("state", "visible")
            if kind == "worksheet":
                sheets.append((name.lower(), SheetInfo(name, state == "visible", path)))

    archive.walk(_WORKBOOK, start)
    return tuple(sheet for _, sheet in _unique(sheets, _WORKBOOK))


def _relation_id(attributes: Attributes) -> str:
    ids = [value for name, value in attributes.items() if name.endswith(":id")]
    if len(ids) != 1:
        raise DamagedFileError(part=_WORKBOOK)
    return ids[0]


def _unique(pairs: list[tuple[str, T]], part: str) -> list[tuple[str, T]]:
    """Return the pairs, unless a key occurs twice: two readers could choose differently."""
    if len({key for key, _ in pairs}) < len(pairs):
        raise DamagedFileError(part=part)
    return pairs


def _scan(archive: Archive, sheet: SheetInfo) -> Scan:
    """Return what the sheet holds: by a quick look at its bytes where that leaves no doubt, else by its XML."""
    scan = _glance(archive, sheet.key)
    if scan is None or scan.height * scan.width > MAX_CELLS:
        walker = _Walker()
        archive.walk(sheet.key, walker.start)
        scan = walker.scan
    return scan


def _glance(archive: Archive, part: str) -> Scan | None:
    """Return the used range if the bytes prove that there is nothing else to find, else None.

    In UTF-8 neither the name of an element nor that of an attribute can be written in two ways, so what is not
    among the bytes is not in the sheet; and every cell must be written as all programs write it.
    """
    scan, rest, first, clear = Scan(), b"", True, True
    for chunk in archive.chunks(part):  # to the end in any case: it also proves the checksum
        buffer = rest + chunk
        whole = buffer.rfind(b">") + 1
        clear = clear and not _doubtful(buffer, first=first) and _use_cells(scan, buffer[:whole])
        rest, first = buffer[whole:], False
        if len(rest) > _LONGEST_TAG_BYTES:
            raise DamagedFileError(part=part)
    return scan if clear else None


def _use_cells(scan: Scan, tags: bytes) -> bool:
    """Widen the used range to the cells; return False if one of them is written unusually."""
    cells = _CELL_START.findall(tags)
    columns = {cell.rstrip(_DIGITS) for cell in cells}
    rows = {cell.lstrip(_LETTERS) for cell in cells}
    if cells:
        scan.use(max(map(int, rows)), max(column_number(column.decode()) for column in columns))
    return len(cells) == tags.count(b"<c") - sum(map(tags.count, _NOT_CELLS))


def _doubtful(buffer: bytes, *, first: bool) -> bool:
    if first and not _UTF8.match(buffer):
        return True
    if any(mark in buffer for mark in _DOUBTS):
        return True
    return (b"<f" in buffer or b":f" in buffer) and _FORMULA.search(buffer) is not None


class _Walker:
    """Follows the elements of one sheet; cells without an address stand right of the one before."""

    def __init__(self) -> None:
        self.scan = Scan()
        self._row = self._column = 0
        self._hidden = self._in_cell = False

    def start(self, tag: str, attributes: Attributes) -> None:
        """Take notice of one element."""
        action = _ACTIONS.get(tag)
        if action is not None:
            action(self, attributes)

    def row(self, attributes: Attributes) -> None:
        """Begin a row."""
        self._row = int(attributes.get("r", self._row + 1))
        self._column = 0
        self._hidden = attributes.get("hidden") in _TRUE

    def cell(self, attributes: Attributes) -> None:
        """Begin a cell."""
        self._in_cell = True
        self._column += 1
        if (written := attributes.get("r")) is not None:
            match = _CELL.fullmatch(written)
            if match is None:
                raise DamagedFileError(part=written)
            self._column, self._row = column_number(match[1]), int(match[2])
        if attributes.get("t") == "e":
            self.scan.errors.append((self._row, self._column))

    def value(self, _: Attributes) -> None:
        """Note a cell that is not empty."""
        self.scan.use(self._row, self._column)
        self.scan.hidden_rows += self._hidden
        self._hidden = False  # counted

    def formula(self, _: Attributes) -> None:
        """Note a formula of a cell; those of formats and charts stand in extensions."""
        if self._in_cell:
            self.scan.use(self._row, self._column)
            self.scan.formulas.append((self._row, self._column))

    def columns(self, attributes: Attributes) -> None:
        """Note hidden columns."""
        if attributes.get("hidden") in _TRUE:
            self.scan.hidden_columns.append((int(attributes.get("min", "1")), int(attributes.get("max", "1"))))

    def extension(self, _: Attributes) -> None:
        """Leave the cell."""
        self._in_cell = False


_ACTIONS = {
    "row": _Walker.row,
    "c": _Walker.cell,
    "v": _Walker.value,
    "is": _Walker.value,
    "f": _Walker.formula,
    "col": _Walker.columns,
    "extLst": _Walker.extension,
}

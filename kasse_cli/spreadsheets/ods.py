"""The content of .ods: which sheets there are, and what they hide (OASIS OpenDocument 1.3 part 3)."""

from __future__ import annotations

from typing import IO

from kasse_cli.spreadsheets.archive import Archive, Attributes, DamagedFileError, local
from kasse_cli.spreadsheets.scans import Book, EncryptedFileError, MacroError, Scan, SheetInfo
from kasse_cli.spreadsheets.sources import NotAListError

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_CELLS = ("table-cell", "covered-table-cell")
_SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"


def open_ods(stream: IO[bytes]) -> Book:
    """Return the sheets of an .ods file, scanned in one pass over its content.

    Raises `NotAListError`, `EncryptedFileError`, `MacroError`, `DamagedFileError`, `TooLargeError`.
    """
    archive = Archive(stream)
    kind = b"".join(archive.chunks("mimetype")).decode("ascii", "replace").strip()
    if not kind.startswith(_SPREADSHEET):
        raise NotAListError(format=kind.rpartition("/")[2][:60])
    tags: set[str] = set()
    archive.walk(_MANIFEST, lambda tag, _: tags.add(tag))
    if "encryption-data" in tags:
        raise EncryptedFileError
    if any(name.startswith(("Basic/", "Scripts/")) for name in archive.names()):
        raise MacroError
    walker = _Walker()
    archive.walk(_CONTENT, walker.start, walker.end)
    archive.check(["styles.xml"] if "styles.xml" in archive.names() else [])
    return Book(walker.sheets(), lambda sheet: walker.scans[sheet.name])


class _Walker:
    """Follows the elements of the content; repeated rows and cells are counted, never expanded."""

    def __init__(self) -> None:
        self.scans: dict[str, Scan] = {}
        self._hidden_styles: set[str] = set()
        self._styles: dict[str, str] = {}
        self._style = ""
        self._depth = 0
        self._scan = Scan()
        self._row = self._repeat = self._column = self._header = 0
        self._hidden = False

    def sheets(self) -> tuple[SheetInfo, ...]:
        """Return the sheets in their order."""
        return tuple(SheetInfo(name, self._styles[name] not in self._hidden_styles, name) for name in self.scans)

    def start(self, tag: str, attributes: Attributes) -> None:
        """Take notice of one element."""
        if tag in _CELLS:
            self._cell(attributes)
        elif tag == "table-row":
            self._begin_row(attributes)
        elif tag == "table":
            self._begin_sheet(attributes)
        elif tag == "table-column":
            self._begin_column(attributes)
        elif tag == "style":
            self._style = attributes.get("style:name", "")
        elif tag == "table-properties" and attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)

    def end(self, tag: str) -> None:
        """Leave one element."""
        self._depth -= tag == "table"

    def _begin_sheet(self, attributes: Attributes) -> None:
        self._depth += 1
        name = attributes.get("table:name", "")
        if self._depth > 1:  # a table inside a cell or a drawing is no sheet
            return
        if name in self.scans:
            raise DamagedFileError(part=_CONTENT)
        self._scan = self.scans[name] = Scan()
        self._styles[name] = attributes.get("table:style-name", "")
        self._row = self._repeat = self._header = 0

    def _begin_column(self, attributes: Attributes) -> None:
        first, self._header = self._header + 1, self._header + _repeated(attributes, "columns")
        if attributes.get("table:visibility", "visible") != "visible":
            self._scan.hidden_columns.append((first, self._header))

    def _begin_row(self, attributes: Attributes) -> None:
        self._row += self._repeat
        self._repeat = _repeated(attributes, "rows")
        self._column = 0
        self._hidden = attributes.get("table:visibility", "visible") != "visible"

    def _cell(self, attributes: Attributes) -> None:
        first, self._column = self._column + 1, self._column + _repeated(attributes, "columns")
        kinds = {name: value for name, value in attributes.items() if local(name) in ("value-type", "formula")}
        if not kinds:
            return
        self._scan.use(self._row + self._repeat, self._column)
        self._scan.hidden_rows += self._repeat if self._hidden else 0
        self._hidden = False  # counted
        position = (self._row + 1, first)
        if any(local(name) == "formula" for name in kinds):
            self._scan.formulas.append(position)
        if "error" in kinds.values():
            self._scan.errors.append(position)


def _repeated(attributes: Attributes, what: str) -> int:
    count = int(attributes.get(f"table:number-{what}-repeated", "1"))
    if count < 1:
        raise DamagedFileError(part=_CONTENT)
    return count

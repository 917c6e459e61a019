"""The records of .xls, Excel 97 to 2003: which sheets there are, and what they hide ([MS-CFB], [MS-XLS])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

from kasse_cli.spreadsheets.archive import DamagedFileError, TooLargeError
from kasse_cli.spreadsheets.scans import Book, EncryptedFileError, MacroError, Scan, SheetInfo
from kasse_cli.spreadsheets.sources import NotAListError

MAX_BYTES = 256 * 1024 * 1024
_END = 0xFFFFFFFA  # this and above: no sector
_STREAM = 2
_BOF, _EOF, _FILEPASS, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0085
_FORMULA, _BOOLERR, _ROW, _COLINFO, _MULRK = 0x0006, 0x0205, 0x0208, 0x007D, 0x00BD
_VALUES = (_FORMULA, _BOOLERR, _MULRK, 0x0203, 0x0204, 0x027E, 0x00D6, 0x00FD)
_DIMENSIONS = 0x0200
_LENGTHS = {_BOOLERR: 8, 0x0203: 14, 0x027E: 10, 0x00FD: 10}
_MAX_ROWS, _MAX_COLUMNS = 65_536, 256
_BIFF8 = 0x0600


def open_xls(stream: IO[bytes]) -> Book:
    """Return the worksheets of an .xls file.

    Raises `EncryptedFileError` (.xlsx with a password too), `MacroError`, `NotAListError`, `DamagedFileError`.
    """
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLargeError(part="xls")
    try:
        workbook = _workbook(data)
        sheets = _sheets(workbook)
        scans = {sheet.key: _scan(workbook, int(sheet.key)) for sheet in sheets}  # all: so does the reader
    except (struct.error, IndexError, ValueError):
        raise DamagedFileError(part="xls") from None
    return Book(sheets, lambda sheet: scans[sheet.key])


def _workbook(data: bytes) -> bytes:
    """Return the stream `Workbook` (or `Book`) out of the compound file."""
    container = _Container(data)
    names = [name for name, _, _ in container.entries]
    if "EncryptedPackage" in names:
        raise EncryptedFileError
    if any(name.startswith("_VBA_PROJECT") for name in names):
        raise MacroError
    books = [(start, size) for name, start, size in container.entries if name in ("Workbook", "Book")]
    if not books:
        raise NotAListError(format="Microsoft Office")
    if len(books) > 1:  # another workbook inside this one: readers could take either
        raise DamagedFileError(part="Workbook")
    return container.stream(*books[0])


class _Container:
    """A compound file: sectors chained by an allocation table, small streams in a stream of their own."""

    def __init__(self, data: bytes) -> None:
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if not 7 <= shift <= 16 or mini_shift > shift:
            raise DamagedFileError(part="xls")
        self._data, self._size, self._mini_size = data, 1 << shift, 1 << mini_shift
        first_entry, _, self._cutoff, first_mini, _, first_more = struct.unpack_from("<6I", data, 48)
        self._table = self._numbers(self._table_sectors(first_more))
        self._mini_table = self._numbers(self._chain(first_mini, self._table))
        directory = self._read(first_entry)
        found = [_entry(directory, offset) for offset in range(0, len(directory), 128)]
        self.entries = [(name, start, size) for name, kind, start, size in found if kind == _STREAM]
        _, _, root, root_size = found[0]
        self._mini = self._read(root)[:root_size] if root < _END else b""

    def stream(self, start: int, size: int) -> bytes:
        """Return the content of one stream."""
        if size >= self._cutoff:
            return self._read(start)[:size]
        width = self._mini_size
        sectors = self._chain(start, self._mini_table)
        return b"".join(self._mini[sector * width : (sector + 1) * width] for sector in sectors)[:size]

    def _table_sectors(self, more: int) -> list[int]:
        sectors = [sector for sector in struct.unpack_from("<109I", self._data, 76) if sector < _END]
        for _ in range(len(self._data) // self._size):
            if more >= _END:
                break
            *listed, more = self._numbers([more])
            sectors += [sector for sector in listed if sector < _END]
        return sectors

    def _numbers(self, sectors: list[int]) -> list[int]:
        content = self._joined(sectors)
        return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))

    def _chain(self, start: int, table: list[int]) -> list[int]:
        sectors: list[int] = []
        while start < _END:
            sectors.append(start)
            if len(sectors) > len(table):
                raise DamagedFileError(part="xls")
            start = table[start]
        return sectors

    def _read(self, start: int) -> bytes:
        return self._joined(self._chain(start, self._table))

    def _joined(self, sectors: list[int]) -> bytes:
        size = self._size
        return b"".join(self._data[(sector + 1) * size : (sector + 2) * size] for sector in sectors)


def _entry(directory: bytes, offset: int) -> tuple[str, int, int, int]:
    length, kind = struct.unpack_from("<HB", directory, offset + 64)
    start, size = struct.unpack_from("<II", directory, offset + 116)
    return directory[offset : offset + max(0, length - 2)].decode("utf-16-le"), kind, start, size


def _records(data: bytes, offset: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, offset and length of the records of one substream, those of embedded charts left out."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", data, offset)
        offset += 4
        depth += (kind == _BOF) - (kind == _EOF)
        if depth < 1:
            return
        if depth == 1:
            yield kind, offset, length
        offset += length


def _sheets(data: bytes) -> tuple[SheetInfo, ...]:
    sheets: list[SheetInfo] = []
    biff8 = struct.unpack_from("<HHH", data, 0)[2] == _BIFF8
    for kind, offset, length in _records(data, 0):
        if kind == _FILEPASS:
            raise EncryptedFileError
        if kind == _BOUNDSHEET:
            position, state, sheet_type = struct.unpack_from("<IBB", data, offset)
            if sheet_type == 0:
                name = _name(data[offset + 6 : offset + length], biff8=biff8)
                sheets.append(SheetInfo(name, state & 3 == 0, str(position)))
    if len({sheet.name.lower() for sheet in sheets}) < len(sheets):
        raise DamagedFileError(part="xls")
    return tuple(sheets)


def _name(text: bytes, *, biff8: bool) -> str:
    if not biff8:
        return text[1 : 1 + text[0]].decode("cp1252")
    wide = text[1] & 1
    return text[2 : 2 + text[0] * (1 + wide)].decode("utf-16-le" if wide else "latin-1")


def _scan(data: bytes, position: int) -> Scan:
    scan, hidden, used = Scan(), set(), set()
    for kind, offset, length in _records(data, position):
        if length != _LENGTHS.get(kind, length):
            raise DamagedFileError(part="xls")
        if kind in _VALUES:
            used.add(_cell(scan, data, kind, offset, length))
        elif kind == _DIMENSIONS:
            _check_dimensions(struct.unpack_from("<IIHH" if length == 14 else "<4H", data, offset))
        elif kind == _ROW and struct.unpack_from("<H", data, offset + 12)[0] & 0x20:
            hidden.add(struct.unpack_from("<H", data, offset)[0] + 1)
        elif kind == _COLINFO and struct.unpack_from("<H", data, offset + 8)[0] & 1:
            first, last = struct.unpack_from("<HH", data, offset)
            scan.hidden_columns.append((first + 1, last + 1))
    scan.hidden_rows = len(hidden & used)
    return scan


def _check_dimensions(dimensions: tuple[int, ...]) -> None:
    """Refuse a promised range that no such sheet can have: the reader would take memory for it."""
    top, bottom, left, right = dimensions
    if not (top <= bottom <= _MAX_ROWS and left <= right <= _MAX_COLUMNS):
        raise DamagedFileError(part="xls")


def _cell(scan: Scan, data: bytes, kind: int, offset: int, length: int) -> int:
    """Note one cell and return its row, counted from 1."""
    row, column = struct.unpack_from("<HH", data, offset)
    last = struct.unpack_from("<H", data, offset + length - 2)[0] if kind == _MULRK else column
    if last >= _MAX_COLUMNS or (kind == _MULRK and length != 6 + 6 * (last - column + 1)):
        raise DamagedFileError(part="xls")
    scan.use(row + 1, last + 1)
    if kind == _FORMULA:
        scan.formulas.append((row + 1, column + 1))
    elif kind == _BOOLERR and data[offset + 7]:
        scan.errors.append((row + 1, column + 1))
    return int(row) + 1

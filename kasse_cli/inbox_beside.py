"""What lies beside the bank files in a ZIP: cover sheets, notes, what macOS and Windows add; nothing of a bank."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from sepa.errors import N_, KasseError, Severity
from sepa.strangers import kind_of, office_kind

_PAPERS = frozenset({
    "PDF", "PNG", "JPEG", "GIF", "TIFF", "RTF", "Microsoft Office", "HTML", N_("an e-mail"),
    N_("a calendar or a contact"),
})  # fmt: skip
"""Kinds of what is for people to read; a table may hold bookings, and what is packed or locked anything."""
_TEXTS = frozenset({N_("a text"), N_("a table (CSV)")})
_SYSTEM = "macOS"
_SHEETS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xltx", ".ods", ".ots"})
"""Tables of an Office program: a cover sheet may be one, but so may bookings, as people or banks save them."""
_STATEMENT_ENDINGS = frozenset({
    ".xml", ".camt", ".052", ".053", ".054", ".c52", ".c53", ".c54", ".sta", ".mt940", ".mt942", ".940", ".942", ".mta",
    ".swi", ".swift", ".fin", ".dat", ".dta", ".csv", ".tsv", ".xls",
})  # fmt: skip
_STATEMENT_WORDS = re.compile(r"camt|mt_?9\d\d|pain\.|ausz[uü]g|auszueg|statement|ums[aä]tz|umsaetz", re.IGNORECASE)
_TRACES = re.compile(
    rb"</|<\?xml|<(?:\w{1,9}:)?(?:Document|BkTo|GrpHdr|Stmt|Ntry)|(?:\A|[\r\n]):\d\d[A-Z]?:|\{\d:"
    rb"|\A<|\A[^\r\n]*[;\t][^\r\n]*[;\t]"
)
"""What a piece of XML, of an MT message or a table has somewhere, and a text for people does not."""


class NoBankFileError(KasseError):
    """A file in a ZIP that is none of a bank, beside others that are."""

    code = "inbox.no_bank_file"
    template = N_("left out, as it is no bank file: {kind}")
    hint = N_("nothing is to be done, unless the bank delivers bookings like that")
    severity: Severity = "info"
    routine = True


def kind_beside(name: str, head: bytes) -> str:
    r"""Return in a word what a file in a ZIP is that is surely none of a bank; empty where it may be one, even broken.

    `head` is how it begins, and its content counts: nothing is left out for its name alone.

    >>> kind_beside("a.zip/README.txt", b"Dear all"), kind_beside("a.zip/day.xml", b"Dear all")
    ('a text', '')
    """
    path = PurePosixPath(name)
    kind = kind_of(head)
    if kind == _SYSTEM:
        return kind
    if path.suffix.lower() in _STATEMENT_ENDINGS:
        return ""
    if office := office_kind(name, head):
        return "" if path.suffix.lower() in _SHEETS and _STATEMENT_WORDS.search(path.name) else office
    if kind in _TEXTS:
        return "" if _STATEMENT_WORDS.search(path.name) or _TRACES.search(_plain(head)) else N_("a text")
    return kind if kind in _PAPERS else ""


def _plain(head: bytes) -> bytes:
    """Return the beginning of a text without what only its encoding adds."""
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")

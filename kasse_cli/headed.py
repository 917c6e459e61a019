"""Documents of the ledger as letters: with the letterhead of the office, which the ledger does not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from enforcement.letters_head_store import MissingHeadError
from ledger.documents import Address, Block, Document, Facts, Paragraph
from sepa.errors import N_

_ASKED = (("auskunft", "Auskunft"), ("telefon", "Telefon"), ("email", "E-Mail"))
"""Who is to be asked: parts of a letterhead, and what letters, which are German, call them."""


class HeadlessLetterError(MissingHeadError):
    """A letter that is written once, without what tells who sends it, or whom to ask."""

    hint = N_(
        "set what is missing, for example: kasse letter head --set telefon='040 123456'; on letters that are written "
        "already, note it by hand"
    )


def headed(document: Document, head: Mapping[str, str]) -> Document:
    """Return a letter with the sender, who is to be asked, and the signature of a letterhead, as far as it has them."""
    blocks = tuple(_headed(document.blocks, head))
    return replace(document, blocks=blocks, footer=head.get("fuss", "").replace("\n", " · ") or document.footer)


def _headed(blocks: tuple[Block, ...], head: Mapping[str, str]) -> Iterator[Block]:
    sender = (head.get("absender") or head.get("kopf") or "").replace("\n", " · ")
    asked = tuple((label, head[key].replace("\n", ", ")) for key, label in _ASKED if head.get(key))
    for block in blocks:
        if isinstance(block, Address):
            yield replace(block, sender=sender or block.sender)
        elif isinstance(block, Facts):
            yield replace(block, rows=(*block.rows, *asked))
        else:
            yield block
    yield from (Paragraph(line) for line in head.get("unterschrift", "").split("\n") if line)

"""What `journal verify` asks of erasing: words that are gone must have been erased by a decision."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.store.engines import Store
from sepa.errors import N_, KasseError


class MissingWordsError(KasseError):
    """More words are gone than decisions of two people account for."""

    code = "verify.missing_words"
    template = N_("{missing} words of entries and details of events are gone, decisions to erase account for {erased}")
    hint = N_("keep this book as it is, compare it with the last backup and inform the audit office")


def missing_words(store: Store, missing: int) -> Iterator[KasseError]:
    """Yield a finding where words are gone that nobody decided to erase."""
    decided = "SELECT coalesce(sum(texts), 0) + coalesce(sum(details), 0) FROM erasure WHERE state = 'done'"
    erased = int(store.value(decided))
    if missing > erased:
        yield MissingWordsError(missing=missing, erased=erased)

"""Money between offices: each office's entry balances over the pair's Verrechnung accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ledger.book.chart import verrechnung_account
from ledger.book.entry import Draft, Posting


def across(lead: str, lines: Mapping[str, Sequence[Posting]], **common: object) -> list[Draft]:
    """Return one draft per office: what an office lacks to zero goes over its Verrechnung with the lead office.

    `lines` holds the postings by office, `common` the other fields of `Draft` (kind, posting_day, group, …). The
    lead's draft comes first. Where only the lead has lines there is one draft and no transaction.
    """
    drafts, balancing = [], []
    for office in sorted(office for office in lines if office != lead):
        difference = sum(posting.cents for posting in lines[office])
        own = (*lines[office], Posting(verrechnung_account(lead), -difference)) if difference else lines[office]
        if difference:
            balancing.append(Posting(verrechnung_account(office), difference))
        drafts.append(Draft(office=office, postings=tuple(own), **common))  # type: ignore[arg-type]
    first = Draft(office=lead, postings=(*lines.get(lead, ()), *balancing), **common)  # type: ignore[arg-type]
    return [first, *drafts] if drafts else [replace(first, group=None)]

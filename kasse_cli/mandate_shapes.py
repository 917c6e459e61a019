"""How mandates are shown: as rows of a list, and as sentences about one."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.output import Column, Line, say
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.payments.mandates import Mandate

MANDATES = (
    Column("number", N_("Mandate"), "count"),
    Column("reference", N_("Mandate reference")),
    Column("party_name", N_("Debtor")),
    Column("scheme", N_("Scheme"), minor=True),
    Column("state", N_("State"), "word"),
    Column("covers", N_("Covers"), minor=2),
    Column("last_used", N_("Last used"), "day", minor=True),
    Column("usable_until", N_("Usable until"), "day"),
    Column("usage", N_("Use"), "word", shown=False),
    Column("iban", N_("IBAN"), shown=False),
    Column("bic", N_("BIC"), shown=False),
    Column("debtor_name", N_("Account holder"), shown=False),
    Column("signed", N_("Signed"), "day", shown=False),
    Column("creditor_id", N_("Creditor identifier"), shown=False),
    Column("uses", N_("Uses"), "count", shown=False),
    Column("lapses_on", N_("Lapses on"), "day", shown=False),
    Column("document", N_("Document"), shown=False),
)
OVER = ("revoked", "ended")
"""States of mandates that are not used any more, whenever they would lapse."""
EVENTS = (
    Column("at", N_("When")),
    Column("by", N_("Who")),
    Column("action", N_("What"), "word"),
    Column("text", N_("Details"), "details"),
)
WORDS = (
    N_("add"), N_("amend"), N_("confirm"), N_("suspend"), N_("resume"), N_("revoke"), N_("import"), N_("returned"),
)  # fmt: skip


def covered(mandate: Mandate, state: str) -> dict[str, Any]:
    """Return a mandate as a row of a list."""
    parts = (mandate.office, mandate.claim_kinds, mandate.covers_reference)
    usable_until = None if state in OVER else mandate.lapses_on
    covers = " ".join(part for part in parts if part)
    return asdict(mandate) | {"state": state, "covers": covers, "usable_until": usable_until}


def about(mandate: Mandate, day: str) -> Iterator[Line]:
    """Yield what a person wants to know of a mandate on a day."""
    from ledger.payments.mandates import state_on

    yield say(
        N_("{name}, account {iban} of {holder}, {scheme}, {usage}, signed on {day}"),
        name=mandate.party_name, iban=mandate.iban, holder=mandate.debtor_name, scheme=mandate.scheme,
        usage=mandate.usage, day=dt.date.fromisoformat(mandate.signed),
    )  # fmt: skip
    state = state_on(mandate, day)
    if state in OVER:
        yield say(N_("state on {day}: {state}"), day=dt.date.fromisoformat(day), state=state)
    else:
        yield say(
            N_("state on {day}: {state}; usable until {until} unless it is used before"),
            day=dt.date.fromisoformat(day), state=state, until=dt.date.fromisoformat(mandate.lapses_on),
        )  # fmt: skip
    if mandate.state_reason:
        yield say(N_("why: {reason}"), reason=mandate.state_reason)
    yield from _extent(mandate)
    if mandate.scheme == "B2B" and mandate.confirmed_on:
        yield say(N_("confirmed by the debtor's bank on {day}"), day=dt.date.fromisoformat(mandate.confirmed_on))
    if mandate.last_used:
        yield say(
            N_("last used on {day}, uses: {count}"), day=dt.date.fromisoformat(mandate.last_used), count=mandate.uses
        )
    if mandate.document:
        digest = mandate.document_sha256 or ""
        yield say(N_("document: {name} {hash}"), name=mandate.document, hash=digest)


def _extent(mandate: Mandate) -> Iterator[Line]:
    if mandate.office:
        yield say(N_("only claims of office {office}"), office=mandate.office)
    if mandate.claim_kinds:
        yield say(N_("only claims of these kinds: {kinds}"), kinds=mandate.claim_kinds)
    if mandate.covers_reference:
        yield say(N_("only {reference}"), reference=mandate.covers_reference)


def document_of(text: str | None) -> tuple[str | None, str | None]:
    """Return where the paper is, and the SHA-256 of its scan where the text names a file."""
    if text is None:
        return None, None
    path = Path(text)
    if not path.is_file():
        return text, None
    with path.open("rb") as file:
        return path.name, hashlib.file_digest(file, "sha256").hexdigest()

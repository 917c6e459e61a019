"""Guards of what a bank account held before: nobody posts that alone, with whatever program.

An opening entry is written by a take-over that its last signer posts, or on the word of another head who asked for the
balance of a bank account (`kasse bank balance`). Which it is stands in the event log once the unit of work ends: the
guard waits for that, so that a take-over can be tried and undone. It asks of entries of that kind only: of all others
the server compares the kind, and calls nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.access.functions import KASSE, PINNED
from ledger.access.names import array
from ledger.bank.bank_balance import ASKED, DROPPED, POSTED, SOURCE
from ledger.items.opening_findings import SOURCE as TAKEN_OVER
from ledger.store.changes import quoted
from ledger.store.postgres import ACCESS_STATE

_HEAD = array(("head",))
_OF_THE_KASSE = f"kasse = ANY (access_offices({_HEAD}))"
_STEPS = quoted((ASKED, POSTED, DROPPED))
_OPENED = """(SELECT coalesce(sum(q.cents), 0) FROM posting q
        JOIN entry e ON e.office = q.office AND e.position = q.position
        WHERE q.office = {place}.office AND q.account = {place}.account AND e.kind = 'opening'{more})"""
"""What opening entries gave an account in all: of two entries for one word, neither is let through."""
_GIVEN = """(SELECT s.balance_cents FROM opening_sum s
        WHERE s.run = r.id AND s.office = p.office AND s.account = p.account)"""
_TAKE_OVER = f"""SELECT 1 FROM opening_run r
      WHERE NEW.source = '{TAKEN_OVER}' AND r.state = 'final' AND r.xmin = pg_current_xact_id()::xid
      AND {_OF_THE_KASSE}
      AND NOT EXISTS (SELECT 1 FROM posting p JOIN bank_account b ON b.office = p.office AND b.account = p.account
        WHERE p.office = NEW.office AND p.position = NEW.position
        AND {_OPENED.format(place="p", more=f" AND e.source = '{TAKEN_OVER}'")} IS DISTINCT FROM {_GIVEN})"""
"""Signed last in this very transaction, by a head of the Kasse; bank accounts get what the signed draft says.

That somebody else signed first, the row of the take-over was asked already.
"""
_BALANCE = f"""SELECT 1 FROM bank_account b
      JOIN event d ON d.office = kasse AND d.object = 'bank_account:' || b.iban AND d.action = '{POSTED}'
        AND d.by = actor
      JOIN LATERAL (SELECT e.action, e.by, e.at, e.facts FROM event e
        WHERE e.office = kasse AND e.object = d.object AND e.position < d.position AND e.action IN ({_STEPS})
        ORDER BY e.position DESC LIMIT 1) a ON a.action = '{ASKED}'
      JOIN posting p ON p.office = NEW.office AND p.position = NEW.position AND p.account = b.account
      JOIN posting q ON q.office = NEW.office AND q.position = NEW.position AND q.line <> p.line
      WHERE b.office = NEW.office AND NEW.source = '{SOURCE}:' || b.iban AND NEW.posting_count = 2
      AND CASE WHEN d.action = '{POSTED}' THEN d.facts::json ->> 'entry' END
        = NEW.office || '-' || NEW.year || '-' || NEW.number
      AND q.account = a.facts::json ->> 'account' AND NEW.posting_day >= a.facts::json ->> 'day'
      AND {_OPENED.format(place="b", more="")} = (a.facts::json ->> 'cents')::bigint
      AND access_apart({_HEAD}, kasse, access_taken(a.by, a.at))"""
"""The entry stands in the event that follows the word of another head; the account then holds what was asked for."""


def openings() -> Iterator[tuple[str, str]]:
    """Yield name and text of each function and trigger, functions first."""
    allowed = f"EXISTS ({_TAKE_OVER}) OR EXISTS (\n      {_BALANCE})"
    yield from _guard(
        "access_entry_opening", "entry", "NEW.kind = 'opening'", allowed,
        "an opening entry is a take-over signed by two, or a balance that another head of the Kasse asked for",
        deferred=True,
    )  # fmt: skip
    yield from _guard(
        "access_event_balance", "event", f"NEW.action IN ({_STEPS})", _OF_THE_KASSE,
        "a head of the Kasse asks for the balance of a bank account and posts it",
    )  # fmt: skip


def _guard(
    name: str, table: str, concerned: str, allowed: str, reason: str, *, deferred: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield the function that lets some new rows be only where something holds, and its trigger."""
    text = f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PINNED}
AS $access$
DECLARE
  actor bigint := access_actor();
  kasse text := {KASSE};
BEGIN
  IF ({allowed}) IS NOT TRUE THEN
    RAISE EXCEPTION '{reason}' USING ERRCODE = '{ACCESS_STATE}';
  END IF;
  RETURN NULL;
END
$access$"""
    kind, late = ("CONSTRAINT TRIGGER", " DEFERRABLE INITIALLY DEFERRED") if deferred else ("TRIGGER", "")
    trigger = f"CREATE {kind} {name} AFTER INSERT ON {table}{late} FOR EACH ROW WHEN ({concerned})"
    yield f"{name}()", text
    yield name, f"{trigger} EXECUTE FUNCTION {name}()"

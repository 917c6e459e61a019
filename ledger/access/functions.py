"""The functions of the database that say who is acting and where somebody holds a role.

They run with the owner's rights, so that people need not read what they are judged by; their search path is pinned
with the temporary tables last, because a temporary table of one's own would otherwise stand before the book's.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.access.names import array
from ledger.people.users import KASSE_WIDE

PINNED = "SET search_path = public, pg_temp"
_HEAD = "LANGUAGE sql STABLE SECURITY DEFINER " + PINNED
_ACTOR = "SELECT id FROM app_user WHERE name = session_user::text AND locked = 0"
KASSE = "(SELECT code FROM office WHERE is_kasse = 1)"
_HELD = """SELECT r.office, r.role, true AS own, r.user_id AS principal FROM user_role r
      WHERE r.user_id = (SELECT access_actor())
      UNION ALL
      SELECT d.office, d.role, false, d.principal FROM deputy d
      JOIN app_user p ON p.id = d.principal AND p.locked = 0
      WHERE d.deputy = (SELECT access_actor()) AND d.since <= to_char(current_date + 7, 'YYYY-MM-DD')
      AND d.until >= to_char(current_date - 7, 'YYYY-MM-DD') AND d.ended_on IS NULL
      AND EXISTS (SELECT 1 FROM user_role r WHERE r.user_id = d.principal AND r.role = d.role
                  AND r.office IN (d.office, '*'))"""
"""The roles the acting person holds, and those in which they stand in for somebody. The days of absence are read
with a week's grace, because a step may be dated a week ahead; the rules of the book are exact."""

_TAKEN = """SELECT array_remove(person || coalesce(array_agg(on_behalf), '{}'::bigint[]), NULL)
      FROM event WHERE by = person AND at = moment AND on_behalf IS NOT NULL"""
"""Whose step it was: of the person who took it, and of those in whose right they did."""
_APART = f"""SELECT (SELECT access_actor()) <> ALL (earlier) AND EXISTS (
      SELECT 1 FROM access_held() h WHERE h.role = ANY (roles) AND (h.own OR h.principal <> ALL (earlier))
      AND (place IS NULL OR h.office IN (place, '*')
           OR h.office = {KASSE} AND h.role = ANY ({array(KASSE_WIDE)})))"""
"""Whether the acting person may take a step after these persons: in an own right, or that of somebody else again."""
_COUNT = f"""CREATE OR REPLACE FUNCTION access_count(counted text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER {PINNED} AS $access$
BEGIN
  EXECUTE format('ANALYZE public.%I', counted);
END
$access$"""
"""Only who owns a table may have its rows counted. Uncounted, the server takes a run of thousands for one payment."""


def functions() -> Iterator[tuple[str, str]]:
    """Yield signature and text of each function."""
    yield "access_actor()", _function("access_actor()", "bigint", _ACTOR)
    yield (
        "access_held()",
        _function("access_held()", "TABLE (office text, role text, own boolean, principal bigint)", _HELD),
    )
    yield "access_offices(text[])", _function("access_offices(roles text[])", "text[]", _offices(wide=True))
    yield "access_own_offices(text[])", _function("access_own_offices(roles text[])", "text[]", _offices(wide=False))
    yield (
        "access_holds(text[])",
        _function(
            "access_holds(roles text[])",
            "boolean",
            "SELECT EXISTS (SELECT 1 FROM access_held() WHERE role = ANY (roles))",
        ),
    )
    yield (
        "access_apart(text[], text, bigint[])",
        _function("access_apart(roles text[], place text, earlier bigint[])", "boolean", _APART),
    )
    yield "access_taken(bigint, text)", _function("access_taken(person bigint, moment text)", "bigint[]", _TAKEN)
    yield (
        "access_acts(text, text, bigint)",
        _function(
            "access_acts(wanted text, place text, behalf bigint)",
            "boolean",
            """SELECT EXISTS (SELECT 1 FROM access_held() h WHERE h.role = wanted AND h.office IN (place, '*')
      AND CASE WHEN behalf IS NULL THEN h.own ELSE NOT h.own AND h.principal = behalf END)""",
        ),
    )
    yield "access_count(text)", _COUNT


def _offices(*, wide: bool) -> str:
    """Return the offices in which one of the roles is held; '*' where it is held in all, '' for the whole book."""
    kasse = f" OR h.office = {KASSE} AND h.role = ANY ({array(KASSE_WIDE)})" if wide else ""
    return f"""SELECT coalesce(array_agg(DISTINCT place), '{{}}') FROM (
      SELECT o.code AS place FROM office o
      JOIN access_held() h ON h.role = ANY (roles) AND (h.office IN (o.code, '*'){kasse})
      UNION ALL SELECT '*' FROM access_held() h WHERE h.role = ANY (roles) AND h.office = '*'
      UNION ALL SELECT '' FROM access_held() h WHERE h.role = ANY (roles)) AS places"""


def _function(signature: str, result: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {signature} RETURNS {result} {_HEAD} AS $access$\n      {body}\n$access$"

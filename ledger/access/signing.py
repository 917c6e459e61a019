"""Triggers that hold people to their own name and to the duties they must not join (invariant 6).

They run once for a statement over all its rows, with the owner's rights and a pinned search path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.access import integrity
from ledger.access.functions import KASSE, PINNED
from ledger.access.names import array
from ledger.access.policies import Shape
from ledger.access.rights import Parent, Signature, TableRights
from ledger.items.order_decisions import NEXT_ROLE, WAITING
from ledger.items.order_duties_store import WHOLE_CENTS
from ledger.people.duties import Duty, duties
from ledger.store.changes import quoted
from ledger.store.postgres import ACCESS_STATE

_PLANNED = " SET plan_cache_mode = force_custom_plan"
"""What compares fresh rows with former ones is planned for as many as there are: for one, it takes each with each."""


def triggers(shapes: Mapping[str, Shape], rights: Mapping[str, TableRights]) -> Iterator[tuple[str, str]]:
    """Yield name and text of each function and trigger, functions first."""
    for table, shape in sorted(shapes.items()):
        known = rights.get(table, TableRights(table))
        yield from _trigger(f"access_{table}_insert", table, "INSERT", _insert(shape, known))
        yield from _trigger(f"access_{table}_update", table, "UPDATE", _update(shape, known))


def _trigger(name: str, table: str, event: str, body: str) -> Iterator[tuple[str, str]]:
    if not body:
        return
    old, planned = ("OLD TABLE AS former ", _PLANNED) if event == "UPDATE" else ("", "")
    head = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PINNED}{planned}"
    actor = "DECLARE\n  actor bigint := access_actor();"
    yield f"{name}()", f"{head} AS $access$\n{actor}\nBEGIN\n{body}  RETURN NULL;\nEND\n$access$"
    trigger = f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {old}NEW TABLE AS fresh"
    yield name, f"{trigger} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"


def _insert(shape: Shape, known: TableRights) -> str:
    checks = [_unsigned(shape, known)] if shape.persons else []
    checks += [_signed(shape, signature, changed="") for signature in known.signatures]
    checks += [_needed(signature) for signature in known.signatures if signature.states]
    if known.kinds:
        checks.append(_kinds(known))
    if known.parent:
        checks.append(_sealed(known.parent))
    if shape.table == "order_step":
        checks += _order_steps()
    if shape.table == "event":
        stands_in = "SELECT h.principal FROM access_held() h WHERE NOT h.own"
        wrong = f"SELECT 1 FROM fresh WHERE on_behalf IS NOT NULL AND on_behalf NOT IN ({stands_in})"
        checks.append(_check(wrong, "nobody acts for somebody without being the deputy"))
    if shape.table in integrity.INSERT:
        wrong, reason = integrity.INSERT[shape.table]
        checks.append(_check(wrong, reason))
    if shape.table == "user_role":
        checks.append(_check("SELECT 1 FROM fresh WHERE user_id = actor", "nobody gives rights to themselves"))
    return "".join(checks)


def _update(shape: Shape, known: TableRights) -> str:
    later = [name for name in shape.persons if name in known.update]
    same = " AND ".join(f"f.{name} = o.{name}" for name in shape.key)
    joined = f"fresh f JOIN former o ON {same}"
    checks = []
    if later:
        wrong = " OR ".join(f"f.{name} IS DISTINCT FROM o.{name} AND f.{name} IS DISTINCT FROM actor" for name in later)
        checks.append(_check(f"SELECT 1 FROM {joined} WHERE {wrong}", _OTHER_NAME.format(shape.table)))
    checks += [_signed(shape, signature, changed=joined) for signature in known.signatures]
    checks += [_needed(signature) for signature in known.signatures if signature.states]
    if shape.table == "cash_order":
        checks.append(_order_state(joined))
    if shape.table in integrity.UPDATE:
        wrong, reason = integrity.UPDATE[shape.table]
        checks.append(_check(wrong, reason))
    if shape.table == "app_user":
        own = f"SELECT 1 FROM {joined} WHERE f.id = actor AND f.locked <> o.locked"
        checks.append(_check(own, "nobody changes their own rights"))
    return "".join(checks)


_OTHER_NAME = "what is written in {} is signed in one''s own name"


_FIRST_SIGNED = """ AND NOT EXISTS (SELECT 1 FROM opening_run r WHERE r.state = 'final' AND r.second_by = actor
        AND r.first_by = fresh.{name} AND r.second_at = fresh.{moment} AND r.xmin = pg_current_xact_id()::xid)"""
"""Unless this very transaction signs a take-over last that this person signed first."""


def _unsigned(shape: Shape, known: TableRights) -> str:
    """Return the check that every person named in new rows is the one who writes them."""
    wrong = [
        f"{'' if name in shape.required else f'{name} IS NOT NULL AND '}{name} IS DISTINCT FROM actor"
        + (_FIRST_SIGNED.format(name=name, moment=known.first_signed[name]) if name in known.first_signed else "")
        for name in shape.persons
    ]
    return _check(f"SELECT 1 FROM fresh WHERE {' OR '.join(wrong)}", _OTHER_NAME.format(shape.table))


def _signed(shape: Shape, signature: Signature, changed: str) -> str:
    """Return the checks that who signs holds a role for it there and did not make what is signed."""
    rows = f"{changed} WHERE f.{signature.column} IS DISTINCT FROM o.{signature.column} AND " if changed else ""
    rows = rows or "fresh f WHERE "
    filled = f"{rows}f.{signature.column} IS NOT NULL"
    checks = ""
    if signature.roles:
        somewhere = f"(SELECT access_holds({array(signature.roles)}))"
        there = f"f.{shape.office} = ANY ({_once('access_offices', signature.roles)})" if shape.office else somewhere
        missing = f"SELECT 1 FROM {filled} AND NOT coalesce({there}, {somewhere})"
        checks += _check(missing, f"{signature.column} of {shape.table} needs the role {' / '.join(signature.roles)}")
    if signature.never:
        steps = [_taken(shape, other) for other in signature.never]
        place = f"f.{shape.office}" if shape.office else "CAST(NULL AS text)"
        columns = ", ".join(f"{by} AS by{n}, {at} AS at{n}" for n, (by, at) in enumerate(steps))
        earlier = " || ".join(f"access_taken(d.by{n}, d.at{n})" for n in range(len(steps)))
        others = f"(SELECT DISTINCT {place} AS place, {columns} FROM {filled} OFFSET 0) AS d"
        apart = f"access_apart({array(signature.roles)}, d.place, {earlier})"
        checks += _check(f"SELECT 1 FROM {others} WHERE NOT {apart}", "nobody signs their own work")
    return checks


def _taken(shape: Shape, column: str) -> tuple[str, str]:
    """Return whose step another column tells of, and when: of this table or, as `table.column`, of the row of that key.

    The moment beside the person leads to the event, which says in whose right a deputy acted.
    """
    table, dot, name = column.partition(".")
    moment = f"{(name or column).removesuffix('by')}at"
    if dot:
        same = " AND ".join(f"x.{key} = f.{key}" for key in shape.key)
        return f"(SELECT x.{name} FROM {table} x WHERE {same})", f"(SELECT x.{moment} FROM {table} x WHERE {same})"
    assert moment in shape.columns, f"{shape.table} has no {moment}"
    return f"f.{column}", f"f.{moment}"


def _needed(signature: Signature) -> str:
    unsigned = f"state IN ({quoted(signature.states)}) AND {signature.column} IS NULL"
    return _check(f"SELECT 1 FROM fresh WHERE {unsigned}", f"this state needs {signature.column}")


def _kinds(known: TableRights) -> str:
    """Return the check that each kind of row is written by those whose task it is."""
    cases = [
        f"WHEN {quoted((kind,))} THEN office = ANY "
        f"({_once('access_own_offices' if kind in known.own_kinds else 'access_offices', roles)})"
        for kind, roles in sorted(known.kinds.items())
    ]
    fresh = "(SELECT DISTINCT office, kind FROM fresh) AS f"
    wrong = f"SELECT 1 FROM {fresh} WHERE NOT CASE kind {' '.join(cases)} ELSE false END"
    return _check(wrong, f"this kind of {known.table} is written by others")


def _once(function: str, roles: tuple[str, ...]) -> str:
    """Return the offices as a query of its own: the server asks it once, a mere function again for each fresh row."""
    return f"(SELECT {function}({array(roles)}))::text[]"


def _sealed(parent: Parent) -> str:
    same = " AND ".join(f"p.{other} = f.{own}" for own, other in parent.key.items())
    closed = f"SELECT 1 FROM fresh f JOIN {parent.table} p ON {same} WHERE p.state NOT IN ({quoted(parent.states)})"
    if parent.later:
        one = parent.later
        closed += f""" AND NOT (f.{one.column} = {quoted((one.value,))} AND p.state IN ({quoted(one.states)})
          AND (SELECT access_holds({array(one.roles)})))"""
    return _check(closed, f"the {parent.table} takes no more rows")


def _order_steps() -> Iterator[str]:
    """Yield the checks of a step of an order: state, role or deputy, forbidden pairs, exception, limit.

    Without OFFSET, here and before, the server would ask what each row needs before it makes equal ones one.
    """
    ready = " OR ".join(f"f.step = '{step}' AND o.state IN ({quoted(states)})" for step, states in WAITING.items())
    rows = "fresh f JOIN cash_order o ON o.office = f.office AND o.id = f.order_id"
    yield _check(
        f"SELECT 1 FROM {rows} WHERE NOT (f.step = 'created' AND o.state = 'created' OR {ready})",
        "the order does not wait for this step",
    )
    role = " ".join(f"WHEN '{state}' THEN '{name}'" for state, name in NEXT_ROLE.items())
    place = f"CASE WHEN state = 'approved' THEN {KASSE} ELSE office END"
    turns = f"SELECT DISTINCT f.office, o.state, f.on_behalf FROM {rows} WHERE f.step <> 'created' OFFSET 0"
    acts = f"access_acts(CASE state {role} END, {place}, on_behalf)"
    yield _check(f"SELECT 1 FROM ({turns}) AS t WHERE NOT {acts}", "this step needs another role")
    for step, duty in duties().items():
        yield from _duty(step, duty, role)
    limit = """(SELECT l.max_cents FROM approval_limit l WHERE l.user_id = coalesce(f.on_behalf, f.by)
      AND l.office IN (f.office, '*') ORDER BY CASE WHEN l.office = '*' THEN 1 ELSE 0 END LIMIT 1)"""
    yield _check(
        f"SELECT 1 FROM {rows} WHERE f.step = 'approved' AND {WHOLE_CENTS} > {limit}",
        "the order is above the limit",
    )


def _duty(step: str, duty: Duty, role: str) -> Iterator[str]:
    """Yield the checks of one row of duties.toml."""
    persons = "(s.by IN (f.by, f.on_behalf) OR s.on_behalf IN (f.by, f.on_behalf))"
    spared = f" AND NOT (f.exception = 1 AND s.step IN ({quoted(duty.small_office)}))" if duty.small_office else ""
    before = "fresh f JOIN order_step s ON s.office = f.office AND s.order_id = f.order_id"
    own = f"f.step = '{step}' AND s.step IN ({quoted(duty.not_after)}) AND {persons}{spared}"
    yield _check(f"SELECT 1 FROM {before} WHERE {own}", "nobody acts on their own work")
    if not duty.small_office:
        yield _check(f"SELECT 1 FROM fresh WHERE step = '{step}' AND exception = 1", "this step knows no exception")
        return
    another = f"""SELECT 1 FROM fresh f JOIN cash_order o ON o.office = f.office AND o.id = f.order_id
      JOIN user_role r ON r.role = CASE o.state {role} END AND r.office IN (f.office, '*') AND r.user_id <> f.by
      JOIN app_user u ON u.id = r.user_id AND u.locked = 0 WHERE f.step = '{step}' AND f.exception = 1"""
    yield _check(another, "another person may take this step")


def _order_state(joined: str) -> str:
    """Return the check that an order moves on only by a step that the acting person has signed."""
    order = "s.office = f.office AND s.order_id = f.id"
    signed = f"SELECT 1 FROM order_step s WHERE {order} AND s.step = f.state AND s.by = actor"
    moved = f"SELECT 1 FROM {joined} WHERE f.state <> o.state AND NOT EXISTS ({signed})"
    return _check(moved, "an order moves on by a signed step")


def _check(wrong: str, reason: str) -> str:
    """Return the check that a query finds nothing.

    All is counted: to find one row soon, the server would compare each fresh row with each former one.
    """
    found = f"(SELECT count(*) FROM ({wrong}) AS wrong) > 0"
    return f"  IF {found} THEN\n    RAISE EXCEPTION '{reason}' USING ERRCODE = '{ACCESS_STATE}';\n  END IF;\n"

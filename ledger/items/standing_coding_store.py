"""What the items of standing orders are coded to: the lines of the order, in the budget year that they fall due in."""

from __future__ import annotations

from ledger.book.dimensions import of_cost_object, parse_canonical, years_later
from ledger.book.dimensions_store import load_lists
from ledger.book.entry import Posting
from ledger.items.order_changes import ClosedCodingError
from ledger.items.orders import order_number
from ledger.store.engines import Row, Store

_LINES = """
    SELECT l.office, l.order_id, l.gl_account, l.amount_cents, l.cost_object FROM cash_order_line l
    JOIN standing_order s ON s.office = l.office AND s.order_id = l.order_id ORDER BY l.office, l.order_id, l.line"""
_CLOSED = "SELECT office, number, closed_on FROM account WHERE closed_on <= :day"


class StandingCoding:
    """The coding of all standing orders, and what is closed on the day of the run."""

    def __init__(self, store: Store, day: str) -> None:
        self.lines: dict[tuple[str, int], list[Row]] = {}
        for office, number, *line in store.rows(_LINES):
            self.lines.setdefault((office, number), []).append(tuple(line))
        self.closed = {(office, number): on for office, number, on in store.rows(_CLOSED, day=day)}
        self.lists = load_lists(store)

    def postings(self, office: str, order: int, sign: int, first_due: str, due: str) -> list[Posting]:
        """Return the lines of an order for a due day; the Haushaltsjahr is that of the first one, moved on to it.

        What is due in a year belongs to it (§ 72 BHO). Raises `ClosedCodingError`, `DimensionValueError`,
        `DimensionClosedError`.
        """
        later = int(due[:4]) - int(first_due[:4])
        found = []
        for account, cents, cost in self.lines[office, order]:
            if (office, account) in self.closed:
                day = self.closed[office, account]
                raise ClosedCodingError(order=order_number(office, order), account=account, day=day)
            dimensions = years_later(of_cost_object(cost), later)
            if later and (year := parse_canonical(dimensions).get("haushaltsjahr")):
                for finding in self.lists.check_value(office, due, "haushaltsjahr", year):
                    raise finding
            found.append(Posting(account, sign * cents, None, dimensions))
        return found

"""Lists of orders and open items written as short lines, for tests of both."""

from ledger.events.store import record
from ledger.items.opening import check_item
from ledger.items.order_decisions import Choice
from ledger.items.order_import_store import Source, Wishes, import_orders
from ledger.items.order_rules import check_order
from ledger.items.order_seals_store import seal_orders
from ledger.items.order_steps_store import decide
from ledger.items.orders import OrderRow
from ledger.items.staging_store import load_rules
from sepa.money import parse_amount
from tests.books import act

DAY = "2026-11-16"
IBAN, OTHER_IBAN = "DE02120300000000202051", "DE02500105170137075030"
ADDRESS = {"street": "Gartenweg", "house_number": "3", "postcode": "20999", "town": "Musterstadt"}


def row(line: str, seq: int = 2, **changes) -> OrderRow:
    """Build a row from `OFFICE kind amount name…`; a receivable gets an address, a payable an IBAN."""
    office, kind, amount, *name = line.split()
    values = {"office": office, "kind": kind, "name": " ".join(name), "due": "2026-12-01", "purpose": "Bescheid 7"}
    values |= ADDRESS if kind == "receivable" else {"bank_account": IBAN}
    values["amount_cents"] = parse_amount(amount)
    return OrderRow(**{"seq": seq, "head": seq} | values | changes)


def numbered(rows):
    """Give rows their places in the list; rows with one order_key belong to the first of them."""
    heads = {}
    for seq, one in enumerate(rows, 2):
        head = heads.setdefault(one.order_key, seq) if one.order_key else seq
        yield one._replace(seq=seq, head=head)


def checked(store, *rows, check=check_order, day=DAY):
    rules = load_rules(store, day)
    return [check(rules, one, frozenset()) for one in numbered(rows)]


def item(line: str, seq: int = 2, **changes) -> OrderRow:
    """Build an open item from `OFFICE kind open-amount name…`."""
    one = row(line, seq, **{"amount_cents": None, "due": "2026-03-01"} | changes)
    return one._replace(open_cents=parse_amount(line.split()[2]))


def items(store, *rows, day=DAY):
    return checked(store, *rows, check=check_item, day=day)


def source(name: str = "orders.xlsx") -> Source:
    return Source(name, f"{hash(name) & 0xFFFFFFFF:064x}", 100)


def take(store, *rows, user="import", name="orders.xlsx", **wishes):
    """Import rows as a list of that name."""
    act(store, user)
    return import_orders(store, source(name), checked(store, *rows), Wishes(**{"day": DAY} | wishes))


def step(store, user, name, batch=1, sum_cents=None, day=DAY, **choice):
    """Take a step with a batch as that user; the control sum is the right one where none is given."""
    act(store, user)
    if sum_cents is None:
        sum_cents = int(store.value("SELECT total_cents FROM order_batch WHERE id = :batch", batch=batch))
    return decide(store, name, Choice(batch=batch, **choice), day=day, sum_cents=sum_cents, reason="falsch")


def accepted(store, *rows, **more):
    """Import rows and take them through all steps."""
    done = take(store, *rows, **more)
    for user, name in (("anna", "certified"), ("bernd", "approved"), ("clara", "accepted")):
        step(store, user, name, done.batch)
    return done


def told_of(store, office, number, batch):
    """Take the first step of an order that a test wrote by itself, and tell of it; inside a unit."""
    store.insert_one(
        "order_step", office=office, order_id=number, step="created", by=store.user, at=store.now, exception=0,
        seen_count=1, seen_cents=1, seen_hash=b"h",
    )  # fmt: skip
    record(store, office, "order.import", f"batch:{batch}", {"count": 1} | seal_orders(store, batch))


def open_difference(store) -> list[tuple]:
    """Return control accounts whose balance is not the sum of their open items (invariant 4)."""
    return store.all(
        """SELECT a.office, a.number, coalesce(p.cents, 0), coalesce(i.cents, 0) FROM account a
           LEFT JOIN (SELECT office, account, sum(cents) AS cents FROM posting GROUP BY office, account) p
           ON p.office = a.office AND p.account = a.number
           LEFT JOIN (SELECT office, account, sum(CASE side WHEN 'D' THEN open_cents ELSE -open_cents END) AS cents
                      FROM item GROUP BY office, account) i ON i.office = a.office AND i.account = a.number
           WHERE a.role IN ('receivable', 'receivable_private', 'payable', 'credit', 'suspense', 'advance')
           AND coalesce(p.cents, 0) <> coalesce(i.cents, 0)"""
    )


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]

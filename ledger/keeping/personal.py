"""Where personal data stand: a table of tables, each with its class, its day, whose it is and what still needs it.

The rows of a kind are seen through one SQL text with the columns of their key, `person`, `origin` (a day) and
`needed`; a row may appear once for each of its persons. Which columns are blanked says the table itself (`ERASABLE`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.payments.collection_changes import CHANGED_DAY
from sepa.errors import N_


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of one table that hold personal data; SQL over the alias `t`, with `:on` for the day.

    `retention` is the class of retention, '' for master data, which go with the person. `columns` are blanked in
    tables whose columns may change anyway. `shown` names the columns of an export, all where it is empty.
    """

    table: str
    retention: str
    key: tuple[str, ...]
    day: str
    needed: str
    party: str
    joins: str = ""
    columns: tuple[str, ...] = ()

    def view(self) -> str:
        """Return the SQL of key, party, day and whether it is still needed."""
        keys = ", ".join(f"t.{name}" for name in self.key)
        needed = f"CASE WHEN {self.needed} THEN 1 ELSE 0 END"
        seen = f"{keys}, {self.party} AS person, {self.day} AS origin, {needed} AS needed"
        return f"SELECT {seen} FROM {self.table} t {self.joins}"


NEVER = "0 = 1"
NOBODY = "CAST(NULL AS BIGINT)"
"""Words that follow nobody's item: they go by their own period only."""
_OWNED = """SELECT office, id AS item, party FROM item WHERE party IS NOT NULL
    UNION SELECT office, item, party FROM item_debtor"""
# SQLite joins what is CROSS JOINed in the order written: from the few steps of the desk, never from all postings
_CASE_OF = f"""SELECT s.office, s.item, w.party FROM suspense_step s CROSS JOIN {{entries}} CROSS JOIN posting p
    JOIN ({_OWNED}) w ON w.office = p.office AND w.item = p.item
    WHERE p.office = {{x}}.office AND p.position = {{x}}.position AND s.kind <> 'undone'
    AND NOT EXISTS (SELECT 1 FROM suspense_step u WHERE u.office = s.office AND u.item = s.item AND u.undoes = s.line)
    {{tied}}"""
_TOGETHER = "AND e.office = s.office AND e.position = s.position AND x.transaction_id = e.transaction_id"
ITEM_OF = f"""({_OWNED}
    UNION {_CASE_OF.format(entries="office f", x="s", tied="AND f.code = s.office")}
    UNION {_CASE_OF.format(entries="entry e CROSS JOIN entry x", x="x", tied=_TOGETHER)})"""
"""Items and whose they are: joint debtors, and those whose items got the money of a case, included."""
OPEN = "(SELECT office, id AS item FROM item WHERE open_cents <> 0)"
_OPEN_ORDER = """(SELECT DISTINCT office, order_id FROM item WHERE open_cents <> 0 AND order_id IS NOT NULL
    UNION SELECT office, order_id FROM standing_order
    WHERE ended_on IS NULL AND (last_due IS NULL OR last_due >= CAST(:on AS TEXT))
    UNION SELECT office, order_id FROM general_order WHERE ended_on IS NULL)"""
_ENTRY_OF = f"""(SELECT DISTINCT m.office, m.entry, i.party FROM bank_match m
    JOIN {ITEM_OF} i ON i.office = m.item_office AND i.item = m.item
    UNION SELECT b.office, b.id, a.party FROM bank_entry b
    JOIN party_account a ON a.iban = b.counter_iban AND a.kind = 'own')"""
_OPEN_BANK = f"""(SELECT DISTINCT m.office, m.entry FROM bank_match m
    JOIN {OPEN} o ON o.office = m.item_office AND o.item = m.item
    UNION SELECT c.office, c.entry FROM suspense_case c JOIN {OPEN} o ON o.office = c.office AND o.item = c.item
    WHERE c.entry IS NOT NULL)"""
_TIED = """SELECT DISTINCT x.office, x.position{more} FROM posting p {item}
    JOIN entry e ON e.office = p.office AND e.position = p.position
    JOIN entry x ON x.transaction_id = e.transaction_id"""
_POSTING_OF = f"""(SELECT p.office, p.position, i.party FROM posting p
    JOIN {ITEM_OF} i ON i.office = p.office AND i.item = p.item
    UNION {_TIED.format(more=", i.party", item=f"JOIN {ITEM_OF} i ON i.office = p.office AND i.item = p.item")}
    UNION SELECT b.office, b.position, y.party FROM bank_entry b
    JOIN {_ENTRY_OF} y ON y.office = b.office AND y.entry = b.id WHERE b.position IS NOT NULL)"""
_OPEN_POSTING = f"""(SELECT p.office, p.position FROM posting p
    JOIN {OPEN} o ON o.office = p.office AND o.item = p.item
    UNION {_TIED.format(more="", item=f"JOIN {OPEN} o ON o.office = p.office AND o.item = p.item")})"""
"""Entries and whose they are: those that move an item, those of one transaction with them, those of bank entries."""


def _of_item(office: str = "t.office", item: str = "t.item") -> str:
    """Return the joins to whose an item is (`w`) and whether it is open (`n`)."""
    return (
        f"LEFT JOIN {ITEM_OF} w ON w.office = {office} AND w.item = {item} "
        f"LEFT JOIN {OPEN} n ON n.office = {office} AND n.item = {item}"
    )


def _of_order(order: str) -> str:
    return f"LEFT JOIN {_OPEN_ORDER} n ON n.office = {order}.office AND n.order_id = {order}.id"


def _of_entry(entry: str) -> str:
    return (
        f"LEFT JOIN {_ENTRY_OF} w ON w.office = {entry}.office AND w.entry = {entry}.id "
        f"LEFT JOIN {_OPEN_BANK} n ON n.office = {entry}.office AND n.entry = {entry}.id"
    )


_ORDER = "JOIN cash_order o ON o.office = t.office AND o.id = t.order_id JOIN order_batch b ON b.id = o.batch "
_ORDER_DAY = "substr(b.created_at, 1, 10)"
_WAITS = "state NOT IN ('accepted', 'objected') OR n.office IS NOT NULL"
_BANK = "JOIN bank_entry b ON b.office = t.office AND b.id = t.entry "
_UNSETTLED = "b.state = 'staged' OR n.office IS NOT NULL"
_PAYMENT = "JOIN payment y ON y.office = t.office AND y.run = t.run AND y.line = t.line "
_RUN = "JOIN payment_run r ON r.office = t.office AND r.id = t.run "
_PAID = f"LEFT JOIN {ITEM_OF} w ON w.office = y.item_office AND w.item = y.item"
_UNDER_WAY = "state IN ('proposed', 'released', 'exported')"
_CASH = "LEFT JOIN cash_receipt_line l ON l.desk = t.desk AND l.year = t.year AND l.number = t.number " + _of_item(
    "l.office", "l.item"
)
_OF_POSTING = (
    f"LEFT JOIN {_POSTING_OF} w ON w.office = t.office AND w.position = t.position "
    f"LEFT JOIN {_OPEN_POSTING} n ON n.office = t.office AND n.position = t.position"
)
_LAST_USE = """coalesce((SELECT max(substr(v.at, 1, 10)) FROM event v
    WHERE v.object = 'rule:' || CAST(t.id AS TEXT) AND v.action IN ('rule.add', 'rule.off')),
    substr(t.made_at, 1, 10), '1900-01-01')"""
_MASTER = "substr(t.created_at, 1, 10)"
PARTY_COLUMNS = (
    "name", "legal_name", "street", "house_number", "postcode", "town", "country", "birth_date", "vat_id", "match_key",
    "address_key",
)  # fmt: skip
KINDS = (
    Kind("item", "voucher", ("office", "id"), "t.opened_on", "t.open_cents <> 0", "w.party",
         f"LEFT JOIN {ITEM_OF} w ON w.office = t.office AND w.item = t.id"),
    Kind("item_lock", "voucher", ("office", "item", "id"), "substr(t.made_at, 1, 10)", "n.item IS NOT NULL", "w.party",
         _of_item()),
    Kind("cash_order", "voucher", ("office", "id"), _ORDER_DAY, f"t.{_WAITS}", "t.party",
         f"JOIN order_batch b ON b.id = t.batch {_of_order('t')}"),
    Kind("cash_order_line", "voucher", ("office", "order_id", "line"), _ORDER_DAY, f"o.{_WAITS}", "o.party",
         _ORDER + _of_order("o")),
    Kind("order_step", "voucher", ("office", "order_id", "step"), _ORDER_DAY, f"o.{_WAITS}", "o.party",
         _ORDER + _of_order("o")),
    Kind("order_invoice", "voucher", ("office", "order_id"), _ORDER_DAY, f"o.{_WAITS}", "o.party",
         _ORDER + _of_order("o")),
    Kind("bank_entry", "voucher", ("office", "id"), "t.bank_day", "t.state = 'staged' OR n.office IS NOT NULL",
         "w.party", _of_entry("t")),
    Kind("bank_detail", "voucher", ("office", "entry", "line"), "b.bank_day", _UNSETTLED, "w.party",
         _BANK + _of_entry("b")),
    Kind("bank_match", "voucher", ("office", "entry", "line"), "b.bank_day", _UNSETTLED, "w.party",
         _BANK + _of_entry("b")),
    Kind("bank_notice", "voucher", ("statement", "line"), "coalesce(t.bank_day, s.closing_day, '1900-01-01')",
         "n.office IS NOT NULL", "w.party",
         "JOIN statement s ON s.id = t.statement LEFT JOIN bank_entry b ON b.office = t.office AND b.id = t.entry "
         + _of_entry("b")),
    Kind("bank_notice_detail", "voucher", ("statement", "line", "number"),
         "coalesce(a.bank_day, s.closing_day, '1900-01-01')", "n.office IS NOT NULL", "w.party",
         "JOIN bank_notice a ON a.statement = t.statement AND a.line = t.line JOIN statement s ON s.id = t.statement "
         "LEFT JOIN bank_entry b ON b.office = a.office AND b.id = a.entry " + _of_entry("b")),
    Kind("payment", "voucher", ("office", "run", "line"), "r.execution_day", f"t.{_UNDER_WAY}", "w.party",
         _RUN + f"LEFT JOIN {ITEM_OF} w ON w.office = t.item_office AND w.item = t.item"),
    Kind("payment_answer", "voucher", ("report", "seq"), "r.execution_day", f"y.{_UNDER_WAY}", "w.party",
         _PAYMENT + _RUN + _PAID),
    Kind("vop_decision", "voucher", ("office", "run", "line", "seq"), "r.execution_day", f"y.{_UNDER_WAY}", "w.party",
         _PAYMENT + _RUN + _PAID),
    Kind("payment_recall", "voucher", ("id",), "r.execution_day", "t.answered_at IS NULL", "w.party",
         _RUN + "LEFT JOIN payment y ON y.office = t.office AND y.run = t.run AND y.line = t.line " + _PAID),
    Kind("payee_account", "voucher", ("office", "item", "id"), "substr(t.asked_at, 1, 10)", "n.item IS NOT NULL",
         "w.party", _of_item()),
    Kind("refund", "voucher", ("office", "item", "id"), "substr(t.asked_at, 1, 10)", "n.item IS NOT NULL", "w.party",
         _of_item()),
    Kind("attachment", "voucher", ("id",), "coalesce(t.ended_on, substr(t.made_at, 1, 10))", "t.ended_on IS NULL",
         "t.party"),
    Kind("mandate", "voucher", ("id",), "coalesce(t.last_used, t.signed)", "t.state IN ('active', 'suspended')",
         "t.party", columns=("debtor_name", "iban", "bic", "document", "state_reason", "salt")),
    Kind("mandate_amendment", "voucher", ("mandate", "number"), "coalesce(m.last_used, m.signed)",
         "m.state IN ('active', 'suspended')", "m.party", "JOIN mandate m ON m.id = t.mandate"),
    Kind("collection", "voucher", ("office", "run", "line"), f"coalesce({CHANGED_DAY}, r.collection_day)",
         f"t.{_UNDER_WAY}", "m.party",
         "JOIN collection_run r ON r.office = t.office AND r.id = t.run JOIN mandate m ON m.id = t.mandate"),
    Kind("entry_text", "book", ("office", "position"), "e.posting_day", "n.office IS NOT NULL", "w.party",
         "JOIN entry e ON e.office = t.office AND e.position = t.position " + _OF_POSTING),
    Kind("cash_receipt", "voucher", ("desk", "year", "number"), "t.day", "n.item IS NOT NULL", "w.party", _CASH),
    Kind("cash_cheque", "voucher", ("desk", "year", "number"), "c.day",
         "t.state IN ('held', 'presented') OR n.item IS NOT NULL", "w.party",
         "JOIN cash_receipt c ON c.desk = t.desk AND c.year = t.year AND c.number = t.number " + _CASH),
    Kind("suspense_origin", "voucher", ("office", "item"), "t.bank_day", "n.item IS NOT NULL", "w.party", _of_item()),
    Kind("item_facts", "voucher", ("office", "item"), "i.opened_on", "n.item IS NOT NULL", "w.party",
         "JOIN item i ON i.office = t.office AND i.id = t.item " + _of_item()),
    Kind("voucher", "voucher", ("id",), "e.posting_day", "n.office IS NOT NULL", "w.party",
         "JOIN entry e ON e.office = t.office AND e.position = t.position " + _OF_POSTING),
    Kind("collection_message", "voucher", ("office", "id"), "r.collection_day", NEVER, "m.party",
         "JOIN collection_run r ON r.office = t.office AND r.id = t.run "
         "LEFT JOIN collection_message_line l ON l.office = t.office AND l.message = t.id "
         "LEFT JOIN collection c ON c.office = l.office AND c.run = l.run AND c.line = l.line "
         "LEFT JOIN mandate m ON m.id = c.mandate"),
    Kind("payment_report", "voucher", ("id",), "substr(t.read_at, 1, 10)", NEVER, NOBODY),
    Kind("statement_withdrawal", "voucher", ("statement", "line"), "substr(t.asked_at, 1, 10)", "t.state = 'asked'",
         NOBODY),
    Kind("statement_skip", "voucher", ("iban", "line"), "substr(t.made_at, 1, 10)", NEVER, NOBODY),
    Kind("cash_count", "voucher", ("desk", "number"), "t.day", "n.item IS NOT NULL", NOBODY,
         f"LEFT JOIN {OPEN} n ON n.office = t.office AND n.item = t.item"),
    Kind("cash_rest", "voucher", ("desk", "day"), "t.day", NEVER, NOBODY),
    Kind("cash_settlement", "voucher", ("fund", "number"), "t.day", "t.state = 'listed'", NOBODY),
    Kind("cash_voucher", "voucher", ("fund", "settlement", "line"), "t.day", "s.state = 'listed'", NOBODY,
         "JOIN cash_settlement s ON s.fund = t.fund AND s.number = t.settlement"),
    Kind("bank_rule", "voucher", ("id",), _LAST_USE, "t.active = 1", NOBODY),
    Kind("vop_rule", "voucher", ("id",), "coalesce(t.ended_on, substr(t.made_at, 1, 10))", "t.ended_on IS NULL",
         NOBODY),
    Kind("opening_run", "book", ("id",), "t.as_of", "t.state IN ('draft', 'signed')", NOBODY),
    Kind("erasure", "book", ("id",),  # goes with whom it names, and never keeps them
         "CASE WHEN t.party IS NULL THEN substr(t.proposed_at, 1, 10) ELSE '1900-01-01' END", NEVER, "t.party",
         "JOIN erasure x ON x.id = t.id AND x.state <> 'proposed'"),
    Kind("party", "", ("id",), _MASTER, NEVER, "t.id", columns=PARTY_COLUMNS),
    Kind("party_account", "", ("party", "iban"), "t.since", NEVER, "t.party"),
    Kind("party_seal", "", ("id",), "'1900-01-01'", NEVER, "t.party"),  # it is no use of the data
    Kind("party_lock", "", ("party", "id"), "t.since",
         "t.lifted_on IS NULL AND (t.until IS NULL OR t.until >= CAST(:on AS TEXT))", "t.party"),
    Kind("party_merge", "", ("id",), "substr(t.proposed_at, 1, 10)", "t.state = 'proposed'", "t.source"),
    Kind("party_restriction", "", ("party", "number"), "'1900-01-01'", NEVER, "t.party"),  # it is no use of the data
)  # fmt: skip
OBJECTS = (
    "SELECT '' AS office, 'party:' || CAST(id AS TEXT) AS object, id AS party FROM party",
    f"SELECT office, 'item:' || CAST(item AS TEXT), party FROM {ITEM_OF} i",
    f"SELECT '', 'item:' || office || '/' || CAST(item AS TEXT), party FROM {ITEM_OF} j",
    "SELECT office, 'order:' || CAST(id AS TEXT), party FROM cash_order WHERE party IS NOT NULL",
    "SELECT '', 'order:' || office || '-' || CAST(id AS TEXT), party FROM cash_order WHERE party IS NOT NULL",
    "SELECT '', 'mandate:' || CAST(id AS TEXT), party FROM mandate",
    "SELECT '', 'attachment:' || CAST(id AS TEXT), party FROM attachment",
    f"""SELECT '', 'receipt:' || l.desk || '-' || CAST(l.year AS TEXT) || '-' || CAST(l.number AS TEXT), k.party
        FROM cash_receipt_line l JOIN {ITEM_OF} k ON k.office = l.office AND k.item = l.item""",
    f"""SELECT '', 'entry:' || x.office || '-' || CAST(x.year AS TEXT) || '-' || CAST(x.number AS TEXT), y.party
        FROM entry x JOIN {_POSTING_OF} y ON y.office = x.office AND y.position = x.position""",
)
"""What events name, and whose it is; '' stands for any office."""
OF_MANY = (
    f"""SELECT y.office, 'run:' || CAST(y.run AS TEXT), v.party FROM payment y
        JOIN {ITEM_OF} v ON v.office = y.item_office AND v.item = y.item""",
    """SELECT t.office, 'collection_run:' || CAST(t.run AS TEXT), m.party FROM collection t
        JOIN mandate m ON m.id = t.mandate""",
)
"""What is about many at once: the words go with any of them, none of them is told of it."""


@dataclass(frozen=True, slots=True)
class Personal:
    """All kinds of a book, those of the packages above included; the details of events last."""

    kinds: tuple[Kind, ...]
    objects: tuple[str, ...]

    def details(self) -> Kind:
        """Return the details of events: whose they are follows from what the event is about."""
        objects = " UNION ALL ".join((*self.objects, *OF_MANY))
        return Kind(
            "event_details", "book", ("office", "position"), "substr(e.at, 1, 10)", NEVER, "w.party",
            "JOIN event e ON e.office = t.office AND e.position = t.position "
            f"LEFT JOIN ({objects}) w ON w.object = e.object AND w.office IN ('', e.office)",
        )  # fmt: skip

    def all(self) -> tuple[Kind, ...]:
        """Return every kind."""
        return (*self.kinds, self.details())


def personal(kinds: Sequence[Kind] = (), objects: Sequence[str] = ()) -> Personal:
    """Return where personal data stand in the ledger and in what is given."""
    return Personal((*KINDS, *kinds), (*OBJECTS, *objects))


WORDS = {
    "item": N_("open items"), "item_lock": N_("locks"), "cash_order": N_("orders"),
    "cash_order_line": N_("lines of orders"), "order_step": N_("steps of orders"), "order_invoice": N_("invoices"),
    "bank_entry": N_("bank entries"), "bank_detail": N_("details of bank entries"),
    "bank_match": N_("reasons of matches"), "bank_notice": N_("advices of the bank"),
    "bank_notice_detail": N_("details of advices"), "payment": N_("payments"),
    "payment_answer": N_("answers of banks"), "vop_decision": N_("decisions on names of payees"),
    "payment_recall": N_("recalls"), "payee_account": N_("other accounts of payees"), "refund": N_("refunds"),
    "attachment": N_("garnishments and assignments"), "mandate": N_("mandates"),
    "mandate_amendment": N_("changes of mandates"), "collection": N_("direct debits"),
    "entry_text": N_("words of entries"), "event_details": N_("details of events"), "party": N_("persons"),
    "party_account": N_("accounts of persons"), "party_seal": N_("seals of persons"),
    "party_lock": N_("locks of persons"), "party_merge": N_("merges of persons"),
    "party_restriction": N_("restrictions"), "letter": N_("letters to debtors"), "letter_print": N_("words of letters"),
    "cash_receipt": N_("cash receipts"), "cash_cheque": N_("cheques"),
    "suspense_origin": N_("unclear money taken over"), "item_facts": N_("facts of items taken over"),
    "voucher": N_("vouchers of entries made by hand"), "collection_message": N_("requests about direct debits"),
    "payment_report": N_("reports of banks"), "cash_count": N_("remarks of counts"),
    "statement_withdrawal": N_("withdrawals of statements"), "statement_skip": N_("numbers of no statement"),
    "cash_rest": N_("days without a desk"), "cash_settlement": N_("settlements of funds"),
    "cash_voucher": N_("vouchers of funds"), "bank_rule": N_("rules of the Kasse"), "vop_rule": N_("rules for payees"),
    "opening_run": N_("take-overs"), "erasure": N_("reasons to erase"),
    "address_task": N_("address tasks"), "claim_event": N_("events of claims"), "relief": N_("relief"),
}  # fmt: skip
"""What people call the rows of a table."""

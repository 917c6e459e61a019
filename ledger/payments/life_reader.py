"""Reading one payment's life from the book, and searching payments."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ledger.items.orders import order_number
from ledger.payments.files import PaymentFile
from ledger.payments.files_store import files_of
from ledger.payments.life import Found, Life, Station
from ledger.payments.recall_store import recalls
from ledger.payments.rights_reader import rights_of
from ledger.payments.runs import Payment, Run
from ledger.payments.runs_reader import payments, run_named
from ledger.payments.steps import UnknownLineError
from ledger.people.parties import plain
from ledger.store.engines import Store
from sepa.errors import N_
from sepa.reasons import reason as known_reason

WORDS = (
    N_("order created"), N_("order certified"), N_("order approved"), N_("order accepted"), N_("proposed"),
    N_("reviewed"), N_("run changed"), N_("released"), N_("file written"), N_("file written again"),
    N_("file to be given up"), N_("file given up"), N_("refused by the bank"), N_("run discarded"),
    N_("debit named by one"), N_("debit named by two"), N_("debit to be taken back"), N_("debit taken back"),
    N_("return named by one"), N_("return named by two"),
    N_("name checked"), N_("name accepted by one"), N_("name accepted by two"), N_("name corrected"),
    N_("name refused"), N_("right name confirmed"), N_("answered by the bank"),
    N_("called back"), N_("recall answered"), N_("executed"), N_("returned"), N_("posted"),
)  # fmt: skip
_ITEM = """
    SELECT order_id, reference, purpose, open_cents FROM item WHERE office = :office AND id = :item"""
_ORDER = """
    SELECT s.at, s.step, coalesce(u.name, CAST(s.by AS TEXT)), s.reason FROM order_step s
    LEFT JOIN app_user u ON u.id = s.by WHERE s.office = :office AND s.order_id = :order"""
_EVENTS = """
    SELECT e.at, e.action, coalesce(u.name, CAST(e.by AS TEXT)), e.facts, d.details FROM event e
    LEFT JOIN app_user u ON u.id = e.by
    LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    WHERE e.office = :office AND e.object = :object ORDER BY e.position"""
_ANSWERS = """
    SELECT r.read_at, r.kind, coalesce(u.name, CAST(r.read_by AS TEXT)), coalesce(a.status, r.status),
           coalesce(a.reason, r.reason), coalesce(a.found_name, a.information, r.information), r.message_id
    FROM payment_report r
    LEFT JOIN payment_answer a ON a.report = r.id AND a.line = :line
    LEFT JOIN app_user u ON u.id = r.read_by
    WHERE r.office = :office AND r.run = :run AND r.file = :file AND (a.line IS NOT NULL OR r.status <> '')
    ORDER BY r.id"""
_CLEARINGS = """
    SELECT e.recorded_at, e.kind, e.office, e.year, e.number, coalesce(u.name, CAST(e.recorded_by AS TEXT)), l.cents,
           e.bank_day
    FROM clearing_line l JOIN clearing c ON c.office = l.office AND c.id = l.clearing
    JOIN entry e ON e.office = c.office AND e.position = c.position
    LEFT JOIN app_user u ON u.id = e.recorded_by
    WHERE l.office = :office AND l.item = :item ORDER BY e.recorded_at, e.position"""
_BANK = """
    SELECT b.bank_day, b.iban, e.office, e.year, e.number, e.recorded_at FROM bank_entry b
    LEFT JOIN entry e ON e.office = b.office AND e.position = b.position
    WHERE b.office = :office AND b.id = :entry"""
_BANK_OF = "SELECT bank_office, bank_entry FROM payment WHERE office = :office AND run = :run AND line = :line"
_STEPS = {
    "payment.propose": "proposed", "payment.review": "reviewed", "payment.change": "run changed",
    "payment.release": "released", "payment.export": "file written", "payment.export_again": "file written again",
    "payment.ask_void": "file to be given up", "payment.void": "file given up", "payment.reject": "refused by the bank",
    "payment.ask_booked": "debit named by one", "payment.agree_booked": "debit named by two",
    "payment.ask_unbooked": "debit to be taken back", "payment.agree_unbooked": "debit taken back",
    "payment.ask_returned": "return named by one", "payment.agree_returned": "return named by two",
    "payment.discard": "run discarded", "payment.came_back": "returned", "vop.accept": "name accepted by one",
    "vop.confirm": "name accepted by two", "vop.correct": "name corrected", "vop.refuse": "name refused",
    "vop.confirm_name": "right name confirmed",
}  # fmt: skip
_ORDERS = {"created": "order created", "certified": "order certified", "approved": "order approved",
           "accepted": "order accepted"}  # fmt: skip
_SEARCH = """
    SELECT p.run, p.line, p.creditor_name, p.creditor_iban, p.cents, p.state,
           coalesce((SELECT c.execution_day FROM payment_run_change c WHERE c.office = r.office AND c.run = r.id
                     ORDER BY c.revision DESC LIMIT 1), r.execution_day), p.remittance, p.end_to_end_id
    FROM payment p JOIN payment_run r ON r.office = p.office AND r.id = p.run
    WHERE (CAST(:state AS TEXT) IS NULL OR p.state = :state)
      AND (CAST(:iban AS TEXT) IS NULL OR p.creditor_iban = :iban)
      AND (CAST(:cents AS BIGINT) IS NULL OR p.cents = :cents)
    ORDER BY p.run, p.line"""


def search(
    store: Store, *, words: str = "", state: str | None = None, iban: str | None = None, cents: int | None = None
) -> Iterator[Found]:
    """Yield the payments that have all of these words in payee, text or id; inside `snapshot`."""
    wanted = plain(words).split()
    for run, line, *row in store.stream(_SEARCH, state=state, iban=iban, cents=cents):
        found = Found(f"{run}-{line}", run, line, *row)
        text = plain(f"{found.creditor_name} {found.creditor_iban} {found.remittance} {found.end_to_end_id}")
        if all(word in text for word in wanted):
            yield found


def life(store: Store, number: int, line: int) -> Life:
    """Return one payment's whole life; raises `UnknownRunError`, `UnknownLineError`."""
    with store.snapshot():
        run = run_named(store, number)
        payment = next((one for one in payments(store, run) if one.line == line), None)
        if payment is None:
            raise UnknownLineError(run=number, line=line)
        order, reference, purpose, left = store.one(_ITEM, office=payment.office, item=payment.item) or (None,) * 4
        file = next((one for one in files_of(store, number) if one.number == payment.file), None)
        stations = sorted(_stations(store, run, payment, file, order), key=lambda one: one.at)
        entries = tuple(dict.fromkeys(one.detail for one in stations if one.what == "posted" and one.detail))
        named = order_number(payment.office, order) if order else None
        rights = tuple(rights_of(store, run, line))
        return Life(payment, run, file, named, reference, purpose, left or 0, tuple(stations), entries, rights)


def _stations(
    store: Store, run: Run, payment: Payment, file: PaymentFile | None, order: int | None
) -> Iterator[Station]:
    if order is not None:
        places = {step: place for place, step in enumerate(_ORDERS)}
        steps = store.all(_ORDER, office=payment.office, order=order)
        for at, step, by, reason in sorted(steps, key=lambda one: (one[0], places.get(one[1], len(places)))):
            yield Station(at, str(_ORDERS.get(step, step)), by, reason)
    yield from _events(store, run, payment)
    if file is not None:
        yield from _answers(store, run, payment, file)
    for one in recalls(store, run.number):
        if one.file == payment.file and one.line in {None, payment.line}:
            yield Station(one.created_stamp, "called back", None, f"{one.reason} {one.message_id}")
            if one.answered_at:
                yield Station(
                    one.answered_at, "recall answered", None, f"{one.state} {one.answer_reason or ''}".strip()
                )
    yield from _entries(store, run, payment)


def _events(store: Store, run: Run, payment: Payment) -> Iterator[Station]:
    """Yield the steps of the run that concern the payment: those of its file, and those of all."""
    for at, action, by, facts, details in store.rows(_EVENTS, office=run.office, object=f"run:{run.number}"):
        known = json.loads(facts)
        strange = known.get("file") not in {None, 0, payment.file} or known.get("line") not in {None, payment.line}
        named = str(known["payments"]).split() if action.endswith("_returned") else None
        if action in _STEPS and not strange and (named is None or f"{run.number}-{payment.line}" in named):
            reason = json.loads(details).get("reason") if details else None
            yield Station(str(at), _STEPS[action], by, known.get("sha256") or reason)


def _answers(store: Store, run: Run, payment: Payment, file: PaymentFile) -> Iterator[Station]:
    where = {"office": run.office, "run": run.number, "file": file.number, "line": payment.line}
    for at, kind, by, status, reason, words, message in store.rows(_ANSWERS, **where):
        what = "name checked" if kind == "vop" else "answered by the bank"
        wording = known_reason(reason).german if reason else ""
        detail = " ".join(filter(None, (status, reason, wording, words, f"({message})" if message else "")))
        yield Station(at, what, by, detail)


def _entries(store: Store, run: Run, payment: Payment) -> Iterator[Station]:
    for at, kind, office, year, entry, by, cents, bank_day in store.rows(
        _CLEARINGS, office=payment.office, item=payment.item
    ):
        what = "returned" if kind in {"return", "bank"} and cents < 0 and bank_day else "posted"
        yield Station(at, what, by, f"{office}-{year}-{entry}")
    office, number = store.one(_BANK_OF, office=run.office, run=run.number, line=payment.line) or (None, None)
    if number is not None:
        day, iban, booked, year, entry, at = store.one(_BANK, office=office, entry=number) or (None,) * 6
        name = f"{booked}-{year}-{entry}" if entry else ""
        yield Station(at or run.created_at, "executed", None, f"{day} {iban} {name}".strip())

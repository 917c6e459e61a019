"""Calling payments back: the request as a file for the bank (camt.055), once, and the bank's answer (camt.029)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.payments.answers import StatusTaken, recall_state
from ledger.payments.files import PaymentFile
from ledger.payments.files_store import file_named, file_of_message, files_of
from ledger.payments.recalls import (
    ROLES,
    LateRecallError,
    Recall,
    RecallAnsweredError,
    RecallBicError,
    RecallPartError,
    RecallStateError,
    UnknownRecallError,
)
from ledger.payments.runs import batch_id
from ledger.payments.runs_reader import run_named
from ledger.payments.steps import UnknownLineError
from ledger.payments.voiding import WhichFileError
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.camt055 import write
from sepa.errors import KasseError
from sepa.payments import Totals
from sepa.recalls import INFORMATION_LENGTH, RecallBatch, RecallMessage, Sent, last_recall_day
from sepa.recalls import Recall as Wish
from sepa.statusreports import CancellationHead, CancellationStatus
from sepa.text import fit

FORMAT = "pain.001.001.09"
_COLUMNS = """id, office, run, file, line, state, reason, information, message_id, created_stamp, sha256, answered_at,
    answer_reason"""
_RECALLS = f"""
    SELECT {_COLUMNS} FROM payment_recall
    WHERE (CAST(:run AS BIGINT) IS NULL OR run = :run) AND (CAST(:message AS TEXT) IS NULL OR message_id = :message)
    ORDER BY id"""
_PAYMENT = """
    SELECT file, state, end_to_end_id, cents FROM payment WHERE office = :office AND run = :run AND line = :line"""
_EXECUTED = "SELECT count(*) FROM payment WHERE office = :office AND run = :run AND file = :file AND state = 'executed'"
_ANSWER = """
    UPDATE payment_recall SET state = CAST(:state AS TEXT),
           answered_at = CASE WHEN :state = 'pending' THEN answered_at ELSE CAST(:now AS TEXT) END,
           answer_reason = CASE WHEN :state = 'pending' THEN answer_reason ELSE CAST(:reason AS TEXT) END
    WHERE id = :id AND state IN ('asked', 'pending') AND state <> CAST(:state AS TEXT)"""


def ask_recall(
    store: Store,
    number: int,
    *,
    why: str,
    line: int | None = None,
    file: int | None = None,
    information: str = "",
    bic: str | None = None,
) -> Recall:
    """Note a recall of one payment, or of a whole file, and return it; a second time returns the one that stands.

    What is to be said is kept in letters that the bank takes.
    Raises `UnknownRunError`, `UnknownLineError`, `UnknownFileError`, `WhichFileError`, `RecallStateError`,
    `RecallReasonError`, `RecallBicError` (where a BIC is given as '' and the book has none), `NotAllowedError`.
    """
    run = run_named(store, number)
    require(store, run.office, *ROLES)
    if bic is not None:
        _bank(store, run.iban, bic)
    with store.unit(office_codes(store)):
        chosen = _chosen(store, number, line, file)
        known = [one for one in recalls(store, number) if (one.file, one.line) == (chosen.number, line)]
        waiting = [one for one in known if one.state in {"asked", "pending"}]
        if waiting:
            return waiting[-1]
        _check(chosen, line)
        identifier = take_ids(store, BOOK, "payment_recall")
        message = f"{chosen.message_id}-C{identifier}"
        text = fit(information, INFORMATION_LENGTH, chosen.letters).text if information else ""
        Wish("X", why, information=text)  # checks reason and text
        store.insert_one(
            "payment_recall", id=identifier, office=run.office, run=number, file=chosen.number, line=line,
            state="asked", reason=why, information=text, message_id=message, created_stamp=store.now,
            asked_by=store.user,
        )  # fmt: skip
        facts = {"file": chosen.number, "line": line, "reason": why, "message_id": message}
        record(store, run.office, "payment.recall", f"run:{number}", facts)
        return next(one for one in recalls(store, number) if one.number == identifier)


def late_recall(store: Store, recall: Recall, today: dt.date) -> KasseError | None:
    """Return a finding where the payee's bank need not answer a recall any more, counted from the execution day."""
    day = dt.date.fromisoformat(run_named(store, recall.run).execution_day)
    last = last_recall_day(recall.reason, day)
    return LateRecallError(reason=recall.reason, last=last) if today > last else None


def recalls(store: Store, number: int | None = None, message: str | None = None) -> list[Recall]:
    """Return the recalls of the book, or of one run."""
    return [Recall(*row) for row in store.rows(_RECALLS, run=number, message=message)]


def _chosen(store: Store, number: int, line: int | None, file: int | None) -> PaymentFile:
    run = run_named(store, number)
    if line is not None:
        row = store.one(_PAYMENT, office=run.office, run=number, line=line)
        if row is None:
            raise UnknownLineError(run=number, line=line)
        if row[0] is None or row[1] not in {"exported", "executed"}:
            raise RecallStateError(what=f"{number}-{line}", state=row[1])
        return file_named(store, number, row[0])
    files = files_of(store, number)
    if file is None and len(files) != 1:
        raise WhichFileError(run=number, count=len(files))
    return file_named(store, number, file or 1)


def _check(file: PaymentFile, line: int | None) -> None:
    if line is None and file.state != "exported":
        raise RecallStateError(what=f"{file.run}/F{file.number}", state=file.state)


def recall_file(store: Store, recall: Recall, bic: str = "") -> Iterator[bytes]:
    """Yield the camt.055.001.05 file of a recall; the same recall gives the same bytes. Raises `RecallBicError`."""
    run, file = run_named(store, recall.run), file_named(store, recall.run, recall.file)
    bank = _bank(store, run.iban, bic)
    totals = Totals(file.count, file.total_cents)
    sent = Sent(file.message_id, FORMAT, dt.datetime.fromisoformat(file.created_stamp), totals)
    created = dt.datetime.fromisoformat(recall.created_stamp)
    if recall.line is None:
        whole = (recall.reason, recall.information)
        return write(RecallMessage(recall.message_id, created, run.debtor_name, bank, sent, (), *whole, file.letters))
    _, _, identifier, cents = store.one(_PAYMENT, office=run.office, run=run.number, line=recall.line) or (None,) * 4
    wish = Wish(
        str(identifier), recall.reason, cents, dt.date.fromisoformat(run.execution_day), recall_id=recall.message_id,
        information=recall.information,
    )  # fmt: skip
    batch = RecallBatch(batch_id(file.message_id), (wish,))
    head = (recall.message_id, created, run.debtor_name, bank, sent)
    return write(RecallMessage(*head, (batch,), charset=file.letters))


def _bank(store: Store, iban: str, bic: str) -> str:
    found = bic or store.value("SELECT bic FROM bank_account WHERE iban = :iban", iban=iban)
    if not found:
        raise RecallBicError(iban=iban)
    return str(found)


def note_recall_file(store: Store, recall: Recall, sha256: str) -> None:
    """Note that the file of a recall was written."""
    with store.unit([recall.office]):
        sql = "UPDATE payment_recall SET sha256 = :sha256 WHERE id = :id AND sha256 IS NULL"
        if store.execute(sql, sha256=sha256, id=recall.number):
            where = f"run:{recall.run}"
            record(store, recall.office, "payment.recall_file", where, {"recall": recall.number, "sha256": sha256})


def take_cancellation(store: Store, events: Iterable[object], sha256: str) -> StatusTaken:
    """Keep what the bank answers to our recalls, once; the money itself comes, or does not, with the statement.

    The recall of a file that is answered payment by payment is decided where all of them have the same answer.
    Raises `NotAllowedError`.
    """
    require(store, kasse_office(store), "payments", "machine")
    answer = _Answer(store, sha256)
    with store.unit(office_codes(store)):
        for event in events:
            if isinstance(event, CancellationHead):
                answer.head = event
            elif isinstance(event, CancellationStatus):
                answer.take(event)
        answer.end()
    return answer.taken()


class _Answer:
    """An answer to recalls on its way into the book."""

    def __init__(self, store: Store, sha256: str) -> None:
        self.store, self.sha256 = store, sha256
        self.head = CancellationHead("", "")
        self.findings: list[KasseError] = []
        self.single: dict[int, tuple[Recall, Counter[str]]] = {}
        self.found: Recall | None = None
        self.statuses = self.changed = 0

    def take(self, event: CancellationStatus) -> None:
        """Take one status: what it decides, or what it says of one payment of a file that was recalled whole."""
        self.statuses += 1
        state, found = recall_state(event.status or self.head.status), _recalled(self.store, event)
        if found is None:
            self.findings.append(UnknownRecallError(message=event.cancellation_id or event.original_message_id))
        elif state is not None and found.line is None and event.level == "payment":
            self.single.setdefault(found.number, (found, Counter()))[1][state] += 1
        elif state is not None:
            self._decide(found, state, " ".join(one.code for one in event.reasons if one.code))

    def end(self) -> None:
        """Decide what was answered payment by payment; name an answer that is about nothing."""
        for found, said in self.single.values():
            whole = file_named(self.store, found.run, found.file).count
            state = next((state for state, count in said.items() if count == whole), "pending")
            if state == "pending":
                accepted, refused = said["accepted"], said["refused"]
                self.findings.append(
                    RecallPartError(what=found.what, accepted=accepted, refused=refused, count=whole, number=found.run)
                )
            self._decide(found, state, "")
        if not self.statuses:
            self.findings.append(UnknownRecallError(message=self.head.case_id or self.head.assignment_id))

    def _decide(self, found: Recall, state: str, reason: str) -> None:
        self.found = found
        if not self.store.execute(_ANSWER, state=state, now=self.store.now, reason=reason or None, id=found.number):
            return
        self.changed += 1
        facts: dict[str, Fact] = {"recall": found.number, "state": state, "sha256": self.sha256}
        record(self.store, found.office, "payment.recall_answer", f"run:{found.run}", facts)
        self.findings.append(_answered(found, state, reason))

    def taken(self) -> StatusTaken:
        """Return what was taken."""
        run, file = (self.found.run, self.found.file) if self.found else (None, None)
        name = self.head.assignment_id
        return StatusTaken("recall", name, run, file, new=bool(self.changed), findings=tuple(self.findings))


def _answered(found: Recall, state: str, reason: str) -> KasseError:
    number = str(found.run) if found.line is None else found.what
    return RecallAnsweredError(what=found.what, state=state, reason=reason, number=number)


def _recalled(store: Store, event: CancellationStatus) -> Recall | None:
    """Return the recall an answer is about: by its own id, or by the file and payment it names."""
    for message in (event.cancellation_id, event.case_id):
        known = recalls(store, message=message) if message else []
        if known:
            return known[0]
    file = file_of_message(store, event.original_message_id)
    if file is None:
        return None
    held = [one for one in recalls(store, file.run) if one.file == file.number]
    sent = store.one(
        "SELECT line FROM payment WHERE run = :run AND end_to_end_id = :sent", run=file.run, sent=event.end_to_end_id
    )
    wanted = sent[0] if sent else None
    fitting = [one for one in held if one.line == wanted or one.line is None]
    return fitting[-1] if fitting else None

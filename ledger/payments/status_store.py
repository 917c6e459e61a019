"""Taking a bank's status report: what it says of each payment is kept, what it refuses comes back, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.book.store import kasse_office, office_codes
from ledger.events.store import record
from ledger.items.locks import Span
from ledger.items.locks_store import place_item_lock
from ledger.payments.answers import (
    DUPLICATE,
    EXECUTING,
    REJECTED,
    UNNAMED,
    ContradictedError,
    DeviationError,
    DuplicateFileError,
    DuplicatePaymentError,
    ForeignReportError,
    HalfRejectedError,
    NamesMissingError,
    NeverSentError,
    OtherBatchError,
    OtherSumError,
    OtherTotalsError,
    RejectedFileError,
    RejectedLateError,
    RejectedPaymentError,
    Report,
    StatusTaken,
    UnknownPaymentsError,
    other_statuses,
)
from ledger.payments.answers_match_store import keep_answers, unchecked
from ledger.payments.files import PaymentFile
from ledger.payments.files_store import file_of_message
from ledger.payments.run_posting_store import Scope
from ledger.payments.runs import Run, batch_id
from ledger.payments.runs_reader import run_named
from ledger.payments.void_store import undo
from ledger.payments.warnings import LISTED, condensed
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import KasseError, Place
from sepa.reasons import reason as known_reason

ROLES = ("payments", "machine")
UNDER_WAY = frozenset({"released", "exported"})
_KNOWN = "SELECT count(*) FROM payment_report WHERE file_sha256 = :sha256 AND part = 0"
_COUNTS = "SELECT status, count(*) FROM payment_answer WHERE report = :report GROUP BY status ORDER BY status"
_REFUSED = """
    SELECT p.line, p.state, p.end_to_end_id, p.creditor_name, p.cents, p.item_office, p.item, a.reason, a.information
    FROM payment_answer a JOIN payment p ON p.office = a.office AND p.run = a.run AND p.line = a.line
    WHERE a.report = :report AND a.status = 'RJCT' ORDER BY p.line"""
_GONE = """
    SELECT count(*) FROM payment
    WHERE office = :office AND run = :run AND file = :file AND state IN ('executed', 'returned')"""
_IN_TRANSIT = """
    SELECT count(*) FROM payment
    WHERE office = :office AND run = :run AND file = :file AND state IN ('released', 'exported')"""
_CONTRADICTED = f"""
    SELECT coalesce(a.status, CAST(:told AS TEXT)), count(*) FROM payment p
    LEFT JOIN payment_answer a ON a.report = :report AND a.office = p.office AND a.run = p.run AND a.line = p.line
    WHERE p.office = :office AND p.run = :run AND p.file = :file AND p.state IN ('voided', 'rejected')
      AND (a.status IN ({", ".join(f"'{one}'" for one in EXECUTING)}) OR a.status IS NULL AND :told <> '')
    GROUP BY coalesce(a.status, CAST(:told AS TEXT)) ORDER BY 1"""
_RANK = "CASE {one} WHEN 'RVNM' THEN 3 WHEN 'RVMC' THEN 2 ELSE 1 END"
_DECIDED = f"""
    SELECT 1 FROM vop_decision d WHERE d.office = a.office AND d.run = a.run AND d.line = a.line
      AND (d.decision <> 'accept' OR {_RANK.format(one="d.status")} >= {_RANK.format(one="a.status")})"""
_DEVIATIONS = f"""
    SELECT p.end_to_end_id, p.run, p.line, a.status, p.creditor_name, coalesce(a.found_name, a.reason, '-')
    FROM payment_answer a JOIN payment p ON p.office = a.office AND p.run = a.run AND p.line = a.line
    WHERE a.report = :report AND a.status IN ('RVNM', 'RVMC', 'RVNA') AND NOT EXISTS ({_DECIDED})
    ORDER BY p.line"""
_BY_RULE = """
    INSERT INTO vop_decision (office, run, line, seq, decision, status, reason, rule, made_by, made_at, confirmed_by,
                              confirmed_at)
    SELECT a.office, a.run, a.line, 1, 'accept', a.status, r.reason, r.id, r.made_by, :now, r.confirmed_by, :now
    FROM payment_answer a
    JOIN payment p ON p.office = a.office AND p.run = a.run AND p.line = a.line
    JOIN vop_rule r ON r.id = (SELECT min(s.id) FROM vop_rule s WHERE s.confirmed_by IS NOT NULL
        AND s.ended_on IS NULL AND substr(p.creditor_iban, 1, 2) = substr(s.iban_prefix, 1, 2)
        AND substr(p.creditor_iban, 5, length(s.iban_prefix) - 4) = substr(s.iban_prefix, 5))
    WHERE a.report = :report AND a.status = 'RVNA' AND NOT EXISTS (
        SELECT 1 FROM vop_decision d WHERE d.office = a.office AND d.run = a.run AND d.line = a.line)"""


def take_status(store: Store, report: Report, sha256: str) -> StatusTaken:
    """Keep what a report says and act on it, once; `sha256` is of the file it came in.

    What is refused comes back: its items are open again, a single payment's item is locked against payment with the
    bank's reason. A check of names changes no payment. Raises `NotAllowedError`, `ClosedPeriodError`.
    """
    require(store, kasse_office(store), *ROLES)
    with store.unit(office_codes(store)):
        file = file_of_message(store, report.original_message_id)
        if file is None:
            stranger = ForeignReportError(message=report.original_message_id)
            return StatusTaken(
                report.kind, report.original_message_id, None, None, new=False, findings=(*report.findings, stranger)
            )
        strange = _strange(file, report)
        if strange is not None:
            found = (*report.findings, strange)
            return StatusTaken(report.kind, file.message_id, file.run, file.number, new=False, findings=found)
        if store.value(_KNOWN, sha256=sha256):
            return StatusTaken(report.kind, file.message_id, file.run, file.number, new=False, status=report.status)
        return _Taking(store, report, file, sha256).taken()


def _strange(file: PaymentFile, report: Report) -> KasseError | None:
    """Return why nothing is taken from a report: it is about another batch, or about a file that was never written."""
    own = batch_id(file.message_id)
    other = next((one for one in report.batches if one not in {own, *UNNAMED}), None)
    if other is not None:
        return OtherBatchError(batch=other, message=file.message_id, own=own)
    return NeverSentError(message=file.message_id, run=file.run) if file.sha256 is None else None


def _totals(file: PaymentFile, report: Report) -> Iterator[KasseError]:
    """Yield what differs between the file and what the bank says that it has."""
    if report.count not in {None, file.count}:
        yield OtherTotalsError(count=report.count, message=file.message_id, own_count=file.count)
    if report.sum_cents not in {None, file.total_cents}:
        yield OtherSumError(told_cents=report.sum_cents, message=file.message_id, own_cents=file.total_cents)


class _Taking:
    """One report on its way into the book."""

    def __init__(self, store: Store, report: Report, file: PaymentFile, sha256: str) -> None:
        self.store, self.report, self.file = store, report, file
        self.run: Run = run_named(store, file.run)
        self.where: dict[str, str | int] = {"office": self.run.office, "run": file.run, "file": file.number}
        self.number = take_ids(store, BOOK, "payment_report")
        self.findings: list[KasseError] = [*report.findings, *_totals(file, report)]
        self.sha256 = sha256

    def taken(self) -> StatusTaken:
        """Keep the report and do what it asks for."""
        self._keep()
        counts = tuple((status, count) for status, count in self.store.rows(_COUNTS, report=self.number))
        facts = {
            "report": self.number,
            "file": self.file.number,
            "kind": self.report.kind,
            "status": self.report.status,
        }
        counted = " ".join(f"{status}:{count}" for status, count in counts)
        record(self.store, self.run.office, "payment.answer", f"run:{self.file.run}", facts | {"counts": counted})
        done = StatusTaken(
            self.report.kind, self.file.message_id, self.file.run, self.file.number, new=True,
            status=self.report.status, counts=counts,
        )  # fmt: skip
        done = self._names(done) if self.report.kind == "vop" else self._refusals(done, dict(counts))
        return replace(done, findings=condensed(self.findings, self.file.run))

    def _keep(self) -> None:
        store, report = self.store, self.report
        store.insert_one(
            "payment_report", id=self.number, kind=report.kind, file_sha256=self.sha256, part=0,
            message_id=report.message_id, original_message_id=report.original_message_id, status=report.status,
            reason=report.reason.code or None, information=" ".join(report.reason.information) or None,
            count=len(report.answers), created=report.created, read_by=store.user, read_at=store.now, **self.where,
        )  # fmt: skip
        count, first = keep_answers(store, self.number, report, self.where)
        if count:
            self.findings.append(UnknownPaymentsError(count=count, message=self.file.message_id, first=first))

    def _names(self, done: StatusTaken) -> StatusTaken:
        ruled = self.store.execute(_BY_RULE, report=self.number, now=self.store.now)
        rows = self.store.all(_DEVIATIONS, report=self.number)
        self.findings += [
            DeviationError(payment=f"{run}-{line}", status=status, name=name, found=found, place=Place(payment=sent))
            for sent, run, line, status, name, found in rows
        ]
        missing = unchecked(self.store, self.run.office, self.file.run, self.file.number)
        if missing:
            self.findings.append(NamesMissingError(count=missing, message=self.file.message_id))
        return replace(done, deviations=len(rows), by_rule=ruled, unchecked=missing)

    def _refusals(self, done: StatusTaken, counts: dict[str, int]) -> StatusTaken:
        """Take back what is refused: all where the file or its batch is, else payment by payment."""
        self._contradictions()
        whole = {self.report.status: self.file.count} if self.report.status not in counts else {}
        self.findings += other_statuses(counts | whole, self.file.message_id)
        if self.report.status == REJECTED:
            return self._whole_file(done)
        return self._single(done) if counts.get(REJECTED) else done

    def _contradictions(self) -> None:
        """Note what the bank executes although it was given up or refused before."""
        told = self.report.status if self.report.status in EXECUTING else ""
        for status, count in self.store.all(_CONTRADICTED, report=self.number, told=told, **self.where):
            self.findings.append(ContradictedError(status=status, count=count, run=self.file.run))

    def _whole_file(self, done: StatusTaken) -> StatusTaken:
        codes = {self.report.reason.code, *(one.reason or "" for one in self.report.answers)} - {""}
        if codes & DUPLICATE:
            said = " ".join(sorted(codes))
            self.findings.append(DuplicateFileError(file=self.file.number, run=self.file.run, reason=said))
            return done
        if alive := [one.status for one in self.report.answers if one.status in EXECUTING]:
            what, status = self.file.message_id, " ".join(sorted(set(alive)))
            self.findings.append(HalfRejectedError(what=what, status=status, count=len(alive)))
            return self._single(done)
        gone, waiting = self.store.value(_GONE, **self.where), self.store.value(_IN_TRANSIT, **self.where)
        if gone:
            self.findings.append(RejectedLateError(count=gone, run=self.file.run))
        if gone or not waiting:
            return done
        reason = self.report.reason
        why = _said(reason.code or next((one.reason for one in self.report.answers if one.reason), None))
        text = f"{self.file.message_id}: {why}"
        count, cents, posted = undo(
            self.store, self.run, Scope(self.file.number), state="rejected", text=text, reason=why
        )
        self.findings.append(RejectedFileError(file=self.file.number, run=self.file.run, reason=why))
        entries = tuple(f"{one.office}-{one.year}-{one.number}" for one in posted)
        return replace(done, rejected=count, rejected_cents=cents, entries=entries)

    def _single(self, done: StatusTaken) -> StatusTaken:
        late, entries = 0, []
        rows = self.store.all(_REFUSED, report=self.number)
        together = len(rows) == self.file.count and all(row[1] in UNDER_WAY and row[7] not in DUPLICATE for row in rows)
        if together:
            text = f"{self.file.message_id}: {_said(rows[0][7])}"
            _, _, posted = undo(self.store, self.run, Scope(self.file.number), state="rejected", text=text, reason=text)
            entries += [f"{one.office}-{one.year}-{one.number}" for one in posted]
        for line, state, sent, name, cents, office, item, code, information in rows:
            if state in {"rejected", "voided"}:
                continue  # a cumulative report says again what came back before
            if state not in UNDER_WAY:
                late += 1
                continue
            if code in DUPLICATE:
                named, reason = f"{self.file.run}-{line}", _said(code, information)
                self.findings.append(DuplicatePaymentError(payment=named, reason=reason, place=Place(payment=sent)))
                continue
            why = _said(code, information)
            if not together:
                scope = Scope(self.file.number, line)
                _, _, posted = undo(self.store, self.run, scope, state="rejected", text=f"{sent}: {why}", reason=why)
                entries += [f"{one.office}-{one.year}-{one.number}" for one in posted]
            place_item_lock(self.store, office, item, "payment", f"{sent}: {why}", Span(self.store.today))
            done = replace(done, rejected=done.rejected + 1, rejected_cents=done.rejected_cents + cents)
            self.findings.append(
                RejectedPaymentError(
                    payment=f"{self.file.run}-{line}",
                    name=name,
                    amount_cents=cents,
                    reason=why,
                    place=Place(payment=sent),
                )
            )
        if late:
            self.findings.append(RejectedLateError(count=late, run=self.file.run))
        return replace(done, entries=tuple(entries[:LISTED]))


def _said(code: str | None, information: str | None = None) -> str:
    """Return the bank's reason: its code, what the list says of it, its own words."""
    return " ".join(filter(None, _words(code, information))) or "-"


def _words(code: str | None, information: str | None) -> Iterator[str | None]:
    yield code
    yield known_reason(code).german if code else None
    yield information

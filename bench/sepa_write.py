"""Variants that write transfers and debits: kasse by its parts, the floor of bare text, and the peers.

Each takes the rows and a file to write to and returns the CPU seconds it took, imports not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from time import process_time
from typing import Any

from bench.sepa_data import CREDITOR_ID, DAY, MADE, OWN_IBAN, OWN_NAME, SIGNED, Rows

TRANSFERS, DEBITS = "pain.001.001.09", "pain.008.001.08"


class _Made:
    """The rows as values, made anew each time they are read, so that none is held."""

    def __init__(self, rows: Rows, make: Callable[..., Any]) -> None:
        self.rows, self.make = rows, make

    def __iter__(self) -> Iterator[Any]:
        return (self.make(*row) for row in self.rows)


def _transfers(rows: Rows, kept: Callable[[Iterable[Any]], Iterable[Any]]) -> Any:
    from sepa.payments import CreditTransferMessage, Party, Totals, Transfer, TransferBatch

    def made(end_to_end: str, cents: int, name: str, iban: str, text: str) -> Transfer:
        return Transfer(end_to_end, cents, Party(name, iban), text, purpose="GOVT")

    totals = Totals(rows.number, sum(row[1] for row in rows))
    payments = kept(_Made(rows, made))
    batch = TransferBatch("P-1", Party(OWN_NAME, OWN_IBAN), DAY, transfers=payments, totals=totals)
    return CreditTransferMessage("M-1", MADE, OWN_NAME, (batch,))


def _debits(rows: Rows, kept: Callable[[Iterable[Any]], Iterable[Any]]) -> Any:
    from sepa.debits import Collection, CollectionBatch, DirectDebitMessage, Mandate
    from sepa.payments import Party, Totals

    def made(end_to_end: str, cents: int, name: str, iban: str, text: str) -> Collection:
        return Collection(end_to_end, cents, Mandate(f"M-{end_to_end}", SIGNED), Party(name, iban), text)

    totals = Totals(rows.number, sum(row[1] for row in rows))
    collections = kept(_Made(rows, made))
    batch = CollectionBatch("P-1", Party(OWN_NAME, OWN_IBAN), CREDITOR_ID, DAY, collections=collections, totals=totals)
    return DirectDebitMessage("M-1", MADE, OWN_NAME, (batch,))


def _kasse(message: str) -> tuple[Any, Any, Any]:
    """Return what makes, checks and writes a message."""
    if message == TRANSFERS:
        from sepa import pain001
        from sepa.rules import transfers

        return _transfers, transfers.check, pain001.write
    from sepa import pain008
    from sepa.rules import debits

    return _debits, debits.check, pain008.write


def bare_text(_: str, rows: Rows, path: Path) -> float:
    """The floor: the same payments as text, nothing checked."""
    start = process_time()
    with path.open("wb") as sink:
        sink.writelines(
            f'<Tx><PmtId><EndToEndId>{e}</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">'
            f"{cents // 100}.{cents % 100:02d}</InstdAmt></Amt><Cdtr><Nm>{name}</Nm></Cdtr><CdtrAcct><Id><IBAN>"
            f"{iban}</IBAN></Id></CdtrAcct><RmtInf><Ustrd>{text}</Ustrd></RmtInf></Tx>\n".encode()
            for e, cents, name, iban, text in rows
        )
    return process_time() - start


def kasse_unruled(message: str, rows: Rows, path: Path) -> float:
    """Values made once, never held, with what they check themselves; the file."""
    make, _, write = _kasse(message)
    start = process_time()
    _to_file(path, write(make(rows, lambda made: made)))
    return process_time() - start


def kasse_stream(message: str, rows: Rows, path: Path) -> float:
    """Values made twice, never held; every rule; the file."""
    return _ruled(message, rows, path, lambda made: made)


def kasse_once(message: str, rows: Rows, path: Path) -> float:
    """Values made once, never held; every rule asked as each is written; the file."""
    make, _, write = _kasse(message)
    start = process_time()
    found: list[Any] = []
    _to_file(path, write(_checking(message)(make(rows, lambda made: made), MADE.date(), found.append)))
    assert [finding for finding in found if finding.severity == "error"] == []
    return process_time() - start


def _checking(message: str) -> Callable[..., Any]:
    from sepa.rules import debits, transfers

    return transfers.checking if message == TRANSFERS else debits.checking


def kasse_list(message: str, rows: Rows, path: Path) -> float:
    """Values made once, in a tuple; every rule; the file."""
    return _ruled(message, rows, path, tuple)


def kasse_schema(message: str, rows: Rows, path: Path) -> float:
    """Every rule in one pass, the file, and its validation by the schema that sepaxml ships."""
    from sepa.schemas import SchemaFile, validate

    schema = SchemaFile(message, (files("sepaxml") / "schemas" / f"{message}.xsd").read_bytes())
    seconds = kasse_once(message, rows, path)
    start = process_time()
    findings = list(validate(lambda: path.open("rb"), schema))
    assert [finding.code for finding in findings] == ["schema.unofficial"]
    return seconds + process_time() - start


def _ruled(message: str, rows: Rows, path: Path, kept: Callable[[Iterable[Any]], Iterable[Any]]) -> float:
    make, check, write = _kasse(message)
    start = process_time()
    made = make(rows, kept)
    assert [finding for finding in check(made, MADE.date()) if finding.severity == "error"] == []
    _to_file(path, write(made))
    return process_time() - start


def _to_file(path: Path, chunks: Iterator[bytes]) -> None:
    with path.open("wb") as sink:
        sink.writelines(chunks)


def sepaxml(message: str, rows: Rows, path: Path) -> float:
    """The widely used writer, without its schema check."""
    return _sepaxml(message, rows, path, validate=False)


def sepaxml_schema(message: str, rows: Rows, path: Path) -> float:
    """The same with its schema check, which is its default."""
    return _sepaxml(message, rows, path, validate=True)


def _sepaxml(message: str, rows: Rows, path: Path, *, validate: bool) -> float:
    from sepaxml import SepaDD, SepaTransfer

    config = {"name": OWN_NAME, "IBAN": OWN_IBAN, "BIC": "COBADEFFXXX", "batch": True, "currency": "EUR"}
    writer = SepaTransfer if message == TRANSFERS else SepaDD
    more = {"execution_date": DAY} if message == TRANSFERS else {"type": "RCUR", "collection_date": DAY}
    start = process_time()
    file = writer(config | {"creditor_id": CREDITOR_ID}, schema=message, clean=False)
    for end_to_end, cents, name, iban, text in rows:
        row = more | {"name": name, "IBAN": iban, "BIC": "COBADEFFXXX", "amount": cents, "description": text}
        if message == DEBITS:
            row |= {"mandate_id": f"M-{end_to_end}", "mandate_date": SIGNED}
        file.add_payment(row | {"endtoend_id": end_to_end})
    path.write_bytes(file.export(validate=validate))
    return process_time() - start


def pain001(message: str, rows: Rows, path: Path) -> float:
    """A peer by templates, without its schema check."""
    from pain001.xml.generate_xml import stream_xml_to_file

    template = files("pain001") / "templates" / message / "template.xml"
    start = process_time()
    stream_xml_to_file(_pain001_rows(message, rows), message, str(template), str(path))
    return process_time() - start


def pain001_schema(message: str, rows: Rows, path: Path) -> float:
    """The same with its schema check."""
    from pain001.xml.generate_xml import generate_xml_string

    folder = files("pain001") / "templates" / message
    start = process_time()
    schema = str(folder / f"{message}.xsd")
    path.write_text(generate_xml_string(_pain001_rows(message, rows), message, str(folder / "template.xml"), schema))
    return process_time() - start


def _pain001_rows(message: str, rows: Rows) -> list[dict[str, Any]]:
    collects = message == DEBITS
    ours, theirs = ("creditor", "debtor") if collects else ("debtor", "creditor")
    head = {
        "id": "M-1", "date": "2026-11-21T10:00:00+00:00", "nb_of_txs": rows.number, "initiator_name": OWN_NAME,
        "payment_information_id": "P-1", "payment_method": "DD" if collects else "TRF", "batch_booking": "true",
        "service_level_code": "SEPA", "requested_execution_date": DAY.isoformat(), f"{ours}_name": OWN_NAME,
        f"{ours}_account_IBAN": OWN_IBAN, f"{ours}_agent_BIC": "COBADEFFXXX", "charge_bearer": "SLEV",
        "currency": "EUR", "payment_currency": "EUR", "forwarding_agent_BIC": "COBADEFFXXX", "ctrl_sum": 0,
        f"{theirs}_agent_BIC": "COBADEFFXXX", "date_of_signature": SIGNED.isoformat(), "sequence_type": "RCUR",
        "creditor_id": CREDITOR_ID,
    }  # fmt: skip
    return [
        head | {
            "payment_id": end_to_end, "payment_amount": f"{cents / 100:.2f}", f"{theirs}_name": name,
            f"{theirs}_account_IBAN": iban, "remittance_information": text, "mandate_id": f"M-{end_to_end}",
        }
        for end_to_end, cents, name, iban, text in rows
    ]  # fmt: skip

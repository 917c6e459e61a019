"""The script of the week: which commands are typed on which day, and what the bank writes in between."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kasse_cli.columns import Column
from kasse_cli.context import World
from kasse_cli.demo import town
from kasse_cli.demo.bank import Booking, DemoBank
from kasse_cli.i18n import _
from kasse_cli.spreadsheets import Sheet, write_xlsx
from sepa.errors import N_, KasseError
from sepa.money import plain

ORDER_KEYS = (
    "office", "kind", "name", "street", "house_number", "postcode", "town", "country", "bank_account", "amount",
    "due", "reference", "purpose", "gl_account", "profile", "order_key",
)  # fmt: skip
GERMAN_HEADINGS = {
    "office": "Amt", "kind": "Art", "name": "Name", "street": "Straße", "house_number": "Hausnummer",
    "postcode": "PLZ", "town": "Ort", "country": "Land", "bank_account": "IBAN", "amount": "Betrag",
    "due": "Fälligkeit", "reference": "Kassenzeichen", "purpose": "Verwendungszweck", "gl_account": "Sachkonto",
    "profile": "Profil", "order_key": "order_key",
}  # fmt: skip
GERMAN_KINDS = {"receivable": "Forderung", "payable": "Auszahlung"}


class DemoFailedError(KasseError):
    """A command of the demo ended otherwise than it should."""

    code = "demo.failed"
    template = N_("the demo stopped: {command} ended with exit code {exit_code}")
    hint = N_("remove the folder of the demo and start it again; if it stops again, please report it")


@dataclass(slots=True)
class Week:
    """The demo while it runs: its folder, its world, its bank, and the references that were given out."""

    folder: Path
    run: Callable[[list[str], World], int]
    bank: DemoBank = field(default_factory=lambda: DemoBank(town.TOWN_ACCOUNT, town.OPENING_CENTS))
    references: dict[str, str] = field(default_factory=dict)
    salt: int = 0
    lang: str = ""

    def type(self, line: str, *, user: str, day: dt.date, may_find: bool = False) -> None:
        """Print a command as a person types it and run it.

        Raises `DemoFailedError` where it does not end well; findings are well where the script expects them.
        """
        full = f"kasse {line} --user {user} --on {day}"
        sys.stdout.write(f"\n$ {full}\n")
        sys.stdout.flush()
        self._run(full, day, expected={0, 3} if may_find else {0})

    def ask(self, line: str, *, user: str, day: dt.date) -> Mapping[str, Any]:
        """Run a command silently and return its JSON data: what the script needs to know to go on."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            self._run(f"kasse {line} --user {user} --on {day} --json", day, expected={0, 3})
        data: Mapping[str, Any] = json.loads(out.getvalue())["data"]
        return data

    def _run(self, line: str, day: dt.date, *, expected: set[int]) -> None:
        code = self.run(shlex.split(line)[1:], self._world(day))
        if code not in expected:
            raise DemoFailedError(command=line, exit_code=code)

    def _world(self, day: dt.date) -> World:
        real = World()
        lang = {"KASSE_LANG": self.lang} if self.lang else {}
        evening = dt.datetime.combine(day, dt.time(17, 0), tzinfo=dt.UTC)
        return World(
            environ={**real.environ, "KASSE_BOOK": str(self.folder / "kasse.db")} | lang,
            clock=lambda: evening,
            random=self._salt,
            account=real.account,
            folder=real.folder,
        )

    def _salt(self, size: int) -> bytes:
        """Count instead of rolling dice: the demo looks the same every time."""
        self.salt += 1
        return self.salt.to_bytes(8, "big") * (size // 8) + bytes(size % 8)

    def say(self, text: str, **fields: str) -> None:
        """Print what happens next."""
        sys.stdout.write(f"\n\n# {_(text).format(**fields)}\n")

    def bookings(self, day: dt.date, *bookings: Booking) -> Path:
        """Let the bank write the statement of the day and return where it lies."""
        path = self.folder / "bank" / f"{day}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.bank.statement(day, bookings))
        return path

    def reconcile(self, day: dt.date, *bookings: Booking) -> None:
        """Let the bank write the day's statement and reconcile it."""
        path = self.bookings(day, *bookings)
        self.type(f"reconcile {path}", user="clara", day=day, may_find=True)

    def close(self, day: dt.date) -> None:
        """Close the day by one person and confirm it by another."""
        self.type(f"day close --date {day}", user="emil", day=day)
        self.type(f"day confirm --date {day}", user="frida", day=day)

    def spaced(self, name: str) -> str:
        """Return somebody's Kassenzeichen as a payer types it, in groups."""
        return " ".join(re.findall(".{1,4}", self.references[name]))


def write_lists(folder: Path) -> None:
    """Write the order list and the take-over lists that the demo imports."""
    order_columns = [
        Column("amount_cents" if key == "amount" else key, GERMAN_HEADINGS[key], _kind(key)) for key in ORDER_KEYS
    ]
    rows = [[_order_cell(line, key) for key in ORDER_KEYS] for line in town.ORDERS]
    write_xlsx(folder / "anordnungen.xlsx", [Sheet("Anordnungen", order_columns, rows)])
    old = folder / "uebernahme"
    old.mkdir(parents=True, exist_ok=True)
    balances = ["office;account;amount", f"KASSE;2800;{plain(town.OPENING_CENTS)}"]
    balances += [f"{office};2400;{plain(cents)}" for office, cents in sorted(town.old_receivables().items())]
    (old / "balances.csv").write_text("\n".join(balances) + "\n", encoding="utf-8")
    head = (
        "office;kind;name;street;house_number;postcode;town;country;original_amount;open_amount;due;original_due;"
        "reference_foreign;reference;purpose;dunning_level"
    )
    lines = [";".join(_old_cells(item)) for item in town.OLD_ITEMS]
    (old / "items.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


def _kind(key: str) -> Any:
    return {"amount": "cents", "due": "day"}.get(key, "text")


def _order_cell(line: town.OrderLine, key: str) -> Any:
    person = line.person
    return {
        "office": line.office,
        "kind": GERMAN_KINDS[line.kind],
        "name": person.name,
        "street": person.street,
        "house_number": person.house_number,
        "postcode": person.postcode,
        "town": person.town,
        "country": "DE",
        "bank_account": person.iban if line.kind == "payable" else "",
        "amount": line.cents,
        "due": dt.date.fromisoformat(line.due),
        "reference": line.reference,
        "purpose": line.purpose,
        "gl_account": line.gl_account,
        "profile": line.profile,
        "order_key": line.key,
    }[key]


def _old_cells(item: town.OldItem) -> list[str]:
    person = item.person
    return [
        item.office, "receivable", person.name, person.street, person.house_number, person.postcode, person.town, "DE",
        plain(item.original_cents), plain(item.open_cents), item.due, item.due, "yes", item.reference, item.purpose,
        str(item.dunning_level),
    ]  # fmt: skip

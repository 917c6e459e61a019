"""Empty lists to fill in: of orders, and as other lists write theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from kasse_cli.columns import Column
from kasse_cli.i18n import _, language
from kasse_cli.orders_columns import NEEDED, ORDER_COLUMNS, ListColumn
from kasse_cli.spreadsheets import TemplateColumn, write_template
from kasse_cli.spreadsheets.rows import Value
from sepa.errors import N_, KasseError

_DUE = dt.date(2026, 12, 15)
_PERSON: dict[str, Value] = {
    "name": "Erika Musterfrau", "street": "Gartenweg", "house_number": "3", "postcode": "20999", "town": "Musterstadt",
}  # fmt: skip
_CLAIM: dict[str, Value] = {"office": "ORDNUNG", "kind": "receivable", **_PERSON, "due": _DUE, "profile": "fee"}
_ORDERS: tuple[dict[str, Value], ...] = (
    {**_CLAIM, "amount": 12550, "purpose": "Sondernutzung Mai", "gl_account": "5100"},
    {
        "office": "BAU", "kind": "payable", "name": "Papierhaus Muster KG", "bank_account": "DE02120300000000202051",
        "amount": 8900, "due": _DUE, "reference": "RE-2026-118", "purpose": "Kopierpapier", "gl_account": "6100",
    },
)  # fmt: skip


def order_template(path: Path) -> None:
    """Write an empty list of orders; raises `FileWriteError`."""
    write_list(path, _("Orders"), ORDER_COLUMNS, NEEDED, _ORDERS)


class FileExistsAlreadyError(KasseError):
    """An empty list would overwrite a file, perhaps a filled one."""

    code = "template.exists"
    template = N_("there is a file {file} already")
    hint = N_("give another name, or remove the file")


def write_list(
    path: Path,
    name: str,
    columns: Sequence[ListColumn],
    needed: Collection[str],
    examples: Sequence[Mapping[str, Value]],
) -> None:
    """Write an empty list of these columns with examples; raises `FileExistsAlreadyError`, `FileWriteError`."""
    if path.exists():
        raise FileExistsAlreadyError(file=str(path))
    write_template(path, name, entries(columns, needed), example_rows(columns, examples))


def entries(columns: Sequence[ListColumn], needed: Collection[str]) -> list[TemplateColumn]:
    """Return the columns of an empty list in the language of this run."""
    return [
        TemplateColumn(
            Column(column.key, column.heading, column.kind),
            _(column.explanation),
            needed=column.key in needed,
            choices=_choices(column),
            open=column.open,
        )
        for column in columns
    ]


def example_rows(columns: Sequence[ListColumn], examples: Sequence[Mapping[str, Value]]) -> list[list[Value]]:
    """Return examples as rows of these columns."""
    return [[_example(example, column) for column in columns] for example in examples]


def _choices(column: ListColumn) -> list[str]:
    return [german if language() == "de" else english for english, german in column.choices]


def _example(example: Mapping[str, Value], column: ListColumn) -> Value:
    value = example.get(column.key)
    return dict(column.choices).get(str(value), value) if language() == "de" else value

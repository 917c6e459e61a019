"""Lists as people keep them: read from Excel, LibreOffice and CSV with exact places, written as Excel and CSV."""

from kasse_cli.spreadsheets.cells import (
    cell_amount_cents,
    cell_choice,
    cell_count,
    cell_day,
    cell_flag,
    cell_iban,
    cell_reference,
    cell_text,
    optional,
    take,
)
from kasse_cli.spreadsheets.csvfiles import write_csv
from kasse_cli.spreadsheets.excel import Sheet, write_xlsx
from kasse_cli.spreadsheets.tables import Cell, Row, Table, read_sheet, read_table
from kasse_cli.spreadsheets.templates import TemplateColumn, TemplateList, write_template, write_workbook_template

__all__ = [
    "Cell",
    "Row",
    "Sheet",
    "Table",
    "TemplateColumn",
    "TemplateList",
    "cell_amount_cents",
    "cell_choice",
    "cell_count",
    "cell_day",
    "cell_flag",
    "cell_iban",
    "cell_reference",
    "cell_text",
    "optional",
    "read_sheet",
    "read_table",
    "take",
    "write_csv",
    "write_template",
    "write_workbook_template",
    "write_xlsx",
]

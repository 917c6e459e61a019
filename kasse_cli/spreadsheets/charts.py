"""A picture below a list: bars or lines over its columns, drawn by the program that opens the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kasse_cli.columns import Chart, Column

if TYPE_CHECKING:
    from openpyxl.chart import BarChart, LineChart

MOST_DRAWN = 120
"""Rows beyond which a picture shows nothing any more."""
_WIDTH_CM, _HEIGHT_CM, _GAP = 24, 11, 4
_COLOURS = ("1F4E79", "C55A11", "7F7F7F", "2E75B6", "F4B183", "A9D18E")


def draw(page: Any, chart: Chart, columns: Sequence[Column], top: int, last: int) -> None:
    """Put the chart below the list whose heading stands in row `top` and whose last row is `last`.

    Beside it, it would make the list tiny on paper.
    """
    from openpyxl.chart import Reference

    keys = [column.key for column in columns]
    made = _made(chart)
    for key in chart.values:
        place = keys.index(key) + 1
        made.add_data(Reference(page, min_col=place, min_row=top, max_row=last), titles_from_data=True)
    names = keys.index(chart.labels) + 1
    made.set_categories(Reference(page, min_col=names, min_row=top + 1, max_row=last))
    for series, colour in zip(made.series, _COLOURS, strict=False):
        series.graphicalProperties.solidFill = colour
        series.graphicalProperties.line.solidFill = colour
    page.add_chart(made, f"A{last + _GAP}")


def _made(chart: Chart) -> BarChart | LineChart:
    from openpyxl.chart import BarChart, LineChart
    from openpyxl.chart.legend import Legend

    made: Any = LineChart() if chart.kind == "line" else BarChart()
    made.width, made.height, made.legend = _WIDTH_CM, _HEIGHT_CM, Legend()
    made.legend.position = "b"
    made.y_axis.number_format = "#,##0"
    made.x_axis.delete = made.y_axis.delete = False  # the library leaves the axes out otherwise
    if chart.stacked:
        made.grouping, made.overlap = "stacked", 100
    drawn: BarChart | LineChart = made
    return drawn

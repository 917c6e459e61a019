"""What kinds of files there are for the verbs of `kasse sepa`: each family of messages belongs to one group."""

from __future__ import annotations

from typing import Literal

from sepa.camt.tables import STATEMENTS
from sepa.pain_tables import PAYMENT_NAMES
from sepa.request_reading import REQUEST_FAMILIES

Group = Literal["statements", "payments", "reports", "answers", "requests"]
STATEMENT_FAMILIES = (*STATEMENTS, "MT940", "MT942")
GROUPS: dict[str, Group] = {
    **dict.fromkeys(STATEMENT_FAMILIES, "statements"),
    **dict.fromkeys(PAYMENT_NAMES, "payments"),
    "pain.002": "reports",
    "camt.029": "answers",
    **dict.fromkeys(REQUEST_FAMILIES, "requests"),
}
NOTICES = frozenset(("reports", "answers", "requests"))

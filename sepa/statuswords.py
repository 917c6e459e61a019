"""What the status codes of statements, reports and answers mean, in words that can be translated.

Sources: ISO 20022 external code sets, 2Q2026 (entry status, payment status, verification status, cancellation status).
"""

from __future__ import annotations

from sepa.errors import N_

ENTRY_WORDS = {
    "BOOK": N_("booked"),
    "PDNG": N_("not yet booked"),
    "INFO": N_("for information only"),
    "FUTR": N_("expected"),
}
PAYMENT_WORDS = {
    "RCVD": N_("received"),
    "ACTC": N_("form accepted"),
    "ACCP": N_("accepted"),
    "ACWC": N_("accepted with change"),
    "ACSP": N_("being executed"),
    "ACSC": N_("executed"),
    "ACCC": N_("credited to the payee"),
    "ACWP": N_("accepted, not credited"),
    "PATC": N_("signature missing"),
    "PART": N_("accepted in part"),
    "PDNG": N_("pending"),
    "PRES": N_("presented"),
    "CANC": N_("cancelled"),
    "BLCK": N_("blocked"),
    "RJCT": N_("rejected"),
}
VOP_WORDS = {
    "RCVC": N_("name matches"),
    "RVMC": N_("name nearly matches"),
    "RVNM": N_("name does not match"),
    "RVNA": N_("name cannot be checked"),
    "RVNC": N_("check not finished"),
    "RVCM": N_("some names differ"),
    "RCVM": N_("some names differ"),
}
ANSWER_WORDS = {
    "ACCR": N_("recall accepted"),
    "CNCL": N_("recall accepted"),
    "RJCR": N_("recall rejected"),
    "PDCR": N_("recall pending"),
    "PACR": N_("recall accepted in part"),
    "PECR": N_("recall accepted in part"),
    "UWFW": N_("recall passed on"),
    "CWFW": N_("recall passed on"),
}
REPORT_WORDS = PAYMENT_WORDS | VOP_WORDS
GOOD = frozenset(("ACTC", "ACCP", "ACWC", "ACSP", "ACSC", "ACCC"))


def entry_word(code: str) -> str:
    """Return what the status of an entry means, or the code where no list has it.

    >>> entry_word("BOOK"), entry_word("XYZ")
    ('booked', 'XYZ')
    """
    return ENTRY_WORDS.get(code, code)


def report_word(code: str) -> str:
    """Return what the status of a payment in a status report means, or the code where no list has it."""
    return REPORT_WORDS.get(code, code)


def answer_word(code: str) -> str:
    """Return what the answer to a recall means, or the code where no list has it."""
    return ANSWER_WORDS.get(code, code)

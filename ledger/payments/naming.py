"""How people name runs and payments: 17, 17-3, or the end-to-end id KASSE-R17-3; and items: BAU/17."""

from __future__ import annotations

import re

from sepa.errors import N_, KasseError

_NAMED = re.compile(r"(?:[A-Z0-9]{1,8}-R)?([0-9]{1,9})(?:-([0-9]{1,9}))?")
_ITEM = re.compile(r"([A-Z0-9]{1,8})/([0-9]{1,18})")


class PaymentNumberError(KasseError):
    """A text that names neither a run nor a payment."""

    code = "payment.number"
    template = N_("not the number of a run or a payment: {text}")
    hint = N_("write 17 for a run, 17-3 for a payment of it, or its end-to-end id")
    exit_code = 2


class ItemNumberError(KasseError):
    """A text that does not name an item."""

    code = "payment.item_number"
    template = N_("not the number of an item: {text}")
    hint = N_("write office and number as 'kasse report open-items' shows them, for example BAU/17")
    exit_code = 2


def parse_run_or_payment(text: str) -> tuple[int, int | None]:
    """Return the number of a run, and the payment's number in it where one is named.

    >>> parse_run_or_payment("17"), parse_run_or_payment("KASSE-R17-3")
    ((17, None), (17, 3))

    Raises `PaymentNumberError`.
    """
    found = _NAMED.fullmatch(text.strip().upper())
    if found is None:
        raise PaymentNumberError(text=text)
    return int(found[1]), int(found[2]) if found[2] else None


def parse_item(text: str) -> tuple[str, int]:
    """Return office and number of an item.

    >>> parse_item("bau/17")
    ('BAU', 17)

    Raises `ItemNumberError`.
    """
    found = _ITEM.fullmatch(text.strip().upper())
    if found is None:
        raise ItemNumberError(text=text)
    return found[1], int(found[2])

"""Offices as people name them."""

from __future__ import annotations

from ledger.book.creation import UnknownOfficeError
from ledger.book.store import office_codes
from ledger.store.engines import Store


def check_office(store: Store, office: str | None) -> None:
    """Check that the office exists; None stands for all.

    Raises `UnknownOfficeError`.
    """
    codes = office_codes(store)
    if office is not None and office not in codes:
        raise UnknownOfficeError(office=office, offices=", ".join(codes))

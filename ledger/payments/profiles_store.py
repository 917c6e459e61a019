"""Which bank profile an account has, and from which amount on a payment is looked at twice: settings of the book."""

from __future__ import annotations

from ledger.book.store import kasse_office, setting
from ledger.events.seals_store import seal
from ledger.events.store import record
from ledger.payments.runs import NoPayingAccountError
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.identifiers import parse_iban
from sepa.profiles import Profile, parse_profile, shipped_profile, shipped_profiles

DEFAULT = "standard"
HIGH_CENTS = 2_500_000
"""From this amount on the payee's name is checked and reviewers are warned, unless the book says otherwise."""
_PUT = "INSERT INTO setting (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


def profile_of(store: Store, iban: str) -> Profile:
    """Return the profile of the bank that keeps an account: a shipped one by name, or one of the book's own."""
    text = setting(store, f"bank_profile:{iban}") or DEFAULT
    return parse_profile(text) if "\n" in text else shipped_profile(text)


def high_cents(store: Store) -> int:
    """Return the amount from which on a payment counts as high."""
    return int(setting(store, "payment_high_cents") or HIGH_CENTS)


def set_profile(store: Store, iban: str, text: str) -> Profile:
    """Give an account a shipped profile by its name, or the text of one of its own; return it.

    Raises `NoPayingAccountError`, `NotAllowedError`, `UnknownProfileError` and what `parse_profile` raises.
    """
    office = kasse_office(store)
    require(store, office, "head", "admin")
    profile = parse_profile(text) if "\n" in text else shipped_profile(text)
    known = {found for (found,) in store.rows("SELECT iban FROM bank_account WHERE closed_on IS NULL")}
    if parse_iban(iban) not in known:
        raise NoPayingAccountError(iban=iban, known=", ".join(sorted(known)))
    with store.unit([office]):
        store.execute(_PUT, key=f"bank_profile:{parse_iban(iban)}", value=text)
        facts = {"profile": profile.name, **seal(store, ("setting", f"bank_profile:{parse_iban(iban)}"))}
        record(store, office, "payment.profile", f"account:{parse_iban(iban)}", facts)
    return profile


def set_high(store: Store, cents: int) -> None:
    """Set the amount from which on a payment counts as high.

    Raises `NotAllowedError`.
    """
    office = kasse_office(store)
    require(store, office, "head", "admin")
    with store.unit([office]):
        store.execute(_PUT, key="payment_high_cents", value=str(cents))
        sealed = seal(store, ("setting", "payment_high_cents"))
        record(store, office, "payment.high", None, {"cents": cents, **sealed})


def set_overdue(store: Store, days: int) -> None:
    """Set after how many TARGET days what was written is missed on the statements.

    Raises `NotAllowedError`.
    """
    office = kasse_office(store)
    require(store, office, "head", "admin")
    with store.unit([office]):
        store.execute(_PUT, key="payment_overdue_days", value=str(days))
        sealed = seal(store, ("setting", "payment_overdue_days"))
        record(store, office, "payment.overdue", None, {"days": days, **sealed})


def profiles(store: Store) -> list[tuple[str, str, Profile]]:
    """Return IBAN, name and profile of every open account."""
    sql = "SELECT iban, name FROM bank_account WHERE closed_on IS NULL ORDER BY office, account"
    return [(iban, name, profile_of(store, iban)) for iban, name in store.all(sql)]


def shipped() -> tuple[str, ...]:
    """Return the names of the profiles that come with kasse."""
    return shipped_profiles()

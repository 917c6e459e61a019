"""A book with persons at different points of their lives in it, for retention, erasing and exports."""

from ledger.bank.posting_store import post_staged
from ledger.events.store import record
from tests.bankbooks import item, party, reference, staged
from tests.books import act, told

ERIKA_IBAN, MAX_IBAN = "DE89370400440532013000", "DE02120300000000202051"
ERIKA = ("Erika Musterfrau", "Erika", "Musterfrau", ERIKA_IBAN, "Gartenweg", "Falschparken")
MAX = ("Max Schuldner", MAX_IBAN, "Lindenallee")


def filled(store):
    """Let Erika owe and pay in 2026, Max owe and not pay; return their numbers."""
    act(store, "import")
    with store.unit(["KASSE"]):
        erika = party(store, "Erika Musterfrau", ERIKA_IBAN)
        other = party(store, "Max Schuldner", MAX_IBAN)
        address = "UPDATE party SET street = :street, town = 'Musterstadt', birth_date = '1980-02-01' WHERE id = :id"
        store.execute(address, street="Gartenweg 3", id=erika)
        store.execute(address, street="Lindenallee 4", id=other)
        told(store, erika, other)
    paid, unpaid = reference(store, 17), reference(store, 25)
    item(store, "50", paid, person=erika, purpose="Falschparken Gartenweg")
    item(store, "70", unpaid, person=other, purpose="Hundesteuer")
    staged(store, "50", f"{paid} Erika Musterfrau, danke", name="Erika Musterfrau", counter_iban=ERIKA_IBAN)
    staged(store, "20", "unklar, Max Schuldner", name="Max Schuldner", counter_iban=MAX_IBAN)
    post_staged(store)
    with store.unit(["KASSE"]):
        record(store, "KASSE", "party.change", f"party:{erika}", {}, {"street": "Gartenweg 1"})
    act(store, "root")
    return erika, other


def later(store, day):
    """Go on at a later day."""
    store.now, store.today = f"{day}T08:00:00Z", day
    return store

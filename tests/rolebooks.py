"""Books on PostgreSQL whose database enforces the rights: made once, logged in to as the people of the template."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import quote

from kasse_cli.wiring import table_rights
from ledger.access.store import grant
from ledger.people.users import add_user
from ledger.store.engines import Store
from tests import books

PASSWORD = "ein-kennwort-nur-fuer-tests"


def login(location: str, user: str) -> str:
    """Return the address with another login."""
    scheme, _, rest = location.partition("://")
    return f"{scheme}://{quote(user)}:{PASSWORD}@{rest.rpartition('@')[2]}"


def superuser(store: Store) -> str:
    """Return the login of the connection and make it an admin of the book."""
    name = str(store.value("SELECT session_user::text"))
    with store.unit(["KASSE"]):
        add_user(store, name, [("*", "admin")])
    return name


def enforce(store: Store) -> None:
    """Make the database enforce the rights, as its administrator does, and set passwords."""
    books.act(store, superuser(store))
    done = grant(store, table_rights())
    for name in done.logins:
        store.execute(f"ALTER ROLE \"{name}\" PASSWORD '{PASSWORD}'")


def opened(location: str, user: str) -> Store:
    """Open the book as the login of that user, who acts in it."""
    return books.opened(login(location, user), user)


@contextmanager
def granted(server: str, template: str, name: str, prepare=lambda store: None) -> Iterator[str]:
    """Yield the address of a book of that name, prepared while nothing was enforced yet."""
    books.run_sql(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY = FILE_COPY")
    location = books.database(server, name)
    store = books.opened(location)
    try:
        prepare(store)
        enforce(store)
        store.close()
        yield location
    finally:
        store.close()
        drop(server, name)


def drop(server: str, name: str) -> None:
    """Drop a database with its groups; logins stay, other books of the server may have them."""
    from ledger.people.users import ROLES

    books.run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")
    for group in ("people", "owner", *ROLES):
        with suppress(Exception):
            books.run_sql(server, f'DROP ROLE IF EXISTS "{name}_{group}"')

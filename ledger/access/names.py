"""Names of database roles: one owner, one group of all people and one of each role, one login of each user."""

from __future__ import annotations

from dataclasses import dataclass

from sepa.errors import N_, KasseError

LONGEST_BYTES = 63
_LONGEST_SUFFIX = len("_enforcement")


class DatabaseNameError(KasseError):
    """A database whose name leaves no room for the names of its roles."""

    code = "roles.database_name"
    template = N_("the name of the database is too long for its roles: {name}")
    hint = N_("rename it to at most {most} bytes")


class LoginNameError(KasseError):
    """A user whose name cannot be the name of a login."""

    code = "roles.login_name"
    template = N_("{user} cannot be a login of the database")
    hint = N_("names of logins have at most 63 bytes and do not begin with pg_; give the person another user name")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a book's roles, which begin with the name of its database: a server may hold several books."""

    database: str

    def __post_init__(self) -> None:
        most = LONGEST_BYTES - _LONGEST_SUFFIX
        if len(self.database.encode()) > most:
            raise DatabaseNameError(name=self.database, most=most)

    @property
    def owner(self) -> str:
        """Who owns tables and functions; nobody logs in as it."""
        return f"{self.database}_owner"

    @property
    def people(self) -> str:
        """The group of everybody who may connect."""
        return f"{self.database}_people"

    def group(self, role: str) -> str:
        """Return the group of a role of the book."""
        return f"{self.database}_{role}"


def quoted(name: str) -> str:
    """Return a name as SQL writes it.

    >>> quoted('an"na')
    '"an""na"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL writes it, whatever the server takes a backslash for.

    >>> literal("O'Neill")
    "'O''Neill'"
    """
    escaped = text.replace("'", "''")
    return f"E'{escaped.replace(chr(92), chr(92) * 2)}'" if "\\" in text else f"'{escaped}'"


def array(words: tuple[str, ...]) -> str:
    """Return words as an SQL array of texts."""
    return f"ARRAY[{', '.join(literal(word) for word in words)}]::text[]"


def is_login(name: str) -> bool:
    """Return whether a user's name can be the name of a login."""
    reserved = name.startswith("pg_") or name in {"public", "none", "current_user", "session_user"}
    return not reserved and 0 < len(name.encode()) <= LONGEST_BYTES and "\0" not in name

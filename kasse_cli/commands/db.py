"""`kasse db`: the database that a book is in."""

from __future__ import annotations

from kasse_cli.commands.db_roles import register as register_roles
from kasse_cli.commands.db_upgrade import register as register_upgrade
from kasse_cli.frame import noun
from sepa.errors import N_

app = noun(N_("the database of the book: grant, roles, revoke, upgrade"))
register_roles(app)
register_upgrade(app)

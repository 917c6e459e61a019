"""How Alembic reaches the book: over the connection of the store that upgrades it, inside its unit of work."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=False, version_table_pk=True)
context.run_migrations()

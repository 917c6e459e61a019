"""Attacks of the owner of the database, who needs no command and whom no guard holds."""


def without_guards(store, *tables):
    """Be the owner: switch the triggers of tables off."""
    for table in tables:
        if store.engine.name != "sqlite":
            store.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            continue
        for (name,) in store.all("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t", t=table):
            store.execute(f"DROP TRIGGER {name}")


def unbound_rows(store):
    """Let rows be taken away and refer to nothing: keys and checks would hinder an owner no more than this."""
    if store.engine.name == "sqlite":
        store.execute("PRAGMA foreign_keys = OFF")
        store.execute("PRAGMA ignore_check_constraints = ON")
        return
    for table, name in store.all(
        "SELECT conrelid::regclass::text, conname::text FROM pg_constraint WHERE contype IN ('f', 'c') "
        "AND connamespace = current_schema()::regnamespace AND conrelid <> 0"
    ):
        store.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def attacked(store, tables, statements, found):
    """Return what `found(store)` finds after the owner changed rows of these tables, which is then taken back.

    Tables and statements are one text or several; a statement that changes no row is an error.
    """
    with store.rehearsal():
        without_guards(store, *several(tables))
        for statement in several(statements):
            assert store.execute(statement) > 0, statement
        return found(store)


def several(texts):
    return (texts,) if isinstance(texts, str) else texts

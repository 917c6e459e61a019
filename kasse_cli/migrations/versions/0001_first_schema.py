"""The first schema: books, events, people, items, bank, payments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from ledger.store import columns as col
from ledger.store.guards import install_guards
from ledger.store.schema import permitted_changes

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_tables()
    config = op.get_context().config
    assert config is not None
    install_guards(config.attributes["store"], permitted_changes())


def create_tables() -> None:
    op.create_table(
        "app_user",
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("name", col.Text(), nullable=False),
        Column("locked", col.Flag(), nullable=False),
        Column("created_at", col.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", name="uq_app_user_name"),
        sqlite_strict=True,
    )
    op.create_table(
        "bank_rule",
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("rank", col.Number(), nullable=False),
        Column("name", col.Text(), nullable=False),
        Column("serves", col.Text(), server_default="entry", nullable=False),
        Column("gvc", col.Text(), nullable=True),
        Column("direction", col.Text(), nullable=False),
        Column("iban", col.Text(), nullable=True),
        Column("counter_iban", col.Text(), nullable=True),
        Column("pattern", col.Text(), nullable=True),
        Column("min_cents", col.Cents(), nullable=True),
        Column("max_cents", col.Cents(), nullable=True),
        Column("role", col.Text(), nullable=False),
        Column("office", col.Text(), nullable=True),
        Column("account", col.Text(), nullable=True),
        Column("active", col.Flag(), nullable=False),
        Column("made_by", col.Number(), nullable=True),
        Column("made_at", col.Text(), nullable=True),
        sa.CheckConstraint("direction IN ('credit', 'debit', 'both')", name="ck_bank_rule_direction"),
        sa.CheckConstraint("serves IN ('entry', 'return_fee')", name="ck_bank_rule_serves"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "closing",
        Column("kind", col.Text(), nullable=False),
        Column("period", col.Text(), nullable=False),
        Column("year", col.Number(), nullable=False),
        Column("number", col.Number(), nullable=False),
        Column("last_day", col.Day(), nullable=False),
        Column("closed_by", col.Number(), nullable=False),
        Column("closed_at", col.Text(), nullable=False),
        Column("book_head", col.Bytes(), nullable=False),
        Column("heads", col.Text(), nullable=False),
        Column("protocol", col.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('day', 'month', 'year')", name="ck_closing_kind"),
        sa.PrimaryKeyConstraint("kind", "period"),
        sa.UniqueConstraint("kind", "year", "number", name="uq_closing_number"),
        sqlite_strict=True,
    )
    op.create_index("ix_closing_last_day", "closing", ["last_day"], unique=False)
    op.create_table(
        "counter",
        Column("office", col.Text(), nullable=False),
        Column("name", col.Text(), nullable=False),
        Column("last", col.Number(), nullable=False),
        sa.PrimaryKeyConstraint("office", "name"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entry_text",
        Column("office", col.Text(), nullable=False),
        Column("position", col.Number(), autoincrement=False, nullable=False),
        Column("salt", col.Bytes(), nullable=False),
        Column("text", col.Text(), nullable=False),
        sa.PrimaryKeyConstraint("office", "position"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event_details",
        Column("office", col.Text(), nullable=False),
        Column("position", col.Number(), autoincrement=False, nullable=False),
        Column("salt", col.Bytes(), nullable=False),
        Column("details", col.Text(), nullable=False),
        sa.PrimaryKeyConstraint("office", "position"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "month_balance",
        Column("office", col.Text(), nullable=False),
        Column("account", col.Text(), nullable=False),
        Column("month", col.Text(), nullable=False),
        Column("debit_cents", col.Cents(), nullable=False),
        Column("credit_cents", col.Cents(), nullable=False),
        sa.PrimaryKeyConstraint("office", "account", "month"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "office",
        Column("code", col.Text(), nullable=False),
        Column("name", col.Text(), nullable=False),
        Column("is_kasse", col.Flag(), nullable=False),
        Column("genesis", col.Bytes(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "order_batch",
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("source", col.Text(), nullable=False),
        Column("count", col.Number(), nullable=False),
        Column("total_cents", col.Cents(), nullable=False),
        Column("list_hash", col.Bytes(), nullable=False),
        Column("created_by", col.Number(), nullable=False),
        Column("created_at", col.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "party",
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("name", col.Text(), nullable=False),
        Column("legal_name", col.Text(), nullable=True),
        Column("street", col.Text(), nullable=True),
        Column("house_number", col.Text(), nullable=True),
        Column("postcode", col.Text(), nullable=True),
        Column("town", col.Text(), nullable=True),
        Column("country", col.Text(), nullable=True),
        Column("birth_date", col.Day(), nullable=True),
        Column("match_key", col.Text(), nullable=False),
        Column("address_key", col.Text(), server_default="", nullable=False),
        Column("created_at", col.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_party_match_key", "party", ["match_key"], unique=False)
    op.create_table(
        "payment_recall",
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("office", col.Text(), nullable=False),
        Column("run", col.Number(), nullable=False),
        Column("file", col.Number(), nullable=False),
        Column("line", col.Number(), nullable=True),
        Column("state", col.Text(), nullable=False),
        Column("reason", col.Text(), nullable=False),
        Column("information", col.Text(), nullable=False),
        Column("message_id", col.Text(), nullable=False),
        Column("created_stamp", col.Text(), nullable=False),
        Column("asked_by", col.Number(), nullable=False),
        Column("sha256", col.Text(), nullable=True),
        Column("answered_at", col.Text(), nullable=True),
        Column("answer_reason", col.Text(), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'pending', 'accepted', 'refused')", name="ck_payment_recall_state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id", name="uq_payment_recall_message"),
        sqlite_strict=True,
    )
    op.create_index("ix_payment_recall_run", "payment_recall", ["office", "run", "line"], unique=False)
    op.create_table(
        "payment_report",
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("file_sha256", col.Text(), nullable=False),
        Column("part", col.Number(), nullable=False),
        Column("message_id", col.Text(), nullable=False),
        Column("original_message_id", col.Text(), nullable=False),
        Column("status", col.Text(), nullable=False),
        Column("reason", col.Text(), nullable=True),
        Column("information", col.Text(), nullable=True),
        Column("office", col.Text(), nullable=False),
        Column("run", col.Number(), nullable=False),
        Column("file", col.Number(), nullable=False),
        Column("count", col.Number(), nullable=False),
        Column("created", col.Text(), nullable=False),
        Column("read_by", col.Number(), nullable=False),
        Column("read_at", col.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('status', 'vop', 'recall')", name="ck_payment_report_kind"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("file_sha256", "part", name="uq_payment_report_file"),
        sqlite_strict=True,
    )
    op.create_index("ix_payment_report_run", "payment_report", ["office", "run", "file"], unique=False)
    op.create_table(
        "reference_scheme",
        Column("code", col.Text(), nullable=False),
        Column("pattern", col.Text(), nullable=False),
        Column("length", col.Number(), nullable=False),
        Column("method", col.Text(), nullable=False),
        Column("prefix", col.Text(), nullable=False),
        Column("issues", col.Flag(), nullable=False),
        Column("active", col.Flag(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "setting",
        Column("key", col.Text(), nullable=False),
        Column("value", col.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "source_file",
        Column("sha256", col.Text(), nullable=False),
        Column("purpose", col.Text(), nullable=False),
        Column("name", col.Text(), nullable=False),
        Column("size_bytes", col.Number(), nullable=False),
        Column("imported_by", col.Number(), nullable=False),
        Column("imported_at", col.Text(), nullable=False),
        Column("result", col.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "purpose"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "suspense_batch",
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("verb", col.Text(), nullable=False),
        Column("source", col.Text(), nullable=False),
        Column("sha256", col.Text(), nullable=False),
        Column("count", col.Number(), nullable=False),
        Column("cents", col.Cents(), nullable=False),
        Column("made_by", col.Number(), nullable=False),
        Column("made_at", col.Text(), nullable=False),
        Column("undone_by", col.Number(), nullable=True),
        Column("undone_at", col.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_suspense_batch_file", "suspense_batch", ["sha256"], unique=False)
    op.create_table(
        "vop_rule",
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("iban_prefix", col.Text(), nullable=False),
        Column("reason", col.Text(), nullable=False),
        Column("made_by", col.Number(), nullable=False),
        Column("made_at", col.Text(), nullable=False),
        Column("confirmed_by", col.Number(), nullable=True),
        Column("confirmed_at", col.Text(), nullable=True),
        Column("ended_on", col.Day(), nullable=True),
        Column("ended_by", col.Number(), nullable=True),
        sa.CheckConstraint("confirmed_by IS NULL OR confirmed_by <> made_by", name="ck_vop_rule_persons"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "account",
        Column("office", col.Text(), nullable=False),
        Column("number", col.Text(), nullable=False),
        Column("name", col.Text(), nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("role", col.Text(), nullable=True),
        Column("opened_on", col.Day(), nullable=False),
        Column("closed_on", col.Day(), nullable=True),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name="fk_account_office"),
        sa.PrimaryKeyConstraint("office", "number"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "attachment",
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("party", col.Number(), nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("creditor", col.Text(), nullable=False),
        Column("creditor_iban", col.Text(), nullable=True),
        Column("text", col.Text(), nullable=False),
        Column("rank", col.Number(), nullable=False),
        Column("served_on", col.Day(), nullable=False),
        Column("sum_cents", col.Cents(), nullable=True),
        Column("pays", col.Flag(), nullable=False),
        Column("document", col.Text(), nullable=True),
        Column("made_by", col.Number(), nullable=False),
        Column("made_at", col.Text(), nullable=False),
        Column("declared_on", col.Day(), nullable=True),
        Column("declared_by", col.Number(), nullable=True),
        Column("ended_on", col.Day(), nullable=True),
        Column("ended_by", col.Number(), nullable=True),
        Column("end_reason", col.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('garnishment', 'assignment')", name="ck_attachment_kind"),
        sa.CheckConstraint("pays = 0 OR creditor_iban IS NOT NULL", name="ck_attachment_pays"),
        sa.CheckConstraint("sum_cents IS NULL OR sum_cents > 0", name="ck_attachment_sum"),
        sa.ForeignKeyConstraint(["party"], ["party.id"], name="fk_attachment_party"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_attachment_party", "attachment", ["party"], unique=False)
    op.create_table(
        "cash_order",
        Column("office", col.Text(), nullable=False),
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("batch", col.Number(), nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("state", col.Text(), nullable=False),
        Column("party", col.Number(), nullable=False),
        Column("total_cents", col.Cents(), nullable=False),
        Column("due", col.Day(), nullable=False),
        Column("purpose", col.Text(), nullable=False),
        Column("reference", col.Text(), nullable=True),
        Column("foreign_reference", col.Flag(), nullable=False),
        Column("bank_account", col.Text(), nullable=True),
        Column("profile", col.Text(), nullable=True),
        Column("claim_kind", col.Text(), nullable=True),
        Column("notice_date", col.Day(), nullable=True),
        Column("served_on", col.Day(), nullable=True),
        Column("final_on", col.Day(), nullable=True),
        Column("enforceable", col.Flag(), nullable=True),
        Column("debt_reason", col.Text(), nullable=True),
        Column("period_from", col.Day(), nullable=True),
        Column("period_to", col.Day(), nullable=True),
        Column("joint_group", col.Text(), nullable=True),
        Column("main_reference", col.Text(), nullable=True),
        Column("document", col.Text(), nullable=True),
        Column("order_key", col.Text(), nullable=True),
        Column("paid_by", col.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('receivable', 'payable')", name="ck_cash_order_kind"),
        sa.CheckConstraint("paid_by IS NULL OR paid_by = 'direct_debit'", name="ck_cash_order_paid_by"),
        sa.CheckConstraint(
            "state IN ('created', 'certified', 'approved', 'accepted', 'objected')", name="ck_cash_order_state"
        ),
        sa.CheckConstraint("total_cents > 0", name="ck_cash_order_total"),
        sa.ForeignKeyConstraint(["batch"], ["order_batch.id"], name="fk_cash_order_batch"),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name="fk_cash_order_office"),
        sa.ForeignKeyConstraint(["party"], ["party.id"], name="fk_cash_order_party"),
        sa.PrimaryKeyConstraint("office", "id"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_cash_order_bank_account",
        "cash_order",
        ["bank_account"],
        unique=False,
        sqlite_where=sa.text("bank_account IS NOT NULL"),
        postgresql_where=sa.text("bank_account IS NOT NULL"),
    )
    op.create_index("ix_cash_order_batch", "cash_order", ["batch"], unique=False)
    op.create_index("ix_cash_order_party", "cash_order", ["party"], unique=False)
    op.create_index("ix_cash_order_reference", "cash_order", ["reference"], unique=False)
    op.create_index("ix_cash_order_state", "cash_order", ["state", "office"], unique=False)
    op.create_table(
        "closing_confirmation",
        Column("kind", col.Text(), nullable=False),
        Column("period", col.Text(), nullable=False),
        Column("confirmed_by", col.Number(), nullable=False),
        Column("confirmed_at", col.Text(), nullable=False),
        sa.ForeignKeyConstraint(["kind", "period"], ["closing.kind", "closing.period"], name="fk_confirmation_closing"),
        sa.PrimaryKeyConstraint("kind", "period"),
        sqlite_strict=True,
    )
    op.create_table(
        "entry",
        Column("office", col.Text(), nullable=False),
        Column("position", col.Number(), autoincrement=False, nullable=False),
        Column("year", col.Number(), nullable=False),
        Column("number", col.Number(), nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("source", col.Text(), nullable=True),
        Column("transaction_id", col.Text(), nullable=True),
        Column("posting_day", col.Day(), nullable=False),
        Column("bank_day", col.Day(), nullable=True),
        Column("value_day", col.Day(), nullable=True),
        Column("payment_day", col.Day(), nullable=True),
        Column("recorded_at", col.Text(), nullable=False),
        Column("recorded_by", col.Number(), nullable=False),
        Column("reverses", col.Number(), nullable=True),
        Column("posting_count", col.Number(), nullable=False),
        Column("text_hash", col.Bytes(), nullable=True),
        Column("canonical", col.Bytes(), nullable=False),
        Column("hash", col.Bytes(), nullable=False),
        sa.CheckConstraint("posting_count >= 2", name="ck_entry_postings"),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name="fk_entry_office"),
        sa.PrimaryKeyConstraint("office", "position"),
        sa.UniqueConstraint("office", "year", "number", name="uq_entry_number"),
        sqlite_strict=True,
    )
    op.create_index("ix_entry_day", "entry", ["office", "posting_day"], unique=False)
    op.create_index(
        "ix_entry_transaction",
        "entry",
        ["transaction_id"],
        unique=False,
        sqlite_where=sa.text("transaction_id IS NOT NULL"),
        postgresql_where=sa.text("transaction_id IS NOT NULL"),
    )
    op.create_index(
        "uq_entry_reverses",
        "entry",
        ["office", "reverses"],
        unique=True,
        sqlite_where=sa.text("reverses IS NOT NULL"),
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_table(
        "event",
        Column("office", col.Text(), nullable=False),
        Column("position", col.Number(), autoincrement=False, nullable=False),
        Column("at", col.Text(), nullable=False),
        Column("by", col.Number(), nullable=False),
        Column("action", col.Text(), nullable=False),
        Column("object", col.Text(), nullable=True),
        Column("facts", col.Text(), nullable=False),
        Column("details_hash", col.Bytes(), nullable=True),
        Column("hash", col.Bytes(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name="fk_event_office"),
        sa.PrimaryKeyConstraint("office", "position"),
        sqlite_strict=True,
    )
    op.create_index("ix_event_object", "event", ["object"], unique=False)
    op.create_table(
        "head",
        Column("office", col.Text(), nullable=False),
        Column("position", col.Number(), nullable=False),
        Column("hash", col.Bytes(), nullable=False),
        Column("event_position", col.Number(), nullable=False),
        Column("event_hash", col.Bytes(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name="fk_head_office"),
        sa.PrimaryKeyConstraint("office"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "party_account",
        Column("party", col.Number(), autoincrement=False, nullable=False),
        Column("iban", col.Text(), nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("source", col.Text(), nullable=False),
        Column("since", col.Day(), nullable=False),
        Column("until", col.Day(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('own', 'third_party', 'guardian', 'authority', 'payment_service')", name="ck_party_account_kind"
        ),
        sa.ForeignKeyConstraint(["party"], ["party.id"], name="fk_party_account_party"),
        sa.PrimaryKeyConstraint("party", "iban"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_party_account_iban", "party_account", ["iban"], unique=False)
    op.create_table(
        "party_lock",
        Column("party", col.Number(), autoincrement=False, nullable=False),
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("reason", col.Text(), nullable=False),
        Column("since", col.Day(), nullable=False),
        Column("until", col.Day(), nullable=True),
        Column("made_by", col.Number(), nullable=False),
        Column("made_at", col.Text(), nullable=False),
        Column("lifted_by", col.Number(), nullable=True),
        Column("lifted_at", col.Text(), nullable=True),
        Column("lifted_on", col.Day(), nullable=True),
        sa.CheckConstraint("kind IN ('dunning', 'payment', 'enforcement')", name="ck_party_lock_kind"),
        sa.ForeignKeyConstraint(["party"], ["party.id"], name="fk_party_lock_party"),
        sa.PrimaryKeyConstraint("party", "id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_party_lock_kind", "party_lock", ["kind", "since"], unique=False)
    op.create_table(
        "reference_target",
        Column("reference", col.Text(), nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("office", col.Text(), nullable=False),
        Column("number", col.Number(), nullable=False),
        Column("made_at", col.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('claim', 'letter', 'plan', 'case', 'party')", name="ck_reference_target_kind"),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name="fk_reference_target_office"),
        sa.PrimaryKeyConstraint("reference"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reference_target_thing", "reference_target", ["kind", "office", "number"], unique=False)
    op.create_table(
        "user_role",
        Column("user_id", col.Number(), autoincrement=False, nullable=False),
        Column("office", col.Text(), nullable=False),
        Column("role", col.Text(), nullable=False),
        Column("until", col.Day(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_user_role_user"),
        sa.PrimaryKeyConstraint("user_id", "office", "role"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bank_account",
        Column("iban", col.Text(), nullable=False),
        Column("office", col.Text(), nullable=False),
        Column("account", col.Text(), nullable=False),
        Column("name", col.Text(), nullable=False),
        Column("bic", col.Text(), nullable=True),
        Column("collects", col.Flag(), nullable=False),
        Column("opened_on", col.Day(), nullable=False),
        Column("closed_on", col.Day(), nullable=True),
        sa.ForeignKeyConstraint(["office", "account"], ["account.office", "account.number"], name="fk_bank_account_gl"),
        sa.PrimaryKeyConstraint("iban"),
        sa.UniqueConstraint("office", "account", name="uq_bank_account_gl"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cash_order_line",
        Column("office", col.Text(), nullable=False),
        Column("order_id", col.Number(), autoincrement=False, nullable=False),
        Column("line", col.Number(), autoincrement=False, nullable=False),
        Column("gl_account", col.Text(), nullable=False),
        Column("amount_cents", col.Cents(), nullable=False),
        Column("cost_object", col.Text(), nullable=True),
        Column("purpose", col.Text(), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name="ck_cash_order_line_amount"),
        sa.ForeignKeyConstraint(
            ["office", "gl_account"], ["account.office", "account.number"], name="fk_cash_order_line_account"
        ),
        sa.ForeignKeyConstraint(
            ["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_cash_order_line_order"
        ),
        sa.PrimaryKeyConstraint("office", "order_id", "line"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "clearing",
        Column("office", col.Text(), nullable=False),
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("position", col.Number(), nullable=False),
        Column("posting_day", col.Day(), nullable=False),
        Column("payment_day", col.Day(), nullable=False),
        Column("resets", col.Number(), nullable=True),
        sa.ForeignKeyConstraint(["office", "position"], ["entry.office", "entry.position"], name="fk_clearing_entry"),
        sa.PrimaryKeyConstraint("office", "id"),
        sqlite_strict=True,
    )
    op.create_index("ix_clearing_position", "clearing", ["office", "position"], unique=False)
    op.create_index(
        "uq_clearing_resets",
        "clearing",
        ["office", "resets"],
        unique=True,
        sqlite_where=sa.text("resets IS NOT NULL"),
        postgresql_where=sa.text("resets IS NOT NULL"),
    )
    op.create_table(
        "item",
        Column("office", col.Text(), nullable=False),
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("side", col.Text(), nullable=False),
        Column("account", col.Text(), nullable=False),
        Column("party", col.Number(), nullable=True),
        Column("reference", col.Text(), nullable=True),
        Column("foreign_reference", col.Flag(), nullable=False),
        Column("order_id", col.Number(), nullable=True),
        Column("main_item", col.Number(), nullable=True),
        Column("claim_kind", col.Text(), nullable=True),
        Column("profile", col.Text(), nullable=True),
        Column("purpose", col.Text(), nullable=True),
        Column("bank_account", col.Text(), nullable=True),
        Column("amount_cents", col.Cents(), nullable=False),
        Column("open_cents", col.Cents(), nullable=False),
        Column("due", col.Day(), nullable=False),
        Column("original_due", col.Day(), nullable=False),
        Column("opened_on", col.Day(), nullable=False),
        Column("position", col.Number(), nullable=False),
        Column("dunning_level", col.Number(), nullable=False),
        Column("dunned_on", col.Day(), nullable=True),
        Column("paid_by", col.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('receivable', 'payable', 'credit', 'suspense', 'advance', 'transit')", name="ck_item_kind"
        ),
        sa.CheckConstraint("paid_by IS NULL OR paid_by = 'direct_debit'", name="ck_item_paid_by"),
        sa.CheckConstraint("side IN ('D', 'C')", name="ck_item_side"),
        sa.CheckConstraint("amount_cents > 0 AND open_cents BETWEEN 0 AND amount_cents", name="ck_item_open"),
        sa.ForeignKeyConstraint(["office", "account"], ["account.office", "account.number"], name="fk_item_account"),
        sa.ForeignKeyConstraint(["party"], ["party.id"], name="fk_item_party"),
        sa.PrimaryKeyConstraint("office", "id"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_item_foreign",
        "item",
        ["reference"],
        unique=False,
        sqlite_where=sa.text("foreign_reference = 1"),
        postgresql_where=sa.text("foreign_reference = 1"),
    )
    op.create_index(
        "ix_item_main",
        "item",
        ["office", "main_item"],
        unique=False,
        sqlite_where=sa.text("main_item IS NOT NULL"),
        postgresql_where=sa.text("main_item IS NOT NULL"),
    )
    op.create_index(
        "ix_item_open",
        "item",
        ["office", "kind", "due"],
        unique=False,
        sqlite_where=sa.text("open_cents > 0"),
        postgresql_where=sa.text("open_cents > 0"),
    )
    op.create_index("ix_item_order", "item", ["office", "order_id"], unique=False)
    op.create_index(
        "ix_item_paid_by",
        "item",
        ["open_cents"],
        unique=False,
        sqlite_where=sa.text("paid_by IS NOT NULL"),
        postgresql_where=sa.text("paid_by IS NOT NULL"),
    )
    op.create_index("ix_item_party", "item", ["party"], unique=False)
    op.create_index("ix_item_reference", "item", ["reference"], unique=False)
    op.create_table(
        "order_step",
        Column("office", col.Text(), nullable=False),
        Column("order_id", col.Number(), autoincrement=False, nullable=False),
        Column("step", col.Text(), nullable=False),
        Column("by", col.Number(), nullable=False),
        Column("at", col.Text(), nullable=False),
        Column("exception", col.Flag(), nullable=False),
        Column("seen_count", col.Number(), nullable=False),
        Column("seen_cents", col.Cents(), nullable=False),
        Column("seen_hash", col.Bytes(), nullable=False),
        Column("reason", col.Text(), nullable=True),
        sa.CheckConstraint(
            "step IN ('created', 'certified', 'approved', 'accepted', 'objected')", name="ck_order_step_step"
        ),
        sa.ForeignKeyConstraint(
            ["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_order_step_order"
        ),
        sa.PrimaryKeyConstraint("office", "order_id", "step"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_order_step_person",
        "order_step",
        ["office", "order_id", "by"],
        unique=True,
        sqlite_where=sa.text("exception = 0"),
        postgresql_where=sa.text("exception = 0"),
    )
    op.create_table(
        "posting",
        Column("office", col.Text(), nullable=False),
        Column("position", col.Number(), autoincrement=False, nullable=False),
        Column("line", col.Number(), autoincrement=False, nullable=False),
        Column("account", col.Text(), nullable=False),
        Column("cents", col.Cents(), nullable=False),
        Column("item", col.Number(), nullable=True),
        Column("dimensions", col.Text(), nullable=True),
        sa.CheckConstraint("cents <> 0", name="ck_posting_cents"),
        sa.ForeignKeyConstraint(["office", "account"], ["account.office", "account.number"], name="fk_posting_account"),
        sa.ForeignKeyConstraint(
            ["office", "position"],
            ["entry.office", "entry.position"],
            name="fk_posting_entry",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("office", "position", "line"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_posting_account", "posting", ["office", "account", "position"], unique=False)
    op.create_table(
        "bank_entry",
        Column("office", col.Text(), nullable=False),
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("iban", col.Text(), nullable=False),
        Column("bank_day", col.Day(), nullable=False),
        Column("fingerprint", col.Bytes(), nullable=False),
        Column("occurrence", col.Number(), nullable=False),
        Column("statement", col.Number(), nullable=False),
        Column("amount_cents", col.Cents(), nullable=False),
        Column("value_day", col.Day(), nullable=False),
        Column("reversal", col.Flag(), nullable=False),
        Column("gvc", col.Text(), nullable=True),
        Column("code", col.Text(), nullable=True),
        Column("servicer_reference", col.Text(), nullable=True),
        Column("end_to_end_id", col.Text(), nullable=True),
        Column("payment_information_id", col.Text(), nullable=True),
        Column("message_id", col.Text(), nullable=True),
        Column("mandate_id", col.Text(), nullable=True),
        Column("creditor_reference", col.Text(), nullable=True),
        Column("name", col.Text(), nullable=True),
        Column("counter_iban", col.Text(), nullable=True),
        Column("remittance", col.Text(), nullable=True),
        Column("return_reason", col.Text(), nullable=True),
        Column("detail_count", col.Number(), nullable=False),
        Column("state", col.Text(), nullable=False),
        Column("position", col.Number(), nullable=True),
        sa.CheckConstraint("(state = 'posted') = (position IS NOT NULL)", name="ck_bank_entry_posted"),
        sa.CheckConstraint("state IN ('staged', 'posted')", name="ck_bank_entry_state"),
        sa.ForeignKeyConstraint(["iban"], ["bank_account.iban"], name="fk_bank_entry_account"),
        sa.PrimaryKeyConstraint("office", "id"),
        sa.UniqueConstraint("iban", "bank_day", "fingerprint", "occurrence", name="uq_bank_entry"),
        sqlite_strict=True,
    )
    op.create_index("ix_bank_entry_position", "bank_entry", ["office", "position"], unique=False)
    op.create_index(
        "ix_bank_entry_staged",
        "bank_entry",
        ["iban", "bank_day"],
        unique=False,
        sqlite_where=sa.text("state = 'staged'"),
        postgresql_where=sa.text("state = 'staged'"),
    )
    op.create_table(
        "clearing_line",
        Column("office", col.Text(), nullable=False),
        Column("clearing", col.Number(), autoincrement=False, nullable=False),
        Column("line", col.Number(), autoincrement=False, nullable=False),
        Column("item", col.Number(), nullable=False),
        Column("cents", col.Cents(), nullable=False),
        sa.CheckConstraint("cents <> 0", name="ck_clearing_line_cents"),
        sa.ForeignKeyConstraint(
            ["office", "clearing"], ["clearing.office", "clearing.id"], name="fk_clearing_line_clearing"
        ),
        sa.ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_clearing_line_item"),
        sa.PrimaryKeyConstraint("office", "clearing", "line"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_clearing_line_item", "clearing_line", ["office", "item"], unique=False)
    op.create_table(
        "item_lock",
        Column("office", col.Text(), nullable=False),
        Column("item", col.Number(), autoincrement=False, nullable=False),
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("reason", col.Text(), nullable=False),
        Column("since", col.Day(), nullable=False),
        Column("until", col.Day(), nullable=True),
        Column("made_by", col.Number(), nullable=False),
        Column("made_at", col.Text(), nullable=False),
        Column("lifted_by", col.Number(), nullable=True),
        Column("lifted_at", col.Text(), nullable=True),
        Column("lifted_on", col.Day(), nullable=True),
        sa.CheckConstraint("kind IN ('dunning', 'payment', 'enforcement')", name="ck_item_lock_kind"),
        sa.ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_item_lock_item"),
        sa.PrimaryKeyConstraint("office", "item", "id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_item_lock_kind", "item_lock", ["kind", "since"], unique=False)
    op.create_table(
        "payment_run",
        Column("office", col.Text(), nullable=False),
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("state", col.Text(), nullable=False),
        Column("iban", col.Text(), nullable=False),
        Column("execution_day", col.Day(), nullable=False),
        Column("count", col.Number(), nullable=False),
        Column("total_cents", col.Cents(), nullable=False),
        Column("list_hash", col.Bytes(), nullable=False),
        Column("debtor_name", col.Text(), server_default="", nullable=False),
        Column("single_booking", col.Flag(), server_default="0", nullable=False),
        Column("instant", col.Flag(), server_default="0", nullable=False),
        Column("created_by", col.Number(), nullable=False),
        Column("created_at", col.Text(), nullable=False),
        Column("reviewed_by", col.Number(), nullable=True),
        Column("reviewed_at", col.Text(), nullable=True),
        Column("released_by", col.Number(), nullable=True),
        Column("released_at", col.Text(), nullable=True),
        Column("message_id", col.Text(), nullable=True),
        Column("created_stamp", col.Text(), nullable=True),
        Column("file_sha256", col.Text(), nullable=True),
        Column("exported_at", col.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'reviewed', 'released', 'exported', 'executed', 'discarded', 'voided', 'rejected')",
            name="ck_payment_run_state",
        ),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by NOT IN (created_by, reviewed_by)", name="ck_payment_run_persons"
        ),
        sa.ForeignKeyConstraint(["iban"], ["bank_account.iban"], name="fk_payment_run_account"),
        sa.PrimaryKeyConstraint("office", "id"),
        sa.UniqueConstraint("message_id", name="uq_payment_run_message"),
        sqlite_strict=True,
    )
    op.create_table(
        "reference_target_item",
        Column("reference", col.Text(), nullable=False),
        Column("office", col.Text(), nullable=False),
        Column("item", col.Number(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_reference_target_item_item"),
        sa.ForeignKeyConstraint(["reference"], ["reference_target.reference"], name="fk_reference_target_item_target"),
        sa.PrimaryKeyConstraint("reference", "office", "item"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reference_target_item_item", "reference_target_item", ["office", "item"], unique=False)
    op.create_table(
        "refund",
        Column("office", col.Text(), nullable=False),
        Column("item", col.Number(), autoincrement=False, nullable=False),
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("cents", col.Cents(), nullable=False),
        Column("name", col.Text(), nullable=False),
        Column("iban", col.Text(), nullable=False),
        Column("paying_iban", col.Text(), nullable=True),
        Column("purpose", col.Text(), nullable=False),
        Column("reason", col.Text(), nullable=False),
        Column("document", col.Text(), nullable=True),
        Column("asked_by", col.Number(), nullable=False),
        Column("asked_at", col.Text(), nullable=False),
        Column("approved_by", col.Number(), nullable=True),
        Column("approved_at", col.Text(), nullable=True),
        Column("ended_by", col.Number(), nullable=True),
        Column("ended_at", col.Text(), nullable=True),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name="ck_refund_persons"),
        sa.CheckConstraint("cents > 0", name="ck_refund_cents"),
        sa.ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_refund_item"),
        sa.PrimaryKeyConstraint("office", "item", "id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement",
        Column("id", col.Number(), autoincrement=False, nullable=False),
        Column("iban", col.Text(), nullable=False),
        Column("message", col.Text(), nullable=False),
        Column("statement_id", col.Text(), nullable=False),
        Column("electronic_number", col.Number(), nullable=True),
        Column("page", col.Number(), nullable=True),
        Column("last_page", col.Flag(), nullable=False),
        Column("file_sha256", col.Text(), nullable=False),
        Column("opening_cents", col.Cents(), nullable=True),
        Column("opening_day", col.Day(), nullable=True),
        Column("closing_cents", col.Cents(), nullable=True),
        Column("closing_day", col.Day(), nullable=True),
        Column("entry_count", col.Number(), nullable=False),
        Column("credit_cents", col.Cents(), nullable=False),
        Column("debit_cents", col.Cents(), nullable=False),
        Column("created", col.Text(), nullable=True),
        sa.ForeignKeyConstraint(["iban"], ["bank_account.iban"], name="fk_statement_account"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_statement_closing_day", "statement", ["iban", "closing_day"], unique=False)
    op.create_index(
        "ix_statement_identity",
        "statement",
        ["iban", "message", "statement_id", "electronic_number", "page"],
        unique=False,
    )
    op.create_table(
        "suspense_payout",
        Column("office", col.Text(), nullable=False),
        Column("order_id", col.Number(), autoincrement=False, nullable=False),
        Column("item", col.Number(), nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("batch", col.Number(), nullable=True),
        sa.CheckConstraint("kind IN ('refund', 'forward')", name="ck_suspense_payout_kind"),
        sa.ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_suspense_payout_item"),
        sa.ForeignKeyConstraint(
            ["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_suspense_payout_order"
        ),
        sa.PrimaryKeyConstraint("office", "order_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_suspense_payout_item", "suspense_payout", ["office", "item"], unique=False)
    op.create_table(
        "suspense_step",
        Column("office", col.Text(), nullable=False),
        Column("item", col.Number(), autoincrement=False, nullable=False),
        Column("line", col.Number(), autoincrement=False, nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("position", col.Number(), nullable=False),
        Column("cents", col.Cents(), nullable=False),
        Column("batch", col.Number(), nullable=True),
        Column("undoes", col.Number(), nullable=True),
        Column("by", col.Number(), nullable=False),
        Column("at", col.Text(), nullable=False),
        sa.CheckConstraint("(undoes IS NULL) = (kind <> 'undone')", name="ck_suspense_step_undoes"),
        sa.CheckConstraint("kind IN ('assigned', 'forwarded', 'paid_out', 'undone')", name="ck_suspense_step_kind"),
        sa.ForeignKeyConstraint(["batch"], ["suspense_batch.id"], name="fk_suspense_step_batch"),
        sa.ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_suspense_step_item"),
        sa.ForeignKeyConstraint(
            ["office", "position"], ["entry.office", "entry.position"], name="fk_suspense_step_entry"
        ),
        sa.PrimaryKeyConstraint("office", "item", "line"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_suspense_step_batch",
        "suspense_step",
        ["batch"],
        unique=False,
        sqlite_where=sa.text("batch IS NOT NULL"),
        postgresql_where=sa.text("batch IS NOT NULL"),
    )
    op.create_index("ix_suspense_step_position", "suspense_step", ["office", "position"], unique=False)
    op.create_index(
        "uq_suspense_step_undoes",
        "suspense_step",
        ["office", "item", "undoes"],
        unique=True,
        sqlite_where=sa.text("undoes IS NOT NULL"),
        postgresql_where=sa.text("undoes IS NOT NULL"),
    )
    op.create_table(
        "bank_detail",
        Column("office", col.Text(), nullable=False),
        Column("entry", col.Number(), autoincrement=False, nullable=False),
        Column("line", col.Number(), autoincrement=False, nullable=False),
        Column("amount_cents", col.Cents(), nullable=True),
        Column("end_to_end_id", col.Text(), nullable=True),
        Column("creditor_reference", col.Text(), nullable=True),
        Column("name", col.Text(), nullable=True),
        Column("counter_iban", col.Text(), nullable=True),
        Column("remittance", col.Text(), nullable=True),
        Column("return_reason", col.Text(), nullable=True),
        sa.ForeignKeyConstraint(["office", "entry"], ["bank_entry.office", "bank_entry.id"], name="fk_bank_detail"),
        sa.PrimaryKeyConstraint("office", "entry", "line"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bank_match",
        Column("office", col.Text(), nullable=False),
        Column("entry", col.Number(), autoincrement=False, nullable=False),
        Column("line", col.Number(), autoincrement=False, nullable=False),
        Column("rule", col.Text(), nullable=False),
        Column("evidence", col.Text(), nullable=True),
        Column("item_office", col.Text(), nullable=True),
        Column("item", col.Number(), nullable=True),
        Column("cents", col.Cents(), nullable=False),
        sa.ForeignKeyConstraint(["office", "entry"], ["bank_entry.office", "bank_entry.id"], name="fk_bank_match"),
        sa.PrimaryKeyConstraint("office", "entry", "line"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_bank_match_item", "bank_match", ["item_office", "item"], unique=False)
    op.create_table(
        "payment",
        Column("office", col.Text(), nullable=False),
        Column("run", col.Number(), autoincrement=False, nullable=False),
        Column("line", col.Number(), autoincrement=False, nullable=False),
        Column("item_office", col.Text(), nullable=False),
        Column("item", col.Number(), nullable=False),
        Column("cents", col.Cents(), nullable=False),
        Column("end_to_end_id", col.Text(), nullable=False),
        Column("creditor_name", col.Text(), nullable=False),
        Column("creditor_iban", col.Text(), nullable=False),
        Column("remittance", col.Text(), nullable=False),
        Column("part", col.Number(), server_default="0", nullable=False),
        Column("item_cents", col.Cents(), nullable=True),
        Column("discount_cents", col.Cents(), server_default="0", nullable=False),
        Column("attachment", col.Number(), nullable=True),
        Column("purpose", col.Text(), server_default="", nullable=False),
        Column("file", col.Number(), nullable=True),
        Column("state", col.Text(), nullable=False),
        Column("active", col.Flag(), nullable=False),
        Column("bank_office", col.Text(), nullable=True),
        Column("bank_entry", col.Number(), nullable=True),
        sa.CheckConstraint(
            "active = (CASE WHEN state IN ('proposed', 'released', 'exported') THEN 1 ELSE 0 END)",
            name="ck_payment_active",
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'released', 'exported', 'executed', 'returned', 'discarded', 'voided', 'rejected')",
            name="ck_payment_state",
        ),
        sa.CheckConstraint("cents > 0 AND discount_cents >= 0", name="ck_payment_cents"),
        sa.ForeignKeyConstraint(["item_office", "item"], ["item.office", "item.id"], name="fk_payment_item"),
        sa.ForeignKeyConstraint(["office", "run"], ["payment_run.office", "payment_run.id"], name="fk_payment_run"),
        sa.PrimaryKeyConstraint("office", "run", "line"),
        sa.UniqueConstraint("end_to_end_id", name="uq_payment_end_to_end_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_payment_file", "payment", ["office", "run", "file"], unique=False)
    op.create_index("ix_payment_item", "payment", ["item_office", "item"], unique=False)
    op.create_index("ix_payment_twin", "payment", ["creditor_iban", "cents"], unique=False)
    op.create_index(
        "uq_payment_active_item",
        "payment",
        ["item_office", "item", "part"],
        unique=True,
        sqlite_where=sa.text("active = 1"),
        postgresql_where=sa.text("active = 1"),
    )
    op.create_table(
        "payment_file",
        Column("office", col.Text(), nullable=False),
        Column("run", col.Number(), autoincrement=False, nullable=False),
        Column("number", col.Number(), autoincrement=False, nullable=False),
        Column("state", col.Text(), nullable=False),
        Column("message_id", col.Text(), nullable=False),
        Column("kind", col.Text(), nullable=False),
        Column("name_check", col.Flag(), nullable=False),
        Column("profile", col.Text(), nullable=False),
        Column("charset", col.Text(), nullable=False),
        Column("ebics", col.Text(), nullable=False),
        Column("btf", col.Text(), nullable=False),
        Column("count", col.Number(), nullable=False),
        Column("total_cents", col.Cents(), nullable=False),
        Column("created_stamp", col.Text(), nullable=False),
        Column("sha256", col.Text(), nullable=True),
        Column("exported_at", col.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('transfer', 'instant')", name="ck_payment_file_kind"),
        sa.CheckConstraint("state IN ('released', 'exported', 'voided', 'rejected')", name="ck_payment_file_state"),
        sa.ForeignKeyConstraint(
            ["office", "run"], ["payment_run.office", "payment_run.id"], name="fk_payment_file_run"
        ),
        sa.PrimaryKeyConstraint("office", "run", "number"),
        sa.UniqueConstraint("message_id", name="uq_payment_file_message"),
        sqlite_strict=True,
    )
    op.create_table(
        "payment_run_change",
        Column("office", col.Text(), nullable=False),
        Column("run", col.Number(), autoincrement=False, nullable=False),
        Column("revision", col.Number(), autoincrement=False, nullable=False),
        Column("execution_day", col.Day(), nullable=False),
        Column("count", col.Number(), nullable=False),
        Column("total_cents", col.Cents(), nullable=False),
        Column("list_hash", col.Bytes(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office", "run"], ["payment_run.office", "payment_run.id"], name="fk_payment_run_change"
        ),
        sa.PrimaryKeyConstraint("office", "run", "revision"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "payment_run_step",
        Column("office", col.Text(), nullable=False),
        Column("run", col.Number(), autoincrement=False, nullable=False),
        Column("seq", col.Number(), autoincrement=False, nullable=False),
        Column("step", col.Text(), nullable=False),
        Column("by", col.Number(), nullable=False),
        Column("at", col.Text(), nullable=False),
        Column("file", col.Number(), nullable=True),
        Column("count", col.Number(), nullable=False),
        Column("total_cents", col.Cents(), nullable=False),
        Column("list_hash", col.Bytes(), nullable=False),
        Column("reason", col.Text(), nullable=True),
        sa.CheckConstraint(
            "step IN ('propose', 'review', 'change', 'release', 'export', 'discard', 'ask-void', 'void', 'reject')",
            name="ck_payment_run_step",
        ),
        sa.ForeignKeyConstraint(
            ["office", "run"], ["payment_run.office", "payment_run.id"], name="fk_payment_run_step"
        ),
        sa.PrimaryKeyConstraint("office", "run", "seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement_entry",
        Column("statement", col.Number(), autoincrement=False, nullable=False),
        Column("line", col.Number(), autoincrement=False, nullable=False),
        Column("office", col.Text(), nullable=False),
        Column("entry", col.Number(), nullable=False),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_statement_entry_statement"),
        sa.PrimaryKeyConstraint("statement", "line"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_statement_entry_entry", "statement_entry", ["office", "entry"], unique=False)
    op.create_table(
        "statement_part",
        Column("statement", col.Number(), autoincrement=False, nullable=False),
        Column("whole", col.Number(), nullable=False),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_statement_part_statement"),
        sa.ForeignKeyConstraint(["whole"], ["statement.id"], name="fk_statement_part_whole"),
        sa.PrimaryKeyConstraint("statement"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "suspense_case",
        Column("office", col.Text(), nullable=False),
        Column("item", col.Number(), autoincrement=False, nullable=False),
        Column("entry", col.Number(), nullable=True),
        Column("reason", col.Text(), nullable=False),
        Column("owner", col.Number(), nullable=True),
        Column("hold_until", col.Day(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office", "entry"], ["bank_entry.office", "bank_entry.id"], name="fk_suspense_case_entry"
        ),
        sa.ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_suspense_case_item"),
        sa.PrimaryKeyConstraint("office", "item"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_suspense_case_entry", "suspense_case", ["office", "entry"], unique=False)
    op.create_table(
        "payment_answer",
        Column("report", col.Number(), autoincrement=False, nullable=False),
        Column("seq", col.Number(), autoincrement=False, nullable=False),
        Column("office", col.Text(), nullable=False),
        Column("run", col.Number(), nullable=False),
        Column("line", col.Number(), nullable=False),
        Column("status", col.Text(), nullable=False),
        Column("reason", col.Text(), nullable=True),
        Column("information", col.Text(), nullable=True),
        Column("found_name", col.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office", "run", "line"], ["payment.office", "payment.run", "payment.line"], name="fk_payment_answer"
        ),
        sa.ForeignKeyConstraint(["report"], ["payment_report.id"], name="fk_payment_answer_report"),
        sa.PrimaryKeyConstraint("report", "seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_payment_answer_payment", "payment_answer", ["office", "run", "line"], unique=False)
    op.create_table(
        "vop_decision",
        Column("office", col.Text(), nullable=False),
        Column("run", col.Number(), autoincrement=False, nullable=False),
        Column("line", col.Number(), autoincrement=False, nullable=False),
        Column("seq", col.Number(), autoincrement=False, nullable=False),
        Column("decision", col.Text(), nullable=False),
        Column("status", col.Text(), nullable=False),
        Column("reason", col.Text(), nullable=False),
        Column("name", col.Text(), nullable=True),
        Column("iban", col.Text(), nullable=True),
        Column("rule", col.Number(), nullable=True),
        Column("made_by", col.Number(), nullable=False),
        Column("made_at", col.Text(), nullable=False),
        Column("confirmed_by", col.Number(), nullable=True),
        Column("confirmed_at", col.Text(), nullable=True),
        sa.CheckConstraint("decision IN ('accept', 'correct')", name="ck_vop_decision"),
        sa.CheckConstraint("confirmed_by IS NULL OR confirmed_by <> made_by", name="ck_vop_decision_persons"),
        sa.ForeignKeyConstraint(
            ["office", "run", "line"], ["payment.office", "payment.run", "payment.line"], name="fk_vop_decision"
        ),
        sa.PrimaryKeyConstraint("office", "run", "line", "seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    # ### end Alembic commands ###

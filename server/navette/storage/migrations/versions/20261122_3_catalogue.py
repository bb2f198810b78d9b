"""the catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_3_catalogue"
down_revision = "20261122_2_network"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
    )
    with op.batch_alter_table("work") as batch_op:
        batch_op.create_index(batch_op.f("ix_work_key"), ["key"], unique=False)

    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_sort", sa.Text(), nullable=False),
        sa.Column("subtitle", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("author_sort", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("extent", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("series_title", sa.Text(), nullable=False),
        sa.Column("volume_label", sa.Text(), nullable=False),
        sa.Column("volume_number", sa.Integer(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("genres", sa.Text(), nullable=False),
        sa.Column("dewey", sa.Text(), nullable=False),
        sa.Column("identifiers", sa.Text(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_record_work_id_work")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    with op.batch_alter_table("record") as batch_op:
        batch_op.create_index(batch_op.f("ix_record_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_series_title"), ["series_title"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_work_id"), ["work_id"], unique=False)

    op.create_table(
        "match_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_match_key_record_id_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_key")),
        sa.UniqueConstraint("key", "record_id", name=op.f("uq_match_key_key_record_id")),
    )
    with op.batch_alter_table("match_key") as batch_op:
        batch_op.create_index(batch_op.f("ix_match_key_record_id"), ["record_id"], unique=False)

    op.create_table(
        "source_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("local_id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_source_record_library_id_library")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_source_record_record_id_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_record")),
        sa.UniqueConstraint(
            "library_id", "local_id", name=op.f("uq_source_record_library_id_local_id")
        ),
    )
    with op.batch_alter_table("source_record") as batch_op:
        batch_op.create_index(batch_op.f("ix_source_record_record_id"), ["record_id"], unique=False)

    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("source_record_id", sa.Integer(), nullable=True),
        sa.Column("home_library_id", sa.Integer(), nullable=False),
        sa.Column("current_library_id", sa.Integer(), nullable=False),
        sa.Column("barcode", sa.Text(), nullable=False),
        sa.Column("barcode_printed", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("processing_cause", sa.Text(), nullable=True),
        sa.Column("not_for_loan", sa.Boolean(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("call_number", sa.Text(), nullable=False),
        sa.Column("volume_key", sa.Text(), nullable=False),
        sa.Column("volume_label", sa.Text(), nullable=False),
        sa.Column("price", sa.Text(), nullable=False),
        sa.Column("new_until", sa.Date(), nullable=True),
        sa.Column("on_site_until", sa.Date(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("targeting_penalty", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["current_library_id"], ["library.id"], name=op.f("fk_item_current_library_id_library")
        ),
        sa.ForeignKeyConstraint(
            ["home_library_id"], ["library.id"], name=op.f("fk_item_home_library_id_library")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_item_record_id_record")
        ),
        sa.ForeignKeyConstraint(
            ["source_record_id"],
            ["source_record.id"],
            name=op.f("fk_item_source_record_id_source_record"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint(
            "home_library_id", "barcode", name=op.f("uq_item_home_library_id_barcode")
        ),
    )
    with op.batch_alter_table("item") as batch_op:
        batch_op.create_index("ix_item_barcode", ["barcode"], unique=False)
        batch_op.create_index(
            "ix_item_current_library_id_status", ["current_library_id", "status"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_item_record_id"), ["record_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_item_source_record_id"), ["source_record_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("item") as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_source_record_id"))
        batch_op.drop_index(batch_op.f("ix_item_record_id"))
        batch_op.drop_index("ix_item_current_library_id_status")
        batch_op.drop_index("ix_item_barcode")

    op.drop_table("item")
    with op.batch_alter_table("source_record") as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_record_record_id"))

    op.drop_table("source_record")
    with op.batch_alter_table("match_key") as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_key_record_id"))

    op.drop_table("match_key")
    with op.batch_alter_table("record") as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_work_id"))
        batch_op.drop_index(batch_op.f("ix_record_series_title"))
        batch_op.drop_index(batch_op.f("ix_record_created_at"))

    op.drop_table("record")
    with op.batch_alter_table("work") as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_key"))

    op.drop_table("work")

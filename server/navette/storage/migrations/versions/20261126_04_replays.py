"""scans that lost without network, conflicts with other systems."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_04_replays"
down_revision = "20261126_22_eresources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lost_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_lost_scan_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lost_scan")),
        sa.UniqueConstraint("client_key", name=op.f("uq_lost_scan_client_key")),
    )
    op.create_index(
        "ix_lost_scan_library_id_seen_at", "lost_scan", ["library_id", "seen_at"], unique=False
    )
    op.create_table(
        "mirror_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_mirror_conflict_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_mirror_conflict_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_conflict")),
    )
    op.create_index(
        "ix_mirror_conflict_library_id", "mirror_conflict", ["library_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("mirror_conflict")
    op.drop_table("lost_scan")

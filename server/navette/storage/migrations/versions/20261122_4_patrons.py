"""people."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_4_patrons"
down_revision = "20261122_3_catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patron",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("home_library_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("blocked_reason", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("title_on_notices", sa.Boolean(), nullable=False),
        sa.Column("hold_rhythm", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["home_library_id"], ["library.id"], name=op.f("fk_patron_home_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patron")),
        sa.UniqueConstraint("card", name=op.f("uq_patron_card")),
    )
    with op.batch_alter_table("patron") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_patron_home_library_id"), ["home_library_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_patron_name_key"), ["name_key"], unique=False)

    op.create_table(
        "card_number",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_card_number_patron_id_patron")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_card_number")),
    )
    with op.batch_alter_table("card_number") as batch_op:
        batch_op.create_index(batch_op.f("ix_card_number_patron_id"), ["patron_id"], unique=False)

    op.create_table(
        "guardian",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["child_id"], ["patron.id"], name=op.f("fk_guardian_child_id_patron")
        ),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["patron.id"], name=op.f("fk_guardian_guardian_id_patron")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
    )
    with op.batch_alter_table("guardian") as batch_op:
        batch_op.create_index(batch_op.f("ix_guardian_child_id"), ["child_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guardian_guardian_id"), ["guardian_id"], unique=False)
        batch_op.create_index(
            "uq_guardian_pair",
            ["guardian_id", "child_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("guardian") as batch_op:
        batch_op.drop_index(
            "uq_guardian_pair",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_guardian_guardian_id"))
        batch_op.drop_index(batch_op.f("ix_guardian_child_id"))

    op.drop_table("guardian")
    with op.batch_alter_table("card_number") as batch_op:
        batch_op.drop_index(batch_op.f("ix_card_number_patron_id"))

    op.drop_table("card_number")
    with op.batch_alter_table("patron") as batch_op:
        batch_op.drop_index(batch_op.f("ix_patron_name_key"))
        batch_op.drop_index(batch_op.f("ix_patron_home_library_id"))

    op.drop_table("patron")

"""reading: the list of one's past loans, kept for who asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_61_reading"
down_revision = "20261126_60_proving"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("patron") as batch_op:
        batch_op.add_column(sa.Column("history_since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("byline", sa.Text(), nullable=False),
        sa.Column("lent_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_reading_patron_id_patron")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("loan_id", name=op.f("uq_reading_loan_id")),
    )
    with op.batch_alter_table("reading") as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_patron_id"), ["patron_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_returned_on"), ["returned_on"], unique=False)


def downgrade() -> None:
    op.drop_table("reading")
    with op.batch_alter_table("patron") as batch_op:
        batch_op.drop_column("history_since")

"""The situation a promise was made for; habits, counted without names."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_20_promise"
down_revision = "20261126_30_families"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("hold") as batch_op:
        batch_op.add_column(sa.Column("promised_for", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("hold") as batch_op:
        batch_op.alter_column("promised_for", server_default=None)

    op.create_table(
        "observation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("item_type", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_observation_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
        sa.UniqueConstraint(
            "kind", "library_id", "item_type", name=op.f("uq_observation_kind_library_id_item_type")
        ),
    )
    op.create_table(
        "observed_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_observed_day")),
    )


def downgrade() -> None:
    op.drop_table("observed_day")
    op.drop_table("observation")
    with op.batch_alter_table("hold") as batch_op:
        batch_op.drop_column("promised_for")

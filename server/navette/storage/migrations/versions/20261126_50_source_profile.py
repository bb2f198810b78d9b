"""a network's own profiles of its sources."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_50_source_profile"
down_revision = "20261126_32_registering"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_profile",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_source_profile")),
    )


def downgrade() -> None:
    op.drop_table("source_profile")

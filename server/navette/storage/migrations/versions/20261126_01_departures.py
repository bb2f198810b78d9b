"""who was being told by which way, noted before it goes out."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_01_departures"
down_revision = "20261126_10_catalogue_series"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("departures", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_column("departures")

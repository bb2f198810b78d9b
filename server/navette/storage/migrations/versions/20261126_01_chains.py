"""series in order, everything collected together."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_01_chains"
down_revision = "20261126_40_telling"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hold", sa.Column("chain_id", sa.Integer(), nullable=True))
    op.create_index("ix_hold_chain_id", "hold", ["chain_id"], unique=False)
    op.add_column(
        "patron",
        sa.Column("group_pickup", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    with op.batch_alter_table("patron") as batch_op:
        batch_op.drop_column("group_pickup")
    op.drop_index("ix_hold_chain_id", table_name="hold")
    with op.batch_alter_table("hold") as batch_op:
        batch_op.drop_column("chain_id")

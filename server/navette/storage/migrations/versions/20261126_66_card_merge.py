"""card merge: what was true of two cards before they became one, for a week."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_66_card_merge"
down_revision = "20261126_65_usual_library"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("stays_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gone_id"], ["patron.id"], name=op.f("fk_card_merge_gone_id_patron")
        ),
        sa.ForeignKeyConstraint(
            ["stays_id"], ["patron.id"], name=op.f("fk_card_merge_stays_id_patron")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_merge")),
    )
    with op.batch_alter_table("card_merge") as batch_op:
        for name in ("gone_id", "stays_id", "at"):
            batch_op.create_index(batch_op.f(f"ix_card_merge_{name}"), [name], unique=False)


def downgrade() -> None:
    op.drop_table("card_merge")

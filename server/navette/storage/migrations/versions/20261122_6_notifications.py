"""push subscriptions and messages."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_6_notifications"
down_revision = "20261122_5_circulation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_key", sa.Text(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message") as batch_op:
        batch_op.create_index(batch_op.f("ix_message_hold_id"), ["hold_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_outbox_key"), ["outbox_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_patron_id"), ["patron_id"], unique=False)

    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_push_subscription_patron_id_patron")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscription_endpoint")),
    )
    with op.batch_alter_table("push_subscription") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_push_subscription_patron_id"), ["patron_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("push_subscription") as batch_op:
        batch_op.drop_index(batch_op.f("ix_push_subscription_patron_id"))

    op.drop_table("push_subscription")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_patron_id"))
        batch_op.drop_index(batch_op.f("ix_message_outbox_key"))
        batch_op.drop_index(batch_op.f("ix_message_hold_id"))

    op.drop_table("message")

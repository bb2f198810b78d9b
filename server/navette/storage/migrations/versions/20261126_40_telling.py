"""What people chose about being told; calls and letters ticked; SMS counted; a private calendar."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_40_telling"
down_revision = "20261126_20_promise"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(sa.Column("library_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("done_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("result", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_message_library_id"), ["library_id"], unique=False)
    with op.batch_alter_table("message") as batch_op:
        batch_op.alter_column("result", server_default=None)
    with op.batch_alter_table("push_subscription") as batch_op:
        batch_op.add_column(sa.Column("session_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_push_subscription_session_id"), ["session_id"], unique=False
        )
    op.create_table(
        "notice_choice",
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("turns", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_notice_choice_patron_id_patron")
        ),
        sa.PrimaryKeyConstraint("patron_id", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "calendar_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("titles", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_calendar_address_patron_id_patron")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_address")),
        sa.UniqueConstraint("patron_id", name=op.f("uq_calendar_address_patron_id")),
        sa.UniqueConstraint("mark", name=op.f("uq_calendar_address_mark")),
    )
    op.create_table(
        "sms_month",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_sms_month")),
    )


def downgrade() -> None:
    op.drop_table("sms_month")
    op.drop_table("calendar_address")
    op.drop_table("notice_choice")
    with op.batch_alter_table("push_subscription") as batch_op:
        batch_op.drop_index(batch_op.f("ix_push_subscription_session_id"))
        batch_op.drop_column("session_id")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_library_id"))
        for name in ("result", "done_by", "done_at", "library_id"):
            batch_op.drop_column(name)

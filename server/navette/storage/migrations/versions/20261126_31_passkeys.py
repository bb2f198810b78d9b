"""passkeys of patrons and staff; codes that carry a session to the installed app."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_31_passkeys"
down_revision = "20261126_04_replays"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("one_time_code") as batch_op:
        batch_op.add_column(sa.Column("session_id", sa.Integer(), nullable=True))
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_passkey_patron_id_patron")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkey_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    with op.batch_alter_table("passkey") as batch_op:
        for name in ("patron_id", "staff_id"):
            batch_op.create_index(batch_op.f(f"ix_passkey_{name}"), [name], unique=False)


def downgrade() -> None:
    op.drop_table("passkey")
    with op.batch_alter_table("one_time_code") as batch_op:
        batch_op.drop_column("session_id")

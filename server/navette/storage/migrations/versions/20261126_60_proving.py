"""proving: when a session's person last proved who they are; browsers known to the team."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_60_proving"
down_revision = "20261126_50_source_profile"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("auth_session") as batch_op:
        batch_op.add_column(sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(sa.text("UPDATE auth_session SET proven_at = created_at"))
    with op.batch_alter_table("auth_session") as batch_op:
        batch_op.alter_column("proven_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    with op.batch_alter_table("known_device") as batch_op:
        batch_op.alter_column("patron_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("staff_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_known_device_staff_id_staff"), "staff", ["staff_id"], ["id"]
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_known_device_device_hash_staff_id"), ["device_hash", "staff_id"]
        )
        batch_op.create_index(batch_op.f("ix_known_device_staff_id"), ["staff_id"], unique=False)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM known_device WHERE patron_id IS NULL"))
    with op.batch_alter_table("known_device") as batch_op:
        batch_op.drop_index(batch_op.f("ix_known_device_staff_id"))
        batch_op.drop_constraint(batch_op.f("uq_known_device_device_hash_staff_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_known_device_staff_id_staff"), type_="foreignkey")
        batch_op.drop_column("staff_id")
        batch_op.alter_column("patron_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("auth_session") as batch_op:
        batch_op.drop_column("proven_at")

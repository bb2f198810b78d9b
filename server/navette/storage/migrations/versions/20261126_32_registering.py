"""registering: what is written at home, cards that became one, cards that are two people."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_32_registering"
down_revision = "20261126_31_passkeys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("patron") as batch_op:
        batch_op.add_column(sa.Column("merged_into", sa.Integer(), nullable=True))
    op.create_table(
        "preregistration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("birth", sa.Date(), nullable=False),
        sa.Column("home_library_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("guardian_card", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["home_library_id"],
            ["library.id"],
            name=op.f("fk_preregistration_home_library_id_library"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preregistration")),
        sa.UniqueConstraint("reference", name=op.f("uq_preregistration_reference")),
    )
    with op.batch_alter_table("preregistration") as batch_op:
        for name in ("name_key", "expires_at"):
            batch_op.create_index(batch_op.f(f"ix_preregistration_{name}"), [name], unique=False)
    op.create_table(
        "not_same_person",
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["low_id"], ["patron.id"], name=op.f("fk_not_same_person_low_id_patron")
        ),
        sa.ForeignKeyConstraint(
            ["high_id"], ["patron.id"], name=op.f("fk_not_same_person_high_id_patron")
        ),
        sa.PrimaryKeyConstraint("low_id", "high_id", name=op.f("pk_not_same_person")),
    )


def downgrade() -> None:
    op.drop_table("not_same_person")
    op.drop_table("preregistration")
    with op.batch_alter_table("patron") as batch_op:
        batch_op.drop_column("merged_into")

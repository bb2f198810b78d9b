"""days with hours of their own, questions about closures."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_03_closures"
down_revision = "20261126_02_lateness"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "special_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_special_hours_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_hours")),
    )
    op.create_index("ix_special_hours_library_id", "special_hours", ["library_id"], unique=False)
    op.create_table(
        "closure_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("closure_id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("proposed_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("holds", sa.Text(), nullable=False),
        sa.Column("likely_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_closure_question_library_id_library")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_closure_question_patron_id_patron")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_id"], ["library.id"], name=op.f("fk_closure_question_proposed_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_question")),
        sa.UniqueConstraint(
            "closure_id", "patron_id", name=op.f("uq_closure_question_closure_id_patron_id")
        ),
    )
    op.create_index(
        "ix_closure_question_patron_id", "closure_question", ["patron_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("closure_question")
    op.drop_table("special_hours")

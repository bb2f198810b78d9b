"""claimed returned, loss, pauses for lateness, amnesty."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_02_lateness"
down_revision = "20261126_01_chains"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("loan", sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "loan", sa.Column("ended_as", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "item", sa.Column("claimed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("patron", sa.Column("suspended_until", sa.Date(), nullable=True))
    op.create_table(
        "amnesty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amnesty")),
    )
    op.create_table(
        "return_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("lending_library_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_return_claim_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["lending_library_id"],
            ["library.id"],
            name=op.f("fk_return_claim_lending_library_id_library"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loan.id"], name=op.f("fk_return_claim_loan_id_loan")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_return_claim_patron_id_patron")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_claim")),
    )
    open_state = sa.text("state IN ('SEARCHING', 'UNDECIDED')")
    op.create_index("ix_return_claim_patron_id", "return_claim", ["patron_id"], unique=False)
    op.create_index("ix_return_claim_state", "return_claim", ["state"], unique=False)
    op.create_index(
        "uq_return_claim_open_loan",
        "return_claim",
        ["loan_id"],
        unique=True,
        sqlite_where=open_state,
        postgresql_where=open_state,
    )
    op.create_table(
        "claim_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["return_claim.id"], name=op.f("fk_claim_search_claim_id_return_claim")
        ),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_claim_search_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_search")),
    )
    op.create_index("ix_claim_search_claim_id", "claim_search", ["claim_id"], unique=False)
    op.create_index("ix_claim_search_library_id", "claim_search", ["library_id"], unique=False)


def downgrade() -> None:
    op.drop_table("claim_search")
    op.drop_table("return_claim")
    op.drop_table("amnesty")
    for name, column in (
        ("patron", "suspended_until"),
        ("item", "claimed"),
        ("loan", "ended_as"),
        ("loan", "claimed_at"),
    ):
        with op.batch_alter_table(name) as batch_op:
            batch_op.drop_column(column)

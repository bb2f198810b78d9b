"""series, adapted reading, other titles; what staff decided about grouping."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_10_catalogue_series"
down_revision = "20261122_7_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("key", name=op.f("uq_series_key")),
    )
    op.create_table(
        "grouping_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("one_library_id", sa.Integer(), nullable=False),
        sa.Column("one_local_id", sa.Text(), nullable=False),
        sa.Column("other_library_id", sa.Integer(), nullable=False),
        sa.Column("other_local_id", sa.Text(), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["one_library_id"],
            ["library.id"],
            name=op.f("fk_grouping_decision_one_library_id_library"),
        ),
        sa.ForeignKeyConstraint(
            ["other_library_id"],
            ["library.id"],
            name=op.f("fk_grouping_decision_other_library_id_library"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grouping_decision")),
        sa.UniqueConstraint(
            "one_library_id",
            "one_local_id",
            "other_library_id",
            "other_local_id",
            name="uq_grouping_decision_pair",
        ),
    )
    with op.batch_alter_table("grouping_decision") as batch_op:
        batch_op.create_index(
            "ix_grouping_decision_other", ["other_library_id", "other_local_id"], unique=False
        )
    with op.batch_alter_table("record") as batch_op:
        batch_op.add_column(sa.Column("place", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("collection", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("other_titles", sa.Text(), nullable=False, server_default="[]")
        )
        batch_op.add_column(sa.Column("adapted", sa.Text(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("series_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_record_series_id_series"), "series", ["series_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_record_series_id"), ["series_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("record") as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_series_id"))
        batch_op.drop_constraint(op.f("fk_record_series_id_series"), type_="foreignkey")
        batch_op.drop_column("series_id")
        batch_op.drop_column("adapted")
        batch_op.drop_column("other_titles")
        batch_op.drop_column("collection")
        batch_op.drop_column("place")
    op.drop_table("grouping_decision")
    op.drop_table("series")

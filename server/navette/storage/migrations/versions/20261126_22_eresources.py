"""titles of e-resources, harvested from feeds."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_22_eresources"
down_revision = "20261126_03_closures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "eresource_title",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in (
                "feed", "identifier", "title", "authors", "kind", "language", "publisher",
                "published", "summary", "href", "state", "search_key", "title_key",
            )
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eresource_title")),
        sa.UniqueConstraint("feed", "identifier", name=op.f("uq_eresource_title_feed_identifier")),
    )  # fmt: skip
    with op.batch_alter_table("eresource_title") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_eresource_title_title_key"), ["title_key"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("eresource_title") as batch_op:
        batch_op.drop_index(batch_op.f("ix_eresource_title_title_key"))
    op.drop_table("eresource_title")

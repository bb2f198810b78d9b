"""where somebody likes to collect."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_65_usual_library"
down_revision = "20261126_61_reading"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("patron") as patron:
        patron.add_column(sa.Column("usual_library_id", sa.Integer(), nullable=True))
        patron.create_foreign_key(
            op.f("fk_patron_usual_library_id_library"), "library", ["usual_library_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("patron") as patron:
        patron.drop_constraint(op.f("fk_patron_usual_library_id_library"), type_="foreignkey")
        patron.drop_column("usual_library_id")

"""languages that a text came from, of its subtitles; which record took over an emptied one."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_67_record_says_more"
down_revision = "20261126_66_card_merge"
branch_labels = None
depends_on = None

_LISTS = ("original_languages", "subtitle_languages")


def upgrade() -> None:
    for name in _LISTS:
        op.add_column("record", sa.Column(name, sa.Text(), nullable=False, server_default="[]"))
    op.add_column("record", sa.Column("merged_into", sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in (*_LISTS, "merged_into"):
        op.drop_column("record", name)

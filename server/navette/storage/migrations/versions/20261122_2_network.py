"""the network."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2_network"
down_revision = "20261122_1_storage"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "library",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("insee", sa.Text(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("accessibility", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("shelf_prefix", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library")),
        sa.UniqueConstraint("code", name=op.f("uq_library_code")),
    )
    op.create_table(
        "network_fact",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_network_fact")),
    )
    op.create_table(
        "rule_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("library", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("item_type", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_value")),
        sa.UniqueConstraint(
            "name",
            "library",
            "category",
            "item_type",
            name=op.f("uq_rule_value_name_library_category_item_type"),
        ),
    )
    op.create_table(
        "van_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stops", sa.Text(), nullable=False),
        sa.Column("altered", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_van_run")),
        sa.UniqueConstraint("day", name=op.f("uq_van_run_day")),
    )
    with op.batch_alter_table("van_run") as batch_op:
        batch_op.create_index("ix_van_run_altered", ["altered"], unique=False)

    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_closure_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    with op.batch_alter_table("closure") as batch_op:
        batch_op.create_index(batch_op.f("ix_closure_library_id"), ["library_id"], unique=False)

    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_opening_hours_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
    )
    with op.batch_alter_table("opening_hours") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_opening_hours_library_id"), ["library_id"], unique=False
        )

    op.create_table(
        "pickup_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_pickup_place_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickup_place")),
        sa.UniqueConstraint("code", name=op.f("uq_pickup_place_code")),
    )
    with op.batch_alter_table("pickup_place") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pickup_place_library_id"), ["library_id"], unique=False
        )

    op.create_table(
        "van_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("arrives", sa.Integer(), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_van_stop_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_van_stop")),
        sa.UniqueConstraint("weekday", "sequence", name=op.f("uq_van_stop_weekday_sequence")),
    )
    with op.batch_alter_table("van_stop") as batch_op:
        batch_op.create_index(batch_op.f("ix_van_stop_library_id"), ["library_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("van_stop") as batch_op:
        batch_op.drop_index(batch_op.f("ix_van_stop_library_id"))

    op.drop_table("van_stop")
    with op.batch_alter_table("pickup_place") as batch_op:
        batch_op.drop_index(batch_op.f("ix_pickup_place_library_id"))

    op.drop_table("pickup_place")
    with op.batch_alter_table("opening_hours") as batch_op:
        batch_op.drop_index(batch_op.f("ix_opening_hours_library_id"))

    op.drop_table("opening_hours")
    with op.batch_alter_table("closure") as batch_op:
        batch_op.drop_index(batch_op.f("ix_closure_library_id"))

    op.drop_table("closure")
    with op.batch_alter_table("van_run") as batch_op:
        batch_op.drop_index("ix_van_run_altered")

    op.drop_table("van_run")
    op.drop_table("rule_value")
    op.drop_table("network_fact")
    op.drop_table("library")

"""holds, transits and loans."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_5_circulation"
down_revision = "20261122_4_patrons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "repeated_request",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_repeated_request")),
    )
    with op.batch_alter_table("repeated_request") as batch_op:
        batch_op.create_index(batch_op.f("ix_repeated_request_at"), ["at"], unique=False)

    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("placed_by", sa.Integer(), nullable=True),
        sa.Column("placed_by_staff", sa.Integer(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("volume_key", sa.Text(), nullable=False),
        sa.Column("pickup_place_id", sa.Integer(), nullable=False),
        sa.Column("pickup_library_id", sa.Integer(), nullable=False),
        sa.Column("rank_class", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.Date(), nullable=True),
        sa.Column("suspended_until", sa.Date(), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("previous_in_chain", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("targeted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("target_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pickup_deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shelf_place", sa.Text(), nullable=False),
        sa.Column("passes_used", sa.Integer(), nullable=False),
        sa.Column("overtaken", sa.Integer(), nullable=False),
        sa.Column("promised_likely_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_latest_on", sa.Date(), nullable=True),
        sa.Column("likely_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latest_on", sa.Date(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hopeless_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_hold_item_id_item")),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_hold_patron_id_patron")
        ),
        sa.ForeignKeyConstraint(
            ["pickup_library_id"], ["library.id"], name=op.f("fk_hold_pickup_library_id_library")
        ),
        sa.ForeignKeyConstraint(
            ["pickup_place_id"],
            ["pickup_place.id"],
            name=op.f("fk_hold_pickup_place_id_pickup_place"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_hold_record_id_record")
        ),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_hold_work_id_work")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold") as batch_op:
        batch_op.create_index("ix_hold_item_id", ["item_id"], unique=False)
        batch_op.create_index("ix_hold_patron_id_state", ["patron_id", "state"], unique=False)
        batch_op.create_index(
            "ix_hold_pickup_library_id_state", ["pickup_library_id", "state"], unique=False
        )
        batch_op.create_index("ix_hold_queue", ["work_id", "state"], unique=False)
        batch_op.create_index("ix_hold_record_id_state", ["record_id", "state"], unique=False)
        batch_op.create_index(
            "uq_hold_active",
            ["patron_id", "level", "target_id", "volume_key"],
            unique=True,
            sqlite_where=sa.text(
                "state IN ('WAITING', 'TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"
            ),
            postgresql_where=sa.text(
                "state IN ('WAITING', 'TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"
            ),
        )
        batch_op.create_index(
            "uq_hold_bound_item",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"),
            postgresql_where=sa.text("state IN ('TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"),
        )

    op.create_table(
        "loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("lent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_library_id", sa.Integer(), nullable=True),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_loan_item_id_item")),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_loan_library_id_library")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_loan_patron_id_patron")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_loan_record_id_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
    )
    with op.batch_alter_table("loan") as batch_op:
        batch_op.create_index(
            "ix_loan_patron_id_returned_at", ["patron_id", "returned_at"], unique=False
        )
        batch_op.create_index("ix_loan_record_id", ["record_id"], unique=False)
        batch_op.create_index(
            "uq_loan_open_item",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("returned_at IS NULL"),
            postgresql_where=sa.text("returned_at IS NULL"),
        )

    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scan_key", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_scan_item_id_item")),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_scan_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("scan_key", name=op.f("uq_scan_scan_key")),
    )
    with op.batch_alter_table("scan") as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_item_id"), ["item_id"], unique=False)
        batch_op.create_index("ix_scan_library_id_at", ["library_id", "at"], unique=False)

    op.create_table(
        "hold_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_hold_event_hold_id_hold")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_event")),
    )
    with op.batch_alter_table("hold_event") as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_event_hold_id"), ["hold_id"], unique=False)

    op.create_table(
        "transit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("misrouted", sa.Integer(), nullable=False),
        sa.Column("van_run_id", sa.Integer(), nullable=True),
        sa.Column("boxed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["library.id"], name=op.f("fk_transit_destination_id_library")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_transit_hold_id_hold")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_transit_item_id_item")),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["library.id"], name=op.f("fk_transit_origin_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transit")),
    )
    with op.batch_alter_table("transit") as batch_op:
        batch_op.create_index(
            "ix_transit_destination_id_state", ["destination_id", "state"], unique=False
        )
        batch_op.create_index("ix_transit_hold_id", ["hold_id"], unique=False)
        batch_op.create_index("ix_transit_origin_id_state", ["origin_id", "state"], unique=False)
        batch_op.create_index(
            "uq_transit_open_item",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('BOXED', 'ON_VAN')"),
            postgresql_where=sa.text("state IN ('BOXED', 'ON_VAN')"),
        )


def downgrade() -> None:
    with op.batch_alter_table("transit") as batch_op:
        batch_op.drop_index(
            "uq_transit_open_item",
            sqlite_where=sa.text("state IN ('BOXED', 'ON_VAN')"),
            postgresql_where=sa.text("state IN ('BOXED', 'ON_VAN')"),
        )
        batch_op.drop_index("ix_transit_origin_id_state")
        batch_op.drop_index("ix_transit_hold_id")
        batch_op.drop_index("ix_transit_destination_id_state")

    op.drop_table("transit")
    with op.batch_alter_table("hold_event") as batch_op:
        batch_op.drop_index(batch_op.f("ix_hold_event_hold_id"))

    op.drop_table("hold_event")
    with op.batch_alter_table("scan") as batch_op:
        batch_op.drop_index("ix_scan_library_id_at")
        batch_op.drop_index(batch_op.f("ix_scan_item_id"))

    op.drop_table("scan")
    with op.batch_alter_table("loan") as batch_op:
        batch_op.drop_index(
            "uq_loan_open_item",
            sqlite_where=sa.text("returned_at IS NULL"),
            postgresql_where=sa.text("returned_at IS NULL"),
        )
        batch_op.drop_index("ix_loan_record_id")
        batch_op.drop_index("ix_loan_patron_id_returned_at")

    op.drop_table("loan")
    with op.batch_alter_table("hold") as batch_op:
        batch_op.drop_index(
            "uq_hold_bound_item",
            sqlite_where=sa.text("state IN ('TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"),
            postgresql_where=sa.text("state IN ('TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"),
        )
        batch_op.drop_index(
            "uq_hold_active",
            sqlite_where=sa.text(
                "state IN ('WAITING', 'TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"
            ),
            postgresql_where=sa.text(
                "state IN ('WAITING', 'TARGETED', 'IN_TRANSIT', 'PROCESSING', 'READY')"
            ),
        )
        batch_op.drop_index("ix_hold_record_id_state")
        batch_op.drop_index("ix_hold_queue")
        batch_op.drop_index("ix_hold_pickup_library_id_state")
        batch_op.drop_index("ix_hold_patron_id_state")
        batch_op.drop_index("ix_hold_item_id")

    op.drop_table("hold")
    with op.batch_alter_table("repeated_request") as batch_op:
        batch_op.drop_index(batch_op.f("ix_repeated_request_at"))

    op.drop_table("repeated_request")

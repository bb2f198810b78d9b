"""the team: badges, locked desks, the journal that nobody changes; what tokens need."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_21_team"
down_revision = "20261126_01_departures"
branch_labels = None
depends_on = None

# The journal only grows. Its lines may go after thirteen months, by the database's own clock.
SQLITE = (
    """
    CREATE TRIGGER staff_look_no_update BEFORE UPDATE ON staff_look
    BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END
    """,
    """
    CREATE TRIGGER staff_look_no_delete BEFORE DELETE ON staff_look
    WHEN OLD.at > datetime('now', '-13 months')
    BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END
    """,
    """
    CREATE TRIGGER staff_look_no_replace BEFORE INSERT ON staff_look
    WHEN EXISTS (SELECT 1 FROM staff_look WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION staff_look_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '13 months' THEN RETURN OLD; END IF;
      RAISE EXCEPTION 'the journal is never changed';
    END $$
    """,
    """
    CREATE TRIGGER staff_look_no_change BEFORE UPDATE OR DELETE ON staff_look
    FOR EACH ROW EXECUTE FUNCTION staff_look_stays()
    """,
    """
    CREATE TRIGGER staff_look_no_truncate BEFORE TRUNCATE ON staff_look
    FOR EACH STATEMENT EXECUTE FUNCTION staff_look_stays()
    """,
)


def upgrade() -> None:
    with op.batch_alter_table("staff") as batch_op:
        batch_op.add_column(sa.Column("totp_pending", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("badge_hash", sa.Text(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_staff_badge_hash"), ["badge_hash"])
    with op.batch_alter_table("auth_session") as batch_op:
        for name in ("refresh_token", "waits_for"):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("auth_session") as batch_op:
        for name in ("refresh_token", "waits_for"):
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.add_column(sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "staff_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("library", sa.Text(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_look")),
    )
    with op.batch_alter_table("staff_look") as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_look_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_look_staff_id"), ["staff_id"], unique=False)
        batch_op.create_index("ix_staff_look_patron_id_id", ["patron_id", "id"], unique=False)
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("staff_look")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION staff_look_stays()")
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.drop_column("last_used_at")
    with op.batch_alter_table("auth_session") as batch_op:
        for name in ("refreshed_at", "refresh_token", "waits_for"):
            batch_op.drop_column(name)
    with op.batch_alter_table("staff") as batch_op:
        batch_op.drop_constraint(op.f("uq_staff_badge_hash"), type_="unique")
        batch_op.drop_column("badge_hash")
        batch_op.drop_column("totp_pending")

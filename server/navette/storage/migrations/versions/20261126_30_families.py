"""families: ages, what is shown to guardians, invitations, consents, codes to collect."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_30_families"
down_revision = "20261126_21_team"
branch_labels = None
depends_on = None


def _instant(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=empty)


def _patron(table: str, name: str, *, empty: bool = False) -> list:
    return [
        sa.Column(name, sa.Integer(), nullable=empty),
        sa.ForeignKeyConstraint([name], ["patron.id"], name=op.f(f"fk_{table}_{name}_patron")),
    ]


def _index(table: str, *names: str) -> None:
    with op.batch_alter_table(table) as batch_op:
        for name in names:
            batch_op.create_index(batch_op.f(f"ix_{table}_{name}"), [name], unique=False)


def upgrade() -> None:
    with op.batch_alter_table("patron") as batch_op:
        batch_op.add_column(sa.Column("of_age_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("titles_shown", sa.Boolean(), nullable=True))
        batch_op.create_index(batch_op.f("ix_patron_of_age_on"), ["of_age_on"], unique=False)
    with op.batch_alter_table("guardian") as batch_op:
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("made_by", sa.Text(), nullable=False, server_default="desk"))
        batch_op.add_column(sa.Column("ended_by", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index("ix_guardian_ends_on", ["ends_on"], unique=False)
    _invitations()
    _consents()
    _pickup_codes()


def _invitations() -> None:
    table = "guardian_invitation"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        *_patron(table, "child_id"),
        *_patron(table, "invited_by"),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("check_number", sa.Text(), nullable=False),
        *_patron(table, "answered_by", empty=True),
        _instant("created_at"),
        _instant("expires_at"),
        _instant("answered_at", empty=True),
        _instant("ended_at", empty=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("mark", name=op.f(f"uq_{table}_mark")),
    )
    _index(table, "child_id", "invited_by", "answered_by", "expires_at")


def _consents() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        *_patron("consent", "child_id"),
        sa.Column("what", sa.Text(), nullable=False),
        _instant("asked_at"),
        _instant("child_at", empty=True),
        _instant("guardian_at", empty=True),
        *_patron("consent", "guardian_id", empty=True),
        sa.Column("at_desk", sa.Boolean(), nullable=False),
        _instant("ended_at", empty=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    _index("consent", "child_id")
    with op.batch_alter_table("consent") as batch_op:
        batch_op.create_index(
            "uq_consent_open",
            ["child_id", "what"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def _pickup_codes() -> None:
    op.create_table(
        "pickup_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        *_patron("pickup_code", "patron_id"),
        _instant("created_at"),
        _instant("expires_at"),
        _instant("used_at", empty=True),
        sa.Column("used_library_id", sa.Integer(), nullable=True),
        _instant("ended_at", empty=True),
        sa.ForeignKeyConstraint(
            ["used_library_id"], ["library.id"], name=op.f("fk_pickup_code_used_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickup_code")),
        sa.UniqueConstraint("mark", name=op.f("uq_pickup_code_mark")),
    )
    _index("pickup_code", "patron_id", "expires_at")


def downgrade() -> None:
    for table in ("pickup_code", "consent", "guardian_invitation"):
        op.drop_table(table)
    with op.batch_alter_table("guardian") as batch_op:
        batch_op.drop_index("ix_guardian_ends_on")
        batch_op.drop_column("ended_by")
        batch_op.drop_column("made_by")
        batch_op.drop_column("ends_on")
    with op.batch_alter_table("patron") as batch_op:
        batch_op.drop_index(batch_op.f("ix_patron_of_age_on"))
        batch_op.drop_column("titles_shown")
        batch_op.drop_column("of_age_on")

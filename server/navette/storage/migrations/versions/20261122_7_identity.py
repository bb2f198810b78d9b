"""staff, sessions and identities."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_7_identity"
down_revision = "20261122_6_notifications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_attempt")),
    )
    op.create_table(
        "logout_token",
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_logout_token")),
    )
    with op.batch_alter_table("logout_token") as batch_op:
        batch_op.create_index(batch_op.f("ix_logout_token_at"), ["at"], unique=False)

    op.create_table(
        "sign_in_flow",
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("browser_hash", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("next", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_in_flow")),
    )
    with op.batch_alter_table("sign_in_flow") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_flow_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_staff_library_id_library")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_api_token_patron_id_patron")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_api_token_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_patron_id"), ["patron_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_api_token_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("claims", sa.Text(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_identity_patron_id_patron")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identity_issuer_subject")),
    )
    with op.batch_alter_table("identity") as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_patron_id"), ["patron_id"], unique=False)
        batch_op.create_index(
            "uq_identity_card",
            ["issuer", "patron_id"],
            unique=True,
            sqlite_where=sa.text("patron_id IS NOT NULL"),
            postgresql_where=sa.text("patron_id IS NOT NULL"),
        )

    op.create_table(
        "known_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_hash", sa.Text(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_known_device_patron_id_patron")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint(
            "device_hash", "patron_id", name=op.f("uq_known_device_device_hash_patron_id")
        ),
    )
    with op.batch_alter_table("known_device") as batch_op:
        batch_op.create_index(batch_op.f("ix_known_device_patron_id"), ["patron_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_known_device_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "auth_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("identity_id", sa.Integer(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("provider_sid", sa.Text(), nullable=False),
        sa.Column("id_token", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_seconds", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("fk_auth_session_identity_id_identity")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_auth_session_patron_id_patron")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_auth_session_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_auth_session_token_hash")),
    )
    with op.batch_alter_table("auth_session") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_auth_session_identity_id"), ["identity_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_auth_session_patron_id"), ["patron_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_auth_session_provider_sid"), ["provider_sid"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_auth_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("identity_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("fk_one_time_code_identity_id_identity")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patron.id"], name=op.f("fk_one_time_code_patron_id_patron")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_one_time_code_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_one_time_code_code_hash")),
    )
    with op.batch_alter_table("one_time_code") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_one_time_code_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_one_time_code_identity_id"), ["identity_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_one_time_code_patron_id"), ["patron_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_one_time_code_staff_id"), ["staff_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("one_time_code") as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_code_staff_id"))
        batch_op.drop_index(batch_op.f("ix_one_time_code_patron_id"))
        batch_op.drop_index(batch_op.f("ix_one_time_code_identity_id"))
        batch_op.drop_index(batch_op.f("ix_one_time_code_expires_at"))

    op.drop_table("one_time_code")
    with op.batch_alter_table("auth_session") as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_session_staff_id"))
        batch_op.drop_index(batch_op.f("ix_auth_session_provider_sid"))
        batch_op.drop_index(batch_op.f("ix_auth_session_patron_id"))
        batch_op.drop_index(batch_op.f("ix_auth_session_identity_id"))

    op.drop_table("auth_session")
    with op.batch_alter_table("known_device") as batch_op:
        batch_op.drop_index(batch_op.f("ix_known_device_seen_at"))
        batch_op.drop_index(batch_op.f("ix_known_device_patron_id"))

    op.drop_table("known_device")
    with op.batch_alter_table("identity") as batch_op:
        batch_op.drop_index(
            "uq_identity_card",
            sqlite_where=sa.text("patron_id IS NOT NULL"),
            postgresql_where=sa.text("patron_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_identity_patron_id"))

    op.drop_table("identity")
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_staff_id"))
        batch_op.drop_index(batch_op.f("ix_api_token_patron_id"))

    op.drop_table("api_token")
    op.drop_table("staff")
    with op.batch_alter_table("sign_in_flow") as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_flow_created_at"))

    op.drop_table("sign_in_flow")
    with op.batch_alter_table("logout_token") as batch_op:
        batch_op.drop_index(batch_op.f("ix_logout_token_at"))

    op.drop_table("logout_token")
    op.drop_table("attempt")

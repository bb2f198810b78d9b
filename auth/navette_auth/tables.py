"""Rows of identity: staff, sessions, identities, sign-in flows, tokens, codes, attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from navette.storage.base import Instant, Json, unique_where


class Staff(SQLModel, table=True):
    """Somebody who works in the network; `role` is one of navette.ils.roles.

    `totp_pending` is a second factor that was shown and not confirmed yet; of a badge only the
    hash is kept.
    """

    __tablename__ = "staff"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True)
    name: str
    role: str
    library_id: int = Field(foreign_key="library.id")
    password_hash: str
    totp_secret: str | None = None
    totp_last_step: int = 0
    totp_pending: str | None = None
    badge_hash: str | None = Field(default=None, unique=True)
    active: bool = True
    created_at: datetime = Field(sa_type=Instant)


class Identity(SQLModel, table=True):
    """A person as a provider knows them: (issuer, subject), never an e-mail.

    `patron_id` is their own card once it was proven (linking).
    """

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        unique_where("uq_identity_card", "issuer", "patron_id", where="patron_id IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    issuer: str
    subject: str
    claims: Any = Field(sa_column=Column(Json, nullable=False))
    patron_id: int | None = Field(default=None, foreign_key="patron.id", index=True)
    created_at: datetime = Field(sa_type=Instant)
    linked_at: datetime | None = Field(default=None, sa_type=Instant)
    last_seen_at: datetime = Field(sa_type=Instant)


class AuthSession(SQLModel, table=True):
    """A browser that is signed in. Only the hash of the cookie's value is kept.

    `id_token` and `refresh_token` are sealed by the vault. `waits_for`: '' (open), `lock` (a desk
    nobody used for a while), `factor` (a second factor has to be set up first). `proven_at`: when
    the person last showed who they are; a session that goes on elsewhere keeps it.
    """

    __tablename__ = "auth_session"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    patron_id: int | None = Field(default=None, foreign_key="patron.id", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    identity_id: int | None = Field(default=None, foreign_key="identity.id", index=True)
    issuer: str = ""
    provider_sid: str = Field(default="", index=True)
    id_token: str = ""
    refresh_token: str = ""
    refreshed_at: datetime | None = Field(default=None, sa_type=Instant)
    waits_for: str = ""
    device: str = ""
    created_at: datetime = Field(sa_type=Instant)
    proven_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    idle_seconds: int
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class SignInFlow(SQLModel, table=True):
    """A sign-in that is under way at the provider; used once, bound to one browser."""

    __tablename__ = "sign_in_flow"

    state_hash: str = Field(primary_key=True)
    browser_hash: str
    nonce: str
    verifier: str
    next: str
    created_at: datetime = Field(sa_type=Instant, index=True)


class ApiToken(SQLModel, table=True):
    """A bearer token for programs; only its hash is kept."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    patron_id: int | None = Field(default=None, foreign_key="patron.id", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    scopes: Any = Field(sa_column=Column(Json, nullable=False))
    label: str = ""
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Attempt(SQLModel, table=True):
    """Failed attempts on a subject (card, address, login): slows, never locks."""

    __tablename__ = "attempt"

    subject: str = Field(primary_key=True)
    failures: int
    last_at: datetime = Field(sa_type=Instant)


class KnownDevice(SQLModel, table=True):
    """A browser where a password was right once: it keeps an attempt budget of its own."""

    __tablename__ = "known_device"
    __table_args__ = (
        UniqueConstraint("device_hash", "patron_id"), UniqueConstraint("device_hash", "staff_id"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    device_hash: str
    patron_id: int | None = Field(default=None, foreign_key="patron.id", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    seen_at: datetime = Field(sa_type=Instant, index=True)


class OneTimeCode(SQLModel, table=True):
    """A code that serves once; only a keyed hash is kept.

    `purpose`: link, password, undo, app (carries `session_id` over), or the challenge of a passkey.

    Without a patron it opens nothing: it stands for a request about a card that does not exist.
    """

    __tablename__ = "one_time_code"

    id: int | None = Field(default=None, primary_key=True)
    code_hash: str = Field(unique=True)
    purpose: str
    patron_id: int | None = Field(default=None, foreign_key="patron.id", index=True)
    identity_id: int | None = Field(default=None, foreign_key="identity.id", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    session_id: int | None = None
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class Passkey(SQLModel, table=True):
    """A WebAuthn credential of a patron or of a member of staff; the private key never leaves."""

    __tablename__ = "passkey"

    id: int | None = Field(default=None, primary_key=True)
    credential_id: str = Field(unique=True)
    public_key: str
    sign_count: int
    patron_id: int | None = Field(default=None, foreign_key="patron.id", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    label: str = ""
    created_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)


class CardMerge(SQLModel, table=True):
    """Two cards that became one, for the week in which that can be undone; `kept` is sealed."""

    __tablename__ = "card_merge"

    id: int | None = Field(default=None, primary_key=True)
    gone_id: int = Field(foreign_key="patron.id", index=True)
    stays_id: int = Field(foreign_key="patron.id", index=True)
    at: datetime = Field(sa_type=Instant, index=True)
    made_by: str
    kept: str


class LogoutToken(SQLModel, table=True):
    """A back-channel logout token that was used: a replay is refused."""

    __tablename__ = "logout_token"

    jti: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant, index=True)


class StaffLook(SQLModel, table=True):
    """The journal: a member of the team looked at a patron. Triggers refuse every change.

    Names are copied as they were; the patron is a bare number, so that erasing a person leaves
    the line and takes its meaning.
    """

    __tablename__ = "staff_look"
    __table_args__ = (Index("ix_staff_look_patron_id_id", "patron_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant, index=True)
    staff_id: int = Field(index=True)
    staff_name: str
    role: str
    library: str
    patron_id: int | None = None
    kind: str
    detail: str = ""

"""Settings: one frozen value, each field with its help, read from the environment in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from navette.errors import SettingsError

PREFIX = "NAVETTE_"
DATABASES = ("sqlite:///", "postgresql://", "postgres://")
SHORTEST_KEY = 32


def _setting(default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class Settings:
    """What changes from one installation to another."""

    env: str = _setting("development", "development or production")
    data_dir: str = _setting("var", "folder of the database, the keys and the search index")
    database_url: str = _setting(
        "", "sqlite:///PATH or postgresql://...; empty: navette.db in the data folder"
    )
    base_url: str = _setting("http://127.0.0.1:8000", "the address that people type; no final /")
    trusted_hosts: tuple[str, ...] = _setting((), "other host names that may be asked for")
    secret_keys: tuple[str, ...] = _setting((), "keys of cookies; the first signs, all verify")
    oidc_issuer: str = _setting("", "issuer of the metropolitan sign-in; empty: card only")
    oidc_client_id: str = _setting("", "our name at the issuer")
    oidc_client_secret: str = _setting("", "our secret at the issuer")
    oidc_scopes: str = _setting("openid profile email library", "scopes that are asked for")
    oidc_card_claim: str = _setting("", "claim that holds the card number; empty: not trusted")
    oidc_api_audience: str = _setting(
        "", "audience of the issuer's access tokens that our API takes; empty: none are taken"
    )
    oidc_login_hint: str = _setting(
        "sub", "claim that an e-resource may be given as login hint, where its offer sends one"
    )
    cas_url: str = _setting(
        "", "address of a CAS 2 or 3 server to sign in with, in place of the issuer; empty: none"
    )
    eligibility_token: str = _setting(
        "", "bearer token with which the metropolis asks who is registered; empty: nobody may ask"
    )
    eligibility_file: str = _setting(
        "", "file that is written each night with who is registered; empty: none"
    )
    staff_lock_minutes: int = _setting(15, "minutes without use after which a desk locks")
    staff_second_factor: tuple[str, ...] = _setting(
        (), "roles that need a second factor; in production the coordinator always does"
    )
    vapid_private_key: str = _setting("", "key that signs push messages (base64url)")
    vapid_subject: str = _setting("", "mailto: or https: address of who sends the pushes")
    push_hosts: tuple[str, ...] = _setting(
        (), "push services besides the browser makers': host or host:port, *. allowed"
    )
    smtp_url: str = _setting("", "smtp://USER:PASSWORD@HOST:PORT; empty: mail is not sent")
    mail_from: str = _setting("", "address that mail comes from")
    sms_url: str = _setting(
        "", "address of an SMS provider (https://TOKEN@HOST/PATH); empty: no SMS in production"
    )
    sms_cap: int = _setting(500, "SMS a month at most; beyond it the next way is taken")
    covers_url: str = _setting(
        "", "pictures of covers, if a contract allows: an https address with {isbn} in it"
    )
    opds_url: str = _setting(
        "", "OPDS 2.0 feed of the e-books, read by `navette eresources harvest`"
    )
    log_format: str = _setting("text", "text or json")
    clock: str = _setting("", "development: instant at which the clock starts (ISO 8601)")
    ready_window: int = _setting(300, "seconds before a ready notice is due; 0: at once")
    browser_language: bool = _setting(
        default=False, help_text="speak the browser's language until somebody chooses one"
    )
    test_database_url: str = _setting("", "tests: PostgreSQL server to use")
    metrics_token: str = _setting("", "bearer token that may read /metrics from elsewhere")
    durable: bool = _setting(default=False, help_text="SQLite: survive a power cut, slower")

    @property
    def production(self) -> bool:
        """Return whether people depend on this installation."""
        return self.env == "production"

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return Path(self.data_dir)

    @property
    def database(self) -> str:
        """Return the address of the database, the default one when none is set."""
        return self.database_url or f"sqlite:///{self.data / 'navette.db'}"

    @property
    def provider_url(self) -> str:
        """Return the address of the metropolitan sign-in, whatever it speaks; '' for none."""
        return self.cas_url or self.oidc_issuer

    @property
    def secure(self) -> bool:
        """Return whether people reach us by https."""
        return self.base_url.startswith("https://")


def settings_from(environ: Mapping[str, str]) -> Settings:
    """Read the environment; raises SettingsError naming the variable and the way out."""
    values: dict[str, Any] = {}
    for known in fields(Settings):
        name = PREFIX + known.name.upper()
        if name in environ:
            values[known.name] = _read(name, environ[name].strip(), known.default)
    settings = Settings(**values)
    _check(settings)
    return settings


def _read(name: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        return text.lower() in {"1", "true", "yes", "on"}
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(default, int):
        if not text.isdigit():
            raise SettingsError(name, f"must be a whole number, not {text!r}")
        return int(text)
    return text.rstrip("/") if name.endswith(("BASE_URL", "OIDC_ISSUER", "CAS_URL")) else text


def _check(settings: Settings) -> None:
    if settings.env not in {"development", "production"}:
        raise SettingsError("NAVETTE_ENV", "must be development or production")
    address = urlsplit(settings.base_url)
    if address.scheme not in {"http", "https"} or not address.hostname or address.path:
        raise SettingsError("NAVETTE_BASE_URL", "must be http(s)://HOST[:PORT], nothing after")
    if settings.database_url and not settings.database_url.startswith(DATABASES):
        raise SettingsError(
            "NAVETTE_DATABASE_URL", "must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"
        )
    if settings.covers_url and "{isbn}" not in settings.covers_url:
        raise SettingsError("NAVETTE_COVERS_URL", "must hold {isbn}, where the number goes")
    if settings.staff_lock_minutes < 1:
        raise SettingsError("NAVETTE_STAFF_LOCK_MINUTES", "must be 1 or more")
    if settings.clock:
        _check_clock(settings)
    if settings.production:
        _check_production(settings)


def _check_clock(settings: Settings) -> None:
    try:
        start = datetime.fromisoformat(settings.clock)
    except ValueError as error:
        raise SettingsError(
            "NAVETTE_CLOCK", "must be an instant such as 2026-11-24T09:00+01:00"
        ) from error
    if start.tzinfo is None:
        raise SettingsError("NAVETTE_CLOCK", "must say its offset, such as +01:00")


def _check_production(settings: Settings) -> None:
    """Refuse to start with a missing or development value, naming it."""
    needed = (
        "database_url", "secret_keys", "vapid_private_key", "vapid_subject", "smtp_url", "mail_from",
    )  # fmt: skip
    missing = [PREFIX + name.upper() for name in needed if not getattr(settings, name)]
    if settings.base_url == Settings.base_url:
        missing.append("NAVETTE_BASE_URL")
    if missing:
        others = f"; so must {', '.join(missing[1:])}" if missing[1:] else ""
        raise SettingsError(missing[0], f"must be set in production{others}")
    if not settings.secure:
        raise SettingsError("NAVETTE_BASE_URL", "must be https:// in production: phones need it")
    if settings.clock:
        raise SettingsError("NAVETTE_CLOCK", "is for development; unset it in production")
    if 0 < len(settings.eligibility_token) < SHORTEST_KEY:
        raise SettingsError(
            "NAVETTE_ELIGIBILITY_TOKEN", f"needs at least {SHORTEST_KEY} characters"
        )
    if any(len(key) < SHORTEST_KEY for key in settings.secret_keys):
        raise SettingsError(
            "NAVETTE_SECRET_KEYS", f"each key needs at least {SHORTEST_KEY} characters"
        )
    if settings.cas_url and settings.oidc_issuer:
        raise SettingsError("NAVETTE_CAS_URL", "choose one: unset it, or unset the issuer")
    if settings.cas_url and not settings.cas_url.startswith("https://"):
        raise SettingsError("NAVETTE_CAS_URL", "must be https:// in production")
    if settings.oidc_issuer:
        _check_provider(settings)


def _check_provider(settings: Settings) -> None:
    if not settings.oidc_issuer.startswith("https://"):
        raise SettingsError("NAVETTE_OIDC_ISSUER", "must be https:// in production")
    for name in ("oidc_client_id", "oidc_client_secret"):
        if not getattr(settings, name):
            raise SettingsError(PREFIX + name.upper(), "must be set where an issuer is")

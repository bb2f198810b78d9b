"""Production refuses to start with a missing or development value, and names it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from navette.errors import SettingsError
from navette.settings import settings_from
from navette_server.demonstration import demonstration_of
from navette_server.environment import settings_here
from navette_server.keys import keys_of

GOOD = {
    "NAVETTE_ENV": "production",
    "NAVETTE_DATABASE_URL": "postgresql://navette@db/navette",
    "NAVETTE_BASE_URL": "https://navette.example",
    "NAVETTE_SECRET_KEYS": "k" * 40,
    "NAVETTE_VAPID_PRIVATE_KEY": "x" * 43,
    "NAVETTE_VAPID_SUBJECT": "mailto:navette@example.org",
    "NAVETTE_SMTP_URL": "smtps://mail.example",
    "NAVETTE_MAIL_FROM": "navette@example.org",
}


def test_what_is_complete_starts() -> None:
    assert settings_from(GOOD).production


@pytest.mark.parametrize("name", [name for name in GOOD if name != "NAVETTE_ENV"])
def test_each_missing_value_is_named(name: str) -> None:
    given = {known: value for known, value in GOOD.items() if known != name}
    with pytest.raises(SettingsError) as refused:
        settings_from(given)
    assert refused.value.name == name


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        settings_from({"NAVETTE_ENV": "production"})
    told = str(refused.value)
    assert [name for name in GOOD if name not in told] == ["NAVETTE_ENV"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NAVETTE_DATABASE_URL", "mysql://navette@db/navette"),
        ("NAVETTE_BASE_URL", "http://navette.example"),
        ("NAVETTE_BASE_URL", "https://navette.example/app"),
        ("NAVETTE_SECRET_KEYS", "short"),
        ("NAVETTE_CLOCK", "2026-11-24T09:00+01:00"),
        ("NAVETTE_OIDC_ISSUER", "http://127.0.0.1:8001"),
        ("NAVETTE_OIDC_ISSUER", "https://sso.example"),
        ("NAVETTE_CAS_URL", "http://cas.example/cas"),
        ("NAVETTE_ENV", "prod"),
    ],
)
def test_a_development_value_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match="NAVETTE_"):
        settings_from(GOOD | {name: value})


def test_the_sign_in_speaks_one_language() -> None:
    assert settings_from(GOOD | {"NAVETTE_CAS_URL": "https://cas.example/cas/"}).provider_url == (
        "https://cas.example/cas"
    )
    both = {"NAVETTE_CAS_URL": "https://cas.example", "NAVETTE_OIDC_ISSUER": "https://sso.example"}
    with pytest.raises(SettingsError, match="choose one"):
        settings_from(GOOD | both)


def test_production_never_takes_keys_from_the_data_folder(tmp_path: object) -> None:
    given = {name: value for name, value in GOOD.items() if name != "NAVETTE_SECRET_KEYS"}
    with pytest.raises(SettingsError, match="NAVETTE_SECRET_KEYS"):
        settings_here(given | {"NAVETTE_DATA_DIR": str(tmp_path)})


def test_development_makes_its_keys_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("data")
    first = settings_here({"DATA_DIR": str(folder)})
    again = settings_here({"NAVETTE_DATA_DIR": str(folder)})
    assert first == again
    assert first.secret_keys
    assert first.vapid_private_key
    assert (folder / "keys" / "vapid").stat().st_mode & 0o777 == 0o600
    given = settings_here({"DATA_DIR": str(folder), "NAVETTE_SECRET_KEYS": "mine"})
    assert given.secret_keys == ("mine",)
    assert keys_of(folder)["NAVETTE_VAPID_PRIVATE_KEY"] == first.vapid_private_key


@pytest.mark.parametrize("start", [settings_here, demonstration_of])
def test_a_folder_that_cannot_hold_the_data_is_named_with_the_way_out(
    tmp_path: Path, start: Callable[[dict[str, str]], object]
) -> None:
    (tmp_path / "file").write_text("")
    for place, why in ((str(tmp_path / "file"), "it is no folder"), ("/proc/x", "No such file")):
        with pytest.raises(SettingsError) as refused:
            start({"DATA_DIR": place})
        told = str(refused.value)
        assert told.startswith(f"DATA_DIR: {place} cannot hold the data ({why}")
        assert told.endswith("DATA_DIR=other")


def test_a_database_in_a_folder_that_is_not_there_makes_none(tmp_path: Path) -> None:
    given = {"DATA_DIR": str(tmp_path / "var")}
    with pytest.raises(SettingsError, match=r"there is no folder .*Make it first"):
        settings_here(given | {"NAVETTE_DATABASE_URL": f"sqlite:///{tmp_path}/typo/x.db"})
    assert list(tmp_path.iterdir()) == []
    for there in ("var", "."):
        url = f"sqlite:///{tmp_path}/{there}/x.db"
        assert settings_here(given | {"NAVETTE_DATABASE_URL": url}).database == url

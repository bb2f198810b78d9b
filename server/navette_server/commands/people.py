"""`navette patrons`, `staff` and `token`: who may use the network, and programs in their name."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import click

from navette.clock import Clock, local_date
from navette.errors import Duplicate, NavetteError, SourceError
from navette.network.loading import network_of
from navette.network.network import Network
from navette.patrons.reading import patron_by_card
from navette.patrons.registering import Registration, register
from navette.storage.unit import Unit
from navette_auth.passwords import hash_password
from navette_auth.staff import add_staff, member_by_login, new_totp_secret
from navette_auth.tokens import create_token
from navette_server.console import DONE, PARTLY, database, json_option, progress, tell
from navette_server.environment import clock_of, settings_here

COLUMNS = (
    "card", "first_name", "last_name", "home", "category", "birth_year", "email", "phone",
    "valid_until", "other_numbers",
)  # fmt: skip
NEEDED = ("first_name", "last_name", "home")
DEFAULT_DAYS = 365


@click.group()
def patrons() -> None:
    """Register people."""


@patrons.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def import_patrons(file: Path, *, as_json: bool) -> int:
    """Register the people of FILE.csv, one a line.

    Columns: card (14 digits beginning 2059, or empty for the next free one), first_name,
    last_name, home (library code), and if known category, birth_year, email, phone, valid_until
    (YYYY-MM-DD), other_numbers (older card numbers, separated by spaces). A card that is known
    already is left as it is.
    """
    rows = _rows(file)
    clock = clock_of(settings_here())
    created, known, refused = 0, 0, []
    with database() as unit, progress(file.name, quiet=as_json) as advance:
        with unit.read() as reader:
            network = network_of(reader)
        for line, row in enumerate(rows, 2):
            try:
                _register(unit, network, row, clock)
                created += 1
            except Duplicate:
                known += 1
            except (NavetteError, ValueError) as error:
                refused.append({"line": line, "reason": str(error)})
            advance(line - 1, len(rows))
    answer = {
        "file": str(file), "read": len(rows), "created": created, "unchanged": known,
        "refused": len(refused), "refusals": refused,
    }  # fmt: skip
    text = [f"{len(rows)} read = {created} created + {known} known + {len(refused)} refused"]
    text += [f"  line {one['line']}: {one['reason']}" for one in refused]
    tell(answer, as_json=as_json, text="\n".join(text))
    return PARTLY if refused else DONE


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(file), f"cannot be read as UTF-8 text: {error}") from error
    separator = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(text.splitlines(), delimiter=separator)
    names = reader.fieldnames or ()
    missing = [name for name in NEEDED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or unknown:
        wrong = f"missing columns: {missing}" if missing else f"unknown columns: {unknown}"
        raise SourceError(str(file), f"{wrong}; known: {', '.join(COLUMNS)}")
    return list(reader)


def _register(unit: Unit, network: Network, row: Mapping[str, str], clock: Clock) -> int:
    given = {name: (row.get(name) or "").strip() for name in COLUMNS}
    who = Registration(
        first_name=given["first_name"],
        last_name=given["last_name"],
        home=network.library(given["home"]).code,
        card=given["card"],
        category=given["category"] or "adult",
        birth_year=int(given["birth_year"]) if given["birth_year"] else None,
        email=given["email"],
        phone=given["phone"],
        valid_until=date.fromisoformat(given["valid_until"]) if given["valid_until"] else None,
        other_numbers=tuple(given["other_numbers"].split()),
    )
    now = clock.now()
    return unit.write(lambda tx: register(tx, network, who, now, local_date(now)))


@click.group()
def staff() -> None:
    """Register who works in the network."""


@staff.command("add")
@click.argument("login")
@click.option("--name", help="The name colleagues read; the login if not said.")
@click.option("--library", required=True, help="Code of the library they work at.")
@click.option("--role", default="agent", show_default=True, help="agent, coordinator or driver.")
@click.option("--password", help="If not said, one is made and printed once.")
@click.option("--totp", is_flag=True, help="Also make the secret of a second factor.")
@json_option
def add(
    login: str,
    name: str | None,
    library: str,
    role: str,
    password: str | None,
    *,
    totp: bool,
    as_json: bool,
) -> None:
    """Register a member of staff."""
    chosen = password or secrets.token_urlsafe(15)
    secret = new_totp_secret() if totp else None
    with database() as unit:
        with unit.read() as reader:
            at = network_of(reader).library(library)
        try:
            unit.write(
                lambda tx: add_staff(
                    tx, clock_of(settings_here()), login=login, name=name or login, role=role,
                    library_id=at.id, password_hash=hash_password(chosen), totp_secret=secret,
                )
            )  # fmt: skip
        except Duplicate as error:
            raise click.UsageError(f"the login {login} is taken") from error
    answer = {
        "login": login, "role": role, "library": at.code, "password": chosen, "totp_secret": secret,
    }  # fmt: skip
    text = f"{login}: {role} at {at.code}."
    text += "" if password else f"\nPassword, shown once: {chosen}"
    text += f"\nSecond factor: {secret}" if secret else ""
    tell(answer, as_json=as_json, text=text)


@click.group()
def token() -> None:
    """Let programs act for somebody."""


@token.command("create")
@click.option("--card", help="For a patron: a number of their card.")
@click.option("--staff", "login", help="For a member of staff: their login.")
@click.option("--days", default=DEFAULT_DAYS, show_default=True, help="How long it is good for.")
@click.option("--read-only", is_flag=True, help="The token may look, not change.")
@click.option("--label", default="", help="What it is for.")
@json_option
def create(
    card: str | None,
    login: str | None,
    days: int,
    *,
    read_only: bool,
    label: str,
    as_json: bool,
) -> None:
    """Print a token for the GraphQL API; it is shown this once."""
    if (card is None) == (login is None):
        raise click.UsageError("say --card NUMBER or --staff LOGIN")
    settings = settings_here()
    with database() as unit:
        made = create_token(
            unit,
            clock_of(settings),
            patron_id=_patron(unit, card) if card else None,
            staff_id=_member(unit, login) if login else None,
            scopes=("read",) if read_only else ("read", "write"),
            life=timedelta(days=days),
            label=label,
        )
    answer = {"token": made.text, "expires": made.expires_at.isoformat()}
    tell(answer, as_json=as_json, text=made.text)


def _patron(unit: Unit, card: str) -> int:
    with unit.read() as reader:
        try:
            return patron_by_card(reader, card).id
        except NavetteError as error:
            raise click.UsageError(f"no patron has the card {card}") from error


def _member(unit: Unit, login: str) -> int:
    with unit.read() as reader:
        found = member_by_login(reader, login)
    if found is None:
        raise click.UsageError(f"no member of staff has the login {login}")
    return found.id


COMMANDS = {"patrons": patrons, "staff": staff, "token": token}

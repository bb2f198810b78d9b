"""`navette patrons`, `staff` and `token`: who may use the network, and programs in their name."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

import click
import orjson

from navette.circulation.unused import AT_ONCE, unused_cards
from navette.clock import local_date
from navette.errors import Duplicate, NavetteError
from navette.ils.roles import ROLES
from navette.network.loading import network_of
from navette.patrons.importing import PeopleReport, import_people
from navette.patrons.profiles import GENERIC, UnknownProfile, profile_named
from navette.patrons.reading import patron_by_card
from navette.storage.unit import Unit
from navette_auth.passwords import hash_password
from navette_auth.staff import add_staff, member_by_login, new_totp_secret
from navette_auth.tokens import create_token
from navette_auth.vault import Vault
from navette_server.console import DONE, PARTLY, database, json_option, progress, tell
from navette_server.environment import clock_of, settings_here

DEFAULT_DAYS = 365


@click.group()
def patrons() -> None:
    """Register people."""


@patrons.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--library", help="Code of the library the file comes from.")
@click.option("--profile", help="How to read it; the profile named like the library if not said.")
@click.option("--report", type=click.Path(path_type=Path), help="Also write the report here.")
@json_option
def import_patrons(
    file: Path, library: str | None, profile: str | None, report: Path | None, *, as_json: bool
) -> int:
    """Register the people of FILE.csv, one a line.

    Without a library the columns are: card (14 digits beginning 2059, or empty for the next free
    one), first_name, last_name, home (library code), and if known category, birth_year, email,
    phone, valid_until (YYYY-MM-DD), other_numbers (older card numbers, separated by spaces).

    With --library a library's own export is read by its profile: the number it printed stays
    valid, as another number of the one network card. Somebody who may be known already is
    registered and listed under `duplicates`; nobody is merged. Safe to repeat.
    """
    clock = clock_of(settings_here())
    with database() as unit:
        with unit.read() as reader:
            network = network_of(reader)
        code = network.library(library).code if library else ""
        try:
            chosen = profile_named(profile or code or GENERIC)
        except UnknownProfile as error:
            raise click.UsageError(str(error)) from error
        with progress(file.name, quiet=as_json) as advance:
            done = import_people(unit, network, file, chosen, code, clock.now(), advance)
    if report is not None:
        report.write_bytes(orjson.dumps(done.as_dict(), option=orjson.OPT_INDENT_2) + b"\n")
    tell(done.as_dict(), as_json=as_json, text=_told(done))
    return PARTLY if done.refused else DONE


@patrons.command("unused")
@click.option("--library", help="Code of a library; the whole network if not said.")
@json_option
def unused(library: str | None, *, as_json: bool) -> None:
    """List the cards that served for nothing for a year. A desk keeps or deletes each."""
    now, found, after = clock_of(settings_here()).now(), [], None
    with database() as unit, unit.read() as reader:
        network = network_of(reader)
        at = network.library(library).id if library else None
        while page := unused_cards(reader, now, library_id=at, first=AT_ONCE, after=after):
            found += [
                {"card": one.card, "library": network.by_id(one.home_library_id).code,
                 "used_on": local_date(one.used_at).isoformat()}
                for one in page
            ]  # fmt: skip
            after = page[-1]
    lines = [f"{one['card']}  {one['library']}  {one['used_on']}" for one in found]
    tell({"cards": found}, as_json=as_json, text="\n".join(lines) or "Every card served.")


def _told(done: PeopleReport) -> str:
    text = [
        (
            f"{done.read} read = {done.created} created + {done.updated} updated"
            f" + {done.unchanged} unchanged + {done.refused} refused"
        )
    ]
    text += [f"  line {one.line}: {one.reason}" for one in done.refusals]
    for one in done.duplicates:
        cards = ", ".join(f"{alike.card} ({alike.library}: {alike.because})" for alike in one.of)
        text.append(f"  line {one.line}: {one.card} may be the same person as {cards}")
    return "\n".join(text)


@click.group()
def staff() -> None:
    """Register who works in the network."""


@staff.command("add")
@click.argument("login")
@click.option("--name", help="The name colleagues read; the login if not said.")
@click.option("--library", required=True, help="Code of the library they work at.")
@click.option(
    "--role", type=click.Choice(list(ROLES)), default="agent", show_default=True,
    help=f"One of: {', '.join(ROLES)}.",
)  # fmt: skip
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
    secret, settings = new_totp_secret() if totp else None, settings_here()
    with database() as unit:
        with unit.read() as reader:
            at = network_of(reader).library(library)
        try:
            unit.write(
                lambda tx: add_staff(
                    tx, clock_of(settings), login=login, name=name or login, role=role,
                    library_id=at.id, password_hash=hash_password(chosen),
                    totp_secret=Vault(settings.secret_keys).seal(secret) if secret else None,
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

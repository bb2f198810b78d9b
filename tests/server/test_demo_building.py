"""The demonstration, built through the real services: what a visitor finds on the first day."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from fakes import FrozenClock
from navette.catalogue.search.index import SearchIndex
from navette.circulation.tables import Hold, Loan
from navette.errors import SettingsError
from navette.network.loading import network_of
from navette.patrons.tables import Patron
from navette.settings import Settings
from navette.storage.base import table
from navette.storage.database import open_unit
from navette.storage.statements import Query
from navette.storage.unit import Reader
from navette_auth.identities import find_identity
from navette_server.demo.building import Building
from navette_server.demo.people import SSO_ACCOUNTS, patrons
from navette_server.demo.situations import HOLDS, LOANS, HoldPhase

pytestmark = pytest.mark.slow
ISSUER = "http://127.0.0.1:8001"
_h, _l, _p = table(Hold).c, table(Loan).c, table(Patron).c
PHASES = {
    HoldPhase.WAITING: ("WAITING", False),
    HoldPhase.TARGETED: ("TARGETED", False),
    HoldPhase.IN_TRANSIT: ("IN_TRANSIT", False),
    HoldPhase.READY: ("READY", False),
    HoldPhase.SUSPENDED: ("WAITING", True),
}
STATES = Query(
    select(_p.card, _h.state, _h.suspended).join_from(
        table(Hold), table(Patron), _p.id == _h.patron_id
    ),
    lambda card, state, suspended: (card, state, bool(suspended)),
)
OPEN_LOANS = Query(select(_l.id).where(_l.returned_at.is_(None)), lambda loan: loan)


def _ignore(_done: int, _total: int | None) -> None:
    """Show no progress."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Build it where a command came before and left a database without anything in it."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "navette.db").touch()
    settings = Settings(data_dir=str(folder), oidc_issuer=ISSUER)
    assert Building(settings, FrozenClock(), stand_in=True).ensure(_ignore)
    return settings


@pytest.fixture
def reader(built: Settings) -> Iterator[Reader]:
    unit = open_unit(built.database)
    with unit.read() as opened:
        yield opened
    unit.close()


def test_every_situation_has_come_true(reader: Reader) -> None:
    wanted = Counter((hold.card, *PHASES[hold.phase]) for hold in HOLDS)
    assert Counter(reader.all(STATES)) == wanted
    assert len(reader.all(OPEN_LOANS)) == len(LOANS)


def test_the_banner_is_on_and_the_line_has_five_stops(reader: Reader) -> None:
    network = network_of(reader)
    assert network.demonstration
    assert list(network.codes) == ["hem", "lannoy", "leers", "lys", "toufflers"]


def test_search_answers_from_the_index_that_was_built_with_it(built: Settings) -> None:
    unit = open_unit(built.database)
    search = SearchIndex(built.data / "index", unit)
    assert search.ready
    assert search.search("germinale zola").total >= 1
    unit.close()


def test_accounts_say_how_to_sign_in(built: Settings) -> None:
    told = json.loads((built.data / "accounts.json").read_text())
    assert list(told) == ["base_url", "patrons", "staff", "sso"]
    assert set(told["patrons"][0]) == {"card", "password", "name", "home"}
    assert set(told["staff"][0]) == {"login", "password", "library", "role", "totp_secret"}
    assert set(told["sso"][0]) == {"login", "password", "card"}
    assert len(told["patrons"]) == sum(1 for person in patrons() if person.password)


def test_an_account_of_the_stand_in_is_linked_for_whatever_port_it_has(built: Settings) -> None:
    moved = Settings(data_dir=built.data_dir, oidc_issuer="http://127.0.0.1:9001")
    linked = next(account for account in SSO_ACCOUNTS if account.card)
    assert not Building(moved, FrozenClock(), stand_in=True).ensure(_ignore)
    unit = open_unit(built.database)
    with unit.read() as opened:
        for issuer in (ISSUER, moved.oidc_issuer):
            identity = find_identity(opened, issuer, linked.sub)
            assert identity is not None
            assert identity.patron_id is not None
    unit.close()


def test_it_is_never_built_in_production() -> None:
    with pytest.raises(SettingsError, match="NAVETTE_ENV"):
        Building(Settings(env="production"), FrozenClock())

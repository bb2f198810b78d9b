"""The people of the demonstration: patrons, staff, accounts of the stand-in metropolitan library.

Everybody is fictitious. Telephone numbers come from the blocks kept for fiction (06 39 98 and
03 53 01), addresses from example.org. Passwords stand here in clear because the demonstration
prints them; each is three words and four digits.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final, Literal

StaffRole = Literal["volunteer", "agent", "head", "coordinator", "driver"]


class Standing(StrEnum):
    """Whether a card opens everything, has run out, or is blocked by a desk."""

    VALID = ""
    EXPIRED = "expired"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class DemoPatron:
    """A patron. `birth_year` is None for a group; `password` is empty when never chosen.

    `guardians` are the cards of the adults who may act for this child.
    """

    card: str
    first_name: str
    last_name: str
    birth_year: int | None
    category: str
    library: str
    email: str
    phone: str
    password: str
    guardians: tuple[str, ...]
    standing: Standing

    @property
    def name(self) -> str:
        """Return the name as it is said: "Alice Dubois"."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """A member of staff; without `totp_secret` the password is enough."""

    login: str
    password: str
    name: str
    role: StaffRole
    library: str
    totp_secret: str | None = None


@dataclass(frozen=True, slots=True)
class DemoSso:
    """An account at the stand-in metropolitan library.

    `card` is the network card it is already linked to; `own_card` the card this person could
    link, known to nobody but the person. Both None: not registered in the network.
    """

    login: str
    password: str
    sub: str
    name: str
    email: str
    card: str | None
    own_card: str | None


STAFF: Final[Sequence[DemoStaff]] = (
    DemoStaff("agent.hem", "marronnier-théière-balcon-3195", "Claire Demo-Hem", "agent", "hem"),
    DemoStaff("agent.lannoy", "remparts-confiture-lune-8462", "Luc Demo-Lannoy", "agent", "lannoy"),
    DemoStaff("agent.leers", "moulin-écharpe-abeille-5730", "Sonia Demo-Leers", "agent", "leers"),
    DemoStaff("agent.lys", "péniche-noisette-cloche-9048", "Pierre Demo-Lys", "agent", "lys"),
    DemoStaff(
        "agent.toufflers",
        "prairie-plumier-girouette-6217",
        "Maud Demo-Toufflers",
        "agent",
        "toufflers",
    ),
    DemoStaff(
        "coordination",
        "passerelle-saphir-calendrier-4371",
        "Anne Demo-Réseau",
        "coordinator",
        "lys",
    ),
    DemoStaff(
        "benevole.hem", "tilleul-comptoir-agenda-2749", "Jeanne Demo-Hem", "volunteer", "hem"
    ),
    DemoStaff("tete.leers", "verger-horloge-plumier-6083", "Karim Demo-Leers", "head", "leers"),
    DemoStaff("navette", "tournée-caisse-ruban-7586", "Omar Demo-Navette", "driver", "lys"),
)

SSO_ACCOUNTS: Final[Sequence[DemoSso]] = (
    DemoSso(
        "alice",
        "jardin-boussole-mésange-1640",
        "demo-7f3a1c58",
        "Alice Dubois",
        "alice.dubois@example.org",
        card="20590000012345",
        own_card="20590000012345",
    ),
    DemoSso(
        "bruno",
        "canal-pistache-aviron-8293",
        "demo-2be90d14",
        "Bruno Lefèvre",
        "bruno.lefevre@example.org",
        card=None,
        own_card="20590000067890",
    ),
    DemoSso(
        "chloe",
        "nacelle-papyrus-flocon-5417",
        "demo-c4418e6b",
        "Chloé Martens",
        "chloe.martens@example.org",
        card=None,
        own_card="20590000100010",
    ),
    DemoSso(
        "david",
        "brioche-satellite-galet-3076",
        "demo-90d5f7a2",
        "David Sans-Carte",
        "david.sans-carte@example.org",
        card=None,
        own_card=None,
    ),
)


@cache
def patrons() -> Sequence[DemoPatron]:
    """Return the patrons, guardians before the children they look after."""
    table = files("navette_server.demo") / "people.tsv"
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(_patron(row) for row in rows)


def _patron(row: dict[str, str]) -> DemoPatron:
    return DemoPatron(
        card=row["card"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        birth_year=int(row["birth_year"]) if row["birth_year"] else None,
        category=row["category"],
        library=row["library"],
        email=row["email"],
        phone=row["phone"],
        password=row["password"],
        guardians=tuple(row["guardians"].split()),
        standing=Standing(row["standing"]),
    )

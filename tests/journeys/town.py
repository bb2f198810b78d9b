"""The whole installation in one process: the application on a port, the worker step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fakes import FrozenClock
from navette.catalogue.importing import import_file
from navette.catalogue.reporting import ImportReport
from navette.catalogue.search.indexing import IndexWriter
from navette.network.network import Network
from navette.notifications.service import Notifier
from navette.patrons.registering import Registration, register
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.passwords import hash_password
from navette_auth.staff import add_staff
from navette_server.channels import channels_of
from pages import Person
from push_service import PushService
from small_catalogue import write_files

PASSWORD = "tilleul-parapluie-horizon"


@dataclass
class Town:
    """Five libraries at work, people who come in, and a worker that moves when told."""

    base: str
    settings: Settings
    unit: Unit
    clock: FrozenClock
    network: Network
    phones: PushService
    hashed: str = field(default_factory=lambda: hash_password(PASSWORD))
    _people: list[Person] = field(default_factory=list)
    _hired: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._index = IndexWriter(self.settings.data / "index", self.unit, self.clock, pace=0)
        channels = channels_of(self.settings, self.unit, self.clock)
        self._notifier = Notifier(self.unit, self.clock, channels, worker="test")

    def close(self) -> None:
        self._index.close()
        for person in self._people:
            person.http.close()

    def load_catalogues(self, folder: Path) -> dict[str, ImportReport]:
        """Import the small catalogue, a file a library, and let search follow."""
        reports = {
            library: import_file(self.unit, file, library, "generic", now=self.clock.now())
            for library, file in write_files(folder).items()
        }
        self.follow()
        return reports

    def follow(self) -> None:
        """What the worker does within 200 ms of a commit: bring search up to date."""
        while self._index.follow():
            continue

    def tell(self) -> list[str]:
        """What the worker does with the outbox: say what is due now; returns the outcomes."""
        return [self._notifier.deliver(parcel) for parcel in self._notifier.take()]

    def somebody(self) -> Person:
        """A browser that is signed in nowhere."""
        person = Person(self.base)
        self._people.append(person)
        return person

    def registered(self, name: str, home: str) -> str:
        """Register a person at a library; returns the card."""
        first, last = name.split()
        who = Registration(
            first, last, home, birth_year=1984, email=f"{first}@example.org",
            password_hash=self.hashed,
        )  # fmt: skip
        now = self.clock.now()
        self.unit.write(lambda tx: register(tx, self.network, who, now, now.date()))
        with self.unit.read() as reader:
            row = reader.driver.execute("SELECT MAX(card) FROM patron").fetchone()
        return str(row[0])

    def patron(self, name: str, home: str) -> tuple[Person, str]:
        """A person registered at a library and signed in with the card, and the card."""
        card, person = self.registered(name, home), self.somebody()
        person.open("/connexion?next=/recherche")
        person.press("Entrer", card=card, password=PASSWORD)
        return person, card

    def hire(self, library: str) -> int:
        """Make somebody an agent of a library, once; returns the row id."""
        if library not in self._hired:
            place = self.network.library(library).id
            named = {"login": f"agent.{library}", "name": "Nora", "role": "agent"}
            self._hired[library] = self.unit.write(
                lambda tx: add_staff(
                    tx, self.clock, library_id=place, password_hash=self.hashed, **named
                )
            )
        return self._hired[library]

    def desk(self, library: str) -> Person:
        """An agent signed in at the desk of a library, in front of the field."""
        self.hire(library)
        agent = self.somebody()
        agent.open("/connexion/personnel")
        agent.press("Entrer", login=f"agent.{library}", password=PASSWORD)
        return agent

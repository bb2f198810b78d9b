"""What is under way when the demonstration starts: who has borrowed what, who waits for what.

Facts only, to be replayed through the real services: first all loans, then all holds, the oldest
first. Each loan is older than every hold on the same work, so that the queue is a true one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class LoanState(StrEnum):
    """How a loan should look on the first day."""

    CURRENT = "current"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


class HoldPhase(StrEnum):
    """How far a hold has come on the first day."""

    WAITING = "waiting"
    TARGETED = "targeted"
    IN_TRANSIT = "in_transit"
    READY = "ready"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class DemoLoan:
    """A copy of `library` (of the volume or issue `part`) lent there some days ago."""

    card: str
    work: str
    library: str
    lent_days_ago: int
    state: LoanState = LoanState.CURRENT
    part: str = ""


@dataclass(frozen=True, slots=True)
class DemoHold:
    """A hold and how far it has come.

    `source` owns the copy bound to it (empty while none is); `suspended_days` counts from today.
    """

    card: str
    work: str
    pickup: str
    phase: HoldPhase
    placed_days_ago: int
    source: str = ""
    part: str = ""
    suspended_days: int = 0


ALICE: Final = "20590000012345"
BRUNO: Final = "20590000067890"
CHLOE: Final = "20590000100010"
ZOE: Final = "20590000100028"  # Alice's daughter
HUGO: Final = "20590000100036"  # Alice's son
SAMIR: Final = "20590000100044"
MARGUERITE: Final = "20590000100051"  # no e-mail, no smartphone
INES: Final = "20590000100069"
KEVIN: Final = "20590000100085"  # blocked
SCHOOL: Final = "20590000100093"
NADIA: Final = "20590000100101"

_SOON, _LATE = LoanState.DUE_SOON, LoanState.OVERDUE
_WAITING, _TARGETED, _IN_TRANSIT, _READY, _SUSPENDED = HoldPhase

LOANS: Final = (
    DemoLoan(ALICE, "germinal", "hem", 12),
    DemoLoan(ALICE, "l-etranger", "lys", 19, _SOON),
    DemoLoan(ALICE, "les-vieux-fourneaux-1", "hem", 4),
    DemoLoan(BRUNO, "petit-pays", "leers", 15),
    DemoLoan(BRUNO, "film-kirikou-et-la-sorciere", "leers", 9),
    # Every copy of these is out: people wait for them.
    DemoLoan("20590000200003", "le-mage-du-kremlin", "hem", 16),
    DemoLoan("20590000200010", "le-mage-du-kremlin", "hem", 14),
    DemoLoan("20590000200024", "le-mage-du-kremlin", "lys", 18, _SOON),
    DemoLoan("20590000200038", "le-mage-du-kremlin", "leers", 13),
    DemoLoan("20590000200017", "veiller-sur-elle", "hem", 15),
    DemoLoan("20590000200059", "veiller-sur-elle", "hem", 19, _SOON),
    DemoLoan("20590000200087", "veiller-sur-elle", "leers", 26, _LATE),
    DemoLoan("20590000200122", "veiller-sur-elle", "lys", 14),
    DemoLoan("20590000200094", "veiller-sur-elle", "toufflers", 16),
    DemoLoan("20590000200101", "jacaranda", "hem", 13),
    DemoLoan(CHLOE, "jacaranda", "lys", 18, _SOON),
    DemoLoan("20590000200311", "asterix-41", "hem", 9),
    DemoLoan("20590000200143", "asterix-41", "lannoy", 7),
    DemoLoan("20590000200325", "asterix-41", "leers", 8),
    DemoLoan("20590000200332", "asterix-41", "lys", 12),
    DemoLoan(INES, "asterix-41", "toufflers", 15),
    DemoLoan("20590000200066", "film-le-comte-de-monte-cristo", "hem", 6),
    DemoLoan("20590000200073", "film-le-comte-de-monte-cristo", "lys", 11, _SOON),
    # One copy of these is left, and it is the one that a hold is bound to.
    DemoLoan("20590000200150", "houris", "hem", 10),
    DemoLoan("20590000200164", "houris", "hem", 17),
    DemoLoan("20590000200178", "houris", "leers", 12),
    DemoLoan("20590000200157", "l-arabe-du-futur-6", "hem", 11),
    DemoLoan("20590000200171", "l-arabe-du-futur-6", "lys", 10),
    DemoLoan("20590000200213", "film-anatomie-d-une-chute", "lys", 7),
    DemoLoan("20590000200108", "le-monde-sans-fin", "hem", 27, _LATE),
    DemoLoan("20590000200192", "le-monde-sans-fin", "leers", 11),
    DemoLoan("20590000200045", "sapiens", "hem", 9),
    DemoLoan("20590000200255", "spy-x-family-2", "hem", 8),
    DemoLoan("20590000200206", "cd-racine-carree", "hem", 16),
    DemoLoan("20590000200122", "les-rois-maudits", "lys", 8, part="2"),
    # The rest of an ordinary week.
    DemoLoan(HUGO, "harry-potter-a-l-ecole-des-sorciers", "hem", 11),
    DemoLoan("20590000200234", "harry-potter-a-l-ecole-des-sorciers", "lys", 5),
    DemoLoan("20590000200248", "one-piece-1", "hem", 20, _SOON),
    DemoLoan(ZOE, "mortelle-adele-2", "hem", 8),
    DemoLoan("20590000200052", "changer-l-eau-des-fleurs", "hem", 14),
    DemoLoan(MARGUERITE, "gc-changer-l-eau-des-fleurs", "toufflers", 13),
    DemoLoan("20590000200129", "les-rois-maudits", "hem", 7, part="1"),
    DemoLoan(NADIA, "la-panthere-des-neiges", "hem", 10),
    DemoLoan("20590000200318", "mag-j-aime-lire", "lannoy", 5, part="593"),
    DemoLoan(SCHOOL, "le-gruffalo", "hem", 20),
    DemoLoan(SCHOOL, "le-gruffalo", "lys", 20),
    DemoLoan("20590000200115", "l-anomalie", "hem", 35, _LATE),
    DemoLoan("20590000200080", "germinal", "lys", 50, _LATE),
    DemoLoan(KEVIN, "l-etranger", "hem", 40, _LATE),
)

HOLDS: Final = (
    DemoHold(ALICE, "houris", "hem", _READY, 9, source="lys"),
    DemoHold(ALICE, "l-arabe-du-futur-6", "hem", _IN_TRANSIT, 5, source="leers"),
    DemoHold(ALICE, "le-mage-du-kremlin", "hem", _WAITING, 3),
    DemoHold(ALICE, "veiller-sur-elle", "hem", _WAITING, 2),
    DemoHold(ZOE, "le-gruffalo", "hem", _READY, 3, source="hem"),
    DemoHold(HUGO, "one-piece-4", "hem", _TARGETED, 1, source="hem"),
    DemoHold(BRUNO, "jacaranda", "leers", _WAITING, 8),
    DemoHold(BRUNO, "film-anatomie-d-une-chute", "leers", _TARGETED, 2, source="hem"),
    DemoHold(CHLOE, "l-anomalie", "lys", _READY, 6, source="lys"),
    DemoHold(SAMIR, "le-mage-du-kremlin", "toufflers", _WAITING, 10),
    DemoHold(MARGUERITE, "audio-veiller-sur-elle", "lannoy", _IN_TRANSIT, 4, source="lys"),
    DemoHold(NADIA, "le-monde-sans-fin", "hem", _IN_TRANSIT, 5, source="lys"),
    DemoHold(SCHOOL, "sapiens", "lys", _TARGETED, 2, source="lys"),
    DemoHold("20590000200199", "houris", "hem", _WAITING, 1),
    DemoHold("20590000200220", "veiller-sur-elle", "lys", _WAITING, 12),
    DemoHold("20590000200227", "le-mage-du-kremlin", "leers", _WAITING, 6),
    DemoHold("20590000200227", "cd-racine-carree", "leers", _IN_TRANSIT, 4, source="lys"),
    DemoHold("20590000200031", "le-mage-du-kremlin", "lys", _SUSPENDED, 11, suspended_days=30),
    DemoHold("20590000200136", "asterix-41", "leers", _WAITING, 4),
    DemoHold("20590000200262", "asterix-41", "hem", _WAITING, 2),
    DemoHold("20590000200185", "film-le-comte-de-monte-cristo", "leers", _WAITING, 3),
    DemoHold("20590000200269", "spy-x-family-2", "leers", _READY, 5, source="leers"),
    DemoHold("20590000200318", "mortelle-adele-2", "lannoy", _READY, 2, source="lannoy"),
    DemoHold("20590000200297", "film-kirikou-et-la-sorciere", "hem", _TARGETED, 1, source="hem"),
    DemoHold("20590000200129", "les-rois-maudits", "leers", _TARGETED, 3, source="hem", part="2"),
    DemoHold("20590000200206", "mag-science-vie", "hem", _READY, 3, source="hem", part="1308"),
    DemoHold("20590000200143", "la-panthere-des-neiges", "lannoy", _TARGETED, 2, source="lannoy"),
    DemoHold("20590000200045", "petit-pays", "toufflers", _SUSPENDED, 7, suspended_days=21),
)

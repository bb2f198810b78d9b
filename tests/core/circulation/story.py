"""Stories drawn from a seed: one step after the other, and the shortest one that still fails.

A step is a kind and a number from which it draws everything else, so that a story stays a story
when steps are taken out of it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from core.circulation import card_acts, closing_acts, desk_acts, people_acts, placing_acts
from core.circulation.town import Town
from navette.errors import Refusal

LENGTH = 250
SHRINKING_SECONDS = 25.0


class Step(NamedTuple):
    """What happens, and the number that decides on the rest."""

    kind: str
    number: int


def scan_anything(town: Town, chance: random.Random) -> None:
    library, item = town.library(chance), chance.choice(town.items)
    machine = chance.random() < 0.2
    desk_acts.scan(town, library, item, confirm=chance.random() < 0.6, machine=machine)


def follow_the_lists(town: Town, chance: random.Random) -> None:
    """Fetch a line of the pull list, receive a crate, clear the shelf: a desk's real day."""
    library = town.library(chance)
    todo = [line.item.id for line in town.engine.pull_list(library)]
    arriving = [t.item.id for t in town.engine.transits(library) if t.destination == library]
    todo += arriving + [i.id for i in town.engine.to_clear(library)]
    for item in todo[:2]:
        machine = item in arriving and chance.random() < 0.3
        desk_acts.scan(town, library, item, confirm=True, machine=machine)


def collect(town: Town, chance: random.Random) -> None:
    """The person, or their guardian, comes for what is ready."""
    ready = [h for h in town.photo.holds.values() if h.state == "READY"]
    if ready:
        hold = chance.choice(ready)
        cards = [
            p.card for p in town.people if p.id == hold.patron_id or hold.patron_id in p.children
        ]
        library = town.code(hold.pickup_library_id)
        desk_acts.lend(town, library, hold.item_id or 0, chance.choice(cards))


def lend_anything(town: Town, chance: random.Random) -> None:
    reason = "urgence" if chance.random() < 0.2 else ""
    person, item = chance.choice(town.people), chance.choice(town.items)
    desk_acts.lend(town, town.library(chance), item, person.card, reason)


def give_back(town: Town, chance: random.Random) -> None:
    """A book comes back, anywhere, at a desk or into a machine."""
    if town.photo.loans:
        item = chance.choice(list(town.photo.loans))
        machine = chance.random() < 0.3
        desk_acts.scan(town, town.library(chance), item, machine=machine)


def undo_at_once(town: Town, chance: random.Random) -> None:
    scan_anything(town, chance)
    desk_acts.undo(town, random.Random(0))


ACTS: dict[str, tuple[int, Callable[[Town, random.Random], None]]] = {
    "place": (12, placing_acts.place),
    "series": (2, placing_acts.series),
    "follow_the_lists": (14, follow_the_lists),
    "scan_anything": (5, scan_anything),
    "scan_twice": (3, desk_acts.scan_twice),
    "undo": (3, desk_acts.undo),
    "undo_at_once": (2, undo_at_once),
    "collect": (5, collect),
    "lend_anything": (4, lend_anything),
    "one_field": (4, desk_acts.one_field),
    "give_back": (5, give_back),
    "missing": (1, desk_acts.missing),
    "the_van": (2, desk_acts.the_van),
    **{
        name: (weight, partial(people_acts.change, act=name))
        for name, weight in (
            ("cancel", 2), ("restore", 2), ("suspend", 2), ("resume", 2), ("pass_turn", 3),
            ("pickup", 6), ("mistake", 1),
        )
    },
    "renew": (2, people_acts.renew),
    "claim": (2, card_acts.claim),
    "take_back": (1, card_acts.take_back),
    "lost": (1, card_acts.lost),
    "search": (2, card_acts.search),
    "forgive": (1, card_acts.forgive),
    "pace": (1, card_acts.pace),
    "stranger": (1, people_acts.stranger),
    "the_machine_fails": (3, people_acts.the_machine_fails),
    "time_passes": (9, people_acts.time_passes),
    "minute": (3, people_acts.minute),
    "night": (1, people_acts.night),
    "post": (3, people_acts.post),
    "closure": (2, closing_acts.close),
    "reopen": (1, closing_acts.reopen),
    "answer": (2, closing_acts.answer),
    "block": (1, people_acts.block),
}  # fmt: skip


class Broke(AssertionError):
    """A story that breaks: its seed, its shortest form, what the engine was asked, and why."""

    def __init__(
        self, seed: int, story: Sequence[Step], diary: Sequence[str], error: BaseException
    ) -> None:
        kinds = ", ".join(step.kind for step in story)
        told = "\n".join(f"  {line}" for line in diary)
        super().__init__(f"story {seed}: {error!r}\nsteps: {kinds}\n{told}")


def drawn(*, closures: bool) -> list[str]:
    """The kinds of steps, each as often as it is likely."""
    kinds = [k for k in ACTS if closures or k != "closure"]
    return [kind for kind in kinds for _ in range(ACTS[kind][0])]


def written(seed: int, length: int = LENGTH) -> list[Step]:
    """A story of so many steps; every third one without closures."""
    chance = random.Random(seed)
    kinds = chance.choices(drawn(closures=seed % 3 != 0), k=length)
    return [Step(kind, chance.randrange(2**32)) for kind in kinds]


class Failed(NamedTuple):
    """Where a story broke, and how."""

    at: int
    error: BaseException


def tell(town: Town, seed: int, story: Sequence[Step]) -> Failed | None:
    """Live a story from its beginning; every step is followed by a comparison."""
    town.begin(seed)
    for index, step in enumerate(story):
        error = live_step(town, step)
        if error is not None:
            return Failed(index, error)
    return None


def live_step(town: Town, step: Step) -> BaseException | None:
    """Do one step and compare; returns what broke."""
    try:
        ACTS[step.kind][1](town, random.Random(step.number))
        town.look_again()
    except (AssertionError, Refusal, LookupError, ValueError, RuntimeError) as error:
        return error
    return None


def shortest(town: Town, seed: int, story: Sequence[Step], seconds: float) -> list[Step]:
    """Leave out steps, in ever smaller runs, as long as the story still breaks."""
    until, kept, run = time.monotonic() + seconds, list(story), max(1, len(story) // 2)
    while run and time.monotonic() < until:
        start = 0
        while start < len(kept) and time.monotonic() < until:
            shorter = kept[:start] + kept[start + run :]
            failed = tell(town, seed, shorter)
            if failed is None:
                start += run
            else:
                kept = shorter[: failed.at + 1]
        run //= 2
    return kept


def live(
    town: Town, first: int, stories: int, told: Callable[[int], object] = lambda _steps: None
) -> int:
    """Live so many stories; raises with the shortest one that breaks. Returns the steps taken.

    `told` hears after each story how many steps it has been.
    """
    steps = 0
    for seed in range(first, first + stories):
        story = written(seed)
        failed = tell(town, seed, story)
        if failed is not None:
            short = shortest(town, seed, story[: failed.at + 1], SHRINKING_SECONDS)
            again = tell(town, seed, short) or failed
            raise Broke(seed, short, list(town.engine.lines), again.error) from again.error
        steps += len(story)
        told(steps)
    return steps

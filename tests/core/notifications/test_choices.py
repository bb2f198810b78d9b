"""What people choose about being told: ways in order, quiet hours, what they may do without."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from factories import a_patron
from fakes import FrozenClock
from navette.errors import BadInput
from navette.network.network import Network
from navette.notifications.choices import Choice, Chosen, choices_of, choose, quiet_until
from navette.patrons.reading import patrons_of
from navette.storage.unit import Unit

NIGHT = (22 * 60, 8 * 60)


def chosen(**given: object) -> Chosen:
    values = {
        "ways": ["sms", "email"], "titles": True, "quiet": NIGHT, "reminders": False, "turns": True,
    }  # fmt: skip
    return Chosen(**(values | given))  # type: ignore[arg-type]


def test_a_choice_is_kept_and_changed(unit: Unit, network: Network, clock: FrozenClock) -> None:
    patron, other = a_patron(unit), a_patron(unit)
    for given in (chosen(), chosen(ways=["email", "email"], quiet=None)):
        unit.write(lambda tx, given=given: choose(tx, patron, given, clock.now()))
    with unit.read() as reader:
        kept, person = choices_of(reader, [patron, other]), patrons_of(reader, [patron])[patron]
    assert kept == {patron: Choice(patron, None, None, False, True), other: Choice(other)}
    assert (person.channels, person.title_on_notices) == (["email"], True)


@pytest.mark.parametrize("wrong", [{"ways": ["pigeon"]}, {"quiet": (0, 1440)}, {"quiet": (-1, 60)}])
def test_what_is_no_choice_is_refused(
    unit: Unit, network: Network, clock: FrozenClock, wrong: dict[str, object]
) -> None:
    patron = a_patron(unit)
    with pytest.raises(BadInput):
        unit.write(lambda tx: choose(tx, patron, chosen(**wrong), clock.now()))


@pytest.mark.parametrize(
    ("hours", "instant", "until"),
    [
        (NIGHT, datetime(2026, 11, 24, 21, 30, tzinfo=UTC), datetime(2026, 11, 25, 7, tzinfo=UTC)),
        (NIGHT, datetime(2026, 11, 25, 3, tzinfo=UTC), datetime(2026, 11, 25, 7, tzinfo=UTC)),
        (NIGHT, datetime(2026, 11, 25, 7, tzinfo=UTC), None),
        ((13 * 60, 15 * 60), datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 13, tzinfo=UTC)),
        ((13 * 60, 15 * 60), datetime(2026, 7, 1, 13, tzinfo=UTC), None),
        ((None, None), datetime(2026, 7, 1, 1, tzinfo=UTC), None),
        # the night of the change to winter time is an hour longer
        (NIGHT, datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_quiet_hours_follow_the_wall_clock(
    hours: tuple[int, int], instant: datetime, until: datetime | None
) -> None:
    assert quiet_until(Choice(1, *hours), instant) == until

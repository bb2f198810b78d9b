"""What the night puts out for the morning: said once, made up for, not said when it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import bindparam, update

from factories import a_patron, a_record, an_item
from navette.circulation.tables import Hold, Loan
from navette.ils.views import Actor
from navette.network.network import Network
from navette.notifications.choices import Chosen, choose
from navette.notifications.reminding import remind, reminder_for
from navette.storage.base import table
from navette.storage.statements import command
from telling import Stage

TODAY = date(2026, 11, 24)
DATES = command(
    update(table(Hold)).values(
        **{name: bindparam(f"new_{name}") for name in ("placed_at", "likely_at", "not_after")}
    )
)
BEFORE, AFTER = [3], [1, 8, 21]


@pytest.fixture
def lend(stage: Stage, network: Network) -> Callable[..., int]:
    """Put a loan into somebody's hands, due in so many days."""

    def lent(patron: int, days: int, title: str = "Nana", volume: str = "") -> int:
        record = a_record(stage.unit, title, volume_label=volume)
        item = an_item(stage.unit, record, status="ON_LOAN")
        row = {
            "item_id": item, "record_id": record, "patron_id": patron, "renewals": 0, "version": 1,
            "library_id": network.library("hem").id, "lent_at": stage.clock.now(),
            "due_on": TODAY + timedelta(days), "override_reason": "",
        }  # fmt: skip
        return stage.unit.write(lambda tx: tx.insert(Loan, **row))

    return lent


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (4, ("", 0)), (3, ("due_soon", 3)), (1, ("due_soon", 3)), (0, ("due_soon", 3)),
        (-1, ("overdue", 1)), (-7, ("overdue", 1)), (-8, ("overdue", 8)), (-30, ("overdue", 21)),
    ],
)  # fmt: skip
def test_the_step_that_was_reached_is_the_one_that_counts(left: int, said: tuple[str, int]) -> None:
    assert reminder_for(left, BEFORE, AFTER) == said


def test_loans_of_one_day_are_one_reminder_in_the_morning_and_once(
    stage: Stage, network: Network, lend: Callable[..., int]
) -> None:
    patron = a_patron(stage.unit)
    lend(patron, 3)
    lend(patron, 3, "Germinal")
    lend(patron, 9)
    stage.clock.set(datetime(2026, 11, 24, 2, 30, tzinfo=UTC))
    for _ in range(2):
        remind(stage.unit, network, stage.clock.now())
    assert stage.tell(hours=5) == []
    assert stage.tell(minutes=31) == ["sent"]
    assert stage.push.letters[0].notice.title == "2 documents à rendre vendredi 27 novembre"
    assert "Nana" not in stage.push.letters[0].notice.body
    remind(stage.unit, network, stage.clock.now())
    assert stage.tell(hours=1) == []


def test_who_wants_titles_reads_them_with_their_volume(
    stage: Stage, network: Network, lend: Callable[..., int]
) -> None:
    patron = a_patron(stage.unit, title_on_notices=True)
    lend(patron, 3, "One piece", "41")
    lend(patron, 3, "Nana")
    remind(stage.unit, network, stage.clock.now())
    stage.tell(hours=1)
    (letter,) = stage.push.letters
    assert "«\u00a0One piece, tome\u00a041\u00a0», «\u00a0Nana\u00a0»" in letter.notice.body


def test_what_came_back_or_was_renewed_meanwhile_is_not_reminded(
    stage: Stage, network: Network, lend: Callable[..., int]
) -> None:
    back, longer = lend(a_patron(stage.unit), 3), lend(a_patron(stage.unit), -1)
    said = lend(a_patron(stage.unit), -8)
    remind(stage.unit, network, stage.clock.now())
    _change(stage, "returned_at = lent_at", back)
    _change(stage, "due_on = '2026-12-20'", longer)
    _change(stage, "claimed_at = lent_at", said)
    assert stage.tell(hours=1) == ["dropped"] * 3


def _change(stage: Stage, what: str, loan: int) -> None:
    stage.unit.write(lambda tx: tx.driver.execute(f"UPDATE loan SET {what} WHERE id = {loan}"))


def test_late_is_said_at_each_step_without_a_title_or_blame(
    stage: Stage, network: Network, lend: Callable[..., int]
) -> None:
    lend(a_patron(stage.unit), -1)
    for _ in range(21):
        remind(stage.unit, network, stage.clock.now())
        stage.tell(days=1)
    titles = [letter.notice.title for letter in stage.push.letters]
    assert (
        titles
        == ["Petit rappel\u00a0: 1 document à rendre depuis lundi 23 novembre".replace("1 ", "1 ")]
        * 3
    )


def test_who_wants_no_reminder_gets_none_but_lateness_is_said(
    stage: Stage, network: Network, lend: Callable[..., int]
) -> None:
    patron = a_patron(stage.unit)
    none = Chosen(["push"], titles=False, quiet=None, reminders=False, turns=False)
    stage.unit.write(lambda tx: choose(tx, patron, none, stage.clock.now()))
    lend(patron, 3)
    lend(patron, -8)
    remind(stage.unit, network, stage.clock.now())
    assert sorted(stage.tell(hours=1)) == ["dropped", "sent"]


def test_last_days_are_said_once_and_not_on_the_day_of_the_arrival(
    stage: Stage, network: Network
) -> None:
    hold = stage.ready_hold(a_patron(stage.unit))
    stage.tell(minutes=6)
    with stage.unit.read() as reader:
        text = reader.driver.execute(
            f"SELECT pickup_deadline FROM hold WHERE id = {hold}"
        ).fetchone()[0]
    deadline = text if isinstance(text, datetime) else datetime.fromisoformat(str(text))
    said: list[date] = []
    for _ in range(12):
        before = len(stage.push.letters)
        remind(stage.unit, network, stage.clock.now())
        stage.tell(days=1)
        if len(stage.push.letters) > before and "passer" in stage.push.letters[-1].notice.title:
            said.append(stage.clock.now().date() - timedelta(1))
    days = [
        day for day in network.library("hem").calendar.open_days(TODAY) if day <= deadline.date()
    ]
    assert said == [days[-2]]
    assert stage.push.letters[-1].notice.urgent


def test_a_turn_that_comes_after_a_long_wait_is_said_once(stage: Stage, network: Network) -> None:
    record = a_record(stage.unit)
    an_item(stage.unit, record, status="ON_LOAN")
    patron, now = a_patron(stage.unit), stage.clock.now()
    stage.circulation.place_hold(
        Actor("patron", patron_id=patron), patron_id=patron, record_id=record, pickup="lys"
    )
    dates = {
        "placed_at": now - timedelta(days=40),
        "likely_at": now + timedelta(days=3),
        "not_after": TODAY + timedelta(days=10),
    }
    stage.unit.write(lambda tx: tx.run(DATES, **{f"new_{name}": at for name, at in dates.items()}))
    for _ in range(2):
        remind(stage.unit, network, now)
    stage.tell(hours=1)
    titles = sorted(letter.notice.title for letter in stage.push.letters)
    assert titles == ["Votre réservation attend toujours", "Votre tour approche"]


def test_a_registration_that_ends_is_said_once(stage: Stage, network: Network) -> None:
    a_patron(stage.unit, valid_until=TODAY + timedelta(days=29))
    a_patron(stage.unit, valid_until=TODAY + timedelta(days=31))
    for _ in range(3):
        remind(stage.unit, network, stage.clock.now())
        stage.tell(hours=1)
    titles = [letter.notice.title for letter in stage.push.letters]
    assert titles == ["Votre inscription se renouvelle avant le mercredi 23 décembre"]

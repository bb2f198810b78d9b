"""From which libraries a copy would be at hand soonest: one's own, then as the van drives."""

from __future__ import annotations

from datetime import datetime

from navette.catalogue.search.results import Sort, Sorting
from navette.clock import local_date
from navette.network.network import Network


def sorting_for(network: Network, by: Sort, near: str, now: datetime) -> Sorting:
    """Return an order of results; `near` is the code of the library where they should be at hand.

    An unknown or missing one is the first of the line.
    """
    if by == "arrivals":
        return Sorting(by, today=local_date(now))
    if by != "soonest":
        return Sorting(by)
    codes = [library.code for library in network.libraries]
    if not codes:
        return Sorting(by, today=local_date(now))
    here = near.strip().lower() if near.strip().lower() in codes else codes[0]
    rides = {code: network.timetable.next_ride(code, here, now) for code in codes if code != here}
    reached = sorted((ride.arrives, code) for code, ride in rides.items() if ride)
    return Sorting(by, (here, *(code for _, code in reached)), local_date(now))

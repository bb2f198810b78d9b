"""`navette catalogue`: why records are one, staff's own decisions, everything read again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import click

from navette.catalogue.grouping import DescriptionView, Grouping, group_of
from navette.catalogue.rereading import Reread, reread
from navette.catalogue.undescribed import undescribed
from navette.catalogue.unimarc.profiles import UnknownProfile
from navette.errors import ItemOnLoan, WrongState
from navette.ils.views import SYSTEM
from navette_server.console import DONE, PARTLY, database, json_option, progress, tell
from navette_server.engines import circulation_of
from navette_server.environment import clock_of, settings_here

_SHOWN = 20


@click.group()
def catalogue() -> None:
    """See why records are one, join or part them, read all of it again."""


@catalogue.command("why")
@click.argument("record", type=int)
@json_option
def why(record: int, *, as_json: bool) -> None:
    """Say which descriptions RECORD is made of, and what holds them together."""
    with database() as unit, unit.read() as reader:
        group = group_of(reader, record)
    answer = {
        "record": group.record.id,
        "title": group.record.title,
        "descriptions": [asdict(one) for one in group.descriptions],
        "decisions": [one._asdict() for one in group.decisions],
    }
    lines = [f"{group.record.id}  {group.record.title}", *map(_line, group.descriptions)]
    tell(answer, as_json=as_json, text="\n".join(lines))


def _line(one: DescriptionView) -> str:
    held = "decided by staff" if one.by_staff else f"{one.score:.2f}: {', '.join(one.reasons)}"
    return (
        f"  {one.library}:{one.local_id}  {one.title} {one.volume} / {one.author}"
        f" ({one.publisher}, {one.year or '?'}), {one.copies} copies\n      {held}"
    )


@catalogue.command("join")
@click.argument("record", type=int)
@click.argument("into", type=int)
@json_option
def join(record: int, into: int, *, as_json: bool) -> None:
    """Make RECORD and INTO one publication: copies, loans and holds go over to INTO."""
    settings = settings_here()
    with database() as unit:
        clock = clock_of(settings)
        grouping = Grouping(unit, circulation_of(settings, unit, clock))
        moved = grouping.join(SYSTEM, from_record=record, into_record=into, now=clock.now())
    tell(
        {"record": into, "holds": moved},
        as_json=as_json,
        text=f"{record} is {into} now; {moved} holds went along.",
    )


@catalogue.command("part")
@click.argument("record", type=int)
@click.argument("descriptions", nargs=-1, required=True, metavar="LIBRARY:001...")
@json_option
def part(record: int, descriptions: Sequence[str], *, as_json: bool) -> None:
    """Take DESCRIPTIONS, with their copies, out of RECORD into a record of their own."""
    settings = settings_here()
    with database() as unit:
        clock = clock_of(settings)
        with unit.read() as reader:
            known = {
                f"{d.library}:{d.local_id}": d.id for d in group_of(reader, record).descriptions
            }
        if unknown := [name for name in descriptions if name not in known]:
            raise click.UsageError(f"not in record {record}: {', '.join(unknown)}")
        grouping = Grouping(unit, circulation_of(settings, unit, clock))
        made = grouping.part(
            SYSTEM, record_id=record, source_ids=[known[name] for name in descriptions],
            now=clock.now(),
        )  # fmt: skip
    tell({"record": made}, as_json=as_json, text=f"They are record {made} now.")


@catalogue.command("reread")
@click.option("--library", help="Only the records of this library; all libraries if not said.")
@click.option("--profile", help="Read them by this profile; each by its own if not said.")
@json_option
def reread_command(library: str | None, profile: str | None, *, as_json: bool) -> int:
    """Read again all records that libraries gave, without a file: after a better reader or profile.

    Groups, loans, holds and where copies stand stay as they are. Safe to interrupt and to repeat.
    """
    clock = clock_of(settings_here())
    try:
        with database() as unit, progress("reading again", quiet=as_json) as advance:
            reports = reread(unit, library, profile, now=clock.now(), progress=advance)
    except UnknownProfile as error:
        raise click.UsageError(str(error)) from error
    told: list[dict[str, Any]] = [asdict(report) for report in reports]
    tell(told, as_json=as_json, text="\n".join(map(_sentence, reports)))
    return PARTLY if any(report.records_unreadable for report in reports) else DONE


def _sentence(report: Reread) -> str:
    return (
        f"{report.library}: {report.records_read} records read again"
        f" ({report.records_repaired} repaired, {report.records_unreadable} unreadable),"
        f" {report.items_read} items ({report.items_created} new, {report.items_updated} changed)"
    )


@catalogue.command("undescribed")
@click.option("--library", required=True, help="Code of the library whose records are looked at.")
@click.option(
    "--missing", is_flag=True, help="Declare these copies missing; a scan finds them again."
)
@click.option("--confirm", is_flag=True, help="With --missing: even if they are more than 5 %.")
@json_option
def undescribed_command(library: str, *, missing: bool, confirm: bool, as_json: bool) -> int:
    """List copies that stand on a shelf here and that their library's records name no more.

    Given away there, moved to another library, or on a record that its full file lacks. An
    import leaves them as they are; with --missing nobody is sent to fetch them any more.
    """
    settings = settings_here()
    with database() as unit:
        with unit.read() as reader:
            found = undescribed(reader, library)
        doubtful = missing and found.is_much and not confirm
        declared = 0
        if missing and not doubtful:
            circulation = circulation_of(settings, unit, clock_of(settings))
            for copy in found.copies:
                # One that was lent or moved meanwhile is no longer on its shelf.
                with suppress(ItemOnLoan, WrongState):
                    circulation.mark_missing(SYSTEM, library, item_id=copy.item_id)
                    declared += 1
    answer = {
        "library": library,
        "standing": found.standing,
        "undescribed": [{"barcode": c.barcode, "title": c.title} for c in found.copies],
        "declared_missing": declared,
    }
    lines = [
        f"{len(found.copies)} of the {found.standing} copies on the shelves are described no more"
    ]
    lines += [f"  {copy.barcode}  {copy.title}" for copy in found.copies[:_SHOWN]]
    if declared:
        lines.append(f"{declared} declared missing.")
    elif doubtful:
        lines.append("Nothing declared, that is more than 5 %; --confirm if it is so.")
    tell(answer, as_json=as_json, text="\n".join(lines))
    return PARTLY if doubtful else DONE


COMMANDS = {"catalogue": catalogue}

"""`navette import` and `navette export`: UNIMARC files in, the libraries' own records out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

import click
import orjson
from sqlalchemy import bindparam, select

from navette.catalogue.importing import import_file
from navette.catalogue.reporting import ImportReport
from navette.catalogue.tables import SourceRecord
from navette.catalogue.unimarc.profiles import UnknownProfile
from navette.clock import SystemClock
from navette.errors import SourceError
from navette.network.loading import network_of
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Unit
from navette_server.console import DONE, PARTLY, database, json_option, progress, tell

_s = table(SourceRecord).c
_AT_ONCE = 500
_RAW = Query(
    select(_s.id, _s.raw)
    .where(
        _s.library_id == bindparam("library"),
        _s.id > bindparam("last"),
        _s.gone_at.is_(None),
    )
    .order_by(_s.id)
    .limit(_AT_ONCE),
    lambda row_id, raw: (row_id, bytes(raw)),
)


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--library", required=True, help="Code of the library the files come from.")
@click.option("--profile", help="Source profile; the one named like the library if not said.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--report", type=click.Path(path_type=Path), help="Also write the report here.")
@json_option
def import_command(
    files: Sequence[Path],
    library: str,
    profile: str | None,
    *,
    dry_run: bool,
    report: Path | None,
    as_json: bool,
) -> int:
    """Import UNIMARC files (ISO 2709, items in 995) of one library.

    The same command again completes an interrupted import, and changes nothing when the files
    have not changed. Leaves with 3 when records were refused: the report lists them.
    """
    for file in files:
        if not file.is_file():
            raise SourceError(str(file), "there is no such file")
    reports: list[ImportReport] = []
    try:
        with database() as unit:
            for file in files:
                with progress(file.name, quiet=as_json) as advance:
                    reports.append(
                        import_file(
                            unit, file, library, profile, now=SystemClock().now(),
                            dry_run=dry_run, progress=advance,
                        )
                    )  # fmt: skip
    except UnknownProfile as error:
        raise click.UsageError(str(error)) from error
    finally:
        _write(reports, report)
    tell(_shape(reports), as_json=as_json, text="\n".join(map(_sentence, reports)))
    return DONE if all(one.complete for one in reports) else PARTLY


def _write(reports: Sequence[ImportReport], path: Path | None) -> None:
    if path is not None and reports:
        path.write_bytes(orjson.dumps(_shape(reports), option=orjson.OPT_INDENT_2) + b"\n")


def _shape(reports: Sequence[ImportReport]) -> object:
    """Return one flat object for one file, a list for several."""
    shaped = [one.as_json() for one in reports]
    return shaped[0] if len(shaped) == 1 else shaped


def _sentence(one: ImportReport) -> str:
    lines = [
        (
            f"{one.file} ({one.library}, profile {one.profile}"
            f"{', dry run: nothing written' if one.dry_run else ''}), {one.seconds:.1f} s"
        ),
        (
            f"  records {one.records_read} = {one.records_created} created"
            f" + {one.records_updated} updated + {one.records_unchanged} unchanged"
            f" + {one.records_refused} refused ({one.records_repaired} repaired)"
        ),
        (
            f"  items   {one.items_read} = {one.items_created} created + {one.items_updated} updated"
            f" + {one.items_unchanged} unchanged + {one.items_refused} refused"
        ),
        f"  publications {one.publications_before} -> {one.publications_after}",
    ]
    lines += [
        f"  refused at byte {r.position}, 001 {r.id_001 or '?'}"
        f"{f', field {r.field}' if r.field else ''}: {r.reason}"
        for r in one.refusals
    ]
    return "\n".join(lines)


@click.command("export")
@click.option("--library", required=True, help="Code of the library whose records are written.")
@click.option("--to", type=click.Path(path_type=Path), help="File to write; else the output.")
@json_option
def export(library: str, to: Path | None, *, as_json: bool) -> None:
    """Write a library's records as they were received, in UNIMARC (ISO 2709)."""
    if as_json and to is None:
        raise click.UsageError("--json needs --to FILE: the output is the records otherwise")
    with database() as unit:
        with unit.read() as reader:
            library_id = network_of(reader).library(library).id
        if to is None:
            _copy(unit, library_id, sys.stdout.buffer)
            return
        draft = to.with_name(f"{to.name}.part")
        with draft.open("wb") as stream:
            count = _copy(unit, library_id, cast("BinaryIO", stream))
        draft.replace(to)
    tell({"file": str(to), "records": count}, as_json=as_json, text=f"{count} records in {to}.")


def _copy(unit: Unit, library_id: int, stream: BinaryIO) -> int:
    last = count = 0
    while True:
        with unit.read() as reader:
            rows = reader.all(_RAW, library=library_id, last=last)
        if not rows:
            return count
        for last, raw in rows:  # noqa: B007 - the last id is where the next page begins
            stream.write(raw)
        count += len(rows)


COMMANDS = {"import": import_command, "export": export}

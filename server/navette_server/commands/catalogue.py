"""`navette import` and `navette export`: UNIMARC files in, the catalogue out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import click
import orjson

from navette.catalogue import source_profiles
from navette.catalogue.exporting import export_lines, export_raw
from navette.catalogue.importing import import_file
from navette.catalogue.missing import Missing
from navette.catalogue.reporting import ImportReport, Sample
from navette.catalogue.unimarc import marcxml_writing, sources
from navette.catalogue.unimarc.profiles import Profile, UnknownProfile
from navette.clock import SystemClock
from navette.errors import SourceError
from navette.storage.unit import Reader, Unit
from navette_server.console import DONE, PARTLY, Advance, database, json_option, progress, tell

T = TypeVar("T")
_TOLD_EVERY: Final = 500


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--library", required=True, help="Code of the library the files come from.")
@click.option(
    "--profile",
    help="Source profile: a name, or a file NAME.toml of your own, which is kept. The one named like the library if not said.",
)
@click.option(
    "--dry-run", is_flag=True, help="Say what would happen, with 20 samples; write nothing."
)
@click.option(
    "--full", is_flag=True, help="The file is all that the library has: say what it lacks."
)
@click.option(
    "--confirm-missing", is_flag=True,
    help="With --full: mark what it lacks as gone, even more than 5 % of the records.",
)  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path), help="Also write the report here.")
@json_option
def import_command(
    files: Sequence[Path],
    library: str,
    profile: str | None,
    *,
    dry_run: bool,
    full: bool,
    confirm_missing: bool,
    report: Path | None,
    as_json: bool,
) -> int:
    """Import UNIMARC files of one library: ISO 2709, MARCXML or marcxchange.

    The profile says in which field the items are (995, 952, 930 with 915). The same command again
    completes an interrupted import, and changes nothing when the files have not changed. Leaves
    with 3 when records were refused: the report lists them. Nothing is ever deleted.
    """
    if full and len(files) > 1:
        raise click.UsageError("--full takes one file: the one that holds all of the library")
    if confirm_missing and not full:
        raise click.UsageError("--confirm-missing goes with --full")
    _look_first(files, report)
    reports: list[ImportReport] = []
    try:
        with database() as unit:
            chosen = _profile(unit, profile, dry_run=dry_run)
            for file in files:
                with progress(file.name, quiet=as_json) as advance:
                    reports.append(
                        import_file(
                            unit, file, library, chosen, now=SystemClock().now(),
                            dry_run=dry_run, full=full, confirm_missing=confirm_missing,
                            progress=advance,
                        )
                    )  # fmt: skip
    except UnknownProfile as error:
        raise click.UsageError(str(error)) from error
    finally:
        _write(reports, report)
    tell(_shape(reports), as_json=as_json, text="\n".join(map(_sentence, reports)))
    return DONE if all(one.complete for one in reports) else PARTLY


def _profile(unit: Unit, asked: str | None, *, dry_run: bool) -> Profile | str | None:
    """Read and keep a profile of one's own; a name is looked up later."""
    if asked is None or not asked.endswith(".toml"):
        return asked
    profile, content = source_profiles.read_file(Path(asked))
    if not dry_run:
        unit.write(lambda tx: source_profiles.keep(tx, profile.name, content))
    return profile


def _look_first(files: Sequence[Path], report: Path | None) -> None:
    """Refuse what is no import before anything of any file is written."""
    for file in files:
        if file.is_dir():
            raise SourceError(str(file), "it is a folder; name the files in it")
        if not file.is_file():
            raise SourceError(str(file), "there is no such file")
        try:
            with file.open("rb") as stream:
                next(sources.read(stream, str(file)), None)
        except PermissionError as error:
            raise SourceError(str(file), "it may not be read by you") from error
    if report is not None and (report.is_dir() or not report.absolute().parent.is_dir()):
        raise SourceError(str(report), "the report cannot be written there")


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
        *([_lacking(one.missing, dry_run=one.dry_run)] if one.missing else []),
    ]
    lines += [line for sample in one.samples for line in _sampled(sample)]
    lines += [
        f"  refused at byte {r.position}, 001 {r.id_001 or '?'}"
        f"{f', field {r.field}' if r.field else ''}: {r.reason}"
        for r in one.refusals
    ]
    return "\n".join(lines)


def _sampled(sample: Sample) -> list[str]:
    return [
        f"  sample {sample.id_001} would be {sample.change}",
        f"    written {sample.written}",
        f"    before  {sample.before or '-'}",
        f"    after   {sample.after}",
    ]


def _lacking(found: Missing, *, dry_run: bool) -> str:
    line = f"  missing {found.lacking} of the {found.known} records of this library"
    if not found.lacking:
        return line
    if found.is_sure:
        return (
            f"{line}: {'they would be' if dry_run else 'kept, and'} marked as gone;"
            " `navette catalogue undescribed` lists their copies"
        )
    if found.unread:
        return f"{line}: nothing marked, {found.unread} records of it could not be read"
    return f"{line}: nothing marked, that is more than 5 %; --confirm-missing if it is so"


@click.command("export")
@click.option("--library", help="Only the records of this library; all libraries if not said.")
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "iso2709", "marcxml"]), default="jsonl",
    show_default=True,
    help="JSON lines of the union catalogue; or the libraries' own records in UNIMARC.",
)  # fmt: skip
@click.option("--to", type=click.Path(path_type=Path), help="File to write; else the output.")
@json_option
def export(library: str | None, form: str, to: Path | None, *, as_json: bool) -> None:
    """Write the catalogue out.

    One JSON object a record of the network (jsonl), or each library's records: byte for byte as
    they were received (iso2709), or as XML in UTF-8 (marcxml). What is written can be imported.
    """
    if as_json and to is None:
        raise click.UsageError("--json needs --to FILE: the output is the records otherwise")
    with database() as unit, unit.read() as reader:
        if to is None:
            _copy(reader, library, form, sys.stdout.buffer, lambda _done, _total: None)
            sys.stdout.buffer.flush()
            return
        with progress(to.name, quiet=as_json) as advance:
            count = _to_file(reader, library, form, to, advance)
    tell({"file": str(to), "records": count}, as_json=as_json, text=f"{count} records in {to}.")


def _to_file(reader: Reader, library: str | None, form: str, to: Path, advance: Advance) -> int:
    """Write beside the file and swap: an export that failed leaves the former one."""
    draft = to.with_name(f"{to.name}.part")
    try:
        with draft.open("wb") as stream:
            count = _copy(reader, library, form, stream, advance)
        draft.replace(to)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _copy(
    reader: Reader, library: str | None, form: str, stream: BinaryIO, advance: Advance
) -> int:
    counted = _Counted(advance)
    if form == "jsonl":
        lines = counted.of(export_lines(reader, library))
        stream.writelines(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
    else:
        raws = counted.of(export_raw(reader, library))
        stream.writelines(marcxml_writing.written(raws) if form == "marcxml" else raws)
    return counted.count


class _Counted:
    """Counts what passes through, and tells it now and then."""

    def __init__(self, advance: Advance) -> None:
        self.count = 0
        self._advance = advance

    def of(self, things: Iterable[T]) -> Iterator[T]:
        """Yield the same things."""
        for thing in things:
            self.count += 1
            if not self.count % _TOLD_EVERY:
                self._advance(self.count, None)
            yield thing
        self._advance(self.count, self.count)


COMMANDS = {"import": import_command, "export": export}

"""`navette index` and `navette search`: the search index, from the command line."""

from __future__ import annotations

import click

from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.catalogue.search.results import SearchFilters
from navette_server.console import database, json_option, progress, tell
from navette_server.environment import clock_of, settings_here


@click.group()
def index() -> None:
    """Care for the search index."""


@index.command("rebuild")
@json_option
def rebuild(*, as_json: bool) -> None:
    """Build the index anew from the database; search goes on meanwhile."""
    settings = settings_here()
    with database() as unit, progress("index", quiet=as_json) as advance:
        writer = IndexWriter(settings.data / "index", unit, clock_of(settings))
        count = writer.rebuild(advance)
    tell({"records": count}, as_json=as_json, text=f"{count} records indexed.")


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--first", default=20, show_default=True, help="How many results to show.")
@click.option("--library", "libraries", multiple=True, help="Only these libraries' copies.")
@json_option
def search(
    query: tuple[str, ...], first: int, libraries: tuple[str, ...], *, as_json: bool
) -> None:
    """Search the catalogue as residents do."""
    settings = settings_here()
    with database() as unit:
        found = SearchIndex(settings.data / "index", unit).search(
            " ".join(query), SearchFilters(library=libraries), first=first
        )
    hits = [{"id": hit.record_id, "title": hit.title} for hit in found.hits]
    lines = [f"{found.total} found"]
    lines += [f"{hit['id']:>8}  {hit['title']}" for hit in hits]
    if found.suggestion:
        lines.append(f"Try: {found.suggestion}")
    tell({"total": found.total, "hits": hits}, as_json=as_json, text="\n".join(lines))


COMMANDS = {"index": index, "search": search}

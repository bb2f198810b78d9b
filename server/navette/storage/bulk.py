"""Many rows at once, the quickest way that each database has: executemany or COPY."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlmodel import SQLModel

from navette.storage.base import table
from navette.storage.statements import Compiled, Query, inserting
from navette.storage.unit import Tx


def next_ids(tx: Tx, model: type[SQLModel], count: int) -> range | list[int]:
    """Reserve ids for rows that will be inserted in this transaction."""
    name = table(model).name
    if not count:
        return []
    if tx.dialect == "sqlite":
        # One writer at a time: nobody else takes them before we commit.
        last = tx.driver.execute(f"SELECT coalesce(max(id), 0) FROM {name}").fetchone()[0]  # noqa: S608 - a table's own name
        return range(last + 1, last + 1 + count)
    rows = tx.driver.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        (name, count),
    )
    return [row[0] for row in rows.fetchall()]


def insert_rows(
    tx: Tx,
    model: type[SQLModel],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    shared: Mapping[str, Any],
) -> None:
    """Insert rows given as cells in the order of `names`; `shared` is the same in every row."""
    if not rows:
        return
    ready = inserting(model, (*names, *shared), returning=False).compiled(tx.dialect)
    same = tuple(ready.bind[n](v) if n in ready.bind else v for n, v in shared.items())
    binders = [(place, ready.bind[n]) for place, n in enumerate(names) if n in ready.bind]
    bound = [_bound(row, binders, same) for row in rows]
    if ready.order is not None:
        columns = [*names, *shared]
        if columns != list(ready.order):
            in_order = itemgetter(*(columns.index(n) for n in ready.order))
            bound = list(map(in_order, bound))
        tx.driver.executemany(ready.text, bound)  # type: ignore[attr-defined]
        return
    listed = ", ".join((*names, *shared))
    with (
        tx.driver.cursor() as cursor,  # type: ignore[attr-defined]
        cursor.copy(f"COPY {table(model).name} ({listed}) FROM STDIN") as copy,
    ):
        for row in bound:
            copy.write_row(row)


def run_many(tx: Tx, statement: Query[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Run one statement for each set of parameters."""
    if not rows:
        return
    ready = statement.compiled(tx.dialect)
    if ready.order is not None:
        tx.driver.executemany(ready.text, _in_order(ready, rows))  # type: ignore[attr-defined]
        return
    values = [ready.values(row) for row in rows]
    with tx.driver.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.executemany(ready.text, values)


def _in_order(ready: Compiled, rows: Sequence[Mapping[str, Any]]) -> Iterator[list[Any]]:
    """Yield the values of each row as SQLite takes them, each name looked up once."""
    order = ready.order or ()
    constants = [
        (place, ready.constants[n]) for place, n in enumerate(order) if n in ready.constants
    ]
    given = [n for n in order if n not in ready.constants]
    binders = [(place, ready.bind[n]) for place, n in enumerate(order) if n in ready.bind]
    # Instants are the same in all rows: bound once.
    last: dict[int, tuple[Any, Any]] = {}
    nothing = (order, None)
    for row in rows:
        values = [row[n] for n in given]
        for place, value in constants:
            values.insert(place, value)
        for place, bind in binders:
            value = values[place]
            before, bound = last.get(place, nothing)
            if value is not before:
                bound = bind(value)
                last[place] = (value, bound)
            values[place] = bound
        yield values


def _bound(row: Sequence[Any], binders: Sequence[tuple[int, Any]], same: tuple[Any, ...]) -> Any:
    if not binders:
        return (*row, *same)
    cells = list(row)
    for place, bind in binders:
        cells[place] = bind(cells[place])
    cells.extend(same)
    return cells

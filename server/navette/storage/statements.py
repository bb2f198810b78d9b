"""Statements: written with `select(...)` on the models, compiled once, run on the bare driver.

The text is SQLAlchemy's own; only its execution layer is left out, which costs ten times the
query on a hot path (docs/decisions/0003). Values and columns still pass through the processors
of their SQLAlchemy types, so an `Instant` is an aware datetime on both databases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import orjson
from sqlalchemy import Dialect, Executable, Insert, bindparam, insert
from sqlalchemy import column as column_named
from sqlalchemy import table as named
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlmodel import SQLModel

from navette.storage.base import table

T = TypeVar("T")
_ID = ("id",)
Processor = Callable[[Any], Any]

DIALECTS: Mapping[str, Dialect] = {
    "sqlite": SQLiteDialect_pysqlite(),
    "postgresql": PGDialect_psycopg(),  # type: ignore[no-untyped-call]
}
_LIST = re.compile(r"(NOT )?IN \(__\[POSTCOMPILE_(\w+)\]\)")


@dataclass(frozen=True)
class Compiled:
    """A statement ready for one driver: its text, how to bind values, how to read rows."""

    text: str
    order: Sequence[str] | None  # names in order for SQLite; None: by name (psycopg)
    constants: Mapping[str, Any]
    bind: Mapping[str, Processor]
    read: Sequence[tuple[int, Processor]]

    def values(self, params: Mapping[str, Any]) -> Any:
        """Return what the driver takes: a list on SQLite, a mapping on PostgreSQL."""
        given = {**self.constants, **params} if self.constants else params
        bind = self.bind
        if self.order is not None:
            return [bind[n](given[n]) if n in bind else given[n] for n in self.order]
        return {n: bind[n](v) if n in bind else v for n, v in given.items()}

    def rows(self, rows: Sequence[Sequence[Any]], into: Callable[..., T]) -> list[T]:
        """Turn driver rows into values of `into`."""
        if not self.read:
            return [into(*row) for row in rows]
        made = []
        for row in rows:
            cells = row
            for position, processor in self.read:
                value = row[position]
                if value is not None:
                    if cells is row:
                        cells = list(row)
                    cells[position] = processor(value)  # type: ignore[index] # a list by now
            made.append(into(*cells))
        return made


def scalar(value: T) -> T:
    """Read the only column of a row as it is (`Query(select(func.count()), scalar)`)."""
    return value


class Query(Generic[T]):
    """A statement and what its rows become. Make it once, at module level."""

    __slots__ = ("_by_dialect", "construct", "into")

    def __init__(self, construct: Executable, into: Callable[..., T]) -> None:
        """`into` is called with the columns of each row, in order."""
        self.construct = construct
        self.into = into
        self._by_dialect: dict[str, Compiled] = {}

    def compiled(self, dialect: str) -> Compiled:
        """Return the text for `sqlite` or `postgresql`, compiled at the first call."""
        found = self._by_dialect.get(dialect)
        if found is None:
            found = self._by_dialect[dialect] = _compile(self.construct, dialect)
        return found


def command(construct: Executable) -> Query[Any]:
    """Return a statement that is run for its effect (insert, update, delete)."""
    return Query(construct, _nothing)


def _nothing(*_: Any) -> None:
    """Read nothing."""


@lru_cache(maxsize=512)
def inserting(model: type[SQLModel], names: tuple[str, ...], *, returning: bool) -> Query[Any]:
    """Return the insert of these columns into the model's table, giving the new id back."""
    whole = table(model)
    # Only the columns that are given: a model's own defaults would be bound as nothing, and a
    # column that the database fills (a migration's default) is then left to it.
    target = named(
        whole.name, *(column_named(n, whole.c[n].type) for n in {*names, *_ID} & {*whole.c.keys()})
    )
    statement: Insert = insert(target).values({n: bindparam(n) for n in names})
    if returning:
        return Query(statement.returning(target.c.id), scalar)
    return command(statement)


def _compile(construct: Executable, name: str) -> Compiled:
    dialect = DIALECTS[name]
    raw: Any = construct.compile(dialect=dialect)  # type: ignore[attr-defined]
    asked = {name for parameter, name in raw.bind_names.items() if parameter.required}
    constants = {n: v for n, v in raw.params.items() if n not in asked}
    lists = {p.key for p in raw.post_compile_params}
    bind: dict[str, Processor] = {}
    for parameter, bound_name in raw.bind_names.items():
        processor = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if processor is not None and bound_name not in lists:
            bind[bound_name] = processor
    text, order = raw.string, list(raw.positiontup) if raw.positional else None
    for match in _LIST.finditer(raw.string):
        text, order = _render_list(match, text, order, constants, bind, name)
    return Compiled(text, order, constants, bind, _readers(raw, dialect))


def _render_list(
    match: re.Match[str],
    text: str,
    order: list[str] | None,
    constants: dict[str, Any],
    bind: dict[str, Processor],
    dialect: str,
) -> tuple[str, list[str] | None]:
    """Give `IN` one text whatever the length of its list.

    A constant list is written out, so that partial indexes on it are recognised. A list given at
    run time becomes one value: an array on PostgreSQL, a JSON array on SQLite.
    """
    negated, name = match.group(1) or "", match.group(2)
    if name in constants:
        literals = ", ".join(_literal(v) for v in constants.pop(name))
        order = None if order is None else [n for n in order if n != name]
        return text.replace(match.group(0), f"{negated}IN ({literals})"), order
    if dialect == "sqlite":
        bind[name] = lambda values: orjson.dumps(list(values)).decode()
        # the marker of a positional statement is a plain question mark
        new = f"{negated}IN (SELECT value FROM json_each(?))"  # noqa: S608 - no value is in the text
    else:
        bind[name] = list
        new = f"<> ALL(%({name})s)" if negated else f"= ANY(%({name})s)"
    return text.replace(match.group(0), new), order


def _literal(value: Any) -> str:
    if isinstance(value, int):
        return str(int(value))
    return "'" + str(value).replace("'", "''").replace("%", "%%") + "'"


def _readers(raw: Any, dialect: Dialect) -> list[tuple[int, Processor]]:
    readers = []
    for position, column in enumerate(raw._result_columns):  # noqa: SLF001 - the compiled result map has no public name
        processor = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if processor is not None:
            readers.append((position, processor))
    return readers

"""Executing a document: fields that only name an attribute of ours are read without ceremony.

A page of twenty titles has five hundred such fields. For each, graphql-core builds an
environment, strawberry calls four functions, and the value is looked at for being awaitable.
Here a selection becomes, once for a request, a list of readers. Whatever is not plain (arguments,
a resolver, a nullable object, a union, a value of an unexpected class) goes the ordinary way, so
that errors are located and values coerced exactly as graphql-core does it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLString,
)
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.execute import assume_not_awaitable
from graphql.pyutils import Path
from graphql.type import is_list_type, is_non_null_type, is_object_type
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter

Fields = list[FieldDetails]
Grouped = dict[str, Fields]
Reader = Callable[[Any, Any], Any]  # an object and its path -> the value of one of its fields
Completer = Callable[[Any, Any], Any]  # what a field holds and its path -> what is answered

_DEFINITION: Final = GraphQLCoreConverter.DEFINITION_BACKREF
# A value of exactly this class is its own result.
_LEAVES: Final[dict[object, type]] = {
    GraphQLString: str,
    GraphQLID: str,
    GraphQLInt: int,
    GraphQLBoolean: bool,
}
_BEYOND_INT: Final = 2**31


class NotPlain(Exception):
    """A value is not what a plain field holds: the ordinary way says what to do."""


class PlainExecutor(StrawberryGraphQLCoreExecutionContext):
    """The executor of one request, for resolvers that answer at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing here is awaitable: the schema is executed in a thread."""
        super().__init__(*args, **kwargs)
        self.is_awaitable = assume_not_awaitable
        # Kept with what they are made of, so that no identity is given twice.
        self._selections: dict[tuple[object, int], tuple[Grouped, list[tuple[str, Reader]]]] = {}
        self._completers: dict[tuple[int, int], tuple[object, Fields, Completer | None]] = {}

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: Grouped,
        position_context: Any,
    ) -> Any:
        """Read each field of an object."""
        if position_context is not None:  # delivered in parts
            return super().execute_fields(
                parent_type, source_value, path, grouped_field_set, position_context
            )
        return _read(self._readers(parent_type, grouped_field_set), source_value, path)

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: Fields,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Complete what a resolver gave; at once where it is plain."""
        complete = self._completer(return_type, field_details_list)
        if complete is not None and position_context is None:
            try:
                return complete(result, path)
            except NotPlain:
                pass
        return super().complete_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def _readers(self, parent: GraphQLObjectType, grouped: Grouped) -> list[tuple[str, Reader]]:
        key = (parent, id(grouped))
        if key not in self._selections:
            made = [(name, self._reader(parent, name, some)) for name, some in grouped.items()]
            self._selections[key] = (grouped, made)
        return self._selections[key][1]

    def _reader(self, parent: GraphQLObjectType, name: str, fields: Fields) -> Reader:
        def ordinary(source: Any, path: Path | None) -> Any:
            return self.execute_field(parent, source, fields, Path(path, name, parent.name), None)

        node = fields[0].node
        if node.name.value == "__typename":
            return lambda _source, _path: parent.name
        field = self.schema.get_field(parent, node.name.value)
        attribute = _attribute(field) if field is not None and not node.arguments else ""
        complete = self._completer(field.type, fields) if field is not None and attribute else None
        if complete is None:
            return ordinary

        def plain(source: Any, path: Path | None) -> Any:
            try:
                return complete(getattr(source, attribute), Path(path, name, parent.name))
            except NotPlain:
                return ordinary(source, path)

        return plain

    def _completer(self, type_: GraphQLOutputType, fields: Fields) -> Completer | None:
        key = (id(type_), id(fields))
        if key not in self._completers:
            self._completers[key] = (type_, fields, self._completing(type_, fields))
        return self._completers[key][2]

    def _completing(self, type_: Any, fields: Fields) -> Completer | None:
        """Make what completes values of a type; None where only the ordinary way will do."""
        demanded = is_non_null_type(type_)
        inner = type_.of_type if demanded else type_
        if inner in _LEAVES:
            return _leaf(_LEAVES[inner], demanded=demanded)
        if not demanded:
            return None
        if is_object_type(inner):
            return self._object(inner, fields)
        if is_list_type(inner) and is_non_null_type(inner.of_type):
            item = inner.of_type.of_type
            if item in _LEAVES and _LEAVES[item] is str:
                return _texts
            if is_object_type(item):
                return self._objects(item, fields)
        return None

    def _object(self, type_: GraphQLObjectType, fields: Fields) -> Completer | None:
        kind, grouped = _class_of(type_), self._subfields(type_, fields)
        if kind is None or grouped is None:
            return None

        def complete(value: Any, path: Path) -> Any:
            if type(value) is not kind:
                raise NotPlain
            return _read(self._readers(type_, grouped), value, path)

        return complete

    def _objects(self, type_: GraphQLObjectType, fields: Fields) -> Completer | None:
        kind, grouped = _class_of(type_), self._subfields(type_, fields)
        if kind is None or grouped is None:
            return None

        def complete(values: Any, path: Path) -> Any:
            # All are looked at before any is read: what was half done is never done again.
            if type(values) is not list or any(type(value) is not kind for value in values):
                raise NotPlain
            readers = self._readers(type_, grouped)
            return [
                _read(readers, value, Path(path, place, None)) for place, value in enumerate(values)
            ]

        return complete

    def _subfields(self, type_: GraphQLObjectType, fields: Fields) -> Grouped | None:
        grouped, deferred, _ = self.collect_subfields(type_, fields)
        return None if deferred else grouped


def _read(readers: list[tuple[str, Reader]], source: Any, path: Path | None) -> dict[str, Any]:
    # A field that does not exist would be Undefined, but no document gets here that names one.
    return {name: read(source, path) for name, read in readers}


def _attribute(field: GraphQLField) -> str:
    """Name the attribute that a field only reads; '' for one with a resolver or arguments."""
    said = field.extensions.get(_DEFINITION)
    if said is None or field.args or not said.is_basic_field:
        return ""
    name: str = said.python_name
    return name if getattr(field.resolve, "_is_default", False) else ""


def _class_of(type_: GraphQLObjectType) -> type | None:
    said = type_.extensions.get(_DEFINITION)
    return None if said is None else said.origin


def _leaf(kind: Any, *, demanded: bool) -> Completer:
    def complete(value: Any, _path: Any) -> Any:
        if type(value) is kind and (kind is not int or abs(value) < _BEYOND_INT):
            return value
        if value is None and not demanded:
            return None
        raise NotPlain

    return complete


def _texts(values: Any, _path: Any) -> Any:
    if type(values) is not list or any(type(value) is not str for value in values):
        raise NotPlain
    return values

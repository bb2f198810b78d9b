"""How a selection is read: made once for a document, then followed for every object.

A page of twenty titles has five hundred fields that only name an attribute of ours. A selection
becomes a list of them; whatever is not plain (arguments, a resolver, a nullable object, a union, a
value of an unexpected class) is handed to the executor, which goes graphql-core's ordinary way, so
that errors are located and values coerced exactly as it does.

Nothing here belongs to one request: the executor that reads is handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path
from graphql.type import is_list_type, is_non_null_type, is_object_type
from strawberry import Info
from strawberry.schema.schema_converter import GraphQLCoreConverter

Fields = list[FieldDetails]
Grouped = dict[str, Fields]
Running = Executor[Any]
# Where a value stands: a Path, or what one is made of. Only an error or a resolver asks for it.
Place = Any
Reader = Callable[[Running, Any, Place], Any]  # an object -> the value of one of its fields
Completer = Callable[[Running, Any, Place], Any]  # what a field holds -> what is answered
Guarded = tuple[
    Callable[[set[type]], bool], Completer
]  # whether values are plain, and the way then

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


class Selection:
    """The fields asked of a type: each with the attribute and class of a leaf, and another way."""

    __slots__ = ("fields",)

    def __init__(self, fields: list[tuple[str, str, type | None, Reader]]) -> None:
        """`fields` are (name, attribute, class of a leaf or None, the way for all the rest)."""
        self.fields = fields

    def read(self, executor: Running, source: Any, place: Place) -> dict[str, Any]:
        """Return the answer for an object."""
        made: dict[str, Any] = {}
        for name, attribute, kind, otherwise in self.fields:
            if kind is not None:
                try:
                    value = getattr(source, attribute, None)
                except Exception:  # noqa: BLE001 - the other way meets it again, and says where
                    value = None
                if type(value) is kind and (
                    kind is not int or -_BEYOND_INT < value < _BEYOND_INT  # type: ignore[operator]
                ):
                    made[name] = value
                    continue
            # A field that does not exist would be Undefined, but no document gets here that names one.
            made[name] = otherwise(executor, source, place)
        return made


class Plan:
    """What was made of one document's selections, by type and fields."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.roots: dict[GraphQLObjectType, Selection] = {}
        # Kept with what they are made of, so that no identity is given twice.
        self._made: dict[tuple[int, int], tuple[object, object, Completer | None]] = {}

    def selection(
        self, executor: Running, parent: GraphQLObjectType, grouped: Grouped
    ) -> Selection:
        """Make a selection, with all that hangs from it."""
        return Selection(
            [self._field(executor, parent, name, some) for name, some in grouped.items()]
        )

    def known(self, type_: GraphQLOutputType, fields: Fields) -> tuple[bool, Completer | None]:
        """Return whether these fields are of this plan, and what completes their values."""
        found = self._made.get((id(type_), id(fields)))
        return (False, None) if found is None else (True, found[2])

    def completer(
        self, executor: Running, type_: GraphQLOutputType, fields: Fields
    ) -> Completer | None:
        """Return what completes the values of fields; None where only the ordinary way will do."""
        there, found = self.known(type_, fields)
        if not there:
            found = self._completing(executor, type_, fields)
            self._made[id(type_), id(fields)] = (type_, fields, found)
        return found

    def _field(
        self, executor: Running, parent: GraphQLObjectType, name: str, fields: Fields
    ) -> tuple[str, str, type | None, Reader]:
        node, type_name = fields[0].node, parent.name

        def ordinary(executor: Running, source: Any, place: Place) -> Any:
            path = Path(path_of(place), name, type_name)
            return executor.execute_field(parent, source, fields, path, None)

        if node.name.value == "__typename":
            return name, "", None, lambda _executor, _source, _place: type_name
        field = executor.schema.get_field(parent, node.name.value)
        if field is None:
            return name, "", None, ordinary
        complete = self.completer(executor, field.type, fields)
        attribute = "" if node.arguments else _attribute(field)
        if not attribute and _is_direct(executor, field) and not node.arguments:
            return name, "", None, _resolving(parent, name, field, fields)
        if complete is None or not attribute:
            return name, "", None, ordinary

        def plain(executor: Running, source: Any, place: Place) -> Any:
            try:
                value = getattr(source, attribute)
            except Exception:  # noqa: BLE001 - the ordinary way meets it again, and says where
                return ordinary(executor, source, place)
            try:
                return complete(executor, value, (place, name, type_name))
            except NotPlain:
                return ordinary(executor, source, place)

        return name, attribute, _leaf_of(field.type), plain

    def _completing(self, executor: Running, type_: Any, fields: Fields) -> Completer | None:
        demanded = is_non_null_type(type_)
        inner = type_.of_type if demanded else type_
        if inner in _LEAVES:
            return _leaf(_LEAVES[inner], demanded=demanded)
        if not demanded:
            return None
        if is_object_type(inner):
            return self._object(executor, inner, fields)
        if is_list_type(inner) and is_non_null_type(inner.of_type):
            item = inner.of_type.of_type
            if item in _LEAVES and _LEAVES[item] is str:
                return _texts
            if is_object_type(item):
                return self._objects(executor, item, fields)
        return None

    def _object(
        self, executor: Running, type_: GraphQLObjectType, fields: Fields
    ) -> Completer | None:
        known = self._guarded(executor, type_, fields)
        if known is None:
            return None
        passes, read = known

        def complete(executor: Running, value: Any, place: Place) -> Any:
            if not passes({type(value)}):
                raise NotPlain
            return read(executor, value, place)

        return complete

    def _objects(
        self, executor: Running, type_: GraphQLObjectType, fields: Fields
    ) -> Completer | None:
        known = self._guarded(executor, type_, fields)
        if known is None:
            return None
        passes, read = known

        def complete(executor: Running, values: Any, place: Place) -> Any:
            # All are looked at before any is read: what was half done is never done again.
            if type(values) is not list or not passes(set(map(type, values))):
                raise NotPlain
            return [read(executor, value, (place, at, None)) for at, value in enumerate(values)]

        return complete

    def _guarded(
        self, executor: Running, type_: GraphQLObjectType, fields: Fields
    ) -> Guarded | None:
        """Give what tells whether values are plain objects of the type, and what reads one."""
        guard, selection = _guard(type_), self._below(executor, type_, fields)
        return None if guard is None or selection is None else (guard.passes, selection.read)

    def _below(
        self, executor: Running, type_: GraphQLObjectType, fields: Fields
    ) -> Selection | None:
        collected = executor.collect_subfields(type_, fields)
        if collected.new_defer_usages:
            return None
        return self.selection(executor, type_, collected.grouped_field_set)


def path_of(place: Place) -> Path | None:
    """Return a place as graphql-core takes it."""
    if place is None or type(place) is Path:
        return place
    before, key, type_name = place
    return Path(path_of(before), key, type_name)


def _attribute(field: GraphQLField) -> str:
    """Name the attribute that a field only reads; '' for one with a resolver or arguments."""
    said = field.extensions.get(_DEFINITION)
    if said is None or field.args or not said.is_basic_field:
        return ""
    name: str = said.python_name
    return name if getattr(field.resolve, "_is_default", False) else ""


def _is_direct(executor: Running, field: GraphQLField) -> bool:
    """Say whether a field only calls a function of ours: no argument, extension or handler."""
    said = field.extensions.get(_DEFINITION)
    if said is None or field.args or said.extensions or said.base_resolver is None:
        return False
    ours, around = getattr(executor.schema, "_strawberry_schema", None), executor.middleware_manager
    handled = ours is None or bool(ours.exception_handlers)
    return not (handled or said.is_async or (around is not None and around.middlewares))


def _resolving(parent: GraphQLObjectType, name: str, field: GraphQLField, fields: Fields) -> Reader:
    """Return what calls a function of ours as graphql-core and strawberry do, without detours."""
    said = field.extensions[_DEFINITION]
    asked, type_, type_name = said.base_resolver, field.type, parent.name
    nodes = [one.node for one in fields]
    named = [one.name for one in (asked.parent_parameter, asked.root_parameter) if one is not None]
    info_name = asked.info_parameter.name if asked.info_parameter is not None else ""
    has_self = asked.self_parameter is not None

    def resolve(executor: Running, source: Any, place: Place) -> Any:
        path = Path(path_of(place), name, type_name)
        info = executor.build_resolve_info(field, nodes, parent, path)
        try:
            given: dict[str, Any] = dict.fromkeys(named, source)
            if info_name:
                given[info_name] = Info(_raw_info=info, _field=said)
            result = asked(source, **given) if has_self else asked(**given)
            return executor.complete_value(type_, fields, info, path, result, None)
        except Exception as error:  # noqa: BLE001 - as graphql-core: every error is located
            executor.handle_field_error(error, type_, fields, path)
            return None

    return resolve


class _Guard:
    """Tells the classes whose objects are read as one of a type's.

    graphql-core asks nothing of an object whose type has no `is_type_of`: only nothing at all, and
    an error, are no object there. Where it asks, exactly the class of ours passes here.
    """

    __slots__ = ("_known", "_open")

    def __init__(self, kind: type, *, open_: bool) -> None:
        self._known = {kind}
        self._open = open_

    def passes(self, kinds: set[type]) -> bool:
        """Return whether objects of all these classes may be read."""
        if kinds <= self._known:
            return True
        if not self._open or any(kind is NoneType or issubclass(kind, Exception) for kind in kinds):
            return False
        self._known |= kinds
        return True


def _guard(type_: GraphQLObjectType) -> _Guard | None:
    """Return what tells an object of this type; None for a type that is none of ours."""
    said = type_.extensions.get(_DEFINITION)
    return None if said is None else _Guard(said.origin, open_=type_.is_type_of is None)


def _leaf_of(type_: GraphQLOutputType) -> type | None:
    inner = type_.of_type if is_non_null_type(type_) else type_
    return _LEAVES.get(inner)


def _leaf(kind: Any, *, demanded: bool) -> Completer:
    def complete(_executor: Running, value: Any, _place: Place) -> Any:
        if type(value) is kind and (kind is not int or abs(value) < _BEYOND_INT):
            return value
        if value is None and not demanded:
            return None
        raise NotPlain

    return complete


def _texts(_executor: Running, values: Any, _place: Place) -> Any:
    if type(values) is not list or any(type(value) is not str for value in values):
        raise NotPlain
    return values

"""Executing a document by its plan (plans.py), which stays for the next time it is asked."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any, Final

from graphql import (
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.execution.execute import assume_not_awaitable
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from navette_graphql.plans import Fields, Grouped, NotPlain, Plan, Selection

KEPT: Final = 128


class Plans:
    """The plans of the operations that were asked lately; any number of threads ask.

    An operation is told by its node: the cache of parsed documents gives the same one for the
    same text. What a directive leaves out depends on the values of one request, so an operation
    with any, or with variables of fragments, has no plan that stays.
    """

    def __init__(self, most: int = KEPT) -> None:
        """Keep at most that many."""
        self._most = most
        self._lock = Lock()
        # The operation is kept too, so that its identity is given to no other.
        self._kept: OrderedDict[tuple[int, int], tuple[object, object, Plan | None]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many operations are kept."""
        return len(self._kept)

    def of(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDefinitionNode],
    ) -> Plan | None:
        """Return the plan of an operation; None where each request makes its own."""
        key = (id(schema), id(operation))
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found[2]
        steady = all(map(_steady, (operation.selection_set, *map(_body, fragments.values()))))
        plan = Plan() if steady else None
        with self._lock:
            self._kept[key] = (schema, operation, plan)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return plan


_plans = Plans()


class PlainExecutor(StrawberryGraphQLCoreExecutionContext):
    """The executor of one request, for resolvers that answer at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing here is awaitable: the schema is executed in a thread."""
        super().__init__(*args, **kwargs)
        self.is_awaitable = assume_not_awaitable
        self._kept = _plans.of(self.schema, self.operation, self.fragment_definitions)
        self._own = Plan()  # for what was collected in this request alone
        self._selections: dict[tuple[object, int], tuple[Grouped, Selection]] = {}

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
        selection = self._selection(parent_type, path, grouped_field_set)
        return selection.read(self, source_value, path)

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
        if position_context is None:
            known, complete = False, None
            if self._kept is not None:
                known, complete = self._kept.known(return_type, field_details_list)
            if not known:
                complete = self._own.completer(self, return_type, field_details_list)
            if complete is not None:
                try:
                    return complete(self, result, path)
                except NotPlain:
                    pass
        return super().complete_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def _selection(
        self, parent: GraphQLObjectType, path: Path | None, grouped: Grouped
    ) -> Selection:
        if path is None and self._kept is not None:
            found = self._kept.roots.get(parent)
            if found is None:
                found = self._kept.roots[parent] = self._kept.selection(self, parent, grouped)
            return found
        key = (parent, id(grouped))
        if key not in self._selections:
            self._selections[key] = (grouped, self._own.selection(self, parent, grouped))
        return self._selections[key][1]


def _body(fragment: FragmentDefinitionNode) -> SelectionSetNode | None:
    return None if fragment.variable_definitions else fragment.selection_set


def _steady(selections: SelectionSetNode | None) -> bool:
    """Say whether a selection is the same whatever is asked with it: no directive anywhere."""
    if selections is None:
        return False
    for selection in selections.selections:
        below = getattr(selection, "selection_set", None)
        if selection.directives or (below is not None and not _steady(below)):
            return False
    return True

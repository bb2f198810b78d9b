"""Limits on what one request may cost: size, depth, aliases, and a price for lists."""

from __future__ import annotations

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValidationRule,
)

LONGEST_BODY = 100_000
LONGEST_QUERY = 20_000
MOST_TOKENS = 2_000
DEEPEST = 12
LONGEST = 100
MOST_FIELDS = 500
HIGHEST_PRICE = 20_000
LISTS = {"search": 20, "holds": 20, "loans": 20, "eResources": 20, "suggest": 8}
DEAR = {"search": 50, "promise": 100, "suggest": 10}
INTROSPECTION = ("__schema", "__type")


class CostRule(ValidationRule):
    """Refuse a document that is too deep, too wide or too dear; fragments count where used."""

    def enter_document(self, node: DocumentNode, *_: Any) -> None:
        """Weigh each operation of the document once."""
        fragments = {
            d.name.value: d for d in node.definitions if isinstance(d, FragmentDefinitionNode)
        }
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                self._weigh(definition, fragments)

    def _weigh(
        self, operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
    ) -> None:
        scale = Scale(fragments)
        try:
            scale.weigh(operation.selection_set, depth=1, times=1)
        except TooDear as error:
            self.context.report_error(GraphQLError(str(error), operation))


class TooDear(Exception):
    """A limit was passed; the message says which."""


class Scale:
    """Adds up what an operation would cost, stopping at the first limit passed."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        """Weigh with these fragments at hand."""
        self._fragments = fragments
        self._open: set[str] = set()
        self.fields = 0
        self.price = 0

    def weigh(self, selections: SelectionSetNode | None, depth: int, times: int) -> None:
        """Add the fields of a selection, asked `times` times; raises TooDear."""
        if selections is None:
            return
        if depth > DEEPEST:
            raise TooDear(f"the query is deeper than {DEEPEST} levels")
        for selection in selections.selections:
            self._selection(selection, depth, times)

    def _selection(self, selection: SelectionNode, depth: int, times: int) -> None:
        if isinstance(selection, FieldNode):
            self._field(selection, depth, times)
        elif isinstance(selection, FragmentSpreadNode):
            self._count()  # or fragments that spread each other would double at every level
            name = selection.name.value
            fragment = self._fragments.get(name)
            if fragment is not None and name not in self._open:  # cycles: another rule's
                self._open.add(name)
                self.weigh(fragment.selection_set, depth, times)
                self._open.discard(name)
        else:
            self.weigh(getattr(selection, "selection_set", None), depth, times)

    def _count(self) -> None:
        self.fields += 1
        if self.fields > MOST_FIELDS:
            raise TooDear(f"the query asks for more than {MOST_FIELDS} fields")

    def _field(self, field: FieldNode, depth: int, times: int) -> None:
        name = field.name.value
        self._count()
        if name in INTROSPECTION:
            return
        self.price += times * DEAR.get(name, 1)
        if self.price > HIGHEST_PRICE:
            raise TooDear(f"the query costs more than {HIGHEST_PRICE}: ask for shorter lists")
        self.weigh(field.selection_set, depth + 1, times * _length(field))


def _length(field: FieldNode) -> int:
    usual = LISTS.get(field.name.value)
    if usual is None:
        return 1
    for argument in field.arguments or ():
        if argument.name.value == "first":
            value = argument.value  # a variable is weighed as the longest list
            return (
                min(max(int(value.value), 1), LONGEST)
                if isinstance(value, IntValueNode)
                else LONGEST
            )
    return usual


RULES: tuple[type[ValidationRule], ...] = (CostRule,)

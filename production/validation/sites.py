"""Numbers for the expressions of one policy, which stay the same when its text is read again.

Law (sites): policies of the same form have the same sites.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..language.nodes import Condition, Node, postorder


def nodes_of(conditions: Iterable[Condition]) -> list[Node]:
    """Return every expression in conditions, in postorder."""
    return [node for condition in conditions for node in postorder(condition.body)]


class Sites:
    """Sites of expressions: their numbers in postorder, the scope before the conditions (`scope_conditions`).

    Counting starts with the first expression that is looked for; most policies have no problem.
    """

    def __init__(self, scope: list[Node], conditions: list[Node]) -> None:
        self.nodes = scope + conditions
        self._numbers: dict[int, int] = {}

    def of(self, node: Node) -> int:
        """Return the site of an expression of the policy."""
        if not self._numbers:
            for number, each in enumerate(self.nodes):
                self._numbers.setdefault(id(each), number)
        return self._numbers[id(node)]

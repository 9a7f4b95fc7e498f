"""Numbers for the expressions of one policy, which stay the same when its text is read again.

Law (sites): policies of the same form have the same sites.
"""

from __future__ import annotations

from collections.abc import Sequence

from production.nodes import Node, postorder


class Sites:
    """Sites of expressions: their numbers in postorder, the scope before the conditions (`scope_conditions`).

    Counting starts with the first expression that is looked for; most policies have no problem.
    """

    def __init__(self, bodies: Sequence[Node]) -> None:
        self._bodies = bodies
        self._numbers: dict[int, int] = {}

    def of(self, node: Node) -> int:
        """The site of an expression of the policy."""
        if not self._numbers:
            nodes = (each for body in self._bodies for each in postorder(body))
            for number, each in enumerate(nodes):
                self._numbers.setdefault(id(each), number)
        return self._numbers[id(node)]

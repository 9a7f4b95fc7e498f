"""What validation finds: problems, each with the policy's id and, where one is to blame, the expression."""

from __future__ import annotations

from dataclasses import dataclass

from production.nodes import Node


class IllTyped(Exception):
    """An expression has no type. `node` is the innermost expression to blame."""

    def __init__(self, message: str, node: Node | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


@dataclass(frozen=True, slots=True)
class Problem:
    """An error or a warning about one policy; `expression` is its text, empty where the scope is at fault."""

    policy: str
    message: str
    expression: str = ""

    def __str__(self) -> str:
        where = f"in `{self.expression}`: " if self.expression else ""
        return f"policy `{self.policy}`: {where}{self.message}"

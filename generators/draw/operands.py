"""Well-typed operands that need no guard: paths that all environments of a context have, else literals."""

from __future__ import annotations

from generators.draw.conditions import Conditions
from generators.draw.context import Context
from generators.draw.syntax import PRINCIPAL, RESOURCE, Binary, Expr, Lit
from generators.draw.world import BOOL, LONG, STRING, Prim, Type

ONE, TEXT = Lit(1), Lit("a")


class Operands:
    """Operands drawn within a context."""

    __slots__ = ("conditions", "context", "source")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = context.source
        self.conditions = Conditions(context)

    def paths(self, type_: Type) -> list[Expr]:
        """List the paths of a type that need no guard."""
        found = self.context.index.by_type.get(type_, ())
        return [rooted.expression() for rooted in found if True not in rooted.path.optional]

    def of(self, type_: Type, literal: Expr) -> Expr:
        """Draw a path of a type, or return the literal where there is none."""
        paths = self.paths(type_)
        return self.source.choice(paths) if paths else literal

    def long(self) -> Expr:
        """Draw an integer path, or a literal."""
        return self.of(LONG, ONE)

    def text(self) -> Expr:
        """Draw a string path, or a literal."""
        return self.of(STRING, TEXT)

    def boolean(self) -> Expr:
        """Draw a condition that is neither True nor False by type."""
        return self.of(BOOL, Binary("==", self.of(LONG, Binary("+", ONE, ONE)), ONE))

    def entity(self) -> Expr:
        """Draw the principal or the resource."""
        return self.source.choice((PRINCIPAL, RESOURCE))

    def extension(self, kind: str) -> Expr:
        """Draw a well-typed value of an extension type."""
        return self.of(
            Prim(kind), self.conditions.terms.literal(self.context.values.constants.extension(kind))
        )

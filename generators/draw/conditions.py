"""Conditions: atoms under `&& || ! if`, each guarded where it stands.

A guard in force on the left of `&&` is not repeated on the right; under `||`, `!` and `if` each part is on
its own.
"""

from __future__ import annotations

from generators.draw.atoms import Atoms
from generators.draw.context import Context
from generators.draw.look_alikes import look_alike
from generators.draw.script_places import odd_condition
from generators.draw.syntax import ACTION, FALSE, PRINCIPAL, RESOURCE, Binary, Expr, If, Is, Lit, Unary
from generators.draw.terms import Terms
from generators.draw.world import Environment

_JOINS = ("atom", "atom", "atom", "and", "and", "or", "or", "not", "if")


class Conditions:
    """Boolean expressions drawn within a context."""

    __slots__ = ("atoms", "context", "joins", "source", "terms")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = context.source
        self.terms = Terms(context)
        self.terms.boolean = self.boolean
        self.atoms = Atoms(self.terms)
        self.joins = tuple(join for join in _JOINS if join not in context.left_out)

    def boolean(self, depth: int, want: bool | None) -> Expr:
        """Draw a guarded condition, true under the witness if that is wanted and can be arranged.

        Its guards are left in force, as they hold where the whole is true; a caller for whom that does not
        follow restores the context.
        """
        join = self.source.choice(self.joins) if depth > 0 else "atom"
        match join:
            case "and":
                return self._and(depth - 1, want)
            case "or":
                return self._or(depth - 1, want)
            case "not":
                return Unary("!", self._apart(depth - 1, None if want is None else not want))
            case "if":
                return self._if(depth - 1, want)
            case _:
                return self._atom(depth, want)

    def _atom(self, depth: int, want: bool | None) -> Expr:
        context = self.context
        if self.source.boolean(context.profile.odd_scripts):
            return odd_condition(self.source, context.witness.principal.type)
        if self.source.boolean(context.profile.look_alike):
            context.values.misfits.add("look-alike")
            return look_alike(self.source)
        mark = len(context.pending)
        atom = self.atoms.atom(max(depth, 1), want)
        guards = context.take_guards(mark)
        if not guards:
            return atom
        chain = guards[0]
        for guard in guards[1:]:
            chain = Binary("&&", chain, guard)
        if "if" not in context.left_out and self.source.integer(0, 7) == 7:
            return If(chain, atom, FALSE)
        for guard in guards:
            context.holds(guard)
        return Binary("&&", chain, atom)

    def _and(self, depth: int, want: bool | None) -> Expr:
        left_want, right_want = want, want
        if want is False:
            left_want, right_want = (False, None) if self.source.boolean() else (None, False)
        left = self.boolean(depth, left_want)
        right = self.boolean(depth, right_want)
        return Binary("&&", left, right)

    def _or(self, depth: int, want: bool | None) -> Expr:
        left_want, right_want = want, want
        if want is True:
            left_want, right_want = (True, None) if self.source.boolean() else (None, True)
        left = self._apart(depth, left_want)
        right = self._apart(depth, right_want)
        return Binary("||", left, right)

    def _if(self, depth: int, want: bool | None) -> Expr:
        first = self.source.boolean()
        guarded = set(self.context.guarded)
        condition = self.boolean(depth, first)
        then = self.boolean(depth, want if first else None)
        self.context.guarded = guarded
        otherwise = self._apart(depth, None if first else want)
        return If(condition, then, otherwise)

    def _apart(self, depth: int, want: bool | None) -> Expr:
        """Draw a condition whose guards are not in force after it."""
        guarded = set(self.context.guarded)
        condition = self.boolean(depth, want)
        self.context.guarded = guarded
        return condition

    def clause(self, depth: int, want: bool | None) -> Expr:
        """Draw the body of a `when` or `unless`.

        It may first narrow the environments by type tests and an action test.
        """
        context, source = self.context, self.source
        before = context.environments
        if len(before) < 2 or source.integer(0, 3) == 0:
            return self.boolean(depth, want)
        tests, kept = self._narrowing(before)
        if not tests:
            return self.boolean(depth, want)
        context.narrow(kept)
        body = self.boolean(depth, want)
        context.narrow(before)
        chain = tests[0]
        for test in tests[1:]:
            chain = Binary("&&", chain, test)
        return Binary("&&", chain, body)

    def _narrowing(self, environments: tuple[Environment, ...]) -> tuple[list[Expr], tuple[Environment, ...]]:
        """Draw tests that the witness passes, and the environments that are left where they hold."""
        source, witness = self.source, self.context.witness
        tests: list[Expr] = []
        kept = environments
        if len({e.principal for e in kept}) > 1 and "is" not in self.context.left_out and source.boolean(0.8):
            tests.append(Is(PRINCIPAL, witness.principal.type))
            kept = tuple(e for e in kept if e.principal == witness.principal.type)
        if len({e.resource for e in kept}) > 1 and "is" not in self.context.left_out and source.boolean(0.8):
            tests.append(Is(RESOURCE, witness.resource.type))
            kept = tuple(e for e in kept if e.resource == witness.resource.type)
        if len({e.action.uid for e in kept}) > 1 and source.boolean(0.8):
            tests.append(Binary("==", ACTION, Lit(witness.action)))
            kept = tuple(e for e in kept if e.action.uid == witness.action)
        return (tests, kept) if kept else ([], environments)

    def expression(self, depth: int) -> Expr:
        """Draw an expression of any type, to evaluate by itself; an unguarded path is behind an `if`."""
        context, source = self.context, self.source
        types = tuple(context.index.by_type)
        if not types or source.boolean(0.4):
            return self._apart(depth, None)
        type_ = source.choice(types)
        mark = len(context.pending)
        found, _ = self.terms.term(type_, depth)
        guards = context.take_guards(mark)
        if not guards:
            return found
        chain = guards[0]
        for guard in guards[1:]:
            chain = Binary("&&", chain, guard)
        return If(chain, found, self.terms.literal_of(type_, 0)[0])

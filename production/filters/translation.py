"""Residuals to formulas (spec 02, 09 §3): where a condition is true and where it is false; elsewhere it errs.

Law (translation): of every row that holds an entity of a store, `Truth.true` is true exactly if the condition
evaluates to true, `Truth.false` exactly if it evaluates to false; a total condition never errs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from ..errors import CedarError, PrintError
from ..language.uids import Uid
from ..partial import terms as op
from ..partial.residual_nodes import shown_expression
from ..partial.rules import Known
from ..partial.terms import Operand, Term
from ..schema.types import BOOL
from ..schema.types import FALSE as NEVER
from ..schema.types import TRUE as ALWAYS
from ..text.printer import expression_text
from . import formulas as f
from .formulas import FALSE, Formula, every, some
from .mapping import Mapping
from .memberships import Memberships
from .places import Places, Untranslated
from .scalars import Scalars, present
from .truths import Truth, swapped
from .types_of import ResidualTypes

_LONGEST = 1_000
_BOOLEANS = (BOOL, NEVER, ALWAYS)
_ORDERS = {
    "lessThan": (False, False),
    "lessThanOrEqual": (False, True),
    "greaterThan": (True, False),
    "greaterThanOrEqual": (True, True),
}
"""Methods of decimals: whether the operands change places, and whether equal ones count."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A part of a policy that has no formula."""

    policy: str
    """The id of the policy."""
    expression: str
    """The text of the part of its residual."""
    reason: str
    """Why there is no formula for it."""

    def __str__(self) -> str:
        return f"policy `{self.policy}`: `{self.expression}`: {self.reason}"


class UntranslatableError(CedarError):
    """Policies have no exact filter; `refusals` are the parts at fault."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__("; ".join(map(str, refusals)))
        self.refusals = refusals
        """The parts that have no formula."""


class Translator:
    """A translator of the residuals of one policy.

    `stand_in` stands for the truth of a part without a formula: true for a permit, false for a forbid. Parts
    are only joined by `every` and `some`, so the filter lets too many rows through and never too few.
    """

    def __init__(
        self, policy: str, types: ResidualTypes, mapping: Mapping, known: Known, stand_in: Formula
    ) -> None:
        self._policy = policy
        self._types = types
        self._stand_in = stand_in
        places = Places(mapping)
        self._scalars = Scalars(types, places, self.truth)
        self._memberships = Memberships(types, places, self._scalars, known)
        self._made: dict[int, Truth] = {}
        self.refusals: list[Refusal] = []

    def truth(self, operand: Operand) -> Truth:
        """Return where a condition is true and where it is false."""
        if not isinstance(operand, Term):
            return Truth(f.Constant(operand is True), f.Constant(operand is False), total=True)
        made = self._made.get(id(operand))
        if made is None:
            try:
                made = self._truth(operand)
            except Untranslated as error:
                self.refusals.append(Refusal(self._policy, _text(operand), str(error)))
                made = Truth(self._stand_in, self._stand_in, total=False, exact=False)
            self._made[id(operand)] = made
        return made

    def _truth(self, term: Term) -> Truth:
        operands = term.children
        match term.op:
            case op.ERROR_OP:
                return Truth(FALSE, FALSE, total=False)
            case op.NOT:
                return swapped(self.truth(operands[0]))
            case op.AND:
                return reduce(_both, map(self.truth, _spine(term)))
            case op.OR:
                return swapped(reduce(_both, (swapped(self.truth(each)) for each in _spine(term))))
            case op.IF:
                return _chosen(*map(self.truth, operands))
            case op.EQ:
                return self._equal(term)
            case op.LT | op.LE:
                return self._less(operands[0], operands[1], or_equal=term.op == op.LE)
            case op.LIKE:
                if any(run is not None and "\0" in run for run in term.extra[0]):
                    raise Untranslated("a database ends a pattern at a NUL character")
                scalar = self._scalars.of(operands[0])
                matches = f.Matches(scalar.scalar, term.extra[0], False)
                return Truth(matches, f.Matches(scalar.scalar, term.extra[0], True), scalar.total)
            case op.IS:
                scalar = self._scalars.of(operands[0])
                there = Truth(present(scalar.scalar), FALSE, scalar.total)
                return there if term.extra[1] else swapped(there)
            case op.CALL if term.extra in _ORDERS:
                turned, or_equal = _ORDERS[term.extra]
                left_operand, right_operand = reversed(operands) if turned else operands
                return self._less(left_operand, right_operand, or_equal=or_equal)
            case op.HAS:
                return self._scalars.has_path(operands[0], term.extra[0])
            case op.GET | op.GET_TAG:
                scalar = self._scalars.of(term)
                is_true = f.Equal(scalar.scalar, f.Literal(True), False)
                return Truth(is_true, f.Equal(scalar.scalar, f.Literal(False), False), scalar.total)
            case _:
                return self._memberships.truth(term)

    def _equal(self, term: Term) -> Truth:
        left, right = term.children
        if self._types.of(left) in _BOOLEANS or self._types.of(right) in _BOOLEANS:
            a, b = self.truth(left), self.truth(right)
            same = some(every(a.true, b.true), every(a.false, b.false))
            differ = some(every(a.true, b.false), every(a.false, b.true))
            return Truth(same, differ, a.total and b.total, a.exact and b.exact)
        first, second = self._scalars.of(left), self._scalars.of(right)
        total = first.total and second.total
        if term.extra:
            return Truth(FALSE, every(present(first.scalar), present(second.scalar)), total)
        for scalar, other in ((first.scalar, right), (second.scalar, left)):
            if isinstance(other, Uid):
                return Truth(f.OneOf(scalar, (other,), False), f.OneOf(scalar, (other,), True), total)
        return Truth(
            f.Equal(first.scalar, second.scalar, False), f.Equal(first.scalar, second.scalar, True), total
        )

    def _less(self, left: Operand, right: Operand, *, or_equal: bool) -> Truth:
        first, second = self._scalars.of(left), self._scalars.of(right)
        less = f.Less(first.scalar, second.scalar, or_equal)
        return Truth(less, f.Less(second.scalar, first.scalar, not or_equal), first.total and second.total)


def _spine(term: Term) -> list[Operand]:
    """Return the operands of a left-nested chain; raise `Untranslated` for one that is too long."""
    operands: list[Operand] = []
    rest: Operand = term
    while isinstance(rest, Term) and rest.op == term.op:
        rest, last = rest.children
        operands.append(last)
        if len(operands) > _LONGEST:
            raise Untranslated(f"a chain of more than {_LONGEST:,} operands")
    return [rest, *reversed(operands)]


def _both(left: Truth, right: Truth) -> Truth:
    """Return `left && right`: the right one counts only where the left one is true."""
    reached = right.false if left.total else every(left.true, right.false)
    total, exact = left.total and right.total, left.exact and right.exact
    return Truth(every(left.true, right.true), some(left.false, reached), total, exact)


def _chosen(condition: Truth, then: Truth, otherwise: Truth) -> Truth:
    return Truth(
        some(every(condition.true, then.true), every(condition.false, otherwise.true)),
        some(every(condition.true, then.false), every(condition.false, otherwise.false)),
        condition.total and then.total and otherwise.total,
        condition.exact and then.exact and otherwise.exact,
    )


def _text(term: Term) -> str:
    try:
        return expression_text(shown_expression(term))
    except PrintError:
        return "an expression that is too large to show"

"""Policies with validation errors in their conditions, one or several (spec 08 §13).

Errors are put beside, below and after each other, since a checker continues with a guessed type; some
are out of its reach.
"""

from __future__ import annotations

from dataclasses import replace

from generators.draw.context import Context
from generators.draw.policies import Aimed, admitted_environments
from generators.draw.syntax import FALSE, TRUE, Binary, Condition, Expr, If, Lit, Policy, SetLit
from generators.draw.trees import places, put
from generators.faults.error_forms import ErrorForms


def add_type_errors(context: Context, policies: list[Aimed]) -> list[Aimed]:
    """Put one to three errors into the conditions of some policies, as often as the profile says."""
    profile, source = context.profile, context.source
    if not profile.type_errors:
        return policies
    changed: list[Aimed] = []
    for aimed in policies:
        if source.boolean(profile.type_errors):
            with source.span("type errors"):
                aimed = replace(aimed, policy=_erring(context, aimed))
        changed.append(aimed)
    return changed


def _erring(context: Context, aimed: Aimed) -> Policy:
    policy, source = aimed.policy, context.source
    admitted = admitted_environments(context.schema, policy.principal, policy.action, policy.resource)
    context.aim(admitted or (aimed.environment,), aimed.witness)
    errors = TypeErrors(context)
    error = errors.some()
    for _ in range(source.choice((0, 0, 1, 1, 2))):
        error = errors.combined(error, errors.some())
    return replace(policy, conditions=errors.placed(policy.conditions, error))


class TypeErrors:
    """Errors drawn within a context and put into conditions."""

    __slots__ = ("context", "forms", "source")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = context.source
        self.forms = ErrorForms(context)

    def some(self) -> Expr:
        """Draw a condition with an error of some kind that the schema allows."""
        while True:
            name = self.source.choice(tuple(self.forms.kinds))
            drawn = self.forms.kinds[name]()
            if drawn is not None:
                self.context.values.misfits.add(f"type-error:{name}")
                return drawn

    def combined(self, first: Expr, second: Expr) -> Expr:
        """Combine two errors: side by side, in branches, or one in an operand of the other."""
        source = self.source
        match source.integer(0, 7):
            case 0:
                return Binary("&&", first, second)
            case 1:
                return Binary("||", first, second)
            case 2:
                return If(first, second, self.forms.boolean())
            case 3:
                return If(self.forms.boolean(), first, second)
            case 4:
                return Binary("==", first, second)
            case 5:
                return Binary("contains", SetLit((first, second)), TRUE)
            case _:
                return self._within(first, second)

    def _within(self, outer: Expr, inner: Expr) -> Expr:
        """Put the inner error at a leaf of the outer one, which keeps its type."""
        leaves = [(place, node) for place, node in places(outer) if isinstance(node, Lit)]
        if not leaves:
            return Binary("&&", inner, outer)
        place, node = self.source.choice(leaves)
        return put(outer, place, If(inner, node, node))

    def placed(self, conditions: tuple[Condition, ...], error: Expr) -> tuple[Condition, ...]:
        """Put an error into a condition or add one for it; sometimes nothing reaches the place."""
        source = self.source
        if source.integer(0, 9) == 9:
            error = Binary("||", Binary("&&", FALSE, error), self.forms.boolean())
        if not conditions or source.integer(0, 3) == 0:
            own = Condition("when" if source.integer(0, 3) else "unless", error)
            at = source.integer(0, len(conditions))
            return (*conditions[:at], own, *conditions[at:])
        at = source.integer(0, len(conditions) - 1)
        old = conditions[at]
        bodies: tuple[Expr, ...] = (
            error,
            Binary("&&", old.body, error),
            Binary("&&", error, old.body),
            Binary("||", error, old.body),
            Binary("||", old.body, error),
            If(old.body, error, TRUE),
            If(error, old.body, FALSE),
        )
        return (*conditions[:at], replace(old, body=source.choice(bodies)), *conditions[at + 1 :])

"""Validation of policies, templates and links (spec 08 §1): every check of a policy, and its verdict.

Exhaustion of memory or time raises: an exception is never taken for a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

from reference.policies import Body, condition
from reference.policy_set import PolicySet
from reference.schema.schema import Schema
from reference.schema.types import FALSE
from reference.support.recursion import deep_recursion
from reference.syntax import Expr
from reference.validation.applicability import SlotValues, applies
from reference.validation.capabilities import Expressions
from reference.validation.environments import Environment, environments
from reference.validation.judgement import Typed
from reference.validation.levels import levels_above
from reference.validation.problems import Caution, Problem, Verdict
from reference.validation.references import link_problems, reference_problems
from reference.validation.typechecker import TypeChecker
from reference.validation.warnings import text_warnings


@dataclass(frozen=True, slots=True)
class Checked:
    """A condition in one environment: its type, its type errors, and whether anything failed.

    `asks_mode` says whether the result could be another in the other mode.
    """

    environment: Environment
    typed: Typed
    problems: tuple[Problem, ...]
    failed: bool
    asks_mode: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """The findings in a policy that depend on neither mode nor level: names, applicability, texts."""

    body: Body
    expr: Expr
    problems: tuple[Problem, ...]
    applicability: tuple[Caution, ...]
    texts: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """The findings in a policy that do not depend on a level, and the checks that levels depend on.

    `asks_mode` says whether they could be others in the other mode.
    """

    expr: Expr
    problems: tuple[Problem, ...]
    cautions: tuple[Caution, ...]
    passed: tuple[Checked, ...]
    asks_mode: bool = False

    def verdict(self, level: int | None = None) -> Verdict:
        """Return the verdict at a level, or at none (spec 08 §9)."""
        if level is None:
            return Verdict(self.problems, self.cautions)
        above = [found for checked in self.passed for found in level_problems(checked, self.expr, level)]
        return Verdict((*self.problems, *above), self.cautions)


def survey(body: Body, schema: Schema) -> Survey:
    """Look at the names and texts of a static policy or a template."""
    expr = condition(body)
    problems, cautions = tuple(reference_problems(expr, schema)), tuple(_applicability(body, schema))
    return Survey(body, expr, problems, cautions, tuple(text_warnings(expr)))


def review(policy: Survey, schema: Schema, *, permissive: bool = False) -> Review:
    """Check the types of a policy; an incomplete schema validates none (spec 08 §1)."""
    externals = schema.externals()
    if externals:
        message = f"the schema is incomplete: it does not define `{externals[0]}`"
        return Review(policy.expr, (Problem("incomplete_schema", message),), (), ())
    problems = list(policy.problems)
    impossible, asks_mode = True, False
    passed: list[Checked] = []
    for checked in check_everywhere(policy.body, policy.expr, schema, permissive=permissive):
        problems += checked.problems
        asks_mode = asks_mode or checked.asks_mode
        impossible = impossible and not checked.failed and checked.typed.type == FALSE
        if not checked.failed:
            passed.append(checked)
    cautions = (*policy.applicability, *_impossibility(impossible), *policy.texts)
    return Review(policy.expr, tuple(problems), cautions, tuple(passed), asks_mode)


def validate(body: Body, schema: Schema, *, permissive: bool = False, level: int | None = None) -> Verdict:
    """Validate a static policy or a template."""
    with deep_recursion():
        return review(survey(body, schema), schema, permissive=permissive).verdict(level)


def check_everywhere(body: Body, expr: Expr, schema: Schema, *, permissive: bool) -> Iterator[Checked]:
    """Return the condition of a body in every environment of the schema."""
    expressions = Expressions()
    for environment in environments(body, schema):
        checker = TypeChecker(schema, environment, permissive, expressions)
        typed = checker.condition(expr)
        problems, failed = tuple(checker.problems.values()), checker.failures > 0
        yield Checked(environment, typed, problems, failed, checker.asks_mode)


def level_problems(checked: Checked, expr: Expr, level: int) -> Iterator[Problem]:
    """Return the innermost expressions that need a higher level in an environment (spec 08 §9)."""
    for place, needed in levels_above(level, checked.typed, expr, checked.environment.action):
        reason = "an entity literal is dereferenced" if needed == inf else f"level {needed:.0f} is needed"
        yield Problem("level_violation", f"not valid at level {level}: {reason}", place, checked.environment)


def validate_link(body: Body, values: SlotValues, schema: Schema) -> Verdict:
    """Return the verdict on the values of a link; its template has its own (spec 08 §1, §4)."""
    if schema.externals():
        return Verdict()
    problems = tuple(link_problems(iter(values.values()), schema))
    return Verdict(problems, tuple(_applicability(body, schema, values)))


def validate_set(
    policies: PolicySet, schema: Schema, *, permissive: bool = False, level: int | None = None
) -> dict[str, Verdict]:
    """Validate every static policy, template and link, by id; the set is valid if all of them are."""
    with deep_recursion():
        surveys = survey_set(policies, schema)
        return verdicts(review_set(surveys, schema, permissive=permissive), policies, schema, level)


def survey_set(policies: PolicySet, schema: Schema) -> dict[str, Survey]:
    """Look at every static policy and template, by id."""
    bodies = {**policies.static, **policies.templates}
    return {policy_id: survey(body, schema) for policy_id, body in bodies.items()}


def review_set(surveys: Mapping[str, Survey], schema: Schema, *, permissive: bool) -> dict[str, Review]:
    """Check the types of every policy, by id."""
    return {policy_id: review(one, schema, permissive=permissive) for policy_id, one in surveys.items()}


def review_in_other_mode(
    reviews: Mapping[str, Review], surveys: Mapping[str, Survey], schema: Schema, *, permissive: bool
) -> dict[str, Review]:
    """Check in this mode what was checked in the other one; a review that did not ask for it stays."""
    return {
        policy_id: review(surveys[policy_id], schema, permissive=permissive) if one.asks_mode else one
        for policy_id, one in reviews.items()
    }


def verdicts(
    reviews: Mapping[str, Review], policies: PolicySet, schema: Schema, level: int | None
) -> dict[str, Verdict]:
    """Return the verdicts on policies that have been checked, and on their links."""
    found = {policy_id: reviewed.verdict(level) for policy_id, reviewed in reviews.items()}
    for new_id, link in policies.links.items():
        found[new_id] = validate_link(policies.templates[link.template_id], link.values, schema)
    return found


def _impossibility(impossible: bool) -> Iterator[Caution]:
    if impossible:
        yield Caution("impossible_policy", "it applies to no request that the schema admits")


def _applicability(body: Body, schema: Schema, values: SlotValues | None = None) -> Iterator[Caution]:
    if not applies(body, schema, values):
        yield Caution("no_applicable_action", "no action of the schema applies to the types in the scope")

"""Broken laws of partial evaluation: the innermost expression with different residuals, or the question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from drt.diagnosis.expressions import Ask, innermost
from drt.diagnosis.located import Answers, Located
from drt.diagnosis.policies import policies_of
from drt.diagnosis.rule import Aspect, Rule, Whole
from drt.diagnosis.rules import rule_of
from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Case, Source, Store
from drt.model.divergence import Divergence
from drt.model.partial_outcome import PartiallyAuthorized
from drt.model.question import Batched, FilterRows, PartiallyAuthorize, Query, Reauthorize
from drt.oracles import partial_agreement, partial_laws, residual_policies
from drt.oracles.law import Law

FORMS = ("{0}", "[{0}].isEmpty()")
"""Conditions with the residual of an expression: itself if it is boolean, else a question about its set."""

RULE = "spec 09 §4"

QUESTIONS: Mapping[str, tuple[Whole, str]] = {
    law.name: (whole, source)
    for law, whole, source in (
        (partial_agreement.partial_responses_agree, Whole.PARTIAL_RESPONSE, "spec 09 §6"),
        (partial_agreement.queries_agree, Whole.QUERY, "spec 09 §8"),
        (partial_agreement.batched_runs_agree, Whole.BATCHED, "spec 09 §9"),
        (partial_laws.reauthorizing_is_authorizing, Whole.REAUTHORIZING, "spec 09 §7"),
        (partial_laws.decisions_follow_from_classes, Whole.PARTIAL_RESPONSE, "spec 09 §6"),
        (partial_laws.queries_are_brute_force, Whole.QUERY, "spec 09 §8"),
        (partial_laws.filters_are_queries, Whole.FILTER, "spec 09 §8"),
        (partial_laws.batched_is_in_memory, Whole.BATCHED, "spec 09 §9"),
        (partial_laws.more_known_keeps_decisions, Whole.PARTIAL_RESPONSE, "spec 09 §6"),
        (residual_policies.residuals_are_policies, Whole.RESIDUAL_POLICIES, "spec 09 §5"),
    )
}
"""Laws by name, with what is at fault where engines agree on residuals, and its section."""

LAWS = tuple(
    one.name
    for module in (partial_agreement, partial_laws, residual_policies)
    for one in vars(module).values()
    if isinstance(one, Law)
)
assert set(LAWS) == set(QUESTIONS)


def in_partial(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Located:
    """Locate the rule by which engines have different residuals, else name the question."""
    for asked in _partial_inputs(case, divergence):
        for policy in policies_of(case, engines):
            for part in policy.parts():
                if found := innermost(part.text, _residuals(case, engines, asked)):
                    name, _ = rule_of(found.node, found.tokens, found.operator)
                    rule = Rule(name, Aspect.RESIDUAL)
                    return Located("expression", rule, RULE, part.place, found.text, found.answers)
    whole, source = QUESTIONS[divergence.law]
    return Located("policy", Rule(whole), source, divergence.question, "", divergence.answers)


def _partial_inputs(case: Case, divergence: Divergence) -> Iterator[PartiallyAuthorize]:
    """List the partial inputs that the question was about, then those of the case."""
    match divergence.asked:
        case PartiallyAuthorize() as asked:
            yield asked
        case Reauthorize(request, entities) | FilterRows(request, entities):
            yield PartiallyAuthorize(request, entities)
        case Query(kind, request, entities) if kind != "action":
            yield PartiallyAuthorize(request, entities)
        case Batched(request):
            yield PartiallyAuthorize(request, Store("[]", "partial"))
    for partial in case.partials:
        yield PartiallyAuthorize(partial.request, partial.entities)


def _residuals(case: Case, engines: Sequence[Guarded], asked: PartiallyAuthorize) -> Ask:
    """Ask for the residual of an expression: after the conditions that hold there if its type needs them."""

    def ask(text: str, given: tuple[str, ...]) -> Answers:
        for before, form in product(((), given), FORMS):
            body = " && ".join(f"({one})" for one in (*before, form.format(f"({text})")))
            policy = f"permit(principal, action, resource) when {{ {body} }};"
            alone = replace(case, policies=Source(policy), links=(), partials=())
            loaded = [engine.load(alone) for engine in engines]
            answers = tuple(
                (engine.name, one.ask(asked) if isinstance(one, GuardedSession) else one)
                for engine, one in zip(engines, loaded, strict=True)
            )
            if any(isinstance(answer, PartiallyAuthorized) for _, answer in answers):
                break
        return answers

    return ask

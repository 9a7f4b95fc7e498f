"""The search from a divergence to a rule: from its question to the next questions to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drt.diagnosis.authorizer import step_of
from drt.diagnosis.expressions import Ask, Innermost, differ, innermost
from drt.diagnosis.json_construct import blamed_member
from drt.diagnosis.laws import SEARCHES
from drt.diagnosis.located import Answers, Located
from drt.diagnosis.policies import OnePolicy, Part, policies_of
from drt.diagnosis.reading import in_inputs, in_text, passed_on, plain_reading
from drt.diagnosis.rule import Aspect, Form, Rule, Whole
from drt.diagnosis.rules import rule_of
from drt.diagnosis.sections import section_of
from drt.diagnosis.typing import REPORTED, Typing
from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Case, Request, Source
from drt.model.divergence import Divergence
from drt.model.outcome import (
    Accepted,
    Evaluated,
    Failed,
    Outcome,
    Rejected,
    Unlinkable,
    Unwritable,
    Validated,
)
from drt.model.question import Authorize, Evaluate, Validate
from drt.oracles.law import Compares
from drt.oracles.roundtrips import entities_round_trip, json_round_trips, printing_round_trips
from drt.oracles.table import LAWS
from drt.oracles.validation import levels_are_enough

FAILING = {
    "type": "1",
    "overflow": "9223372036854775807 + 1 == 0",
    "attr-missing": "{}.a",
    "entity-missing": 'a::"".a',
    "extension": 'ip("") == 0',
}
"""The plainest conditions that fail with an error of each kind."""

FROM_ENTITIES = (Form.ATTRIBUTE_ACCESS, "`has`", "`getTag`", "`hasTag`", "`in`")
"""Rules that look something up in the entities."""

OF_WHAT_WAS_READ = (printing_round_trips.name, json_round_trips.name, entities_round_trip.name)
"""Laws about what an engine has read, whether or not another one reads the same text."""

AS_POLICY = "permit(principal, action, resource) when {{ {} }};"


def localise(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Located | None:
    """Locate the difference; None if queries do not show it (a law that one engine breaks alone).

    Engines evaluate every sub-expression on the way, so the case should be a reduced one.
    """
    law = LAWS.get(divergence.law)
    derived = law is not None and law.compares is not Compares.ENGINES
    if derived and (found := passed_on(case, engines, divergence)):
        return found
    if derived and divergence.law not in OF_WHAT_WAS_READ and (found := plain_reading(case, engines)):
        return found
    if divergence.law in SEARCHES:
        return SEARCHES[divergence.law](case, engines, divergence)
    outcomes = [outcome for _, outcome in divergence.answers]
    if unlinkable := [outcome.kind for outcome in outcomes if isinstance(outcome, Unlinkable)]:
        text = "\n".join(schema.text for schema in case.schemas)
        rule = Rule(unlinkable[0], Aspect.LINKING)
        return Located("reading", rule, "spec 13 §5", "schemas", text, divergence.answers)
    if any(isinstance(outcome, Rejected | Accepted | Unwritable) for outcome in outcomes):
        return in_text(case, engines, divergence)
    search = _Search(case, engines)
    typed = divergence.kind in REPORTED or divergence.law == levels_are_enough.name
    if typed or any(isinstance(outcome, Validated) for outcome in outcomes):
        asked = divergence.asked if isinstance(divergence.asked, Validate) else Validate()
        return in_inputs(case, engines, "schema") or Typing(case, engines, asked, divergence.kind).search()
    if divergence.expression is not None and divergence.request is not None:
        return search.expression(divergence.expression, case.requests[divergence.request])
    if divergence.request is None:
        return search.anything()
    return search.response(case.requests[divergence.request])


class _Search:
    """One case loaded by all engines."""

    def __init__(self, case: Case, engines: Sequence[Guarded]) -> None:
        self.case = case
        self.engines = engines
        self.loaded = [engine.load(case) for engine in engines]
        self.names = tuple(engine.name for engine in engines)

    def anything(self) -> Located | None:
        """Find the first request that shows a difference: for laws, whose questions are about variants."""
        for request in self.case.requests:
            if found := self.response(request):
                return found
            for number in range(len(self.case.expressions)):
                if found := self.expression(number, request):
                    return found
        return None

    def expression(self, number: int, request: Request) -> Located | None:
        """Locate the difference in an expression of the case."""
        text = self.case.expressions[number]
        found = innermost(text, self._values(request))
        if found is None:
            return None
        return self._read_differently(located(found, f"expression {number}"), text, request)

    def _read_differently(self, found: Located, text: str, request: Request) -> Located:
        """Locate the reading of what the rule starts from, where engines understand it differently."""
        if found.text == "context":
            return self._in_context(found, request)
        if found.identity.subject in FROM_ENTITIES:
            return in_inputs(self.case, self.engines, "entities") or found
        if found.identity.subject == Form.LEAF:
            return in_inputs(self.case, self.engines, "expression", text) or found
        return found

    def _in_context(self, found: Located, request: Request) -> Located:
        """Locate the value of the request to blame for a context that is not the same to all."""

        def is_well(other: str) -> bool:
            values = self._values(replace(request, text=other))("context", ())
            return all(isinstance(value, Evaluated) for _, value in values) and not differ(values)

        blame = blamed_member(request.text, is_well)
        if blame is None:
            return found
        rule = Rule(blame.name, Aspect.READING)
        source = section_of("request", str(rule))
        return replace(found, kind="reading", identity=rule, source=source, place="request", text=blame.text)

    def response(self, request: Request) -> Located | None:
        """Locate the difference in a request: in reading, in a policy, or in combining policies."""
        if self.case.policies.format == "json" and (found := in_inputs(self.case, self.engines, "policies")):
            return found
        policies = policies_of(self.case, self.engines)
        alone = [(policy, self._alone(policy, request)) for policy in policies]
        for policy, answers in alone:
            if differ(answers):
                return self._in_policy(policy, answers, request)
        whole = self._whole(self.case, request)
        if not differ(whole):
            return None
        return self._in_links(request, whole) or step_of(whole, alone)

    def _in_links(self, request: Request, whole: Answers) -> Located | None:
        """Find the link that makes the difference, if the engines agree on the policy it expands to."""
        if not self.case.links or differ(self._whole(replace(self.case, links=()), request)):
            return None
        for link in self.case.links:
            alone = self._whole(replace(self.case, links=(link,)), request)
            if differ(alone):
                return Located(
                    "policy", Rule(Whole.SLOTS, Aspect.LINKING), "spec 04 §1.1", link[1], "", alone
                )
        return Located(
            "policy", Rule(Whole.SEVERAL_LINKS, Aspect.LINKING), "spec 04 §1.1", "links", "", whole
        )

    def _in_policy(self, policy: OnePolicy, answers: Answers, request: Request) -> Located:
        for part in policy.parts():
            if found := innermost(part.text, self._values(request)):
                return self._read_differently(located(found, part.place), part.text, request)
        if self._authorizer_is_to_blame(policy, request):
            return step_of(answers, [(policy, answers)])
        for part in policy.parts():
            if found := innermost(part.text, self._as_policies(request)):
                return replace(
                    located(found, part.place), said="shown by evaluating it as a policy's condition"
                )
        for part in policy.parts():
            if part.keyword != "scope" and differ(clause := self._clause(part, request)):
                body = ((part.text, self._values(request)(part.text, ())),)
                rule = Rule(f"the clause `{part.keyword}`")
                return Located("policy", rule, "spec 01 §5", part.place, part.text, clause, body)
        if found := innermost(policy.condition(), self._values(request)):
            return located(found, f"{policy.id}, scope and clauses joined")
        return Located("policy", Rule(Whole.CONDITION), "spec 04 §2", policy.id, policy.text, answers)

    def _authorizer_is_to_blame(self, policy: OnePolicy, request: Request) -> bool:
        """Whether the engines agree on the policy's value, and differ on a plain policy of that value."""
        values = self._values(request)(policy.condition(), ())
        if differ(values):
            return False
        plain = next((_plain(value) for _, value in values), None)
        tokens = policy.text.partition("(")[0].split()
        if plain is None or not tokens:
            return False
        text = f"{tokens[-1]}(principal, action, resource) when {{ {plain} }};"
        return differ(self._responses(text, request))

    def _values(self, request: Request) -> Ask:
        """Ask what a text evaluates to."""

        def ask(text: str, _: tuple[str, ...]) -> Answers:
            outcomes = [
                one.ask(Evaluate(text, request)) if isinstance(one, GuardedSession) else one
                for one in self.loaded
            ]
            return tuple(zip(self.names, outcomes, strict=True))

        return ask

    def _as_policies(self, request: Request) -> Ask:
        """Ask for the response to a policy with the text as condition, which may be compiled otherwise."""
        return lambda text, _: self._responses(AS_POLICY.format(text), request)

    def _alone(self, policy: OnePolicy, request: Request) -> Answers:
        return self._responses(policy.text, request)

    def _clause(self, part: Part, request: Request) -> Answers:
        text = f"permit(principal, action, resource) {part.keyword} {{ {part.text} }};"
        return self._responses(text, request)

    def _responses(self, text: str, request: Request) -> Answers:
        case = replace(self.case, policies=Source(text), links=(), expressions=())
        loaded = [engine.load(case) for engine in self.engines]
        outcomes = [one.ask(Authorize(request)) if isinstance(one, GuardedSession) else one for one in loaded]
        return tuple(zip(self.names, outcomes, strict=True))

    def _whole(self, case: Case, request: Request) -> Answers:
        loaded = self.loaded if case is self.case else [engine.load(case) for engine in self.engines]
        outcomes = [one.ask(Authorize(request)) if isinstance(one, GuardedSession) else one for one in loaded]
        return tuple(zip(self.names, outcomes, strict=True))


def _plain(value: Outcome) -> str | None:
    """Write the plainest expression with this outcome."""
    match value:
        case Evaluated("true" | "false" as truth):
            return truth
        case Failed(kind):
            return FAILING.get(kind)
        case _:
            return None


def located(found: Innermost, place: str) -> Located:
    """Name the rule that evaluates an innermost sub-expression."""
    rule, source = rule_of(found.node, found.tokens, found.operator)
    return Located("expression", Rule(rule), source, place, found.text, found.answers, found.operands)

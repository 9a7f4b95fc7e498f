"""The search as a whole: which kind of question the engines part on, and what to ask next about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drt.case import Case, Request, Source
from drt.engines.guard import Guarded, GuardedLoaded
from drt.localise.authorizer import step_of
from drt.localise.expressions import Ask, Innermost, differ, innermost
from drt.localise.located import Answers, Located
from drt.localise.policies import OnePolicy, Part, policies_of
from drt.localise.reading import in_text
from drt.localise.rules import rule_of, typing_rule_of
from drt.oracles.checked import Divergence
from drt.outcome import Accepted, Evaluated, Failed, Outcome, Rejected, Validated
from drt.reduce.policies import layouts
from drt.reduce.tokens import tokenize

FAILING = {
    "type": "1",
    "overflow": "9223372036854775807 + 1 == 0",
    "attr-missing": "{}.a",
    "entity-missing": 'a::"".a',
    "extension": 'ip("") == 0',
}
"""The plainest conditions that fail with an error of each kind."""

AS_POLICY = "permit(principal, action, resource) when {{ {} }};"


def localise(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Located | None:
    """Where the engines part; None where asking them does not show it (a law that one engine breaks alone).

    Engines are asked about every sub-expression on the way, so the case should be a reduced one.
    """
    outcomes = [outcome for _, outcome in divergence.answers]
    if any(isinstance(outcome, Rejected | Accepted) for outcome in outcomes) and divergence.request is None:
        return in_text(case, engines, divergence)
    search = _Search(case, engines)
    if any(isinstance(outcome, Validated) for outcome in outcomes):
        return search.validation()
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
        """The first request that shows a difference: for laws, whose questions are about variants."""
        for request in self.case.requests:
            if found := self.response(request):
                return found
            for number in range(len(self.case.expressions)):
                if found := self.expression(number, request):
                    return found
        return None

    def expression(self, number: int, request: Request) -> Located | None:
        """Where the engines part on an expression of the case."""
        found = innermost(self.case.expressions[number], self._values(request))
        return None if found is None else located(found, f"expression {number}")

    def response(self, request: Request) -> Located | None:
        """Where the engines part on a request: in a policy, or in putting the policies together."""
        policies = policies_of(self.case, self.engines)
        alone = [(policy, self._alone(policy, request)) for policy in policies]
        for policy, answers in alone:
            if differ(answers):
                return self._in_policy(policy, answers, request)
        whole = self._whole(request)
        return step_of(whole, alone) if differ(whole) else None

    def validation(self) -> Located | None:
        """Where the engines part on a policy's types."""
        for policy in policies_of(self.case, self.engines):
            verdicts = self._verdicts(policy.text)
            if differ(verdicts):
                return self._in_typing(policy, verdicts)
        return None

    def _in_policy(self, policy: OnePolicy, answers: Answers, request: Request) -> Located:
        for part in policy.parts():
            if found := innermost(part.text, self._values(request)):
                return located(found, part.place)
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
                rule = f"the clause `{part.keyword}`"
                return Located("policy", rule, "spec 01 §5", part.place, part.text, clause, body)
        if found := innermost(policy.condition(), self._values(request)):
            return located(found, f"{policy.id}, scope and clauses joined")
        rule = "a policy's condition: its scope and clauses joined"
        return Located("policy", rule, "spec 04 §2", policy.id, policy.text, answers)

    def _authorizer_is_to_blame(self, policy: OnePolicy, request: Request) -> bool:
        """Whether the engines agree on the policy's value and part on any policy that comes to as much."""
        values = self._values(request)(policy.condition(), ())
        if differ(values):
            return False
        plain = next((_plain(value) for _, value in values), None)
        tokens = policy.text.partition("(")[0].split()
        if plain is None or not tokens:
            return False
        text = f"{tokens[-1]}(principal, action, resource) when {{ {plain} }};"
        return differ(self._responses(text, request))

    def _in_typing(self, policy: OnePolicy, verdicts: Answers) -> Located:
        head = policy.text[: policy.text.index(")") + 1] if ")" in policy.text else ""
        scope = _scope(policy.text)
        for part in policy.parts():
            if part.keyword == "scope":
                continue
            found = innermost(part.text, self._types(scope))
            if found is not None:
                rule, source = typing_rule_of(found.node, found.tokens, found.operator)
                return Located("typing", rule, source, part.place, found.text, found.answers, found.operands)
        if differ(alone := self._verdicts(f"{scope};")):
            return Located("typing", "the scope's types", "spec 08 §3", f"{policy.id}, scope", head, alone)
        return Located(
            "typing", "the typing of a whole policy", "spec 08 §6.10", policy.id, policy.text, verdicts
        )

    def _values(self, request: Request) -> Ask:
        """What a text evaluates to."""

        def ask(text: str, _: tuple[str, ...]) -> Answers:
            said = [
                one.evaluate(text, request) if isinstance(one, GuardedLoaded) else one for one in self.loaded
            ]
            return tuple(zip(self.names, said, strict=True))

        return ask

    def _as_policies(self, request: Request) -> Ask:
        """What a policy comes to that has the text for its condition: compiled engines may have two ways."""
        return lambda text, _: self._responses(AS_POLICY.format(text), request)

    def _types(self, scope: str) -> Ask:
        """Whether a text has a type, in the scope of its policy and under what holds where it stands."""

        def ask(text: str, given: tuple[str, ...]) -> Answers:
            holds = " && ".join(f"({each})" for each in (*given, f"({text}) == ({text})"))
            return self._verdicts(f"{scope} when {{ {holds} }};")

        return ask

    def _alone(self, policy: OnePolicy, request: Request) -> Answers:
        return self._responses(policy.text, request)

    def _clause(self, part: Part, request: Request) -> Answers:
        text = f"permit(principal, action, resource) {part.keyword} {{ {part.text} }};"
        return self._responses(text, request)

    def _responses(self, text: str, request: Request) -> Answers:
        case = replace(self.case, policies=Source(text), links=(), expressions=())
        loaded = [engine.load(case) for engine in self.engines]
        said = [one.authorize(request) if isinstance(one, GuardedLoaded) else one for one in loaded]
        return tuple(zip(self.names, said, strict=True))

    def _whole(self, request: Request) -> Answers:
        said = [one.authorize(request) if isinstance(one, GuardedLoaded) else one for one in self.loaded]
        return tuple(zip(self.names, said, strict=True))

    def _verdicts(self, text: str) -> Answers:
        case = replace(self.case, policies=Source(text), links=(), requests=(), expressions=(), entities="[]")
        loaded = [engine.load(case) for engine in self.engines]
        said = [one.validate() if isinstance(one, GuardedLoaded) else one for one in loaded]
        return tuple(zip(self.names, said, strict=True))


def _plain(value: Outcome) -> str | None:
    """The plainest expression that comes to this."""
    match value:
        case Evaluated("true" | "false" as truth):
            return truth
        case Failed(kind):
            return FAILING.get(kind)
        case _:
            return None


def _scope(text: str) -> str:
    """A policy up to its clauses."""
    tokens = tokenize(text)
    policy = layouts(tokens)[0]
    end = policy.conditions[0][0] if policy.conditions else policy.end - 1
    return text[tokens[policy.start].start : tokens[end - 1].end]


def located(found: Innermost, place: str) -> Located:
    """An innermost sub-expression with the rule that evaluates it."""
    rule, source = rule_of(found.node, found.tokens, found.operator)
    return Located("expression", rule, source, place, found.text, found.answers, found.operands)

"""The innermost expression that two validators type differently, in the mode and at the level in question.

Owns the probes by which a validator tells a type that it does not print: whether there is one, and whether
it is True or False, for these alone let `||` and `&&` skip what follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any, get_args

from drt.diagnosis.expressions import Ask, Innermost, differ, innermost
from drt.diagnosis.located import Answers, Located
from drt.diagnosis.policies import OnePolicy, policies_of
from drt.diagnosis.rule import Aspect, Rule, Whole
from drt.diagnosis.rules import typing_rule_of
from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Case, Source
from drt.model.divergence import Kind
from drt.model.outcome import Outcome, Printed, Validated, WarningKind
from drt.model.question import TranslateSchema, Validate
from drt.oracles.verdicts import comparable_warnings
from drt.reduce.documents import NOTHING, read, write
from drt.scan.expressions import NotAnExpression, read_expression
from drt.scan.policies import layouts
from drt.scan.tokens import tokenize

ANY_SCOPE = "permit(principal, action, resource)"
MOST_KINDS = 24
PROBES = ("({0}) == ({0})", "({0}) && 1", "({0}) || 1")
NO_EXPRESSION = "an expression"

REPORTED: dict[str, tuple[Aspect, str]] = {
    "validation-errors": (Aspect.ERROR, "spec 08 §13"),
    "warnings": (Aspect.WARNING, "spec 08 §8"),
}
"""Reports in which engines with the same verdict may still differ, with their sections."""

INDEPENDENT_OF_TYPES = frozenset(get_args(WarningKind)) - {"impossible_policy"}
"""Kinds of warnings that no type of an expression decides."""

KNOWN = ("a type", "False", "True")
"""Knowledge from a valid probe; the second operand of `&&` and `||` is ill typed, unless skipped."""


@dataclass(frozen=True, slots=True)
class Typing:
    """A case that engines validate differently in this mode and at this level."""

    case: Case
    engines: Sequence[Guarded]
    asked: Validate
    kind: Kind = "verdict"

    def search(self) -> Located | None:
        """Locate the difference in a policy's types, or in its level."""
        if self.kind in REPORTED:
            return self._kind_in_dispute()
        for policy in policies_of(self.case, self.engines):
            verdicts = self._disputed(policy.text)
            if differ(verdicts):
                if self._agree_on_every_kind_of_request(policy):
                    rule = Rule(Whole.REQUEST_KINDS)
                    return Located("typing", rule, "spec 08 §2", policy.id, policy.text, verdicts)
                levels = self.asked.level is not None and not differ(
                    self.verdicts(policy.text, any_level=True)
                )
                return self._in_levels(policy, verdicts) if levels else self._in_types(policy, verdicts)
        return None

    def _disputed(self, policy: str) -> Answers:
        """Ask for what is in dispute: the verdicts on a policy, or what they report."""
        verdicts = self.verdicts(policy)
        if self.kind not in REPORTED:
            return verdicts
        return tuple(
            (name, Printed(str(sorted(_reported(self.kind, one)))) if isinstance(one, Validated) else one)
            for name, one in verdicts
        )

    def _kind_in_dispute(self) -> Located | None:
        """Find the first kind of error or warning of a policy or link that not all engines report."""
        loaded = [engine.load(self.case) for engine in self.engines]
        verdicts = [
            (engine.name, one.ask(self.asked))
            for engine, one in zip(self.engines, loaded, strict=True)
            if isinstance(one, GuardedSession)
        ]
        reported = [_reported(self.kind, one) for _, one in verdicts if isinstance(one, Validated)]
        if len(reported) < len(self.engines):
            return None
        disputed = sorted(frozenset.union(*reported) - frozenset.intersection(*reported))
        if not disputed:
            return None
        policy_id, kind, *_ = disputed[0]
        policy = next((one for one in policies_of(self.case, self.engines) if one.id == policy_id), None)
        if policy is not None and kind not in INDEPENDENT_OF_TYPES:
            if self._agree_on_every_kind_of_request(policy):
                rule = Rule(Whole.REQUEST_KINDS)
                return Located("typing", rule, "spec 08 §2", policy.id, policy.text, tuple(verdicts))
            found = self._in_parts(policy)
            if found is not None:
                return found
        aspect, source = REPORTED[self.kind]
        text = "" if policy is None else policy.text
        return Located("typing", Rule(kind, aspect), source, policy_id, text, tuple(verdicts))

    def _in_parts(self, policy: OnePolicy) -> Located | None:
        """Find the innermost expression that is typed differently in a scope that admits all."""
        earlier: tuple[str, ...] = ()
        types, kinds = self._types(ANY_SCOPE), self._kinds(ANY_SCOPE)
        for part in policy.parts():
            text = f"!({part.text})" if part.keyword == "unless" else part.text
            found = innermost(text, types, earlier, anywhere=True)
            if found is not None:
                return self._named(found, part.place, types)
            found = innermost(text, kinds, earlier) if self.kind == "validation-errors" else None
            if found is not None:
                return self._named(found, part.place, kinds)
            if part.keyword != "scope":
                earlier = (*earlier, text)
        return None

    def _in_levels(self, policy: OnePolicy, verdicts: Answers) -> Located:
        """Find the innermost expression that needs another level."""
        chapter = "spec 08 §9"
        for part in policy.parts():
            head = ANY_SCOPE if part.keyword == "scope" else _scope(policy.text)
            found = innermost(part.text, self._accepted(head))
            if found is not None:
                rule, _ = typing_rule_of(found.node, found.tokens, found.operator)
                shown = (part.place, found.text, found.answers, found.operands)
                return Located("typing", Rule(rule, Aspect.LEVEL), chapter, *shown)
        return Located("typing", Rule(Whole.POLICY, Aspect.LEVEL), chapter, policy.id, policy.text, verdicts)

    def _in_types(self, policy: OnePolicy, verdicts: Answers) -> Located:
        scope = _scope(policy.text)
        alone = self.verdicts(f"{scope};")
        earlier: tuple[str, ...] = ()
        for part in policy.parts():
            if part.keyword != "scope" and differ(alone):
                break  # verdicts part at the scope alone, whatever the type
            text = f"!({part.text})" if part.keyword == "unless" else part.text
            head = ANY_SCOPE if part.keyword == "scope" else scope
            ask = self._types(head)
            found = innermost(text, ask, earlier)
            if found is not None:
                return self._named(found, part.place, ask)
            if part.keyword != "scope":
                earlier = (*earlier, text)
        if differ(alone):
            rule = Rule(Whole.SCOPE_TYPES)
            return Located("typing", rule, "spec 08 §3", f"{policy.id}, scope", scope, alone)
        joined = " && ".join(f"({text})" for text in earlier)
        apart = len(earlier) > 1 and not differ(self.verdicts(f"{scope} when {{ {joined} }};"))
        rule = Rule(Whole.CLAUSES if apart else Whole.POLICY_TYPING)
        return Located("typing", rule, "spec 08 §6.10", policy.id, policy.text, verdicts)

    def _named(self, found: Innermost, place: str, ask: Ask) -> Located:
        """Name the rule that types the expression, or what grants the capability that it needs."""
        subject, source = typing_rule_of(found.node, found.tokens, found.operator)
        rule, text = Rule(subject), found.text
        if not differ(ask(text, ())):
            granted = next((one for one in found.given if differ(ask(text, (one,)))), None)
            if granted is not None:
                rule, source = Rule(_outermost(granted), Aspect.GRANT), "spec 08 §6.2"
                text = granted
        return Located("typing", rule, source, place, text, found.answers, found.operands)

    def _types(self, scope: str) -> Ask:
        """Ask for a text's type, in the scope of its policy and under what holds where it stands."""

        def ask(text: str, given: tuple[str, ...]) -> Answers:
            before = "".join(f"({each}) && " for each in given)
            probes = [self.verdicts(f"{scope} when {{ {before}{probe.format(text)} }};") for probe in PROBES]
            return tuple(
                (engine.name, _typed([probe[number][1] for probe in probes]))
                for number, engine in enumerate(self.engines)
            )

        return ask

    def _kinds(self, scope: str) -> Ask:
        """Ask for the kinds of errors of a policy with nothing but the text."""

        def ask(text: str, given: tuple[str, ...]) -> Answers:
            return tuple(
                (name, Printed(str(sorted({kind for _, kind in one.errors or ()}))))
                if isinstance(one, Validated)
                else (name, one)
                for name, one in self._accepted(scope)(text, given)
            )

        return ask

    def _accepted(self, scope: str) -> Ask:
        """Ask whether a policy with nothing but the text is valid, whatever the text's type."""
        return lambda text, given: self.verdicts(
            f"{scope} when {{ {''.join(f'({each}) && ' for each in given)}({text}) == ({text}) }};"
        )

    def _agree_on_every_kind_of_request(self, policy: OnePolicy) -> bool:
        """Whether there are several, and under a schema with any one of them the engines agree."""
        alone = [replace(self, case=replace(self.case, schema=one)) for one in self._one_kind_each()]
        return len(alone) > 1 and not any(differ(one._disputed(policy.text)) for one in alone)

    def _one_kind_each(self) -> Iterator[Source]:
        """Restrict the schema to each kind of request in turn."""
        schema = self.case.schema
        if schema is not None and schema.format == "cedar":
            printed = self.engines[0].ask(TranslateSchema(schema, "json"))
            schema = Source(printed.text, "json") if isinstance(printed, Printed) else None
        document = NOTHING if schema is None else read(schema.text)
        return islice(_one_kind_each(document), MOST_KINDS)

    def verdicts(self, text: str, *, any_level: bool = False) -> Answers:
        """Validate a policy by all engines under the schema of the case."""
        case = replace(self.case, policies=Source(text), links=(), requests=(), expressions=(), entities="[]")
        asked = replace(self.asked, level=None) if any_level else self.asked
        loaded = [engine.load(case) for engine in self.engines]
        outcomes = [one.ask(asked) if isinstance(one, GuardedSession) else one for one in loaded]
        return tuple(zip((engine.name for engine in self.engines), outcomes, strict=True))


def _reported(kind: Kind, verdict: Validated) -> frozenset[tuple[str, ...]]:
    """List the errors or the warnings of a verdict, each with its policy."""
    return frozenset(verdict.errors or ()) if kind == "validation-errors" else comparable_warnings(verdict)


def _one_kind_each(document: Any) -> Iterator[Source]:
    """Schemas in which one action takes one type of principal and one of resource, and no other any."""
    match document:
        case dict() if all(isinstance(part, dict) for part in document.values()):
            pass
        case _:
            return
    for namespace, part in document.items():
        for action, declared in (part.get("actions") or {}).items():
            applies = (declared or {}).get("appliesTo") or {}
            for principal, resource in product(
                applies.get("principalTypes") or (), applies.get("resourceTypes") or ()
            ):
                whole = {name: _without_requests(one) for name, one in document.items()}
                only = {**applies, "principalTypes": [principal], "resourceTypes": [resource]}
                actions = {**whole[namespace]["actions"], action: {**declared, "appliesTo": only}}
                whole[namespace] = {**whole[namespace], "actions": actions}
                yield Source(write(whole), "json")


def _without_requests(part: dict[str, Any]) -> dict[str, Any]:
    actions = {
        name: {key: value for key, value in (declared or {}).items() if key != "appliesTo"}
        for name, declared in (part.get("actions") or {}).items()
    }
    return {**part, "actions": actions}


def _scope(text: str) -> str:
    """Cut out a policy up to its clauses."""
    tokens = tokenize(text)
    policy = layouts(tokens)[0]
    end = policy.conditions[0][0] if policy.conditions else policy.end - 1
    return text[tokens[policy.start].start : tokens[end - 1].end]


def _typed(verdicts: Sequence[Outcome]) -> Outcome:
    """Derive the type from the probes; what is no verdict is passed on."""
    odd = next((one for one in verdicts if not isinstance(one, Validated)), None)
    if odd is not None:
        return odd
    known = [
        name for name, one in zip(KNOWN, verdicts, strict=True) if isinstance(one, Validated) and one.valid
    ]
    return Printed(" ".join(known[-1:]) or "no type")


def _outermost(text: str) -> str:
    """Name an expression's outermost rule, parentheses left aside."""
    tokens = tokenize(text)
    if [token.text for token in (*tokens[:1], *tokens[-1:])] == ["(", ")"]:
        inner = text[tokens[0].end : tokens[-1].start]
        named = _outermost(inner)
        if named != NO_EXPRESSION:
            return named
    try:
        return typing_rule_of(read_expression(tokens, 0, len(tokens)), tokens)[0]
    except NotAnExpression:
        return NO_EXPRESSION

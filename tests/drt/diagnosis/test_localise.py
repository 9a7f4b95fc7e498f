"""The search for what two engines part on, beyond the planted faults of evaluation."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from drt.assess.planted.faulty_engines import AndIsEager, SwappedLess
from drt.assess.planted.faulty_validators import AccessUnguarded, LikeTakesAnything
from drt.diagnosis import localise
from drt.diagnosis.policies import policies_of, uid_literal
from drt.engines import build
from drt.engines.base import BaseEngine, BaseSession
from drt.engines.guard import Guarded, GuardedSession
from drt.engines.reference_engine import ReferenceEngine
from drt.model.case import Case, Request, Source
from drt.model.outcome import Accepted, Crashed, Outcome, Rejected, Validated
from drt.model.question import ReadExpression, ReadPolicies, Validate
from drt.model.records import to_json
from drt.oracles.agreement import engines_agree
from drt.oracles.reading import readers_agree
from drt.oracles.validation import validators_agree

REFERENCE = Guarded(build("reference"))
REQUEST = Request(
    '{"principal": {"type": "U", "id": "a"}, "action": {"type": "Action", "id": "x"},'
    ' "resource": {"type": "R", "id": "r"}, "context": {"n": 1}}'
)


def search(case: Case, other: Any, oracle: Any = engines_agree) -> Any:
    engines = [REFERENCE, Guarded(other)]
    [found, *_] = oracle(case, engines).divergences
    return localise(case, engines, found)


def test_the_innermost_expression_is_named_with_its_operands() -> None:
    text = "permit(principal, action, resource) when { true && (if context.n < 1 + 1 then true else false) };"
    found = search(Case(Source(text), requests=(REQUEST,)), SwappedLess())
    assert (found.rule, found.source, found.text) == ("`<`", "spec 02 §4.2", "context.n < 1 + 1")
    assert found.place == "policy0, clause 1"
    assert [(operand, {answer.value for _, answer in answers}) for operand, answers in found.operands] == [
        ("context.n", {"1"}),
        ("1 + 1", {"2"}),
    ]
    assert json.loads(json.dumps(to_json(found.record)))["rule"] == "`<`"


def test_of_a_chain_the_operator_at_issue_is_shown() -> None:
    text = "permit(principal, action, resource) when { true && false && context.missing && true };"
    found = search(Case(Source(text), requests=(REQUEST,)), AndIsEager())
    assert found.text == "true && false && context.missing"
    assert [operand for operand, _ in found.operands] == ["true && false", "context.missing"]


def test_policies_in_json_and_links_are_searched_too() -> None:
    text = "permit(principal == ?principal, action, resource) when { context.n < 2 };"
    read = REFERENCE.ask(ReadPolicies(Source(text)))
    assert isinstance(read, Accepted)
    links = (("policy0", "mine", (("?principal", '{"type": "U", "id": "a"}'),)),)
    for source in (Source(text), Source(read.canonical, "json")):
        case = Case(source, requests=(REQUEST,), links=links)
        assert [policy.id for policy in policies_of(case, [REFERENCE])] == ["mine"]
        found = search(case, SwappedLess())
        assert (found.rule, found.place) == ("`<`", "mine, clause 1")


def test_uids_become_literals_whatever_they_hold() -> None:
    for entity_id in ("a", 'q"q', "b\\s", "\n\u0000", "é\u202e"):
        literal = uid_literal(json.dumps({"type": "U", "id": entity_id}))
        read = REFERENCE.ask(ReadExpression(literal))
        assert isinstance(read, Accepted)
        assert json.loads(read.canonical) == {"Value": {"__entity": {"type": "U", "id": entity_id}}}


SCHEMA = Source(
    'entity R; entity U { n: Long, m?: Long }; action "x" appliesTo { principal: U, resource: R, context: {} };'
)


def test_the_innermost_expression_that_is_typed_differently_is_named() -> None:
    text = 'permit(principal, action, resource) when { principal.n == 1 && (principal.n like "a" || true) };'
    found = search(Case(Source(text), schema=SCHEMA), LikeTakesAnything(), validators_agree)
    assert (found.kind, found.rule, found.text) == ("typing", "`like`", 'principal.n like "a"')
    assert found.source == "spec 08 §6.3"


def test_a_guard_holds_where_the_guarded_is_searched() -> None:
    guarded = "permit(principal, action, resource) when { principal has m && principal.m == 1 && principal.n == 2 };"
    assert (
        validators_agree(
            Case(Source(guarded), schema=SCHEMA), [REFERENCE, Guarded(AccessUnguarded())]
        ).divergences
        == ()
    )
    text = guarded.replace("principal has m && ", "")
    found = search(Case(Source(text), schema=SCHEMA), AccessUnguarded(), validators_agree)
    assert (found.rule, found.text) == ("attribute access", "principal.m")


class Refuses(BaseEngine):
    """The reference, which refuses `has`."""

    name = "refuses"
    version = "0"

    def read_policies(self, source: Source) -> Any:
        if " has " in source.text:
            column = source.text.split("\n")[1].index("has") + 1
            return Rejected("policies", "no has", 2, column)
        return REFERENCE.ask(ReadPolicies(source))


def test_the_token_that_one_reader_refuses_is_shown() -> None:
    text = "permit(principal, action, resource)\nwhen { context has n };"
    found = search(Case(Source(text)), Refuses(), readers_agree)
    assert (found.kind, found.text) == ("reading", "has n")
    assert found.rule == "reading `has` a name before `}`"
    assert found.said == "refuses: no has"


class ClausesApart(BaseSession):
    """A case whose clauses are typed one by one, so that none guards the next."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def validate(self, mode: Any = "strict", level: int | None = None) -> Outcome:
        head, *clauses = re.split(r" (?=when|unless)", self.case.policies.text.rstrip(";\n"))
        texts = [f"{head} {clause};" for clause in clauses] or [f"{head};"]
        sessions = [REFERENCE.load(replace(self.case, policies=Source(text))) for text in texts]
        found = [one.ask(Validate()) for one in sessions if isinstance(one, GuardedSession)]
        return next((one for one in found if isinstance(one, Validated) and not one.valid), found[0])


class TypesClausesApart(BaseEngine):
    name = "apart"

    def load(self, case: Case) -> ClausesApart:
        return ClausesApart(case)


def test_clauses_that_are_typed_apart_are_named() -> None:
    text = "permit(principal is U, action, resource) when { principal has m } when { principal.m == 1 };"
    found = search(Case(Source(text), schema=SCHEMA), TypesClausesApart(), validators_agree)
    assert (found.rule, found.source) == ("one clause after another", "spec 08 §6.10")


class DyingSession(BaseSession):
    """Ends on every request."""

    def authorize(self, request: Request) -> Outcome:
        return Crashed("exit 7")


class Dying(ReferenceEngine):
    name = "dying"

    def load(self, case: Case) -> DyingSession:
        return DyingSession()


def test_an_engine_that_ends_on_a_request_is_located_in_answering() -> None:
    found = search(Case(Source("permit(principal, action, resource);"), requests=(REQUEST,)), Dying())

    assert str(found.rule) == "answering a request"
    assert found.deviating == ("dying",)

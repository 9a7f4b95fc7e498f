"""Laws of validation: each catches what breaks it, and acquits the two real engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from drt.assess.planted.faulty_validators import UNLIKE, UNSOUND
from drt.engines import build
from drt.engines.base import BaseSession, answer_by_method
from drt.engines.guard import Guarded
from drt.model.case import Case, Request, Source
from drt.model.divergence import Oracle
from drt.model.engine import Engine
from drt.model.outcome import Accepted, Authorized, Outcome, Printed, Rejected, Validated
from drt.model.question import Authorize, Question, ReadEntities, Validate
from drt.oracles import schemas, validation
from drt.oracles.rewriting import without_action
from drt.oracles.slices import slice_of
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

MOST_CASES = 2_400
"""What the soundness target judges in some forty seconds on one core."""

FAMILY = sorted(name for name in TARGETS if name.startswith("valid-"))


def finds(target: str, engines: list[Any], most: int) -> int | None:
    """The index of the first case that shows a divergence."""
    judge = TARGETS[target]
    for index in range(most):
        if judge.oracle(judge.draw(RecordingSource(index)), engines).divergences:
            return index
    return None


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(UNSOUND))
def test_an_unsound_validator_is_found_on_its_own(name: str) -> None:
    assert finds("valid-sound", [Guarded(UNSOUND[name]())], MOST_CASES) is not None


@pytest.mark.parametrize("name", sorted(UNLIKE))
def test_a_careless_validator_is_found_beside_a_sound_one(name: str) -> None:
    faulty, target = UNLIKE[name]
    assert finds(target, [Guarded(build("reference")), Guarded(faulty())], 200) is not None


@pytest.mark.parametrize("target", FAMILY)
def test_the_two_engines_are_acquitted(target: str) -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    compared = 0
    for index in range(12):
        checked = TARGETS[target].oracle(TARGETS[target].draw(RecordingSource(index)), engines)
        assert checked.divergences == ()
        compared += checked.comparisons
    assert compared > 0


SCHEMA = Source(
    "entity R; entity G; entity U in [G] { n: Long, m?: Long, u?: U };"
    'action "x" appliesTo { principal: U, resource: R, context: { c?: U } };'
)
ENTITIES = """[
 {"uid": {"type": "U", "id": "a"}, "attrs": {"n": 1, "u": {"__entity": {"type": "U", "id": "b"}}},
  "parents": [{"type": "G", "id": "g"}]},
 {"uid": {"type": "U", "id": "b"}, "attrs": {"n": 2}, "parents": []},
 {"uid": {"type": "G", "id": "g"}, "attrs": {}, "parents": []}]"""
REQUEST = Request(
    '{"principal": {"type": "U", "id": "a"}, "action": {"type": "Action", "id": "x"},'
    ' "resource": {"type": "R", "id": "r"}, "context": {}}'
)
POLICIES = Source(
    'permit(principal, action, resource) when { principal has u && principal.u.n == 2 && action == Action::"x" };'
    "forbid(principal, action, resource) when { false };"
)
CASE = Case(POLICIES, ENTITIES, SCHEMA, (REQUEST,))
REFERENCE = build("reference")


class Changed:
    """The reference with some answers changed."""

    name = "changed"
    version = "changed"

    def __init__(self, **changes: Callable[..., Any]) -> None:
        self.changes = changes

    def load(self, case: Case) -> Any:
        loaded = REFERENCE.load(case)
        changes = self.changes
        if isinstance(loaded, Rejected):
            return loaded

        class Loaded(BaseSession):
            def authorize(self, request: Request) -> Outcome:
                said = loaded.ask(Authorize(request))  # type: ignore[union-attr]
                return changes["authorize"](said, case) if "authorize" in changes else said

            def validate(self, mode: Any = "strict", level: int | None = None) -> Outcome:
                said = loaded.ask(Validate(mode, level))  # type: ignore[union-attr]
                return changes["validate"](said, mode, level, case) if "validate" in changes else said

        return Loaded()

    def ask(self, question: Question[Any]) -> Any:
        return answer_by_method(self, question)

    def __getattr__(self, name: str) -> Any:
        method = getattr(REFERENCE, name)
        if name not in self.changes:
            return method
        return lambda *asked: self.changes[name](method(*asked), *asked)


def invalid(said: Validated, *_: Any) -> Validated:
    return replace(said, valid=False, policies=tuple((policy, False) for policy, _ in said.policies))


def errs(said: Authorized, case: Case) -> Authorized:
    return replace(said, erring=(*said.erring, ("policy0", "type")))


def misses_on_slices(said: Authorized, case: Case) -> Authorized:
    return (
        said
        if case.schema is not None or "__entity" in case.entities.split("[", 2)[1]
        else replace(said, decision="deny")
    )


PLANTED: list[tuple[Oracle, Changed]] = [
    (validation.validators_agree, Changed(validate=invalid)),
    (validation.validators_agree, Changed(validate=lambda said, *_: replace(said, warnings=()))),
    (
        validation.validators_agree,
        Changed(validate=lambda said, mode, *_: invalid(said) if mode == "permissive" else said),
    ),
    (
        validation.permissive_accepts_what_strict_accepts,
        Changed(validate=lambda said, mode, *_: invalid(said) if mode == "permissive" else said),
    ),
    (validation.validated_policies_keep_their_promise, Changed(authorize=errs)),
    (
        validation.levels_are_enough,
        Changed(validate=lambda said, mode, level, _: invalid(said) if level == 3 else said),
    ),
    (
        validation.levels_are_enough,
        Changed(
            authorize=lambda said, case: (
                replace(said, decision="deny", determining=()) if '"id": "g"' not in case.entities else said
            )
        ),
    ),
    (schemas.schema_readers_agree, Changed(read_schema=lambda said, *_: Accepted("{}"))),
    (schemas.stores_conform_alike, Changed(read_entities=lambda said, *_: Rejected("entities"))),
    (
        schemas.schema_translations_mean_the_same,
        Changed(translate_schema=lambda said, *_: Printed(said.text.replace("Long", "String"))),
    ),
    (  # a writer whose readings have no document
        schemas.schema_translations_mean_the_same,
        Changed(
            read_schema=lambda *_: Accepted(),
            translate_schema=lambda said, *_: Printed(said.text.replace("Long", "String")),
        ),
    ),
    (
        schemas.syntaxes_validate_alike,
        Changed(translate_schema=lambda said, *_: Printed(said.text.replace("Long", "String"))),
    ),
    (
        schemas.the_action_may_be_written_out,
        Changed(
            authorize=lambda said, case: said if " action ==" in case.policies.text else errs(said, case)
        ),
    ),
]


@pytest.mark.parametrize(
    ("oracle", "planted"), PLANTED, ids=[f"{oracle.name}-{n}" for n, (oracle, _) in enumerate(PLANTED)]
)
def test_a_law_catches_what_breaks_it(oracle: Oracle, planted: Changed) -> None:
    engines: list[Engine] = [REFERENCE, planted]  # type: ignore[list-item]
    assert oracle(CASE, [REFERENCE, build("production")]).divergences == ()
    assert oracle(CASE, engines).divergences


def test_a_slice_holds_what_lies_within_its_depth() -> None:
    stored = REFERENCE.ask(ReadEntities(ENTITIES, SCHEMA))
    assert isinstance(stored, Accepted)
    assert slice_of(stored.canonical, REQUEST.text, 0) == "[]"
    one, two = (slice_of(stored.canonical, REQUEST.text, level) for level in (1, 2))
    assert '"uid": {"id": "a", "type": "U"}' in one
    assert '"uid": {"id": "b", "type": "U"}' not in one
    assert '"uid": {"id": "b", "type": "U"}' in two


def test_only_the_variable_is_written_out() -> None:
    text = (
        "permit(principal, action, resource) when { action == context.action && {action: 1} has action"
        ' && action in [action] && "action" == "action" && action::T::"x" == action };'
    )
    assert without_action(text, REQUEST.text) == (
        'permit(principal, action, resource) when { Action::"x" == context.action && {action: 1} has action'
        ' && Action::"x" in [Action::"x"] && "action" == "action" && action::T::"x" == Action::"x" };'
    )

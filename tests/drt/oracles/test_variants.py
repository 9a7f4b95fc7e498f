"""The target `variants` acquits the engines, and finds what is wrong with generated and with typed code."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from drt.assess.planted.copies import Copy, source_of
from drt.engines import build
from drt.engines.guard import Guarded
from drt.engines.production_objects import plain_members
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource
from production.execution import codegen, codegen_control, codegen_operators, codegen_writer
from production.language.lowering import LT
from production.schema import request_types
from production.serving import compiled_shapes, entity_side


def divergences(target: str, cases: int) -> list[str]:
    """The laws broken by the two engines in so many cases."""
    judge = TARGETS[target]
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    found = []
    for index in range(cases):
        checked = judge.oracle(judge.draw(RecordingSource(index)), engines)
        found += [f"{each.law}: {each.answers[0][0]}" for each in checked.divergences]
    return found


@pytest.mark.parametrize("target", ["variants", "variants-typed", "variants-many", "variants-requests"])
def test_the_engines_are_acquitted(target: str) -> None:
    assert divergences(target, 25) == []


DEFECTS: dict[str, Any] = {
    "typed code: an optional attribute taken for a required one": lambda patch: patch.setattr(
        codegen_operators, "_has_declared", lambda out, target, name: True if out.types else None
    ),
    "typed code: a Long taken for a String": lambda patch: patch.setattr(
        codegen_operators, "kind_of", lambda type_: {int: str}.get(kind := request_types.kind_of(type_), kind)
    ),
    "typed code: the resource's type taken for the principal's": lambda patch: patch.setattr(
        request_types.RequestTypes,
        "variable",
        lambda self, name: self.resource if name != "context" else None,
    ),
    "generated code: less is less or equal": lambda patch: patch.setitem(
        codegen._WRITERS, LT, codegen_operators.write_order("<=")
    ),
    "generated code: a guard forgets type errors": lambda patch: patch.setattr(codegen_control, "TYPE", 0),
    "generated code: a missing attribute is no error": lambda patch: patch.setattr(
        codegen_operators, "ATTRIBUTE", 0
    ),
}


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_a_defect_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_shapes, "_shapes", {})
    DEFECTS[name](monkeypatch)

    target = "variants-typed" if name.startswith("typed") else "variants"
    assert "variants_agree: production" in divergences(target, 80)


def test_rules_with_other_literals_taken_for_alike_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entity_side, "_likeness", lambda entry: None)

    assert "variants_agree: production" in divergences("variants-many", 40)


PATCHES = {
    "an object's long of 2^63 is taken": (
        "production.documents.usual_requests",
        "if not MIN_LONG <= value <= MAX_LONG:",
        "if not MIN_LONG <= value <= MAX_LONG + 1:",
        "variants-requests",
    ),
    "an object's context may lack what is required": (
        "production.documents.usual_contexts",
        "            if not required <= record.keys():\n                raise Unusual\n",
        "",
        "variants-typed",
    ),
    "an object's context may have more than is declared": (
        "production.documents.usual_contexts",
        "                if type(name) is not str or name not in readers:\n                    raise Unusual\n",
        "                if name not in readers:\n                    continue\n",
        "variants-requests",
    ),
    "a typed authorizer does not check a request": (
        "production.typed_authorizer",
        "        self._check(request)\n        types = ",
        "        types = ",
        "variants-requests",
    ),
    "the masks of two programs overlap": (
        "production.serving.server",
        "whole << _MASK_BITS | program(",
        "whole << _MASK_BITS - STATUS_BITS | program(",
        "variants-many",
    ),
    "an entity that is to be equal hides the rules below it": (
        "production.serving.entity_side",
        "            itself[entity] = itself.get(entity, ()) + groups\n",
        "            itself.setdefault(entity, groups)\n",
        "variants-many",
    ),
}


@pytest.mark.parametrize("name", sorted(PATCHES))
def test_a_defect_of_a_door_or_of_an_index_is_found(name: str) -> None:
    module, old, new, target = PATCHES[name]
    sound = source_of(module)
    assert sound.count(old) == 1
    engine = Guarded(Copy("production", {module: ast.parse(sound.replace(old, new))}).build())
    judge = TARGETS[target]
    cases = (judge.draw(RecordingSource(index)) for index in range(600))
    assert any(judge.oracle(case, [engine]).divergences for case in cases)


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 1}', '{"a": -0}', '{"a": NaN}', "[{}]", "{", '{"context": "{}"}']
)
def test_what_python_reads_otherwise_is_no_object(text: str) -> None:
    assert plain_members(text) is None


def test_a_fraction_that_a_type_may_ignore_is_read_from_the_text() -> None:
    text = '{"context": {"addr": {"fn": "ip", "arg": "::1", "x": 1.5}}}'
    assert plain_members(text) is not None
    assert plain_members(text, is_typed=True) is None


def test_variants_of_an_engine_without_any_are_nothing_to_compare() -> None:
    assert build("reference").variants() == ()
    assert [engine.name for engine in build("production").variants()] == [
        "production, generated",
        "production, typed",
    ]
    assert codegen_writer.Operand("p").type is None

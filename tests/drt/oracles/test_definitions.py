"""Definitions of text and of policy JSON: they catch what both engines have wrong alike, and acquit the engines."""

from __future__ import annotations

import pytest

from drt.assess.planted.copies import Copy
from drt.assess.planted.historic import read_plants
from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case, Source
from drt.oracles.defined_json import defined_policy_set
from drt.oracles.defined_names import Refused
from drt.oracles.defined_text import defined_expression, defined_policies
from drt.oracles.definitions import (
    readings_are_defined,
    requests_are_defined,
    schemas_are_defined,
    stores_are_defined,
)
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

BOTH = {plant.id: plant for plant in read_plants() if plant.where == "both"}


@pytest.mark.parametrize(
    ("id_", "target"),
    [
        *((id_, "trees") for id_ in ("JP-2a", "JP-4", "JP-7", "JP-8", "JP-12a", "JP-18")),
        *((id_, "odd-tokens") for id_ in ("TP-2", "TP-5", "TP-8a", "TP-12", "TP-13")),
    ],
)
def test_a_defect_of_both_engines_alike_is_caught(id_: str, target: str) -> None:
    plant = BOTH[id_]
    engines = [Guarded(Copy(name, plant.sources(name)).build()) for name in plant.engines]
    cases = (TARGETS[target].draw(RecordingSource(seed)) for seed in range(800))
    assert any(readings_are_defined(case, engines).divergences for case in cases)


SCHEMA_DEFECTS = ("SC-1b", "SC-9", "SC-10a", "SC-13", "SC-15", "SC-16")


@pytest.mark.parametrize("id_", SCHEMA_DEFECTS)
def test_a_defect_of_both_readers_of_schemas_is_caught(id_: str) -> None:
    plant = BOTH[id_]
    engines = [Guarded(Copy(name, plant.sources(name)).build()) for name in plant.engines]
    cases = (TARGETS["schema-rules"].draw(RecordingSource(seed)) for seed in range(1_500))
    assert any(schemas_are_defined(case, engines).divergences for case in cases)


@pytest.mark.parametrize("id_", ["EN-7", "EN-8b", "RV-2", "RV-3", "RV-4"])
def test_a_defect_of_both_readers_of_entities_is_caught(id_: str) -> None:
    plant = BOTH[id_]
    engines = [Guarded(Copy(name, plant.sources(name)).build()) for name in plant.engines]
    cases = (TARGETS["store-rules"].draw(RecordingSource(seed)) for seed in range(1_500))
    laws = (stores_are_defined, requests_are_defined)
    assert any(law(case, engines).divergences for case in cases for law in laws)


@pytest.mark.parametrize("target", ["store-rules", "valid-entities", "valid-implied", "entities", "shapes"])
def test_sound_engines_keep_to_the_definitions_of_entities_and_requests(target: str) -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    cases = [TARGETS[target].draw(RecordingSource(seed)) for seed in range(60)]
    checked = [law(case, engines) for case in cases for law in (stores_are_defined, requests_are_defined)]
    assert [one for checking in checked for one in checking.divergences] == []
    assert sum(checking.comparisons for checking in checked) > 60


HALF = r'"\ud800":1'


@pytest.mark.parametrize(
    "entity",
    [
        f'"uid":{{"type":"a","id":"a"}},"attrs":{{}},"parents":[],{HALF}',
        f'"uid":{{"type":"a","id":"a",{HALF}}},"attrs":{{}},"parents":[]',
        f'"uid":{{"__entity":{{"type":"a","id":"a",{HALF}}}}},"attrs":{{}},"parents":[]',
        f'"uid":{{"type":"a","id":"a"}},"attrs":{{"a":{{"__extn":{{"fn":"ip","arg":"::",{HALF}}}}}}},"parents":[]',
    ],
)
def test_half_a_surrogate_pair_in_an_ignored_key_is_refused(entity: str) -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    checked = stores_are_defined(Case(Source(""), f"[{{{entity}}}]"), engines)
    assert checked.divergences == ()
    assert checked.events == ("rejected:entities",) * 2


@pytest.mark.parametrize(
    "member", ['"a":{"enum":[%s]}', '"a":{"memberOfTypes":[%s]}', '"a":{},%s:{}', '"a":%s']
)
def test_half_a_surrogate_pair_is_refused_wherever_a_schema_has_a_string(member: str) -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    half = member % r'"\ude00"'
    schema = Source(f'{{"":{{"entityTypes":{{{half}}},"actions":{{}}}}}}', "json")
    checked = schemas_are_defined(Case(Source(""), schema=schema), engines)
    assert checked.divergences == ()
    assert checked.comparisons == 2


def test_sound_engines_keep_to_the_definition_of_schemas() -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    cases = [TARGETS["schema-rules"].draw(RecordingSource(seed)) for seed in range(100)]
    cases += [TARGETS["valid-schemas"].draw(RecordingSource(seed)) for seed in range(20)]
    checked = [schemas_are_defined(case, engines) for case in cases]
    assert [one for checking in checked for one in checking.divergences] == []
    assert sum(checking.comparisons for checking in checked) > 100


@pytest.mark.parametrize("target", ["trees", "odd-tokens", "parse-text", "parse-json", "print-policies"])
def test_sound_engines_keep_to_the_definition(target: str) -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    cases = [TARGETS[target].draw(RecordingSource(seed)) for seed in range(60)]
    checked = [readings_are_defined(case, engines) for case in cases]
    assert [one for checking in checked for one in checking.divergences] == []
    assert sum(checking.comparisons for checking in checked) > 60


@pytest.mark.parametrize(
    "text",
    ["1 == 2 == 3", "!-1", "-----1", '"\\x80"', "{a: 1, a: 2}", "principal.if", "9223372036854775808", "ip"],
)
def test_expressions_that_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        defined_expression(text)


def test_the_same_policy_in_both_syntaxes() -> None:
    text = 'permit(principal is A in ?principal, action in [Action::"a"], resource) when { !(1 > -2) };'
    document = defined_policies(text)
    engine = build("reference")
    written = engine.read_policies(Source(text)).canonical
    assert defined_policy_set(written) == document
    assert readings_are_defined(Case(Source(written, "json")), [engine]).comparisons == 1

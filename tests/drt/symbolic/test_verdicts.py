"""The target `soundness`: clean on drawn cases, broken by validators that take too much."""

from __future__ import annotations

import pytest

from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case, Source
from drt.model.divergence import Checked
from drt.symbolic import inputs
from drt.symbolic.soundness import Harmless, Safe, Unsafe, rejected_policy
from drt.symbolic.store import Store
from drt.symbolic.targets import TARGETS
from drt.symbolic.verdicts import judged_policies
from generators.choice.sources import RecordingSource
from production.validation import capabilities as production_capabilities
from production.validation import control as production_control
from reference.validation import capabilities, control
from tests.drt.symbolic.questions import ENVIRONMENT, SCHEMA, written

ENGINES = [Guarded(build(name)) for name in ("reference", "production")]


def judged(*conditions: str) -> Checked:
    case = Case(Source("".join(map(written, conditions))), schema=Source(SCHEMA))
    return TARGETS["soundness"].oracle(case, ENGINES)


def broken(checked: Checked) -> set[str]:
    """The engines whose verdicts are refuted."""
    return {answers[0][0].partition(",")[0] for answers in (one.answers for one in checked.divergences)}


def test_drawn_cases_are_clean() -> None:
    events: set[str] = set()
    for seed in range(20):
        checked = TARGETS["soundness"].oracle(TARGETS["soundness"].draw(RecordingSource(seed)), ENGINES)
        assert checked.divergences == ()
        events.update(checked.events)
    assert events >= {"valid, proved safe", "rejected, with a witness", "rejected, found harmless"}


UNGUARDED = '(principal has nick || context.a == 1) && principal.nick == "x"'
GUARDED = '(principal has nick && context.a == 1) && principal.nick == "x"'
OTHER_BRANCH = 'if context.a == 1 && principal is User then context.b == 1 else principal.nick == "x"'


def test_guarded_access_is_proved_and_unguarded_access_has_a_witness() -> None:
    checked = judged(GUARDED, UNGUARDED)

    assert checked.divergences == ()
    assert sorted(checked.events) == ["rejected, with a witness"] * 2 + ["valid, proved safe"] * 2


def test_capabilities_of_either_side_kept_by_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capabilities.Capabilities, "__and__", capabilities.Capabilities.__or__)

    assert broken(judged(UNGUARDED)) == {"reference"}


def test_capabilities_of_either_side_kept_by_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(production_control, "common", production_capabilities.both)

    assert broken(judged(UNGUARDED)) == {"production"}


def test_a_wrong_singleton_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "and_type", lambda left, right: right)

    assert broken(judged(OTHER_BRANCH)) == {"reference"}


def test_accesses_that_the_validator_cannot_see_to_be_guarded_are_proved_harmless() -> None:
    condition = '!(principal has nick) || context.a == 1 || principal.nick == "x"'
    source = Source(SCHEMA)
    store = Store(inputs.schema_of(source))
    environment = inputs.environment_of(store.schema, "User", inputs.uid_of(ENVIRONMENT[1]), "Doc")
    [body] = inputs.policies_of(Source(written(condition))).plain().values()

    assert rejected_policy(body, store, environment) == Harmless(proved=True)


def test_a_witness_is_an_input_that_raises_the_error() -> None:
    store = Store(inputs.schema_of(Source(SCHEMA)))
    environment = inputs.environment_of(store.schema, "User", inputs.uid_of(ENVIRONMENT[1]), "Doc")
    needle = (
        'context.s == "needle" && context.a * 3 == 999 && context.b + context.a == 1 && principal.nick == "x"'
    )
    [body] = inputs.policies_of(Source(written(needle))).plain().values()

    match rejected_policy(body, store, environment):
        case Unsafe(shown, raised):
            assert raised == "attr-missing"
            assert '"needle"' in shown.request_json()
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_drawn_policies_are_judged_one_by_one(engine: Guarded) -> None:
    found = list(judged_policies(engine, 7, 12))

    assert len(found) == 12
    assert {one.valid for one in found} == {True, False}
    assert all(isinstance(one.judged, Safe | Harmless) for one in found if one.valid)

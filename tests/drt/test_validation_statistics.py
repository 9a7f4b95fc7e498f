"""How well the streams of policies fit their schemas, judged by a validator."""

from __future__ import annotations

from drt.case import Case, Request, Source
from drt.engines import build
from drt.oracles.validation import PROMISED
from drt.outcome import Accepted, Authorized, Rejected, Validated
from drt.targets import TARGETS
from generators.profiles import ONE_TYPE_ERROR, TYPED
from generators.scenarios import Scenario, scenario
from generators.source import RecordingSource

PRODUCTION = build("production")


def verdict(drawn: Scenario) -> Validated:
    case = Case(Source(drawn.policies_text()), schema=Source(drawn.schema_text()))
    said = PRODUCTION.load(case).validate()  # type: ignore[union-attr]
    assert isinstance(said, Validated)
    return said


def test_well_typed_policies_validate() -> None:
    verdicts = [
        valid for seed in range(300) for _, valid in verdict(scenario(RecordingSource(seed), TYPED)).policies
    ]
    assert len(verdicts) > 600
    assert sum(verdicts) / len(verdicts) >= 0.99


def test_one_type_error_is_rejected_or_harmless_by_type() -> None:
    """What passes all the same has its error where no request of the schema reaches it: it never errs of it."""
    drawn = [scenario(RecordingSource(seed), ONE_TYPE_ERROR) for seed in range(600)]
    passed = [one for one in drawn if verdict(one).valid]
    assert 1 - len(passed) / len(drawn) >= 0.95
    for one in passed:
        case = Case(Source(one.policies_text()), one.entities_text(), Source(one.schema_text()))
        loaded = PRODUCTION.load(case)
        for text in one.request_texts():
            said = loaded.authorize(Request(text))  # type: ignore[union-attr]
            if isinstance(said, Authorized):
                assert {kind for _, kind in said.erring} <= PROMISED


def test_schemas_alone_are_taken_and_refused() -> None:
    drawn = [TARGETS["valid-schemas"].draw(RecordingSource(index)).schema for index in range(120)]
    taken = [isinstance(PRODUCTION.read_schema(schema), Accepted) for schema in drawn if schema is not None]

    assert len(taken) == 120
    assert 0.2 < sum(taken) / len(taken) < 0.8


def test_stores_conform_and_do_not() -> None:
    cases = [TARGETS["valid-entities"].draw(RecordingSource(index)) for index in range(120)]
    taken = [not isinstance(PRODUCTION.load(case), Rejected) for case in cases]

    assert 0.2 < sum(taken) / len(taken) < 0.8

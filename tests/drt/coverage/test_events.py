"""Events that a long run must reach: recognised where they happen, missed where they do not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from drt.coverage.bins import bins
from drt.coverage.events import (
    EVENTS,
    LONG_RUN_SECONDS,
    REVISIONS,
    SITUATIONS,
    STREAM_NAMES,
    VALIDATION,
    Seen,
    happened,
    never,
)
from drt.coverage.input_classes import INPUT_CLASSES
from drt.coverage.observation import observe
from drt.coverage.partial_rows import PARTIAL_ROWS, PREFIX
from drt.coverage.situations import ERRORS_TOGETHER
from drt.engines import build
from drt.model.case import Case, Request, Source
from drt.model.divergence import Oracle
from drt.model.exit_codes import CLEAN, FOUND
from drt.model.outcome import ErrorKind
from drt.model.records import from_json, to_json
from drt.oracles.questions import linkers_agree
from drt.oracles.validation import levels_are_enough, validators_agree
from drt.run.options import RunOptions
from drt.targets import cases
from drt.targets.cases import Draw, streams
from drt.targets.loading import target_table
from drt.targets.table import TARGETS
from generators.choice.profiles import ODD_SCRIPTS, TYPE_ERRORS, TYPED, UNFIT_SCOPES
from generators.choice.sources import RecordingSource
from generators.streams import STREAMS

INPUTS = [name for names in INPUT_CLASSES.values() for name in names]
REPOSITORY = Path(__file__).resolve().parents[3]
ANSWERED = {name.removeprefix("answer: "): 1 for name in EVENTS if name.startswith("answer: ")}
EVERY_ANSWER = {**ANSWERED, **dict.fromkeys((*VALIDATION, *REVISIONS), 1)}
EVERYTHING = Seen(
    dict.fromkeys(bins(), 1),
    dict.fromkeys((*SITUATIONS, *PARTIAL_ROWS, *INPUTS), 1),
    EVERY_ANSWER,
    dict.fromkeys(STREAM_NAMES, 1),
)

ENTITIES = """[
  {"uid": {"type": "U", "id": "a"}, "attrs": {"s": "x*y"}, "tags": {"t": 1},
   "parents": [{"type": "G", "id": "near"}, {"type": "G", "id": "other"}]},
  {"uid": {"type": "G", "id": "near"}, "attrs": {}, "parents": [{"type": "G", "id": "far"}]},
  {"uid": {"type": "G", "id": "other"}, "attrs": {}, "parents": []}]"""
REQUEST = Request(
    '{"principal": {"type": "U", "id": "a"}, "action": {"type": "Action", "id": "x"},'
    ' "resource": {"type": "R", "id": "gone"}, "context": {}}'
)
PERMIT, FORBID = "permit(principal, action, resource);", "forbid(principal, action, resource);"
ERRING = "(principal, action, resource) when { principal.nope };"


def situations_of(
    *expressions: str,
    policies: str = "",
    links: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (),
) -> set[str]:
    case = Case(Source(policies), ENTITIES, requests=(REQUEST,), links=links, expressions=expressions)
    return set(observe(case).situations)


@pytest.mark.parametrize(
    ("expression", "situation"),
    [
        ("principal in principal", "in: itself"),
        ("resource in resource", "in: itself, though it is not in the store"),
        ('principal in G::"near"', "in: a parent"),
        ('principal in G::"other"', "in: one of several parents"),
        ('principal in G::"far"', "in: an ancestor two steps up or more"),
        ('principal is U in G::"far"', "in: an ancestor two steps up or more"),
        ('principal in [G::"far"]', "in: one of a set"),
        ("resource has a", "has: of an entity that is not in the store"),
        ("resource has a.b", "has: of an entity that is not in the store"),
        ('resource.hasTag("t")', "hasTag: of an entity that is not in the store"),
        ('principal.s like "x*"', "like: a wildcard stood for something"),
        ('principal.s like "*x*y"', "like: a wildcard stood for something"),
        (r'principal.s like "x\*y"', "like: without a wildcard"),
        (r'principal.s like "x\*y"', "like: a star that is no wildcard"),
        (r'principal.s like "x\*y*"', "like: a wildcard stood for nothing"),
    ],
)
def test_situations_of_forms_are_recognised(expression: str, situation: str) -> None:
    assert situation in situations_of(expression)


@pytest.mark.parametrize(
    "expression", ['principal in G::"nope"', "principal has a", 'principal.s like "z*"', "1 in principal"]
)
def test_what_does_not_happen_is_not_told(expression: str) -> None:
    assert situations_of(expression) == {"response: nothing applied"}


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ("", {"nothing applied"}),
        (PERMIT, set()),
        (PERMIT + FORBID, {"a forbid overrode a permit"}),
        (PERMIT + PERMIT, {"two permits or more"}),
        (FORBID + FORBID, {"two forbids or more"}),
        (PERMIT + "permit" + ERRING, {"an erring permit was skipped and another allowed"}),
        (PERMIT + "forbid" + ERRING, {"an erring forbid was skipped and the request allowed"}),
        (FORBID + "permit" + ERRING, {"an erring policy was skipped and a forbid denied"}),
        ("permit" + ERRING, {"nothing applied", "every policy erred"}),
    ],
)
def test_situations_of_responses_are_recognised(policies: str, expected: set[str]) -> None:
    assert situations_of(policies=policies) == {f"response: {name}" for name in expected}


def test_situations_of_links_are_recognised() -> None:
    template = "permit(principal == ?principal, action, resource == ?resource);"
    resource = ("?resource", '{"type": "R", "id": "gone"}')
    a = (("?principal", '{"type": "U", "id": "a"}'), resource)
    b = (("?principal", '{"type": "U", "id": "b"}'), resource)
    seen = situations_of(policies=template + PERMIT, links=(("policy0", "one", a), ("policy0", "other", b)))
    assert seen >= {
        "response: a link decided",
        "response: a link whose both slots are filled decided",
        "response: a link and a static policy decided together",
        "response: one link of a template applied and another did not",
    }
    assert "response: a link decided" not in situations_of(
        policies=template, links=(("policy0", "other", b),)
    )


@pytest.mark.slow
def test_drawing_alone_reaches_every_situation_and_no_unknown_one() -> None:
    found: Counter[str] = Counter()
    for random_seed in range(500):
        found.update(observe(streams(RecordingSource(random_seed)).case).situations)
    for random_seed in range(60):
        found.update(observe(TARGETS["evaluate"].draw(RecordingSource(random_seed))).situations)
    for random_seed in range(300):
        found.update(observe(TARGETS["wildcard"].draw(RecordingSource(random_seed))).situations)
    assert set(found) <= {*SITUATIONS, *ERRORS_TOGETHER}
    assert [name for name in SITUATIONS if not found[name]] in ([], ["like: a star that is no wildcard"])


def test_the_grid_alone_has_every_operator_and_function_succeed_and_fail() -> None:
    found: Counter[str] = Counter()
    for random_seed in range(1200):
        found.update(observe(TARGETS["kinds"].draw(RecordingSource(random_seed))).bins)
    apart: tuple[str, ...] = (
        "scope *",
        "answer: *",
        "stream: *",
        "response: *",
        f"{PREFIX}*",
        "input: *",
        "revision *",
    )
    apart += (*SITUATIONS, *VALIDATION)
    missed = never(happened(Seen(found)))
    assert [name for name in missed if not any(fnmatchcase(name, glob) for glob in apart)] == []


def test_every_event_happens_where_everything_was_seen_and_none_where_nothing_was() -> None:
    assert never(happened(EVERYTHING)) == ()
    assert never(happened(Seen())) == tuple(
        name for name in EVENTS if not name.startswith((PREFIX, "input: "))
    )


def test_an_event_depends_on_its_own_cells() -> None:
    """A generator that never overflowed on `-` would be seen, and nothing else be blamed."""
    without = {one: count for one, count in EVERYTHING.bins.items() if one != "-|long,long|overflow"}
    seen = Seen(without, EVERYTHING.situations, EVERYTHING.answers, EVERYTHING.streams)
    assert never(happened(seen)) == ("- overflowed",)
    assert never(happened(seen), ("like*", "in*")) == ()
    for one, event in (
        ("toDays|duration|value", "toDays() answered"),
        ("offset|datetime,duration|extension", "offset() failed"),
        ("getTag|entity,string|tag-missing", "getTag found no tag"),
    ):
        gone = {name: count for name, count in EVERYTHING.bins.items() if name != one}
        assert event in never(happened(Seen(gone, EVERYTHING.situations, EVERYTHING.answers)))


def test_events_name_streams_and_error_kinds_that_exist() -> None:
    assert tuple(stream.name for stream in STREAMS) == STREAM_NAMES
    kinds = {name.removeprefix("error:") for name in EVERY_ANSWER if name.startswith("error:")}
    assert kinds == set(ErrorKind.__args__) - {"unlinked-slot", "recursion-limit"}  # type: ignore[attr-defined]


def _events_of(draw: Draw, oracle: Oracle) -> dict[str, int]:
    """Count each event of cases put to the reference twice: a single engine is compared with nothing."""
    seen: Counter[str] = Counter()
    engines = [build("reference")] * 2
    for random_seed in range(120):
        seen.update(oracle(draw(RecordingSource(random_seed)), engines).events)
    return happened(Seen(answers=seen))


@pytest.mark.slow
def test_validation_of_odd_policies_is_reported_by_kind() -> None:
    """A generator that never drew one kind of error, warning or situation would be seen."""
    seen = Counter(_events_of(cases.validated(TYPE_ERRORS, UNFIT_SCOPES, ODD_SCRIPTS), validators_agree))
    seen.update(_events_of(cases.validated(UNFIT_SCOPES), levels_are_enough))
    apart = ("unlinkable ", "validation error incomplete_schema")
    assert [name for name in VALIDATION if not seen[name] and not name.startswith(apart)] == []


def test_schemas_left_incomplete_are_reported() -> None:
    assert _events_of(cases.incomplete(TYPED), validators_agree)["validation error incomplete_schema"] > 50


def test_schemas_that_do_not_link_are_reported_by_kind() -> None:
    seen = _events_of(cases.fragments(TYPED, missed=0.9), linkers_agree)
    assert [name for name in VALIDATION if name.startswith("unlinkable ") and not seen[name]] == []


def test_a_long_run_of_everything_must_reach_all_and_any_run_what_it_was_told() -> None:
    every = tuple(target_table())
    whole = RunOptions(every, ("reference", "production"), 1, "corpus", "run")
    assert whole.required(LONG_RUN_SECONDS) == ("*",)
    assert whole.required(LONG_RUN_SECONDS - 1) == ()
    for part in (
        RunOptions(every[1:], ("reference", "production"), 1, "corpus", "run"),
        RunOptions(every, ("production", "cedarpy"), 1, "corpus", "run"),
    ):
        assert part.required(10 * LONG_RUN_SECONDS) == ()
    options = RunOptions(every[1:], ("reference",), 1, "corpus", "run", must_reach=("like*",))
    assert options.required(1.0) == ("like*",)
    assert from_json(json.loads(json.dumps(to_json(options))), RunOptions) == options


@pytest.mark.slow
@pytest.mark.parametrize(("target", "exit_code"), [("well", CLEAN), ("tagless", FOUND)])
def test_a_generator_gone_dull_fails_the_run(target: str, exit_code: int, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    command = (
        *("run", "--cases", "60", "--seed", "3", "--jobs", "1", "--quiet", "--target", target),
        *("--targets-from", "tests.drt.dull_targets:TARGETS", "--must-reach", "getTag had*"),
        *("--corpus", str(corpus), "--log", str(tmp_path / "run")),
    )
    done = subprocess.run(
        [sys.executable, "-m", "drt", *command], capture_output=True, text=True, cwd=REPOSITORY
    )
    assert done.returncode == exit_code, done.stdout + done.stderr
    assert ("required events never occurred: getTag had a value" in " ".join(done.stdout.split())) is (
        exit_code == FOUND
    )

"""The figure of the harness: what one compared decision of a run costs, by one request to cedarpy.

Measures a whole run in a process of its own, with everything that a run does: drawing, both engines, laws,
observation, Hypothesis. On a busy machine the run lasts longer, so that it has about the same CPU time.
"""

from __future__ import annotations

import json
import os
import tempfile
from time import perf_counter, process_time

from drt.bench.contestants.contestant import Unmeasurable
from drt.bench.figure import Figure, at_most
from drt.bench.race import Measured
from drt.engines import build
from drt.engines.processes import TimedOut, module, our_environment, run
from drt.model.engine import NotLoaded
from drt.model.question import Authorize
from drt.targets.schedule import case_random_seed, shared_random_seed
from drt.targets.table import TARGETS

SECONDS = 60
CALIBRATION_SECONDS = 0.5
BUSIEST = 8.0
ENDING_SECONDS = 120.0
RANDOM_SEED = 1
TARGET = "authorize"
WITNESSED = 400
"""Cases of the run that cedarpy is asked about."""


def cost_of_a_decision(_: bool) -> Measured:
    """Measure the CPU time of a run per compared decision, by that of a request to cedarpy."""
    ours, theirs = _run(SECONDS), _cedarpy()
    return Measured(ours / theirs, 0.0, {"compared decision": ours, "cedarpy": theirs})


def _run(seconds: int) -> float:
    """Run all targets by the clock; returns CPU microseconds per compared decision."""
    lasting = seconds * _busyness()
    with tempfile.TemporaryDirectory() as folder:
        command = module(
            *("drt", "run", "--for", f"{lasting:.0f}s", "--jobs", "2", "--oracle", "none", "--json"),
            *("--seed", RANDOM_SEED, "--corpus", f"{folder}/corpus", "--log", f"{folder}/log"),
        )
        before = os.times()
        try:
            done = run(command, seconds=3 * lasting + ENDING_SECONDS, environment=our_environment())
        except TimedOut as late:
            raise Unmeasurable(f"a run of {lasting:.0f} s did not end") from late
        after = os.times()
    try:
        decisions = json.loads(done.output)["decisions"]
    except (ValueError, KeyError):
        decisions = 0
    if not decisions:
        raise Unmeasurable(f"a run of {lasting:.0f} s compared no decision: {done.last_words}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent * 1e6 / float(decisions)


def _busyness() -> float:
    """Measure how many seconds one second of CPU time takes, up to `BUSIEST`."""
    began, worked = perf_counter(), process_time()
    while process_time() - worked < CALIBRATION_SECONDS:
        pass
    return max(1.0, min(BUSIEST, (perf_counter() - began) / CALIBRATION_SECONDS))


def _cedarpy() -> float:
    """Ask cedarpy about cases of the same run; returns CPU microseconds per request, loading excluded."""
    engine, target = build("cedarpy"), TARGETS[TARGET]
    spent, asked = 0.0, 0
    for index in range(WITNESSED):
        seeds = (make(RANDOM_SEED, TARGET, index) for make in (case_random_seed, shared_random_seed))
        case = target.draw(target.source(next(seeds), index, (), next(seeds)))
        session = engine.load(case)
        if isinstance(session, NotLoaded):
            continue
        started = process_time()
        for request in case.requests:
            session.ask(Authorize(request))
        spent += process_time() - started
        asked += len(case.requests)
    return spent * 1e6 / asked


def figures() -> list[Figure]:
    """List the figures of this module."""
    return [
        Figure(
            "cost of a decision",
            "comparing",
            "CPU time of a run of all targets per compared decision, by that of a request to cedarpy on "
            "cases of the run, which also draws, validates, reads, prints, evaluates partially and observes",
            cost_of_a_decision,
            at_most(20),
            medians="µs",
        )
    ]

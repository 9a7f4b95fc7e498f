"""Figures about all that happens before a question: reading, validating, the first decision, memory."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from time import process_time_ns

from drt.bench import direct_grants, kubernetes
from drt.bench.applications import APPLICATIONS
from drt.bench.contestants import cedarpy, production
from drt.bench.figure import Figure, at_most
from drt.bench.fresh_process import Cost, against_cedarpy, memory_each, own_time_each
from drt.bench.race import Disagreement, Measured, Timing, ratio
from drt.bench.schemas import VALIDATED
from drt.bench.workload import Maker
from drt.model.case import Source

ROUNDS, QUICK_ROUNDS = 15, 7
FRESH_ROUNDS, QUICK_FRESH_ROUNDS = 9, 3
READ = 400
"""Policies that are read in a turn; fewer are read repeatedly."""

_FRESH = "each in a fresh process that has imported it"
_RESIDENT = "growth of resident memory after garbage collection, in a fresh process each, the text gone again"


def in_turns(ours: Callable[[], object], theirs: Callable[[], object], repeats: int, rounds: int) -> Measured:
    """Measure our time by theirs in CPU microseconds, for work that is done so many times a turn.

    What it makes is freed off the clock.
    """
    works = {"production": ours, "cedarpy": theirs}
    spent: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds):
        for name in works if number % 2 else reversed(works):
            work = works[name]
            gc.collect()
            started = process_time_ns()
            made = [work() for _ in range(repeats)]
            spent[name].append((process_time_ns() - started) / 1_000 / repeats)
            del made
    timings = {name: Timing(tuple(each)) for name, each in spent.items()}
    return ratio(timings, "production", "cedarpy")


def parse(make: Maker, size: int, quick: bool) -> Measured:
    """Measure reading the text of policies, production's time by cedarpy's."""
    made = make(size)
    return in_turns(
        partial(production.read_policies, made.policies),
        partial(cedarpy.read_policies, made.policies),
        max(1, READ // made.policy_count),
        QUICK_ROUNDS if quick else ROUNDS,
    )


def schema(make: Callable[[], Source], quick: bool) -> Measured:
    """Measure reading a schema, production's time by cedarpy's."""
    source = make()
    return in_turns(
        partial(production.read_schema, source),
        partial(cedarpy.read_schema, source),
        1,
        QUICK_ROUNDS if quick else ROUNDS,
    )


def validate(make: Maker, size: int, quick: bool) -> Measured:
    """Measure reading and validating policies, production's time by cedarpy's; both must find them valid."""
    made = make(size)
    ours, theirs = production.validation(made), cedarpy.validation(made)
    if not (ours() and theirs()):
        raise Disagreement(f"{made.name}: the policies are not valid to both engines")
    return in_turns(ours, theirs, max(1, READ // 4 // made.policy_count), QUICK_ROUNDS if quick else ROUNDS)


def fresh(make: Maker, size: int, cost: Cost, quick: bool) -> Measured:
    """Production's time by cedarpy's, in fresh processes that take turns."""
    return against_cedarpy(make(size), cost, QUICK_FRESH_ROUNDS if quick else FRESH_ROUNDS)


def entity_memory(make: Maker, size: int, quick: bool) -> Measured:
    """Production's memory by cedarpy's; one round, for memory is not noisy."""
    made = make(size)
    found = against_cedarpy(made, "entity-memory", 1)
    each = {name: grown / made.entity_count / 1_000 for name, grown in found.medians.items()}
    return Measured(found.value, 0.0, each)


def memory(make: Maker, size: int, asked: int, cost: Cost, quick: bool) -> Measured:
    """Memory for a policy or link."""
    return memory_each(make(size, asked), cost)


def compiling(make: Maker, size: int, quick: bool) -> Measured:
    """Production's own time for what comes after reading."""
    return own_time_each(make(size), "compile", QUICK_FRESH_ROUNDS if quick else FRESH_ROUNDS)


def figures() -> list[Figure]:
    """List the figures of this module."""
    return [*_reading(), *_schemas(), *_compiling(), *_validation(), *_loading(), *_memory()]


def _reading() -> list[Figure]:
    says = "PolicySet.from_text by PolicySet.from_str, from the same text to a policy set"
    texts: list[tuple[str, str, Maker, int]] = [
        (name, f"{says}; the application's few policies, read many times", make, 10)
        for name, make in APPLICATIONS.items()
    ]
    texts.append(("1,000 many", f"{says}; 1,000 policies of nine shapes", direct_grants.many, 1_000))
    found = [
        Figure(
            f"parse ÷ cedarpy, {name}",
            "reading",
            said,
            partial(parse, make, size),
            at_most(1, 0.6),
            medians="µs a text",
            quick=True,
        )
        for name, said, make, size in texts
    ]
    says = f"from the text of 5,000 policies to the first decision, over a store read beforehand; {_FRESH}"
    found.append(
        Figure(
            "cold start ÷ cedarpy, 5,000 many",
            "reading",
            says,
            partial(fresh, direct_grants.many, 5_000, "cold-start"),
            at_most(1.5, 1),
            medians="µs",
            quick=True,
        )
    )
    return found


def _schemas() -> list[Figure]:
    says = "a schema of 1 MB, as large as that of a Kubernetes cluster"
    return [
        Figure(
            f"schema 1 MB {name} ÷ cedarpy",
            "reading",
            f"{readers}: {says}",
            partial(schema, make),
            at_most(1, 0.8),
            medians="µs a schema",
            quick=True,
        )
        for name, readers, make in (
            ("text", "Schema.from_cedar by Schema.from_str", kubernetes.cedar_schema),
            ("json", "Schema.from_json by Schema.from_json_str", kubernetes.json_schema),
        )
    ]


def _compiling() -> list[Figure]:
    says = (
        "from policies that are read to 200 requests answered once, all by generated code, a process each; "
        "an application generates code only for what is asked often"
    )
    return [
        Figure(
            f"compile, {name}",
            "reading",
            says,
            partial(compiling, make, size),
            unit="µs a policy",
            medians="µs a policy",
        )
        for name, make, size in (
            ("abac", APPLICATIONS["abac"], 1_000),
            ("5,000 many", direct_grants.many, 5_000),
        )
    ]


def _validation() -> list[Figure]:
    says = "reading policies and validating them strictly against a schema read beforehand, ours by cedarpy's"
    return [
        Figure(
            f"validate ÷ cedarpy, {'1,000 many' if name == 'many' else name}",
            "reading",
            says,
            partial(validate, make, 1_000 if name == "many" else 10),
            medians="µs a text",
        )
        for name, make in VALIDATED.items()
    ]


def _loading() -> list[Figure]:
    says = f"Entities.from_json by Entities.from_json_str, 10,000 entities; {_FRESH}"
    return [
        Figure(
            f"entity load ÷ cedarpy, {name}",
            "reading",
            says,
            partial(fresh, make, 10_000, "load"),
            at_most(0.6, 0.4),
            medians="µs a store",
            quick=name == "gdrive",
        )
        for name, make in APPLICATIONS.items()
    ]


def _memory() -> list[Figure]:
    found = [
        Figure(
            f"memory per entity ÷ cedarpy, {name}",
            "memory",
            f"100,000 entities: {_RESIDENT}",
            partial(entity_memory, make, 100_000),
            at_most(0.8, 0.6),
            medians="KB an entity",
        )
        for name, make in APPLICATIONS.items()
    ]
    answered = "policies, plans and whatever answering requests makes of them"
    found += [
        Figure(
            "memory per policy, 5,000 many",
            "memory",
            f"{answered}: {_RESIDENT}",
            partial(memory, direct_grants.many, 5_000, 200, "policy-memory"),
            at_most(2, 1.2),
            unit="KB",
            medians="KB a policy",
            quick=True,
        ),
        Figure(
            "memory per link, 100,000 links",
            "memory",
            f"links of three templates made from a file of lines, {answered}: {_RESIDENT}",
            partial(memory, direct_grants.links, 100_000, 20, "link-memory"),
            at_most(1, 0.5),
            unit="KB",
            medians="KB a link",
        ),
        Figure(
            "memory per link, 100,000 links in one JSON document",
            "memory",
            f"the same read as one document of policy JSON, so that garbage of reading counts: {_RESIDENT}",
            partial(memory, direct_grants.links, 100_000, 20, "policy-memory"),
            unit="KB",
            medians="KB a link",
        ),
    ]
    return found

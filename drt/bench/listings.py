"""Figures about listing what a user may see, and about partial evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from time import process_time_ns
from typing import Any

from drt.bench.contestants import listings
from drt.bench.contestants.cedarpy import batch
from drt.bench.contestants.contestant import Prepared
from drt.bench.figure import Figure, at_least, at_most
from drt.bench.listing_world import DOCUMENTS, listing
from drt.bench.race import Disagreement, Measured, Timing, middle, race, ratio

ROUNDS, QUICK_ROUNDS = 7, 3
SIZES = (5, 100, 5_000)
ROWS = 1_000_000
CEDARPY_DOCUMENTS = 200
"""Documents that cedarpy is asked about in a batch; its time is scaled to all of them."""
WAYS = {"query": listings.by_query, "one by one": listings.one_by_one}
RESIDUAL_US = 20
"""Microseconds that a residual policy may cost beside twice the time of a concrete request."""


def query_by_one(size: int, quick: bool) -> Measured:
    """Measure authorizing each document, by the query that lists them."""
    world = listings.read(listing(size))
    prepared = {"one by one": listings.one_by_one(world), "query": listings.by_query(world)}
    _compare(prepared)
    return ratio(race(prepared, QUICK_ROUNDS if quick else ROUNDS), "one by one", "query")


def query_by_cedarpy(size: int, quick: bool) -> Measured:
    """Measure cedarpy's batches over some documents, scaled to all of them, by the query that lists them."""
    workload = listing(size, asked=1)
    world = listings.read(workload)
    names = [uid.id for uid in world.documents[:CEDARPY_DOCUMENTS]]
    ours = listings.by_query(world)
    ask = batch(workload, listings.plain_requests(workload.requests[0], names))
    allowed = {name for name, is_allowed in zip(names, ask(), strict=True) if is_allowed}
    found = ours.answers()[0].determining
    if found is None or found & set(names) != allowed:
        raise Disagreement(f"{workload.name}: cedarpy and a query list different documents")

    def turn(repeats: int) -> int:
        started = process_time_ns()
        for _ in range(repeats):
            ask()
        return (process_time_ns() - started) * DOCUMENTS // CEDARPY_DOCUMENTS

    theirs = Prepared(lambda _: ask(), ours.questions, ours.read, turn)
    return ratio(
        race({"cedarpy": theirs, "query": ours}, QUICK_ROUNDS if quick else ROUNDS), "cedarpy", "query"
    )


def by_filter(way: str, size: int, quick: bool) -> Measured:
    """Measure a way of listing, scaled to a million documents, by a filter over as many rows in SQLite."""
    from drt.bench.contestants.sql_filter import by_filter as filtering

    world = listings.read(listing(size, asked=1))
    ours = WAYS[way](world)
    filtered = filtering(world, ROWS)
    _compare({way: ours, "filter": filtered})

    def turn(repeats: int) -> int:
        started = process_time_ns()
        for _ in range(repeats):
            for question in ours.questions:
                ours.ask(question)
        return (process_time_ns() - started) * ROWS // DOCUMENTS

    return ratio(race({way: replace(ours, turn=turn), "filter": filtered}, QUICK_ROUNDS), way, "filter")


def partial_of_one(quick: bool) -> Measured:
    """Measure a partial request by twice a concrete one and an allowance for each residual policy."""
    concrete, respond, residuals = listings.partial_of_one(listings.read(listing(1_000, asked=1)))
    timings = _turns({"concrete": concrete, "partial": respond}, 200 if quick else 1_000)
    pairs = zip(timings["partial"].rounds, timings["concrete"].rounds, strict=True)
    value, spread = middle([one / (2 * other + RESIDUAL_US * residuals) for one, other in pairs])
    medians = {name: each.median for name, each in timings.items()}
    return Measured(value, spread, medians, ROUNDS)


def nested_ifs(quick: bool) -> Measured:
    """Measure forty decided `if`s in each other by twenty."""
    works = {"40": listings.nested(40), "20": listings.nested(20)}
    return ratio(_turns(works, 20 if quick else 100), "40", "20")


def _turns(works: Mapping[str, Any], repeats: int) -> dict[str, Timing]:
    """Time works that take turns, in CPU microseconds."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(ROUNDS):
        for name, work in works.items():
            started = process_time_ns()
            for _ in range(repeats):
                work()
            spent[name].append((process_time_ns() - started) / 1_000 / repeats)
    return {name: Timing(tuple(each)) for name, each in spent.items()}


def _compare(prepared: Mapping[str, Prepared]) -> None:
    answers = {name: each.answers() for name, each in prepared.items()}
    (one, ours), (other, theirs) = answers.items()
    if ours != theirs:
        raise Disagreement(f"{one} and {other} list different documents")


def figures() -> list[Figure]:
    """List the figures of this module."""
    found = []
    for size in SIZES:
        says = f"time of listing which of {DOCUMENTS:,} documents a user may view, under {size:,} policies; "
        found += [
            Figure(
                f"one by one ÷ query, {size:,} policies",
                "listing",
                says + "one by one authorizes a Request made beforehand for each document",
                partial(query_by_one, size),
                at_least(5, 50),
                medians="µs a list",
                quick=size == 100,
            ),
            Figure(
                f"cedarpy ÷ query, {size:,} policies",
                "listing",
                f"{says}cedarpy authorizes a batch of {CEDARPY_DOCUMENTS} of them, scaled to all",
                partial(query_by_cedarpy, size),
                medians="µs a list",
            ),
        ]
    if find_spec("sqlalchemy") is not None:
        found += [
            Figure(
                f"{way} ÷ SQL filter, 1,000,000 rows",
                "listing",
                f"time of listing which of a million documents a user may view, under 100 policies: {way} "
                f"over {DOCUMENTS:,} entities, scaled, and the filter made and run on SQLite",
                partial(by_filter, way, 100),
                medians="µs a list",
            )
            for way in WAYS
        ]
    return [
        *found,
        Figure(
            "partial ÷ (2 × concrete + 20 µs a residual), 1,000 policies",
            "listing",
            "time of one partial authorization without the resource's id, by the time that it may take",
            partial_of_one,
            at_most(1, 0.5),
            quick=True,
        ),
        Figure(
            "nested decided ifs, 40 ÷ 20",
            "listing",
            "time of reading and partially authorizing so many `if`s in each other that the type decides",
            nested_ifs,
            at_most(3, 2.2),
            quick=True,
        ),
    ]

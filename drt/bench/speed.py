"""Figures about authorizing: who is how much faster on the same requests."""

from __future__ import annotations

from functools import partial

from drt.bench import direct_grants
from drt.bench.applications import APPLICATIONS
from drt.bench.contestants.cedarpy import Cedarpy
from drt.bench.contestants.contestant import Contestant
from drt.bench.contestants.naive import Naive
from drt.bench.contestants.production import Production
from drt.bench.contestants.reference import Reference
from drt.bench.figure import Figure, Limit, at_least, at_most
from drt.bench.race import Measured, prepared_for, race, ratio
from drt.bench.schemas import VALIDATED
from drt.bench.workload import Maker

ROUNDS, QUICK_ROUNDS = 41, 15
FEW = 40
"""Requests per turn of a contestant that takes milliseconds for one; answers are compared on all."""

_PARSED = "cedarpy has policies and entities parsed beforehand and takes uids as dicts"
_NATIVE = "ours takes a Request made beforehand"
_DICTS = "ours takes the very dict that cedarpy takes"


def versus(
    make: Maker, size: int, upper: Contestant, lower: Contestant, asked: int | None, quick: bool
) -> Measured:
    """How many times the time of `lower` goes into that of `upper`, on the same requests."""
    prepared = prepared_for(make(size), [upper, lower])
    if asked is not None:
        prepared = {name: each.first(asked) for name, each in prepared.items()}
    return ratio(race(prepared, QUICK_ROUNDS if quick else ROUNDS), upper.name, lower.name)


def figures() -> list[Figure]:
    """List the figures of this module."""
    return [*_applications(), *_thousands(), *_validated(), _erring(), *_reference()]


def _applications() -> list[Figure]:
    found = []
    for name, make in APPLICATIONS.items():
        hard = name == "abac"
        native = at_least(12, 25) if hard else at_least(25, 45)
        dicts = at_least(11 if hard else 12, 20)
        found += [
            _faster(f"cedarpy ÷ ours, {name}", make, _NATIVE, Production(), native),
            _faster(f"cedarpy ÷ ours from dicts, {name}", make, _DICTS, Production(plain=True), dicts),
        ]
    return found


def _faster(name: str, make: Maker, way: str, ours: Contestant, limit: Limit | None) -> Figure:
    says = f"time of a request at 1,000 entities; {_PARSED}, {way}; answers with error kinds are alike"
    measure = partial(versus, make, 1_000, Cedarpy(), ours, None)
    return Figure(name, "authorizing", says, measure, limit, quick=limit is not None)


def _thousands() -> list[Figure]:
    says = f"time of a request under 5,000 policies over 2,000 entities; {_PARSED}, {_NATIVE}"
    return [
        Figure(
            f"cedarpy ÷ ours, 5,000 {name}",
            "authorizing",
            f"{says}; {detail}",
            partial(versus, make, 5_000, Cedarpy(), Production(), FEW),
            at_least(500, 2_000),
        )
        for name, make, detail in (
            (
                "direct grants",
                direct_grants.direct,
                "every policy names one user, one action and one document",
            ),
            ("many", direct_grants.many, "policies of nine shapes, two in five with conditions"),
        )
    ]


def _validated() -> list[Figure]:
    found = []
    for name, make in VALIDATED.items():
        if name != "many":
            native = "ours takes a Request that was validated beforehand, with code for the schema's types"
            dicts = "ours reads and validates the same dict"
            found += [
                _faster(
                    f"cedarpy ÷ ours, validated {name}", make, f"and a schema; {native}", Production(), None
                ),
                _faster(
                    f"cedarpy ÷ ours from dicts, validated {name}",
                    make,
                    f"and a schema; {dicts}",
                    Production(plain=True),
                    at_least(10, 20),
                ),
            ]
    return found


def _erring() -> Figure:
    says = (
        "time of a request on which 8 policies err in four ways; the naive walk is a recursive function over "
        "each policy's JSON tree, every policy in turn (drt/bench/contestants/naive.py)"
    )
    measure = partial(versus, direct_grants.erring, 8, Production(), Naive(), None)
    return Figure("every policy errs ÷ naive walk", "tails", says, measure, at_most(1, 0.5), quick=True)


def _reference() -> list[Figure]:
    says = (
        f"the reference's time of a request by cedarpy's at 1,000 entities; {_PARSED}; both parsed beforehand"
    )
    return [
        Figure(
            f"reference ÷ cedarpy, {name}",
            "reference",
            says,
            partial(versus, make, 1_000, Reference(), Cedarpy(), None),
        )
        for name, make in APPLICATIONS.items()
    ]

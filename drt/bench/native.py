"""Figures against the Rust engine and its analyser in their own processes, where their programs are built."""

from __future__ import annotations

from functools import partial

from drt.bench import analysers
from drt.bench.applications import APPLICATIONS
from drt.bench.contestants import cedar_rust
from drt.bench.contestants.cedar_rust import CedarRust
from drt.bench.contestants.production import Production
from drt.bench.figure import Figure, at_least
from drt.bench.schemas import VALIDATED
from drt.bench.speed import versus
from drt.bench.workload import Maker

NATIVE = at_least(5, 20)
FROM_JSON = at_least(2)

_PARSED = "the crate has policies and entities parsed beforehand and times itself, in CPU time"


def figures() -> list[Figure]:
    """List the figures whose programs are there."""
    return [*_applications(), *_analysis()]


def _applications() -> list[Figure]:
    if not cedar_rust.is_built():
        return []
    validated = {f"validated {name}": make for name, make in VALIDATED.items() if name != "many"}
    return [
        figure for name, make in {**APPLICATIONS, **validated}.items() for figure in _application(name, make)
    ]


def _analysis() -> list[Figure]:
    """Return the figure of the analysers."""
    if not analysers.is_there():
        return []
    says = (
        "wall time of a drawn query about all inputs, from texts to verdict; the crate cedar-policy-symcc "
        "keeps one cvc5, ours starts Z3 and confirms its counterexamples; verdicts are alike"
    )
    return [
        Figure(
            "symcc with cvc5 ÷ ours, a query",
            "native",
            says,
            lambda quick: analysers.by_ours(3 if quick else 5),
            medians="ms a query",
        )
    ]


def _application(name: str, make: Maker) -> list[Figure]:
    says = f"time of a request at 1,000 entities; {_PARSED}, {{}}; answers with error kinds are alike"
    prepared = says.format("both have requests made beforehand")
    read = says.format("ours reads a dict, the crate the same request as JSON text")
    return [
        Figure(
            f"rust ÷ ours, {name}",
            "native",
            prepared,
            partial(versus, make, 1_000, CedarRust(), Production(), None),
            NATIVE,
        ),
        Figure(
            f"rust ÷ ours from dicts, {name}",
            "native",
            read,
            partial(versus, make, 1_000, CedarRust(plain=True), Production(plain=True), None),
            FROM_JSON,
        ),
    ]

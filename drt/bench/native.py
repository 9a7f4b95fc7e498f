"""Figures against the Rust engine in its own process, where its program has been built."""

from __future__ import annotations

from functools import partial

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
    """List the figures; none where the program has not been built."""
    if not cedar_rust.is_built():
        return []
    validated = {f"validated {name}": make for name, make in VALIDATED.items() if name != "many"}
    return [
        figure for name, make in {**APPLICATIONS, **validated}.items() for figure in _application(name, make)
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

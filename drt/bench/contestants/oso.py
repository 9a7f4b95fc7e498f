"""oso with one indexed fact per direct grant."""

from __future__ import annotations

import json
from dataclasses import dataclass

import oso

from drt.bench.contestants.contestant import Answer, Prepared
from drt.bench.contestants.direct_grants import Triple, asked, grants_of
from drt.bench.workload import Workload


@dataclass(frozen=True, slots=True)
class Oso:
    """oso, which gives its decision and no more."""

    name: str = "oso"

    def prepare(self, workload: Workload) -> Prepared:
        engine = oso.Oso()
        facts = (f"allow({', '.join(map(json.dumps, each))});" for each in sorted(set(grants_of(workload))))
        engine.load_str("\n".join(facts))
        is_allowed = engine.is_allowed

        def ask(question: Triple) -> bool:
            return bool(is_allowed(*question))

        return Prepared(ask, [asked(each) for each in workload.requests], _read)


def _read(allowed: bool) -> Answer:
    return Answer("allow" if allowed else "deny")

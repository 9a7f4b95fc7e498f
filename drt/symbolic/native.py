"""Other analysers beside ours: the same drawn queries, and where the verdicts differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from drt.engines.guard import Guarded
from drt.model.case import Source
from drt.model.engine import Engine
from drt.model.outcome import Analyzed, Outcome
from drt.model.question import Analyze
from drt.symbolic import inputs
from drt.symbolic.analyzer import Analyzer, Fails, Holds, Unconfirmed, Verdict
from drt.symbolic.confirm import Side, policies_text
from drt.symbolic.problems import Refused
from drt.symbolic.queries import QUERIES, Query
from drt.symbolic.shown import counterexample_text
from drt.symbolic.shown import document as verdict_document
from drt.symbolic.targets import TARGETS
from generators.choice.sources import RecordingSource
from reference.text.uid_text import show
from reference.validation.environments import Environment


@dataclass(frozen=True, slots=True)
class Compared:
    """A query, our verdict, the other analyser's answer, and the seconds that each took.

    Both start from texts; ours are those of the analyser that also confirms a counterexample.
    """

    question: Analyze
    ours: Verdict
    theirs: Outcome
    seconds: tuple[float, float]

    @property
    def agrees(self) -> bool | None:
        """Whether both verdicts are the same; None where one of them has none."""
        match self.ours, self.theirs:
            case Holds() | Fails(), Analyzed(holds):
                return holds == isinstance(self.ours, Holds)
            case Unconfirmed(), _:
                return False
        return None


def compared(engine: Engine, seed: int) -> Iterator[Compared]:
    """Draw queries without end and put each to our analyser and to another."""
    guarded, random = Guarded(engine), Random(seed)
    while True:
        case = TARGETS["translation"].draw(RecordingSource(random.getrandbits(64)))
        if case.schema is None or case.fragments or case.links:
            continue
        try:
            analyzer = Analyzer(case.schema)
            environments = list(analyzer.environments())
            side = inputs.policies_of(case.policies).plain()
        except Refused:
            continue
        drawn = _drawn(analyzer, environments, side, random) if environments else None
        verdict = _answered(drawn) if drawn is not None else None
        if drawn is not None and verdict is not None:
            begun = perf_counter()
            theirs = guarded.ask(drawn)
            yield Compared(drawn, verdict[0], theirs, (verdict[1], perf_counter() - begun))


def _answered(question: Analyze) -> tuple[Verdict, float] | None:
    """Answer a query from its texts, and tell how many seconds that took; None if it is refused."""
    begun = perf_counter()
    try:
        analyzer = Analyzer(question.schema)
        environment = analyzer.environment(question.principal_type, question.action, question.resource_type)
        verdict = analyzer.ask(question.property, [*map(inputs.policies_of, question.policies)], environment)
    except Refused:
        return None
    return verdict, perf_counter() - begun


def _drawn(
    analyzer: Analyzer, environments: Sequence[Environment], side: Side, random: Random
) -> Analyze | None:
    """Draw a query about policies that are valid in an environment."""
    environment = random.choice(environments)
    valid = {
        name: body
        for name, body in side.items()
        if inputs.problem_of(body, analyzer.schema, environment) is None
    }
    if not valid:
        return None
    query = QUERIES[random.choice(list(QUERIES))]
    sides = [_side(query, valid, random) for _ in range(query.sides)]
    return Analyze(
        query.name,
        analyzer.source,
        tuple(Source(policies_text(one)) for one in sides),
        environment.principal,
        show(environment.action),
        environment.resource,
    )


def _side(query: Query, valid: Side, random: Random) -> dict[str, Any]:
    """Draw one policy, or some of a set, from policies."""
    names = random.sample(list(valid), 1 if query.single else random.randint(1, len(valid)))
    return {name: valid[name] for name in names}


@dataclass(slots=True)
class Tally:
    """How many verdicts are the same, and the queries for which they are not.

    `seconds` are those of both analysers for each verdict that is the same.
    """

    same: int = 0
    seconds: list[tuple[float, float]] = field(default_factory=list)
    without_verdict: int = 0
    different: list[Compared] = field(default_factory=list)

    def count(self, one: Compared) -> None:
        """Count one query."""
        match one.agrees:
            case True:
                self.same += 1
                self.seconds.append(one.seconds)
            case False:
                self.different.append(one)
            case None:
                self.without_verdict += 1

    def __str__(self) -> str:
        return (
            f"{self.same:,} verdicts are the same, {len(self.different):,} differ, "
            f"{self.without_verdict:,} queries have no verdict"
        )

    @property
    def times(self) -> str:
        """What a verdict costs, where some are the same."""
        if not self.seconds:
            return ""
        ours, theirs = ([pair[side] for pair in self.seconds] for side in (0, 1))
        return (
            f"time of a verdict, median: {median(ours) * 1_000:,.1f} ms by drt, "
            f"{median(theirs) * 1_000:,.1f} ms by the engine; "
            f"all together, engine ÷ drt: {sum(theirs) / sum(ours):.2f}"
        )


def tally(engine: Engine, seed: int, count: int) -> Tally:
    """Compare as many queries."""
    found = Tally()
    for one in islice(compared(engine, seed), count):
        found.count(one)
    return found


def document(one: Compared) -> dict[str, Any]:
    """Write a query and both verdicts for programs."""
    question = one.question
    return {
        "property": question.property,
        "schema": question.schema.text,
        "policies": [policies.text for policies in question.policies],
        "principal_type": question.principal_type,
        "action": question.action,
        "resource_type": question.resource_type,
        "drt": verdict_document(one.ours),
        "engine": str(one.theirs),
    }


def summary(one: Compared) -> str:
    """Write a query and both verdicts for people."""
    question = one.question
    where = f"{question.principal_type}, {question.action}, {question.resource_type}"
    lines = [f"{question.property} for {where}: {one.theirs}"]
    lines += [f"policies {number}:\n{each.text}" for number, each in enumerate(question.policies, 1)]
    match one.ours:
        case Fails(found, _):
            lines += ["it fails for", counterexample_text(found)]
        case Unconfirmed(_, problem):
            lines.append(f"a counterexample is not confirmed, a defect of drt: {problem}")
        case _:
            lines.append("it holds for all inputs")
    return "\n".join(lines)

"""Verdicts of validators against all inputs: the law of the target `soundness`, and precision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from drt.engines.guard import Guarded
from drt.model.case import Case, Source
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Evaluated, Failed, Validated
from drt.model.question import Validate
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law
from drt.symbolic import inputs
from drt.symbolic.confirm import Side, policies_text
from drt.symbolic.problems import Refused
from drt.symbolic.solver import Attempt, Limits
from drt.symbolic.soundness import EXCLUDED, Judged, Safe, Undecided, Unsafe, judge
from drt.symbolic.store import Store
from drt.symbolic.targets import TARGETS
from generators.choice.sources import RecordingSource
from reference.schema.schema import Schema

ENVIRONMENTS = 3
"""Request environments per case of a run."""

LIMITS = Limits((Attempt("bit-vectors", 1500),))


@law(Compares.ITSELF)
def verdicts_are_backed(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A policy that a validator takes raises no error that types exclude, on any input of the schema."""
    read = _read(case)
    if isinstance(read, str):
        comparison.skip(read)
        return
    schema, side = read
    store, found = Store(schema), list(inputs.environments_of(schema))
    some = Random(case.policies.text).sample(found, min(ENVIRONMENTS, len(found)))
    judged = {name: judge(body, store, some, LIMITS) for name, body in side.items()}
    for engine in engines:
        for name, valid in _verdicts(engine, case, side).items():
            _compare(comparison, engine.name, name, valid, judged[name])


def _compare(comparison: Comparison, engine: str, name: str, valid: bool, judged: Judged) -> None:
    """Compare an engine's verdict on a policy with what is known of all inputs."""
    match judged:
        case Undecided(reason):
            comparison.skip(f"soundness: {reason}")
        case Unsafe(_, raised) if valid or raised not in EXCLUDED:
            failed = Failed(raised) if raised in EXCLUDED else Evaluated(raised)
            answers = [(f"{engine}, validating", Evaluated("valid")), ("reference, evaluating", failed)]
            comparison.hold(f"{name} is safe", answers)
        case _:
            comparison.comparisons += 1
            comparison.events.append(_event(valid, judged))


def _event(valid: bool, judged: Judged) -> str:
    if valid:
        return "valid, proved safe" if isinstance(judged, Safe) else "valid, found harmless"
    return "rejected, with a witness" if isinstance(judged, Unsafe) else "rejected, found harmless"


def _read(case: Case) -> tuple[Schema, Side] | str:
    """Read a case's schema and policies; a reason where there is nothing to judge."""
    if case.schema is None or case.fragments or case.links:
        return "no single schema, or links"
    try:
        schema = inputs.schema_of(case.schema)
        inputs.require_complete(schema)
        return schema, inputs.policies_of(case.policies).plain()
    except Refused as refused:
        return f"refused: {refused.kind}"


def _verdicts(engine: Engine, case: Case, side: Side) -> Mapping[str, bool]:
    """Ask an engine for its verdict on each of a case's plain policies."""
    loaded = engine.load(Case(Source(policies_text(side)), schema=case.schema))
    verdict = None if isinstance(loaded, NotLoaded) else loaded.ask(Validate("strict"))
    if not isinstance(verdict, Validated):
        return {}
    valid = dict(verdict.policies)
    return {name: valid[f"policy{number}"] for number, name in enumerate(side)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A validator's verdict on a policy, and what is known of the policy's evaluation."""

    policy: str
    schema: str
    valid: bool
    judged: Judged


def judged_policies(engine: Engine, seed: int, count: int) -> Iterator[Verdict]:
    """Draw policies and judge an engine's verdicts on them, in all environments of their schemas."""
    return islice(_judged(Guarded(engine), seed), count)


def _judged(engine: Engine, seed: int) -> Iterator[Verdict]:
    random = Random(seed)
    while True:
        case = TARGETS["soundness"].draw(RecordingSource(random.getrandbits(64)))
        read = _read(case)
        if isinstance(read, str) or case.schema is None:
            continue
        schema, side = read
        store, environments = Store(schema), list(inputs.environments_of(schema))
        for name, valid in _verdicts(engine, case, side).items():
            judged = judge(side[name], store, environments)
            yield Verdict(policies_text({name: side[name]}), case.schema.text, valid, judged)

"""Satisfiability of assertions: a ladder of attempts, each with its limits (spec 10 §12).

Unknown is an answer, with the limit that was hit. A model counts only if the interpreter finds every
assertion true under it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from drt.engines.sandbox import HANG, Completed, HarnessError
from drt.model.extras import require_extra
from drt.symbolic.factors import product_lemmas
from drt.symbolic.interpreter import Interpretation, values
from drt.symbolic.problems import Refused
from drt.symbolic.terms import FALSE, TRUE, Term
from drt.symbolic.worker import Worker

STEPS = 4000
"""Of the solver in a millisecond, measured on the project's machines."""

PATIENCE = 5
"""How much slower a busy machine may be before the clock ends an attempt."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: how numbers are encoded, and the milliseconds that it may take on an idle machine.

    The limit is one of solver steps, so that a busy machine gives the same answers as an idle one.
    """

    numbers: Literal["bit-vectors", "integers"]
    milliseconds: int

    @property
    def steps(self) -> int:
        """How many steps the solver may take."""
        return self.milliseconds * STEPS

    @property
    def timeout(self) -> int:
        """When the clock ends the attempt, in milliseconds."""
        return 1000 + self.milliseconds * PATIENCE


LADDER = (
    Attempt("bit-vectors", 2000),
    Attempt("integers", 3000),
    Attempt("bit-vectors", 20_000),
    Attempt("integers", 20_000),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one satisfiability question may take; `mebibytes` only where it has a process of its own.

    With `smallest`, as many values as possible are those of an empty input.
    """

    ladder: tuple[Attempt, ...] = LADDER
    mebibytes: int = 2048
    smallest: bool = False

    @property
    def seconds(self) -> float:
        """When a child that ignores its solver's time limit is killed."""
        return 5 + 2 * sum(attempt.timeout for attempt in self.ladder) / 1000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """No input satisfies the assertions."""

    how: str


@dataclass(frozen=True, slots=True)
class Satisfiable:
    """The interpretation satisfies the assertions."""

    interpretation: Interpretation
    how: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The solver gave up; `reason` names the limit."""

    reason: str


Answer = Unsatisfiable | Satisfiable | Unknown
Members = Mapping[str, tuple[str, ...]]


def folded(assertions: Sequence[Term], members: Members) -> Answer | None:
    """Answer without a solver where all assertions are constants, or one is false."""
    if FALSE in assertions:
        return Unsatisfiable("folded")
    if all(assertion is TRUE for assertion in assertions):
        return Satisfiable(Interpretation(members), "folded")
    return None


def solve(assertions: Sequence[Term], members: Members, limits: Limits = LIMITS) -> Answer:
    """Answer in this process; raises `Refused` for a model that is not understood."""
    known = folded(assertions, members)
    if known is not None:
        return known
    reason = "no attempt was made"
    assertions = [*assertions, *product_lemmas(assertions)]
    for attempt in limits.ladder:
        answer = _attempt(assertions, members, attempt, limits)
        if not isinstance(answer, Unknown):
            return answer
        reason = answer.reason
    return Unknown(reason)


def solve_apart(assertions: Sequence[Term], members: Members, limits: Limits = LIMITS) -> Answer:
    """Answer in a process of its own, so that a crash, a hang or hunger cannot take the caller down."""
    known = folded(assertions, members)
    if known is not None:
        return known
    require_extra("proofs", "the solver")
    import z3  # noqa: F401  # loaded before the fork, once for all processes

    match worker(limits.mebibytes).ask(assertions, (members, limits), limits.seconds):
        case Completed(answer):
            if isinstance(answer, Refused):
                raise answer
            return cast(Answer, answer)
        case HarnessError(error):
            if error.startswith("MemoryError"):
                return Unknown(f"the solver needed more than {limits.mebibytes} MiB")
            raise AssertionError(f"the analyser failed in its child process: {error}")
        case died:
            if died.cause == HANG:
                return Unknown(f"the solver took longer than {limits.seconds:g} s and was killed")
            return Unknown(f"the solver's process died of {died.cause}")


@cache
def worker(mebibytes: int) -> Worker:
    """Return this process's solver with so much memory."""
    return Worker(_answered, mebibytes)


def _answered(assertions: Sequence[Term], members: Members, limits: Limits) -> Answer | Refused:
    try:
        return solve(assertions, members, limits)
    except Refused as refused:
        return refused


def _attempt(assertions: Sequence[Term], members: Members, attempt: Attempt, limits: Limits) -> Answer:
    import z3

    from drt.symbolic.z3_models import interpretation, small_model
    from drt.symbolic.z3_terms import Encoder

    encoder = Encoder(members, attempt.numbers)
    encoder.encode(assertions)
    solver = z3.Solver()
    solver.set("rlimit", attempt.steps)
    solver.set("timeout", attempt.timeout)
    solver.set("random_seed", 1)
    solver.add(*(encoder.of[assertion] for assertion in assertions))
    solver.add(*encoder.conditions, *encoder.distinct_literals())
    try:
        answer = solver.check()
    except z3.Z3Exception as error:
        return Unknown(f"the solver failed: {error}")
    if answer == z3.unsat:
        return Unsatisfiable(attempt.numbers)
    if answer == z3.unknown:
        return Unknown(_limit(attempt, solver.reason_unknown()))
    model = small_model(solver, encoder, assertions) if limits.smallest else solver.model()
    found = interpretation(model, encoder, assertions, members)
    held = values(assertions, found)
    if not all(held[assertion] for assertion in assertions):
        raise Refused("decode-model", "the solver's model does not satisfy the assertions as it was decoded")
    return Satisfiable(found, attempt.numbers)


def _limit(attempt: Attempt, reason: str) -> str:
    """Name the limit that ended an attempt; Z3 says "canceled" where it ran out of steps."""
    match reason:
        case "canceled" | "max. resource limit exceeded":
            return f"more than {attempt.steps:,} solver steps with {attempt.numbers}"
        case "timeout":
            return f"longer than {attempt.timeout} ms with {attempt.numbers}"
        case _:
            return f"{attempt.numbers}: {reason}"

"""The explorer: it runs ordinary Python on symbols, along every path, and checks each path on plain values.

A symbol that is asked for its truth asks the explorer, which takes one side, remembers the other, and runs
the function again for it. The conditions of all paths are proved to cover everything, so nothing is left out.
Every path is then replayed on plain values: a function that does otherwise than foretold is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, cycle, islice, product
from typing import Any

import z3

from drt.proofs.plain import Values, foretold, is_stand_in, plain_input, same, symbolic_input
from drt.proofs.symbols import Undecided, Unexplorable, formula, now

z3.z3.Z3_DEBUG = (
    False  # Z3 itself refuses terms of the wrong sort; its Python checks cost a fifth of all time
)

MOST_PATHS = 4_000
RLIMIT = 20_000_000
"""What Z3 may spend on one query, in its own machine-independent units."""
_EXPLORERS = count()
ENDS = (0, 1, -1, 2**63 - 1, -(2**63))


@dataclass(frozen=True, slots=True)
class Path:
    """One way through a function: its condition, and the value or the exception at its end.

    `model` meets the condition, where one was found on the way.
    """

    condition: Any
    value: Any = None
    error: Exception | None = None
    is_replayed: bool = True
    model: Any = None


@dataclass(slots=True)
class _Step:
    """A decision on the way: the formula, the side taken, and a model of the path up to here.

    `other` is a model of the other side while that is still to come.
    """

    formula: Any
    taken: bool
    model: Any
    other: Any


class Explorer:
    """The paths of one function, found depth first by running it again and again."""

    name: str

    def __init__(self, assumptions: Sequence[Any]) -> None:
        self.assumptions = assumptions
        self.refused: str | None = None
        self.trail: list[_Step] = []
        self.at = self.made = 0
        self.identities = False
        self.condition: list[Any] = []
        outer = now.follower
        self.name = (
            f"{outer.name}.{outer.number()}" if isinstance(outer, Explorer) else f"any{next(_EXPLORERS)}"
        )
        self._solver: Any = None
        self._model: Any = None

    @property
    def solver(self) -> Any:
        """The solver, made when first needed: most functions on plain values decide nothing."""
        if self._solver is None:
            self._solver = _solver(*self.assumptions)
            self._solver.push()
        return self._solver

    def decide(self, asked: Any) -> bool:
        """Take one side of a formula on this path."""
        asked = z3.simplify(asked)
        if z3.is_true(asked) or z3.is_false(asked):
            return bool(z3.is_true(asked))
        if self.at == len(self.trail):
            held = self._model_of(asked)
            if held is None:
                self.trail.append(_Step(asked, False, self._model, None))
            else:
                self.trail.append(_Step(asked, True, held, self._model_of(z3.Not(asked))))
        step = self.trail[self.at]
        if not step.formula.eq(asked):
            self.refused = "the code keeps state from one run to the next"
            raise Unexplorable(self.refused)
        self.at += 1
        self._model = step.model
        literal = asked if step.taken else z3.Not(asked)
        self.condition.append(literal)
        self.solver.add(literal)
        return step.taken

    def entails(self, asked: Any) -> bool:
        """Return whether a formula holds on this path."""
        return self._model_of(z3.Not(asked)) is None

    def fresh(self, sort: Any) -> Any:
        """Make a constant that is new on this path and the same in every run of it."""
        return z3.Const(f"{self.name}.{self.number()}", sort)

    def identity(self) -> Any:
        """Make the truth that two equal integers are one object: no plain values make it so, or not so."""
        self.identities = True
        return self.fresh(z3.BoolSort())

    def number(self) -> int:
        """Count what is made on this path: the same thing has the same number in every run of it."""
        self.made += 1
        return self.made

    def _model_of(self, asked: Any) -> Any:
        """Return a model of this path on which a formula holds, the one at hand if it does; None without any."""
        if self._model is not None and z3.is_true(self._model.eval(asked, model_completion=True)):
            return self._model
        answer = self.solver.check(asked)
        if answer == z3.unknown:
            raise Undecided(self.solver.reason_unknown())
        return self.solver.model() if answer == z3.sat else None

    def run(self, function: Callable[[], Any]) -> Iterator[Path]:
        """Run the function along every path."""
        most = MOST_PATHS
        while True:
            path = self._once(function)
            if self.refused is not None:
                raise Unexplorable(self.refused)
            if self.at != len(self.trail):
                raise Unexplorable("the code keeps state from one run to the next")
            yield path
            most -= 1
            if most < 0:
                raise Unexplorable(f"more than {MOST_PATHS} paths")
            while self.trail and self.trail[-1].other is None:
                self.trail.pop()
            if not self.trail:
                return
            last = self.trail[-1]
            last.taken, last.model, last.other = not last.taken, last.other, None

    def _once(self, function: Callable[[], Any]) -> Path:
        self.at, self.made, self.condition, self.identities = 0, 0, [], False
        self._model = None
        if self._solver is not None:
            self._solver.pop()
            self._solver.push()
        outer, now.follower = now.follower, self
        value, error = None, None
        try:
            value = function()
        except Exception as raised:  # an end like any other, until it is replayed
            error = raised
        finally:
            now.follower = outer
        condition = z3.And(*self.condition) if self.condition else z3.BoolVal(True)
        return Path(condition, value, error, not self.identities, self._model)


def explore(
    function: Callable[..., Any],
    inputs: Sequence[Any] = (),
    *,
    assuming: Sequence[Any] = (),
    errors: tuple[type[Exception], ...] = (),
) -> list[Path]:
    """Every path of a function of these inputs, under assumptions; `errors` are ends like any other.

    An input is a constant of Z3, which the function sees as a symbol, or a stand-in (`is_stand_in`). The paths'
    conditions are proved to cover all that the assumptions allow, and each path is replayed on plain values.

    Raises:
        Unexplorable: the function looks into a symbol, does otherwise on plain values, or has too many paths.
        Undecided: Z3 cannot tell whether a path exists, or whether they are all.
    """
    seen = [symbolic_input(one) for one in inputs]
    paths = list(Explorer(assuming).run(lambda: function(*seen)))
    if len(paths) > 1:
        solver = _solver(*assuming, z3.Not(z3.Or(*(path.condition for path in paths))))
        if solver.check() != z3.unsat:
            raise Undecided("the paths are not shown to cover everything")
    if inputs:
        for path in filter(lambda path: path.is_replayed, paths):
            for model in _models(path, inputs, assuming):
                _replay(function, inputs, path, model)
    for path in paths:
        if path.error is not None and not isinstance(path.error, errors):
            raise path.error
    return paths


def summary(function: Callable[..., Any], *assumptions: Any) -> Any:
    """All paths of a predicate merged into one formula; the caller's exploration replays it."""
    paths = explore(function, assuming=assumptions)
    return z3.Or(*(z3.And(path.condition, formula(path.value)) for path in paths))


def _models(path: Path, inputs: Sequence[Any], assuming: Sequence[Any]) -> Iterator[Any]:
    """Yield models of the path's condition: ends of the numbers and both truths, or else any."""
    met, found = z3.And(path.condition, *assuming), False
    if not any(map(is_stand_in, inputs)):
        choices = [ENDS if z3.is_int(one) else (True, False) for one in inputs]
        most = 2 if z3.is_true(path.condition) else 6
        for values in islice(
            chain(zip(*map(cycle, choices), range(5), strict=False), product(*choices)), most
        ):
            model = Values([(one, _constant(value)) for one, value in zip(inputs, values, strict=False)])
            if z3.is_true(model.eval(met)):
                found = True
                yield model
    if not found and path.model is not None:
        yield path.model
    elif not found:
        yield from _any_model(met)


def _constant(value: int) -> Any:
    return z3.BoolVal(value) if isinstance(value, bool) else z3.IntVal(value)


def _any_model(formula: Any) -> Iterator[Any]:
    solver = _solver(formula)
    answer = solver.check()
    if answer == z3.unknown:
        raise Undecided("no plain values are found for a path")
    if answer == z3.sat:
        yield solver.model()


def _replay(function: Callable[..., Any], inputs: Sequence[Any], path: Path, model: Any) -> None:
    """Run the function on plain values, and check that its outcome is the one that the path predicts."""
    value: Any = None
    error: Exception | None = None
    outer, now.follower = now.follower, None
    try:
        value = function(*(plain_input(one, model) for one in inputs))
    except Exception as raised:
        error = raised
    finally:
        now.follower = outer
    expected = foretold(path.error if path.error is not None else path.value, model)
    if not same(expected, error if error is not None else value):
        shown = value if error is None else error
        raise Unexplorable(
            f"on plain values the code gives {shown!r}, where its exploration foretold {expected!r}"
        )


def is_possible(*formulas: Any) -> bool:
    """Return whether something meets the formulas; what Z3 cannot tell may be possible."""
    return bool(_solver(*formulas).check() != z3.unsat)


def _solver(*formulas: Any) -> Any:
    solver = z3.Solver()
    solver.set("rlimit", RLIMIT)
    solver.add(*formulas)
    return solver

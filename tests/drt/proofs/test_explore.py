"""The explorer: every path, nothing but what can be followed, and stand-ins that do as the real ones do."""

from __future__ import annotations

import random

import pytest
import z3

from drt.proofs.explore import Number, Truth, Unexplorable, explore, formula, summary
from drt.proofs.policies import STATUSES, AnyPolicies, Policy, forbids, outcome_of, status
from reference.policies import Policies
from reference.policies import Policy as RealPolicy
from reference.syntax import Lit
from reference.values import TRUE

n, m = z3.Ints("n m")


def sign(number: Number) -> str:
    if number < 0:
        return "negative"
    return "zero" if number == 0 else "positive"


def test_every_path_is_found_and_ends_where_the_code_ends() -> None:
    ends = {path.value: path.condition for path in explore(lambda: sign(Number(n)))}
    assert set(ends) == {"negative", "zero", "positive"}
    solver = z3.Solver()
    assert solver.check(ends["negative"] != (n < 0)) == z3.unsat


def test_assumptions_leave_paths_out() -> None:
    assert [path.value for path in explore(lambda: sign(Number(n)), n > 3)] == ["positive"]


def test_an_error_is_an_end_of_a_path() -> None:
    def check() -> Number:
        if Number(n) > 10:
            raise ValueError("too many")
        return Number(n)

    assert [type(path.error) for path in explore(check, errors=(ValueError,))] == [ValueError, type(None)]
    with pytest.raises(ValueError, match="too many"):
        explore(check)


def test_a_symbol_passes_for_an_integer_in_every_test_but_its_own() -> None:
    symbol = Number(n)
    assert isinstance(symbol, int)
    assert symbol.__class__ is int


@pytest.mark.parametrize(
    "look",
    [hash, bool, lambda symbol: {symbol: 1}, lambda symbol: [0][symbol], lambda symbol: symbol // symbol],
)
def test_what_cannot_be_followed_is_refused(look: object) -> None:
    with pytest.raises(Unexplorable):
        explore(lambda: look(Number(n)))  # type: ignore[operator]


def test_a_truth_outside_an_exploration_is_refused() -> None:
    with pytest.raises(Unexplorable):
        bool(Truth(n > 0))


@pytest.mark.parametrize("number", [-7, -1, 0, 1, 5, 86_400_001])
@pytest.mark.parametrize("divisor", [1, 3, 1_000])
def test_division_is_pythons(number: int, divisor: int) -> None:
    """Floor and remainder of the symbols are those of Python's integers, below zero too."""
    solver = z3.Solver()
    solver.add(n == number)
    parts = (Number(n) // divisor).term, (Number(n) % divisor).term
    assert solver.check(z3.Or(parts[0] != number // divisor, parts[1] != number % divisor)) == z3.unsat


def test_a_summary_is_the_predicate() -> None:
    between = summary(lambda: Number(n) >= 0 and not Number(n) > Number(m))  # type: ignore[operator]
    assert z3.Solver().check(between != z3.And(n >= 0, n <= m)) == z3.unsat
    assert z3.is_true(formula(True))


@pytest.mark.parametrize("random_seed", range(40))
def test_the_collection_of_the_proofs_selects_as_the_real_one(random_seed: int) -> None:
    """Random members and a random selection: the stand-in, evaluated, says what `Policies.where` says."""
    draw = random.Random(random_seed)
    effects = [draw.choice(["permit", "forbid"]) for _ in range(4)]
    statuses = [draw.choice(list(STATUSES)) for _ in range(4)]
    members = [draw.random() < 0.6 for _ in range(4)]
    wanted = draw.choice(["permit", "forbid"]), draw.choice(list(STATUSES)), draw.random() < 0.5

    constants = z3.Consts("p0 p1 p2 p3", Policy)
    solver = z3.Solver()
    solver.add(z3.Distinct(*constants))
    for one, effect, came in zip(constants, effects, statuses, strict=True):
        solver.add(forbids(one) == (effect == "forbid"), status(one) == STATUSES[came])

    def member(policy: object) -> object:
        return z3.Or(*(policy == one for one, inside in zip(constants, members, strict=True) if inside))

    def chosen(effect: object, came: object) -> bool:
        same = came == wanted[1]
        return bool(effect == wanted[0] and (not same if wanted[2] else same))

    symbolic = AnyPolicies(member).where(lambda p: chosen(p.effect, outcome_of(p).status))  # type: ignore[attr-defined]
    real = Policies(
        tuple(RealPolicy(str(k), effects[k], Lit(TRUE)) for k in range(4) if members[k])  # type: ignore[arg-type]
    ).where(lambda p: chosen(p.effect, statuses[int(p.id)]))
    for k, one in enumerate(constants):
        inside = str(k) in real.ids()
        assert solver.check(symbolic.member(one) != inside) == z3.unsat

"""The explorer: every path, each replayed on plain values, and nothing but what can be followed."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any

import pytest
import z3

from drt.proofs.explore import explore, summary
from drt.proofs.policies import STATUS_WORDS, AnyPolicies, Policy, Word, forbids, status
from drt.proofs.rewriting import HELPERS, followed, rewritten
from drt.proofs.symbols import Number, Truth, Unexplorable, formula
from reference.policies import Policies
from reference.policies import Policy as RealPolicy
from reference.syntax import Lit
from reference.values import TRUE

n, m = z3.Ints("n m")
b = z3.Bool("b")


def sign(number: Number) -> str:
    if number < 0:
        return "negative"
    return "zero" if number == 0 else "positive"


def test_every_path_is_found_and_ends_where_the_code_ends() -> None:
    ends = {path.value: path.condition for path in explore(sign, [n])}
    assert set(ends) == {"negative", "zero", "positive"}
    solver = z3.Solver()
    assert solver.check(ends["negative"] != (n < 0)) == z3.unsat


def test_assumptions_leave_paths_out() -> None:
    assert [path.value for path in explore(sign, [n], assuming=[n > 3])] == ["positive"]


def test_an_error_is_an_end_of_a_path() -> None:
    def check(number: int) -> int:
        if number > 10:
            raise ValueError("too many")
        return number

    assert [type(path.error) for path in explore(check, [n], errors=(ValueError,))] == [
        ValueError,
        type(None),
    ]
    with pytest.raises(ValueError, match="too many"):
        explore(check, [n])


def test_a_symbol_passes_for_a_value_of_its_kind() -> None:
    symbol, truth = Number(n), Truth(b)
    assert isinstance(symbol, int)
    assert not isinstance(symbol, bool)
    assert symbol.__class__ is int
    assert isinstance(truth, bool)
    assert truth.__class__ is bool


def source(text: str) -> Callable[..., Any]:
    """The function `f` of a text, rewritten as explored modules are."""
    module = ModuleType("explored")
    module.__dict__.update(HELPERS)
    exec(compile(rewritten(ast.parse(text)), "<explored>", "exec"), module.__dict__)
    function: Callable[..., Any] = module.__dict__["f"]
    return function


RIGHT = {
    "type": ("def f(x):\n return type(x) is int", [n], {True}),
    "type of a truth": ("def f(x):\n return type(x) is bool and type(x) is not int", [b], {True}),
    "is True": ("def f(x):\n return 'yes' if x is True else 'no'", [b], {"yes", "no"}),
    "is not False": ("def f(x):\n return 'yes' if x is not False else 'no'", [b], {"yes", "no"}),
    "case True": (
        "def f(x):\n match x:\n  case True: return 1\n  case False: return 0\n  case _: return 2",
        [b],
        {0, 1},
    ),
    "case int": ("def f(x):\n match x:\n  case bool(): return 1\n  case int(y): return y * 0", [n], {"0"}),
    "isinstance bool": ("def f(x):\n return isinstance(x, bool)", [n], {False}),
    "a truth is a number": ("def f(x):\n return 'two' if x + 1 == 2 else 'one'", [b], {"one", "two"}),
    "not a text": ("def f(x):\n return x == 'a' or x is None", [n], {False}),
    "comprehension": ("def f(x):\n return len([y for y in [x, x + 1] if y > 0])", [n], {0, 1, 2}),
}


@pytest.mark.parametrize(("text", "inputs", "ends"), RIGHT.values(), ids=list(RIGHT))
def test_what_python_looks_past_is_answered_as_python_would(text: str, inputs: Any, ends: set[Any]) -> None:
    values = {path.value for path in explore(source(text), inputs) if type(path.value) is not Number}
    assert values == (set() if ends == {"0"} else ends)


REFUSED = {
    "a float": "def f(x):\n return x > 0.5",
    "a float on the left": "def f(x):\n return 0.5 == x",
    "an f-string": "def f(x):\n return f'{x}'",
    "str": "def f(x):\n return str(x) == '1'",
    "repr": "def f(x):\n return '%r' % x",
    "hash": "def f(x):\n return {x: 1}",
    "an index": "def f(x):\n return [0][x]",
    "a quotient": "def f(x):\n return 7 // x",
    "a power": "def f(x):\n return x ** 2",
    "bit_length": "def f(x):\n return x.bit_length()",
    "int": "def f(x):\n return int(x)",
    "except Exception": "def f(x):\n try:\n  return hash(x)\n except Exception:\n  return 1",
    "except BaseException": "def f(x):\n try:\n  return hash(x)\n except BaseException:\n  return 1",
    "a bare except": "def f(x):\n try:\n  return hash(x)\n except:\n  return 1",
    "finally": "def f(x):\n try:\n  return hash(x)\n finally:\n  return 1",
    "alternatives with a truth": "def f(x):\n match x == 1:\n  case True | None: return 1\n  case _: return 2",
    "a chain with is": "def f(x):\n return True is (x == 1) is True",
    "a counter of runs": "seen = []\ndef f(x):\n seen.append(1)\n return len(seen) if x > 0 else 0",
    "a counter that decides": "seen = []\ndef f(x):\n seen.append(1)\n return x > len(seen) and x < 9",
    "a memory of the symbol": "seen = []\ndef f(x):\n seen.append(x)\n return seen[0] + x if x > 0 else x",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_followed_is_refused_whatever_the_code_catches(text: str) -> None:
    with pytest.raises(Unexplorable):
        explore(source(text), [n])


def test_a_lie_is_found_by_replaying_on_plain_values() -> None:
    """Not rewritten, `type` shows the symbol: the replay on a plain number shows the difference."""

    def lies(x: Any) -> bool:
        return type(x) is int

    with pytest.raises(Unexplorable, match="on plain values the code gives True"):
        explore(lies, [n])


def test_a_refusal_is_no_exception() -> None:
    assert not issubclass(Unexplorable, Exception)
    with pytest.raises(Unexplorable), suppress(Exception):
        hash(Number(n))


MEANING_KEPT = {
    "two ifs": "def f(x):\n if x < 0:\n  return -1\n if x > 0:\n  return 1\n return 0",
    "another loop": "def f(x):\n for end, value in ((-1, -1), (0, 0)):\n  if x <= end: return value\n return 1",
    "renamed": "def f(number):\n return -1 if number < 0 else 0 if number == 0 else 1",
}


@pytest.mark.parametrize("text", MEANING_KEPT.values(), ids=list(MEANING_KEPT))
def test_other_code_of_the_same_meaning_has_the_same_ends(text: str) -> None:
    ends = {path.value: path.condition for path in explore(source(text), [n])}
    solver = z3.Solver()
    assert solver.check(z3.Or(ends[-1] != (n < 0), ends[0] != (n == 0), ends[1] != (n > 0))) == z3.unsat


def test_equal_integers_may_be_one_object_or_two() -> None:
    """A shortcut through identity is right; an answer that hangs on it has two ends."""
    shortcut = source("def f(x, y):\n return x is y or x == y")
    assert all(path.value is True or type(path.value) is Truth for path in explore(shortcut, [n, m]))
    hanging = explore(source("def f(x, y):\n return 'one' if x is y else 'two'"), [n, m], assuming=[n == m])
    assert {path.value for path in hanging} == {"one", "two"}


def test_the_engines_are_rewritten_only_for_the_time_of_a_proof() -> None:
    from production.execution import operations

    before = operations.truth.__code__
    with followed():
        assert operations.truth.__code__ is not before
        assert {path.value for path in explore(operations.truth, [b]) if type(path.value) is bool} <= {
            True,
            False,
        }
    assert operations.truth.__code__ is before


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


@pytest.mark.parametrize("number", [-9, -1, 0, 6, 255])
def test_bits_are_pythons(number: int) -> None:
    solver = z3.Solver()
    solver.add(n == number)
    wrong = z3.Or(
        (Number(n) >> 2).term != number >> 2,
        (Number(n) << 3).term != number << 3,
        (Number(n) & 7).term != number & 7,
    )
    assert solver.check(wrong) == z3.unsat


def test_a_summary_is_the_predicate() -> None:
    between = summary(lambda: Number(n) >= 0 and not Number(n) > Number(m))
    assert z3.Solver().check(between != z3.And(n >= 0, n <= m)) == z3.unsat
    assert z3.is_true(formula(True))


@pytest.mark.parametrize("random_seed", range(40))
def test_the_collection_of_the_proofs_selects_as_the_real_one(random_seed: int) -> None:
    """Random members and a random selection: the stand-in, evaluated, says what `Policies.where` says."""
    draw = random.Random(random_seed)
    effects = [draw.choice(["permit", "forbid"]) for _ in range(4)]
    statuses = [draw.choice(list(STATUS_WORDS)) for _ in range(4)]
    members = [draw.random() < 0.6 for _ in range(4)]
    wanted = draw.choice(["permit", "forbid"]), draw.choice(list(STATUS_WORDS)), draw.random() < 0.5

    constants = z3.Consts("p0 p1 p2 p3", Policy)
    solver = z3.Solver()
    solver.add(z3.Distinct(*constants))
    for one, effect, came in zip(constants, effects, statuses, strict=True):
        solver.add(forbids(one) == (effect == "forbid"), status(one) == STATUS_WORDS[came])

    def member(policy: object) -> object:
        return z3.Or(*(policy == one for one, inside in zip(constants, members, strict=True) if inside))

    def chosen(effect: object, came: object) -> bool:
        same = came == wanted[1]
        return bool(effect == wanted[0] and (not same if wanted[2] else same))

    def came(policy: Any) -> Word:
        return Word({word: status(policy.condition.policy) == term for word, term in STATUS_WORDS.items()})

    members_seen: Any = AnyPolicies(member)
    with followed():
        symbolic: Any = Policies(members_seen).where(lambda p: chosen(p.effect, came(p))).members
    real = Policies(
        tuple(RealPolicy(str(k), effects[k], Lit(TRUE)) for k in range(4) if members[k])  # type: ignore[arg-type]
    ).where(lambda p: chosen(p.effect, statuses[int(p.id)]))
    for k, one in enumerate(constants):
        inside = str(k) in real.ids()
        assert solver.check(symbolic.member(one) != inside) == z3.unsat

"""The loop of production's authorizer: its body, on any state, proved to commute and to be exact.

Owns the reading of the loop out of the function's source: the statements of its body are compiled as they are
and run on stand-ins for the lists that they fill. What holds of a step on any state holds of any number.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import z3

from drt.proofs.code import Code, Defect
from drt.proofs.explore import Number, Truth, explore
from drt.proofs.theorem import Counterexample, Goal, Theorem

MODULE = "production.response"
Ids = z3.ArraySort(z3.IntSort(), z3.BoolSort())


@dataclass(frozen=True, slots=True)
class State:
    """The ids in each list, as sets."""

    permits: Any
    forbids: Any
    errors: Any


class Filled:
    """Stands for a list or a mapping that a loop fills; its truth is whether it holds anything."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def append(self, policy: Any) -> None:
        self.held = z3.Store(self.held, policy.term, True)

    def __setitem__(self, policy: Any, _: object) -> None:
        self.append(policy)

    def __bool__(self) -> bool:
        one = z3.FreshInt("held")
        return bool(Truth(z3.Exists([one], z3.Select(self.held, one))))


class AnyKind:
    """Stands for the table of error kinds: which kind it is does not matter here."""

    def __getitem__(self, _: object) -> str:
        return "type"


Step = Callable[[State, Any, Any, Any], State]


def loop_step(code: Code) -> Step:
    """One turn of the loop of `combine`, as a function of the state and of a policy."""
    module = code.module(MODULE)
    [function] = ast.parse(_source_of(code, "combine")).body
    assert isinstance(function, ast.FunctionDef)
    [loop] = [statement for statement in function.body if isinstance(statement, ast.For)]
    body = compile(ast.Module(loop.body, []), f"<the loop of {MODULE}.combine>", "exec")

    def step(state: State, policy: Any, permits: Any, status: Any) -> State:
        def turn() -> tuple[Filled, Filled, Filled]:
            filled = (Filled(state.permits), Filled(state.forbids), Filled(state.errors))
            names = {
                **module.__dict__,
                "permits": filled[0],
                "forbids": filled[1],
                "errors": filled[2],
                "policy_id": Number(policy),
                "is_permit": Truth(permits),
                "status": Number(status),
                "ERROR_KINDS": AnyKind(),
            }
            exec(body, names)
            return filled

        paths = explore(turn)
        ends = []
        for place in range(3):
            end = paths[-1].value[place].held
            for path in paths[:-1]:
                end = z3.If(path.condition, path.value[place].held, end)
            ends.append(end)
        return State(*ends)

    return step


def _source_of(code: Code, name: str) -> str:
    """Return the source of a function, with the planted defect if it has one."""
    text = code.text(MODULE)
    [found] = [
        node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    return textwrap.dedent(ast.unparse(found))


start = State(*(z3.Const(name, Ids) for name in ("permits", "forbids", "errors")))
first, second = z3.Ints("first second")
permits_1, permits_2 = z3.Bools("first_permits second_permits")
status_1, status_2 = z3.Ints("first_status second_status")


def _equal(one: State, other: State) -> Any:
    return z3.And(one.permits == other.permits, one.forbids == other.forbids, one.errors == other.errors)


def _one_policy_one_status() -> Any:
    """Equal ids are one policy, which has one effect and one status."""
    return z3.Implies(first == second, z3.And(permits_1 == permits_2, status_1 == status_2))


def _goals(code: Code) -> Sequence[Goal]:
    step = loop_step(code)
    module = code.module(MODULE)
    once = step(start, first, permits_1, status_1)
    twice = step(once, first, permits_1, status_1)
    forth = step(once, second, permits_2, status_2)
    back = step(step(start, second, permits_2, status_2), first, permits_1, status_1)
    true, false = z3.IntVal(module.TRUE), z3.IntVal(module.FALSE)

    def added(held: Any, when: Any) -> Any:
        return z3.If(when, z3.Store(held, first, True), held)

    exact = State(
        added(start.permits, z3.And(status_1 == true, permits_1)),
        added(start.forbids, z3.And(status_1 == true, z3.Not(permits_1))),
        added(start.errors, z3.And(status_1 != true, status_1 != false)),
    )

    def decode(model: Any) -> Counterexample:
        return _confirmed(module, model)

    return (
        Goal("each step files the policy where it belongs", _equal(once, exact), (), decode),
        Goal("two steps commute", _equal(forth, back), (_one_policy_one_status(),), decode),
        Goal("a repeated step changes nothing", _equal(twice, once), (), decode),
    )


def _confirmed(module: Any, model: Any) -> Counterexample:
    """Find a short list of policies on which `combine` depends on their order, or files one wrongly."""
    statuses = (module.TRUE, module.FALSE, module.FIRST_ERROR)
    policies = [
        (f"p{n}", permits, status) for n in range(2) for permits in (True, False) for status in statuses
    ]
    for one in policies:
        for other in policies:
            listed = [one] if one[0] == other[0] else [one, other]
            said, turned = module.combine(listed), module.combine(listed[::-1])
            right = _definition(module, listed)
            for answer in (said, turned):
                description = (answer.decision, set(answer.determining), set(answer.errors))
                if description != right:
                    shown = ", ".join(_described(module, each) for each in listed)
                    because = sorted(answer.determining) or "nothing"
                    return Counterexample(f"[{shown}] -> {answer.decision} because of {because}", True)
    return Counterexample(f"{model}, which no short list confirms", False)


def _definition(module: Any, listed: list[tuple[str, bool, int]]) -> tuple[str, set[str], set[str]]:
    satisfied = {(policy, permits) for policy, permits, status in listed if status == module.TRUE}
    erring = {policy for policy, _, status in listed if status not in (module.TRUE, module.FALSE)}
    allow = any(permits for _, permits in satisfied) and all(permits for _, permits in satisfied)
    return "allow" if allow else "deny", {policy for policy, permits in satisfied if permits == allow}, erring


def _described(module: Any, policy: tuple[str, bool, int]) -> str:
    status = {module.TRUE: "satisfied", module.FALSE: "unsatisfied"}.get(policy[2], "erring")
    return f"{'permit' if policy[1] else 'forbid'} {status}"


THEOREMS = (
    Theorem(
        "The order and the repetition of policies do not matter",
        "Production's loop files each policy by its own effect and status alone; two turns commute, and a"
        " repeated turn changes nothing.",
        "Lean Authorization: order and dup independent; paper: order independence",
        "U",
        _goals,
        (
            Defect(
                "a forbid ends the search for permits",
                MODULE,
                "        if status == TRUE:\n",
                "        if status == TRUE and not (is_permit and forbids):\n",
            ),
            Defect(
                "an erring policy is filed as a forbid",
                MODULE,
                "        elif status != FALSE:\n",
                "        elif status != FALSE and not forbids.append(policy_id):\n",
            ),
            Defect(
                "permits and forbids change places",
                MODULE,
                "(permits if is_permit else forbids).append(policy_id)",
                "(forbids if is_permit else permits).append(policy_id)",
            ),
        ),
    ),
)

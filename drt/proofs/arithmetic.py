"""Laws of numbers: the check of 64 bits, and an instant as its date and its time."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import z3

from drt.proofs.defects import Defect
from drt.proofs.explore import explore
from drt.proofs.symbols import is_number, number
from drt.proofs.theorem import Counterexample, Goal, Theorem
from production.errors import EvaluationError as ProductionError
from production.language import datetimes
from reference.errors import EvaluationError as ReferenceError

MIN, MAX = -(2**63), 2**63 - 1


def _exact() -> Sequence[Goal]:
    """Prove the reference's own check: it passes exactly the 64-bit numbers, unchanged."""
    integers = import_module("reference.integers")
    n = z3.Int("n")
    paths = explore(integers.checked, [n], errors=(ReferenceError,))
    fits = z3.And(n >= MIN, n <= MAX)
    claim = z3.And(
        *(
            z3.Implies(path.condition, z3.Not(fits) if path.error else z3.And(fits, is_number(path.value, n)))
            for path in paths
        )
    )

    def decode(model: Any) -> Counterexample:
        found = model.eval(n, model_completion=True).as_long()
        said = _checked(integers, found)
        return Counterexample(f"{found}: {said}", (said == str(found)) != (MIN <= found <= MAX))

    return (Goal("the check of 64 bits", claim, (), decode),)


def _checked(integers: Any, found: int) -> str:
    try:
        return str(integers.checked(found))
    except ReferenceError as error:
        return f"fails: {error.kind}"


def _days() -> Sequence[Goal]:
    """Prove that toDate and toTime split an instant: the parts add up, and the time is a time of day."""
    extensions = import_module("production.language.extensions")
    n = z3.Int("instant")
    day = 86_400_000
    inside = z3.And(n >= MIN + day, n <= MAX)
    goals = []

    def parts(milliseconds: Any) -> Any:
        instant = datetimes.datetime_of(milliseconds)
        return extensions._to_date(instant), extensions._to_time(instant)

    for path in explore(parts, [n], assuming=[inside], errors=(ProductionError,)):
        if path.error is not None:
            goals.append(Goal("no error a day inside the range", z3.Not(path.condition), (inside,)))
            continue
        date, time = (number(part.milliseconds) for part in path.value)
        claim = z3.And(date + time == n, time >= 0, time < day, date % day == 0)

        def decode(model: Any) -> Counterexample:
            found = datetimes.Datetime(model.eval(n, model_completion=True).as_long())
            parts = extensions._to_date(found).milliseconds, extensions._to_time(found).milliseconds
            wrong = sum(parts) != found.milliseconds or not 0 <= parts[1] < day or parts[0] % day
            return Counterexample(
                f"instant {found.milliseconds}: date {parts[0]}, time {parts[1]}", bool(wrong)
            )

        goals.append(Goal("date and time", z3.Implies(path.condition, claim), (inside,), decode))
    return goals


THEOREMS = (
    Theorem(
        "Overflow is checked exactly",
        "The check passes a number if and only if it fits in 64 bits, and passes it unchanged.",
        "Lean Data: Int64; paper: none",
        "U",
        _exact,
        (
            Defect(
                "the greatest number counts as overflow",
                "reference.integers",
                "if number < MIN_LONG or number > MAX_LONG:",
                "if number < MIN_LONG or number >= MAX_LONG:",
            ),
        ),
        functions=("reference.integers.checked",),
    ),
    Theorem(
        "An instant is its date and its time",
        "toDate and toTime add up to the instant; the time is at least zero and less than a day, also before 1970.",
        "Lean Ext: datetime",
        "U",
        _days,
        (
            Defect(
                "the time of day may be a whole day",
                "production.language.extensions",
                "    return duration_of(instant.milliseconds % DAY)",
                "    return duration_of(instant.milliseconds % DAY + 1)",
            ),
            Defect(
                "the date is the midnight after",
                "production.language.extensions",
                "return datetime_of(_in_range(instant.milliseconds - instant.milliseconds % DAY))",
                "return datetime_of(_in_range(instant.milliseconds + (-instant.milliseconds) % DAY))",
            ),
        ),
        functions=(
            "production.language.extensions._to_date",
            "production.language.extensions._to_time",
        ),
    ),
)

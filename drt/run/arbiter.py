"""Arbiter: a further engine that is compared on a sample of the cases on which the engines agree.

Decides which cases are sampled, and separates findings from laws that the arbiter breaks alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from drt.engines import build
from drt.engines.deadline import Alarm
from drt.engines.declared import Asked, held
from drt.engines.guard import Guarded
from drt.engines.sandbox import HarnessError, attempt
from drt.model.case import Case
from drt.model.divergence import Checked, Divergence, Oracle
from drt.model.engine import Engine
from drt.run.options import RunOptions

DECLARED = "arbiter:declared: "
"""Prefix of the events that count cases by the declared difference that they hold."""

PATIENCE = 4.0
"""Seconds of processor time for one case, where no run sets its own."""

DEEPEST_FOR_ARBITER = 60
"""Nesting limit: the arbiter may crash on deeper cases, so it does not get them."""

BRACKETS = re.compile(r"[(\[{]+|[)\]}]+")


@dataclass(frozen=True, slots=True)
class Arbiter:
    """The further engine of one worker, the share of cases that it gets, and its time limit in seconds."""

    engine: Guarded
    rate: float
    alarm: Alarm
    seconds: float

    @classmethod
    def of(cls, options: RunOptions, alarm: Alarm) -> Arbiter | None:
        """Build the arbiter of a run; None if the run has none or never uses it."""
        if options.arbiter is None or options.arbiter_rate <= 0:
            return None
        return cls(Guarded(build(options.arbiter)), options.arbiter_rate, alarm, options.deadline)

    def wants(self, case_seed: int) -> bool:
        """Whether the case with this random seed is in the arbiter's sample."""
        return sampled(case_seed, self.rate)

    def ask(
        self, oracle: Oracle, case: Case, beside: Engine, events: Counter[str]
    ) -> Checked | HarnessError | None:
        """Compare the arbiter with the engine beside it, and count the comparison.

        Returns their divergences, None if there are none that count, or `HarnessError` if the oracle raises.
        """
        if depth(case) > DEEPEST_FOR_ARBITER:
            events["arbiter:too deep to ask"] += 1
            return None
        checked = self.alarm.within(
            self.seconds, lambda: attempt(lambda: oracle(case, (beside, self.engine)))
        )
        if checked is None or isinstance(checked, HarnessError):
            return checked
        return opinion(checked.answer, Asked(self.engine.name, self.engine.version), case, events)


def arbitrate_with(name: str) -> Callable[[Oracle, Case, Guarded], str | None]:
    """Return a function that compares an arbiter with an engine, and returns the first law that they break.

    It returns the empty text if they agree, and None where the arbiter cannot judge the case.
    """
    arbiter = Arbiter(Guarded(build(name)), 1.0, Alarm(), PATIENCE)

    def arbitrate(oracle: Oracle, case: Case, engine: Guarded) -> str | None:
        events: Counter[str] = Counter()
        found = arbiter.ask(oracle, case, engine, events)
        if isinstance(found, Checked):
            return found.divergences[0].law
        judged = events["arbiter:comparisons"] and not any(event.startswith(DECLARED) for event in events)
        return "" if judged else None

    return arbitrate


def alone(divergence: Divergence, name: str) -> bool:
    """Whether only the named engine takes part in the divergence, as in a law about a single engine."""
    return all(one == name or one.startswith(f"{name}, ") for one, _ in divergence.answers)


def sampled(case_seed: int, rate: float) -> bool:
    """Whether the case with this random seed belongs to the sample of share `rate`, 0 to 1."""
    return (case_seed >> 11) / (1 << 53) < rate


def depth(case: Case) -> int:
    """Return an upper bound of the bracket depth of a case's texts; brackets in strings count too."""
    deepest = 0
    for text in (case.policies.text, case.entities, *case.expressions, *(one.text for one in case.requests)):
        depth = 0
        for brackets in BRACKETS.findall(text):
            depth += len(brackets) if brackets[0] in "([{" else -len(brackets)
            deepest = max(deepest, depth)
    return deepest


def opinion(checked: Checked, arbiter: Asked, case: Case, events: Counter[str]) -> Checked | None:
    """Count the arbiter's answer on a case, and return where it diverges from the engine beside it.

    A case that holds a declared difference is counted under the name of the difference only.
    """
    events["arbiter:cases"] += 1
    events["arbiter:decisions"] += checked.decisions
    events["arbiter:comparisons"] += checked.comparisons
    between = tuple(found for found in checked.divergences if not alone(found, arbiter.name))
    if len(between) < len(checked.divergences):
        events["arbiter:breaks a law alone"] += 1
    if not between:
        return None
    declared = held(arbiter, case, between)
    if declared is not None:
        events[DECLARED + declared.name] += 1
        return None
    events["arbiter:divergences"] += len(between)
    return replace(checked, divergences=between)

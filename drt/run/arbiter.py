"""When a further engine is asked about a case on which the others agree, and which of its ways count.

Owns the sample of such cases, and the line between a finding and an oddity of that engine alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from drt.engines import build
from drt.engines.deadline import Alarm
from drt.engines.declared import Asked, held
from drt.engines.guard import Guarded
from drt.engines.sandbox import HarnessError, attempt
from drt.model.case import Case
from drt.model.divergence import Checked, Divergence, Oracle
from drt.run.options import RunOptions

DECLARED = "arbiter:declared: "
"""What the events begin with that count cases by the declared difference that they hold."""

DEEPEST_FOR_ARBITER = 60
"""Cases that nest deeper are not put to it: it may not survive them."""


@dataclass(frozen=True, slots=True)
class Arbiter:
    """The further engine of one worker, the share of cases that it is asked about, and the time it has."""

    engine: Guarded
    rate: float
    alarm: Alarm
    seconds: float

    @classmethod
    def of(cls, options: RunOptions, alarm: Alarm) -> Arbiter | None:
        """Build the arbiter of a run; None where the run has none or never asks it."""
        if options.arbiter is None or options.arbiter_rate <= 0:
            return None
        return cls(Guarded(build(options.arbiter)), options.arbiter_rate, alarm, options.deadline)

    def wants(self, case_seed: int) -> bool:
        """Whether it is asked about the case with this random seed."""
        return sampled(case_seed, self.rate)

    def ask(
        self, oracle: Oracle, case: Case, beside: Guarded, events: Counter[str]
    ) -> Checked | HarnessError | None:
        """Compare the arbiter with the engine beside it and count that.

        Returns what they diverge in, None where nothing counts, `HarnessError` where the oracle raises.
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


def alone(divergence: Divergence, name: str) -> bool:
    """Whether it is a law that the engine of that name breaks by itself."""
    return all(one == name or one.startswith(f"{name}, ") for one, _ in divergence.answers)


def sampled(case_seed: int, rate: float) -> bool:
    """Whether the case with this random seed is one of the share `rate`, 0 to 1."""
    return (case_seed >> 11) / (1 << 53) < rate


def depth(case: Case) -> int:
    """How deep the brackets of the case's texts nest, strings included; never less than the truth."""
    deepest = 0
    for text in (case.policies.text, case.entities, *case.expressions, *(one.text for one in case.requests)):
        depth = 0
        for character in text:
            if character in "([{":
                depth += 1
                deepest = max(deepest, depth)
            elif character in ")]}":
                depth -= 1
    return deepest


def opinion(checked: Checked, arbiter: Asked, case: Case, events: Counter[str]) -> Checked | None:
    """Count the arbiter's answer on a case, and return where it diverges from the engine beside it.

    A case that holds a declared difference is counted under its name only.
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

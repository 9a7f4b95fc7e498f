"""When a further engine is asked about a case on which the others agree, and which of its ways count.

Owns the sample of such cases, and the line between a finding and an oddity of that engine alone.
"""

from __future__ import annotations

from drt.case import Case
from drt.oracles.checked import Divergence

DEEPEST_FOR_ARBITER = 60
"""Cases that nest deeper are not put to it: it may not survive them."""


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

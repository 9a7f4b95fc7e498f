"""The fates of planted defects: what killed each, how soon, and how many of each component and killer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from drt.assess.planted.historic import Plant

MOMENTS = (10.0, 60.0, 300.0)
"""Seconds of the sound run after which the share killed is reported."""

Killer = Literal["", "law", "seed", "arbiter", "proof"]
"""What killed a plant; nothing where it survived."""


@dataclass(slots=True)
class Fate:
    """What killed a plant, when, by which target and law; and how often its code was reached."""

    plant: Plant
    seconds: float | None = None
    killer: Killer = ""
    target: str = ""
    law: str = ""
    question: str = ""
    reached: int = 0

    @property
    def survived(self) -> str:
        """Why it survived, nothing where it did not."""
        if self.seconds is not None:
            return ""
        return "seen by no law" if self.reached else "never reached"

    def to_json(self) -> dict[str, Any]:
        """Return the fate as the command prints it for programs."""
        return {
            "plant": self.plant.id,
            "where": self.plant.where,
            "component": self.plant.component,
            "control": self.plant.control,
            "seconds": None if self.seconds is None else round(self.seconds, 3),
            "killer": self.killer,
            "target": self.target,
            "law": self.law,
            "question": self.question,
            "reached": self.reached,
            "survived": self.survived,
        }


@dataclass(frozen=True, slots=True)
class HarnessFate:
    """A defect of the harness and the check that noticed it, empty where none did."""

    plant: str
    control: bool
    check: str


@dataclass(slots=True)
class Score:
    """The fates of all plants, and what the sound run was: its processor seconds, cases and false alarms."""

    fates: list[Fate]
    seconds: float = 0.0
    cases: int = 0
    alarms: list[str] = field(default_factory=list)
    harness: list[HarnessFate] = field(default_factory=list)

    def killed(self, within: float, *, both: bool) -> tuple[int, int]:
        """Count the plants killed within so many seconds, and all of them; controls do not count."""
        some = [f for f in self.fates if not f.plant.control and (f.plant.where == "both") is both]
        return sum(f.seconds is not None and f.seconds <= within for f in some), len(some)

    @property
    def survivors(self) -> list[Fate]:
        """The plants that live on, controls left out."""
        return [fate for fate in self.fates if fate.survived and not fate.plant.control]

    @property
    def controls(self) -> list[str]:
        """What killed controls all the same, in words: false alarms."""
        killed = [
            (fate.plant.name, fate.law) for fate in self.fates if fate.plant.control and not fate.survived
        ]
        killed += [(fate.plant, fate.check) for fate in self.harness if fate.control and fate.check]
        return [f"{name} changes nothing, and was killed by {what}" for name, what in killed]

    @property
    def harness_killed(self) -> tuple[int, int]:
        """Count the defects of the harness that a check noticed, and all of them; controls do not count."""
        planted = [fate for fate in self.harness if not fate.control]
        return sum(bool(fate.check) for fate in planted), len(planted)

    def to_json(self) -> dict[str, Any]:
        """Return the score as the command prints it for programs."""
        return {
            "seconds": round(self.seconds, 3),
            "cases": self.cases,
            "killed": [
                {"within": moment, "one engine": self.killed(moment, both=False)[0],
                 "both alike": self.killed(moment, both=True)[0]}
                for moment in MOMENTS
            ],
            "planted": {
                "one engine": self.killed(0, both=False)[1],
                "both alike": self.killed(0, both=True)[1],
            },
            "components": [
                {"component": name, "killed": killed, "planted": planted}
                for name, killed, planted in components(self.fates)
            ],
            "killers": {
                name: dict(by([one for one in self.fates if (one.plant.where == "both") is both], "killer"))
                for name, both in (("one engine", False), ("both alike", True))
            },
            "harness": [
                {"plant": fate.plant, "control": fate.control, "check": fate.check} for fate in self.harness
            ],
            "plants": [fate.to_json() for fate in self.fates],
            "alarms": self.alarms,
        }  # fmt: skip


def by(fates: Sequence[Fate], what: str) -> Counter[str]:
    """Count the killed plants by the `killer`, the `target` or the `law` that killed them."""
    return Counter(getattr(fate, what) for fate in fates if fate.seconds is not None)


def components(fates: Sequence[Fate]) -> Iterator[tuple[str, int, int]]:
    """Yield each component with how many of its plants were killed and how many there are."""
    counted = [fate for fate in fates if not fate.plant.control]
    planted = Counter(fate.plant.component for fate in counted)
    killed = Counter(fate.plant.component for fate in counted if not fate.survived)
    yield from ((name, killed[name], count) for name, count in sorted(planted.items()))

"""Found defects looked at again: whether an engine of this machine still shows them, and what all answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from drt.corpus.found import Found, numbers
from drt.model.outcome import Outcome
from drt.model.outcome_text import in_a_line
from drt.replay.replay import Replayed, Replayer
from drt.targets.loading import target_table

OURS = ("reference", "production")
LONGEST_ANSWER, LEAD = 160, 60
"""Characters of an answer that are kept, and those before the first difference."""

State = Literal["seen", "gone", "ours is wrong", "cannot run"]


@dataclass(frozen=True, slots=True)
class Look:
    """One found case on one version of its engine; `learnt` is the case with what the replay showed."""

    found: Found
    version: str
    state: State
    learnt: Found
    reason: str = ""

    @property
    def as_recorded(self) -> bool:
        """Whether this is what the case says of the version."""
        sight = self.found.sight
        within = numbers(sight.first) <= numbers(self.version) <= numbers(sight.last)
        gone = sight.gone and numbers(self.version) >= numbers(sight.gone)
        if within:
            return self.state == "seen"
        return self.state == "gone" if gone else self.state in ("seen", "gone")


@dataclass(frozen=True, slots=True)
class Asked:
    """An engine of this machine: the `name` that builds it, and what it calls itself."""

    name: str
    engine: str
    version: str


def look_again(found: Found, asked: Asked, others: Sequence[Asked] = ()) -> Look:
    """Replay a found case on ours and on its engine; then also on others, whose answers are recorded too."""
    version = asked.version
    ours = _replay(found, OURS)
    if ours.divergences or ours.unmet:
        return Look(found, version, "ours is wrong", found, _first_reason(ours))
    replayed = _replay(found, (*OURS, asked.name))
    if replayed.verdict == "cannot run" and not replayed.divergences:
        return Look(found, version, "cannot run", found, replayed.reason)
    shown = [each for each in replayed.divergences if any(_is_of(found, name) for name, _ in each.answers)]
    unmet = [mismatch for name, mismatch in replayed.unmet if name == found.engine]
    if not shown and not unmet:
        return Look(found, version, "gone", found.gone_with(version))
    beside = [other for other in others if other.engine != asked.engine]
    if beside:
        replayed = _replay(found, (*OURS, *(other.name for other in beside), asked.name))
    question, answers = _answers(found, replayed)
    versions = {one.engine: one.version for one in (asked, *beside)}
    named = {_with_version(name, versions): answer for name, answer in answers.items()}
    return Look(found, version, "seen", found.seen_with(version, question, named))


def _with_version(name: str, versions: Mapping[str, str]) -> str:
    """Add an engine's version to its name, in front of what says which of its answers it is."""
    engine, comma, more = name.partition(", ")
    return f"{engine} {versions[engine]}{comma}{more}" if engine in versions else name


def _replay(found: Found, engines: tuple[str, ...]) -> Replayed:
    [replayed] = Replayer(engines, target_table()).replay([found.path])
    return replayed


def _first_reason(replayed: Replayed) -> str:
    if replayed.unmet:
        name, mismatch = replayed.unmet[0]
        return f"{name}: expected {mismatch.expected}, got {mismatch.got}"
    return ", ".join(name for name, _ in replayed.divergences[0].answers)


def _is_of(found: Found, name: str) -> bool:
    return name.split(", ")[0] == found.engine


def _answers(found: Found, replayed: Replayed) -> tuple[str, dict[str, str]]:
    """Return the question that shows the defect and each engine's answer."""
    about = [each for each in replayed.divergences if any(_is_of(found, name) for name, _ in each.answers)]
    alone = [each for each in about if all(_is_of(found, name) for name, _ in each.answers)]
    for divergence in (*alone, *about):
        return divergence.question, _shown(divergence.answers)
    wanted = {mismatch.id for name, mismatch in replayed.unmet if name == found.engine}
    for question, answers in replayed.answers:
        if question in wanted:
            return question, _shown(answers)
    return ", ".join(sorted(wanted)), {
        name: mismatch.got for name, mismatch in replayed.unmet if mismatch.id in wanted
    }


def _shown(answers: Sequence[tuple[str, Outcome]]) -> dict[str, str]:
    """Write answers in a line each, long ones from shortly before the first difference among those."""
    texts = {name: in_a_line(one) for name, one in answers}
    long = [text for text in texts.values() if len(text) > LONGEST_ANSWER]
    parted = next((place for place, each in enumerate(zip(*long, strict=False)) if len(set(each)) > 1), 0)
    start = max(0, parted - LEAD)
    return {name: _cut(text, start) if text in long else text for name, text in texts.items()}


def _cut(text: str, start: int) -> str:
    part = text[start : start + LONGEST_ANSWER]
    return f"{'…' if start else ''}{part}{'…' if start + len(part) < len(text) else ''}"

"""A find, from the moment it is seen until it is a reduced, confirmed counterexample in the corpus.

Owns that order of steps: save it as it is, reduce it, name it, have it replayed by fresh processes, save it
again. Whatever is cut short leaves what the step before had saved.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from drt.alarm import Alarm, Stuck
from drt.case import Case
from drt.claims import Claims, Settled
from drt.corpus import Corpus
from drt.divergence_json import case_to_json, divergence_to_json
from drt.drawing import reproduction
from drt.engines.guard import Guarded
from drt.features import case_features
from drt.isolation import Answered, attempt, in_child
from drt.known import Known, find_known
from drt.localise import Located, localise
from drt.oracles.checked import Checked, Divergence, Oracle
from drt.outcome import ExceededBudget
from drt.problems import InputProblem
from drt.reduce import reduce_case
from drt.run_log import LogWriter
from drt.run_options import RunOptions
from drt.saved_case import SavedCase
from drt.signature import alike, coarse_key, signature

HASH_SEEDS = (1, 2, 3)
"""A find is replayed in three fresh processes, with the hash of texts salted otherwise in each."""

HANGING_SECONDS = 0.3
"""What a candidate may take while a hang is reduced: every interesting one costs all of it."""

LOCATING_SECONDS = 5.0
"""What the search for the innermost difference may take on a reduced case."""

MOST_CHOICES = 20_000


@dataclass(frozen=True, slots=True)
class Find:
    """A divergence on a drawn case. `origin` says how to draw it again; `engines` are those that diverge."""

    target: str
    oracle: Oracle
    case: Case
    divergence: Divergence
    engines: Sequence[Guarded]
    origin: Mapping[str, object]
    arbiter: bool = False


@dataclass(slots=True)
class Finder:
    """Pursues the finds of one worker.

    `stopped` says that the run is to end; `ends` is when its budget does, on the monotonic clock, if it has
    one.
    """

    options: RunOptions
    corpus: Corpus
    claims: Claims
    known: Sequence[Known]
    log: LogWriter
    alarm: Alarm
    stopped: Callable[[], bool]
    ends: float | None = None

    def consider(self, find: Find) -> None:
        """Pursue the find unless somebody does, or has."""
        key = key_text(find.divergence)
        digest = blake2b(key.encode(), digest_size=4).hexdigest()
        number = f"{find.target}-{find.origin.get('index')}-{digest}"  # the same when a run is resumed
        if self.claims.take(key, lambda: case_features(find.case), number):
            self._pursue(key, number, find)

    def _pursue(self, key: str, number: str, find: Find) -> None:
        name = signature(find.target, find.divergence, find.case)
        saved = SavedCase(
            case=find.case,
            description=_description(find),
            tags=("arbiter",) if find.arbiter else (),
            origin=dict(find.origin) | {"engines": {engine.name: engine.version for engine in find.engines}},
            signature=name,
            status="open",
        )
        place = self._save(saved)
        self._report(number, key, find, name, place, "saved", None)
        reduced, divergence = self._reduced(find)
        located = self._located(find, reduced, divergence)
        name = signature(find.target, divergence, reduced, located)
        find = replace(find, case=reduced, divergence=divergence)
        known = find_known(tuple(self.known), name)
        if known is not None and known.excuses(datetime.date.today()):
            self.corpus.drop(place, saved)
            self._report(number, key, find, name, None, "known", None, known=known.id)
            self.claims.settle(key, name, case_features(reduced), find=number)
            return
        arbitration = self._arbitration(find)
        origin = dict(saved.origin) | arbitration
        saved = replace(saved, case=reduced, signature=name, description=_description(find), origin=origin)
        place = self._save(saved, place)
        # Told before it is settled: should this process be killed in between, it is pursued once more.
        self._report(number, key, find, name, place, "reduced", None)
        before = self.claims.settled(key, name)
        solid = self._confirmed(place, find) if before is None else None if before == "solid" else False
        if solid is False:
            saved = replace(saved, tags=(*saved.tags, "flaky"))
            place = self._save(saved, place, apart=True)
        where = located.to_json() if located else None
        facts = {"case": case_to_json(reduced), "located": where, "says": arbitration.get("arbiter")}
        self._report(number, key, find, name, place, "reduced", solid, **facts)
        how: Settled = "flaky" if solid is False else "solid"
        self.claims.settle(key, name, case_features(reduced), how, number)

    def _save(self, saved: SavedCase, instead_of: Path | None = None, apart: bool = False) -> Path:
        """Save in the corpus, what is flaky apart from the rest; beside the log, should the corpus refuse."""
        try:
            if apart:
                return self.corpus.save_flaky(saved, instead_of)
            return self.corpus.save_counterexample(saved, instead_of)
        except InputProblem as problem:
            self.log.write("broken", what="the corpus", error=str(problem), traceback="")
            self.corpus = Corpus(self.options.place / "corpus")
            return self.corpus.save_counterexample(saved)

    def _report(
        self,
        number: str,
        key: str,
        find: Find,
        name: str,
        place: Path | None,
        stage: str,
        solid: bool | None,
        **facts: object,
    ) -> None:
        self.log.write(
            "find",
            number=number,
            coarse=key,
            target=find.target,
            signature=name,
            path=None if place is None else str(place),
            stage=stage,
            solid=solid,
            arbiter=find.arbiter,
            engines=self._asked(find),
            index=find.origin.get("index"),
            divergence=divergence_to_json(find.divergence),
            **facts,
        )

    # Reducing

    def _reduced(self, find: Find) -> tuple[Case, Divergence]:
        """The simplest case found that still shows the divergence, and how it shows there."""
        hanging = any(answer == ExceededBudget("time") for _, answer in find.divergence.answers)
        patience = min(self.options.deadline, HANGING_SECONDS if hanging else 5.0)
        seconds = min(self.options.reduce_seconds, self.remaining())
        until = time.monotonic() + seconds

        def interesting(candidate: Case) -> bool:
            if self.stopped() or time.monotonic() > until:
                return False
            return self._shown(find, candidate, patience) is not None

        if seconds <= 0:
            return find.case, find.divergence
        result = attempt(lambda: reduce_case(find.case, interesting, seconds))
        if not isinstance(result, Answered):
            self.log.write("broken", what="the reducer", error=result.error, traceback=result.traceback)
            return find.case, find.divergence
        divergence = self._shown(find, result.answer, self.options.deadline)
        return (find.case, find.divergence) if divergence is None else (result.answer, divergence)

    def _located(self, find: Find, reduced: Case, divergence: Divergence) -> Located | None:
        """Where the engines part; not asked of a hanging engine, which would hang on every part."""
        if any(isinstance(answer, ExceededBudget) for _, answer in divergence.answers):
            return None
        self.alarm.set(min(LOCATING_SECONDS, max(0.5, self.remaining())))
        try:
            result = attempt(lambda: localise(reduced, find.engines, divergence))
        except Stuck:
            return None
        finally:
            self.alarm.off()
        if isinstance(result, Answered):
            return result.answer
        self.log.write("broken", what="the search", error=result.error, traceback=result.traceback)
        return None

    def _shown(self, find: Find, candidate: Case, patience: float) -> Divergence | None:
        """The divergence of that kind on a candidate, if it is there within the time."""
        self.alarm.set(patience)
        try:
            checked = find.oracle(candidate, find.engines)
        except Stuck:
            return None
        finally:
            self.alarm.off()
        return first_alike(find.divergence, checked)

    def remaining(self) -> float:
        """Seconds left in the run's budget."""
        return float("inf") if self.ends is None else self.ends - time.monotonic()

    # Confirming

    def _confirmed(self, place: Path, find: Find) -> bool | None:
        """Whether fresh processes see it too, all of them; None where the budget leaves no time to ask."""
        job = {
            "path": str(place),
            "divergence": divergence_to_json(find.divergence),
            "engines": self._asked(find),
            "target": find.target,
            "targets_from": self.options.targets_from,
            "deadline": self.options.deadline,
        }
        for seed in HASH_SEEDS:
            allowed = min(self.remaining(), 10.0 + 3 * self.options.deadline)
            if allowed < 1.0 or self.stopped():
                return None
            try:
                answer = subprocess.run(
                    [sys.executable, "-m", "drt.examine", "confirm", json.dumps(job)],
                    env={**os.environ, "PYTHONHASHSEED": str(seed)},
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=allowed,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return None if allowed < 10.0 else False
            if answer.returncode != 0:
                return False
        return True

    def _asked(self, find: Find) -> list[str]:
        """The engines of a find by the names that build them."""
        if find.arbiter and self.options.arbiter is not None:
            return [self.options.engines[-1], self.options.arbiter]
        return list(self.options.engines)

    def _arbitration(self, find: Find) -> dict[str, object]:
        """What the arbiter says of a divergence between the engines: with whom it agrees."""
        arbiter = self.options.arbiter
        if arbiter is None or find.arbiter or len(find.engines) < 2 or self.remaining() < 1.0:
            return {}
        verdict: dict[str, object] = {"engine": arbiter}
        with_arbiter = []
        for engine in self.options.engines:
            result = in_child(
                lambda pair: (find.oracle(find.case, pair), pair[-1].version),
                (engine, arbiter),
                min(self.options.deadline, max(0.5, self.remaining())),
            )
            if not isinstance(result, Answered):
                return {"arbiter": verdict | {"says": "broke"}}
            checked, verdict["version"] = result.answer
            if checked.comparisons and not checked.divergences:
                with_arbiter.append(engine)
        says = f"as {' and '.join(with_arbiter)}" if with_arbiter else "neither"
        return {"arbiter": verdict | {"says": says}}


def key_text(divergence: Divergence) -> str:
    """The coarse key as a text."""
    return repr(coarse_key(divergence))


def first_alike(divergence: Divergence, checked: Checked) -> Divergence | None:
    """The first divergence that is the same bug as the given one, whatever the case it was seen on."""
    return next(filter(alike(divergence), checked.divergences), None)


def _description(find: Find) -> str:
    """One sentence for people: who answers what to which question."""
    names = " and ".join(name for name, _ in find.divergence.answers)
    return f"{names}: other {find.divergence.kind} for {find.divergence.question} ({find.divergence.law})"


def origin_of(
    options: RunOptions,
    versions: Mapping[str, str],
    target: str,
    index: int,
    case_seed: int | None,
    choices: Sequence[int],
) -> dict[str, object]:
    """How to draw a case again: the run's random seed and the index suffice while the generators stay the
    same;
    the choices do while the generator of the target does."""
    origin: dict[str, object] = {
        "target": target,
        "index": index,
        "random_seed": options.random_seed,
        "case_random_seed": case_seed,
        "engines": dict(versions),
    }
    if case_seed is None:
        del origin["case_random_seed"]
    if len(choices) <= MOST_CHOICES:
        origin["choices"] = " ".join(_choice(choice) for choice in choices)
        origin["hypothesis"] = reproduction(choices)
    return origin


def _choice(choice: int) -> str:
    return ("t" if choice else "f") if isinstance(choice, bool) else str(choice)

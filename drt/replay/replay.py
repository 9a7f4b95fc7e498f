"""Saved cases run again: what the engines answer now, against each other and against what is expected.

Owns the verdict on a saved case. Cases are put in child processes, many in one, and one by one where a
child does not survive.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from drt.assess.conformance.checker import Checker
from drt.assess.conformance.report import Mismatch
from drt.assess.conformance.saved import check_expectations
from drt.assess.reproduce import Job, shows_elsewhere
from drt.corpus.known import Known, find_known
from drt.corpus.store import FLAKY
from drt.diagnosis import Located, localise
from drt.engines.cpu_time import own_time
from drt.engines.deadline import Alarm, Stuck
from drt.engines.guard import Guarded, GuardedSession
from drt.engines.sandbox import Completed, HarnessError, NotStarted, ProcessDied, in_child
from drt.model.case import Case
from drt.model.case_directory import read_case
from drt.model.divergence import Checked, Divergence, Oracle
from drt.model.divergence_json import AnswersRecord, DivergenceRecord
from drt.model.errors import InputProblem
from drt.model.outcome import Accepted, Outcome
from drt.model.question import Authorize, CaseQuestion, Evaluate, Validate
from drt.model.records import to_json
from drt.model.saved_case import SavedCase
from drt.replay.shell_commands import ASKED, Files, by_hand, files_of
from drt.replay.unanswered import unanswered
from drt.targets.loading import law_of
from drt.targets.target import Target

Verdict = Literal[
    "agrees",  # and every expectation is met
    "fixed",  # an open counterexample that diverges no more
    "still diverges",  # an open counterexample
    "flaky",  # an open counterexample that diverges in some processes and not in others
    "diverges",  # a case without a status, or one that was fixed
    "diverges as declared",
    "not as expected",  # an engine alone answers something else than the case says
    "cannot run",  # unreadable, or nothing in it could be compared
]

FAILURES: frozenset[Verdict] = frozenset(["still diverges", "diverges", "not as expected"])
BATCH = 24
SECONDS_A_CASE = 30.0

Answers = tuple[tuple[str, tuple[tuple[str, Outcome], ...]], ...]
"""Every question of a case with each engine's answer."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result of one saved case.

    `unmet` pairs an engine's name with an expectation that it does not meet; `reason` explains in one
    sentence why a case could not be run or what else to know; `broke` says that the harness itself broke.
    """

    path: Path
    verdict: Verdict
    saved: SavedCase | None = None
    divergences: tuple[Divergence, ...] = ()
    answers: Answers = ()
    unmet: tuple[tuple[str, Mismatch], ...] = ()
    located: Located | None = None
    reason: str = ""
    readable: bool = True
    broke: bool = False
    engines: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the case fails the replay."""
        return self.verdict in FAILURES

    @property
    def by_hand(self) -> tuple[str, ...]:
        """The lines that ask the same by hand."""
        return () if self.saved is None else self.asked_with(files_of(self.path))

    def asked_with(self, files: Files) -> tuple[str, ...]:
        """Return the command lines for the last of the engines, with the parts of the case in these files."""
        if self.saved is None:
            return ()
        engine = ASKED if ASKED in self.engines else self.engines[-1]
        return by_hand(self.saved.case, files, self.divergences, engine)

    def to_json(self) -> dict[str, Any]:
        """Return the result as the command prints it for programs."""
        return {
            "path": str(self.path),
            "verdict": self.verdict,
            "failed": self.failed,
            "reason": self.reason,
            "signature": self.saved.signature if self.saved else "",
            "status": self.saved.status if self.saved else None,
            "divergences": [to_json(DivergenceRecord.of(one)) for one in self.divergences],
            "located": to_json(self.located.record) if self.located else None,
            "by_hand": list(self.by_hand),
            "answers": [
                {"question": question, "answers": AnswersRecord(answers).to_json()}
                for question, answers in self.answers
            ],
            "unmet": [
                {
                    "engine": engine,
                    "question": mismatch.id,
                    "check": mismatch.check,
                    "expected": mismatch.expected,
                    "got": mismatch.got,
                }
                for engine, mismatch in self.unmet
            ],
        }


@dataclass(slots=True)
class Replayer:
    """Replays on the named engines; `targets` gives the law of a case by the target that found it.

    With `again`, the place of that table, an open case that shows nothing is run in fresh processes before it
    is called fixed.
    """

    engines: tuple[str, ...]
    targets: dict[str, Target]
    known: tuple[Known, ...] = ()
    deadline: float = 10.0
    again: str = ""
    _batch: list[tuple[Path, SavedCase]] = field(default_factory=list)

    def replay(self, paths: Sequence[Path]) -> Iterator[Replayed]:
        """One verdict a case, in order; a case that cannot be read has one too."""
        for path in paths:
            try:
                saved = read_case(path)
            except InputProblem as problem:
                yield from self._flush()
                yield Replayed(path, "cannot run", reason=str(problem), readable=False)
                continue
            if (unjudged := self._unjudged(path, saved)) is not None:
                yield from self._flush()
                yield unjudged
                continue
            self._batch.append((path, saved))
            if len(self._batch) >= BATCH:
                yield from self._flush()
        yield from self._flush()

    def _flush(self) -> Iterator[Replayed]:
        batch, self._batch = self._batch, []
        if not batch:
            return
        questions = [self._question(saved) for _, saved in batch]
        together = in_child(
            lambda engines: [ask(engines) for ask in questions], self.engines, SECONDS_A_CASE * 4
        )
        for number, (path, saved) in enumerate(batch):
            if isinstance(together, Completed):
                yield self._judged(path, saved, together.answer[number])
            else:
                yield self.alone(path, saved)

    def alone(self, path: Path, saved: SavedCase) -> Replayed:
        """One case in a child of its own, and, if that dies, each engine in one of its own."""
        if (unjudged := self._unjudged(path, saved)) is not None:
            return unjudged
        question = self._question(saved)
        result = in_child(question, self.engines, SECONDS_A_CASE)
        if isinstance(result, Completed):
            return self._judged(path, saved, result.answer)
        if isinstance(result, HarnessError):
            reason = f"the harness broke: {result.error}"
            return Replayed(path, "cannot run", saved, reason=reason, broke=True, engines=self.engines)
        return self._judged(path, saved, self._autopsy(question, result))

    def _unjudged(self, path: Path, saved: SavedCase) -> Replayed | None:
        """Return the result of a case whose law needs an extra that is not installed."""
        target = self.targets.get(str(saved.origin.get("target", "")))
        if target is None or target.missing is None:
            return None
        reason = f"its law needs the extra `{target.missing}`"
        return Replayed(path, "cannot run", saved, reason=reason, engines=self.engines)

    def _autopsy(self, question: Callable[[Sequence[Guarded]], _Seen], died: ProcessDied) -> _Seen:
        """Return the engine that died, and the answers of the others."""
        if not died.engine:
            broke = died.reason if isinstance(died, NotStarted) else f"the harness died: {died.cause}"
            return _Seen(Checked(inconclusive=(broke,)))
        answers: dict[str, list[tuple[str, Outcome]]] = {}
        killed: list[tuple[str, Outcome]] = []
        for engine in self.engines:
            result = in_child(question, (engine,), SECONDS_A_CASE)
            if isinstance(result, Completed):
                for asked, said in result.answer.answers:
                    answers.setdefault(asked, []).extend(said)
            elif isinstance(result, ProcessDied):
                killed.append((result.engine or engine, result.outcome))
        divergence = Divergence("engines_survive", "crash", died.question, tuple(killed))
        return _Seen(
            Checked(divergences=(divergence,) if killed else ()),
            tuple((asked, tuple(said)) for asked, said in answers.items()),
        )

    def _question(self, saved: SavedCase) -> Callable[[Sequence[Guarded]], _Seen]:
        law = law_of(saved, self.targets)
        return lambda engines: _ask(saved, law, engines, self.deadline)

    def _judged(self, path: Path, saved: SavedCase, seen: _Seen) -> Replayed:
        verdict, reason = self._verdict(saved, seen)
        if verdict in ("fixed", "still diverges"):
            verdict, reason = self._steady(path, saved, verdict, reason)
        return Replayed(
            path,
            verdict,
            saved,
            seen.checked.divergences,
            seen.answers,
            seen.unmet,
            seen.located,
            reason,
            engines=self.engines,
        )

    def _steady(self, path: Path, saved: SavedCase, verdict: Verdict, reason: str) -> tuple[Verdict, str]:
        """Refine the verdict on an open case: `flaky` where other processes do not all agree."""
        if FLAKY in saved.tags:
            now = "diverges" if verdict == "still diverges" else "does not diverge"
            return "flaky", f"it did not show in every process when it was found; now it {now}"
        looked = verdict == "fixed" and self.again
        if looked and shows_elsewhere(path, Job(self.engines, self.again, self.deadline)):
            return "flaky", "it does not show here, and shows in a fresh process"
        return verdict, reason

    def _verdict(self, saved: SavedCase, seen: _Seen) -> tuple[Verdict, str]:
        if seen.unmet:
            return "not as expected", ""
        if seen.checked.divergences:
            known = find_known(self.known, saved.signature) if saved.signature else None
            if saved.status == "declared":
                return "diverges as declared", saved.verdict.because if saved.verdict else ""
            if known is not None and known.excuses(datetime.date.today()):
                return "diverges as declared", f"{known.id}: {known.reason}"
            if saved.status is None and seen.declared:
                return "diverges as declared", ", ".join(sorted(set(seen.declared)))
            reason = "" if known is None else known.refusal(datetime.date.today())
            if saved.status == "fixed":
                return "diverges", reason or "it was fixed before"
            return ("still diverges" if saved.status == "open" else "diverges"), reason
        missing = _found_with(saved) - set(seen.names)
        if saved.status == "open" and seen.names and missing:
            return "cannot run", f"it was found with {' and '.join(sorted(missing))}: say so with --engine"
        if not seen.checked.comparisons and not seen.expected:
            reasons = ", ".join(sorted(set(seen.checked.inconclusive)))
            return "cannot run", f"nothing could be compared{f' ({reasons})' if reasons else ''}"
        if saved.status == "open":
            found_with, inconclusive = _found_with(saved), seen.checked.inconclusive
            if reason := unanswered(saved.description, found_with, seen.answers, inconclusive):
                return "cannot run", reason
            return "fixed", "`drt triage CASE --status fixed` keeps it as a regression test"
        return "agrees", ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the child saw of the engines called `names`.

    `expected` counts the expectations that were checked, `declared` names the differences that explain some.
    """

    checked: Checked
    answers: Answers = ()
    unmet: tuple[tuple[str, Mismatch], ...] = ()
    expected: int = 0
    names: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    located: Located | None = None


def _found_with(saved: SavedCase) -> set[str]:
    """Return the names of the engines between which a case was found to diverge."""
    engines = saved.origin.get("engines")
    return set(engines) if isinstance(engines, dict) else set()


def _ask(saved: SavedCase, oracle: Oracle, engines: Sequence[Guarded], deadline: float) -> _Seen:
    """Everything about one case, in the child."""
    alarm = Alarm()
    until = own_time() + deadline
    alarm.set(deadline)
    try:
        checked = oracle(saved.case, engines)
        found = next(iter(checked.divergences), None)
        where = None if found is None else localise(saved.case, engines, found)
        answers = _answers(saved.case, engines, until)
        unmet: list[tuple[str, Mismatch]] = []
        expected = 0
        declared: list[str] = []
        for engine in engines:
            checker = Checker(engine)
            check_expectations(checker, saved.name, saved)
            report = checker.tally.report(engine.name)
            unmet += [(engine.name, mismatch) for mismatch in report.mismatches]
            expected += report.checked
            declared += [name for name, _ in report.declared]
    except Stuck:
        return _Seen(Checked(inconclusive=("the harness takes too long",)))
    finally:
        alarm.off()
    return _Seen(
        checked,
        answers,
        tuple(unmet),
        expected,
        tuple(engine.name for engine in engines),
        tuple(declared),
        where,
    )


def _answers(case: Case, engines: Sequence[Guarded], until: float) -> Answers:
    """Each engine's answer to each question of the case, as far as the time goes."""
    loaded = [(engine.name, engine.load(case)) for engine in engines]
    sessions = [(name, one) for name, one in loaded if isinstance(one, GuardedSession)]
    if len(sessions) < len(loaded):
        outcomes = [(name, Accepted() if isinstance(one, GuardedSession) else one) for name, one in loaded]
        return (("loading", tuple(outcomes)),) if own_time() < until else ()
    answers = []
    for text, question in _questions(case):
        if own_time() < until:
            answers.append((text, tuple((name, session.ask(question)) for name, session in sessions)))
    return tuple(answers)


def _questions(case: Case) -> Iterator[tuple[str, CaseQuestion[Outcome]]]:
    for index, request in enumerate(case.requests):
        yield f"request {index}", Authorize(request)
        for number, expression in enumerate(case.expressions):
            yield f"expression {number} under request {index}", Evaluate(expression, request)
    if case.schema is not None:
        yield "validation", Validate()

"""An engine in a process of its own, asked by JSON lines: any language, and a death that is survived.

`docs/plug-in-an-engine.md` tells what goes over the wire, `messages.schema.json` has a schema for each
message. This is the end that asks. Whatever the process does becomes an outcome: `ExceededBudget` of time or
memory, `Crashed` with its exit code or signal, or `Crashed("protocol")` for what is no answer; the next
question then goes to a new process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from drt.engines.answers import BadAnswer, read_outcome
from drt.engines.capabilities import (
    MISSING,
    CannotTalk,
    Capabilities,
    Misstated,
    capabilities_of,
    check_identity,
    protocol_of,
    shortened,
)
from drt.engines.child import (
    Child,
    ChildDied,
    DeadlinePassed,
    Limits,
    LineTooLong,
    MemoryExceeded,
    OutputClosed,
)
from drt.engines.wire import PROTOCOLS, members_of
from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded, Unanswered
from drt.model.json_text import deep_json
from drt.model.outcome import Crashed, ExceededBudget, Unsupported
from drt.model.question import QUESTIONS, Authorize, CaseQuestion, Evaluate, Load, Outcomes, Question

Json = dict[str, Any]

DEADLINE = 30.0
"""Seconds that a process has for one answer, by default; its start may take no longer."""

GRACE = 1.0
"""Seconds after the deadline in which a process may still report itself that it has passed."""

MEMORY = 2048
"""MiB that a process may hold."""

ABOUT_A_CASE = frozenset(
    {"batch", *(name for name, question in QUESTIONS.items() if issubclass(question, CaseQuestion))}
)
"""Questions about the case loaded last: pointless for a process that has just been started."""

FAILURE = "a failure"
"""The breach of the protocol that an engine reports itself."""

SILENT_BEATS = 10
"""Heartbeats that may be missed."""


@dataclass(frozen=True, slots=True)
class Nonsense:
    """A breach of the protocol: in a few words, and as it was received."""

    what: str
    answer: str

    @property
    def outcome(self) -> Crashed:
        """The breach of the protocol as an outcome."""
        return Crashed("protocol", (self.what,), self.answer[:300])


class NoUnicode(Exception):
    """A text has a lone surrogate: Python's strings hold it, those of other languages do not (spec 01 §1)."""


def _is_unicode(question: Json) -> bool:
    try:
        json.dumps(question, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


class ProcessEngine:
    """An engine behind a command.

    `folder` is where the command is run. Raises `ChildDied`, `DeadlinePassed` or `CannotTalk` if it does not
    even start.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path | None = None,
        seconds: float = DEADLINE,
        memory: int = MEMORY,
        protocols: Sequence[int] = PROTOCOLS,
    ) -> None:
        self._child = Child(command, folder)
        self._limits = Limits(seconds + GRACE, memory)
        self._seconds = seconds
        self._protocols = tuple(protocols)
        self._seq = 0
        self._at_work: ProcessSession | None = None
        self.capabilities = Capabilities()
        self.protocol = 0
        greeting = self._start()
        self.name: str = greeting["name"]
        self.version: str = greeting["version"]

    def variants(self) -> tuple[Engine, ...]:
        """List variants: none."""
        return ()

    def close(self) -> None:
        """End the process; the next question would start another."""
        self._seq += 1
        self._child.dismiss(json.dumps({"seq": self._seq, "ask": "stop"}).encode())

    def _start(self) -> Json:
        """Start the process and agree on a protocol."""
        self._at_work = None
        self._child.start()
        try:
            greeting = self._stated("start", {"protocols": list(self._protocols)})
            self.protocol = protocol_of(greeting.get("protocol", MISSING), self._protocols)
            check_identity(greeting.get("name", MISSING), greeting.get("version", MISSING))
            self.capabilities = capabilities_of(self._stated("capabilities", {}))
        except CannotTalk:
            self._child.stop()
            raise
        beat = self.capabilities.heartbeat
        silence = SILENT_BEATS * beat + GRACE if beat else None
        self._limits = Limits(self._limits.seconds, self._limits.memory, silence)
        return greeting

    def _stated(self, ask: str, members: Mapping[str, Any]) -> Json:
        """Ask for a statement of the engine about itself; raises `CannotTalk` where there is none."""
        answer = self._exchange(ask, members)
        if not isinstance(answer, Nonsense):
            return answer
        if answer.what == FAILURE:
            document = _document(answer.answer.encode())
            words = answer.answer if document is None else document["failure"]
            raise CannotTalk(f"it answers {ask!r} with a failure: {words}")
        raise Misstated(f"its answer to {ask!r} is {answer.what}: {shortened(answer.answer)!r}")

    def _exchange(self, ask: str, members: Mapping[str, Any]) -> Json | Nonsense:
        """Put one question and give its answer; raises `NoUnicode`, and as `Child.exchange` does."""
        self._seq += 1
        question = {"seq": self._seq, "ask": ask, "deadline": self._seconds, **members}
        line = json.dumps(question)
        if "\\ud" in line and not _is_unicode(question):
            raise NoUnicode
        answer = self._child.exchange(line.encode(), self._limits, _is_answer)
        document = _document(answer)
        if document is None:
            what = "not a JSON object"
        elif document.get("seq") != self._seq:
            what = "the answer to another question"
        elif "failure" in document:
            what = FAILURE
        else:
            return document
        self._child.stop()
        return Nonsense(what, answer[:300].decode(errors="replace"))

    def put(self, ask: str, members: Mapping[str, Any]) -> Json | Unanswered:
        """Exchange one question for its answer, or for what happened to the process."""
        try:
            if ask not in ABOUT_A_CASE:
                self._have_started()
            answer = self._exchange(ask, members)
        except NoUnicode:
            return Unsupported("a lone surrogate")
        except DeadlinePassed:
            return ExceededBudget("time")
        except MemoryExceeded:
            return ExceededBudget("memory")
        except OutputClosed as closed:
            return Nonsense(closed.how, str(closed)).outcome
        except ChildDied as death:
            return Crashed(death.how, death.where, str(death))
        except LineTooLong:
            return Nonsense("a line without an end", "").outcome
        except CannotTalk as reason:
            return Nonsense("another start than the first time", str(reason)).outcome
        return answer.outcome if isinstance(answer, Nonsense) else answer

    def _have_started(self) -> None:
        """See to it that there is a process, and not one that has grown over many questions."""
        if self._child.alive and self._child.has_grown(self._limits.memory):
            self.close()
        if not self._child.alive:
            self._start()

    def ask(self, question: Question[Outcomes]) -> Outcomes | Unanswered:
        """Answer a question about texts, or about the case that the process has loaded."""
        if question.name not in self.capabilities.asks:
            return Unsupported(question.name)
        answer = self.put(question.name, members_of(question))
        return answer if isinstance(answer, Unanswered) else self.outcome(question, answer)

    def outcome(self, question: Question[Outcomes], answer: Json) -> Outcomes | Crashed | Unsupported:
        """Read the outcome that an answer holds; a process that writes nonsense is ended."""
        try:
            with deep_json():
                return cast(Outcomes, read_outcome(type(question), answer))
        except RecursionError:
            return Unsupported("documents this deep")
        except BadAnswer as reason:
            self._child.stop()
            return Nonsense("no outcome", f"{reason}: {json.dumps(answer)}").outcome

    def load(self, case: Case) -> ProcessSession | NotLoaded:
        """Read a case."""
        if "load" not in self.capabilities.asks:
            return Unsupported("load")
        if case.fragments and "link_schemas" not in self.capabilities.asks:
            return Unsupported("linking")
        session = ProcessSession(self, case)
        refused = self.turn_to(session)
        return session if refused is None else refused

    def turn_to(self, session: ProcessSession) -> NotLoaded | None:
        """Have the process load a case, unless that is what it loaded last; None where it has."""
        if self._at_work is session and self._child.alive:
            return None
        self._at_work = None
        answer = self.put("load", members_of(session.load))
        if isinstance(answer, Unanswered):
            return answer
        if answer.get("loaded") is True:
            self._at_work = session
            return None
        return self.outcome(session.load, answer)


class ProcessSession:
    """A case that the process has loaded; loaded again where it has turned to another, or died.

    Where the engine takes batches, the first of the case's own requests brings the answers to all of them.
    """

    def __init__(self, engine: ProcessEngine, case: Case) -> None:
        self._engine = engine
        self._case = case
        self._answers: dict[Question[Any], Any] = {}
        self.load = Load(case)

    def ask(self, question: CaseQuestion[Outcomes]) -> Outcomes | Unanswered:
        """Answer a question, of its batch or by itself."""
        if question.name not in self._engine.capabilities.asks:
            return Unsupported(question.name)
        if question not in self._answers:
            self._answers |= self._together(question)
        if question in self._answers:
            return cast(Outcomes, self._answers[question])
        return cast(Outcomes, self._engine.turn_to(self) or self._engine.ask(question))

    def _together(self, question: CaseQuestion[Any]) -> dict[Question[Any], Any]:
        """Answer the batch that a question belongs to.

        Nothing where it belongs to none or the batch failed: asked one by one, it will be seen which question
        it was.
        """
        batch = self._batch_of(question)
        most = self._engine.capabilities.batch
        if most < 2 or question not in batch:
            return {}
        start = batch.index(question)
        batch = batch[start : start + most]
        if len(batch) < 2 or self._engine.turn_to(self) is not None:
            return {}
        questions = [{"seq": seq, "ask": one.name, **members_of(one)} for seq, one in enumerate(batch)]
        answer = self._engine.put("batch", {"questions": questions})
        answers = answer.get("answers") if isinstance(answer, dict) else None
        if not isinstance(answers, list) or [_seq(one) for one in answers] != list(range(len(batch))):
            return {}
        return {one: self._engine.outcome(one, found) for one, found in zip(batch, answers, strict=True)}

    def _batch_of(self, question: CaseQuestion[Any]) -> list[CaseQuestion[Any]]:
        """List the questions of that kind about the case's own requests and expressions."""
        case = self._case
        match question:
            case Authorize():
                return [Authorize(request) for request in case.requests]
            case Evaluate():
                return [Evaluate(text, request) for text in case.expressions for request in case.requests]
        return []


def _seq(answer: object) -> object:
    return answer.get("seq") if isinstance(answer, dict) else None


def _is_answer(line: bytes) -> bool:
    """Whether a line is more than a sign of life."""
    if len(line) > 200 or b'"heartbeat"' not in line:
        return True
    document = _document(line)
    return document is None or document.get("heartbeat") is not True


def _document(line: bytes) -> Json | None:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None

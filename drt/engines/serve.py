"""The far end of `process_engine`: any engine behind JSON lines on standard input and output.

    python -m drt.engines.serve NAME

Whatever the engine prints goes to standard error, so that it cannot garble an answer.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from contextlib import AbstractContextManager
from typing import IO, Any

from drt.engines import UnknownEngine, build
from drt.engines.guard import DeadlineExceeded, Guarded, GuardedSession, deadline
from drt.engines.wire import PROTOCOLS, BadQuestion, Dispatcher
from drt.model.engine import Engine
from drt.model.outcome import ExceededBudget
from drt.model.outcome_json import outcome_to_json
from drt.model.question import QUESTIONS

Json = dict[str, Any]

BATCH = 256
HEARTBEAT_SECONDS = 1.0


class Heartbeat:
    """Writes a line now and then while a question is being answered, from a thread of its own."""

    def __init__(self, answers: IO[bytes]) -> None:
        self._answers = answers
        self._seq: object = None
        self._since = 0.0
        self._lock = threading.Lock()
        threading.Thread(target=self._beat, daemon=True).start()

    def begin(self, seq: object) -> None:
        """Beat for the question that is being answered from now on."""
        with self._lock:
            self._seq, self._since = seq, time.monotonic()

    def end(self, answer: Json) -> None:
        """Stop beating and write the answer."""
        with self._lock:
            self._seq = None
            self._write(answer)

    def _beat(self) -> None:
        while True:
            time.sleep(HEARTBEAT_SECONDS / 2)
            with self._lock:
                if self._seq is not None and time.monotonic() - self._since >= HEARTBEAT_SECONDS / 2:
                    self._write({"seq": self._seq, "heartbeat": True})

    def _write(self, document: Json) -> None:
        self._answers.write(json.dumps(document).encode() + b"\n")
        self._answers.flush()


def serve(engine: Engine, questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer every line of `questions` with a line of `answers`, until the questions end or one stops it."""
    guarded = Guarded(engine)
    dispatcher = Dispatcher(guarded)
    heartbeat = Heartbeat(answers)
    for line in questions:
        if not line.strip():
            continue
        question = _question(line)
        heartbeat.begin(question.get("seq"))
        heartbeat.end(_answer(guarded, dispatcher, question))
        if question.get("ask") == "stop":
            return


def _question(line: bytes) -> Json:
    try:
        question = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return question if isinstance(question, dict) else {}


def _answer(engine: Guarded, dispatcher: Dispatcher, question: Json) -> Json:
    seq = question.get("seq")
    try:
        match question.get("ask"):
            case "start":
                return {
                    "seq": seq,
                    "protocol": _agreed(question),
                    "name": engine.name,
                    "version": engine.version,
                }
            case "capabilities":
                capabilities = {"asks": sorted(QUESTIONS), "batch": BATCH, "heartbeat": HEARTBEAT_SECONDS}
                return {"seq": seq, **capabilities}
            case "stop":
                return {"seq": seq, "stopped": True}
            case "batch":
                with _time_for(question):
                    return {
                        "seq": seq,
                        "answers": [_about_cedar(dispatcher, one) for one in question["questions"]],
                    }
            case _:
                with _time_for(question):
                    return _about_cedar(dispatcher, question)
    except DeadlineExceeded:
        return {"seq": seq, **outcome_to_json(ExceededBudget("time"))}
    except (BadQuestion, KeyError, TypeError, ValueError, AttributeError) as error:
        return {"seq": seq, "failure": f"{type(error).__name__}: {error}"}


def _agreed(question: Json) -> int:
    """Find the newest version that both ends speak."""
    common = set(PROTOCOLS).intersection(question["protocols"])
    if not common:
        raise BadQuestion(f"this engine speaks protocol {' and '.join(map(str, PROTOCOLS))}")
    return max(common)


def _time_for(question: Json) -> AbstractContextManager[None]:
    return deadline(float(question.get("deadline", 3600.0)))


def _about_cedar(dispatcher: Dispatcher, question: Json) -> Json:
    answer = dispatcher.answer(question)
    if isinstance(answer, GuardedSession):
        return {"seq": question["seq"], "loaded": True}
    return {"seq": question["seq"], **outcome_to_json(answer)}  # type: ignore[arg-type]  # Guarded gives GuardedSession or an outcome


def serve_standard_streams(engine: Engine) -> None:
    """Serve on the process's own input and output, keeping the engine's prints apart from the answers."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = sys.stderr
    serve(engine, sys.stdin.buffer, answers)


def main(arguments: list[str]) -> int:
    """Serve the engine that the one argument names; 2 with a sentence for bad usage."""
    if len(arguments) != 1:
        print("usage: python -m drt.engines.serve ENGINE", file=sys.stderr)
        return 2
    try:
        engine = build(arguments[0])
    except UnknownEngine as error:
        print(error, file=sys.stderr)
        return 2
    serve_standard_streams(engine)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

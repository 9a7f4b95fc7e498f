"""The far end of `process_engine`: any engine behind JSON lines on standard input and output.

    python -m drt.engines.serve NAME

Whatever the engine prints goes to standard error, so that it cannot garble an answer.
"""

from __future__ import annotations

import json
import os
import sys
from typing import IO

from drt.engines import UnknownEngine, build
from drt.engines.guard import Guarded, GuardedLoaded
from drt.engines.protocol import Engine
from drt.engines.wire import PROTOCOL, BadQuestion, Desk
from drt.outcome_json import outcome_to_json


def serve(engine: Engine, questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer every line of `questions` with a line of `answers`, until the questions end."""
    guarded = Guarded(engine)
    desk = Desk(guarded)
    for line in questions:
        if line.strip():
            answers.write(json.dumps(_answer(guarded, desk, line)).encode() + b"\n")
            answers.flush()


def _answer(engine: Guarded, desk: Desk, line: bytes) -> dict[str, object]:
    seq = None
    try:
        question = json.loads(line)
        seq = question["seq"]
        if question["ask"] == "start":
            return {"seq": seq, "protocol": PROTOCOL, "name": engine.name, "version": engine.version}
        answer = desk.answer(question)
    except (BadQuestion, ValueError, KeyError, TypeError) as error:
        return {"seq": seq, "failure": f"{type(error).__name__}: {error}"}
    if isinstance(answer, GuardedLoaded):
        return {"seq": seq, "loaded": True}
    return {"seq": seq, **outcome_to_json(answer)}  # type: ignore[arg-type]  # Guarded gives GuardedLoaded or an outcome


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

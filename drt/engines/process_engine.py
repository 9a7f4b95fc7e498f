"""An engine in a process of its own, asked by JSON lines: any language, and a death that is survived.

`drt … --engine "process:COMMAND"` starts COMMAND. It reads one question a line on standard input and answers
each with one line on standard output; standard error is kept for reports of its death. Every question has a
`seq`, which its answer repeats, and an `ask`:

    {"seq": 0, "ask": "start", "protocol": 1}                          the first question of every process
        -> {"seq": 0, "protocol": 1, "name": "mine", "version": "1.2"}

    {"seq": 1, "ask": "load", "case": CASE}              -> {"seq": 1, "loaded": true} or an OUTCOME
    {"seq": 2, "ask": "authorize", "case": CASE, "request": REQUEST}       -> an OUTCOME, as for the rest
    {"seq": 3, "ask": "evaluate", "case": CASE, "expression": "1 + 1", "request": REQUEST}
    {"seq": 4, "ask": "validate", "case": CASE, "mode": "strict", "level": null}
    {"seq": 5, "ask": "read_policies", "policies": SOURCE}
    {"seq": 6, "ask": "print_policies", "policies": SOURCE, "templates": true}
    {"seq": 7, "ask": "format_policies", "text": "…", "line_width": 80, "indent_width": 2}
    {"seq": 8, "ask": "read_expression", "expression": "1 + 1"}
    {"seq": 9, "ask": "read_entities", "entities": "[]", "schema": SOURCE or null}
    {"seq": 10, "ask": "read_schema", "schema": SOURCE}
    {"seq": 11, "ask": "translate_schema", "schema": SOURCE, "to": "json"}

    SOURCE   {"text": "permit(principal, action, resource);", "format": "cedar" or "json"}
    CASE     {"policies": SOURCE, "schema": SOURCE or null, "entities": "[]",
              "links": [{"template": "policy0", "id": "l", "values": [["?principal", "{…uid…}"]]}]}
    REQUEST  {"text": "{\"principal\": …, \"action\": …, \"resource\": …, \"context\": …}", "validate": true}
    OUTCOME  a record of `drt.outcome`: its class and its fields, as in
             {"outcome": "Authorized", "decision": "allow", "determining": ["policy0"],
              "erring": [["policy1", "type"]]}
             {"outcome": "Evaluated", "value": "2"}      {"outcome": "Failed", "kind": "overflow"}
             {"outcome": "Validated", "valid": true, "policies": [["policy0", true]]}
             {"outcome": "Accepted", "canonical": "…"}   {"outcome": "Printed", "text": "…"}
             {"outcome": "Rejected", "part": "entities"} {"outcome": "Unsupported", "feature": "templates"}

Questions about a case carry it whole: a process may remember the last one and need remember nothing. What it
does not know it answers with `Unsupported`. A process that hangs is killed (`ExceededBudget`); one that dies,
or answers what is no answer, has crashed (`Crashed`); either way the next question goes to a new one.
`python -m drt.engines.serve NAME` is such a process for any engine that `build` knows.
"""

from __future__ import annotations

import json
import shlex
from typing import Any, cast

from drt.case import Case, Format, Request, Source
from drt.engines.child import Child, ChildDied, DeadlinePassed
from drt.engines.protocol import Unanswered, ValidationMode
from drt.engines.wire import PROTOCOL, case_to_json, request_to_json, source_to_json
from drt.outcome import (
    Accepted,
    Authorized,
    Crashed,
    Evaluated,
    ExceededBudget,
    Failed,
    Printed,
    Rejected,
    Validated,
)
from drt.outcome_json import outcome_from_json

DEADLINE = 30.0
"""Seconds that a process has for one answer, its start included."""


class ProcessEngine:
    """An engine behind a command; raises `ChildDied` or `DeadlinePassed` if it does not even start."""

    def __init__(self, command: str, seconds: float = DEADLINE) -> None:
        self._child = Child(shlex.split(command))
        self._seconds = seconds
        self._seq = 0
        greeting = self._start()
        self.name = str(greeting.get("name", command))
        self.version = str(greeting.get("version", "?"))

    def close(self) -> None:
        """End the process; the next question would start another."""
        self._child.stop()

    def _start(self) -> dict[str, Any]:
        self._child.start()
        greeting = self._exchange("start", {"protocol": PROTOCOL})
        if greeting.get("protocol") != PROTOCOL:
            self._child.stop()
            raise ChildDied("protocol", f"expected a greeting of protocol {PROTOCOL}, got {greeting}")
        return greeting

    def _exchange(self, ask: str, members: dict[str, Any]) -> dict[str, Any]:
        self._seq += 1
        line = json.dumps({"seq": self._seq, "ask": ask, **members}).encode()
        answer = self._child.exchange(line, self._seconds)
        try:
            document = json.loads(answer)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict) or document.get("seq") != self._seq:
            self._child.stop()
            raise ChildDied("protocol", f"no answer to question {self._seq}: {answer[:200]!r}")
        return document

    def ask(self, question: str, **members: Any) -> Any:
        """The outcome of one question, `True` for a case that was loaded."""
        try:
            if not self._child.alive:
                self._start()
            answer = self._exchange(question, members)
        except DeadlinePassed:
            return ExceededBudget("time")
        except ChildDied as death:
            return Crashed(death.how, (), str(death))
        if answer.get("loaded") is True:
            return True
        try:
            return outcome_from_json({key: value for key, value in answer.items() if key != "seq"})
        except (KeyError, TypeError):
            return Crashed("protocol", (), f"no outcome: {json.dumps(answer)[:200]}")

    def load(self, case: Case) -> ProcessLoaded | Rejected | Unanswered:
        answer = self.ask("load", case=case_to_json(case))
        return ProcessLoaded(self, case) if answer is True else cast(Rejected | Unanswered, answer)

    def read_policies(self, policies: Source) -> Accepted | Rejected | Unanswered:
        return cast(Accepted, self.ask("read_policies", policies=source_to_json(policies)))

    def print_policies(self, policies: Source, *, templates: bool) -> Printed | Rejected | Unanswered:
        answer = self.ask("print_policies", policies=source_to_json(policies), templates=templates)
        return cast(Printed, answer)

    def format_policies(
        self, text: str, line_width: int, indent_width: int
    ) -> Printed | Rejected | Unanswered:
        answer = self.ask("format_policies", text=text, line_width=line_width, indent_width=indent_width)
        return cast(Printed, answer)

    def read_expression(self, expression: str) -> Accepted | Rejected | Unanswered:
        return cast(Accepted, self.ask("read_expression", expression=expression))

    def read_entities(self, entities: str, schema: Source | None) -> Accepted | Rejected | Unanswered:
        return cast(Accepted, self.ask("read_entities", entities=entities, schema=source_to_json(schema)))

    def read_schema(self, schema: Source) -> Accepted | Rejected | Unanswered:
        return cast(Accepted, self.ask("read_schema", schema=source_to_json(schema)))

    def translate_schema(self, schema: Source, to: Format) -> Printed | Rejected | Unanswered:
        return cast(Printed, self.ask("translate_schema", schema=source_to_json(schema), to=to))


class ProcessLoaded:
    """A case that the process has taken; it is sent again with every question."""

    def __init__(self, engine: ProcessEngine, case: Case) -> None:
        self._engine = engine
        self._case = case_to_json(case)

    def authorize(self, request: Request) -> Authorized | Rejected | Unanswered:
        answer = self._engine.ask("authorize", case=self._case, request=request_to_json(request))
        return cast(Authorized, answer)

    def evaluate(self, expression: str, request: Request) -> Evaluated | Failed | Rejected | Unanswered:
        question = {"expression": expression, "request": request_to_json(request)}
        return cast(Evaluated, self._engine.ask("evaluate", case=self._case, **question))

    def validate(
        self, mode: ValidationMode = "strict", level: int | None = None
    ) -> Validated | Rejected | Unanswered:
        return cast(Validated, self._engine.ask("validate", case=self._case, mode=mode, level=level))

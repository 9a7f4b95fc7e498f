"""From the options of a question to a case, and from an engine's refusal to one sentence with its place.

Owns the reading of the files that a `cedar` user has: policies, links, schema, entities, a request.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from drt import json_text
from drt.case import Case, Format, Request, Source
from drt.engines import build
from drt.engines.guard import Guarded
from drt.json_outline import members
from drt.outcome import Accepted, Crashed, ExceededBudget, Rejected, Unsupported
from drt.problems import InputProblem

STANDARD_INPUT = Path("standard input")
POLICY_ID = re.compile(r"(?<=`)policy[0-9]+(?=`)|(?<= ')policy[0-9]+(?=')")
"""An id as engines quote it in their words: what stands in a quoted source line is left as it is."""

PLACE = re.compile(r"line (\d+), column (\d+)")

Link = tuple[str, str, tuple[tuple[str, str], ...]]


class NoAnswer(Exception):
    """The engine gave no answer; the text says why."""


@dataclass(slots=True)
class Inputs:
    """What the options name, read once.

    `files` remembers where each part came from and its text; `named`, the names of policies that an engine
    knows by another id.
    """

    engine: Guarded
    files: dict[str, tuple[Path, str]] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, engine: str) -> Inputs:
        return cls(Guarded(build(engine)))

    def text(self, part: str, path: Path | None) -> str:
        """A part's text; from standard input where no file is named."""
        if path is None:
            try:
                text = sys.stdin.buffer.read().decode("utf-8")
            except UnicodeDecodeError:
                raise InputProblem("not text: a byte that is not UTF-8", STANDARD_INPUT) from None
        else:
            text = json_text.read_text(path)
        self.files[part] = (path or STANDARD_INPUT, text)
        return text

    def policies(self, path: Path | None, syntax: str) -> Source:
        return Source(self.text("policies", path), cast(Format, syntax))

    def schema(self, path: Path | None, syntax: str) -> Source | None:
        return None if path is None else Source(self.text("schema", path), cast(Format, syntax))

    def entities(self, path: Path | None) -> str:
        return "[]" if path is None else self.text("entities", path)

    def names(self, policies: Source) -> dict[str, str]:
        """The name that each policy of a text goes by: its `@id`, where it has one, as for `cedar`.

        Raises `InputProblem` where two policies have the same.
        """
        if policies.format == "json":
            return {}
        read = self.answer(self.engine.read_policies(policies))
        if not isinstance(read, Accepted) or not read.canonical:
            return {}
        document = members(read.canonical)
        named: dict[str, str] = {}
        for part in ("staticPolicies", "templates"):
            for policy_id, body in members(document.get(part, "{}")).items():
                annotations = members(members(body).get("annotations", "{}"))
                if annotations.get("id", "null") != "null":
                    named[policy_id] = str(json.loads(annotations["id"]))
        taken: set[str] = set()
        for name in named.values():
            if name in taken:
                raise InputProblem(f"two policies have the id {name!r}", self.files["policies"][0])
            taken.add(name)
        self.named = named
        return named

    def renamed(self, said: str) -> str:
        """An engine's words, with the names that the policies go by."""
        return POLICY_ID.sub(lambda found: self.named.get(found[0], found[0]), said)

    def links(self, path: Path | None, names: Mapping[str, str]) -> tuple[Link, ...]:
        """The links of a file: a list of objects with `template_id`, `link_id` and `args`."""
        if path is None:
            return ()
        document = json_text.parse(self.text("link", path), path)
        if not isinstance(document, list):
            raise InputProblem("expected a list of links", path)
        ids = {name: policy_id for policy_id, name in names.items()}
        links = tuple(self._link(number, each, path, ids) for number, each in enumerate(document, 1))
        for _, new, _ in links:
            self.free(new, path)
        return links

    def free(self, link_id: str, path: Path | None = None) -> None:
        """Raises `InputProblem` where a link would have the name of a policy."""
        if link_id in self.named.values():
            raise InputProblem(f"a policy has the id {link_id!r} of the link already", path)

    def _link(self, number: int, each: object, path: Path, ids: Mapping[str, str]) -> Link:
        match each:
            case {"template_id": str(template), "link_id": str(new), "args": dict(values)}:
                return ids.get(template, template), new, self.slots(values, path)
        raise InputProblem(f"link {number} needs `template_id`, `link_id` and `args`", path)

    def slots(self, values: Mapping[str, object], path: Path | None) -> tuple[tuple[str, str], ...]:
        """The values of slots, each a uid as Cedar text."""
        for slot, text in values.items():
            if not isinstance(text, str):
                raise InputProblem(f'the value of {slot} is a text such as User::"alice"', path)
        return tuple((slot, self.uid(f"the value of {slot}", str(text))) for slot, text in values.items())

    def uid(self, what: str, text: str) -> str:
        """A uid written as Cedar text, as JSON."""
        read = self.answer(self.engine.read_expression(text), "")
        if isinstance(read, Accepted):
            entity = members(members(read.canonical).get("Value", "{}")).get("__entity")
            if entity is not None:
                return entity
        raise InputProblem(f'{what} is not an entity such as User::"alice": {text!r}')

    def request(self, options: Mapping[str, Any]) -> Request:
        """The request that the options describe.

        Raises `InputProblem` where a part is missing, or given twice.
        """
        parts = ("principal", "action", "resource")
        path = options["request_json"]
        if path is not None:
            if twice := [name for name in (*parts, "context") if options[name] is not None]:
                raise InputProblem(f"--request-json and --{twice[0]} both give the request: leave one out")
            return Request(self.text("request", path), options["request_validation"])
        missing = [name for name in parts if options[name] is None]
        if missing:
            raise InputProblem(f"--{missing[0]} is missing; or give the request with --request-json")
        fields = {name: self.uid(f"the {name}", options[name]) for name in parts}
        if options["context"] is not None:
            fields["context"] = self.text("context", options["context"])
            json_text.parse(fields["context"], options["context"])
        written = ", ".join(f'"{name}": {text}' for name, text in fields.items())
        return Request("{" + written + "}", options["request_validation"])

    def answer(self, outcome: Any, part: str | None = None) -> Any:
        """The outcome, if it is an answer; raises `NoAnswer` with a sentence for people if it is none."""
        match outcome:
            case Rejected() if part != "":
                raise NoAnswer(self.sentence(outcome))
            case Unsupported(feature):
                raise NoAnswer(f"the engine {self.engine.name} does not do this ({feature})")
            case ExceededBudget(resource):
                raise NoAnswer(f"the engine {self.engine.name} ran out of {resource}")
            case Crashed(error, where, detail):
                place = f" at {' > '.join(where)}" if where else ""
                raise NoAnswer(f"the engine {self.engine.name} broke: {error}{place}: {detail}")
        return outcome

    def sentence(self, rejection: Rejected) -> str:
        """The file, the place and the engine's words, with the line that is meant and a caret under it."""
        path, text = self.files.get(rejection.part, (None, ""))
        said = rejection.detail or f"the {rejection.part} cannot be read"
        if rejection.part == "link":
            said = self.renamed(said)
        head = said.split("\n")[0]
        where = PLACE.search(head)
        shown = f"{path}: {said}" if path is not None else said
        if where is None or path is None or "\n" in said:
            return shown
        return f"{shown}{excerpt(text, int(where[1]), int(where[2]))}"

    def load(self, case: Case) -> Any:
        """The case, loaded; raises `NoAnswer` where the engine refuses a part."""
        return self.answer(self.engine.load(case))


def excerpt(text: str, line: int, column: int) -> str:
    """The line of a text with a caret, for the end of a message; nothing where there is none to show."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines) or not lines[line - 1].strip() or len(lines[line - 1]) > 200:
        return ""
    return f"\n  {lines[line - 1].rstrip()}\n  {' ' * (column - 1)}^"

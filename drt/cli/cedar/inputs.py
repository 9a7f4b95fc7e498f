"""The files and flags of `cedar`, read as it reads them (spec 12 §1.1): every error is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

from drt.cli.asking import case_of
from drt.cli.cedar.reports import CannotAnswer, Report, report_at
from drt.cli.cedar_inputs import Inputs, NoAnswer, uid
from drt.cli.unvalidated import undemanding
from drt.model import json_text
from drt.model.case import Case, Request, Source
from drt.model.errors import InputProblem, MachineProblem

T = TypeVar("T")

PARTS = ("principal", "action", "resource")


@dataclass(slots=True)
class CedarInputs(Inputs):
    """Inputs that keep where each error stands; `reports` by the sentence that `Inputs` makes of it."""

    reports: dict[str, Report] = field(default_factory=dict)

    def _sentence(self, part: str, message: str) -> str:
        sentence = Inputs._sentence(self, part, message)
        files = self.files.get(part, ())
        self.reports[sentence] = report_at(message, files[0] if len(files) == 1 else None)
        return sentence

    def reports_of(self, error: Exception) -> list[Report]:
        """Give the reports of an error."""
        reasons = error.reasons if isinstance(error, NoAnswer) else (str(error),)
        return [self.reports.get(reason, Report(reason)) for reason in reasons]


class Reading:
    """The parts of one command, each read although another has errors."""

    def __init__(self, engine: str, options: Mapping[str, Any]) -> None:
        self.inputs: CedarInputs = CedarInputs.of(engine)  # type: ignore[assignment]  # `of` makes one of its class
        self.options = options
        self.found: list[Report] = []
        if options.get("request_json") is not None:
            twice = [name for name in (*PARTS, "context") if options[name] is not None]
            if twice:
                raise click.UsageError(f"--request-json excludes --{twice[0]}")

    @contextmanager
    def part(self) -> Iterator[None]:
        """Keep what is wrong with a part; what the block assigns may be used only after `complete`."""
        try:
            yield
        except MachineProblem:
            raise
        except (NoAnswer, InputProblem) as error:
            self.found += self.inputs.reports_of(error)

    def complete(self) -> None:
        """Raise `CannotAnswer` with all that was found."""
        if self.found:
            raise CannotAnswer(*dict.fromkeys(self.found))

    def once(self, read: Callable[[], T]) -> T:
        """Read the last part; raises `CannotAnswer` with what is wrong with it and was found before."""
        with self.part():
            done = read()
        self.complete()
        return done

    def policies(self) -> Source:
        """Read the policies of `-p`, or of standard input."""
        named = self.options.get("policies")
        return self.inputs.policies((named,) if named else (), self.options.get("policy_format") or "cedar")

    def schemas(self) -> tuple[Source, ...]:
        """Read the schema of `-s`; none if it is not given."""
        named = self.options.get("schema")
        if named is None:
            return ()
        sources = self.inputs.schemas((named,), self.options.get("schema_format") or "cedar")
        self.inputs.load(case_of(Source(""), "[]", sources))
        return sources

    def entities(self, schemas: tuple[Source, ...]) -> str:
        """Read the entities of `--entities`, which conform to the schema."""
        named = self.options.get("entities")
        if named is None:
            return "[]"
        text = self.inputs.entities((named,), schemas)
        self.inputs.load(case_of(Source(""), text, schemas))
        return text

    def request(self) -> Request:
        """Read the request of the four flags or of `--request-json`."""
        options = self.options
        if options["request_json"] is not None:
            return Request(self._document(options["request_json"]), options["request_validation"])
        if missing := [name for name in PARTS if options[name] is None]:
            raise InputProblem(f"the {missing[0]} of the request is missing (--{missing[0]})")
        fields = {name: uid(f"the {name}", options[name]) for name in PARTS}
        fields["context"] = "{}"
        if options["context"] is not None:
            fields["context"] = self.inputs.text("context", options["context"])
            json_text.parse(fields["context"], options["context"])
        written = ", ".join(f'"{name}": {text}' for name, text in fields.items())
        return Request("{" + written + "}", options["request_validation"])

    def _document(self, path: Path) -> str:
        """Read a request document: texts of entity literals and a context; ignore other members."""
        text = self.inputs.text("request", path)
        document = json_text.parse(text, path)
        if not isinstance(document, dict):
            raise InputProblem("expected a JSON object", path)
        if missing := [name for name in (*PARTS, "context") if name not in document]:
            raise InputProblem(f"the request has no member `{missing[0]}`", path)
        fields = {}
        for name in PARTS:
            if not isinstance(document[name], str):
                raise InputProblem(f'the {name} is a text such as User::"alice"', path)
            fields[name] = uid(f"the {name}", document[name], path)
        fields["context"] = json_text.dump(document["context"])
        return "{" + ", ".join(f'"{name}": {text}' for name, text in fields.items()) + "}"

    def demanding(self, schemas: tuple[Source, ...]) -> tuple[Source, ...]:
        """Select the schemas that the request is read by (`--request-validation`)."""
        if self.options.get("request_validation", True) or not schemas:
            return schemas
        return undemanding(self.inputs.engine, schemas)

    def case(self, policies: Source, entities: str, schemas: tuple[Source, ...]) -> Case:
        """Build the case with the links of `-k`."""
        links = self.inputs.links(self.options.get("template_linked"))
        return case_of(policies, entities, schemas, links)

    def ask(self, question: Callable[[], Any]) -> Any:
        """Ask the engine; raises `CannotAnswer` if it refuses."""
        return self.once(lambda: self.inputs.answer(question()))

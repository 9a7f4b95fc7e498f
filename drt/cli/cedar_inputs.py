"""Inputs of a `cedar` command: from its options to a case, and from a refusal to one sentence with its place.

Reads the files that a `cedar` user has: policies, links, schemas, entities, a request.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drt.cli import json_policies, wording
from drt.cli.merging import File, joined, merged_entities, merged_policies, policy_set
from drt.engines import build
from drt.engines.guard import Guarded
from drt.model import json_text
from drt.model.case import Case, Format, Link, Request, Source
from drt.model.errors import InputProblem, MachineProblem
from drt.model.json_outline import members
from drt.model.outcome import Accepted, Crashed, ExceededBudget, Rejected, Unlinkable, Unsupported, Unwritable
from drt.model.question import LinkSchemas, ReadEntities, ReadPolicies, ReadSchema
from drt.model.uid_text import normalized_uid_json

STANDARD_INPUT = Path("standard input")


class NoAnswer(Exception):
    """There is no answer; `reasons` say why in one sentence each, perhaps with a line of the source."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


@dataclass(slots=True)
class Inputs:
    """What the options name, read once.

    `files` remembers where each part came from; `named`, the names of policies that an engine knows by
    another id; `problems`, what is wrong with the parts read so far (see `noting`).
    """

    engine: Guarded
    files: dict[str, tuple[File, ...]] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, engine: str) -> Inputs:
        """Start with no inputs, for the engine of that name."""
        return cls(Guarded(build(engine)))

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what is wrong with a part, so that the other parts are read all the same.

        What the block assigns may only be used after `complete`.
        """
        try:
            yield
        except NoAnswer as reason:
            self.problems += reason.reasons
        except MachineProblem:
            raise
        except InputProblem as problem:
            self.problems.append(str(problem))

    def complete(self) -> None:
        """Raise `NoAnswer` with everything that was noted, if anything was."""
        if self.problems:
            raise NoAnswer(*self.problems)

    def text(self, part: str, path: Path | None) -> str:
        """Read the text of a part, from standard input if no file is named."""
        return self.texts(part, (path,))[0].text

    def texts(self, part: str, paths: Sequence[Path | None]) -> tuple[File, ...]:
        """Read the files of a part; raises `InputProblem` for an unreadable one."""
        files = tuple(File(path or STANDARD_INPUT, _read(path)) for path in paths)
        self.files[part] = files
        return files

    def policies(self, paths: Sequence[Path], syntax: Format | None) -> Source:
        """Read the policies of all files, or of standard input, numbered across files.

        Raises `NoAnswer` with the errors of all files, `InputProblem` for an id that two policies have.
        """
        files = self.texts("policies", paths or (None,))
        if len({file.syntax(syntax) for file in files}) > 1:
            raise InputProblem(
                f"policies in the Cedar syntax and in JSON cannot be read together: {wording.paths(files)}"
            )
        if files[0].syntax(syntax) == "json":
            files = self.files["policies"] = tuple(policy_set(file) for file in files)
            self._each("policies", files, self._policy_set)
            return Source(merged_policies(files) if len(files) > 1 else files[0].text, "json")
        read = self._each("policies", files, lambda file: self.engine.ask(ReadPolicies(Source(file.text))))
        self.named = _names(files, read)
        return Source(joined(files))

    def _policy_set(self, file: File) -> Any:
        """Have the engine read a policy set in JSON; raises `NoAnswer` with all errors."""
        outcome = self._read_json(file.text)
        if isinstance(outcome, Rejected):
            raise NoAnswer(*json_policies.errors(file, self._read_json, outcome))
        return outcome

    def _read_json(self, text: str) -> Any:
        return self.engine.ask(ReadPolicies(Source(text, "json")))

    def schemas(self, paths: Sequence[Path | None], syntax: Format | None) -> tuple[Source, ...]:
        """Read the schemas of all files, which link; raises `NoAnswer` with the errors of all files."""
        files = self.texts("schema", paths)
        sources = tuple(Source(file.text, file.syntax(syntax)) for file in files)
        if len(files) > 1 or (files and self.problems):
            questions = dict(zip(files, sources, strict=True))
            self._each("schema", files, lambda file: self.engine.ask(ReadSchema(questions[file])))
        if len(files) > 1:
            self.linked(sources)
        return sources

    def linked(self, sources: Sequence[Source]) -> Source | None:
        """Link several schemas into one; raises `NoAnswer` if they do not link."""
        if len(sources) < 2:
            return sources[0] if sources else None
        read: Accepted = self.written(self.engine.ask(LinkSchemas(tuple(sources), complete=False)))
        return Source(read.canonical, "json")

    def entities(self, paths: Sequence[Path], schemas: Sequence[Source]) -> str:
        """Read the entities of all files; raises `NoAnswer` with the errors of all files."""
        files = self.texts("entities", paths)
        if len(files) > 1 or (files and self.problems):
            schema = self.linked(schemas)
            self._each("entities", files, lambda file: self.engine.ask(ReadEntities(file.text, schema)))
        if len(files) > 1:
            return merged_entities(files)
        return files[0].text if files else "[]"

    def _each(self, part: str, files: Sequence[File], question: Callable[[File], Any]) -> list[Accepted]:
        """Put each file to the engine; raises `NoAnswer` with what is wrong with any of them."""
        answers: list[Accepted] = []
        problems: list[str] = []
        for file in files:
            self.files[part] = (file,)
            try:
                answers.append(self.answer(question(file)))
            except NoAnswer as reason:
                problems += reason.reasons
        self.files[part] = tuple(files)
        if problems:
            raise NoAnswer(*dict.fromkeys(problems))
        return answers

    def renamed(self, message: str) -> str:
        """Rewrite an engine's words about policies with the users' names and the places in their files."""
        return wording.rewritten(message, self.files.get("policies", ()), self.named)

    def links(self, path: Path | None) -> tuple[Link, ...]:
        """Read the links of a file: a list of objects with `template_id`, `link_id` and `args`.

        An empty file holds none.
        """
        if path is None:
            return ()
        text = self.text("link", path)
        document = json_text.parse(text, path) if text else []
        if not isinstance(document, list):
            raise InputProblem("expected a list of links", path)
        links = tuple(self._link(number, each, path) for number, each in enumerate(document, 1))
        for _, new, _ in links:
            self.free(new, path)
        return links

    def free(self, link_id: str, path: Path | None = None) -> None:
        """Raise `InputProblem` if a link has the name of a policy."""
        if link_id in self.named.values():
            raise InputProblem(f"a policy has the id {link_id!r} of the link already", path)

    def template(self, name: str) -> str:
        """Find the engine's id of the template of that name."""
        return next((policy for policy, named in self.named.items() if named == name), name)

    def _link(self, number: int, each: object, path: Path) -> Link:
        match each:
            case {"template_id": str(template), "link_id": str(new), "args": dict(values)}:
                return self.template(template), new, self.slots(values, path)
        raise InputProblem(f"link {number} needs `template_id`, `link_id` and `args`", path)

    def slots(self, values: Mapping[str, object], path: Path | None) -> tuple[tuple[str, str], ...]:
        """Read the values of slots, each a uid as Cedar text."""
        for slot, text in values.items():
            if not isinstance(text, str):
                raise InputProblem(f'the value of {slot} is a text such as User::"alice"', path)
        return tuple((slot, uid(f"the value of {slot}", str(text), path)) for slot, text in values.items())

    def request(self, options: Mapping[str, Any]) -> Request:
        """Build the request that the options describe.

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
        fields = {name: uid(f"the {name}", options[name]) for name in parts}
        if options["context"] is not None:
            fields["context"] = self.text("context", options["context"])
            json_text.parse(fields["context"], options["context"])
        written = ", ".join(f'"{name}": {text}' for name, text in fields.items())
        return Request("{" + written + "}", options["request_validation"])

    def answer(self, outcome: Any) -> Any:
        """Return the outcome if it is an answer; raises `NoAnswer` with a sentence for people otherwise."""
        match outcome:
            case Rejected():
                raise NoAnswer(*self.sentences(outcome))
            case Unlinkable(kind, detail):
                raise NoAnswer(self._unlinkable(detail or kind))
            case Unsupported(feature):
                raise NoAnswer(f"the engine {self.engine.name} does not do this ({feature})")
            case ExceededBudget(resource):
                raise NoAnswer(f"the engine {self.engine.name} ran out of {resource}")
            case Crashed(error, where, detail):
                place = f" at {' > '.join(where)}" if where else ""
                raise NoAnswer(f"the engine {self.engine.name} broke: {error}{place}: {detail}")
        return outcome

    def written(self, outcome: Any) -> Any:
        """Return the printed document; raises `NoAnswer` if the engine cannot write it."""
        answer = self.answer(outcome)
        if isinstance(answer, Unwritable):
            message = answer.detail or "cannot be written in this syntax"
            raise NoAnswer(self._sentence(answer.part, message))
        return answer

    def sentences(self, rejection: Rejected) -> list[str]:
        """Render the file, the place and the engine's words, then the line with a caret.

        An engine reports several errors on a line each, with a place each.
        """
        message = rejection.detail or f"the {rejection.part} cannot be read"
        if rejection.part == "link":
            message = wording.rewritten_link(message, self.named)
        lines = message.split("\n")
        several = lines if all(map(wording.PLACE.search, lines)) else [message]
        return [self._sentence(rejection.part, each) for each in several]

    def _sentence(self, part: str, message: str) -> str:
        files = self.files.get(part, ())
        if part == "request" and not files and "context" in message:
            files = self.files.get("context", ())
        if not files:
            return message
        if len(files) > 1:
            message = wording.placed(message, files) if part == "policies" else message
            return f"{wording.paths(files)}: {message}"
        where = wording.PLACE.search(message)
        shown = f"{files[0].path}: {message}"
        if where is None or "\n" in message:
            return shown
        return f"{shown}{wording.excerpt(files[0].text, int(where[1]), int(where[2]))}"

    def _unlinkable(self, detail: str) -> str:
        """Why schemas do not link, with the files that declare what the engine names."""
        files = self.files["schema"]
        meant = [file for file in files if any(f"`{name}`" in detail for name in self._declared(file))]
        return f"the schemas do not link: {detail} ({wording.paths(meant or files)})"

    def _declared(self, file: File) -> dict[str, str]:
        """List the declarations of a schema that is readable by itself, by name as engines write it."""
        syntax: Format = "json" if file.text.lstrip().startswith("{") else "cedar"
        return self._declarations(Source(file.text, syntax))

    def _declarations(self, schema: Source) -> dict[str, str]:
        read = self.engine.ask(ReadSchema(schema))
        canonical = members(read.canonical if isinstance(read, Accepted) else "")
        return members(canonical.get("entityTypes", "")) | members(canonical.get("actions", ""))

    def incomplete(self, schemas: Sequence[Source]) -> str:
        """Find the first external declaration that no schema defines, and its file."""
        whole = self.linked(schemas)
        declared = self._declarations(whole) if whole is not None else {}
        files = self.files["schema"]
        for name in sorted(name for name, body in declared.items() if "external" in members(body)):
            meant = [file for file in files if name in self._declared(file)]
            return f"{wording.paths(meant or files)}: the schema is incomplete: nothing defines `{name}`"
        return f"{wording.paths(files)}: the schema is incomplete: it has external declarations"

    def load(self, case: Case) -> Any:
        """Load the case; raises `NoAnswer` if the engine rejects a part."""
        return self.answer(self.engine.load(case))


def uid(what: str, text: str, path: Path | None = None) -> str:
    """Convert a uid from Cedar text to JSON; raises `InputProblem` for anything else (spec 05 §9)."""
    try:
        return normalized_uid_json(text)
    except ValueError as error:
        raise InputProblem(f"{what} is {error}: {text!r}", path) from None


def _read(path: Path | None) -> str:
    if path is not None:
        return json_text.read_text(path)
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError:
        raise InputProblem("not text: a byte that is not UTF-8", STANDARD_INPUT) from None


def _names(files: Sequence[File], read: Sequence[Accepted]) -> dict[str, str]:
    """Map each policy in Cedar syntax to its name: its `@id`, if it has one, as for `cedar`.

    Policies are numbered over all files. Raises `InputProblem` where two policies have the same name.
    """
    named: dict[str, str] = {}
    taken: dict[str, Path] = {}
    before = 0
    for file, accepted in zip(files, read, strict=True):
        document = members(accepted.canonical)
        policies = members(document.get("staticPolicies", "")) | members(document.get("templates", ""))
        for local, body in policies.items():
            policy = f"policy{before + int(local.removeprefix('policy'))}"
            annotation = members(members(body).get("annotations", "")).get("id", "null")
            name = policy if annotation == "null" else str(json.loads(annotation))
            if name in taken:
                other = "" if taken[name] == file.path else f" (see {taken[name]})"
                raise InputProblem(f"two policies have the id {name!r}{other}", file.path)
            taken[name] = file.path
            if name != policy:
                named[policy] = name
        before += len(policies)
    return named

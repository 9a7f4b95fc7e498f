"""Recorded analyses: queries, refusals and tables, compared with what the analyser says.

Every query that does not hold is backed by a counterexample that both engines confirmed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from drt.assess.conformance.material import Place, gather, parse_json
from drt.assess.conformance.report import Mismatch, Report, Tally
from drt.model.case import Source
from drt.model.errors import InputProblem
from drt.symbolic import inputs, tables
from drt.symbolic.analyzer import Analyzer, Fails, Holds, Undecided, require_sides
from drt.symbolic.problems import Refused
from drt.symbolic.queries import QUERIES, QueryName
from drt.symbolic.strings import LAST
from reference.policies import condition
from reference.support.traversal import walk
from reference.syntax import Like, Lit
from reference.values import String

Json = dict[str, Any]

QUERY = frozenset({"id", "schema", "principal_type", "action", "resource_type", "query", "policies"})
TABLE = frozenset({"name", "dir", "command", "policies", "schema", "messages", "rows"})
FOLDERS = ("examples", "examples-generated")
"""Where the files of a table lie, beside it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The comparison, and the seconds that each query took, hard ones left out."""

    report: Report
    seconds: tuple[float, ...]

    def timing(self) -> str:
        """Sum up the seconds of all queries in a line."""
        if not self.seconds:
            return "queries: none"
        ordered = sorted(self.seconds)
        median, tail = (ordered[len(ordered) * part // 100] for part in (50, 99))
        return (
            f"queries: {len(ordered)}, median {median * 1000:.0f} ms, 99th percentile {tail:.2f} s, "
            f"worst {ordered[-1]:.2f} s"
        )


def places(paths: Sequence[Path]) -> dict[Place, list[Json]]:
    """Find the files of recorded analyses under paths, with their records; raises `InputProblem`."""
    found = {place: list(_records(place)) for place in gather(paths)}
    return {place: records for place, records in found.items() if records}


def _records(place: Place) -> Iterator[Json]:
    """Read the records of a file of one kind throughout; a file of another kind has none."""
    try:
        if place.name.endswith(".jsonl"):
            first, _, _ = place.text().partition("\n")
            documents: object = [parse_json(first, str(place))] if first.strip() else []
        else:
            documents = place.json()
    except InputProblem:
        return
    if not isinstance(documents, list) or not documents or not isinstance(documents[0], dict):
        return
    if place.name.endswith(".jsonl") and documents[0].keys() >= QUERY:
        lines = place.text().split("\n")
        yield from (cast(Json, parse_json(line, str(place))) for line in lines if line.strip())
    elif documents[0].keys() >= TABLE:
        yield from documents


def run(found: dict[Place, list[Json]]) -> Recorded:
    """Put every record to the analyser."""
    comparison = _Comparison()
    for place, records in found.items():
        for record in records:
            if record.keys() >= QUERY:
                comparison.query(str(place), record)
            else:
                comparison.table(place, record)
    report = comparison.tally.report("symbolic")
    return Recorded(report, tuple(comparison.seconds))


@dataclass(slots=True)
class _Comparison:
    tally: Tally = field(default_factory=Tally)
    seconds: list[float] = field(default_factory=list)

    def query(self, file: str, record: Json) -> None:
        started = time.perf_counter()
        got = self._verdict(record)
        expected = record["error"] if "error" in record else str(record["holds"])
        hard = record.get("upstream") == "unknown"
        if not hard:
            self.seconds.append(time.perf_counter() - started)
        if hard and got.startswith("unknown"):
            self.tally.lack("hard-query")
            return
        if expected == "encode-error" and got in ("True", "False") and not needs_alphabet(record["policies"]):
            self.tally.declare("refusal", "ids of entities are no solver's strings (spec 10 §9)")
            return
        check = "refusal" if "error" in record else f"hard {record['query']}" if hard else record["query"]
        self._compare(file, record["id"], check, expected, got)

    def _verdict(self, record: Json) -> str:
        try:
            analyzer = Analyzer(_source(record["schema"]))
            sets = [inputs.policies_of(_source(text)) for text in record["policies"]]
            name = cast(QueryName, record["query"])
            require_sides(QUERIES[name], [one.plain() for one in sets])
            environment = analyzer.environment(
                record["principal_type"], record["action"], record["resource_type"]
            )
            verdict = analyzer.ask(name, sets, environment)
        except Refused as refused:
            return refused.kind
        match verdict:
            case Holds():
                return "True"
            case Fails():
                return "False"
            case Undecided(reason):
                return f"unknown: {reason}"
            case _:
                return f"not confirmed: {verdict.problem}"

    def table(self, place: Place, record: Json) -> None:
        """Compare the rows and messages of a table, whatever the order of its rows."""
        schema, *sets = (
            _beside(place, record["dir"], name) for name in (record["schema"], *record["policies"])
        )
        analyzer = Analyzer(Source(schema))
        policies = [tables.named(inputs.policies_of(Source(text))) for text in sets]
        rows = {_key(row): row.get("relation") or row["findings"] for row in record["rows"]}
        got: dict[tuple[str, str, str], Any] = {}
        said: list[str] = []
        if record["command"] == "compare":
            for row in tables.compare(analyzer, policies[0], policies[1]):
                got[tables.plain_names(row.environment)] = row.relation
        else:
            found = list(tables.policies(analyzer, policies[0]))
            got = {
                tables.plain_names(row.environment): list(map(str, row.findings))
                for row in found
                if row.findings
            }
            said = tables.messages(found, list(policies[0].plain()))
        self._compare(
            str(place), record["name"], f"{record['command']} table", repr(rows), repr(got), rows == got
        )
        self._compare(
            str(place),
            record["name"],
            "messages",
            repr(record["messages"]),
            repr(said),
            record["messages"] == said,
        )

    def _compare(
        self, file: str, name: str, check: str, expected: str, got: str, right: bool | None = None
    ) -> None:
        if expected == got if right is None else right:
            self.tally.right(check)
        else:
            self.tally.mismatch(Mismatch(file, name, check, expected, got))


def needs_alphabet(policies: Sequence[str]) -> bool:
    """Return whether a text or pattern of the policies has a character that solvers do not know."""
    bodies = [body for text in policies for body in inputs.policies_of(_source(text)).plain().values()]
    return any(
        any(isinstance(one, str) and ord(one) > LAST for one in characters)
        for body in bodies
        for node in walk(condition(body))
        for characters in [_characters(node)]
    )


def _characters(node: object) -> Sequence[object]:
    match node:
        case Lit(String(text)):
            return text
        case Like(_, pattern):
            return pattern
        case _:
            return ()


def _key(row: Json) -> tuple[str, str, str]:
    return row["principal"], row["action"], row["resource"]


def _source(text: str) -> Source:
    return Source(text, "json" if text.lstrip().startswith("{") else "cedar")


def _beside(place: Place, folder: str, name: str) -> str:
    for parent in FOLDERS:
        found = place.beside(f"{parent}/{folder}/{name}")
        if found is not None:
            return found.text()
    raise InputProblem(
        f"{place}: no file `{folder}/{name}` beside it, in any of the folders {', '.join(FOLDERS)}"
    )

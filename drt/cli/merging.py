"""Merge several files into one: policies and entity documents; a conflict is reported with both files.

Joins texts that an engine has read before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from drt.model.case import Format
from drt.model.errors import InputProblem
from drt.model.json_outline import members, spans
from drt.model.uid_text import plain_uid

SET_MEMBERS = ("staticPolicies", "templates", "templateLinks")
POLICY_MEMBERS = ("effect", "principal", "action", "resource", "conditions")

SINGLE = "JSON policy"
"""The id of a policy that is a JSON document by itself (spec 12 §1.1)."""


@dataclass(frozen=True, slots=True)
class File:
    """A text and the file that it was read from."""

    path: Path
    text: str

    def syntax(self, given: Format | None) -> Format:
        """Choose the given syntax, or else the one of the file's name."""
        return given or ("json" if self.path.name.endswith(".json") else "cedar")


def joined(files: Sequence[File]) -> str:
    """Policies in the Cedar syntax, one file after the other."""
    return "\n".join(file.text for file in files)


def place_in(files: Sequence[File], line: int) -> tuple[File, int]:
    """Find the file that a line of the joined text comes from, and its number there."""
    for file in files[:-1]:
        lines = file.text.count("\n") + 1
        if line <= lines:
            return file, line
        line -= lines
    return files[-1], line


def policy_set(file: File) -> File:
    """Convert a policy document to a policy set; raises `InputProblem` if it is neither a set nor one policy.

    A text that is no JSON object is left for an engine to refuse.
    """
    if not file.text.lstrip().startswith("{"):
        return file
    found = members(file.text)
    is_set, is_policy = (any(key in found for key in keys) for keys in (SET_MEMBERS, POLICY_MEMBERS))
    if is_set and not is_policy:
        return file
    if is_set or not is_policy:
        both = "both " if is_set else "neither "
        raise InputProblem(
            f"{both}a policy set (`staticPolicies`, …) {'and' if is_set else 'nor'} one policy (`effect`, …)",
            file.path,
        )
    part = "templates" if _has_slot(found) else "staticPolicies"
    written = {key: "[]" if key == "templateLinks" else "{}" for key in SET_MEMBERS}
    written[part] = f"{{{json.dumps(SINGLE)}: {file.text.strip()}}}"
    return File(file.path, _object(written))


def _has_slot(policy: dict[str, str]) -> bool:
    constraints = [members(policy.get(part, "")) for part in ("principal", "resource")]
    return any("slot" in each or "slot" in members(each.get("in", "")) for each in constraints)


def merged_policies(files: Sequence[File]) -> str:
    """One policy set of many in JSON; raises `InputProblem` for an id that two files have.

    Policies that are documents by themselves are numbered from the second one on.
    """
    parts: dict[str, list[str]] = {key: [] for key in SET_MEMBERS}
    taken: dict[str, File] = {}
    singles = 0
    for file in files:
        document = members(file.text)
        for key in ("staticPolicies", "templates"):
            for policy, body in members(document.get(key, "")).items():
                singles += policy == SINGLE
                named = f"{SINGLE} {singles}" if policy == SINGLE and singles > 1 else policy
                _take("policy", named, file, taken)
                parts[key].append(f"{json.dumps(named)}: {body}")
        for link in spans(document.get("templateLinks", "")):
            _take("policy", str(json.loads(members(link)["newId"])), file, taken)
            parts["templateLinks"].append(link)
    links = f"[{', '.join(parts.pop('templateLinks'))}]"
    written = {key: f"{{{', '.join(policies)}}}" for key, policies in parts.items()}
    return _object({**written, "templateLinks": links})


def renamed_policies(document: str, named: Mapping[str, str]) -> str:
    """Print a policy set on one line, with each policy under its name."""
    parts = members(document)
    for key in ("staticPolicies", "templates"):
        parts[key] = _object({named.get(each, each): body for each, body in members(parts[key]).items()})
    return _object(parts)


def merged_entities(files: Sequence[File]) -> str:
    """One entity document of many; raises `InputProblem` for an entity that two files have."""
    taken: dict[str, File] = {}
    entities = []
    for file in files:
        for name, entity in _entities(file):
            _take("entity", name, file, taken)
            entities.append(entity)
    return f"[{', '.join(entities)}]"


def _entities(file: File) -> Iterator[tuple[str, str]]:
    """Each entity of a document with its uid for people."""
    for entity in spans(file.text):
        uid = plain_uid(json.loads(members(entity)["uid"]))
        assert uid is not None, "an engine has read the document"
        yield f"{uid['type']}::{json.dumps(uid['id'], ensure_ascii=False)}", entity


def _take(what: str, name: str, file: File, taken: dict[str, File]) -> None:
    if name in taken and taken[name] is not file:
        raise InputProblem(f"the {what} `{name}` is in {taken[name].path} already", file.path)
    taken[name] = file


def _object(written: dict[str, str]) -> str:
    return "{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in written.items()) + "}"

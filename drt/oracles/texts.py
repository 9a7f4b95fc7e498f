"""Texts as laws need them: JSON read strictly, comments found, policies compared without their ids."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from random import Random
from typing import Any
from zlib import crc32

from drt.model.case import Source
from drt.scan.tokens import tokenize
from drt.scan.vocabulary import CONSTRUCTORS, RESERVED

IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)
BRACKETS = re.compile(r'//[^\r\n]*|"(?:[^"\\]|\\.)*"|[{}()\[\]]', re.DOTALL)
"""Brackets, and what they do not count in: comments and strings."""


class NotPlainJson(ValueError):
    """A document that means something else, or nothing, once it is read and written again."""


DEEPEST = 200
"""Arrays and objects inside each other that a document is walked with."""


DEEPEST_JSON = 127
"""What every document may nest (spec 05 §2, 06 §1.1)."""


def random_of(*documents: str) -> Random:
    """Return what draws by documents alone: by what they hold, since a saved one may be spaced otherwise."""
    return Random(crc32("".join(map(_compact, documents)).encode("utf-8", "surrogatepass")))


def _compact(text: str) -> str:
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (ValueError, RecursionError):
        return text


def plain_json(text: str) -> Any:
    """Parse a JSON text, for walking by recursion.

    Raises `NotPlainJson` where JSON readers are known to differ, or where it nests deeper than `DEEPEST`.
    """
    if nests_beyond(text, DEEPEST):
        raise NotPlainJson("deep nesting")
    try:
        return json.loads(
            text, object_pairs_hook=_distinct, parse_constant=_refuse, parse_float=_refuse, parse_int=_integer
        )
    except (ValueError, RecursionError) as error:
        raise NotPlainJson(str(error)) from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotPlainJson("a key twice")
    return found


def _refuse(number: str) -> Any:
    raise NotPlainJson(f"the number {number}")


def _integer(digits: str) -> int:
    if digits == "-0":
        raise NotPlainJson("the number -0")
    return int(digits)


def nests_beyond(text: str, limit: int) -> bool:
    """Whether more than `limit` brackets of a text, in JSON or in Cedar, lie inside each other.

    Law: no more lie inside each other than there are, strings and comments included.
    """
    return sum(map(text.count, "{[(")) > limit and nesting(text) > limit


def nesting(text: str) -> int:
    """Count how many brackets of a text, in JSON or in Cedar, lie inside each other at most."""
    depth = deepest = 0
    for found in BRACKETS.finditer(text):
        if found.group() in "{[(":
            depth += 1
            deepest = max(deepest, depth)
        elif found.group() in "}])":
            depth -= 1
    return deepest


def with_comments(policies: Source) -> Source:
    """Put a comment before each token and a line end after it."""
    return Source("".join(f"// {{\n{token.text}\r" for token in tokenize(policies.text)), policies.format)


def comments(text: str) -> list[str]:
    """List the comments of a Cedar text in order, without blanks at their ends."""
    found: list[str] = []
    end = 0
    for start, after in [*((token.start, token.end) for token in tokenize(text)), (len(text), len(text))]:
        for line in text[end:start].replace("\r", "\n").split("\n"):
            _, slashes, comment = line.partition("//")
            if slashes:
                found.append(comment.strip())
        end = after
    return found


def policy_parts(document: Any) -> tuple[dict[str, Any], dict[str, Any], list[Any]]:
    """Return the static policies, templates and links of a policy-set document, empty where they are absent.

    Raises `NotPlainJson` for what is no policy set.
    """
    empty: dict[str, Any] = {"staticPolicies": {}, "templates": {}, "templateLinks": []}
    match empty | document if isinstance(document, dict) else None:
        case {
            "staticPolicies": dict() as static,
            "templates": dict() as templates,
            "templateLinks": list() as links,
        }:
            if all(isinstance(each, dict) for each in (*static.values(), *templates.values(), *links)):
                return static, templates, links
    raise NotPlainJson("no policy set")


def bodies(canonical: str) -> tuple[str, ...]:
    """List the static policies and templates of a canonical policy set without their ids, sorted.

    An annotation without a value and one with an empty value are the same (spec 06 §4). An extended `has`
    with a name that has no text is written out, as its text is (spec 06 §3).
    """
    static, templates, _ = policy_parts(plain_json(canonical))
    policies = [*static.values(), *templates.values()]
    _write_paths_out(policies)
    for policy in policies:
        for key, value in policy.get("annotations", {}).items():
            policy["annotations"][key] = value or ""
    return tuple(sorted(json.dumps(policy, sort_keys=True) for policy in policies))


def _write_paths_out(document: Any) -> None:
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            match value:
                case {"has": {"left": left, "attr": [_, _, *_] as path}} if not all(map(_has_text, path)):
                    value.clear()
                    value |= _written_out(left, path)


def _has_text(name: str) -> bool:
    return IDENTIFIER.fullmatch(name) is not None and name not in RESERVED and name != "__cedar"


def _written_out(target: Any, path: list[str]) -> dict[str, Any]:
    """Write the conjunction of tests that an extended `has` abbreviates (spec 01 §5)."""
    form: dict[str, Any] = {"has": {"left": target, "attr": path[0]}}
    for name, following in pairwise(path):
        target = {".": {"left": target, "attr": name}}
        form = {"&&": {"left": form, "right": {"has": {"left": target, "attr": following}}}}
    return form


def has_no_text(canonical: str) -> bool:
    """Whether a policy set holds a call of a method on nothing, which text cannot express (spec 06 §3)."""
    waiting = [plain_json(canonical)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if len(value) == 1:
                [(key, inner)] = value.items()
                if inner == [] and key != "Set" and key not in CONSTRUCTORS:
                    return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


def uid_literal(uid: str) -> str:
    """Write a uid in JSON (spec 05 §2.1) as an entity literal."""
    document = json.loads(uid)
    inner = document.get("__entity", document)
    return f"{inner['type']}::{_quoted(inner['id'])}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in escaped) + '"'

"""The policies of a case one by one, as Cedar text: each with its id, its scope and its clauses.

Owns the way from either syntax, and from templates with links, to texts whose parts can be asked for alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from drt.model.case import Case, Source
from drt.model.engine import Engine
from drt.model.json_outline import members, spans
from drt.model.outcome import Accepted, Printed
from drt.model.question import PrintPolicies, ReadPolicies
from drt.oracles.texts import uid_literal
from drt.scan.policies import PolicyLayout, layouts
from drt.scan.tokens import Token, spell, tokenize


@dataclass(frozen=True, slots=True)
class Part:
    """A scope constraint or the body of a clause: an expression, and what it is for people.

    `keyword` is `scope`, `when` or `unless`.
    """

    place: str
    keyword: str
    text: str


@dataclass(frozen=True, slots=True)
class OnePolicy:
    """One policy without slots."""

    id: str
    text: str

    def parts(self) -> Iterator[Part]:
        """Its constraints and clauses, in the order of their evaluation."""
        tokens = tokenize(self.text)
        for policy in layouts(tokens)[:1]:
            for start, end in policy.scope:
                if end > start + 1:
                    yield Part(f"{self.id}, scope", "scope", _text(self.text, tokens, start, end))
            for number, (start, end) in enumerate(policy.conditions, 1):
                body = _text(self.text, tokens, start + 2, end - 1)
                yield Part(f"{self.id}, clause {number}", tokens[start].text, body)

    def condition(self) -> str:
        """Its scope and clauses as the one expression that they stand for (spec 01 §5)."""
        negated = {"unless": "!"}
        return " && ".join(
            ["true", *(f"{negated.get(part.keyword, '')}({part.text})" for part in self.parts())]
        )


def policies_of(case: Case, engines: Sequence[Engine]) -> list[OnePolicy]:
    """List every policy that is evaluated, links among them; none where no engine can write them."""
    if case.policies.format == "cedar":
        return list(_from_text(case))
    return list(_from_json(case, engines))


def _from_text(case: Case) -> Iterator[OnePolicy]:
    text = case.policies.text
    tokens = tokenize(text)
    written: dict[str, list[str]] = {}
    for number, policy in enumerate(layouts(tokens)):
        inside = [token.text for token in tokens[policy.start : policy.end]]
        written[f"policy{number}"] = inside
        if not _slots(tokens, policy):
            yield OnePolicy(f"policy{number}", _text(text, tokens, policy.start, policy.end))
    for template, new, values in case.links:
        uids = {slot: uid_literal(uid) for slot, uid in values}
        if template in written:
            yield OnePolicy(new, spell([uids.get(word, word) for word in written[template]]))


def _slots(tokens: Sequence[Token], policy: PolicyLayout) -> bool:
    return any(token.kind == "slot" for token in tokens[policy.start : policy.end])


def _from_json(case: Case, engines: Sequence[Engine]) -> Iterator[OnePolicy]:
    """Each policy written by the first engine that reads the set, and each link as what it stands for."""
    for engine in engines:
        read = engine.ask(ReadPolicies(case.policies))
        if isinstance(read, Accepted) and read.canonical:
            break
    else:
        return
    document = members(read.canonical)
    templates = members(document.get("templates", "{}"))
    for policy_id, body in members(document.get("staticPolicies", "{}")).items():
        yield from _printed(engine, policy_id, {"staticPolicies": f'{{"p": {body}}}'})
    links = (
        (
            str(json.loads(link["templateId"])),
            str(json.loads(link["newId"])),
            link["values"],
        )
        for link in map(members, spans(document.get("templateLinks", "[]")))
    )
    added = (
        (template, new, json.dumps({slot: json.loads(uid) for slot, uid in values}))
        for template, new, values in case.links
    )
    for template, new, values_text in chain(links, added):
        if template in templates:
            link = f'[{{"templateId": "t", "newId": "l", "values": {values_text}}}]'
            parts = {"templates": f'{{"t": {templates[template]}}}', "templateLinks": link}
            yield from _printed(engine, new, parts)


def _printed(engine: Engine, policy_id: str, parts: dict[str, str]) -> Iterator[OnePolicy]:
    whole = {"staticPolicies": "{}", "templates": "{}", "templateLinks": "[]", **parts}
    text = "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in whole.items()) + "}"
    printed = engine.ask(PrintPolicies(Source(text, "json"), templates=False))
    if isinstance(printed, Printed):
        yield OnePolicy(policy_id, printed.text.strip())


def _text(text: str, tokens: Sequence[Token], start: int, end: int) -> str:
    """Cut out the text of the tokens as it was written."""
    return text[tokens[start].start : tokens[end - 1].end] if end > start else ""

"""Passes over names, strings and integers: each is replaced in all texts of the case at once.

A name occurs as a word in Cedar text and as a string in JSON. It is replaced in every text of the case
together, so that references stay valid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from drt.model.case import Case
from drt.reduce.order import texts
from drt.reduce.problem import Problem
from drt.reduce.sequences import fewer
from drt.scan.tokens import Token, spell, tokenize
from drt.scan.vocabulary import FUNCTIONS, METHODS, VARIABLES

LANGUAGE = (
    FUNCTIONS
    | METHODS
    | VARIABLES
    | frozenset(["permit", "forbid", "when", "unless", "if", "then", "else", "in", "has", "like", "is"])
    | frozenset(["true", "false", "Action"])
)
STRUCTURE = frozenset(
    ["uid", "type", "id", "attrs", "parents", "tags", "context", "__entity", "__extn", "fn", "arg", "args"]
)
LOWER, UPPER = "abcdefgh", "ABCDEFGH"
UNIT = re.compile(r"\\u\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\x..|\\.|.", re.DOTALL)
PATH = re.compile(r'"([_a-zA-Z][_a-zA-Z0-9]*::)+([_a-zA-Z][_a-zA-Z0-9]*)"')


def simplify_names(problem: Problem) -> None:
    """Types without namespaces; `a`, `b`, … for ids and attributes, `A`, `B`, … for types."""
    for text in texts(problem.best):
        for token in tokenize(text):
            path = PATH.fullmatch(token.text)
            if path:
                problem.consider(_with_short_path(problem.best, token.text[1:-1], path[2]))
    for name, is_type in _names(problem.best).items():
        for letter in UPPER if is_type else LOWER:
            if name == letter or problem.consider(_renamed(problem.best, name, letter)):
                break


def simplify_strings(problem: Problem) -> None:
    """Strings with fewer and plainer characters: everywhere alike, else in single places."""
    for token in _distinct(problem.best, "string"):
        _Spelling(problem, UNIT.findall(token[1:-1]), '"').simplify(least=0)


def simplify_numbers(problem: Problem) -> None:
    """Integers nearer to 0: everywhere alike, else in single places."""
    for digits in _distinct(problem.best, "number"):
        if not any(_take_token(problem, digits, simpler) for simpler in ("0", "1")):
            _Spelling(problem, list(digits), "").simplify(least=1)


class _Spelling:
    """One token being respelled with fewer units, then plainer ones."""

    def __init__(self, problem: Problem, units: list[str], quote: str) -> None:
        self.problem = problem
        self.units = units
        self.quote = quote

    def simplify(self, least: int) -> None:
        fewer(self.units, self.take, least)
        if len(self.units) == 1 and self.units[0] in UPPER:
            return
        for at in range(len(self.units)):
            self.take([*self.units[:at], "a" if self.quote else "0", *self.units[at + 1 :]])

    def take(self, units: list[str]) -> bool:
        if not _take_token(self.problem, self.spelled(self.units), self.spelled(units)):
            return False
        self.units = units
        return True

    def spelled(self, units: list[str]) -> str:
        return f"{self.quote}{''.join(units)}{self.quote}"


def _take_token(problem: Problem, text: str, instead: str) -> bool:
    """One token text for another, in all places at once or else in the first place where it will do."""
    if problem.consider(_rewritten(problem.best, {text: instead})):
        return True
    count = sum(token.text == text for piece in texts(problem.best) for token in tokenize(piece))
    return count > 1 and any(
        problem.consider(_rewritten(problem.best, {text: instead}, only=index)) for index in range(count)
    )


def _distinct(case: Case, kind: str) -> list[str]:
    """List the different texts of all tokens of a kind, in order, without the keys of the JSON formats."""
    found = {token.text: None for text in texts(case) for token in tokenize(text) if token.kind == kind}
    return [text for text in found if text.strip('"') not in STRUCTURE]


def _names(case: Case) -> dict[str, bool]:
    """List the names in a case, each with whether it is a type."""
    found: dict[str, bool] = {}
    for text in texts(case):
        tokens = tokenize(text)
        for at, token in enumerate(tokens):
            name = token.text.strip('"')
            if token.kind in ("word", "string") and name not in LANGUAGE and name not in STRUCTURE:
                found[name] = found.get(name, False) or _is_type(tokens, at)
    return found


def _is_type(tokens: Sequence[Token], at: int) -> bool:
    """Before `::` or after `is` in Cedar text, after `"type":` in JSON."""
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    before = [token.text for token in tokens[max(at - 2, 0) : at]]
    return after == "::" or before[-1:] == ["is"] or before in (['"type"', ":"], ['"entity_type"', ":"])


def _renamed(case: Case, name: str, letter: str) -> Case:
    return _rewritten(case, {name: letter, f'"{name}"': f'"{letter}"'})


def _rewritten(case: Case, instead: dict[str, str], only: int | None = None) -> Case:
    """Replace token texts in all texts of the case; `only` picks one occurrence."""
    seen = 0

    def rewrite(text: str) -> str:
        nonlocal seen
        written: list[str] = []
        end = 0
        for token in tokenize(text):
            if token.text in instead:
                if only is None or seen == only:
                    written += [text[end : token.start], instead[token.text]]
                    end = token.end
                seen += 1
        return "".join(written) + text[end:]

    return _mapped(case, rewrite)


def _with_short_path(case: Case, path: str, last: str) -> Case:
    """Cut a type name of the case to its last component."""
    words = [part for name in path.split("::") for part in (name, "::")][:-1]

    def rewrite(text: str) -> str:
        tokens = [token.text for token in tokenize(text)]
        if f'"{path}"' not in tokens and not set(words) <= set(tokens):
            return text
        written: list[str] = []
        at = 0
        while at < len(tokens):
            if tokens[at : at + len(words)] == words:
                written.append(last)
                at += len(words)
            else:
                written.append(f'"{last}"' if tokens[at] == f'"{path}"' else tokens[at])
                at += 1
        return spell(written)

    return _mapped(case, rewrite)


def _mapped(case: Case, rewrite: Callable[[str], str]) -> Case:
    """Rewrite every text of the case, in the order of `texts`."""
    policies = replace(case.policies, text=rewrite(case.policies.text))
    schema = replace(case.schema, text=rewrite(case.schema.text)) if case.schema else None
    fragments = tuple(replace(fragment, text=rewrite(fragment.text)) for fragment in case.fragments)
    entities = rewrite(case.entities)
    requests = tuple(replace(request, text=rewrite(request.text)) for request in case.requests)
    partials = tuple(
        replace(
            one, request=rewrite(one.request), entities=replace(one.entities, text=rewrite(one.entities.text))
        )
        for one in case.partials
    )
    expressions = tuple(rewrite(expression) for expression in case.expressions)
    links = tuple(
        (rewrite(template), rewrite(new), tuple((slot, rewrite(uid)) for slot, uid in values))
        for template, new, values in case.links
    )
    return replace(
        case,
        policies=policies,
        schema=schema,
        fragments=fragments,
        entities=entities,
        requests=requests,
        partials=partials,
        expressions=expressions,
        links=links,
    )

"""Passes over the policies of a text: whole policies, annotations, effects, scopes, conditions.

Each pass proposes edits by the layout of `drt.scan.policies`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from drt.model.case import Source
from drt.reduce.problem import Problem
from drt.reduce.sequences import fewer
from drt.scan.policies import Range, layouts, separated
from drt.scan.tokens import Token, edited, matching, spell, tokenize

TYPE, ID = '"type"', '"id"'


def _take(problem: Problem, text: str) -> bool:
    source = Source(text, problem.best.policies.format)
    return problem.consider(replace(problem.best, policies=source))


def _edit(problem: Problem, *edits: tuple[int, int, Sequence[str]]) -> bool:
    """Take the policies with token texts in the place of others."""
    return _take(problem, edited(problem.best.policies.text, _tokens(problem), edits))


def _tokens(problem: Problem) -> list[Token]:
    """Tokenize the policies; no tokens where they are JSON, for which nothing here has a proposal."""
    policies = problem.best.policies
    return tokenize(policies.text) if policies.format == "cedar" else []


def _fewer_ranges(problem: Problem, ranges: Sequence[Range]) -> None:
    text, tokens = problem.best.policies.text, _tokens(problem)

    def take(kept: list[Range]) -> bool:
        gone = sorted(set(ranges) - set(kept))
        return _take(problem, edited(text, tokens, [(start, end, ()) for start, end in gone]))

    fewer(ranges, take)


def respell(problem: Problem) -> None:
    """Write policies and expressions with blanks in the usual places and without comments."""
    _take(problem, spell([token.text for token in _tokens(problem)]))
    expressions = tuple(spell([token.text for token in tokenize(text)]) for text in problem.best.expressions)
    problem.consider(replace(problem.best, expressions=expressions))


def drop_policies(problem: Problem) -> None:
    """Leave out whole policies with their links.

    Other links follow their templates, whose ids count the policies before them.
    """
    text, tokens, links = problem.best.policies.text, _tokens(problem), problem.best.links
    policies = layouts(tokens)

    def take(kept: list[int]) -> bool:
        gone = [at for at in range(len(policies)) if at not in set(kept)]
        left = edited(text, tokens, [(policies[at].start, policies[at].end, ()) for at in gone])
        now = {f"policy{before}": f"policy{after}" for after, before in enumerate(kept)}
        dropped = {f"policy{at}" for at in gone}
        moved = tuple(
            (now.get(template, template), new, values)
            for template, new, values in links
            if template not in dropped
        )
        source = Source(left, problem.best.policies.format)
        return problem.consider(replace(problem.best, policies=source, links=moved))

    fewer(range(len(policies)), take)


def drop_conditions(problem: Problem) -> None:
    """Leave out whole conditions, of all policies."""
    _fewer_ranges(problem, [found for policy in layouts(_tokens(problem)) for found in policy.conditions])


def drop_annotations(problem: Problem) -> None:
    """Leave out annotations."""
    _fewer_ranges(problem, [found for policy in layouts(_tokens(problem)) for found in policy.annotations])


def simplify_scopes(problem: Problem) -> None:
    """Free scope variables, or shorten what constrains them."""
    at = 0
    while True:
        tokens = _tokens(problem)
        edits = [
            edit for policy in layouts(tokens) for part in policy.scope for edit in _scope_edits(tokens, part)
        ]
        for edit in edits[at:]:
            if _edit(problem, edit):
                break
            at += 1
        else:
            return


def _scope_edits(tokens: Sequence[Token], part: Range) -> Iterator[tuple[int, int, list[str]]]:
    start, end = part
    texts = [token.text for token in tokens[start:end]]
    if len(texts) < 2:
        return
    yield start + 1, end, []
    if texts[1] == "is" and "in" in texts[2:]:
        at = start + texts.index("in", 2)
        yield at, end, []
        yield start + 1, at, []
    if texts[-1] == "]" and "[" in texts:
        first = start + texts.index("[") + 1
        items = list(separated(tokens, first, end - 1, matching(tokens)))
        for start_item, end_item in items:
            inside = [token.text for token in tokens[start_item:end_item]]
            yield first - 1, end, inside
        for index in range(len(items)):
            rest = [
                token.text for a, b in items[:index] + items[index + 1 :] for token in [*tokens[a:b], COMMA]
            ]
            yield first, end - 1, rest[:-1]
    if texts[1] == "(":
        yield start + 2, end - 1, texts[2:-1]


COMMA = Token("punctuation", ",", 0, 0)


def plain_keywords(problem: Problem) -> None:
    """`permit` for `forbid` and `when` for `unless`."""
    for word, plainer in (("forbid", "permit"), ("unless", "when")):
        texts = [token.text for token in _tokens(problem)]
        for at, text in enumerate(texts):
            if text == word:
                _edit(problem, (at, at + 1, [plainer]))


def unlink(problem: Problem) -> None:
    """Write a plain policy in the place of a template with its only link."""
    for link in problem.best.links:
        texts = [token.text for token in _tokens(problem)]
        values = {slot: _uid_text(uid) for slot, uid in link[2]}
        problem.consider(
            replace(
                problem.best,
                policies=Source(
                    spell([values.get(text, text) for text in texts]), problem.best.policies.format
                ),
                links=tuple(other for other in problem.best.links if other != link),
            )
        )


def _uid_text(uid: str) -> str:
    """Write a uid in JSON as an entity literal, as well as tokens allow."""
    strings = [token.text for token in tokenize(uid) if token.kind == "string"]
    values = dict(pairwise(strings))
    return f"{values.get(TYPE, TYPE)[1:-1]}::{values.get(ID, ID)}"

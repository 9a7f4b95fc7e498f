"""Oracles walk documents of any depth, and what they write grows no faster than what they read."""

from __future__ import annotations

import json

import pytest

from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case, Request, Source
from drt.oracles.rewriting import repeated, repeated_data
from drt.oracles.texts import NotPlainJson, nesting
from drt.scan.tokens import spellings, tokenize
from drt.targets.table import TARGETS

ORACLES = {target.oracle: name for name, target in TARGETS.items()}
PERMIT = Source("permit(principal, action, resource);")
UID = {"type": "A", "id": "a"}
PARTS = {"principal": UID, "action": UID, "resource": UID}
REQUEST = Request(json.dumps(PARTS))


def arrays(depth: int) -> str:
    return "[" * depth + "]" * depth


def entities(depth: int) -> str:
    return f'[{{"uid": {json.dumps(UID)}, "parents": [], "attrs": {{"x": {arrays(depth)}}}}}]'


def request(depth: int) -> Request:
    return Request(json.dumps(PARTS)[:-1] + f', "context": {{"x": {arrays(depth)}}}}}')


def negations(depth: int) -> Source:
    body = '{"!": {"arg": ' * depth + '{"Value": true}' + "}}" * depth
    scope = '"principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"}'
    policy = f'{{"effect": "permit", {scope}, "conditions": [{{"kind": "when", "body": {body}}}]}}'
    return Source(f'{{"staticPolicies": {{"p": {policy}}}, "templates": {{}}, "templateLinks": []}}', "json")


@pytest.mark.parametrize("depth", [100, 2000])
@pytest.mark.parametrize("oracle", ORACLES, ids=ORACLES.values())
def test_every_oracle_has_an_answer(oracle: object, depth: int) -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    assert callable(oracle)

    for case in (
        Case(PERMIT, entities(depth), requests=(REQUEST,)),
        Case(PERMIT, requests=(request(depth),)),
        Case(negations(depth // 3), requests=(REQUEST,)),
    ):
        assert oracle(case, engines).divergences == ()


def test_sets_inside_each_other_do_not_double_without_end() -> None:
    depth = 60
    literal = "".join('{"Set": [' for _ in range(depth)) + "]}" * depth

    assert len(repeated_data(entities(depth))) < 20 * len(entities(depth))
    assert len(json.dumps(repeated(json.loads(literal)))) < 20 * len(literal)
    assert repeated_data('{"a": [[1]]}') == '{"a": [[1, 1], [1, 1]]}'


def test_what_nests_too_deeply_to_walk_is_not_rewritten() -> None:
    with pytest.raises(NotPlainJson, match="deep nesting"):
        repeated_data(entities(300))


@pytest.mark.parametrize(
    ("text", "depth"),
    [('["[{(", {"a": "\\"["}]', 2), ("{ // [[[\n(\r) }", 2), ('{["', 2), ("][(", 1), ("// [ \r[[", 2)],
)
def test_brackets_in_strings_and_comments_nest_nothing(text: str, depth: int) -> None:
    assert nesting(text) == depth


@pytest.mark.parametrize("text", ['a // "b\r"c\\"d" e::"', "x/y ?slot 12\u2003-é\x1c\n//", '"a\nb" "'])
def test_texts_of_tokens_are_those_of_the_tokens(text: str) -> None:
    assert spellings(text) == [token.text for token in tokenize(text)]

"""The reducer reaches exact minima, keeps what it must keep, and stops where it says."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable

import pytest

from drt.model.case import Case, Request, Source
from drt.reduce import reduce_case
from drt.reduce.order import weight
from drt.scan.tokens import spell, tokenize
from generators.choice.sources import RecordingSource
from generators.faults.mutations import mutated_text
from generators.texts.grammar import Grammar

POLICIES = """
// a comment
@id("first") permit(principal in Org::Group::"admins", action in [Action::"view", Action::"edit"], resource
is Doc) when { principal.age < 17 && (resource.owner == principal || context.n > 10 + 2) }
unless { context has secure && !context.secure };
forbid(principal, action, resource is Doc in Folder::"f") when { resource.tags.contains("x") };
permit(principal == ?principal, action, resource);
"""
ENTITIES = json.dumps(
    [
        {
            "uid": {"type": "Org::User", "id": "zoe"},
            "attrs": {"age": 15, "nick": "zoé", "set": [1, 2, {"a": 3}]},
            "parents": [{"type": "Org::Group", "id": "staff"}, {"type": "Org::Group", "id": "admins"}],
            "tags": {"a": "b"},
        },
        {"uid": {"type": "Org::Group", "id": "staff"}, "attrs": {}, "parents": []},
        {"uid": {"type": "Doc", "id": "d"}, "attrs": {"level": 77}, "parents": []},
    ]
)
REQUESTS = tuple(
    Request(
        json.dumps(
            {
                "principal": {"type": "Org::User", "id": "zoe"},
                "action": {"type": "Action", "id": "view"},
                "resource": {"type": "Doc", "id": "d"},
                "context": {"n": number, "secure": True},
            }
        )
    )
    for number in range(8)
)
CASE = Case(
    Source(POLICIES),
    ENTITIES,
    Source("entity Doc;"),
    REQUESTS,
    ("1 + 1", 'principal like "a*b"'),
    (("policy2", "link", (("?principal", '{"type": "Org::User", "id": "zoe"}'),)),),
)


def whole(text: str) -> bool:
    """Whether a text could be policies: brackets fit and a semicolon ends it."""
    return not text or (
        text.endswith(";") and all(text.count(a) == text.count(b) for a, b in ("()", "{}", "[]"))
    )


def policies_match(pattern: str) -> Callable[[Case], bool]:
    """A stand-in for a bug: scopes stay complete and something is left in the policies."""
    head = re.compile(
        r"(?:@\w+\(\S*\) )*(?:permit|forbid) ?\(principal[^,]*, action[^;]*, resource[^;]*\).*;", re.DOTALL
    )
    return lambda case: bool(
        whole(case.policies.text.strip())
        and re.search(pattern, case.policies.text)
        and all(head.search(f"{policy};") for policy in case.policies.text.strip().split(";")[:-1])
    )


def test_everything_goes_where_nothing_matters() -> None:
    assert reduce_case(CASE, lambda _: True, 30) == Case(Source(""), "")


@pytest.mark.parametrize(
    ("pattern", "least"),
    [
        ("<", "permit(principal, action, resource) when { true < true };"),
        (r"\+", "permit(principal, action, resource) when { 0 + 0 };"),
        (r"\.contains\(", "permit(principal, action, resource) when { true.contains() };"),
        ("has", "permit(principal, action, resource) when { true has a };"),
        ("unless", "permit(principal, action, resource) unless { true };"),
        ("@", '@a("a") permit(principal, action, resource);'),
        ("forbid", "forbid(principal, action, resource);"),
        ("principal in", 'permit(principal in A::"a", action, resource);'),
        ("resource is", "permit(principal, action, resource is A);"),
        (r"action in \[", "permit(principal, action in [], resource);"),
    ],
)
def test_policies_reach_the_least_text_that_keeps_the_point(pattern: str, least: str) -> None:
    """The predicate keeps scopes whole; bare tokens are fair game for it elsewhere."""
    keeps = policies_match(pattern)
    case = Case(Source(POLICIES), ENTITIES, requests=REQUESTS)
    reduced = reduce_case(case, lambda tried: keeps(tried) and len(tried.requests) > 0, 30)

    assert weight(Case(reduced.policies))[0] <= weight(Case(Source(least)))[0]
    assert len(reduced.requests) == 1
    assert reduced.entities in ("", "[]")


@pytest.mark.parametrize(
    ("guard", "keeps", "least"),
    [
        ("context has one.two.three", r"has (\w+\.)*three", "true has three"),
        ("context has one.two.three", r"has one\.(\w+\.)*three", "true has one.three"),
        ("context has one.two.three", r"has \w+\.\w+", "true has a.a"),
        (
            "context has one && context.one has two && context.one.two has three",
            r"context has one( && context\.one has |\.)two( && context\.one\.two has |\.)three",
            "context has one.two.three",
        ),
    ],
)
def test_an_extended_has_loses_steps_and_takes_the_place_of_its_conjunction(
    guard: str, keeps: str, least: str
) -> None:
    case = Case(Source(f"permit(principal, action, resource) when {{ {guard} }};"))
    point = policies_match(rf"when {{ (?:.*[ (])?(?:{keeps})\b")
    reduced = reduce_case(case, point, 30)

    assert weight(reduced) <= weight(
        Case(Source(f"permit(principal, action, resource) when {{ {least} }};"), "")
    )


def test_an_extended_has_in_json_takes_the_place_of_its_conjunction() -> None:
    one = {"has": {"left": {"Var": "context"}, "attr": "a b"}}
    two = {"has": {"left": {".": {"left": {"Var": "context"}, "attr": "a b"}}, "attr": "if"}}
    both = {"&&": {"left": one, "right": two}}
    joined = {"has": {"left": {"Var": "context"}, "attr": ["a b", "if"]}}

    def asks_for_both(case: Case) -> bool:
        try:
            return json.loads(case.policies.text) in (both, joined)
        except ValueError:
            return False

    reduced = reduce_case(Case(Source(json.dumps(both), "json")), asks_for_both, 30)
    assert json.loads(reduced.policies.text) == joined


def test_schemas_that_are_linked_are_left_out_and_simplified() -> None:
    schemas = tuple(Source(f"entity {name}; entity More{name};") for name in ("One", "Two", "Three"))
    case = Case(Source(""), "", schemas[0], fragments=schemas[1:])
    two = reduce_case(case, lambda tried: len(tried.schemas) == 2, 30)
    named = reduce_case(case, lambda tried: any("Two" in schema.text for schema in tried.schemas), 30)

    assert [schema.text for schema in two.schemas] == ["", ""]
    assert [schema.text.strip() for schema in named.schemas] == ["Two"]


def test_entities_keep_only_the_chain_that_matters() -> None:
    def linked(case: Case) -> bool:
        try:
            return any(
                len(entity["parents"]) > 1 and entity["uid"]["id"] for entity in json.loads(case.entities)
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return False

    reduced = reduce_case(CASE, linked, 30)
    (entity,) = json.loads(reduced.entities)
    assert len(entity["parents"]) == 2
    assert "attrs" not in entity or entity["attrs"] == {}
    assert reduced.requests == reduced.expressions == reduced.links == ()


def test_a_request_keeps_only_the_context_that_matters() -> None:
    def fifth(case: Case) -> bool:
        return any('"n": 5' in request.text for request in case.requests)

    reduced = reduce_case(CASE, fifth, 30)
    assert reduced == Case(Source(""), requests=(Request('{"n": 5}'),))


def test_policy_json_is_reduced_by_values() -> None:
    document = {
        "staticPolicies": {
            name: {
                "effect": "permit",
                "principal": {"op": "All"},
                "action": {"op": "All"},
                "resource": {"op": "All"},
                "conditions": [
                    {
                        "kind": "when",
                        "body": {
                            "&&": {
                                "left": {"==": {"left": {"Var": "principal"}, "right": {"Value": 7}}},
                                "right": {
                                    "like": {"left": {"Value": "x"}, "pattern": ["Wildcard", "Wildcard"]}
                                },
                            }
                        },
                    }
                ],
            }
            for name in ("a", "b", "c")
        },
        "templates": {},
        "templateLinks": [],
    }

    def bodies(case: Case) -> bool:
        try:
            read = json.loads(case.policies.text)
            return any(
                "like" in condition["body"]
                for policy in read["staticPolicies"].values()
                for condition in policy["conditions"]
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return False

    reduced = reduce_case(Case(Source(json.dumps(document), "json")), bodies, 30)
    read = json.loads(reduced.policies.text)
    (policy,) = read["staticPolicies"].values()
    assert len(policy["conditions"]) == 1
    assert "&&" not in reduced.policies.text
    assert "Wildcard" not in reduced.policies.text


def test_text_that_nothing_reads_is_reduced_by_characters() -> None:
    garbage = 'permit(principal, ((( \ufeff "unclosed \\q [[ when { 1 +'
    reduced = reduce_case(Case(Source(garbage)), lambda case: "\ufeff" in case.policies.text, 30)

    assert reduced.policies.text == "\ufeff"


def test_blanks_that_matter_are_kept() -> None:
    reduced = reduce_case(
        Case(Source("permit (\u00a0a, b)")), lambda case: "(\u00a0" in case.policies.text, 30
    )

    assert reduced.policies.text == "(\u00a0"


def test_names_change_everywhere_or_nowhere() -> None:
    case = Case(
        Source('permit(principal == NS::User::"alice", action, resource);'),
        requests=(Request('{"principal": {"type": "NS::User", "id": "alice"}}'),),
    )

    def same_uid(tried: Case) -> bool:
        written = re.search(r'== ([\w:]+)::"(\w+)"', tried.policies.text)
        try:
            asked = json.loads(tried.requests[0].text)["principal"]
            return bool(written) and [written[1], written[2]] == [asked["type"], asked["id"]]
        except (ValueError, KeyError, TypeError, IndexError):
            return False

    reduced = reduce_case(case, same_uid, 30)
    assert same_uid(reduced)
    assert 'A::"a"' in reduced.policies.text


def test_long_integers_keep_their_range_and_lose_their_digits() -> None:
    case = Case(Source(""), expressions=("9223372036854775807 + 123456",))
    reduced = reduce_case(
        case, lambda tried: any("9223372036854775807 +" in one for one in tried.expressions), 30
    )

    assert [one.strip() for one in reduced.expressions] == ["9223372036854775807 +"]


@pytest.mark.parametrize("random_seed", range(12))
def test_laws_of_any_reduction(random_seed: int) -> None:
    """The result is interesting, no heavier, and a fixed point; the same again from the same case."""
    source = RecordingSource(random_seed)
    text = Grammar(source).policies(3)
    case = Case(Source(mutated_text(source, text)), expressions=(Grammar(source).expression(3),))
    wanted = random.Random(random_seed).choice(tokenize(case.policies.text) or tokenize("a")).text

    def keeps(tried: Case) -> bool:
        return wanted in tried.policies.text

    if not keeps(case):
        return
    reduced = reduce_case(case, keeps, 30)
    assert keeps(reduced)
    assert weight(reduced) <= weight(case)
    assert reduce_case(reduced, keeps, 30) == reduced
    assert reduce_case(case, keeps, 30) == reduced


def test_out_of_time_the_best_case_so_far_is_returned() -> None:
    assert reduce_case(CASE, lambda _: True, 0) == CASE

    tries = 0

    def slow(case: Case) -> bool:
        nonlocal tries
        tries += 1
        return "when" in case.policies.text

    reduced = reduce_case(CASE, slow, 0.01)
    assert "when" in reduced.policies.text


def test_deep_nesting_is_reduced_without_recursion() -> None:
    deep = "(" * 20_000 + "1" + ")" * 20_000
    case = Case(Source(""), expressions=(deep, "[" * 3_000 + "]" * 3_000))
    reduced = reduce_case(case, lambda tried: any("1" in one for one in tried.expressions), 60)

    assert reduced.expressions == ("1",)


@pytest.mark.parametrize("random_seed", range(40))
def test_spelling_keeps_the_tokens(random_seed: int) -> None:
    source = RecordingSource(random_seed)
    tokens = [token.text for token in tokenize(mutated_text(source, Grammar(source).policies(2)))]
    if '"' not in tokens and "'" not in tokens:
        assert [token.text for token in tokenize(spell(tokens))] == tokens


@pytest.mark.parametrize(
    "merging",
    [[":", ":"], [":", "::"], ["!", "="], ["<", "="], ["/", "/"], ["a", "b"], ["1", "2"], ["&", "&"]],
)
def test_tokens_do_not_merge(merging: list[str]) -> None:
    assert [token.text for token in tokenize(spell(merging))] == merging


def test_comments_stay_where_they_are_the_point() -> None:
    """What must not be spelled afresh is still taken apart by policies, conditions and expressions."""
    text = """permit(principal, action, resource);
    forbid(principal == A::"a", action, resource) when { context.a > 1 && // why
    (if true then 1 else 2) == 1 } unless { false };
    permit(principal, action, resource) when { "a" };"""
    small = reduce_case(Case(Source(text)), lambda case: "// why\n" in case.policies.text, 20.0)

    assert small.policies.text.strip() == "// why"
    kept = reduce_case(
        Case(Source(text)),
        lambda case: "// why\n" in case.policies.text and "forbid(" in case.policies.text,
        20.0,
    )
    assert "permit" not in kept.policies.text
    assert "context" not in kept.policies.text


def test_links_follow_their_templates() -> None:
    text = "permit(principal, action, resource); permit(principal == ?principal, action, resource);"
    uid = '{"type":"A","id":"a"}'
    case = Case(Source(text), links=(("policy1", "mine", (("?principal", uid),)),))

    def has_link(tried: Case) -> bool:
        written = [each for each in tried.policies.text.split(";") if each.strip()]
        used = {f"policy{number}" for number, each in enumerate(written) if "?principal" in each}
        return [template for template, *_ in tried.links if template in used] != []

    small = reduce_case(case, has_link, 20.0)
    assert small.policies.text.count(";") <= 1
    assert small.links[0][0] == "policy0"


def test_scopes_in_json_are_freed_and_schemas_lose_whole_statements() -> None:
    policy = '{"p": {"principal": {"op": "is", "entity_type": "A"}, "resource": {"op": "==", "entity": 1}}}'
    small = reduce_case(
        Case(Source(policy, "json")),
        lambda case: '"principal"' in case.policies.text and '"resource"' in case.policies.text,
        20.0,
    )
    assert '"is"' not in small.policies.text

    schema = Source(
        "entity A in [B] { a: Long }; entity B; action x appliesTo { principal: A, resource: B };"
    )
    small = reduce_case(
        Case(Source(""), schema=schema),
        lambda case: case.schema is not None and "entity B" in case.schema.text,
        20.0,
    )
    assert small.schema == Source("entity B")

"""Each optimisation keeps its law; a planted defect in it is seen."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
import weakref
from collections.abc import Iterable, Mapping
from functools import partial
from random import Random
from typing import Any

import pytest

from production import Authorizer, Entities, Entity, PolicySet, Request, Response, Uid, parse_expression
from production.entities import entities_json
from production.errors import CedarError, EvaluationError
from production.execution import codegen
from production.execution.interpreter import Frame, run
from production.language import lowering
from production.language.gc_pause import without_collection
from production.language.hierarchy import Ancestors
from production.language.lowering import lower_conditions, lower_expression
from production.language.nodes import Condition
from production.language.uids import tables, uid
from production.language.values import SetValue, Value, equal, key
from production.language.wildcard import prepare
from production.response import combine
from production.serving import compiled_shapes, entity_side, index, server_code
from production.serving.kept_plans import plans_of
from production.serving.plan_changes import ChangedPlans
from production.serving.plans import Plans
from production.serving.rules import rules_of, status_of
from production.text import json_text
from tests.production.asking import question, value_of, world
from tests.production.random_policies import expression, policy


def test_interning_equal_uids_are_one_object_and_dead_ones_are_forgotten() -> None:
    first = uid("Interned", "x")

    assert uid("Inter" + "ned", "x"[:]) is first
    assert pickle.loads(pickle.dumps(first)) is first
    assert copy.deepcopy(first) is copy.copy(first) is first
    del first
    gc.collect()
    assert "Interned" not in tables


def test_interning_holds_between_threads() -> None:
    found: list[set[int]] = []
    keep: list[list[Uid]] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        mine = [uid("Thread", str(number)) for number in range(2_000)]
        keep.append(mine)
        found.append(set(map(id, mine)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set.union(*found)) == 2_000


def random_value(random: Random, depth: int) -> Value:
    kind = random.randrange(8 if depth else 5)
    if kind < 5:
        scalars: tuple[Value, ...] = (
            random.choice((True, False)),
            random.randrange(2),
            "ab"[: random.randrange(2)],
        )
        return (*scalars, uid("K", random.choice("ab")), 2**61 - 1 + random.randrange(2))[kind]
    if kind < 7:
        return SetValue([random_value(random, depth - 1) for _ in range(random.randrange(3))])
    return {name: random_value(random, depth - 1) for name in random.sample("ab", random.randrange(3))}


def spelled(value: Value) -> str:
    """Structural equality as equality of texts, written without any of the engine's means."""
    if isinstance(value, SetValue):
        return "[" + ",".join(sorted({spelled(element) for element in value})) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{spelled(value[name])}" for name in sorted(value)) + "}"
    return f"{type(value).__name__} {value!r}"


def test_keys_are_equal_exactly_for_equal_values() -> None:
    random = Random(1)
    for _ in range(20_000):
        left, right = random_value(random, 2), random_value(random, 2)
        same = spelled(left) == spelled(right)
        assert (key(left) == key(right)) is same
        assert equal(left, right) is same


def _reachable(starts: Iterable[Uid], parents: Mapping[Uid, frozenset[Uid]]) -> frozenset[Uid]:
    """Return all uids reachable from `starts` through parents, the starts included."""
    reached = set(starts)
    pending = list(reached)
    while pending:
        fresh = set(parents.get(pending.pop(), ())) - reached
        reached |= fresh
        pending += fresh
    return frozenset(reached)


def test_ancestors_are_what_is_reachable_whatever_was_asked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("production.language.hierarchy._CACHE_FLOOR", -3_000)
    random = Random(2)
    for _ in range(200):
        uids = [uid("H", str(number)) for number in range(12)]
        parents = {
            uids[number]: frozenset(random.sample(uids[number + 1 :], min(random.randrange(3), 11 - number)))
            for number in random.sample(range(12), 10)
        }
        above = Ancestors(parents)
        for asked in random.choices(uids, k=20):
            assert above[asked] == _reachable(parents.get(asked, ()), parents)


def test_pause_nests_and_restores_the_collector() -> None:
    with without_collection():
        with without_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def matches_by_definition(text: str, pattern: tuple[str | None, ...]) -> bool:
    places = {0}
    for element in pattern:
        if element is None:
            places = set(range(min(places), len(text) + 1)) if places else places
        else:
            places = {at + len(element) for at in places if text.startswith(element, at)}
    return len(text) in places


def test_like_greedy_search_is_matching() -> None:
    random = Random(3)
    for _ in range(20_000):
        pieces = [None if random.random() < 0.4 else random.choice(("a", "b", "ab")) for _ in range(5)]
        pattern: list[str | None] = []
        for piece in pieces[: random.randrange(6)]:
            if piece is not None and pattern and pattern[-1] is not None:
                pattern[-1] += piece
            else:
                pattern.append(piece)
        text = "".join(random.choices("ab", k=random.randrange(7)))
        assert prepare(tuple(pattern)).matches(text) is matches_by_definition(text, tuple(pattern))


def disagreements(left: Any, right: Any, seed: int, count: int = 1_500) -> list[str]:
    """Random expressions to which two ways of evaluating give different answers."""
    random = Random(seed)
    texts = [expression(random, random.randrange(1, 5)) for _ in range(count)]
    return [text for text in texts if shown(left(text)) != shown(right(text))]


def shown(value: Value) -> str:
    return spelled(value)


def by_machine(text: str) -> Value:
    return value_of(text, "machine")


def by_generated_code(text: str) -> Value:
    return value_of(text, "generated")


def test_tiers_agree() -> None:
    assert disagreements(by_machine, by_generated_code, 4) == []


def test_tiers_a_planted_operator_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(codegen._WRITERS, lowering.CONTAINS_ALL, codegen._WRITERS[lowering.CONTAINS_ANY])

    assert disagreements(by_machine, by_generated_code, 4) != []


def test_folding_changes_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_folding(text: str) -> Value:
        with monkeypatch.context() as patch:
            patch.setattr(lowering._Builder, "_fold", lambda *arguments: False)
            return value_of(text, "machine")

    assert disagreements(by_machine, without_folding, 5) == []


def guards_differ(seed: int) -> list[str]:
    """Expressions whose guards do not stop a policy where its value would."""
    frame = Frame(question().principal, question().action, question().resource, question()._context, world())
    different = []
    random = Random(seed)
    for _ in range(1_500):
        text = expression(random, 3)
        node = parse_expression(text)
        value = attempt(partial(run, lower_expression(node), frame))
        for kind in ("when", "unless"):
            condition = Condition("when" if kind == "when" else "unless", node)
            held = attempt(partial(run, lower_conditions([condition]), frame))
            wanted: object = value if isinstance(value, str) and value.startswith("!") else "!type"
            if isinstance(value, bool):
                wanted = value is (kind == "when")
            if held != wanted or held.__class__ is not wanted.__class__:
                different.append(text)
    return different


def attempt(work: Any) -> Value:
    try:
        value: Value = work()
    except EvaluationError as error:
        return f"!{error.kind}"
    return value


def documents(random: Random) -> list[str]:
    """Entity documents with keys repeated here and there, odd spaces, and colons inside strings."""
    keys = ('"a"', '"b" ', '"a:"', '"c\\""', '"b"\n', '":"')
    scalars = ("1", '"x"', '":"', '"a :b"', '"\\":"', "true", "[1, 2]", "[]", "{}", '"10:30"', "null", "1.5")

    def record(depth: int) -> str:
        members = []
        for _ in range(random.randrange(4)):
            value = record(depth - 1) if depth and random.random() < 0.4 else random.choice(scalars)
            if random.random() < 0.2:
                value = f"[{value}, {record(0)}]"
            members.append(f"{random.choice(keys)}:{value}")
        return "{" + ", ".join(members) + "}"

    def entity(number: int) -> str:
        odd = random.choice(
            ("", "", "", ', "type": "U"', ', "tags": {"t": "::"}', ', "attrs": {}', ', "z": {"y": 1, "y": 2}')
        )
        uid_members = random.choice(('"type": "U"', '"type": "U"', '"type": "U", "type": "U"'))
        return f'{{"uid": {{{uid_members}, "id": "{number}"}}, "attrs": {record(2)}, "parents": []{odd}}}'

    return [f"[{', '.join(entity(number) for number in range(random.randrange(3)))}]" for _ in range(3_000)]


def read_otherwise() -> int:
    """How many documents are read otherwise than when every key is watched."""

    def outcome(text: str) -> object:
        try:
            return entities_json(Entities.from_json(text))
        except CedarError as error:
            return str(error)

    texts = documents(Random(5))
    found = [outcome(text) for text in texts]
    assert 100 < sum(isinstance(each, str) for each in found) < 2_900
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_QUICK", json_text._PLAIN)
        return sum(outcome(text) != each for text, each in zip(texts, found, strict=True))


def test_colons_give_away_repeated_keys() -> None:
    assert read_otherwise() == 0


@pytest.mark.parametrize(
    "defect",
    [lambda text, most: True, lambda text, most: text.count('":') <= most],
    ids=["no count", "spaces forgotten"],
)
def test_colons_miscounted_are_seen(defect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_has_colons", defect)

    assert read_otherwise() > 0


def lazily_different() -> int:
    """Sets of flat records that behave otherwise than sets that know their keys from the start."""
    random = Random(6)
    wrong = 0
    for _ in range(300):
        members: list[Value] = [
            {name: random.choice([1, True, "1", 2]) for name in random.sample("ab", random.randrange(3))}
            for _ in range(random.randrange(4))
        ]
        lazy, eager = SetValue(members), SetValue([*members, SetValue([1])])
        wrong += len(lazy) + 1 != len(eager) or len(lazy) != len(list(lazy))
        wrong += sum((value in lazy) != (value in eager) for value in ({}, {"a": 1}, {"a": True}, {"b": "1"}))
        wrong += SetValue(reversed(members)) != lazy or SetValue([lazy]) != SetValue(
            [SetValue(members + members)]
        )
    return wrong


def test_lazy_keys_cannot_be_told_apart() -> None:
    assert lazily_different() == 0


def test_lazy_keys_of_another_meaning_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("production.language.values._by_key", keep_all)

    assert lazily_different() > 0


def keep_all(elements: Any) -> dict[Any, Any]:
    """A planted defect: members that are equal are kept."""
    return {(number, repr(element)): element for number, element in enumerate(elements)}


def test_guards_are_the_condition() -> None:
    assert guards_differ(6) == []


STORE = Entities.from_entities(
    [
        *(Entity(uid("User", x), {"n": 1, "a": {"b": 1}}, frozenset({uid("Group", x)})) for x in "abcd"),
        *(Entity(uid("Doc", x), {}, frozenset({uid("Folder", x), uid("Folder", "h")})) for x in "abcd"),
        Entity(uid("Group", "a"), {}, frozenset({uid("Group", "b")})),
        Entity(uid("Group", "b"), {}, frozenset({uid("Group", "c")})),
        Entity(uid("Folder", "a"), {}, frozenset({uid("Folder", "b")})),
        Entity(uid("Action", "w"), {}, frozenset({uid("Action", "all")})),
    ]
)


def naive(policies: PolicySet, request: Request) -> Response:
    """The response by walking over all policies."""
    frame = Frame(request.principal, request.action, request.resource, request._context, STORE)
    statuses = []
    for rule in rules_of(policies):
        scope = rule.policy.action
        above = STORE._above[request.action]
        fits = scope.op == "All" or request.action in scope.entities
        if fits or (scope.op == "in" and not above.isdisjoint(scope.entities)):
            statuses.append((rule.policy_id, rule.is_permit, status_of(rule, frame)))
    return combine(statuses)


def wrong_responses(seed: int, sizes: tuple[int, ...] = (3, 20, 60, 150)) -> list[str]:
    """Requests that an authorizer answers otherwise than a walk over all policies."""
    random = Random(seed)
    wrong = []
    for size in sizes:
        text = "\n".join(policy(random) for _ in range(size))
        policies = (
            PolicySet.from_text(text)
            .add("t", template())
            .link_all(
                (
                    "t",
                    f"link{number}",
                    {"?principal": uid("Group", random.choice("abc")), "?resource": uid("Doc", "a")},
                )
                for number in range(size // 4)
            )
        )
        authorizers = [Authorizer(policies, STORE, tier=tier) for tier in ("machine", "generated", "auto")]
        for _ in range(120):
            request = Request(
                uid("User", random.choice("abcde")),
                uid("Action", random.choice("vwx")),
                uid("Doc", random.choice("abcde")),
                question().context,
            )
            expected = naive(policies, request)
            wrong += [
                repr(request) for authorizer in authorizers if authorizer.authorize(request) != expected
            ]
    return wrong


def template() -> Any:
    text = "permit(principal in ?principal, action, resource == ?resource) when { context.one == 1 };"
    return PolicySet.from_text(text).templates["policy0"]


def test_index_plan_shapes_and_fusing_give_the_responses_of_a_plain_walk() -> None:
    assert wrong_responses(7) == []


def test_index_a_forgotten_ancestor_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    finder = index.ScopeIndex.finder
    monkeypatch.setattr(index.ScopeIndex, "finder", lambda self, above: finder(self, Ancestors({})))

    assert wrong_responses(7) != []


def test_index_finds_exactly_the_rules_whose_scope_entities_hold() -> None:
    random = Random(11)
    for size in (5, 60, 400):
        policies = PolicySet.from_text("\n".join(policy(random) for _ in range(size)))
        rules = [rule for rule in rules_of(policies) if rule.principal or rule.resource]
        find = index.build_index(enumerate(rules)).finder(STORE._above)
        for principal, resource in ((uid("User", x), uid("Doc", y)) for x in "abe" for y in "ade"):
            sides_of = ((principal, "principal"), (resource, "resource"))
            expected = [
                number
                for number, rule in enumerate(rules)
                if all(
                    (key := index.key_of(rule, side)) is None or key.holds(entity, STORE._above)
                    for entity, side in sides_of
                )
            ]
            assert sorted(entry.number for entry in find(principal, resource)) == expected


def test_sides_are_complete_without_merging_and_with_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for most in (0, 8, 10_000):
        monkeypatch.setattr(entity_side, "_MOST_MERGED", most)
        assert wrong_responses(12, (60, 300)) == []


def grouped_wrongly() -> list[int]:
    """Requests answered otherwise than by a walk, where policies differ in literals only."""
    literals = ("1", "2", '"1"', "true", 'User::"a"', "[1]", "[true]", "{a: 1}", "{a: true}", "1")
    text = "".join(
        f'permit(principal == User::"a", action, resource) when {{ context.x == {literals[number % 10]} }};'
        for number in range(40)
    )
    policies = PolicySet.from_text(text)
    authorizer = Authorizer(policies, STORE, tier="generated")
    values: list[Value] = [
        1,
        2,
        "1",
        True,
        uid("User", "a"),
        SetValue([1]),
        SetValue([True]),
        {"a": 1},
        {"a": True},
    ]
    requests = [
        Request(uid("User", "a"), uid("Action", "v"), uid("Doc", "a"), {"x": value}) for value in values
    ]
    return [
        number
        for number, request in enumerate(requests)
        if any(authorizer.authorize(request) != naive(policies, request) for _ in range(3))
    ]


def test_groups_hold_rules_of_equal_literals() -> None:
    assert grouped_wrongly() == []


def test_groups_of_other_literals_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entity_side, "_likeness", lambda entry: entry.resolve())

    assert grouped_wrongly() != []


def test_groups_of_equal_records_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        entity_side,
        "_likeness",
        lambda entry: (entry.resolve(), repr(entry.rule.policy.code.literals).replace("True", "1")),
    )

    assert grouped_wrongly() != []


@pytest.mark.parametrize("dropped", ["_one:", "+= more", "_below[uid]", "in_place(place"])
def test_sides_a_forgotten_part_is_seen(dropped: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = server_code._looked_up
    server_code.serving.cache_clear()
    monkeypatch.setattr(
        server_code,
        "_looked_up",
        lambda *names: [
            line.split("groups +=")[0] + "pass" if dropped in line else line for line in looked_up(*names)
        ],
    )
    try:
        assert wrong_responses(7, (60, 300)) != []
    finally:
        server_code.serving.cache_clear()


def test_sides_are_made_afresh_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("production.serving.server._MOST_SIDES", 2)

    assert wrong_responses(7, (60,)) == []


def test_plan_a_missing_action_group_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plans.plan
    monkeypatch.setattr(Plans, "plan", lambda self, action, above: plan(self, action, frozenset()))

    assert wrong_responses(7) != []


def test_index_asks_few_of_many_policies() -> None:
    text = "".join(
        f'permit(principal == User::"{number}", action, resource == Doc::"{number}");'
        for number in range(2_000)
    )
    grants = Authorizer(PolicySet.from_text(text), Entities.from_json("[]"))
    request = Request(uid("User", "7"), uid("Action", "v"), uid("Doc", "7"))
    explanation = grants.explain(request)

    assert explanation.response == Response("allow", ["policy7"])
    assert [candidate.policy_id for candidate in explanation.candidates] == ["policy7"]
    assert explanation.ruled_out == 1_999


def test_changes_of_a_served_set_give_the_responses_of_a_set_made_afresh() -> None:
    random = Random(8)
    for size in (4, 40):
        policies = PolicySet.from_text("\n".join(policy(random) for _ in range(size))).add("t", template())
        for step in range(60):
            choice = random.randrange(4)
            if choice == 0 and policies.statics:
                policies = policies.remove_static(random.choice(list(policies.statics)))
            elif choice == 1 and policies.links:
                policies = policies.unlink(random.choice(list(policies.links)))
            elif choice == 2:
                values = {"?principal": uid("Group", random.choice("abc")), "?resource": uid("Doc", "a")}
                policies = policies.link("t", f"changed{step % 7}x{step}", values)
            else:
                policies = policies.add(
                    f"added{step}", PolicySet.from_text(policy(random)).statics["policy0"]
                )
            authorizer = Authorizer(policies, STORE, tier=random.choice(("machine", "generated")))
            for _ in range(10):
                request = Request(
                    uid("User", random.choice("abcde")),
                    uid("Action", random.choice("vwx")),
                    uid("Doc", random.choice("abcde")),
                    question().context,
                )
                assert authorizer.authorize(request) == naive(policies, request)
    assert isinstance(plans_of(policies), ChangedPlans)


def test_plans_are_kept_as_long_as_their_policy_set() -> None:
    policies = PolicySet.from_text("permit(principal, action, resource);")
    plans = plans_of(policies)
    assert plans_of(policies) is plans
    changed = policies.add("more", policies.statics["policy0"])
    assert plans_of(changed) is not plans
    kept = [weakref.ref(policies), weakref.ref(changed), weakref.ref(changed._family)]
    del policies, plans, changed
    gc.collect()
    assert [one() for one in kept] == [None, None, None]


def test_shapes_of_links_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    compiled = index.shape_of.__globals__["_shape_program"]
    monkeypatch.setitem(
        index.shape_of.__globals__,
        "_shape_program",
        lambda *shape: made.append(shape) or compiled(*shape),
    )
    monkeypatch.setitem(index.shape_of.__globals__, "_shapes", {})
    policies = PolicySet().add("t", template())
    linked = policies.link_all(
        ("t", f"l{number}", {"?principal": uid("User", str(number)), "?resource": uid("Doc", str(number))})
        for number in range(500)
    )
    authorizer = Authorizer(linked, STORE, tier="generated")
    for number in range(500):
        request = Request(
            uid("User", str(number)), uid("Action", "v"), uid("Doc", str(number)), {"one": number % 2}
        )
        assert authorizer.authorize(request).allowed is bool(number % 2)

    assert len(made) == 1


@pytest.mark.slow
def test_shapes_live_as_long_as_a_policy_set_needs_them() -> None:
    gc.collect()
    before = len(compiled_shapes._shapes)
    each = 'permit(principal == User::"{}", action, resource) when {{ context.forgotten == 1 }};'
    text = "".join(each.format(name) for name in ("a", *range(100)))
    one, other = (Authorizer(PolicySet.from_text(text), STORE, tier="generated") for _ in range(2))
    request = Request(uid("User", "a"), uid("Action", "v"), uid("Doc", "d"), {"forgotten": 1})

    assert one.authorize(request).allowed
    assert other.authorize(request).allowed
    assert len(compiled_shapes._shapes) == before + 1
    del one
    gc.collect()
    assert len(compiled_shapes._shapes) == before + 1
    del other
    gc.collect()
    assert len(compiled_shapes._shapes) == before


def test_interning_of_responses_gives_one_immutable_object() -> None:
    authorizer = Authorizer(
        PolicySet.from_text("permit(principal, action, resource);"), STORE, tier="generated"
    )
    response = authorizer.authorize(question())

    assert authorizer.authorize(question()) is response
    for name in ("decision", "determining", "errors"):
        with pytest.raises(AttributeError):
            setattr(response, name, None)
    with pytest.raises(TypeError):
        response.errors["policy0"] = "type"  # type: ignore[index]


def test_an_authorizer_serves_many_threads() -> None:
    policies = PolicySet.from_text("\n".join(policy(Random(seed)) for seed in range(80)))
    requests = [Request(uid("User", p), uid("Action", "v"), uid("Doc", r)) for p in "abcd" for r in "abcd"]
    expected = [naive(policies, request) for request in requests]
    authorizer = Authorizer(policies, STORE)
    wrong: list[object] = []

    def work() -> None:
        for _ in range(60):
            if authorizer.authorize_many(requests) != expected:
                wrong.append(None)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []

"""The construct on which readers part: named by replacement, for readers with one fault each."""

from __future__ import annotations

import json
import re

import pytest

from drt.diagnosis import localise
from drt.diagnosis.construct import blamed_construct
from drt.diagnosis.hints import complaint, first_like, hints, pursuit_key
from drt.diagnosis.json_construct import blamed_member
from drt.diagnosis.json_entities import MORE_THAN_AN_ID, OUTSIDE
from drt.diagnosis.signature import signature
from drt.engines import build
from drt.engines.base import BaseEngine
from drt.engines.guard import Guarded
from drt.model.case import Case, Format, Source
from drt.model.divergence import Checked, Divergence
from drt.model.engine import NotLoaded, Session
from drt.model.outcome import Accepted, Outcome, Problem, Rejected, Unwritable, Validated
from drt.model.question import ReadEntities, ReadPolicies, ReadSchema
from drt.oracles.agreement import engines_agree
from drt.oracles.reading import comments_change_nothing, readers_agree
from drt.oracles.schemas import schema_readers_agree, stores_conform_alike
from tests.drt.assess.surveyed_engines import Wrapped

REFERENCE = Guarded(build("reference"))
POLICY = "permit(principal,action,resource)%s;"


@pytest.mark.parametrize(
    ("text", "fault", "name"),
    [
        ("a//b\rc", "\r", "a comment that ends at a carriage return"),
        ("a\u00a0b", "\u00a0", "a blank other than space, tab, CR, LF"),
        ("a\rb", "\r", "a carriage return between tokens"),
        ("a /* b */ c", r"/\*", "a comment in `/* */`"),
        (r'a == "x\u{41}"', r"\\u", r"the escape `\u{…}` in a string"),
        (r'a like "x\x41"', r"\\x", r"the escape `\x…` in a pattern"),
        ('"x\ny"', "\n", "a line end in a string"),
        ('"x\x00"', "\0", "U+0000 in a string"),
        ('"x\ud800"', "\ud800", "a lone surrogate in a string"),
        ("-----1", "-----", "`-` before `-`"),
        ("-0.a", r"-0\.", "`-` before a number"),
        ("[1,]", ",]", "`,` before `]`"),
        ("007", "007", "leading zeros"),
        ("action a in [x::y];", r'^[^"]*$', "a path without an id"),
        ("99999999999999999999", "9{20}", "a number beyond 64 bits"),
        ('x in (a::"b")', r"[()]", "parentheses after `in`"),
        ("{a:1,a:2}", "a:1,a:", "a name that is used twice"),
        ('action == x::"y"', "== (?!Action)", "an action whose type is not `Action`"),
        ("entity A{b:Boolean};", "Boolean", "the name `Boolean`"),
    ],
)
def test_the_construct_of_a_text_is_named(text: str, fault: str, name: str) -> None:
    found = blamed_construct(text, lambda other: re.search(fault, other) is None)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("document", "fault", "name"),
    [
        ([{"uid": {"type": "a", "id": "x"}, "attrs": {}, "parents": [{"type": "a", "id": "x"}]}],
         r'"parents": \[\{', "a cycle of parents"),
        ([{"attrs": {"v": {"__extn": {"fn": "ip", "args": ["::"]}}}}], "args",
         "a function with `args` in `__extn`"),
        ([{"attrs": {"v": {"__extn": {"fn": "toDate", "arg": 1}}}}], "toDate", "a method in `__extn`"),
        ([{"attrs": {"v": {"__extn": {"fn": ["ip"], "arg": "::"}}}}], r'\["ip',
         "a function without a name in `__extn`"),
        ([{"attrs": {"v": None}}], "null", "null in JSON"),
        ([{"attrs": {"v": {"__expr": "1"}}}], "__expr", "`__expr`"),
        ({"effect": "permit"}, r"\A(?!.*conditions)", "the document without `conditions`"),
        ({"principal": {"op": "All", "x": 1}}, '"x"', "an unknown member in a scope"),
        ({"principal": {"op": "all"}, "action": {"op": "all"}}, '"all"', '`"all"` as `op`'),
        ({"principal": {"op": "all", "x": 1}}, '"all"|"x"', "an unknown member in a scope"),
        ([{"attrs": {"__entity": {"type": "A", "id": "a"}}}], "__entity", "the name `__entity` as an attribute"),
    ],
)  # fmt: skip
def test_the_member_of_a_document_is_named(document: object, fault: str, name: str) -> None:
    found = blamed_member(json.dumps(document), lambda other: re.search(fault, other) is None)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("text", "form", "name"),
    [
        ("entity A{a:Long b:Long};", "cedar", "a missing `,`"),
        ("entity A{a:Long a:Long};", "cedar", "a missing `,`"),
        ("entity A{a:Lon};", "cedar", "a name that is not declared"),
        (
            '{"": {"entityTypes": {}, "actions": {}, "commonTypes": {"T": {"type": "Extension", "name": "a"}}}}',
            "json",
            "an unknown extension type",
        ),
    ],
)
def test_the_construct_of_a_schema_is_named(text: str, form: Format, name: str) -> None:
    def is_well(other: str) -> bool:
        return isinstance(REFERENCE.ask(ReadSchema(Source(other, form))), Accepted)

    json_form = form == "json"
    found = blamed_member(text, is_well, schema=True) if json_form else blamed_construct(text, is_well)
    assert found is not None
    assert found.name == name


def test_a_repeated_key_is_named() -> None:
    text = '[{"attrs": {"a": 1, "a": 2}}]'
    found = blamed_member(text, lambda other: other.count('"a"') < 2)
    assert found is not None
    assert found.name == "a repeated key in the attributes of an entity"


def test_a_value_that_only_the_schema_types_is_named_by_its_canonical_form() -> None:
    text = '[{"uid": {"type": "A", "id": "a"}, "attrs": {"v": "1.0"}}]'
    value = {"__extn": {"fn": "decimal", "arg": "1.0000"}}
    written = json.dumps([{"uid": {"type": "A", "id": "a"}, "attrs": {"v": value}}])
    found = blamed_member(text, lambda other: "1.0000" in other, written)
    assert found is not None
    assert found.name == "an extension value that only the schema makes one"


@pytest.mark.parametrize(
    ("value", "well", "name"),
    [
        ("1.0", '"fn":"decimal"', "an extension value that only the schema makes one"),
        ({"type": "A", "id": "a"}, "__entity", "an entity that only the schema makes one"),
    ],
)
def test_a_value_of_a_context_that_only_the_schema_types_is_named(
    value: object, well: str, name: str
) -> None:
    text = json.dumps({"context": {"v": value}})
    found = blamed_member(text, lambda other: well in other.replace(" ", ""))
    assert found is not None
    assert found.name == name


def test_what_a_policy_lacks_does_not_hide_another_fault() -> None:
    policy = {"effect": "permit", "action": {"op": "==", "x": 1}}
    text = json.dumps({"staticPolicies": {"p": policy}})
    lacking = ("conditions", "templates", "templateLinks")
    found = blamed_member(text, lambda other: '"x"' not in other and all(one in other for one in lacking))
    assert found is not None
    assert found.name == "an unknown member in a scope"


def test_an_id_is_compared_with_what_the_schema_declares() -> None:
    text = '[{"uid": {"type": "E", "id": "z"}}]'
    found = blamed_member(text, lambda other: '"x"' in other, declared=["E", "x"])
    assert found is not None
    assert found.name == "an id outside its enumeration"


class RefusesBlanks(BaseEngine):
    """The reference, which takes no blank beyond ASCII."""

    name = "ascii"
    version = "0"

    def read_policies(self, source: Source) -> Outcome:
        if not source.text.isascii():
            return Rejected("policies", 'line 1, column 7: got "\u00a0" want (')
        return REFERENCE.ask(ReadPolicies(source))


@pytest.mark.parametrize("law", [readers_agree, comments_change_nothing])
def test_one_defect_has_one_bucket_under_every_law(law: object) -> None:
    assert callable(law)
    engines = [REFERENCE, Guarded(RefusesBlanks())]  # type: ignore[arg-type]  # it has what is asked here
    case = Case(Source(POLICY.replace("permit", "permit\u00a0") % ""))
    [divergence] = law(case, engines).divergences
    name = signature(divergence, case, localise(case, engines, divergence))
    assert name == "ascii rejected, reference accepted at reading a blank other than space, tab, CR, LF"


def rejection(detail: str, law: str = "readers_agree") -> Divergence:
    answers = (("one", Rejected("policies", detail)), ("two", Accepted()))
    return Divergence(law, "rejection", "policies", answers)


def test_complaints_tell_pursuits_apart_without_names_and_places() -> None:
    assert complaint('1:4 "a": got . want }') == complaint('7:33 "xyz": got . want }')
    assert complaint('unknown member "external"') != complaint('unknown member "shape"')
    assert complaint('unknown member "ann"') == complaint('unknown member "bob"')
    assert complaint('A::B::"a" is its own ancestor') == complaint('"x" is its own ancestor')
    assert complaint("no type `a`; did you mean Long?") == complaint("no type `b`")
    assert complaint("exact got \u3000 want (") == complaint("exact got \\u0085 want (")
    assert pursuit_key(rejection("expected `;`")) != pursuit_key(rejection("expected `)`"))
    assert pursuit_key(rejection("no", "one")) == pursuit_key(rejection("no", "two"))


def test_of_a_wrapped_complaint_the_cause_is_left() -> None:
    assert complaint("error in left: error in arg: it takes no receiver") == "it takes no receiver"
    assert complaint('cannot read "p": error in principal: unknown op: all') == "unknown op: all"
    assert complaint("unknown op: all") != complaint("unknown op: some")


def test_what_cannot_be_written_is_no_hint_beside_a_refusal() -> None:
    answers = (
        ("one", Rejected("entities", "it is its own ancestor")),
        ("two", Unwritable("entities", 1, "no")),
    )
    assert hints(Divergence("l", "rejection", "entities", answers)) == {"it is its own ancestor"}


def test_a_reduction_stays_on_what_an_engine_complains_of() -> None:
    first, second = rejection("no semicolon"), rejection("no brace")
    assert first_like(first, Checked(divergences=(second, first))) == first
    assert first_like(first, Checked(divergences=(second,))) is None


def test_a_verdict_hints_at_its_kinds() -> None:
    invalid = Validated(False, (("p", False),), (("p", "empty_set"),))
    assert hints(Divergence("l", "verdict", "validation", (("a", invalid), ("b", Validated(True))))) == {
        "empty_set"
    }


def test_verdicts_hint_at_the_policies_in_dispute_alone() -> None:
    both, only = ("both", False), Problem("only", "", "expected Bool but saw {a: Long}")
    says_why = Validated(False, (both, ("only", False)), problems=(Problem("both", "", "an empty set"), only))
    says_kinds = Validated(False, (both, ("only", True)), (("both", "empty_set"),))
    answers = (("a", says_why), ("b", says_kinds))
    assert hints(Divergence("l", "verdict", "validation", answers)) == {"expected  but saw"}


def test_an_external_declaration_of_a_schema_is_named() -> None:
    text = '{"": {"entityTypes": {"A": {"external": true}}, "actions": {}}}'
    found = blamed_member(text, lambda other: "external" not in other, schema=True)
    assert found is not None
    assert found.name == "`external` in an entity type"


class ReadsThePoliciesFirst(BaseEngine):
    """An engine that takes no `unless`, and refuses it before it looks at the entities."""

    name = "policies-first"
    version = "0"

    def load(self, case: Case) -> Session | NotLoaded:
        return Rejected("policies") if "unless" in case.policies.text else REFERENCE.load(case)

    def read_policies(self, source: Source) -> Outcome:
        return Rejected("policies") if "unless" in source.text else REFERENCE.ask(ReadPolicies(source))


def test_of_two_refusals_the_one_that_comes_first_in_loading_is_at_issue() -> None:
    case = Case(Source("permit(principal,action,resource)unless{false};"), entities="[0]")
    engines = [REFERENCE, Guarded(ReadsThePoliciesFirst())]
    [divergence] = engines_agree(case, engines).divergences
    located = localise(case, engines, divergence)
    assert signature(divergence, case, located) == (
        "policies-first rejected, reference accepted at reading `unless` `{` `false` `}` before `;`"
    )


def test_an_entity_that_lists_only_its_direct_parents_is_named() -> None:
    uids = [{"type": "Action", "id": name} for name in "abc"]
    entities = [{"uid": uids[2], "parents": [uids[1]]}, {"uid": uids[1], "parents": [uids[0]]}]
    found = blamed_member(json.dumps(entities), lambda other: json.dumps([uids[1], uids[0]]) in other)
    assert found is not None
    assert found.name == "an entity whose parents have parents that it does not list"


def test_values_that_only_the_schema_types_hide_no_other_fault() -> None:
    uid = {"type": "A", "id": "a"}
    entity = {"uid": uid, "attrs": {"v": uid, "w": uid}, "parents": []}
    written = {**entity, "attrs": {"v": {"__entity": uid}, "w": {"__entity": uid}}}

    def is_well(text: str) -> bool:
        return text.count("__entity") == 2 and '"B"' not in text

    found = blamed_member(json.dumps([entity]), is_well, json.dumps([written]))
    assert found is not None
    assert found.name == "an entity that only the schema makes one"
    parents = {"parents": [{"type": "B", "id": "b"}]}
    found = blamed_member(json.dumps([entity | parents]), is_well, json.dumps([written | parents]))
    assert found is not None
    assert found.name == "a parent of an entity"


ENUMERATED = 'entity E enum ["e"]; entity A in [E] {x?: Long};'


@pytest.mark.parametrize(
    ("entity", "named"),
    [
        ({"uid": {"type": "E", "id": "e"}, "attrs": {"x": 1}}, MORE_THAN_AN_ID),
        ({"uid": {"type": "E", "id": "e"}, "tags": {"x": 1}}, MORE_THAN_AN_ID),
        ({"uid": {"type": "E", "id": "e"}, "parents": [{"type": "A", "id": "a"}]}, MORE_THAN_AN_ID),
        ({"uid": {"type": "A", "id": "a"}, "parents": [{"type": "E", "id": "z"}]}, OUTSIDE),
        ({"uid": {"type": "A", "id": "a"}, "parents": [{"type": "A", "id": "z"}]}, "a parent of an entity"),
        ({"uid": {"type": "E", "id": "z"}}, "an id outside its enumeration"),
    ],
)
def test_what_an_enumerated_type_does_not_take_is_named(entity: dict[str, object], named: str) -> None:
    text = json.dumps([{"attrs": {}, "parents": []} | entity])
    case = Case(Source(""), schema=Source(ENUMERATED), entities=text)
    engines = [REFERENCE, Guarded(IgnoresTheSchema())]
    divergence = next(iter(stores_conform_alike(case, engines).divergences))
    located = localise(case, engines, divergence)
    assert located is not None
    assert located.rule == f"reading {named}"


class IgnoresTheSchema(BaseEngine):
    """The reference, which reads entities without their schema."""

    name = "without-a-schema"
    version = "0"

    def read_entities(self, entities: str, schema: Source | None) -> Outcome:
        return REFERENCE.ask(ReadEntities(entities, None))


CALL = {"__extn": {"fn": "ip", "args": ["::"]}}


@pytest.mark.parametrize(
    ("context", "name"),
    [
        ({"a": {"b": CALL}}, "a function with `args` in `__extn`"),
        (CALL, "a function with `args` in `__extn`"),
        ({"a": {"__expr": "1"}}, "`__expr`"),
    ],
)
def test_a_value_inside_a_record_is_named_and_not_its_attribute(context: object, name: str) -> None:
    odd = next(key for key in ("args", "__expr") if key in json.dumps(context))

    found = blamed_member(json.dumps({"context": context}), lambda text: odd not in text)

    assert found is not None
    assert found.name == name


def test_an_id_that_several_members_share_is_named() -> None:
    uid = {"type": "Color", "id": "a"}
    request = {"principal": uid, "action": {"type": "Action", "id": "a"}, "resource": uid}

    def is_well(text: str) -> bool:
        read = json.loads(text)
        colors = {read[part].get("id") for part in ("principal", "resource")}
        return colors == {"b"} and read["action"].get("id") == "a"

    found = blamed_member(json.dumps(request), is_well, declared=["b"])

    assert found is not None
    assert found.name == "an id outside its enumeration"


class TakesCommasTooManyAndTooFew(Wrapped):
    """Takes a comma before `]`, and needs none behind it."""

    name = "commas"

    def ask(self, question: object) -> Outcome:
        match question:
            case ReadSchema(Source(text)):
                return super().ask(ReadSchema(Source(re.sub(r"(?<=\])(?=\w)", ",", text.replace(",]", "]")))))
        return super().ask(question)


@pytest.mark.parametrize(
    ("space", "fault", "name"),
    [
        (
            {"commonTypes": {"Extension": {"type": "X"}}},
            r'"Extension"|"X"',
            "the name `Extension` as a common type",
        ),
        (
            {"actions": {"a": {"appliesTo": {"principalTypes": None}}}},
            "null",
            "`principalTypes` that is null in what an action applies to",
        ),
    ],
)
def test_what_is_wrong_with_a_schema_is_named(space: object, fault: str, name: str) -> None:
    found = blamed_member(
        json.dumps({"N": space}), lambda other: re.search(fault, other) is None, schema=True
    )
    assert found is not None
    assert found.name == name


def test_of_two_faults_of_a_text_the_first_is_named() -> None:
    schema = Source('entity a;action"a"appliesTo{principal:[a,]resource:a};')
    engines = [Guarded(TakesCommasTooManyAndTooFew()), REFERENCE]
    case = Case(Source(""), schema=schema)
    [divergence] = schema_readers_agree(case, engines).divergences

    found = localise(case, engines, divergence)

    assert found is not None
    assert found.rule == "reading `,` before `]`"

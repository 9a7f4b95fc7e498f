"""A case survives the disk byte for byte, and a malformed one is reported with file and line."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drt.model.case import Case, PartialInput, Request, Source, Store
from drt.model.case_directory import CASE_FILE, read_case, write_case
from drt.model.errors import InputProblem
from drt.model.saved_case import (
    Expectations,
    ExpectedResponse,
    ExpectedValue,
    ExpectedVerdict,
    SavedCase,
    Verdict,
)

UID = '{"id": "a", "type": "User"}'
ORDINARY = f'{{"principal": {UID}, "action": {UID}, "resource": {UID}}}'

texts = st.text(max_size=30)
any_texts = st.text(st.characters(exclude_categories=[]), max_size=30)
uids = st.fixed_dictionaries({"type": texts, "id": texts})
contexts = st.recursive(
    st.booleans() | st.integers() | texts | st.floats(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=5,
)
requests = st.builds(
    Request,
    st.one_of(
        any_texts,
        st.fixed_dictionaries(
            {"principal": uids, "action": uids, "resource": uids},
            optional={"context": st.dictionaries(texts, contexts, max_size=3), "extra": contexts},
        ).map(json.dumps),
    ),
    st.booleans(),
)
cases = st.builds(
    Case,
    policies=st.builds(Source, any_texts, st.sampled_from(["cedar", "json"])),
    entities=any_texts,
    schema=st.none() | st.builds(Source, any_texts, st.sampled_from(["cedar", "json"])),
    requests=st.lists(requests, max_size=3).map(tuple),
    expressions=st.lists(texts, max_size=3, unique=True).map(tuple),
    links=st.lists(
        st.tuples(
            texts,
            texts,
            st.lists(
                st.tuples(st.sampled_from(["?principal", "?resource"]), uids.map(json.dumps) | texts),
                max_size=2,
                unique_by=lambda pair: pair[0],
            ).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    partials=st.lists(
        st.builds(
            PartialInput,
            any_texts,
            st.builds(Store, any_texts, st.sampled_from(["partial", "parts", "typed", "untyped"])),
        ),
        max_size=2,
    ).map(tuple),
)


def stored(saved: SavedCase) -> SavedCase:
    with tempfile.TemporaryDirectory() as folder:
        write_case(Path(folder), saved)
        return read_case(Path(folder))


def meaning(request: Request) -> object:
    """A request that is written as ordinary JSON may change its spelling, nothing else."""
    try:
        return json.dumps(json.loads(request.text), sort_keys=True), request.validate
    except ValueError:
        return request


@given(cases)
@settings(max_examples=200, deadline=None)
def test_a_case_survives_the_disk(case: Case) -> None:
    back = stored(SavedCase(case)).case

    assert (back.policies, back.entities, back.schema) == (case.policies, case.entities, case.schema)
    assert [meaning(request) for request in back.requests] == [meaning(request) for request in case.requests]
    assert back.expressions == case.expressions
    assert [(one, new, len(values)) for one, new, values in back.links] == [
        (one, new, len(values)) for one, new, values in case.links
    ]


@pytest.mark.parametrize(
    "text",
    [
        f'{{"principal": {UID}, "action": {UID}, "resource": {UID}, "principal": {UID}}}',
        f'{{"principal": {UID}, "action": {UID}, "resource": {UID}, "context": {{"a": 1, "a": 2}}}}',
        f'{{"principal": {UID}, "action": {UID}, "resource": {UID}, "context": {{"a": 1.0}}}}',
        f'{{"principal": {UID}, "action": {UID}, "resource": {UID}, "context": {{"a": -0}}}}',
        f'{{"principal": {UID}, "action": {UID}, "resource": {UID}, "context": {{"a": NaN}}}}',
        f'{{"principal": {UID}, "action": {UID}, "resource": {UID}, "context": {"[" * 99}{"]" * 99}}}',
        f'{{"principal": {UID}, "action": {UID}, "resource": {UID}, "extra": 1}}',
        f'{{"principal": {UID}, "action": {UID}}}',
        f'{{"principal": {UID}, "action": {UID}, "resource": {UID}, "context": {{"a": "\ud800"}}}}',
        '{"principal": "User::\\"a\\"", "action": 1, "resource": null}',
        "[]",
        "not JSON",
        "",
    ],
)
def test_a_request_that_is_no_ordinary_json_survives_byte_for_byte(text: str) -> None:
    assert stored(SavedCase(Case(Source(""), requests=(Request(text),)))).case.requests == (Request(text),)


def test_everything_known_of_a_case_survives() -> None:
    saved = SavedCase(
        case=Case(
            Source('permit(principal, action, resource) when { "\r\n" == "" };'),
            schema=Source("{}", "json"),
            requests=(Request(ORDINARY), Request(ORDINARY, validate=False), Request("[]")),
            expressions=("1 + 1", "1 / 0", "2"),
            links=(("t", "l", (("?principal", UID),)),),
        ),
        name="a-case",
        description="what it shows",
        descriptions=("first", "", "third"),
        tags=("one", "two"),
        source="spec 02 §4",
        expected=Expectations(
            responses=(
                ExpectedResponse(0, "allow", ("policy0",), ("policy1", "policy2"), (("policy1", "type"),)),
                ExpectedResponse(2, rejected=True),
            ),
            values=(
                ExpectedValue(0, 0, value="2"),
                ExpectedValue(0, 1, error="overflow"),
                ExpectedValue(1, 0, rejected=True),
            ),
            verdicts=(ExpectedVerdict(("policy0",), "permissive"), ExpectedVerdict((), "strict", 1)),
            should_validate=False,
        ),
        origin={"target": "t", "index": 3, "engines": {"reference": "1"}},
        signature="a signature",
        verdict=Verdict("production", "it forgets a parent", "spec 05 §4"),
        status="fixed",
    )

    assert stored(saved) == saved


def test_equal_cases_are_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_case(tmp_path / name, SavedCase(Case(Source("x"), requests=(Request(ORDINARY),)), name="n"))

    assert (tmp_path / "one" / CASE_FILE).read_bytes() == (tmp_path / "two" / CASE_FILE).read_bytes()


GOOD = {
    "policies": "policies.cedar",
    "entities": "entities.json",
    "requests": [
        {
            "principal": {"type": "U", "id": "a"},
            "action": {"type": "A", "id": "a"},
            "resource": {"type": "R", "id": "a"},
            "decision": "allow",
            "reason": ["policy0"],
            "errors": [],
        }
    ],
}


def put(folder: Path, document: object) -> Path:
    text = document if isinstance(document, str) else json.dumps(document, indent=1)
    (folder / CASE_FILE).write_text(text)
    (folder / "policies.cedar").write_text("")
    (folder / "entities.json").write_text("[]")
    return folder


def complaint(folder: Path) -> str:
    with pytest.raises(InputProblem) as caught:
        read_case(folder)
    return str(caught.value).replace(str(folder), "F")


def changed(**members: object) -> dict[str, object]:
    return {**GOOD, **members}


def changed_request(**members: object) -> dict[str, object]:
    [request] = GOOD["requests"]
    return {**GOOD, "requests": [{**request, **members}]}


def test_the_good_case_is_good(tmp_path: Path) -> None:
    assert read_case(put(tmp_path, GOOD)).expected.responses == (ExpectedResponse(0, "allow", ("policy0",)),)
    assert read_case(tmp_path / CASE_FILE) == read_case(tmp_path)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("{", "F/case.json:1: not JSON: expecting property name enclosed in double quotes at column 2"),
        ('{\n "a": 1,\n "a": 2}', 'F/case.json:3: the member "a" is there twice'),
        ('{"a": NaN}', "F/case.json: not JSON: NaN is not JSON"),
        ("[" * 100_000, "F/case.json:1: not usable: the JSON is nested too deeply"),
        ("[]", "F/case.json:1: not a case: expected a JSON object"),
        (changed(polices="x"), 'F/case.json:25: unknown member "polices"; known are '),
        (changed(policies=1), 'F/case.json:2: expected a string for "policies"'),
        (changed(policies="gone.cedar"), 'F/case.json:2: the case has no file "gone.cedar"'),
        (
            changed(entities="../../etc/passwd"),
            'F/case.json:3: "../../etc/passwd" is not the name of a file in the case\'s folder',
        ),
        ({"requests": []}, 'F/case.json:1: the member "policies" is missing'),
        (changed(requests={}), 'F/case.json:4: expected a list for "requests"'),
        (changed_request(decision="Allow"), 'F/case.json:18: expected "allow" or "deny" for "decision"'),
        (changed_request(reasons=[]), 'F/case.json:23: unknown member "reasons"; known are '),
        (changed_request(reason="policy0"), 'F/case.json:19: expected a list for "reason"'),
        (changed_request(errorKinds={"p": "odd"}), 'F/case.json:23: expected "type" or "entity-missing" or '),
        (changed(status="closed"), 'F/case.json:25: expected "open" or "fixed" or "declared" for "status"'),
        (changed(expressions=[{"expression": "1", "request": 1}]), "F/case.json:28: the case has 1 requests"),
        (
            changed(expressions=[{"expression": "1", "value": "1", "error": "type"}]),
            'F/case.json:29: an expression has either "value" or "error"',
        ),
    ],
)
def test_a_malformed_case_is_told_with_file_and_line(tmp_path: Path, document: object, sentence: str) -> None:
    said = complaint(put(tmp_path, document))

    assert said.startswith(sentence)
    assert "\n" not in said


def test_what_is_no_case_at_all_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert complaint(tmp_path / "nowhere") == "F/nowhere: there is no such case".replace("F/nowhere", "F")
    assert complaint(tmp_path / "empty") == "F: not a case: it holds no case.json"


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    (tmp_path / "policies.cedar").write_bytes(b"permit\n\xff\xfe")

    assert complaint(tmp_path) == "F/policies.cedar:2: not text: a byte that is not UTF-8"

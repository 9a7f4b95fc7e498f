"""What a run makes of answers: each kind of material, with an engine that is right, wrong, or breaks."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from drt.assess.conformance import Report, run, run_with
from drt.model.case import Case, Request, Source
from drt.model.errors import InputProblem
from drt.model.json_text import deep_json
from drt.model.outcome import (
    Accepted,
    Authorized,
    Evaluated,
    Failed,
    Printed,
    Rejected,
    Unsupported,
    Validated,
)
from tests.drt.assess.conformance.fake_engine import FakeEngine

Answers = Mapping[str, Callable[..., Any]]


def jsonl(folder: Path, name: str, *records: object) -> Path:
    path = folder / name
    path.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in records))
    return path


def asked(path: Path, answers: Answers) -> Report:
    return run_with([path], FakeEngine(answers))


def summary(report: Report) -> tuple[int, int, dict[str, int]]:
    return report.checked, len(report.mismatches), dict(report.unsupported)


SEEDS = Path(__file__).resolve().parents[4] / "corpus" / "seeds"
PARSER = {"id": "p", "tag": "t", "source": "s", "text": "permit", "accept": True, "static": 1, "templates": 0}
ONE_POLICY = '{"staticPolicies":{"policy0":{}},"templates":{},"templateLinks":[]}'


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Accepted(ONE_POLICY), (2, 0, {})),
        (Accepted('{"staticPolicies":{},"templates":{"policy0":{}}}'), (2, 1, {})),
        (Accepted(), (1, 0, {"canonical": 1})),
        (Rejected("policies"), (1, 1, {})),
        (Unsupported("policies"), (0, 0, {"policies": 1})),
    ],
)
def test_parser_records(tmp_path: Path, answer: object, expected: object) -> None:
    path = jsonl(tmp_path, "parser.jsonl", PARSER)

    assert summary(asked(path, {"read_policies": lambda _: answer})) == expected


def test_an_engine_that_breaks_is_mismatched(tmp_path: Path) -> None:
    def broken(_: Source) -> None:
        raise ZeroDivisionError("planted")

    report = asked(jsonl(tmp_path, "parser.jsonl", PARSER), {"read_policies": broken})

    assert report.exit_code == 1
    assert "ZeroDivisionError" in report.mismatches[0].got


def test_rejection_is_wanted_where_it_was_recorded(tmp_path: Path) -> None:
    path = jsonl(tmp_path, "parser.jsonl", {**PARSER, "accept": False})

    assert summary(asked(path, {"read_policies": lambda _: Rejected("policies")})) == (1, 0, {})
    assert summary(asked(path, {"read_policies": lambda _: Accepted(ONE_POLICY)})) == (1, 1, {})


def deep(n: int, **observed: object) -> dict[str, object]:
    shape = {"open": "(", "core": "true", "close": ")", "suffix": "", "kind": "condition"}
    return {"id": f"d-{n}", "family": "paren", "n": n, **shape, "observed": observed}


ANSWERED = deep(250, parse="accept", decision="Allow", eval_error=None)
DEEPER = deep(500, parse="accept", decision="Allow", eval_error=None)
DIED = deep(1000, parse="crash")
FAILED = deep(10, parse="accept", decision="Deny", eval_error="type error: expected set, got record")


@pytest.mark.parametrize(
    ("record", "outcome", "right"),
    [
        (ANSWERED, Authorized("allow", ("policy0",)), True),
        (ANSWERED, Authorized("deny"), False),
        (ANSWERED, Rejected("policies"), False),
        (DEEPER, Rejected("policies"), True),
        (DEEPER, Authorized("allow", ("policy0",)), True),
        (DEEPER, Authorized("deny"), False),
        (DEEPER, Authorized("deny", (), (("policy0", "recursion-limit"),)), True),
        (ANSWERED, Authorized("deny", (), (("policy0", "recursion-limit"),)), False),
        (DIED, Authorized("deny"), True),
        (DIED, Rejected("policies"), True),
        (FAILED, Authorized("deny", (), (("policy0", "type"),)), True),
        (FAILED, Authorized("deny", (), (("policy0", "overflow"),)), False),
        (FAILED, Authorized("deny"), False),
    ],
)
def test_deep_records(tmp_path: Path, record: object, outcome: object, right: bool) -> None:
    path = jsonl(tmp_path, "deep.jsonl", record)

    assert summary(asked(path, {"authorize": lambda *_: outcome})) == (1, 0 if right else 1, {})


def test_dying_of_depth_is_never_right(tmp_path: Path) -> None:
    def endless(*_: object) -> None:
        raise RecursionError

    assert asked(jsonl(tmp_path, "deep.jsonl", DIED), {"authorize": endless}).exit_code == 1


def fixture(folder: Path) -> None:
    (folder / "fixture.json").write_text(json.dumps({"schema": "entity A;", "entities": [], "request": {}}))


EXPRESSION = {"id": "e", "expr": "1 + 1 == 2", "result": "true", "strict_valid": True}


def expression_engine(result: object, value: object, valid: bool) -> Answers:
    return {
        "read_schema": lambda _: Accepted(),
        "authorize": lambda *_: result,
        "evaluate": lambda *_: value,
        "validate": lambda *_: Validated(valid, (("policy0", valid),)),
    }


@pytest.mark.parametrize(
    ("record", "answers", "wrong"),
    [
        (EXPRESSION, expression_engine(Authorized("allow", ("policy0",)), Evaluated("true"), True), 0),
        (EXPRESSION, expression_engine(Authorized("deny"), Evaluated("false"), False), 3),
        (EXPRESSION, expression_engine(Authorized("allow", ("policy0",)), Evaluated("2"), True), 1),
        (
            EXPRESSION | {"result": "error", "error_kind": "type", "strict_valid": False},
            expression_engine(Authorized("deny", (), (("policy0", "type"),)), Evaluated("2"), False),
            0,
        ),
        (
            EXPRESSION | {"result": "error", "error_kind": "type", "strict_valid": False},
            expression_engine(Authorized("deny", (), (("policy0", "overflow"),)), Failed("overflow"), False),
            2,
        ),
    ],
)
def test_expression_records(tmp_path: Path, record: object, answers: Answers, wrong: int) -> None:
    fixture(tmp_path)

    assert summary(asked(jsonl(tmp_path, "eval.jsonl", record), answers)) == (3, wrong, {})


def test_without_schemas_the_other_result_counts(tmp_path: Path) -> None:
    fixture(tmp_path)
    path = jsonl(tmp_path, "eval.jsonl", EXPRESSION | {"result_without_schema": "false"})
    answers = {"authorize": lambda *_: Authorized("deny"), "evaluate": lambda *_: Evaluated("false")}

    assert summary(asked(path, answers)) == (2, 0, {"schema": 1})


def test_a_set_that_is_refused_whole_is_asked_policy_by_policy(tmp_path: Path) -> None:
    fixture(tmp_path)
    path = jsonl(tmp_path, "eval.jsonl", EXPRESSION, EXPRESSION | {"id": "bad", "expr": "@"})

    def authorize(case: Case, _: Request) -> object:
        return Rejected("policies") if "@" in case.policies.text else Authorized("allow", ("policy0",))

    report = asked(path, expression_engine(None, Evaluated("true"), True) | {"authorize": authorize})

    assert [(m.id, m.check) for m in report.mismatches] == [("bad", "expression result")]


EST_TEXT = {"id": "j", "direction": "text", "text": "permit", "json": {"a": [1, True]}}


@pytest.mark.parametrize(
    ("canonical", "wrong"), [('{"a":[1,true]}', 0), ('{"a":[1,1]}', 1), ('{"a":[true,1]}', 1), ("{}", 1)]
)
def test_text_converts_to_exactly_the_recorded_json(tmp_path: Path, canonical: str, wrong: int) -> None:
    path = jsonl(tmp_path, "est.jsonl", EST_TEXT)

    assert summary(asked(path, {"read_policies": lambda _: Accepted(canonical)})) == (1, wrong, {})


EST_JSON = {
    "id": "j",
    "direction": "json",
    "json": "{}",
    "accept": True,
    "n": 1,
    "text": "x",
    "back": {"b": 1},
}


@pytest.mark.parametrize(
    ("record", "printed", "back", "wrong"),
    [
        (EST_JSON, Printed("y"), Accepted('{"b":1}'), 0),
        (EST_JSON, Printed("y"), Accepted('{"b":2}'), 1),
        (EST_JSON, Printed("y"), Rejected("policies"), 1),
        (EST_JSON, Rejected("policies"), None, 1),
    ],
)
def test_policy_json_prints_as_text_that_converts_back(
    tmp_path: Path, record: object, printed: object, back: object, wrong: int
) -> None:
    path = jsonl(tmp_path, "est.jsonl", record)
    held = Accepted('{"staticPolicies":{},"templates":{"t":{}},"templateLinks":[{"newId":"l"}]}')
    answers = {
        "read_policies": lambda source: held if source.format == "json" else back,
        "print_policies": lambda *_: printed,
    }

    assert summary(asked(path, answers)) == (3, wrong, {})


def test_what_has_no_text_may_be_refused_but_not_printed_unreadably(tmp_path: Path) -> None:
    record = {key: value for key, value in EST_JSON.items() if key != "back"} | {"reparse_error": "no"}
    path = jsonl(tmp_path, "est.jsonl", record)

    def reads(source: Source) -> object:
        readable = source.format == "json" or source.text == "readable"
        return Accepted(ONE_POLICY) if readable else Rejected("policies")

    refused = {"read_policies": reads, "print_policies": lambda *_: Rejected("policies")}
    assert asked(path, refused).exit_code == 0
    assert asked(path, refused | {"print_policies": lambda *_: Printed("readable")}).exit_code == 0
    assert asked(path, refused | {"print_policies": lambda *_: Printed("isIpv4()")}).exit_code == 1


def test_entity_records_count_under_the_fixture_too(tmp_path: Path) -> None:
    fixture(tmp_path)
    record = {
        "id": "f",
        "entities": "[{}]",
        "without_schema": {"accept": True, "n": 1},
        "schema": "fixture",
        "with_schema": {"accept": True, "n": 2},
    }
    path = jsonl(tmp_path, "entities.jsonl", record)
    right = {"read_entities": lambda _, schema: Accepted("[{},{}]" if schema else "[{}]")}

    assert summary(asked(path, right)) == (4, 0, {})
    assert summary(asked(path, {"read_entities": lambda *_: Accepted("[{}]")})) == (4, 1, {})
    assert summary(asked(path, {"read_entities": lambda *_: Rejected("entities")})) == (2, 2, {})


SCHEMA = {"id": "s", "format": "json", "text": "{}", "accept": True, "rendered": "entity A;"}


@pytest.mark.parametrize(
    ("original", "rendered", "wrong"),
    [
        ('{"":{"actions":{}}}', '{"":{"actions":{}}}', 0),
        ('{"":{"actions":{}}}', '{"":{"actions":{"a":{}}}}', 1),
        (
            '{"":{"actions":{"a":{"appliesTo":{"principalTypes":[],"resourceTypes":["A"],"context":{}}}}}}',
            '{"":{"actions":{"a":{}}}}',
            0,
        ),
        (
            '{"":{"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":["A"]}}}}}',
            '{"":{"actions":{"a":{}}}}',
            1,
        ),
        (
            '{"actions":{"a":{"appliesTo":{"principals":["A"],"resources":["A"]}}}}',
            '{"actions":{"a":{"appliesTo":{"principals":["A"],"resources":["B"]}}}}',
            1,
        ),
        ('{"actions":{"a":{"appliesTo":null}}}', '{"actions":{"a":{"appliesTo":{"principals":[]}}}}', 0),
    ],
)
def test_a_schema_means_what_its_rendering_means(
    tmp_path: Path, original: str, rendered: str, wrong: int
) -> None:
    path = jsonl(tmp_path, "schema.jsonl", SCHEMA)
    answers = {"read_schema": lambda source: Accepted(original if source.format == "json" else rendered)}

    assert summary(asked(path, answers)) == (2, wrong, {})


def test_validator_records_find_their_schema(tmp_path: Path) -> None:
    (tmp_path / "schemas.json").write_text(json.dumps({"x": {"format": "cedar", "text": "entity A;"}}))
    record = {"id": "v", "policy": "permit", "schema_ref": "x", "valid": False}
    path = jsonl(tmp_path, "validator.jsonl", record)

    assert summary(asked(path, {"validate": lambda *_: Validated(False)})) == (1, 0, {})
    assert summary(asked(path, {"validate": lambda *_: Validated(True)})) == (1, 1, {})
    with pytest.raises(InputProblem, match="no schema 'y'"):
        asked(jsonl(tmp_path, "validator.jsonl", record | {"schema_ref": "y"}), {})


CASE = {
    "policies": "corpus-tests/c.cedar",
    "schema": "corpus-tests/c.cedarschema",
    "entities": "corpus-tests/c.entities.json",
    "shouldValidate": True,
    "requests": [
        {
            "principal": {"type": "A", "id": "a"},
            "action": {"type": "Action", "id": "a"},
            "resource": {"type": "A", "id": "a"},
            "context": {},
            "decision": "allow",
            "reason": ["policy1", "policy0"],
            "errors": ["policy2"],
        }
    ],
}
CASE_FILES = {
    "c.json": json.dumps(CASE),
    "c.cedar": "permit",
    "c.cedarschema": "entity A;",
    "c.entities.json": "[]",
}


def corpus_archive(folder: Path) -> Path:
    path = folder / "corpus-tests.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in CASE_FILES.items():
            entry = tarfile.TarInfo(f"corpus-tests/{name}")
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return path


ERRING = (("policy2", "type"),)
RIGHT = {
    "validate": lambda *_: Validated(True),
    "authorize": lambda *_: Authorized("allow", ("policy0", "policy1"), ERRING),
}


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        (RIGHT, 0),
        (RIGHT | {"validate": lambda *_: Validated(False)}, 1),
        (RIGHT | {"authorize": lambda *_: Authorized("deny", ("policy0", "policy1"), ERRING)}, 1),
        (RIGHT | {"authorize": lambda *_: Authorized("allow", ("policy0",), ERRING)}, 1),
        (RIGHT | {"authorize": lambda *_: Authorized("allow", ("policy0", "policy1"))}, 1),
        (RIGHT | {"authorize": lambda *_: Rejected("request")}, 1),
        ({"load": lambda _: Rejected("entities")}, 2),
    ],
)
def test_a_case_in_an_archive(tmp_path: Path, answers: Answers, wrong: int) -> None:
    assert summary(asked(corpus_archive(tmp_path), answers)) == (2, wrong, {})


def test_a_case_alone_finds_its_files_above_it(tmp_path: Path) -> None:
    folder = tmp_path / "corpus-tests"
    folder.mkdir()
    for name, text in CASE_FILES.items():
        (folder / name).write_text(text)

    assert summary(asked(folder / "c.json", RIGHT)) == (2, 0, {})


def test_an_engine_without_schemas_is_unsupported_not_wrong(tmp_path: Path) -> None:
    report = asked(corpus_archive(tmp_path), {"load": lambda _: Unsupported("schema")})

    assert summary(report) == (0, 0, {"schema": 2})
    assert report.exit_code == 0
    assert report.text().splitlines()[-2:] == [
        "unsupported: schema: 2",
        "conformance[fake]: 0 checked, 0 mismatched, 2 unsupported",
    ]


def test_verdicts_by_mode_and_schemas_in_json_find_the_corpus_above(tmp_path: Path) -> None:
    corpus_archive(tmp_path)
    below = tmp_path / "extra" / "validator"
    below.mkdir(parents=True)
    jsonl(below, "corpus_modes.jsonl", {"case": "c", "strict": True, "permissive": False})
    (below / "c.cedarschema.json").write_text("{}")
    answers = {
        "validate": lambda _, mode: Validated(mode == "strict"),
        "read_schema": lambda source: Accepted('{"same": 1}'),
    }

    assert summary(asked(below, answers)) == (5, 0, {})
    assert summary(asked(below, answers | {"validate": lambda *_: Validated(True)})) == (5, 2, {})
    differs = {"read_schema": lambda source: Accepted(source.format)}
    assert summary(asked(below, answers | differs)) == (5, 1, {})


def test_a_verdict_on_a_case_that_is_nowhere_is_unsupported(tmp_path: Path) -> None:
    path = jsonl(tmp_path, "corpus_modes.jsonl", {"case": "c", "strict": True, "permissive": False})

    assert summary(asked(path, {})) == (0, 0, {"missing-case": 2})


def suite(folder: Path) -> None:
    (folder / "c.json").write_text(json.dumps(CASE | {"schema": "c.schema", "policies": "c.cedar"}))
    (folder / "c.schema").write_text("entity A;")
    (folder / "c.cedar").write_text("permit")
    bad, good = ({"uid": {"type": "A", "id": name}, "attrs": {}, "parents": []} for name in ("bad", "good"))
    (folder / "corpus-tests").mkdir()
    (folder / "corpus-tests" / "c.entities.json").write_text(json.dumps([bad, good]))


def test_a_validation_suite(tmp_path: Path) -> None:
    suite(tmp_path)
    verdicts = {
        "strict": False,
        "permissive": True,
        "perPolicy": {"policy0": {"strict": False, "permissive": True}},
    }
    judged = {
        "policyValidation": verdicts | {"perPolicy": {"policy0": verdicts}},
        "entityValidation": {"perEntity": {"A::bad": {"errors": ["x"]}, "A::good": {}}},
        "requestValidation": [{"strict": True, "permissive": True}],
    }
    (tmp_path / "c.validation.json").write_text(json.dumps(judged))
    right = RIGHT | {
        "validate": lambda _, mode: Validated(mode != "strict", (("policy0", mode != "strict"),)),
        "read_entities": lambda text, _: Rejected("entities") if "bad" in text else Accepted(),
    }

    assert summary(asked(tmp_path, right)) == (8, 0, {})
    assert summary(asked(tmp_path, right | {"validate": lambda *_: Validated(True)})) == (
        6,
        1,
        {"per-policy-verdicts": 2},
    )
    assert summary(asked(tmp_path, right | {"read_entities": lambda *_: Accepted()})) == (8, 1, {})
    assert summary(asked(tmp_path, right | {"authorize": lambda *_: Rejected("request")})) == (7, 1, {})


def test_a_parsing_suite(tmp_path: Path) -> None:
    suite(tmp_path)
    (tmp_path / "c.json").write_text(
        json.dumps({"schema": "c.schema", "entities": "corpus-tests/c.entities.json"})
    )
    judged = {
        "allEntities": {"success": False},
        "perEntity": {"A::bad": {"success": False}, "A::good": {"success": True}},
    }
    (tmp_path / "c.parsing.json").write_text(json.dumps(judged))
    right = {"read_entities": lambda text, _: Rejected("entities") if "bad" in text else Accepted()}

    assert summary(asked(tmp_path, right)) == (3, 0, {})
    assert summary(asked(tmp_path, {"read_entities": lambda *_: Accepted()})) == (3, 2, {})


def test_nothing_found_is_an_exit_code_of_its_own(tmp_path: Path) -> None:
    report = asked(tmp_path, {})

    assert report.exit_code == 5
    assert report.line == "conformance[fake]: 0 checked, 0 mismatched, 0 unsupported"


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("absent.json", None, "no such file"),
        ("notes.txt", "x", "expected a folder"),
        ("x.json", "{", "line 1, column 2"),
        ("x.jsonl", '{"a": 1}\n{', "record 2: line 1, column 2"),
        ("x.json", '{"a": 1}', "not conformance material"),
        ("x.tar.gz", "x", "not a readable"),
        ("x.json", json.dumps(CASE), "refers to 'corpus-tests/c.cedar'"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path: Path, name: str, content: str | None, complaint: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)

    with pytest.raises(InputProblem, match=complaint):
        asked(tmp_path / name, {})


def test_the_machine_twin_has_every_mismatch(tmp_path: Path) -> None:
    path = jsonl(tmp_path, "parser.jsonl", *({**PARSER, "id": f"p{n}"} for n in range(60)))
    report = asked(path, {"read_policies": lambda _: Rejected("policies")})
    twin = json.loads(report.to_json())

    assert twin["mismatched"] == len(twin["mismatches"]) == 60
    assert twin["mismatches"][0]["expected"] == "accept"
    assert "and 20 more" in report.text()


def test_a_record_may_hold_any_line_separator(tmp_path: Path) -> None:
    text = "permit\u2028\u0085\r\x0b"
    path = tmp_path / "parser.jsonl"
    path.write_text(json.dumps({**PARSER, "text": text}, ensure_ascii=False) + "\n", "utf-8", newline="\n")
    seen = []

    asked(path, {"read_policies": lambda source: seen.append(source.text) or Rejected("policies")})

    assert seen == [text]


def test_records_of_no_known_kind_are_counted_not_passed_over(tmp_path: Path) -> None:
    path = jsonl(tmp_path, "parser.jsonl", PARSER, {"id": "?"}, [1])
    report = asked(path, {"read_policies": lambda _: Accepted(ONE_POLICY)})

    assert summary(report) == (2, 0, {"unknown-record": 2})


def test_a_fixture_may_lie_in_the_folder_of_its_kind(tmp_path: Path) -> None:
    (tmp_path / "extra" / "eval").mkdir(parents=True)
    fixture(tmp_path / "extra" / "eval")
    (tmp_path / "more").mkdir()
    path = jsonl(tmp_path / "more", "eval.jsonl", EXPRESSION)

    assert asked(path, expression_engine(Authorized("deny"), Evaluated("false"), False)).checked == 3


HANGING = """
import sys, time
from pathlib import Path
from drt.assess.conformance import run_with
from drt.model.outcome import Rejected
from tests.drt.assess.conformance.fake_engine import FakeEngine

def read(source):
    while "hang" in source.text:
        time.sleep(0.01)
    return Rejected("policies")

print(run_with([Path(sys.argv[1])], FakeEngine({"read_policies": read}), seconds=0.5).to_json())
"""


def test_a_question_that_hangs_is_mismatched_and_the_run_goes_on(tmp_path: Path) -> None:
    refused = {**PARSER, "accept": False}
    path = jsonl(tmp_path, "parser.jsonl", {**refused, "id": "h", "text": "hang"}, refused)
    done = subprocess.run(
        [sys.executable, "-c", HANGING, str(path)],
        cwd=Path(__file__).resolve().parents[4],
        capture_output=True,
        check=True,
    )
    twin = json.loads(done.stdout)

    assert twin["checked"] == 2
    assert [(m["id"], m["got"]) for m in twin["mismatches"]] == [("h", "ExceededBudget(resource='time')")]


def test_files_of_a_folder_that_are_not_read_are_named_with_the_reason(tmp_path: Path) -> None:
    jsonl(tmp_path, "parser.jsonl", PARSER)
    jsonl(tmp_path, "other.jsonl", {"x": 1})
    for name, text in {
        "tsconfig.json": "{ // a comment\n}",
        "list.json": "[]",
        "._parser.jsonl": "\0",
        "latin.json": "\xe9",
        "deep.json": "[" * 100_000,
        "schemas.json": "{}",
        "README.md": "",
    }.items():
        (tmp_path / name).write_text(text, encoding="latin-1")
    (tmp_path / "broken.tar.gz").write_bytes(b"no archive")
    report = asked(tmp_path, {"read_policies": lambda _: Accepted(ONE_POLICY)})

    assert summary(report) == (2, 0, {})
    named = {Path(sentence.split(": ")[0]).name: sentence for sentence in report.skipped}
    assert named.keys() == {
        "._parser.jsonl",
        "broken.tar.gz",
        "deep.json",
        "latin.json",
        "list.json",
        "other.jsonl",
        "tsconfig.json",
    }
    assert named["._parser.jsonl"].endswith(": metadata of macOS")
    assert "nested too deeply" in named["deep.json"]
    assert "line 1, column 3" in named["tsconfig.json"]
    assert all(f"not read: {sentence}" in report.text() for sentence in report.skipped)
    assert json.loads(report.to_json())["not_read"] == list(report.skipped)


def test_what_cases_and_suites_refer_to_is_read_with_them() -> None:
    report = run_with([SEEDS], FakeEngine({}))

    assert report.skipped == ()


def test_a_record_that_lacks_a_member_is_one_sentence(tmp_path: Path) -> None:
    record = {key: value for key, value in PARSER.items() if key != "static"}
    path = jsonl(tmp_path, "parser.jsonl", record)

    with pytest.raises(InputProblem, match=r"parser\.jsonl: p: the member 'static' is missing"):
        asked(path, {"read_policies": lambda _: Accepted(ONE_POLICY)})


@pytest.mark.parametrize("engine", ["reference", "production"])
@pytest.mark.parametrize("depth", [120, 480, 900, 2000])
def test_a_deep_schema_has_a_verdict(depth: int, engine: str, tmp_path: Path) -> None:
    text = f"entity A {'{a: ' * depth}Long{'}' * depth};"
    taken = depth < 1000
    record = {"id": "deep", "tag": "t", "format": "cedar", "text": text, "rendered": text, "accept": taken}
    report = run([jsonl(tmp_path, "schemas.jsonl", record)], engine)

    assert summary(report) == (2 if taken else 1, 0, {})


def test_files_with_other_names_are_named_too_many_of_a_folder_together(tmp_path: Path) -> None:
    jsonl(tmp_path, "parser.jsonl", PARSER)
    for name in ("a.txt", "b.txt", "README.md", "._c.cedar", "c.JSON"):
        (tmp_path / name).write_text("x")
    report = asked(tmp_path, {"read_policies": lambda _: Accepted(ONE_POLICY)})

    shown = sorted(Path(sentence.split(": ")[0]).name for sentence in report.skipped)
    assert shown == ["*.txt", "._c.cedar", "c.JSON"]
    assert any("*.txt: 2 files, " in sentence for sentence in report.skipped)


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    report = asked(tmp_path, {})

    assert report.exit_code == 5
    assert [sentence.split(": ")[1] for sentence in report.skipped] == ["holds no material"]


def nested_schema(depth: int) -> object:
    schema: object = {"type": "Long"}
    for _ in range(depth):
        schema = {"type": "Record", "attributes": {"x": schema}}
    return {"": {"entityTypes": {"U": {"shape": schema}}, "actions": {}}}


@pytest.mark.parametrize("engine", ["reference", "production"])
def test_a_schema_2000_deep_gives_a_verdict_as_text_and_as_json(tmp_path: Path, engine: str) -> None:
    deep = "entity U { a: " + "{x: " * 2000 + "Long" + "}" * 2000 + " };"
    with deep_json():
        document = json.dumps(nested_schema(1000))
    refused = {"tag": "t", "answers": {"refused": True}}
    records = [
        json.dumps({"id": "text", "format": "cedar", "text": deep, "accept": False}),
        json.dumps({"id": "json", "format": "json", "text": document, "accept": False}),
        json.dumps({"id": "asked", "schema": deep, **refused}),
        f'{{"id": "raw", "schema": {document}, {json.dumps(refused)[1:-1]}}}',
    ]
    path = tmp_path / "schemas.jsonl"
    path.write_text("\n".join(records))
    report = run([path], engine)

    assert (report.checked, report.mismatches, report.skipped) == (6, (), ())


MISSHAPEN: list[object] = [
    {"policies": [1], "entities": {}, "requests": []},
    {"policies": "p.cedar", "entities": "e.json", "requests": [1]},
    {"policies": "p.cedar", "entities": "e.json", "requests": [{"decision": "allow"}]},
    {"policyValidation": 3},
    {"allEntities": None},
]


@pytest.mark.parametrize("document", MISSHAPEN)
def test_json_that_only_looks_like_material_is_skipped_in_a_folder(tmp_path: Path, document: object) -> None:
    jsonl(tmp_path, "parser.jsonl", PARSER)
    (tmp_path / "p.cedar").write_text("")
    (tmp_path / "e.json").write_text("[]")
    (tmp_path / "x.json").write_text(
        json.dumps({"policies": "p.cedar", "entities": "e.json", "requests": []})
    )
    name = "x.validation.json" if isinstance(document, dict) and len(document) == 1 else "y.json"
    (tmp_path / name).write_text(json.dumps(document))
    report = asked(tmp_path, {"read_policies": lambda _: Accepted(ONE_POLICY)})

    assert report.checked >= 2
    assert any(f"{name}: " in sentence for sentence in report.skipped)
    with pytest.raises(InputProblem, match=name):
        asked(tmp_path / name, {})


@pytest.mark.parametrize("member", ["text", "accept", "static"])
def test_a_record_of_another_shape_is_named_and_the_others_are_checked(tmp_path: Path, member: str) -> None:
    jsonl(tmp_path, "parser.jsonl", {**PARSER, "id": "bad", member: None} if member == "text" else PARSER)
    record = {key: value for key, value in PARSER.items() if key != "static"}
    jsonl(tmp_path, "other.jsonl", record, PARSER)
    report = asked(tmp_path, {"read_policies": lambda _: Accepted(ONE_POLICY)})

    assert report.checked >= 2
    assert any("other.jsonl: p: the member 'static' is missing" in sentence for sentence in report.skipped)


def test_a_case_whose_files_are_missing_is_named_and_the_rest_is_checked(tmp_path: Path) -> None:
    jsonl(tmp_path, "parser.jsonl", PARSER)
    (tmp_path / "x.json").write_text(json.dumps(CASE))
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "case.json").write_text(json.dumps({**CASE, "requests": [{"context": {"x": 1}}]}))
    report = asked(tmp_path, {"read_policies": lambda _: Accepted(ONE_POLICY)})

    assert report.checked == 2
    assert any("x.json: refers to 'corpus-tests/c.cedar'" in sentence for sentence in report.skipped)
    assert any("saved/case.json: " in sentence for sentence in report.skipped)

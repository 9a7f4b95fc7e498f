"""The formats that programs and CI read: valid, complete, and unmoved by hostile texts."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker
from markdown_it import MarkdownIt
from markdown_it.token import Token

import drt.report
from drt.model.escape import escape_untrusted
from drt.report import FORMATS, Report, gather
from drt.report.finding_words import HEADINGS
from drt.report.kinds import KINDS
from drt.report.markdown import as_markdown, code, fenced
from drt.report.words import identity
from tests.drt.report.logs import HOSTILE, SPELLED, find, judged, law, write_log

DATA = Path(__file__).parent / "data"
SARIF = json.loads((DATA / "sarif-2.1.0-rtm.4.json").read_text(encoding="utf-8"))
OURS = json.loads(Path(drt.report.__file__).with_name("report.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def hostile(tmp_path: Path) -> Report:
    """A report whose every text that a case, an engine or a path can say is hostile."""
    finds = [
        find(
            f"signature{HOSTILE}",
            "1-1",
            HOSTILE,
            target=f"t{HOSTILE}",
            path=f"/no/{HOSTILE}",
            verdict=judged(HOSTILE),
            reduced=False,
        ),
        find("flaky", "1-2", solid=False, says={"engine": HOSTILE, "says": HOSTILE}, unsteady=[HOSTILE]),
        find("known", "1-3"),
    ]
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "known.toml").write_text('[[finding]]\nid="k"\nsignature="known"\nstatus="open"\nreason="r"\n')
    folder = write_log(tmp_path / "run", finds, whole=False)
    with (folder / "worker-0.jsonl").open("a") as log:
        broken = {
            "event": "broken",
            "at": 1,
            "what": HOSTILE,
            "target": HOSTILE,
            "index": 1,
            "error": HOSTILE,
        }
        log.write(json.dumps(broken) + "\n")
    return gather([folder])


def every_kind(tmp_path: Path) -> Report:
    return gather([write_log(tmp_path / "run", [law(kind, kind, f"1-{kind}") for kind in KINDS])])


# SARIF


def sarif_faults(document: Any) -> list[str]:
    return [
        fault.message
        for fault in Draft4Validator(SARIF, format_checker=FormatChecker()).iter_errors(document)
    ]


def test_sarif_validates_against_its_schema(hostile: Report, tmp_path: Path) -> None:
    for report in (hostile, every_kind(tmp_path / "kinds"), gather([write_log(tmp_path / "clean", [])])):
        assert sarif_faults(json.loads(FORMATS["sarif"](report))) == []


def test_the_schema_of_sarif_tells_a_fault(hostile: Report) -> None:
    document = json.loads(FORMATS["sarif"](hostile))
    document["runs"][0]["results"][0]["level"] = "fatal"
    del document["runs"][0]["tool"]["driver"]["name"]

    assert len(sarif_faults(document)) == 2


def test_sarif_has_a_result_a_finding_and_the_signature_for_a_fingerprint(hostile: Report) -> None:
    [run] = json.loads(FORMATS["sarif"](hostile))["runs"]

    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    assert [result["partialFingerprints"]["drtSignature/v1"] for result in run["results"]] == [
        identity(bucket) for bucket in hostile.buckets
    ]
    assert [bool(result.get("suppressions")) for result in run["results"]] == [False, False, True]
    assert "They part at `<`" in run["results"][1]["message"]["text"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[!-~]+", uri)
    assert not set(uri) & set('<>"{}|\\^`')


# JUnit


def junit_faults(root: ET.Element) -> list[str]:
    """What the schema that Jenkins and Ant's reports share asks: elements in their order, attributes, counts."""
    faults = [] if root.tag == "testsuites" else ["the root is no testsuites"]
    for suite in root:
        names = [child.tag for child in suite]
        if not re.fullmatch(
            r"properties (testcase )*system-out system-err ", "".join(f"{name} " for name in names)
        ):
            faults.append(f"the order of {names}")
        for name, shape in {
            "name": r"(?s).+", "package": r".+", "hostname": r"\S+", "id": r"[0-9]+", "tests": r"[0-9]+",
            "failures": r"[0-9]+", "errors": r"[0-9]+", "skipped": r"[0-9]+", "time": r"[0-9]+\.[0-9]{3}",
            "timestamp": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}",
        }.items():  # fmt: skip
            if not re.fullmatch(shape, suite.get(name, "")):
                faults.append(f"{name} is {suite.get(name)!r}")
        cases = suite.findall("testcase")
        for total, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if int(suite.get(total, "-1")) != len(suite.findall(f"testcase/{tag}")):
                faults.append(f"{total} do not add up")
        if int(suite.get("tests", "-1")) != len(cases):
            faults.append("tests do not add up")
        for case in cases:
            if not all(case.get(name) for name in ("name", "classname", "time")) or len(case) > 1:
                faults.append(f"a test case {case.attrib} with {len(case)} outcomes")
            faults += [
                f"{one.tag} without type"
                for one in case
                if one.tag in ("failure", "error") and not one.get("type")
            ]
    for total in ("tests", "failures", "errors", "skipped"):
        if int(root.get(total, "-1")) != sum(int(suite.get(total, "0")) for suite in root):
            faults.append(f"{total} of all do not add up")
    return faults


def test_junit_has_the_shape_that_ci_reads(hostile: Report, tmp_path: Path) -> None:
    for report in (hostile, every_kind(tmp_path / "kinds"), gather([write_log(tmp_path / "clean", [])])):
        assert junit_faults(ET.fromstring(FORMATS["junit"](report).encode())) == []


def test_the_check_of_junit_tells_a_fault(hostile: Report) -> None:
    root = ET.fromstring(FORMATS["junit"](hostile).encode())
    root[0].set("tests", "17")
    root[1].remove(root[1][0])

    assert len(junit_faults(root)) == 3


def test_junit_has_a_suite_a_target_and_a_failure_a_finding(hostile: Report) -> None:
    root = ET.fromstring(FORMATS["junit"](hostile).encode())
    outcomes = {
        (suite.get("name"), case.get("name")): [one.tag for one in case]
        for suite in root
        for case in suite.findall("testcase")
    }

    assert outcomes[(escape_untrusted(f"t{HOSTILE}"), escape_untrusted(f"signature{HOSTILE}"))] == ["failure"]
    assert outcomes[("typed", "flaky")] == ["error"]
    assert outcomes[("typed", "known")] == ["skipped"]
    assert outcomes[("laws", "no finding")] == []
    assert outcomes[("idle", "no finding")] == ["skipped"], "nothing was drawn for it"
    [harness] = [suite for suite in root if suite.get("name") == "harness"]
    assert harness.find("testcase/error") is not None
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.text is not None
    assert "≠ answer, reference: allow" in failure.text
    assert failure.text.rstrip().splitlines()[-2].startswith("drt replay") or "drt replay" in failure.text


# JSON


def test_json_validates_against_our_schema(hostile: Report, tmp_path: Path) -> None:
    Draft202012Validator.check_schema(OURS)
    for report in (hostile, every_kind(tmp_path / "kinds"), gather([write_log(tmp_path / "clean", [])])):
        text = FORMATS["json"](report)
        assert text.isascii()
        assert [fault.message for fault in Draft202012Validator(OURS).iter_errors(json.loads(text))] == []


def test_json_keeps_hostile_texts_as_they_are(hostile: Report) -> None:
    document = json.loads(FORMATS["json"](hostile))

    assert document["findings"][0]["signature"] == f"signature{HOSTILE}"
    assert document["findings"][0]["case"]["requests"][0]["text"] == f'{{"principal": {json.dumps(HOSTILE)}}}'
    assert document["version"] == 1
    assert [finding["state"] for finding in document["findings"]] == [
        "confirmed",
        "nondeterministic",
        "known",
    ]


# Markdown


def markdown_leaves(text: str) -> list[Token]:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return [leaf for token in tokens for leaf in (token.children or [token])]


def test_markdown_lets_no_text_out_of_its_code(hostile: Report) -> None:
    text = FORMATS["md"](hostile)
    text.encode()
    allowed = re.compile(r"</?(details|summary|code)>")
    html = [leaf.content for leaf in markdown_leaves(text) if leaf.type in ("html_inline", "html_block")]

    assert not any(character in text for character in "\x00\x1b\u202e\ufffe\uffff\r")
    assert all("<" not in allowed.sub("", one).replace("&#60;", "") for one in html)
    leaves = markdown_leaves(text)
    assert not [leaf for leaf in leaves if leaf.type in ("image", "em_open")]
    assert sum(leaf.type == "heading_open" for leaf in leaves) == 1 + sum(
        f"### {heading}\n" in text for heading in set(HEADINGS.values())
    )
    links = [leaf.attrs["href"] for leaf in leaves if leaf.type == "link_open"]
    assert links
    assert {str(link).partition("#")[0] for link in links} == {"docs/language/02-values-and-evaluation.md"}
    assert all(
        spelled.replace("\\", "&#92;").replace("{", "&#123;").replace("}", "&#125;") in text
        for spelled in SPELLED
    )


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "a|b",
        "`",
        "``` x",
        "\\|",
        "*a* _b_ [c](d) <e> &amp; #1 @you https://x.y",
        "-",
        "1. x",
        "a\nb",
        " a ",
    ],
)
def test_any_text_is_one_cell_of_a_table(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(f"| a | b |\n|---|---|\n| {code(text)} | end |\n")
    cells = [token for token in tokens if token.type == "inline"][2:]

    assert [cell.content for cell in cells][-1] == "end"
    assert len(cells) == 2
    shown = "".join(leaf.content for leaf in cells[0].children or [] if leaf.type != "html_inline")
    assert shown == escape_untrusted(text, 300).replace("\n", "⏎").strip()


@pytest.mark.parametrize("text", [HOSTILE, "```\n# x", "````` `` ```", "~~~", ""])
def test_any_text_is_one_block_of_code(text: str) -> None:
    [token] = MarkdownIt("commonmark").parse(fenced(text))

    assert token.type == "fence"
    assert token.content == escape_untrusted(text) + "\n"


def test_markdown_has_a_row_with_its_replay_line_for_each_finding(tmp_path: Path) -> None:
    finds = [find(f"finding {number}", f"1-{number}", path=f"/c/{number}") for number in range(5)]
    text = FORMATS["md"](gather([write_log(tmp_path / "run", finds)]))
    rows = [line for line in text.splitlines() if re.match(r"\| [0-9]+ \|", line)]

    assert text.startswith("## drt: 5 findings\n")
    assert len(rows) == 5
    assert all(
        f"| `finding {n}` | `typed` | 6 | confirmed | `drt replay /c/{n}` |" in rows[n] for n in range(5)
    )


@pytest.mark.slow
def test_markdown_never_exceeds_its_limit(tmp_path: Path) -> None:
    long = "x" * 3000 + HOSTILE * 100
    finds = [find(f"{number} {long}", f"1-{number}", long, path=f"/c/{number}") for number in range(400)]
    report = gather([write_log(tmp_path / "run", finds)])

    assert 500_000 < len(as_markdown(report).encode()) <= 900_000
    assert "do not fit here" in as_markdown(report)
    assert len(as_markdown(report, 300_000).encode()) <= 300_000
    assert len(as_markdown(report, 1000).encode()) <= 1000

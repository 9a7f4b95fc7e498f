"""A report as SARIF 2.1.0, for code scanning: one rule per kind of divergence, one result per finding.

The location of a result is its saved case, its fingerprint the signature; a known finding is a suppressed
result.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from drt.model.escape import escape_untrusted
from drt.model.outcome_text import in_a_line
from drt.report.bucket import Bucket
from drt.report.gathered import Report, RunFacts
from drt.report.kinds import KINDS
from drt.report.words import drt_version, identity, moment, notes, place_of, verdict_lines

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RULES = tuple(KINDS)


def as_sarif(report: Report) -> str:
    """Render the SARIF document, in ASCII."""
    return json.dumps(document(report), indent=2) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Convert the report to plain values: one SARIF run, one invocation per run of ours."""
    driver = {
        "name": "drt",
        "version": drt_version(),
        "rules": [
            {
                "id": kind,
                "shortDescription": {"text": KINDS[kind]},
                "help": {"text": "`drt replay CASE` shows both answers and where the engines part."},
                "defaultConfiguration": {"level": "error"},
            }
            for kind in RULES
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(run) for run in report.runs],
        "results": [_result(bucket) for bucket in report.buckets],
        "properties": {"exitCode": report.exit_code, "complete": report.complete},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _invocation(run: RunFacts) -> dict[str, Any]:
    whole = run.complete and not run.broken and run.cannot_start is None
    troubles = [str(run.cannot_start)] if run.cannot_start is not None else []
    troubles += [f"{place_of(error)}: {error.error}" for error in run.errors]
    invocation: dict[str, Any] = {
        "executionSuccessful": whole,
        "startTimeUtc": moment(run.began),
        "endTimeUtc": moment(run.began + run.seconds),
        "properties": {
            "randomSeed": run.random_seed,
            "engines": {
                escape_untrusted(name): escape_untrusted(version) for name, version in run.engines.items()
            },
        },
    }
    if troubles:
        invocation["toolExecutionNotifications"] = [
            {"level": "error", "message": {"text": escape_untrusted(text)}} for text in troubles
        ]
    return invocation


def _result(bucket: Bucket) -> dict[str, Any]:
    finding, divergence = bucket.finding, bucket.divergence
    level = "error" if finding.counts else ("note" if finding.known is not None else "warning")
    answers = [f"{name}: {in_a_line(outcome)}" for name, outcome in divergence.answers]
    part = bucket.part
    lines = [*verdict_lines(bucket), finding.signature, f"Asked: {divergence.question}.", *answers]
    if part is not None:
        lines.append(f"They part at {part.rule} ({part.source}; {part.place}): {part.text}")
    lines.append(bucket.replay or "The case was not saved.")
    result: dict[str, Any] = {
        "ruleId": divergence.kind,
        "ruleIndex": RULES.index(divergence.kind),
        "level": level,
        "message": {"text": "\n".join(escape_untrusted(line) for line in lines)},
        "locations": [_location(bucket)],
        "partialFingerprints": {"drtSignature/v1": identity(bucket)},
        "occurrenceCount": max(1, finding.seen),
        "properties": {
            "signature": escape_untrusted(finding.signature),
            "target": escape_untrusted(finding.target),
            "law": escape_untrusted(divergence.law),
            "state": bucket.state,
            "notes": [escape_untrusted(note) for note in notes(bucket)],
        },
    }
    if finding.known is not None:
        result["suppressions"] = [{"kind": "external", "justification": escape_untrusted(finding.known)}]
    return result


def _location(bucket: Bucket) -> dict[str, Any]:
    """Locate the policies of the saved case, or its description if they are in no file."""
    case = bucket.case
    name = "case.json"
    if case is not None:
        name = "policies.cedar" if case.policies.format == "cedar" else "policies.json"
    uri = _uri(bucket.path, name)
    place: dict[str, Any] = {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}
    return {"physicalLocation": place}


def _uri(path: str | None, name: str) -> str:
    if path is None:
        return "corpus"
    if Path(path).is_absolute():
        return "file://" + quote(str(PurePosixPath(path) / name), errors="surrogatepass")
    return quote(str(PurePosixPath(path) / name), errors="surrogatepass")

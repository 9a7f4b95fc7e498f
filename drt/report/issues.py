"""GitHub issues, one per signature, filed through the `gh` command.

A marker in an issue's body identifies it. An open issue is left alone, even if its text was edited; a closed
one is reopened when its finding returns; none is ever closed here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from drt.engines.processes import TimedOut, run
from drt.model.errors import InputProblem
from drt.model.escape import escape_untrusted
from drt.report.bucket import Bucket
from drt.report.gathered import Report
from drt.report.markdown import finding_text
from drt.report.words import identity

LABEL = "drt"
MOST_OPENED = 20
LONGEST_BODY = 60_000
_MARKER = re.compile(r"<!-- drt:([0-9a-f]{12}) -->")


@dataclass(frozen=True, slots=True)
class Filed:
    """The issues filed: signatures by action."""

    opened: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def file_issues(report: Report, environment: Mapping[str, str]) -> Filed:
    """Open an issue for each new or unreproducible finding that has none, at most twenty.

    Raises `InputProblem` when `gh` is not there or refuses.
    """
    reported = [bucket for bucket in report.buckets if bucket.finding.known is None]
    if not reported:
        return Filed()
    _gh("label", "create", LABEL, "--force", "--description", "Found by drt")
    known = _known()
    link = _link(environment)
    did: dict[str, list[str]] = {"opened": [], "reopened": [], "there": [], "left": []}
    for bucket in reported:
        number, state = known.get(identity(bucket), (0, ""))
        if state == "OPEN":
            outcome = "there"
        elif state:
            _gh("issue", "reopen", str(number), "--comment", f"It is back.{link}")
            outcome = "reopened"
        elif len(did["opened"]) >= MOST_OPENED:
            outcome = "left"
        else:
            apart = "" if bucket.finding.counts else f" ({bucket.state})"
            title = f"drt{apart}: {escape_untrusted(bucket.finding.signature, 200)}".replace("\n", " ")
            _gh(
                "issue",
                "create",
                "--label",
                LABEL,
                "--title",
                title,
                "--body-file",
                "-",
                stdin=_body(bucket, link),
            )
            outcome = "opened"
        did[outcome].append(bucket.finding.signature)
    return Filed(**{name: tuple(signatures) for name, signatures in did.items()})


def _known() -> dict[str, tuple[int, str]]:
    """Find the number and state of each of our issues, by the marker in its body."""
    listed = _gh(
        "issue", "list", "--label", LABEL, "--state", "all", "--limit", "5000", "--json", "number,state,body"
    )
    known: dict[str, tuple[int, str]] = {}
    try:
        for issue in json.loads(listed):
            if marker := _MARKER.search(issue["body"]):
                known.setdefault(marker[1], (int(issue["number"]), str(issue["state"])))
    except (ValueError, KeyError, TypeError):
        raise InputProblem("`gh issue list` does not answer with issues") from None
    return known


def _body(bucket: Bucket, link: str) -> str:
    text = finding_text(bucket)[:LONGEST_BODY]
    return f"<!-- drt:{identity(bucket)} -->\n{text}\n{link.strip()}\n"


def _link(environment: Mapping[str, str]) -> str:
    """Return the address of the workflow run."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (environment.get(name, "") for name in names)
    return f" Seen in {server}/{repository}/actions/runs/{run}." if server and repository and run else ""


def _gh(*arguments: str, stdin: str = "") -> str:
    try:
        answer = run(["gh", *arguments], stdin=stdin, seconds=120)
    except FileNotFoundError:
        raise InputProblem("issues are filed through the `gh` command, which is not here") from None
    except TimedOut:
        raise InputProblem(f"`gh {arguments[0]} {arguments[1]}` does not answer") from None
    if answer.code:
        words = answer.errors.strip().splitlines() or ["no word of why"]
        raise InputProblem(f"`gh {arguments[0]} {arguments[1]}` refuses: {escape_untrusted(words[0], 200)}")
    return answer.output

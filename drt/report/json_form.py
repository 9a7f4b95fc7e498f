"""A report for programs: one JSON document, whose shape `report.schema.json` beside this file describes.

Owns that shape. `version` grows when a member changes its meaning or goes; new members may come at any time.
"""

from __future__ import annotations

import json
from typing import Any

from drt.model.records import to_json
from drt.report.bucket import Bucket
from drt.report.gathered import Report, RunFacts
from drt.report.series import growth, rates
from drt.report.words import drt_version, headline, identity, moment
from drt.run.statistics import Counts

FORM = "cedar-drt/report"
VERSION = 1
PARTS = 120


def as_json(report: Report) -> str:
    """Render the JSON document, in ASCII."""
    return json.dumps(document(report), indent=2) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Convert the report to plain values."""
    counts, coverage = report.counts, report.coverage
    decisions = rates([run.series.decisions for run in report.runs], PARTS)
    cases = rates([run.series.cases for run in report.runs], PARTS)
    return {
        "form": FORM,
        "version": VERSION,
        "drt": drt_version(),
        "headline": headline(report),
        "exit_code": report.exit_code,
        "complete": report.complete,
        "seconds": report.seconds,
        "runs": [_run(run) for run in report.runs],
        "totals": _totals(counts),
        "targets": [{"name": name, **_numbers(counts)} for name, counts in report.targets.items()],
        "language": {
            "cells": coverage.total,
            "reached": coverage.reached,
            "complete": coverage.complete,
            "missing": list(coverage.missing),
            "error_kinds": dict(coverage.error_kinds),
        },
        "sometimes": dict(report.sometimes),
        "missed": list(report.missed),
        "declared": counts.excused,
        "series": {
            "cases_per_second": _points(cases),
            "decisions_per_second": _points(decisions),
            "cells_reached": _points(growth([run.series for run in report.runs])),
        },
        "findings": [_finding(bucket) for bucket in report.buckets],
    }


def _totals(counts: Counts) -> dict[str, Any]:
    members = {name: value for name, value in to_json(counts).items() if name not in ("streams", "distinct")}
    return {
        **members,
        "shares": counts.shares(),
        "stream_shares": counts.stream_shares(),
        "distinct_shares": {name: round(sample.share, 4) for name, sample in counts.distinct.items()},
    }


def _numbers(counts: Counts) -> dict[str, Any]:
    names = ("cases", "comparisons", "decisions", "divergences", "inconclusive", "events", "reasons")
    members = to_json(counts)
    return {name: members[name] for name in names} | {"seconds": round(sum(counts.seconds.values()), 3)}


def _points(curve: tuple[tuple[float, float], ...]) -> list[list[float]]:
    return [[round(at, 3), round(value, 3)] for at, value in curve]


def _run(run: RunFacts) -> dict[str, Any]:
    return {
        "folder": run.folder,
        "began": moment(run.began),
        "seconds": run.seconds,
        "complete": run.complete,
        "interrupted": run.interrupted,
        "random_seed": run.random_seed,
        "jobs": run.jobs,
        "shard": run.shard,
        "engines": dict(run.engines),
        "machine": run.machine,
        "deaths": run.deaths,
        "broken": run.broken,
        "errors": [to_json(error) for error in run.errors],
        "cannot_start": run.cannot_start,
    }


def _finding(bucket: Bucket) -> dict[str, Any]:
    finding = bucket.finding
    return {
        "id": identity(bucket),
        "signature": finding.signature,
        "state": bucket.state,
        "fails": finding.counts,
        "severity": finding.severity,
        "verdict": None if finding.verdict is None else finding.verdict.to_json(),
        "reduced": finding.reduced,
        "unsteady": list(finding.unsteady),
        "unconfirmed": finding.unconfirmed,
        "target": finding.target,
        "seen": finding.seen,
        "index": finding.index,
        "path": bucket.path,
        "replay": bucket.replay,
        "engines": list(finding.engines),
        "known": finding.known,
        "arbiter": finding.arbiter,
        "arbiter_says": to_json(finding.says),
        "divergence": to_json(finding.divergence),
        "located": to_json(finding.located),
        "case": to_json(finding.case),
    }

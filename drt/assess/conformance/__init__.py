"""Conformance: recorded verdicts put to one engine, and what came of it.

The official integration-test layout and the further material beside it (`extra/`) are read from folders,
single files and archives; every record is turned into questions of the engine protocol, nothing else.

    report = run([Path("../shared/conformance")], "reference", seconds=60)
    print(report.text())        # or report.to_json(), the machine twin with every mismatch
    sys.exit(report.exit_code)  # 0 all as recorded, 1 mismatches, 5 nothing found

`run` raises `InputProblem` for paths and files that cannot be used, `UnknownEngine` for the engine (exit 2).
`run_with(paths, engine)` takes an engine object. The text ends in exactly one line
`conformance[ENGINE]: N checked, M mismatched, K unsupported`.
"""

from __future__ import annotations

from drt.assess.conformance.report import Mismatch, Report
from drt.assess.conformance.run import run, run_with
from drt.model.errors import InputProblem

__all__ = ["InputProblem", "Mismatch", "Report", "run", "run_with"]

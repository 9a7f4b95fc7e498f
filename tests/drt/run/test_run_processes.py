"""Whole runs with engines in processes of their own that misbehave: named, saved, and the run goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from drt.model.case_directory import read_case
from drt.report.terminal.progress import Quiet
from drt.run.coordinator import start
from drt.run.options import RunOptions

TWIN = """
import json, os, sys, time

def judged(request):
    user = json.loads(request["text"])["principal"]["id"]
    if "like" in loaded:
        {misdeed}
    if f'"{user}"' in loaded:
        return {"outcome": "Authorized", "decision": "deny", "determining": ["policy0"]}
    return {"outcome": "Authorized", "decision": "allow", "determining": ["policy1"]}

loaded = ""
for question in map(json.loads, sys.stdin):
    ask = question["ask"]
    if ask == "start":
        answer = {"protocol": 1, "name": "twin", "version": "1"}
    elif ask == "capabilities":
        answer = {"asks": ["load", "authorize"], "batch": 8}
    elif ask == "load":
        loaded, answer = question["case"]["policies"]["text"], {"loaded": True}
    elif ask == "batch":
        answer = {"answers": [{"seq": one["seq"], **judged(one["request"])} for one in question["questions"]]}
    else:
        answer = judged(question["request"])
    print(json.dumps({"seq": question["seq"], **answer}), flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("misdeed", "signature"),
    [
        ("os.abort()", "crash: twin SIGABRT"),
        ("time.sleep(600)", "toy answer, twin out of time | "),
        (
            "hoard = [bytearray(9_000_000) for _ in range(200) if time.sleep(0.01) is None]",
            "toy answer, twin out of memory | ",
        ),
        ('return {"outcome": "Perhaps"}', "crash: twin protocol at no outcome"),
    ],
)
def test_what_an_engine_does_to_its_process_is_a_named_finding_and_the_run_goes_on(
    tmp_path: Path, misdeed: str, signature: str
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "twin").mkdir()
    (tmp_path / "twin" / "engine.py").write_text(TWIN.replace("{misdeed}", misdeed))
    (tmp_path / "twin" / "engine.toml").write_text(
        f"command = {[sys.executable, '-I', '-S', 'engine.py']}\nmemory = 60\ndeadline = 5"
    )
    footer = start(
        RunOptions(
            targets=("toy",),
            engines=("tests.drt.toys:Toy", str(tmp_path / "twin")),
            random_seed=7,
            corpus=str(tmp_path / "corpus"),
            folder=str(tmp_path / "run"),
            cases=5,
            deadline=2.5,
            reduce_seconds=1.0,
            targets_from="tests.drt.toys:TARGETS",
        ),
        Quiet(),
    ).to_json()

    assert footer["exit_code"] == 1, footer["errors"]
    assert footer["cases"] == 5
    assert footer["broken"] == footer["deaths"] == 0
    finding = footer["findings"][0]
    assert finding["signature"].startswith(signature)
    assert "like" in read_case(Path(finding["path"])).case.policies.text


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="environments of processes as Linux shows them")
@pytest.mark.parametrize("engine", ["Spawning", "SpawningAndAborting"])
def test_what_an_engine_inside_a_worker_has_started_ends_with_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    spawned = tmp_path / "spawned"
    spawned.touch()
    monkeypatch.setenv("TOY_SPAWNED", str(spawned))
    (tmp_path / "corpus").mkdir()
    options = RunOptions(
        targets=("toy",),
        engines=("tests.drt.toys:Toy", f"tests.drt.toys:{engine}"),
        random_seed=1,
        corpus=str(tmp_path / "corpus"),
        folder=str(tmp_path / "run"),
        seconds=20.0,
        cases=3,
        targets_from="tests.drt.toys:TARGETS",
    )

    start(options, Quiet())

    processes = spawned.read_text().split()
    assert len(processes) >= 6
    alive = [one for one in processes if Path(f"/proc/{one}/cmdline").exists()]
    assert [one for one in alive if Path(f"/proc/{one}/cmdline").read_bytes()] == []

"""What bounds a run and what part of it is drawn: shards, stalling, profiles, processors."""

from __future__ import annotations

import json
import os
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from rich.console import Console

from drt.cli.main import main
from drt.cli.processors import processors
from drt.cli.profiles import PROFILES
from drt.cli.run import command
from drt.model.records import from_json, to_json
from drt.report.terminal.progress import Quiet, opening
from drt.report.terminal.summary import print_summary
from drt.run.coordinator import resume, start
from drt.run.footer import footer_from_json
from drt.run.log import replace_json
from drt.run.options import RunOptions
from drt.targets.schedule import Schedule, shares

TOYS = ("tests.drt.toys:Toy", "tests.drt.toys:Twin")


def options(tmp_path: Path, **more: Any) -> RunOptions:
    (tmp_path / "corpus").mkdir(exist_ok=True)
    given = {
        "targets": ("toy", "toy-two"),
        "engines": TOYS,
        "random_seed": 7,
        "corpus": str(tmp_path / "corpus"),
        "folder": str(tmp_path / "run"),
        "deadline": 0.5,
        "targets_from": "tests.drt.toys:TARGETS",
    }
    return RunOptions(**{**given, **more})


def facts(footers: list[dict[str, Any]]) -> dict[str, tuple[int, Counter[str]]]:
    """What was drawn, all printed: the number of cases, and everything countable about them."""
    return {
        name: (
            sum(footer["targets"][name]["cases"] for footer in footers),
            sum((Counter(footer["targets"][name]["events"]) for footer in footers), Counter()),
        )
        for name in footers[0]["targets"]
    }


def summary(footer: dict[str, Any]) -> str:
    """What a person is printed at the end."""
    text = StringIO()
    print_summary(Console(file=text, width=200), footer_from_json(footer), Path("log"), verbose=True)
    return text.getvalue()


def test_shards_with_workers_of_any_number_are_disjoint_and_make_the_whole(tmp_path: Path) -> None:
    limits = shares(100, {"a": 3, "b": 1})
    cases: list[tuple[str, int]] = []
    for part, jobs in enumerate((1, 3, 2)):
        settings = options(tmp_path, shard=(part, 3), jobs=jobs)
        for worker in range(jobs):
            schedule = Schedule({"a": 3, "b": 1}, settings.lanes(worker), limits)
            while (case := schedule.next()) is not None:
                cases.append(case)

    assert sorted(cases) == sorted((name, index) for name, limit in limits.items() for index in range(limit))


def test_the_shards_of_a_run_draw_the_cases_of_the_whole_run(tmp_path: Path) -> None:
    whole = start(options(tmp_path, cases=200), Quiet()).to_json()
    parts = [
        start(
            options(tmp_path, cases=200, shard=(part, 2), folder=str(tmp_path / f"part-{part}")), Quiet()
        ).to_json()
        for part in range(2)
    ]

    assert facts(parts) == facts([whole])
    assert [footer["cases"] for footer in parts] == [100, 100]
    assert [footer["shard"] for footer in (whole, *parts)] == [[1, 1], [1, 2], [2, 2]]
    assert "random seed 7, shard 2 of 2; log in" in summary(parts[1])
    assert "shard" not in summary(whole)


def test_a_run_that_reaches_nothing_new_ends(tmp_path: Path) -> None:
    footer = start(options(tmp_path, seconds=100.0, stalled=1.0), Quiet()).to_json()

    assert footer["stalled"] is True
    assert "ended early: no new coverage and no new finding" in summary(footer)
    assert footer["exit_code"] == 0
    assert footer["cases"] > 0
    assert footer["seconds"] < 50


def test_news_keep_a_run_going(tmp_path: Path) -> None:
    """The features that the reference reaches count as news."""
    settings = {"targets": ("kinds",), "targets_from": "drt.targets.table:TARGETS", "engines": ("reference",)}
    footer = start(options(tmp_path, cases=20, stalled=60.0, **settings), Quiet()).to_json()
    status = json.loads((tmp_path / "run" / "status.json").read_text())

    assert footer["stalled"] is False
    assert status is not None
    assert status["cases"] == 20
    assert status["news"]["count"] == len(footer["features"]) > 0


def test_stalling_is_counted_on_when_a_run_is_resumed(tmp_path: Path) -> None:
    settings = options(tmp_path, seconds=100.0, stalled=60.0)
    folder = settings.place
    folder.mkdir()
    (folder / "claims").mkdir()
    replace_json(folder / "options.json", settings)
    replace_json(folder / "status.json", {"elapsed": 61.0, "news": {"count": 9, "age": 60.0}})

    assert resume(folder, Quiet()).stalled is True


def test_a_worker_that_has_grown_is_started_afresh_and_no_case_lost(tmp_path: Path) -> None:
    footer = start(
        options(tmp_path, engines=(TOYS[0], "tests.drt.toys:Leaks"), cases=1000, memory=256), Quiet()
    ).to_json()

    assert footer["exit_code"] == 0
    assert footer["cases"] == 1000
    assert footer["deaths"] == 0
    assert footer["memory"][0]["recycled"] >= 1
    assert footer["memory"][0]["most"] < 256 * 2**20
    assert "restarted" in summary(footer)


def printed(*arguments: str) -> dict[str, Any]:
    """The settings with which `drt run` would start."""
    seen: dict[str, Any] = {}
    callback = command.callback
    try:
        command.callback = lambda **settings: seen.update(settings)
        result = CliRunner().invoke(main, ["run", *arguments])
    finally:
        command.callback = callback
    assert result.exit_code == 0, result.output
    return seen


def test_a_profile_is_a_table_of_defaults_that_flags_override() -> None:
    nightly = printed("--profile", "nightly")
    shorter = printed("--for", "10m", "--profile", "nightly")

    assert nightly["seconds"] == 6 * 3600
    assert shorter["seconds"] == 600
    assert shorter["reduce_seconds"] == nightly["reduce_seconds"] == 60
    assert printed("--profile", "pr")["random_seed"] == 1
    assert printed("--profile", "pr")["stalled"] == 120
    assert printed()["seconds"] is None


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_profiles_set_options_that_there_are(name: str) -> None:
    assert printed("--profile", name)["jobs"] >= 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--shard", "0/4", "--seed", "1"], "'0/4' is not a part such as 1/4"),
        (["--shard", "5/4", "--seed", "1"], "'5/4' is not a part such as 1/4"),
        (["--shard", "1/49", "--seed", "1"], "'1/49': a run has at most 48 parts"),
        (["--shard", "2", "--seed", "1"], "'2' is not a part such as 1/4"),
        (["--shard", "1/4"], "a shard needs the random seed that all shards share: add --seed N"),
        (["--profile", "weekly"], "unknown profile 'weekly'; known are local, nightly, pr"),
        (["--until-stalled", "never"], "'never' is not a time such as 60s, 10m or 1h30m"),
    ],
)
def test_wrong_limits_are_told(arguments: list[str], complaint: str) -> None:
    result = CliRunner().invoke(main, ["run", *arguments])

    assert result.exit_code == 2
    assert complaint in result.output


def test_a_run_says_its_limits_before_it_starts(tmp_path: Path) -> None:
    said = opening(options(tmp_path, seconds=60.0, cases=5, stalled=30.0, shard=(1, 4)))

    assert "for 1m or 5 cases or until nothing new for 30s, 1 worker, shard 2 of 4, random seed 7" in said


def container(root: Path, groups: str, files: dict[str, str]) -> Path:
    for name, text in {"proc/self/cgroup": groups, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("groups", "files", "granted"),
    [
        ("0::/\n", {}, None),
        ("0::/\n", {"sys/fs/cgroup/cpu.max": "max 100000\n"}, None),
        ("0::/\n", {"sys/fs/cgroup/cpu.max": "200000 100000\n"}, 2),
        ("0::/\n", {"sys/fs/cgroup/cpu.max": "50000 100000\n"}, 1),
        (
            "0::/a/b\n",
            {"sys/fs/cgroup/a/b/cpu.max": "max 100000\n", "sys/fs/cgroup/a/cpu.max": "300000 100000\n"},
            3,
        ),
        (
            "4:cpu,cpuacct:/job\n0::/\n",
            {
                "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": "200000\n",
                "sys/fs/cgroup/cpu/job/cpu.cfs_period_us": "100000\n",
            },
            2,
        ),
        (
            "4:cpu:/\n",
            {"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "1\n"},
            None,
        ),
        ("nonsense", {"sys/fs/cgroup/cpu.max": "nonsense"}, None),
    ],
)
def test_auto_jobs_heed_the_quota_of_a_control_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, groups: str, files: dict[str, str], granted: int | None
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)

    assert processors(container(tmp_path, groups, files)) == (granted or 8)


def test_auto_jobs_heed_the_affinity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)

    assert processors(tmp_path) == 1


def test_settings_outlive_the_way_through_a_file(tmp_path: Path) -> None:
    settings = options(tmp_path, shard=(1, 4), stalled=3.0)

    assert from_json(json.loads(json.dumps(to_json(settings))), RunOptions) == settings
    assert isinstance(command, click.Command)

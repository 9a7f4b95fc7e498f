"""Number of processors that this process may use: the meaning of `--jobs auto`.

Reads control groups: a container's quota takes precedence over the machine's number of processors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

HERE = Path("/")


def processors(root: Path = HERE) -> int:
    """Count the processors that the affinity and the quotas of control groups allow.

    `root` is where `proc` and `sys` are looked for.
    """
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([count, *(round(quota) for quota in _quotas(root))]))


def _quotas(root: Path) -> Iterator[float]:
    """Yield the quota of each control group above this process, in either version."""
    for group in _groups(root):
        for folder in (group, *group.parents):
            quota = _limit(folder)
            if quota is not None:
                yield quota
            if folder == root:
                break


def _groups(root: Path) -> Iterator[Path]:
    """Yield the folders of this process's control groups; those of the machine if they are unknown."""
    mounted = root / "sys/fs/cgroup"
    yield mounted
    yield mounted / "cpu"
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _, _, named = line.partition(":")
        controllers, _, path = named.partition(":")
        if not controllers:
            yield mounted / path.lstrip("/")
        elif "cpu" in controllers.split(","):
            yield mounted / "cpu" / path.lstrip("/")


def _limit(folder: Path) -> float | None:
    """Read the quota of one control group, if it has any."""
    try:
        words = (folder / "cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        try:
            words = [
                (folder / name).read_text(encoding="ascii")
                for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us")
            ]
        except (OSError, ValueError):
            return None
    try:
        quota, period = (int(word) for word in words)
    except ValueError:  # no limit is spelled "max"
        return None
    return quota / period if quota > 0 and period > 0 else None

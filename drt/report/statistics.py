"""Statistics of a run's generator and workers, one sentence per fact, from the run's footer.

They are for people who tune a run: `drt run --verbose` and the reports print them, the summary does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drt.coverage.coverage import Coverage, coverage
from drt.run import memory_growth
from drt.run.arbiter import DECLARED
from drt.run.footer import Footer

SHOWN_EVENTS = 6
SHOWN_FEATURES = 12


def statistics(footer: Footer) -> Iterator[str]:
    """Yield the sentences; their texts are not escaped."""
    if footer.counts.decisions:
        yield _shares(footer.shares)
    yield from _streams(footer)
    if footer.features:
        crosses = f"; {footer.pairs:,} crosses" if footer.pairs else ""
        found = coverage(footer.features, footer.sometimes)
        yield f"coverage: {coverage_line(found)}{crosses}"
        if any(found.partial.values()):
            yield f"partial evaluation: {found.partial_reached} of {len(found.partial)} rows of spec 09 §4"
        yield _events(footer.sometimes)
    yield from _arbiter(footer.counts.events)
    yield from (f"one-sided: {sentence}" for sentence in footer.one_sided)
    if footer.counts.seconds:
        yield f"time: {_time(footer)}"
    if held := memory_growth.in_words(footer.memory):
        yield f"memory: {held}{'' if memory_growth.is_flat(footer.memory) else '; it grows'}"


def coverage_line(found: Coverage) -> str:
    """Summarise coverage in one line."""
    incomplete = [row.name for row in found.rows if row.missing]
    line = f"{found.reached:,} of {found.total:,} operator bins ({found.percent:.1f} %); "
    if 0 < len(incomplete) <= SHOWN_FEATURES:
        return f"{line}incomplete: {', '.join(incomplete)}"
    return f"{line}{len(incomplete)} of {len(found.rows)} operators incomplete"


def _shares(shares: Mapping[str, float]) -> str:
    return (
        f"decisions: allow {shares['allow']:.0%}, deny by forbid {shares['forbidden']:.0%}, "
        f"no policy applied {shares['nothing_applied']:.0%}, with an erring policy {shares['error']:.0%}"
    )


def _streams(footer: Footer) -> Iterator[str]:
    """One line per stream, the largest first, after one for all of them."""
    streams = footer.stream_shares
    for name, shares in sorted(streams.items(), key=lambda item: (item[0] != "all", -item[1]["share"])):
        head = "all streams" if name == "all" else f"stream {name} {shares['share']:.0%}"
        line = f"{head}: {_shares(shares).removeprefix('decisions: ')}, valid {shares['valid']:.1%}"
        if name == "all":
            distinct = footer.distinct_shares
            line += (
                f"; distinct cases {distinct['cases']:.1%}, distinct policy sets "
                f"{distinct['policy sets']:.1%}; conditions trivially true or false {shares['trivial']:.1%}, "
                f"cases not decided by scopes alone {shares['with_conditions']:.1%}"
            )
        yield line


def _events(events: Mapping[str, int]) -> str:
    """Count the required events that occurred, and list some that did not."""
    missing = [name for name, count in events.items() if not count]
    line = f"events: {len(events) - len(missing)} of {len(events)} occurred"
    if missing:
        line += f"; not {'; '.join(missing[:SHOWN_EVENTS])}"
    return line + (f" and {len(missing) - SHOWN_EVENTS} more" if len(missing) > SHOWN_EVENTS else "")


def _arbiter(events: Mapping[str, int]) -> Iterator[str]:
    """Count the cases of the arbiter, and the declared differences among them."""
    if "arbiter:cases" not in events:
        return
    declared = {
        name.removeprefix(DECLARED): count for name, count in events.items() if name.startswith(DECLARED)
    }
    line = f"arbiter: asked about {events['arbiter:cases']:,} cases"
    if declared:
        line += "; differed as declared: "
        line += ", ".join(f"{name} {count:,}" for name, count in sorted(declared.items()))
    yield line


def _time(footer: Footer) -> str:
    stages = dict(footer.counts.seconds)
    total = sum(stages.values()) or 1.0
    stages.pop("engines", None)
    parts = {**footer.counts.engines, **stages}
    ordered = sorted(parts.items(), key=lambda part: -part[1])
    return ", ".join(f"{name} {max(0.0, seconds) / total:.0%}" for name, seconds in ordered)

"""Kinds of values that options take, and what they default to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from drt.commands.processors import processors
from drt.lanes import LANES

Command = TypeVar("Command", bound=Callable[..., object])

if TYPE_CHECKING:
    Kind = click.ParamType[Any]
else:
    Kind = click.ParamType  # takes no argument before click 8.3

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


class Duration(Kind):
    """Seconds, or a number with the unit s, m or h: `90`, `60s`, `10m`, `6h`."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(s|m|h|)", str(value))
        if found is None or float(found[1]) == 0:
            self.fail(f"{value!r} is not a time such as 60s, 10m or 6h", param, ctx)
        return float(found[1]) * _UNITS[found[2]]


class Jobs(Kind):
    """A number of workers, or `auto` for one a processor."""

    name = "n|auto"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if value == "auto":
            return processors()
        if not re.fullmatch(r"[0-9]{1,3}", str(value)) or int(str(value)) == 0:
            self.fail(f"{value!r} is neither a number of workers nor auto", param, ctx)
        return int(str(value))


class Shard(Kind):
    """One of several equal parts of a run: `2/4` is the second of four."""

    name = "i/n"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", str(value))
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            self.fail(f"{value!r} is not a part such as 1/4, from 1/4 to 4/4", param, ctx)
        if int(found[2]) > LANES:
            self.fail(f"{value!r}: a run has at most {LANES} parts", param, ctx)
        return int(found[1]) - 1, int(found[2])


class Share(Kind):
    """An engine and a share of the cases: `cedarpy=0.01`."""

    name = "engine=share"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        if isinstance(value, tuple):
            return value
        engine, _, share = str(value).rpartition("=")
        if not engine or not re.fullmatch(r"0(\.[0-9]{1,9})?|1(\.0{1,9})?|\.[0-9]{1,9}", share):
            self.fail(f"{value!r} is not an engine and a share from 0 to 1, such as cedarpy=0.01", param, ctx)
        return engine, float(share)


def form(command: Command) -> Command:
    """`--format text|json`, and `--json` for short."""
    command = click.option("--json", "form", flag_value="json", help="The same as --format json.")(command)
    return click.option(
        "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Of the report."
    )(command)


def targets_from(command: Command) -> Command:
    """`--targets-from`, for tables of targets other than ours."""
    return click.option(
        "--targets-from",
        metavar="MODULE:NAME",
        default="drt.targets:TARGETS",
        show_default=True,
        help="The table of targets.",
    )(command)

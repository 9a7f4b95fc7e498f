"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from drt.cli.processors import processors
from drt.targets.partitions import LANES

Command = TypeVar("Command", bound=Callable[..., object])

if TYPE_CHECKING:
    from drt.model.engine import Engine

    Kind = click.ParamType[Any]
else:
    Kind = click.ParamType  # takes no argument before click 8.3

FORM = "drt.form"
"""Key of the context under which the output format is kept: `text`, `json` and others."""

_NUMBER = r"[0-9]{1,6}(?:\.[0-9]{1,3})?"
_TIME = re.compile(rf"({_NUMBER})|(?=.)(?:({_NUMBER})h)?(?:({_NUMBER})m)?(?:({_NUMBER})s)?")
_SECONDS = (1.0, 3600.0, 60.0, 1.0)
"""Seconds per unit in a time: no unit, hours, minutes, seconds."""

MOST_JOBS = 999


class Duration(Kind):
    """Seconds, or numbers with the units h, m and s: `90`, `60s`, `10m`, `1h30m`."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        found = _TIME.fullmatch(str(value))
        numbers = found.groups(default="0") if found is not None else ()
        seconds = sum(float(number) * each for number, each in zip(numbers, _SECONDS, strict=False))
        if seconds == 0:
            self.fail(f"{value!r} is not a time such as 60s, 10m or 1h30m", param, ctx)
        return seconds


class Jobs(Kind):
    """A number of workers, or `auto` for one per processor."""

    name = "n|auto"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if value == "auto":
            return processors()
        if not re.fullmatch(r"[0-9]{1,9}", str(value)) or not 1 <= int(str(value)) <= MOST_JOBS:
            self.fail(f"{value!r} is neither a number of workers from 1 to {MOST_JOBS} nor auto", param, ctx)
        return int(str(value))


class Cluster(Kind):
    """The address of a scheduler, or `local` with the number of processes if it is not one per processor."""

    name = "address"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        number, host = "([1-9][0-9]{0,2})", r"([a-z]+://)?(?!local:)[^\s/:]+:[0-9]{1,5}"
        found = re.fullmatch(f"local(:{number}(-{number})?)?|{host}", str(value))
        if found is None:
            words = "is neither local, local:N, local:MIN-MAX nor an address such as tcp://HOST:8786"
            self.fail(f"{value!r} {words}", param, ctx)
        if found[4] and int(found[2]) > int(found[4]):
            self.fail(f"{value!r}: expected the smaller number first", param, ctx)
        return str(value)


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
        if value == "none":
            return "", 0.0
        engine, _, share = str(value).rpartition("=")
        if not engine or not re.fullmatch(r"0(\.[0-9]{1,9})?|1(\.0{1,9})?|\.[0-9]{1,9}", share):
            self.fail(f"{value!r} is not an engine and a share from 0 to 1, such as cedarpy=0.01", param, ctx)
        return engine, float(share)


def remember_form(ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """Remember the output format that was asked for, so that errors use it too."""
    ctx.meta[FORM] = value
    return value


def form(
    command: Command, *names: str, kinds: Sequence[str] = ("text", "json"), of: str = "report"
) -> Command:
    """`--format text|json`, the first of the kinds by default, and `--json` for short."""
    command = click.option(
        "--json", "form", flag_value="json", callback=remember_form, help="The same as --format json."
    )(command)
    return click.option(
        *names,
        "--format",
        "form",
        type=click.Choice(kinds),
        default=kinds[0],
        callback=remember_form,
        help=f"Format of the {of}.  [default: {kinds[0]}]",
    )(command)


def echo_json(document: object, *, sort_keys: bool = True) -> None:
    """Print the answer for programs."""
    click.echo(json.dumps(document, indent=2, sort_keys=sort_keys))


def engines(command: Command) -> Command:
    """Add `--engine`, repeatable, for commands that compare engines."""
    return click.option(
        "--engine",
        "engines",
        multiple=True,
        metavar="NAME",
        help="An engine; repeatable. [default: reference, production]",
    )(command)


FOLDER = click.Path(path_type=Path, file_okay=False)

jobs = click.option("--jobs", type=Jobs(), default="auto", show_default=True, help="Worker processes.")


def places(what: str) -> Callable[[Command], Command]:
    """Add `--corpus` and `--log`, for commands that save what they find."""

    def add(command: Command) -> Command:
        log = f"The {what}'s log folder. [default: a new one in runs/]"
        command = click.option("--log", "folder", type=FOLDER, help=log)(command)
        return click.option(
            "--corpus",
            type=FOLDER,
            help="The folder for findings, created if missing. "
            "[default: corpus/ of the checkout, else of the current folder]",
        )(command)

    return add


def time_limits(command: Command) -> Command:
    """Add `--deadline` and `--reduce`."""
    command = click.option(
        "--reduce",
        "reduce_seconds",
        type=Duration(),
        default="20s",
        show_default=True,
        help="Time limit per reduction.",
    )(command)
    return click.option(
        "--deadline", type=Duration(), default="10s", show_default=True, help="Time limit per case."
    )(command)


corpus_folder = click.option(
    "--corpus", type=FOLDER, help="The corpus. [default: corpus/ of the checkout, else of the current folder]"
)


def targets_from(command: Command) -> Command:
    """`--targets-from`, for tables of targets other than ours."""
    return click.option(
        "--targets-from",
        metavar="MODULE:NAME",
        default="drt.symbolic.targets:TARGETS",
        show_default=True,
        help="The table of targets.",
    )(command)


def note_useless_differences(engines: Sequence[Engine]) -> None:
    """Print notes about declared differences that excuse none of the engines.

    They name others, or give a range of releases for an engine whose version cannot be read.
    """
    from drt.engines.declared import Asked, absent_engines, unread_versions

    if absent := absent_engines(engine.name for engine in engines):
        click.echo(
            f"drt: declared differences name engines that are not compared: {', '.join(absent)}", err=True
        )
    if unread := unread_versions(Asked(engine.name, engine.version) for engine in engines):
        click.echo(
            f"drt: no range of releases holds a version without a number: {', '.join(unread)}", err=True
        )


def note_slow_differences() -> None:
    """Print a note about declared differences that excuse nothing, because they take too long to match."""
    from drt.engines.declared import slow_differences

    for sentence in slow_differences():
        click.echo(f"drt: {sentence}", err=True)


def declared(command: Command) -> Command:
    """Add the option that names files of further declared differences."""
    return click.option(
        "--declared",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="A file of differences that engines have on purpose, in the form of drt/engines/declared.toml; "
        "repeatable. [default: none]",
    )(command)

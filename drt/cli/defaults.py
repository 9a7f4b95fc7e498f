"""Where options get their values from when the command line is silent: the environment, then a file.

Owns the names of settings: `--jobs` of `drt run` is `DRT_RUN_JOBS` in the environment and `jobs` in the table
`[tool.drt.run]`; a few also go without the command, `DRT_JOBS` and `jobs` in `[tool.drt]`. click does the
rest: flags before the environment before the file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from drt.cli.complaints import in_our_style
from drt.cli.settings import Settings, Table, read_settings
from drt.engines import is_installed
from drt.model.errors import InputProblem

Command = TypeVar("Command", bound=Callable[..., object])

COMMON = ("corpus", "deadline", "engine", "jobs", "targets-from")
"""Options that a setting without a command's name sets for every command that has them."""

PROFILES = "profiles"
SETTINGS = "drt.cli.settings"
"""Where a context keeps the settings, for `--profile` to find."""


def name_variables(command: click.Command, *names: str) -> None:
    """Give every option of a command its variable of the environment."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            name_variables(inner, *names, str(inner.name))
        return
    for key, option in _settable(command):
        shared = [key] if key in COMMON and (option.multiple or key != "engine") else []
        option.envvar = [_variable(*names, key), *(_variable(name) for name in shared)]


def _variable(*names: str) -> str:
    return "_".join(("DRT", *names)).replace("-", "_").upper()


def lay_settings(ctx: click.Context, command: click.Command, name: str, commands: tuple[str, ...]) -> None:
    """Let the file's settings be what the options of the command default to.

    Raises `InputProblem` for a file that cannot be read, for a table that is no command's, a key that is no
    option's and a value of a kind that no option takes.
    """
    given = ctx.params.get("config")
    settings = read_settings(given if given is None else Path(given))
    _check_tables(settings, commands)
    ctx.meta[SETTINGS] = settings
    ctx.default_map = {**(ctx.default_map or {}), name: _defaults(settings, command, (name,))}


def _check_tables(settings: Settings, commands: tuple[str, ...]) -> None:
    for key, value in settings.document.items():
        if key in COMMON and not isinstance(value, Mapping):
            continue
        if not isinstance(value, Mapping) or key not in (*commands, PROFILES):
            if key in (*commands, PROFILES):
                raise settings.problem(f"{settings.name(key)} is to be a table", key)
            what = "table" if isinstance(value, Mapping) else "setting"
            known = (*commands, PROFILES) if what == "table" else COMMON
            raise settings.problem(f"unknown {what} {key!r}; known are {', '.join(sorted(known))}", key)


def _defaults(settings: Settings, command: click.Command, way: tuple[str, ...]) -> dict[str, Any]:
    """Build the default map of a command: the common settings, then its own table."""
    own = _own(settings, way)
    if isinstance(command, click.Group):
        inner = command.commands
        if strange := sorted(set(own) - set(inner)):
            raise settings.problem(_unknown(strange[0], settings.name(*way), inner), *way, strange[0])
        return {name: _defaults(settings, inner[name], (*way, name)) for name in inner}
    options = dict(_settable(command))
    common = {
        key: value
        for key, value in settings.document.items()
        if key in COMMON and key in options and (options[key].multiple or key != "engine")
        if not isinstance(value, Mapping)  # then it is the table of the command of that name
    }
    return {**_values(settings, options, common, ()), **_values(settings, options, own, way)}


def _own(settings: Settings, way: tuple[str, ...]) -> Table:
    """Find the table of a command; empty if a common setting has the command's name."""
    named = settings.document.get(way[0])
    return {} if way[0] in COMMON and not isinstance(named, Mapping) else settings.table(*way)


def _values(
    settings: Settings, options: Mapping[str, click.Option], table: Table, way: tuple[str, ...]
) -> dict[str, Any]:
    """Map the settings of a table to the parameters that they set."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in options:
            raise settings.problem(_unknown(key, settings.name(*way), options), *way, key)
        option = options[key]
        found[option.name] = _value(settings, option, value, (*way, key))
    return found


def _unknown(key: str, table: str, known: Mapping[str, object]) -> str:
    return f"unknown setting {key!r} in {table}; known are {', '.join(sorted(known))}"


def _value(settings: Settings, option: click.Option, value: object, way: tuple[str, ...]) -> object:
    """Convert a setting to the form in which the command line gives it."""
    if option.is_flag:
        if isinstance(value, bool):
            return value
        raise settings.problem(f"{way[-1]!r} is to be true or false", *way)
    if isinstance(value, list):
        if option.multiple and all(_is_plain(item) for item in value):
            return [_text(settings, option, item, way) for item in value]
    elif _is_plain(value):
        text = _text(settings, option, value, way)
        return [text] if option.multiple else text
    wanted = "a text, a number or a list of them" if option.multiple else "a text or a number"
    raise settings.problem(f"{way[-1]!r} is to be {wanted}", *way)


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _text(settings: Settings, option: click.Option, value: object, way: tuple[str, ...]) -> str:
    """Convert the value to text; paths are relative to the folder of the file, also those of engines.

    Raises `InputProblem` for a value that names code which the file may not load.
    """
    text = str(value)
    if settings.doubt and _names_code(option, text):
        sentence = f"{way[-1]!r} names code ({text!r}), which {settings.doubt}; name the file with --config"
        raise settings.problem(sentence, *way)
    engine = option.name in ("engine", "engines") and text.startswith(("./", "../"))
    if isinstance(option.type, click.Path) or engine:
        return str(settings.beside(text))
    return text


def _names_code(option: click.Option, text: str) -> bool:
    """Whether a value names a file, module or command that would be loaded, and not an installed engine."""
    match option.name:
        case "engine" | "engines":
            return _is_code(text)
        case "arbiter":
            return _is_code(text.rpartition("=")[0])
        case "targets_from":
            return text != option.get_default(click.Context(click.Command("")))
    return False


def _is_code(engine: str) -> bool:
    """Whether the name of an engine leads to a file, a folder, a module or a command."""
    return not is_installed(engine) and (":" in engine or "/" in engine or Path(engine).is_dir())


def _settable(command: click.Command) -> Iterator[tuple[str, click.Option]]:
    """Yield the options that settings can set, by the longest flag, without flags that set a constant."""
    for option in command.params:
        if isinstance(option, click.Option) and not (option.is_flag and not option.is_bool_flag):
            flags = [flag for flag in option.opts if flag.startswith("--")]
            if flags and option.name != "help":
                yield max(flags, key=len).removeprefix("--"), option


def profile(built_in: Mapping[str, Table]) -> Callable[[Command], Command]:
    """`--profile NAME`: a table of settings, laid over those of the file, under environment and flags.

    A profile of the file (`[tool.drt.profiles.NAME]`) is laid over the built-in one of that name. The command
    gets its name as `profile`, None where none is chosen.
    """

    def choose(ctx: click.Context, _param: click.Parameter, chosen: str | None) -> str | None:
        settings = ctx.meta.get(SETTINGS, Settings())
        options = {key: option for key, option in _settable(ctx.command) if key != "profile"}
        own = settings.table(PROFILES)
        values = {
            name: _values(settings, options, settings.table(PROFILES, name), (PROFILES, name)) for name in own
        }
        if chosen is None:
            return None
        if chosen not in built_in and chosen not in values:
            known = ", ".join(sorted({*built_in, *values})) or "none"
            raise InputProblem(f"unknown profile {chosen!r}; known are {known}")
        laid = _values(Settings(), options, built_in.get(chosen, {}), ()) | values.get(chosen, {})
        ctx.default_map = {**(ctx.default_map or {}), **laid}
        return chosen

    return click.option(
        "--profile",
        metavar="NAME",
        is_eager=True,
        callback=choose,
        help=f"A table of settings: {', '.join([*built_in, 'or one of the configuration file'])}.",
    )


def misconfigured(error: click.BadParameter) -> InputProblem | None:
    """Describe a bad value from the environment or a file; None for one from a flag."""
    ctx, option = error.ctx, error.param
    if ctx is None or option is None or option.name is None:
        return None
    sentence = in_our_style(error.message)
    match ctx.get_parameter_source(option.name):
        case ParameterSource.ENVIRONMENT:
            names = [option.envvar] if isinstance(option.envvar, str) else list(option.envvar or [])
            name = next((name for name in names if os.environ.get(name)), names[0])
            return InputProblem(f"the environment variable {name}: {sentence}")
        case ParameterSource.DEFAULT_MAP:
            settings: Settings = ctx.meta.get(SETTINGS, Settings())
            key = next((key for key, known in _settable(ctx.command) if known.name == option.name), "")
            way = _way(settings, ctx, key)
            return settings.problem(f"{key!r} in {settings.name(*way[:-1])}: {sentence}", *way)
        case _:
            return None


def _way(settings: Settings, ctx: click.Context, key: str) -> tuple[str, ...]:
    """Return the table of a setting: in the command's profile, its own table, or the common one."""
    names: list[str] = []
    here: click.Context | None = ctx
    while here is not None and here.parent is not None:
        names.insert(0, str(here.info_name))
        here = here.parent
    chosen = ctx.params.get("profile")
    if chosen is not None and key in settings.table(PROFILES, chosen):
        return PROFILES, chosen, key
    return (*names, key) if key in _own(settings, tuple(names)) else (key,)

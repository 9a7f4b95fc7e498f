"""The frame of an HTML page: one file, no script, no network; every text is escaped by the template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from drt.model.escape import escape_untrusted

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
LONGEST_TEXT = 20_000


def style() -> Markup:
    """Return the style sheet of every page."""
    return Markup((HERE / "style.css").read_text(encoding="utf-8"))


def page_environment(**shown: Any) -> Environment:
    """Return the environment of a page, whose templates use the values given by name."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        finalize=_finalized,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(shown)
    return environment


def _finalized(value: Any) -> Any:
    """Escape untrusted text for people, before the template escapes it for HTML."""
    return escape_untrusted(value, LONGEST_TEXT) if type(value) is str else value

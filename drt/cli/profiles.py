"""The built-in profiles of `drt run`: a named table of settings for each occasion."""

from __future__ import annotations

from collections.abc import Mapping

PROFILES: Mapping[str, Mapping[str, str]] = {
    "local": {"for": "60s", "jobs": "auto"},
    "pr": {"for": "5m", "until-stalled": "2m", "jobs": "auto", "seed": "1", "reduce": "10s"},
    "nightly": {"for": "6h", "jobs": "auto", "reduce": "60s"},
}
"""Settings of each profile: options by their long names, values as on the command line.

A change is judged on the same cases every time, so that its author can reproduce the result; a nightly run
draws new cases each time.
"""

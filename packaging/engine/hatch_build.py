"""Mount the engine's folder under the import name of this distribution.

In a checkout the engine is the folder `production/` at its root; in a source distribution it lies beside this
file, under the name that it is imported by.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "cedar_engine"


class EngineHook(BuildHookInterface[Any]):
    """Adds the engine's modules to what is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folder to take; raises `FileNotFoundError` where there is none."""
        here = Path(self.root)
        for folder in (here / NAME, here.parents[1] / "production"):
            if (folder / "authorizer.py").is_file():
                build_data["force_include"][str(folder)] = NAME
                return
        raise FileNotFoundError(f"expected the engine in {here / NAME} or ../../production")

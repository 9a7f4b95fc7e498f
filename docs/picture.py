"""Draw the picture of the README: the summary of a run that finds a planted defect, as SVG to stdout.

The run has a fixed random seed and number of cases, so that its finding is the same on every machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from drt.report.terminal.summary import print_summary
from drt.run.footer import footer_from_json

REPOSITORY = Path(__file__).resolve().parents[1]
ENGINE = "tests/drt/faulty_engines.py:SwappedLess"
RUN = ("run", "--cases", "60", "--seed", "5", "--target", "authorize", "--jobs", "1", "--reduce", "60s")
WIDTH = 132

FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<style>
.{unique_id}-matrix {{ font: {char_height}px/{line_height}px ui-monospace, Menlo, Consolas, monospace; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}</defs>
<rect width="{width}" height="{height}" rx="8" fill="#292929"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g></svg>
"""
"""The frame of rich's picture without its fonts, which it would load from another host."""


def main() -> None:
    """Run, and print the picture of the summary."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        engines = ("--engine", "reference", "--engine", f"./{ENGINE}")
        places = ("--corpus", str(corpus), "--log", str(Path(folder, "runs", "example")))
        command = [sys.executable, "-m", "drt", *RUN, *engines, *places, "--quiet", "--json"]
        done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=False)
        console = Console(record=True, width=WIDTH, file=sys.stderr, force_terminal=True, highlight=False)
        relative = done.stdout.replace(f"{REPOSITORY}/", "./").replace(f"{folder}/", "")
        print_summary(console, footer_from_json(json.loads(relative)), Path("runs/example"))
    sys.stdout.write(console.export_svg(title="drt run", code_format=FRAME, unique_id="drt"))


if __name__ == "__main__":
    main()

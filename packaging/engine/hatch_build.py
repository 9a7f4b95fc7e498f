"""Mount the engine's folder under the import name of its distributions.

In a checkout the engine is the folder `production/` at its root; in a source distribution it lies beside this
file, under the name that it is imported by. `cedar-engine-partial` takes the rooms in `PARTIAL`,
`cedar-engine-py` all others.

A wheel has the code as it is, line by line. It leaves out comments, and the docstrings of what is not public
unless they state a copyright.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "cedar_engine"
PARTIAL = ("partial/", "filters/")
DOORS = ("__init__.py", "filters/__init__.py")
"""Packages whose `__all__` is public. Both are the engine's: an import of filters says what to install."""

Span = tuple[int, int, int, int]
"""A part of a text: its first line and column, and where it ends."""


def is_partial(name: str) -> bool:
    """Return whether a file belongs to the distribution of partial evaluation."""
    return name.startswith(PARTIAL) and name not in DOORS


def public_names(texts: dict[str, str]) -> set[str]:
    """Return what the doors list in `__all__`, and the bases of those classes."""
    trees = {name: ast.parse(text) for name, text in texts.items()}
    nodes = [node for tree in trees.values() for node in tree.body]
    classes = {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}
    found: set[str] = set()
    for door in DOORS:
        for node in trees[door].body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                found.update(ast.literal_eval(node.value))
    waiting = [classes[name] for name in found & classes.keys()]
    while waiting:
        bases = {ast.unparse(base) for base in waiting.pop().bases} & classes.keys() - found
        found |= bases
        waiting += [classes[base] for base in bases]
    return found


def docstrings(node: ast.AST, public: set[str] | None, *, kept: bool) -> Iterator[tuple[Span, bool]]:
    """Yield the docstrings that are not kept, and whether each is all that its function or class has.

    `public` has the names whose docstrings are kept; `None` stands for all that do not start with `_`.
    """
    body: list[ast.stmt] = getattr(node, "body", [])
    for child in body:
        match child:
            case ast.Expr(value=ast.Constant(value=str(text))) if not kept and "Copyright" not in text:
                assert child.end_lineno is not None
                assert child.end_col_offset is not None
                span = (child.lineno, child.col_offset, child.end_lineno, child.end_col_offset)
                yield span, len(body) == 1 and not isinstance(node, ast.Module)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                shown = (
                    name in public if public is not None else kept and (name == "__init__" or name[0] != "_")
                )
                yield from docstrings(child, None, kept=shown)


def comments(text: str) -> Iterator[Span]:
    """Yield the comments of a module."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            start = len(token.line[:column].encode())
            yield line, start, line, start + len(token.string.encode())


def blanked(text: str, public: set[str], *, kept: bool) -> bytes:
    """Return a module without its comments and private docstrings, every line where it was."""
    spans = dict.fromkeys(comments(text), b"")
    for span, alone in docstrings(ast.parse(text), public, kept=kept):
        spans[span] = b"..." if alone else b""
    lines = text.encode().split(b"\n")
    for (first, start, last, end), filler in sorted(spans.items(), reverse=True):
        rest = lines[last - 1][end:]
        lines[first - 1 : last] = [lines[first - 1][:start] + filler, *[b""] * (last - first)]
        lines[last - 1] = (lines[last - 1] + rest).rstrip()
        lines[first - 1] = lines[first - 1].rstrip()
    return b"\n".join(lines)


class EngineHook(BuildHookInterface[Any]):
    """Adds the engine's modules to what is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to take; raises `FileNotFoundError` where there are none."""
        here = Path(self.root)
        for folder in (here / NAME, here.parents[1] / "production"):
            if (folder / "authorizer.py").is_file():
                break
        else:
            raise FileNotFoundError(f"expected the engine in {here / NAME} or ../../production")
        if self.target_name == "sdist":
            build_data["force_include"][str(folder)] = NAME
            return
        self._written = TemporaryDirectory()
        for name, content in self._modules(folder):
            written = Path(self._written.name, name)
            written.parent.mkdir(parents=True, exist_ok=True)
            written.write_bytes(content)
            build_data["force_include"][str(written)] = f"{NAME}/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the written modules."""
        if self.target_name != "sdist":
            self._written.cleanup()

    def _modules(self, folder: Path) -> Iterator[tuple[str, bytes]]:
        """Yield the distribution's files, by their names in the engine."""
        texts = {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.py"))
        }
        public = public_names(texts)
        for name, text in texts.items():
            if is_partial(name) is bool(self.config.get("partial")):
                yield name, blanked(text, public, kept=name in DOORS)
        if not self.config.get("partial"):
            yield "py.typed", b""

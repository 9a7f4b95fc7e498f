"""Theorems that a defect in the shipped code makes false, among those about the functions that it changes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import ExitStack

from drt.assess.planted.historic import Plant
from drt.proofs.live import NotPlanted, shipped
from drt.proofs.prover import prove
from drt.proofs.rewriting import planted
from drt.proofs.table import THEOREMS
from drt.proofs.theorem import PROVED


def refuted_theorem(plant: Plant) -> str | None:
    """Return the first proved theorem about a function with the defect that a confirmed counterexample refutes."""
    trees = [changed for engine in plant.engines for changed in plant.sources(engine).items()]
    names = {f"{module}.{name}" for module, tree in trees for name in _changed(module, tree)}
    proved = [theorem for theorem in THEOREMS if theorem.kind in PROVED]
    about = [theorem for theorem in proved if names.intersection(theorem.functions)]
    if not about:
        return None
    with ExitStack() as stack:
        try:
            for module, tree in trees:
                stack.enter_context(planted(module, tree))
        except NotPlanted:
            return None
        for theorem in about:
            found = prove(theorem)
            example = found.counterexample
            if found.answer == "refuted" and example is not None and example.confirmed:
                return theorem.name
    return None


def _changed(module: str, tree: ast.Module) -> set[str]:
    before = dict(_functions(ast.parse(shipped(module).text), ""))
    return {name for name, code in _functions(tree, "") if before.get(name) != code}


def _functions(scope: ast.AST, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the code of each function, and of each method by the name of its class."""
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.FunctionDef):
            yield f"{prefix}{node.name}", ast.dump(node)
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")

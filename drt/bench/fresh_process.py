"""Costs that only a fresh process tells: reading a store, the first decision, memory.

The parent writes a workload's texts to files. A child (`python -m drt.bench.fresh_process COST CONTESTANT
FOLDER`) imports one engine, reads the files, does the work once and prints one number. So neither what an
engine caches between calls nor memory that another engine has freed affects the measurement.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time_ns
from types import MappingProxyType
from typing import Literal, Protocol, cast

import psutil

from drt.bench.contestants.contestant import Unmeasurable
from drt.bench.race import Measured, middle
from drt.bench.workload import Json, Workload
from drt.engines.processes import TimedOut, module, our_environment, run
from drt.model.case import Source

Cost = Literal["load", "cold-start", "entity-memory", "compile", "policy-memory", "link-memory"]
Entrant = Literal["production", "cedarpy"]
ENTRANTS: tuple[Entrant, Entrant] = ("production", "cedarpy")

SECONDS = 300
_WARMING = Source("permit(principal, action, resource);", "cedar")
_PERSON = '[{"uid": {"type": "User", "id": "nobody"}, "attrs": {"level": 1}, "parents": []}]'


class Engine(Protocol):
    """The functions that the module of a contestant provides for fresh processes."""

    def read_entities(self, text: str) -> object:
        """Read a store."""

    def read_policies(self, source: Source) -> object:
        """Read policies."""

    def link(self, templates: object, links: Iterator[Json]) -> object:
        """Link a template."""

    def answering(
        self, policies: object, entities: object, *, eager: bool = False
    ) -> Callable[[Json], object]: ...


class Written:
    """A workload as files in a folder of their own, from which children read."""

    def __init__(self, workload: Workload) -> None:
        self._folder = TemporaryDirectory(prefix="drt-bench-")
        texts = {
            "entities": workload.entities,
            "policies": workload.policies.text,
            "format": workload.policies.format,
            "requests": json.dumps(workload.requests),
        }
        if workload.policies.format == "json":
            texts |= _templates_and_links(workload.policies.text)
        for name, text in texts.items():
            (Path(self.place) / name).write_text(text, encoding="utf-8")

    @property
    def place(self) -> str:
        """The folder."""
        return self._folder.name

    def __enter__(self) -> Written:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def measure(self, cost: Cost, entrant: Entrant) -> float:
        """Measure in a fresh process: microseconds of CPU time, or bytes of resident memory."""
        command = module("drt.bench.fresh_process", cost, entrant, self.place)
        try:
            done = run(command, seconds=SECONDS, environment=our_environment())
        except TimedOut as late:
            raise Unmeasurable(f"{cost} of {entrant}: no answer in {SECONDS} s") from late
        if done.code:
            raise Unmeasurable(f"{cost} of {entrant}: {done.last_words}")
        return float(done.output)


def against_cedarpy(workload: Workload, cost: Cost, rounds: int) -> Measured:
    """Production's cost by cedarpy's, in fresh processes that take turns."""
    costs: dict[Entrant, list[float]] = {entrant: [] for entrant in ENTRANTS}
    with Written(workload) as written:
        for number in range(rounds):
            for entrant in ENTRANTS if number % 2 else ENTRANTS[::-1]:
                costs[entrant].append(written.measure(cost, entrant))
    ratios = [ours / theirs for ours, theirs in zip(costs["production"], costs["cedarpy"], strict=True)]
    value, spread = middle(ratios)
    return Measured(value, spread, {name: middle(each)[0] for name, each in costs.items()}, rounds)


def memory_each(workload: Workload, cost: Cost) -> Measured:
    """Production's memory for a policy or link, in units of 1,000 bytes; cedarpy's beside it."""
    with Written(workload) as written:
        medians: dict[str, float] = {
            entrant: written.measure(cost, entrant) / workload.policy_count / 1_000 for entrant in ENTRANTS
        }
    return Measured(medians["production"], 0.0, medians)


def own_time_each(workload: Workload, cost: Cost, rounds: int) -> Measured:
    """Production's CPU microseconds for a policy."""
    with Written(workload) as written:
        costs = [written.measure(cost, "production") / workload.policy_count for _ in range(rounds)]
    value, spread = middle(costs)
    return Measured(value, spread, {"production": value}, rounds)


def _templates_and_links(document: str) -> dict[str, str]:
    """Split a policy set in two files: its templates, and one line per link."""
    parts = json.loads(document)
    links = parts["templateLinks"]
    return {
        "templates": json.dumps({**parts, "templateLinks": []}),
        "links": "".join(f"{json.dumps(link)}\n" for link in links),
    }


def load(engine: Engine, folder: Path) -> float:
    """CPU microseconds of reading the store."""
    text = _text(folder, "entities")
    gc.collect()
    started = process_time_ns()
    store = engine.read_entities(text)
    spent = process_time_ns() - started
    del store
    return spent / 1_000


def cold_start(engine: Engine, folder: Path) -> float:
    """CPU microseconds from the policies' text to the first answer, over a store read beforehand."""
    entities, source = engine.read_entities(_text(folder, "entities")), _policies(folder)
    question = _questions(folder)[0]
    gc.collect()
    started = process_time_ns()
    engine.answering(engine.read_policies(source), entities)(question)
    return (process_time_ns() - started) / 1_000


def compiling(engine: Engine, folder: Path) -> float:
    """CPU microseconds from policies that are read to each request answered once by what is made of them."""
    entities = engine.read_entities(_text(folder, "entities"))
    policies, questions = engine.read_policies(_policies(folder)), _questions(folder)
    gc.collect()
    started = process_time_ns()
    ask = engine.answering(policies, entities, eager=True)
    for question in questions:
        ask(question)
    return (process_time_ns() - started) / 1_000


def entity_memory(engine: Engine, folder: Path) -> float:
    """Bytes by which the process grows for the store; the text is gone again."""
    engine.read_entities(_PERSON)
    before = _resident()
    store = engine.read_entities(_text(folder, "entities"))
    grown = _resident() - before
    del store
    return grown


def policy_memory(engine: Engine, folder: Path) -> float:
    """Measure the bytes by which the process grows for the policies and for all that answering makes of them.

    The text is gone again.
    """
    return _serving_memory(engine, folder, lambda: engine.read_policies(_policies(folder)))


def link_memory(engine: Engine, folder: Path) -> float:
    """Measure the same for links of templates, made one by one from the lines of a file."""

    def linked() -> object:
        with (folder / "links").open(encoding="utf-8") as lines:
            templates = engine.read_policies(Source(_text(folder, "templates"), "json"))
            return engine.link(templates, map(json.loads, lines))

    return _serving_memory(engine, folder, linked)


def _serving_memory(engine: Engine, folder: Path, read: Callable[[], object]) -> float:
    entities, questions = engine.read_entities(_text(folder, "entities")), _questions(folder)
    engine.answering(engine.read_policies(_WARMING), entities)(questions[0])
    before = _resident()
    ask = engine.answering(read(), entities)
    for question in questions:
        ask(question)
    return _resident() - before


def _resident() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def _text(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


def _questions(folder: Path) -> list[Json]:
    return cast(list[Json], json.loads(_text(folder, "requests")))


def _policies(folder: Path) -> Source:
    return Source(_text(folder, "policies"), "json" if _text(folder, "format") == "json" else "cedar")


COSTS: Mapping[str, Callable[[Engine, Path], float]] = MappingProxyType(
    {
        "load": load,
        "cold-start": cold_start,
        "compile": compiling,
        "entity-memory": entity_memory,
        "policy-memory": policy_memory,
        "link-memory": link_memory,
    }
)


def main(cost: str, entrant: str, folder: str) -> None:
    """Run the child's work."""
    engine = cast(Engine, import_module(f"drt.bench.contestants.{entrant}"))
    print(COSTS[cost](engine, Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Log folders for the tests of reports, written as a run writes them, without a run."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from drt.diagnosis import Located
from drt.diagnosis.rule import Rule
from drt.model.case import Case, Request, Source
from drt.model.divergence_json import AnswersRecord, DivergenceRecord, loggable
from drt.model.outcome import Authorized, Evaluated, Failed, Outcome
from drt.model.records import from_json, to_json
from drt.run.options import RunOptions
from drt.run.records import Found, WorkerState
from drt.run.statistics import Counts
from drt.run.summary import Tally, footer

BEGAN = 1_795_000_000.0
HOSTILE = (
    "<script>alert(1)</script>]]>`|&\"' --> \x00\x1b[31m\u202e\ud800\ufffe\uffff\\|\n::error::x%0A\U0001f9a5"
)
"""A text that means something to every format, and holds what XML 1.0 and UTF-8 forbid."""

SPELLED = ("⟨U+0000⟩", "⟨U+001B⟩", "⟨U+202E⟩", "⟨U+D800⟩", "⟨U+FFFE⟩", "⟨U+FFFF⟩")
"""How its characters that nobody could see have to show."""


def answers(left: Outcome, right: Outcome) -> tuple[tuple[str, Outcome], ...]:
    return (("reference", left), ("production", right))


def located(text: str = "1 < 2") -> Located:
    operands = (("1", answers(Evaluated("1"), Evaluated("1"))),)
    both = answers(Evaluated("true"), Evaluated("false"))
    return Located(
        "expression", Rule(f"`<` {text}"), "spec 02 §4.4", "policy0, when", text, both, operands, text
    )


def find(signature: str, number: str = "1-1", text: str = "", **more: Any) -> dict[str, Any]:
    """The event of a reduced find; `text` is put into everything that a case or an engine can say."""
    both = answers(Authorized("allow", (f"policy0{text}",)), Authorized("deny", (), (("policy1", "type"),)))
    case = Case(
        Source(f"permit(principal, action, resource);{text}"),
        requests=(Request(f'{{"principal": {json.dumps(text)}}}'),),
        schema=Source(text),
        expressions=(f"1 < 2{text}",),
        links=((text, "new", (("?principal", text),)),),
    )
    facts: dict[str, Any] = {
        "event": "find", "at": BEGAN + 2, "number": number, "coarse": signature, "target": "typed",
        "signature": signature, "path": None, "stage": "reduced", "solid": True, "arbiter": False,
        "engines": ["reference", "production"], "index": 4,
        "divergence": to_json(DivergenceRecord("engines_agree" + text, "decision", f"request 0{text}", AnswersRecord(both), 0)),
        "case": to_json(loggable(case)), "located": to_json(located(text or "1 < 2").record), "says": None,
    }  # fmt: skip
    return {**facts, **more}


def judged(text: str) -> dict[str, Any]:
    """A verdict that has the text in all its members."""
    return {
        "wrong": [text], "by": "seed", "because": text, "source": f"spec 02 §4.1 {text}", "quote": text,
        "sentence": f"{text} is wrong: {text}",
    }  # fmt: skip


def law(signature: str, kind: str, number: str) -> dict[str, Any]:
    """A find of another kind, without where or what."""
    document = to_json(
        DivergenceRecord("law", "law", "question", AnswersRecord(answers(Failed("type"), Evaluated("1"))))
    )
    return find(signature, number, divergence={**document, "kind": kind}, located=None, case=None)


def write_log(folder: Path, finds: list[dict[str, Any]], *, whole: bool = True, **options: Any) -> Path:
    """A log folder with these finds; not `whole`, it has no footer."""
    folder.mkdir(parents=True)
    chosen = RunOptions(
        **{"targets": ("typed", "laws", "idle"), "engines": ("reference", "production"), "random_seed": 7,
           "corpus": str(folder.parent / "corpus"), "folder": str(folder), "jobs": 2, **options}
    )  # fmt: skip
    header = {
        "event": "header", "at": BEGAN, "format": 1, "python": "3.11.7", "platform": "Linux", "processors": 2,
        "engines": {"reference": "0.1.0", "production": "0.1.0"}, "random_seed": chosen.random_seed,
        "options": asdict(chosen),
    }  # fmt: skip
    progress = [
        {
            "event": "progress",
            "at": BEGAN + at,
            "elapsed": float(at),
            "cases": 10 * at,
            "decisions": 40 * at,
            "divergences": 0,
        }
        for at in range(1, 10)
    ]
    reached = [
        {"event": "reached", "at": BEGAN + 1, "features": ["<|long,long|true", "==|long,long|true"]},
        {"event": "reached", "at": BEGAN + 5, "features": ["+|long,string|type"]},
    ]
    features = {"<|long,long|true": 3, "==|long,long|true": 1200, "+|long,string|type": 1}
    state = {
        "targets": {
            "typed": {"counts": to_json(counts(90, 360, 12))},
            "laws": {"counts": to_json(counts(10, 40, 0))},
        },
        "seen": {event["coarse"]: 6 for event in finds},
        "features": features, "sights": {}, "broken": 0, "seconds": 10.0, "resident": 1, "done": whole,
    }  # fmt: skip
    (folder / "worker-0.state.json").write_text(json.dumps(state))
    lines = [header, *progress]
    if whole:
        tally = Tally()
        for event in finds:
            tally.add(from_json(event, Found))
        ended = footer(chosen, [from_json(state, WorkerState)], tally, 10.0, False)
        lines.append({"event": "footer", "at": BEGAN + 10, **ended.to_json()})
    (folder / "run.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "worker-0.jsonl").write_text("".join(json.dumps(line) + "\n" for line in (*reached, *finds)))
    return folder


def counts(cases: int, decisions: int, divergences: int) -> Counts:
    made = Counts(cases=cases, comparisons=decisions, decisions=decisions, divergences=divergences)
    made.events.update(allow=decisions // 4, deny=decisions - decisions // 4, erring=decisions // 10)
    made.inconclusive = 3
    made.reasons["request not answered"] = 3
    for stage, seconds in (("generate", 1.0), ("engines", 2.0), ("compare", 0.5)):
        made.spend(stage, seconds)
    made.engines.update(reference=1.5, production=0.5)
    return made

"""The table of theorems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drt.proofs.second import Opinion
from drt.proofs.survivors import Mutation, Tally, tallies, tally
from drt.proofs.theorem import KINDS, PROVED, Verdict

STYLES = {
    "proved": "green",
    "tested": "yellow",
    "tried": "yellow",
    "refuted": "bold red",
    "unknown": "bold red",
}


def print_verdicts(console: Console, verdicts: Sequence[Verdict], seconds: float, *, mutants: bool) -> None:
    """Print one row per theorem, then every problem in full, then a total."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("theorem")
    table.add_column("kind", justify="center")
    table.add_column("goals", justify="right")
    table.add_column("cases", justify="right")
    table.add_column("time", justify="right", no_wrap=True)
    if mutants:
        table.add_column("defects", justify="right", no_wrap=True)
    table.add_column("answer", no_wrap=True)
    for one in verdicts:
        planted = [f"{len(one.killed)}/{len(one.killed) + len(one.survived)}"] if mutants else []
        goals = f"{one.goals:,}" if one.goals else "–"
        cases = f"{one.cases:,}" if one.cases else "–"
        spent = f"{one.seconds * 1000:,.0f} ms" if one.goals or one.cases else "–"
        word = "tried" if one.answer == "proved" and one.theorem.kind == "B" else one.answer
        answer = Text(word, style=STYLES[word])
        table.add_row(Text(one.theorem.name), one.theorem.kind, goals, cases, spent, *planted, answer)
    console.print(table)
    console.print(Text("; ".join(f"{kind}: {meaning}" for kind, meaning in KINDS.items()), style="dim"))
    for one in verdicts:
        _print_trouble(console, one)
        if mutants:
            _print_defects(console, one)
    console.print(Text(_line(verdicts, seconds, mutants), style="bold"))


def print_opinions(console: Console, opinions: Sequence[Opinion]) -> None:
    """Print the second prover's answers: one line per theorem that it does not prove, and a total."""
    for one in opinions:
        if one.answers["refuted"] or one.answers["unknown"]:
            line = ", ".join(f"{count} {answer}" for answer, count in sorted(one.answers.items()))
            style = "bold red" if one.disagrees else "yellow"
            console.print(Text(f"cvc5 on {one.theorem.name}: {line}", style=style))
    total: Counter[str] = sum((one.answers for one in opinions), Counter())
    line = ", ".join(f"{count:,} {answer}" for answer, count in sorted(total.items()))
    wrong = sum(one.disagrees for one in opinions)
    end = "it disagrees nowhere" if not wrong else f"it DISAGREES on {wrong}"
    console.print(Text(f"second prover, {len(opinions)} theorems: {line}; {end}", style="bold"))


def print_mutations(console: Console, mutations: Sequence[Mutation], proved: Collection[str]) -> None:
    """Print each mutant that breaks no theorem, the share that does by function, and totals.

    `proved` are the functions that proved theorems name.
    """
    for one in mutations:
        if one.fate == "survived":
            console.print(Text(f"NOT broken by {one.name}: {one.why}", style="bold red"))
        elif one.fate == "equivalent":
            console.print(Text(f"means the same: {one.name}: {one.why}", style="dim"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("function", overflow="fold")
    for column in ("named by", "killed", "survived", "equivalent", "share"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, each in tallies(mutations).items():
        row = ("proof" if name in proved else "trial", *_counts(each))
        table.add_row(Text(name), *row, style=None if each.is_enough else "bold red")
    console.print(table)
    of_proved = [one for one in mutations if one.function in proved]
    for what, chosen in (("functions that proved theorems name", of_proved), ("all functions", mutations)):
        killed, survived, equivalent, share = _counts(tally(chosen))
        fates = f"{killed} killed, {survived} survived, {equivalent} equivalent"
        console.print(Text(f"mutants of {what}: {fates}; {share} killed", style="bold"))


def _counts(one: Tally) -> tuple[str, str, str, str]:
    # Rounded down, so that a share below the limit is not printed as the limit.
    return f"{one.killed:,}", f"{one.survived:,}", f"{one.equivalent:,}", f"{int(one.share * 1000) / 10} %"


def mutations_json(mutations: Sequence[Mutation], proved: Collection[str]) -> dict[str, Any]:
    """Convert the fates of mutants to plain values: each, and by function."""
    functions = [
        {"name": name, "proved": name in proved, **asdict(one), "share": round(one.share, 4)}
        for name, one in tallies(mutations).items()
    ]
    return {"mutants": [asdict(one) for one in mutations], "functions": functions}


def _print_trouble(console: Console, one: Verdict) -> None:
    if one.answer == "refuted":
        console.print(Text(f"refuted: {one.theorem.name}", style="bold red"))
        console.print(Text(f"  claimed: {one.theorem.says}"))
        if one.counterexample is None:
            console.print(Text(f"  {one.reason}"))
        else:
            line = (
                "shown by the running code"
                if one.counterexample.confirmed
                else "NOT confirmed: the prover is at fault"
            )
            console.print(Text(f"  counterexample ({line}): {one.counterexample.description}"))
    elif one.answer == "unknown":
        console.print(Text(f"unknown: {one.theorem.name}: {one.reason}", style="bold red"))


def _print_defects(console: Console, one: Verdict) -> None:
    if one.killed or one.survived:
        console.print(Text(one.theorem.name, style="bold"))
    for line in one.killed:
        console.print(Text(f"  broken by {line}"))
    for line in one.survived:
        console.print(Text(f"  NOT broken by {line}", style="bold red"))
    if one.answer == "proved" and not one.killed and not one.survived:
        console.print(Text(f"{one.theorem.name}: no defect is planted for it", style="bold red"))


def _line(verdicts: Sequence[Verdict], seconds: float, mutants: bool) -> str:
    counts = {answer: sum(1 for one in verdicts if one.answer == answer) for answer in STYLES}
    counts["proved"] = sum(1 for one in verdicts if one.answer == "proved" and one.theorem.kind in PROVED)
    counts["tried"] = sum(1 for one in verdicts if one.answer == "proved" and one.theorem.kind == "B")
    line = ", ".join(f"{count} {answer}" for answer, count in counts.items() if count)
    killed = sum(len(one.killed) for one in verdicts)
    planted = killed + sum(len(one.survived) for one in verdicts)
    also = f"; {killed} of {planted} planted defects killed" if mutants else ""
    goals, cases = sum(one.goals for one in verdicts), sum(one.cases for one in verdicts)
    decided = f"{goals:,} obligations by Z3, {cases:,} cases by running"
    return f"{len(verdicts)} theorems: {line}; {decided}, in {seconds:.1f} s{also}"


def verdict_json(one: Verdict) -> dict[str, Any]:
    """Convert a verdict to plain values."""
    return {
        "name": one.theorem.name,
        "says": one.theorem.says,
        "anchor": one.theorem.anchor,
        "kind": one.theorem.kind,
        "because": one.theorem.because,
        "answer": one.answer,
        "goals": one.goals,
        "cases": one.cases,
        "seconds": round(one.seconds, 4),
        "reason": one.reason,
        "counterexample": one.counterexample.description if one.counterexample else None,
        "confirmed": one.counterexample.confirmed if one.counterexample else None,
        "killed": list(one.killed),
        "survived": list(one.survived),
    }

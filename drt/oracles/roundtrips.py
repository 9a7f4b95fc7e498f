"""Laws of writing: what an engine writes, every engine reads as what was written.

Owns the round trips of policies (text and JSON), of formatted text and of entities (spec 01 §7, 06 §4, 11
J1, J2, J5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drt.model.case import Case, Source
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Accepted, Authorized, Outcome, Printed, Rejected, Unwritable
from drt.model.question import Authorize, FormatPolicies, PrintPolicies, ReadEntities, ReadPolicies
from drt.oracles.comparing import Comparison
from drt.oracles.definitions import of_policies
from drt.oracles.law import Compares, law
from drt.oracles.texts import DEEPEST, DEEPEST_JSON, NotPlainJson, bodies, comments, has_no_text, nests_beyond


@law(Compares.DOCUMENTS)
def printing_round_trips(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Printed policies and templates read back as the same in every engine; only their ids are lost."""
    for writer in engines:
        read = writer.ask(ReadPolicies(case.policies))
        if not isinstance(read, Accepted):
            comparison.skip("policies not read")
            continue
        if nests_beyond(read.canonical, DEEPEST):
            comparison.skip("too deep to compare without ids")
            continue
        printed = writer.ask(PrintPolicies(case.policies, templates=True))
        if isinstance(printed, Printed):
            _read_back(comparison, engines, f"{writer.name}, as read", read, Source(printed.text))
        elif isinstance(printed, Unwritable | Rejected) and _known_to_have_no_text(read):
            comparison.skip("policies without a text")
        else:
            comparison.hold("printing", [(writer.name, read), (f"{writer.name}, printing", printed)])


def _known_to_have_no_text(read: Accepted) -> bool:
    try:
        return has_no_text(read.canonical)
    except NotPlainJson:
        return False


def _read_back(
    comparison: Comparison, engines: Sequence[Engine], name: str, read: Accepted, printed: Source
) -> None:
    """Every engine reads the printed text as the policies that were read; compared without ids."""
    for reader in engines:
        again = reader.ask(ReadPolicies(printed))
        variants = [(name, _bodies(read)), (f"{reader.name}, printed and read again", _bodies(again))]
        comparison.hold(f"text from {name.partition(',')[0]}", variants)
    defined = of_policies(printed).answer(printed.text, Accepted())
    if defined is not None:
        variants = [(name, _bodies(read)), ("definition, of what was printed", _bodies(defined))]
        comparison.hold(f"text from {name.partition(',')[0]}", variants)


def _bodies(read: Outcome) -> Outcome:
    if not isinstance(read, Accepted):
        return read
    try:
        return Accepted("\n".join(bodies(read.canonical)))
    except NotPlainJson:
        return read


@law(Compares.DOCUMENTS)
def json_round_trips(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """The JSON that an engine makes of policies is read by every engine as just that, ids included."""
    for writer in engines:
        read = writer.ask(ReadPolicies(case.policies))
        if not isinstance(read, Accepted):
            comparison.skip("policies not read")
        elif not read.canonical:
            comparison.skip("no document")
        elif nests_beyond(read.canonical, DEEPEST_JSON):
            comparison.skip("too deep for JSON")
        else:
            for reader in engines:
                again = reader.ask(ReadPolicies(Source(read.canonical, "json")))
                variants = [(f"{writer.name}, as read", read), (f"{reader.name}, from that JSON", again)]
                comparison.hold(f"JSON from {writer.name}", variants)


@law(Compares.DOCUMENTS)
def printed_links_decide_alike(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A policy set printed with its links as plain policies decides like the set (spec 06 §4)."""
    for engine in engines:
        printed = engine.ask(PrintPolicies(case.policies, templates=False))
        loaded = engine.load(replace(case, links=()))
        if not isinstance(printed, Printed) or isinstance(loaded, NotLoaded):
            comparison.skip("policies not read or without a text")
            continue
        again = engine.load(replace(case, policies=Source(printed.text), links=()))
        for index, request in enumerate(case.requests):
            second: Outcome
            second = again if isinstance(again, NotLoaded) else again.ask(Authorize(request))
            variants = [(engine.name, loaded.ask(Authorize(request))), (f"{engine.name}, printed", second)]
            comparison.hold(f"request {index}", variants, _same_but_for_ids, index)


def _same_but_for_ids(first: Authorized, second: Authorized) -> bool:
    return (
        first.decision == second.decision
        and len(first.determining) == len(second.determining)
        and sorted(kind for _, kind in first.erring) == sorted(kind for _, kind in second.erring)
    )


WIDTHS = ((80, 2), (20, 4))
"""Line and indentation widths to format with."""


@law(Compares.DOCUMENTS)
def formatting_keeps_everything(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Formatted text has the same policies and comments and ends its last line; again, nothing changes."""
    text = case.policies.text
    for engine in engines if case.policies.format == "cedar" else ():
        read = engine.ask(ReadPolicies(case.policies))
        for width, indent in WIDTHS if isinstance(read, Accepted) else ():
            formatted = engine.ask(FormatPolicies(text, width, indent))
            name = f"{engine.name}, formatted to {width} columns"
            if not isinstance(formatted, Printed):
                comparison.hold("formatting", [(engine.name, read), (name, formatted)])
                continue
            again = engine.ask(ReadPolicies(Source(formatted.text)))
            comparison.hold("policies", [(engine.name, read), (name, again)])
            comparison.hold("comments", [(engine.name, _comments(text)), (name, _comments(formatted.text))])
            ended = Printed(
                formatted.text.rstrip("\r\n") + "\n" if formatted.text.strip() else formatted.text
            )
            comparison.hold("the last line", [(name, formatted), ("the same, its last line ended", ended)])
            twice = engine.ask(FormatPolicies(formatted.text, width, indent))
            comparison.hold("formatting again", [(name, formatted), (f"{name}, twice", twice)])


def _comments(text: str) -> Printed:
    """All comments, the empty ones too, in their order."""
    return Printed("\n".join(f"// {comment}" for comment in comments(text)))


@law(Compares.DOCUMENTS)
def entities_round_trip(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """An engine's canonical entity document is read by every engine as just that (spec 05 §2.4, 11 J5)."""
    for writer in engines:
        read = writer.ask(ReadEntities(case.entities, None))
        if isinstance(read, Unwritable):
            comparison.skip("entities that cannot be written")
        elif not isinstance(read, Accepted):
            comparison.skip("entities not read")
        elif not read.canonical or nests_beyond(read.canonical, DEEPEST_JSON):
            comparison.skip("entities that cannot be written")
        else:
            for reader in engines:
                again = reader.ask(ReadEntities(read.canonical, None))
                variants = [(f"{writer.name}, as read", read), (f"{reader.name}, from that document", again)]
                comparison.hold(f"entities from {writer.name}", variants)

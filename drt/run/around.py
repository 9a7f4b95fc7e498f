"""Drawing around: constructs that a run has learnt about, written otherwise in the cases that follow.

Owns the rewriting of a drawn case so that it means the same and lacks a construct on which the engines are
known to part. Without it one such construct would hide everything behind it. What has no other spelling
stays.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from drt.diagnosis.construct import BLANK, CARRIAGE_RETURN, COMMENT_END
from drt.engines.declared import Asked, Difference, declare, held_by_any, holds
from drt.engines.guard import Guarded
from drt.model.case import Case, Source
from drt.model.divergence import Checked, Oracle
from drt.model.engine import Engine
from drt.model.outcome import Accepted
from drt.model.question import ReadEntities
from drt.model.uid_text import plain_uid
from drt.oracles.texts import DEEPEST_JSON, nests_beyond
from drt.reduce.documents import NOTHING, read, write
from drt.run.find import Find
from drt.run.statistics import DECLARED
from drt.scan.tokens import tokenize
from drt.targets.cases import Drawn

SIGHTS = 3
"""Divergences after which a construct is drawn around."""

Rewrite = Callable[[str], str]


def _gaps(text: str, plain: Rewrite) -> str:
    """Rewrite what stands between the tokens of a Cedar text."""
    written: list[str] = []
    end = 0
    for token in tokenize(text):
        written += [plain(text[end : token.start]), token.text]
        end = token.end
    return "".join([*written, plain(text[end:])])


ODD_BLANK = re.compile(r"[^\S \t\n\r]")


def _plain_blanks(text: str) -> str:
    return _gaps(text, lambda gap: re.sub(r"\r(?!\n)", "\n", ODD_BLANK.sub(" ", gap)))


def _strings(text: str, character: str, escape: str) -> str:
    """Write a raw character of strings as an escape."""
    written: list[str] = []
    end = 0
    for token in tokenize(text):
        own = token.text.replace(character, escape) if token.kind == "string" else token.text
        written += [text[end : token.start], own]
        end = token.end
    return "".join([*written, text[end:]])


EPOCH = datetime.datetime(1970, 1, 1)
DURATION = re.compile(r"(-?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII)
UNITS = (86_400_000, 3_600_000, 60_000, 1_000, 1)


def _plain_datetimes(value: Any) -> Any:
    """Write a datetime that is an offset from another as one text, where there is one."""
    match value:
        case {
            "__extn": {
                "fn": "offset",
                "args": [{"__extn": {"arg": "1970-01-01"}}, {"__extn": {"arg": str(text)}}],
            }
        }:
            found = DURATION.fullmatch(text)
            amounts = [int(part or 0) for part in found.groups()[1:]] if found else []
            count = sum(amount * unit for amount, unit in zip(amounts, UNITS, strict=False))
            sign = -1 if found and found[1] else 1
            try:
                moment = EPOCH + datetime.timedelta(milliseconds=sign * count)
            except OverflowError:
                return value
            spelled = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z".rjust(24, "0")
            return {"__extn": {"fn": "datetime", "arg": spelled}}
        case dict():
            return {key: _plain_datetimes(item) for key, item in value.items()}
        case list():
            return [_plain_datetimes(item) for item in value]
    return value


def _documents(text: str) -> str:
    document = NOTHING if nests_beyond(text, DEEPEST_JSON) else read(text)
    plain = NOTHING if document is NOTHING else _plain_datetimes(document)
    return text if plain is NOTHING or plain == document else write(plain)


CEDAR: Mapping[str, Rewrite] = {
    BLANK: _plain_blanks,
    CARRIAGE_RETURN: _plain_blanks,
    COMMENT_END: _plain_blanks,
    "a line end in a string": lambda text: _strings(text, "\n", r"\n"),
    "a line end in a pattern": lambda text: _strings(text, "\n", r"\n"),
    "a carriage return in a string": lambda text: _strings(text, "\r", r"\r"),
    "U+0000 in a string": lambda text: _strings(text, "\0", r"\0"),
}
"""Other spellings of Cedar texts, by the construct that they avoid."""

ONLY_BY_SCHEMA = (
    "an entity that only the schema makes one",
    "an extension value that only the schema makes one",
)
"""Values of entities that are written with their escapes, as an engine writes them that reads them."""


def _explicit(case: Case, engines: Sequence[Guarded]) -> Case:
    """Write the entities with the escapes of their values, if an engine accepts them.

    Parents stay as they are given: the engine lists all ancestors, which another may refuse. An action gets
    all of them, since another may demand that.
    """
    for engine in engines if case.schema is not None else ():
        answer = engine.ask(ReadEntities(case.entities, case.schema))
        given, found = read(case.entities), read(answer.canonical if isinstance(answer, Accepted) else "")
        if isinstance(given, list) and isinstance(found, list):
            by_uid = {str(plain_uid(one.get("uid"))): one for one in given if isinstance(one, dict)}
            kept = []
            for one in found:
                own = by_uid.get(str(plain_uid(one["uid"])))
                if own is not None:
                    is_action = str(one["uid"]["type"]).rpartition("::")[2] == "Action"
                    kept.append(one if is_action else {**one, "parents": own["parents"]})
            return replace(case, entities=write(_plain_datetimes(kept)))
    return case


JSON: Mapping[str, Rewrite] = {"a function with `args` in `__extn`": _documents}
"""Other spellings of documents, likewise."""


AROUND = "drawn around"
"""The event that counts the cases that were written without what the engines are known to part on."""


class Around:
    """What one worker draws around: `constructs`, in the order in which they are rewritten.

    A case that holds a declared difference has no other spelling: once the difference was met often enough,
    such a case is not asked. A difference that only the answers show is met each time.
    """

    def __init__(self, declared: Sequence[str] = ()) -> None:
        declare([Path(path) for path in declared])
        self.constructs: tuple[str, ...] = ()
        self._met: Counter[Difference] = Counter()

    def excused(self, find: Find, events: Counter[str]) -> bool:
        """Whether a find is a declared difference of one of its engines; counts it."""
        asked = (Asked(engine.name, engine.version) for engine in find.engines)
        difference = held_by_any(asked, find.case, [find.divergence])
        if difference is not None:
            self._met[difference] += 1
            events[DECLARED + difference.name] += 1
            return True
        return False

    def ask(self, oracle: Oracle, case: Case, engines: Sequence[Engine]) -> Checked:
        """Ask the engines unless the case holds a difference that was met often enough."""
        for difference, seen in self._met.items():
            if seen >= SIGHTS and difference.shows and holds(difference, case):
                return Checked(inconclusive=(DECLARED + difference.name,))
        return oracle(case, engines)

    def learn(self, sights: Mapping[str, int]) -> None:
        """Learn which constructs have been met often enough; `sights` counts divergences by bucket."""
        met = {avoidable(bucket) for bucket, seen in sights.items() if seen >= SIGHTS}
        self.constructs = tuple(sorted(name for name in met if name is not None))

    def of(self, drawn: Drawn, engines: Sequence[Guarded], events: Counter[str]) -> Drawn:
        """Write a case without the constructs, and count it if that changes it."""
        case = around(drawn.case, self.constructs)
        if any(name in ONLY_BY_SCHEMA for name in self.constructs):
            case = _explicit(case, engines)
        if case == drawn.case:
            return drawn
        events[AROUND] += 1
        return replace(drawn, case=case)


def avoidable(signature: str) -> str | None:
    """Name the construct of a bucket that can be written otherwise; None where there is none."""
    return next(
        (name for name in (*CEDAR, *JSON, *ONLY_BY_SCHEMA) if signature.endswith(f"reading {name}")), None
    )


def around(case: Case, constructs: Iterable[str]) -> Case:
    """Write a case without the constructs; it means the same."""
    for name in constructs:
        if name in CEDAR:
            case = _rewritten(case, CEDAR[name], cedar=True)
        elif name in JSON:
            case = _rewritten(case, JSON[name], cedar=False)
    return case


def _rewritten(case: Case, rewrite: Rewrite, *, cedar: bool) -> Case:
    def source(given: Source) -> Source:
        return replace(given, text=rewrite(given.text)) if (given.format == "cedar") is cedar else given

    changed = replace(
        case,
        policies=source(case.policies),
        schema=None if case.schema is None else source(case.schema),
        fragments=tuple(map(source, case.fragments)),
    )
    if cedar:
        return replace(changed, expressions=tuple(map(rewrite, case.expressions)))
    requests = tuple(replace(one, text=rewrite(one.text)) for one in case.requests)
    return replace(changed, entities=rewrite(case.entities), requests=requests)

"""How a run shares its time, and what it draws around."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drt.engines import build
from drt.engines.base import BaseEngine
from drt.engines.declared import Asked, absent_engines, declare, unread_versions
from drt.engines.guard import Guarded
from drt.model.case import Case, Request, Source
from drt.model.divergence import Checked, Divergence
from drt.model.errors import InputProblem
from drt.model.outcome import Accepted, Outcome, Rejected
from drt.oracles.reading import readers_agree
from drt.run import pursuit_time
from drt.run.around import AROUND, Around, around, avoidable
from drt.run.find import Find
from drt.run.footer import DIFFERENCES, left_out
from drt.run.pursuit_time import PursuitTime
from drt.run.statistics import Counts
from drt.run.summary import kept_back
from drt.targets.cases import Drawn
from drt.targets.partitions import lanes_of
from drt.targets.schedule import WARM_UP, Floor, Schedule

BLANKS = "one rejected, two accepted at reading a blank other than space, tab, CR, LF"


def drawn_in(seconds: float, light_seconds: float) -> Counter[str]:
    """Count the cases of a heavy target and of a light one that gets the floor alone."""
    schedule = Schedule({"heavy": 10_000, "light": 1}, lanes_of(0, 1), floor=Floor())
    drawn: Counter[str] = Counter()
    passed = 0.0
    while passed < seconds:
        name, _ = schedule.next() or ("", 0)
        took = light_seconds if name == "light" else 0.05
        schedule.spend(name, took)
        drawn[name] += 1
        passed += took
    return drawn


@pytest.mark.parametrize(("seconds", "cases"), [(WARM_UP - 0.1, 0), (4, 2), (31, 3), (61, 6)])
def test_a_light_target_has_the_floor_of_cases_at_any_time(seconds: float, cases: int) -> None:
    assert drawn_in(seconds, 0.03)["light"] == cases


@pytest.mark.parametrize(("seconds", "cases"), [(4, 1), (60, 3), (120, 24)])
def test_a_slow_target_has_the_floor_of_seconds_at_any_time(seconds: float, cases: int) -> None:
    assert drawn_in(seconds, 0.5)["light"] == cases


def test_ten_minutes_give_every_target_fifty_cases() -> None:
    """So is one whose cases take a third of a second each; and a minute stays spread."""
    cases, _ = Floor().after(600)
    assert cases >= 50
    assert Floor().after(60)[0] <= 6
    assert Floor().after(6 * 3600)[0] == cases
    shared_cases, shared_seconds = Floor(2).after(75)
    assert 2 * shared_cases >= 50, "three quarters of ten minutes go to pursuits where defects are many"
    assert 2 * shared_seconds >= 50 / 3


def test_workers_share_the_floor() -> None:
    whole, part = Floor().after(300), Floor(4).after(75)
    assert whole[0] <= 4 * part[0] < whole[0] + 4
    assert part[1] * 4 == pytest.approx(whole[1])
    assert Floor(4).after(WARM_UP / 4)[0] > 0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(pursuit_time.time, "monotonic", lambda: now[0])
    return now


def test_pursuits_leave_half_of_the_time_to_drawing(clock: list[float]) -> None:
    time = PursuitTime(ends=100.0, _born=0.0)
    assert time.is_enough(again=False)
    time.spend(pursuit_time.HEAD_START + 1.0, again=False)
    assert not time.is_enough(again=False)
    clock[0] = 4.0
    assert time.is_enough(again=False)
    assert not time.is_late()
    clock[0] = 80.0
    assert time.is_late()


DECLARED_FILE = """
[[difference]]
name = "no external declarations"
engines = ["mine"]
checks = ["policies accepted"]
since = "1.0"
below = "2.0"
pattern = "external"
reason = "added in 2.0"
source = "spec 13 §5"
"""


class Mine(BaseEngine):
    """An engine that refuses a word that newer releases take."""

    name = "mine"
    version = "1.9"

    def read_policies(self, source: Source) -> Outcome:
        return Rejected("policies", "external is unknown") if "external" in source.text else Accepted()


@pytest.fixture
def declared_file(tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "declared.toml"
    path.write_text(DECLARED_FILE)
    yield str(path)
    declare(())


def find(text: str, engine: Mine) -> Find:
    case = Case(Source(text))
    engines = (Guarded(build("reference")), Guarded(engine))  # type: ignore[arg-type]  # it has what is asked here
    divergence = Divergence(
        readers_agree.name,
        "rejection",
        "policies",
        (("reference", Accepted()), ("mine", Rejected("policies", "external is unknown"))),
    )
    return Find("parse-text", readers_agree, case, divergence, engines, {})


def test_a_declared_difference_is_excused_and_then_not_asked_about(declared_file: str) -> None:
    known, events = Around([declared_file]), Counter[str]()
    external = find("external", Mine())
    for _ in range(3):
        assert known.excused(external, events)
    assert events == {"declared: no external declarations": 3}
    answer = known.ask(readers_agree, external.case, external.engines)
    assert answer.inconclusive == ("declared: no external declarations",)
    other = find("permit(principal,action,resource);", Mine())
    assert known.ask(readers_agree, other.case, other.engines).comparisons == 1


def test_a_run_that_asks_little_for_declared_differences_says_so() -> None:
    held = Checked(inconclusive=("declared: no external declarations",))
    counts = Counts()
    for _ in range(3):
        counts.add(held)
        counts.add(Checked(comparisons=1))
    assert counts.cases == 6
    assert kept_back(counts) == {DIFFERENCES: 0.5}
    assert left_out(DIFFERENCES, 0.5) == "declared differences kept 50% of the cases from being asked"
    for _ in range(7):
        counts.add(Checked(comparisons=1))
    assert kept_back(counts) == {}


def test_a_difference_that_only_answers_show_is_asked_about(declared_file: str) -> None:
    """Every text fits it: to leave those out would leave out all cases."""
    path = Path(declared_file)
    path.write_text(DECLARED_FILE.replace("pattern =", "answer ="))
    known, events = Around([declared_file]), Counter[str]()
    external = find("permit(principal,action,resource); // external", Mine())
    for _ in range(4):
        assert known.excused(external, events)
    assert known.ask(readers_agree, external.case, external.engines).divergences


@pytest.mark.parametrize(
    ("version", "is_excused"),
    [
        ("1.0", True),
        ("1", True),
        ("v1.9", True),
        ("2", False),
        ("2.0.0", False),
        ("v2.0", False),
        ("0.9", False),
    ],
)
def test_zeros_at_the_end_of_a_version_change_nothing(
    declared_file: str, version: str, is_excused: bool
) -> None:
    engine = Mine()
    engine.version = version
    assert Around([declared_file]).excused(find("external", engine), Counter()) is is_excused


def test_a_release_outside_the_range_is_not_excused(declared_file: str) -> None:
    known, newer = Around([declared_file]), Mine()
    newer.version = "2.0"
    assert not known.excused(find("external", newer), Counter())
    assert known.excused(find("external", Mine()), Counter())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "expected [[difference]] tables"),
        ("[[difference]]\nname = 1", "difference 1 needs 'checks'"),
        (DECLARED_FILE + "x = 1", "unknown member 'x'"),
        (DECLARED_FILE.replace('"external"', '"("'), "'pattern' is no regular expression"),
        (DECLARED_FILE.replace('["mine"]', '"mine"'), "'engines' is to be a list of texts"),
        (
            DECLARED_FILE.replace('"policies accepted"', '"polices accepted"'),
            "difference 1: unknown check 'polices accepted'; the nearest is 'policies accepted'",
        ),
        (DECLARED_FILE.replace('"2.0"', '"two"'), "difference 1: 'below' is no version such as 4.12: 'two'"),
        (DECLARED_FILE.replace('"2.0"', '"2.0-rc1"'), "'below' is no version such as 4.12: '2.0-rc1'"),
        (DECLARED_FILE.replace('"1.0"', '"v1"'), "difference 1: 'since' is no version such as 4.12: 'v1'"),
        (DECLARED_FILE.replace('"1.0"', '"2"'), "'since' has to be a version below 'below': '2', '2.0'"),
        (
            DECLARED_FILE.replace('"1.0"', '"10.1"'),
            "'since' has to be a version below 'below': '10.1', '2.0'",
        ),
        (
            DECLARED_FILE + 'kinds = ["reject"]',
            "difference 1: unknown kind 'reject'; the nearest is 'rejection'",
        ),
        (DECLARED_FILE.replace("pattern", "path"), "'path' needs a 'kind': array, object, string, null"),
        (DECLARED_FILE + 'kind = "array"', "difference 1: 'kind' needs a 'path'"),
        (DECLARED_FILE + "repeats = true", "difference 1: 'pattern' and 'repeats' exclude each other"),
        (DECLARED_FILE + '[[diference]]\nname = "x"', "expected [[difference]] tables, found 'diference'"),
    ],
)
def test_a_file_that_declares_nothing_is_one_sentence(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "declared.toml"
    path.write_text(text)
    with pytest.raises(InputProblem, match=re.escape(complaint)):
        declare([path])


def test_a_range_of_releases_is_compared_by_numbers(declared_file: str) -> None:
    Path(declared_file).write_text(DECLARED_FILE.replace('"2.0"', '"1.10"').replace('"1.0"', '"1.9"'))

    assert Around([declared_file]).excused(find("external", Mine()), Counter())


def test_engines_that_only_a_file_names_are_listed(declared_file: str) -> None:
    Around([declared_file])

    assert absent_engines(["reference", "mine"]) == []
    assert absent_engines(["reference", "production"]) == ["mine"]


def test_an_engine_whose_version_has_no_number_is_listed_for_a_range(declared_file: str) -> None:
    Around([declared_file])

    assert unread_versions([Asked("mine", "nightly"), Asked("other", "")]) == ["mine ('nightly')"]
    assert unread_versions([Asked("mine", "1.9")]) == []


@pytest.mark.parametrize("check", ["response", "case response"])
def test_a_response_is_also_about_the_policies(declared_file: str, check: str) -> None:
    Path(declared_file).write_text(DECLARED_FILE.replace("policies accepted", check))
    known = Around([declared_file])
    bare = find("permit(principal, action, resource); // external", Mine())
    asked = replace(bare, case=replace(bare.case, requests=(Request("{}"),)))

    assert known.excused(asked, Counter())
    assert not known.excused(bare, Counter()), "no request, no response"


def test_only_what_has_another_spelling_is_drawn_around() -> None:
    assert avoidable(BLANKS) == "a blank other than space, tab, CR, LF"
    assert avoidable("one rejected, two accepted at reading `external` before a name") is None


def test_a_construct_is_drawn_around_after_the_third_sight() -> None:
    drawn = Drawn(Case(Source("permit\u00a0(principal,action,resource);")))
    known, events = Around(), Counter[str]()
    known.learn({BLANKS: 2})
    assert known.of(drawn, [], events) is drawn
    known.learn({BLANKS: 3})
    assert known.of(drawn, [], events).case.policies.text == "permit (principal,action,resource);"
    assert events == {AROUND: 1}


def test_a_value_that_only_the_schema_types_is_written_with_its_escape() -> None:
    schema = Source("entity U {owner: U, since: datetime}; action v appliesTo {principal: U, resource: U};")
    user = {"type": "U", "id": "a"}
    implied = {"uid": user, "attrs": {"owner": user, "since": "2024-01-01"}, "parents": []}
    refused = Drawn(Case(Source(""), json.dumps([{"uid": user, "attrs": {"owner": 1}}]), schema))
    drawn = Drawn(Case(Source(""), json.dumps([implied]), schema))
    known, events, engines = Around(), Counter[str](), [Guarded(build("reference"))]
    known.learn({"one rejected, two accepted at reading an entity that only the schema makes one": 3})

    [entity] = json.loads(known.of(drawn, engines, events).case.entities)
    since = {"__extn": {"fn": "datetime", "arg": "2024-01-01T00:00:00.000Z"}}
    assert entity == implied | {"attrs": {"owner": {"__entity": user}, "since": since}}
    assert known.of(refused, engines, events) is refused
    assert events == {AROUND: 1}


def test_entities_written_with_escapes_keep_their_parents() -> None:
    """The engine that writes them lists all ancestors, of which another may refuse some."""
    schema = Source("entity O; entity G in [O]; entity U in [G] {owner: U};")
    users = [{"type": kind, "id": "a"} for kind in "UGO"]
    entities = [
        {"uid": uid, "attrs": {"owner": users[0]} if uid == users[0] else {}, "parents": users[at : at + 1]}
        for at, uid in enumerate(users, 1)
    ]
    known, engines = Around(), [Guarded(build("reference"))]
    known.learn({"one rejected, two accepted at reading an entity that only the schema makes one": 3})
    drawn = known.of(Drawn(Case(Source(""), json.dumps(entities), schema)), engines, Counter())

    found = {one["uid"]["type"]: one["parents"] for one in json.loads(drawn.case.entities)}
    assert found == {"U": [users[1]], "G": [users[2]], "O": []}
    assert '"__entity"' in drawn.case.entities


@pytest.mark.parametrize(
    ("text", "construct", "plain"),
    [
        ("a//b\rc", "a comment that ends at a carriage return", "a//b\nc"),
        ('"a\u00a0\r"\u00a0\r', "a carriage return between tokens", '"a\u00a0\r" \n'),
        ('"a\nb"\n', "a line end in a string", '"a\\nb"\n'),
        ('"\0"', "U+0000 in a string", '"\\0"'),
    ],
)
def test_another_spelling_means_the_same(text: str, construct: str, plain: str) -> None:
    assert around(Case(Source(text)), [construct]).policies.text == plain


def test_a_datetime_is_written_as_one_text() -> None:
    parts = [
        {"__extn": {"fn": "datetime", "arg": "1970-01-01"}},
        {"__extn": {"fn": "duration", "arg": "-1ms"}},
    ]
    request = Request(json.dumps({"context": {"a": {"__extn": {"fn": "offset", "args": parts}}}}))
    case = around(Case(Source(""), requests=(request,)), ["a function with `args` in `__extn`"])
    assert json.loads(case.requests[0].text) == {
        "context": {"a": {"__extn": {"fn": "datetime", "arg": "1969-12-31T23:59:59.999Z"}}}
    }


def test_a_document_that_nests_too_deep_is_left_as_it_is() -> None:
    text = f"{'[' * 900}1{']' * 900}"
    case = Case(Source(text, format="json"), entities=text)
    assert around(case, ["a function with `args` in `__extn`"]) == case

"""A case's folder holds regular files of limited size; whatever else a stranger puts there is refused unread."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from drt.corpus.check import check
from drt.corpus.merge import merge
from drt.corpus.store import Corpus
from drt.model import case_folder
from drt.model.case import Case, Source
from drt.model.case_directory import CASE_FILE, read_case, write_case
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase

SECRET = 'permit(principal, action, resource) when { "not yours" == "to read" };'
CASE = Case(
    Source("permit(principal, action, resource);"),
    schema=Source("entity User;"),
    fragments=(Source("entity Group;"),),
)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside of every case."""
    place = tmp_path / "secret"
    place.write_text(SECRET, encoding="utf-8")
    return place


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A stranger's corpus with one good case."""
    place = tmp_path / "other/counterexamples/a-bug"
    place.mkdir(parents=True)
    write_case(place, SavedCase(CASE, name="a-bug", signature="a bug", status="open"))
    return place


def a_link(place: Path, secret: Path) -> None:
    place.symlink_to(secret)


def a_link_inside(place: Path, _secret: Path) -> None:
    (place.parent / "plain").write_text("[]", encoding="utf-8")
    place.symlink_to("plain")


def a_dangling_link(place: Path, _secret: Path) -> None:
    place.symlink_to("nowhere")


def a_pipe(place: Path, _secret: Path) -> None:
    os.mkfifo(place)


def a_socket(place: Path, _secret: Path) -> None:
    here = Path.cwd()
    os.chdir(place.parent)  # the path of a socket is short
    try:
        socket.socket(socket.AF_UNIX).bind(place.name)
    finally:
        os.chdir(here)


def a_folder(place: Path, _secret: Path) -> None:
    place.mkdir()


PLANTED = {
    a_link: "a link", a_link_inside: "a link", a_dangling_link: "a link",
    a_pipe: "a named pipe", a_socket: "a socket", a_folder: "a folder",
}  # fmt: skip
PARTS = (
    CASE_FILE,
    "policies.cedar",
    "schema.cedarschema",
    "fragment-1.cedarschema",
    "entities.json",
    "more.txt",
)


@pytest.mark.parametrize(
    ("plant", "part"),
    [(plant, part) for plant in PLANTED for part in PARTS if (plant, part) != (a_folder, CASE_FILE)],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_anything_but_a_regular_file_is_refused(
    other: Path, secret: Path, tmp_path: Path, plant: Callable[[Path, Path], None], part: str
) -> None:
    (other / part).unlink(missing_ok=True)
    plant(other / part, secret)
    ours = Corpus(tmp_path / "ours")

    [done] = merge(ours, tmp_path / "other")

    sentence = f'{other}: "{part}" is {PLANTED[plant]}, and a case holds regular files only'
    assert (done.fate, done.reason) == ("refused", sentence)
    assert [fault.sentence for fault in check(Corpus(tmp_path / "other")).faults if fault.unreadable] == [
        sentence
    ]
    assert not list((tmp_path / "ours").rglob("*.cedar"))


def test_a_device_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(InputProblem, match='"null" is a device, and a case holds regular files only'):
        case_folder.read_file(Path(os.devnull))


def test_a_folder_of_cases_that_is_a_link_is_not_entered(other: Path, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    (stranger / "seeds").mkdir(parents=True)
    (stranger / "seeds/topic").symlink_to(other.parent)
    (stranger / "counterexamples").symlink_to(other.parent)
    corpus = Corpus(stranger)

    assert (corpus.seeds(), corpus.counterexamples()) == ([], [])
    assert {str(fault) for fault in check(corpus).faults} == {
        f"{stranger / 'seeds/topic'}: it is a link, and nobody follows it",
        f"{stranger / 'counterexamples'}: it is a link, and nobody follows it",
    }


def test_nothing_is_written_through_a_link(other: Path, secret: Path, tmp_path: Path) -> None:
    saved = read_case(other)
    linked = Corpus(tmp_path / "linked")
    linked.root.mkdir()
    (linked.root / "counterexamples").symlink_to(other.parent)
    locked = Corpus(tmp_path / "locked")
    (locked.root / "counterexamples").mkdir(parents=True)
    (locked.root / "counterexamples/.lock").symlink_to(secret)

    for corpus in (linked, locked):
        with pytest.raises(InputProblem, match="the corpus cannot be written: "):
            corpus.save_counterexample(saved)

    assert secret.read_text(encoding="utf-8") == SECRET
    assert sorted(path.name for path in other.parent.iterdir()) == ["a-bug"]


def test_a_link_in_the_place_of_a_case_is_left_as_it_is(other: Path, secret: Path, tmp_path: Path) -> None:
    ours = Corpus(tmp_path / "ours")
    folder = tmp_path / "ours/counterexamples"
    folder.mkdir(parents=True)
    (folder / "a-bug").symlink_to(secret)

    place = ours.save_counterexample(read_case(other))

    assert (place.name, (folder / "a-bug").is_symlink()) == ("a-bug-2", True)


@pytest.mark.parametrize("part", ["policies.cedar", "fragment-1.cedarschema", CASE_FILE])
def test_a_file_that_is_too_large_is_not_read(other: Path, part: str) -> None:
    with (other / part).open("r+b") as file:
        file.truncate(case_folder.LARGEST_FILE + 1)

    with pytest.raises(InputProblem) as raised:
        read_case(other)

    assert (
        str(raised.value)
        == f'{other}: "{part}" has 16,777,217 bytes, and a file of a case has at most 16,777,216'
    )


def test_files_that_are_too_large_together_are_not_read(other: Path) -> None:
    for number in range(3):
        with (other / f"more-{number}").open("wb") as file:
            file.truncate(case_folder.LARGEST_FILE)

    with pytest.raises(
        InputProblem, match=r"its files have [0-9,]+ bytes, and a case has at most 33,554,432$"
    ):
        read_case(other)


def test_too_many_files_are_not_read(other: Path) -> None:
    for number in range(case_folder.MOST_FILES):
        (other / f"more-{number}").touch()

    with pytest.raises(InputProblem, match=r"it holds 1,00[0-9] files, and a case has at most 1,000$"):
        read_case(other)


def test_a_case_that_could_not_be_read_again_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_folder, "LARGEST_CASE", 100)

    with pytest.raises(InputProblem, match=r"a case has at most 100$"):
        Corpus(tmp_path / "c").save_counterexample(SavedCase(CASE, signature="a bug", status="open"))

    assert not [path for path in (tmp_path / "c/counterexamples").iterdir() if path.name != ".lock"]


def test_a_merge_copies_what_a_case_says_and_no_other_file(other: Path, tmp_path: Path) -> None:
    (other / "install.sh").write_text("echo hello", encoding="utf-8")

    [done] = merge(Corpus(tmp_path / "ours"), tmp_path / "other")

    assert done.place is not None
    assert sorted(path.name for path in done.place.iterdir()) == sorted(set(PARTS) - {"more.txt"})


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", "..", ".", "sub/file"])
def test_a_part_lies_in_the_folder_of_its_case(other: Path, secret: Path, name: str) -> None:
    document = json.loads((other / CASE_FILE).read_text(encoding="utf-8"))
    for part in ({"policies": name}, {"schema": name}, {"fragments": [name]}, {"entities": name}):
        (other / CASE_FILE).write_text(json.dumps({**document, **part}), encoding="utf-8")

        with pytest.raises(InputProblem) as raised:
            read_case(other)

        assert SECRET not in str(raised.value)


@pytest.mark.parametrize("plant", [a_link, a_pipe], ids=lambda plant: plant.__name__)
def test_known_findings_are_read_from_a_regular_file(
    other: Path, secret: Path, plant: Callable[[Path, Path], None]
) -> None:
    plant(other.parents[1] / "known.toml", secret)

    [fault] = check(Corpus(other.parents[1])).faults

    assert f'"known.toml" is {PLANTED[plant]}' in str(fault)
    assert "not yours" not in str(fault)

"""Members of a `case.json`, each read with its type, each complaint with its line.

Owns the wording of complaints about a case file and nothing about what the members mean.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from drt.model import json_text
from drt.model.case_folder import check_folder, read_file
from drt.model.errors import InputProblem

LONGEST_NAME = 255


class Reader:
    """One `case.json` and the files beside it, all of them regular and of limited size."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._beside = check_folder(path.parent)
        self._text = json_text.decoded(read_file(path), path)

    def root(self, *known: str) -> Members:
        """Read the members of the document, all of which must be known."""
        document = json_text.parse(self._text, self.path)
        if not isinstance(document, dict):
            raise InputProblem("not a case: expected a JSON object", self.path, 1)
        members = Members(self, (), document)
        members.only(*known)
        return members

    def beside(self, members: Members, key: str, name: str) -> str:
        """Read the file of that plain name in the case's own folder."""
        if not name or Path(name).name != name:
            raise members.problem(f"{json.dumps(name)} is not the name of a file in the case's folder", key)
        if name not in self._beside:
            raise members.problem(f"the case has no file {json.dumps(name[:LONGEST_NAME])}", key)
        file = self.path.parent / name
        return json_text.decoded(read_file(file), file)

    def problem(self, sentence: str, way: json_text.Way) -> InputProblem:
        """Report a problem with the member at a path, with its line."""
        return InputProblem(sentence, self.path, json_text.line_of(self._text, way))


class Members:
    """The members of one JSON object of a case file; reading raises `InputProblem` on another type."""

    def __init__(self, reader: Reader, way: json_text.Way, document: Mapping[str, object]) -> None:
        self.reader = reader
        self._way = way
        self._document = document

    def __contains__(self, key: str) -> bool:
        return key in self._document

    def problem(self, sentence: str, *further: str) -> InputProblem:
        """Report a problem with this object, or with the member that `further` leads to."""
        return self.reader.problem(sentence, (*self._way, *further))

    def only(self, *known: str) -> None:
        """Complain of the first member that is not known: a misspelt expectation must not pass unseen."""
        for key in self._document:
            if key not in known:
                raise self.problem(
                    f"unknown member {json.dumps(key)}; known are {', '.join(sorted(known))}", key
                )

    def text(self, key: str, default: str | None = None) -> str:
        """Read a string; without a default the member must be there."""
        value = self._document.get(key, default)
        if isinstance(value, str):
            return value
        if key not in self._document:
            raise self.problem(f"the member {json.dumps(key)} is missing")
        raise self.problem(f"expected a string for {json.dumps(key)}", key)

    def integer(self, key: str) -> int:
        """Read a whole number."""
        value = self._document[key]
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.problem(f"expected a number for {json.dumps(key)}", key)
        return value

    def boolean(self, key: str) -> bool | None:
        """Read true or false; None where the member is absent."""
        value = self._document.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.problem(f"expected true or false for {json.dumps(key)}", key)
        return value

    def one_of(self, key: str, allowed: Sequence[str]) -> str | None:
        """Read one of the allowed words; None where the member is absent."""
        if key not in self._document:
            return None
        value = self._document[key]
        if not isinstance(value, str) or value not in allowed:
            raise self.problem(f"expected {' or '.join(map(json.dumps, allowed))} for {json.dumps(key)}", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of strings."""
        value = self._document.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.problem(f"expected a list of strings for {json.dumps(key)}", key)
        return tuple(value)

    def object(self, key: str) -> Mapping[str, object]:
        """Read an object."""
        value = self._document.get(key, {})
        if not isinstance(value, dict):
            raise self.problem(f"expected an object for {json.dumps(key)}", key)
        return value

    def member(self, key: str) -> Members:
        """Read an object whose members are read in turn."""
        return Members(self.reader, (*self._way, key), self.object(key))

    def objects(self, key: str) -> tuple[Members, ...]:
        """Read a list of objects whose members are read in turn."""
        value = self._document.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.problem(f"expected a list of objects for {json.dumps(key)}", key)
        return tuple(Members(self.reader, (*self._way, key, index), item) for index, item in enumerate(value))

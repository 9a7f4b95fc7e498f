"""Files of a case's folder, which a stranger may have made: regular files of limited size, and nothing else.

Owns the check of a folder's entries and the reading and writing of one file. No link is followed, and no pipe
or device is opened for its content.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from drt.model.errors import InputProblem

MOST_FILES = 1_000
"""Files that the folder of a case may hold."""

LARGEST_FILE = 16 << 20
"""Bytes that one file of a case may have."""

LARGEST_CASE = 32 << 20
"""Bytes that all files of a case may have together."""

_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


def check_folder(folder: Path) -> Mapping[str, os.stat_result]:
    """Return the entries of a case's folder by name, none of them followed.

    Raises `InputProblem` where an entry is no regular file, or where the files are too many or too large.
    """
    try:
        with os.scandir(folder) as entries:
            found = {entry.name: entry.stat(follow_symlinks=False) for entry in entries}
    except OSError as error:
        raise unreadable(folder, error) from None
    if len(found) > MOST_FILES:
        raise InputProblem(f"it holds {len(found):,} files, and a case has at most {MOST_FILES:,}", folder)
    for name, status in sorted(found.items()):
        _check_file(folder, name, status)
    if (total := sum(status.st_size for status in found.values())) > LARGEST_CASE:
        raise InputProblem(f"its files have {total:,} bytes, and a case has at most {LARGEST_CASE:,}", folder)
    return found


def read_file(path: Path) -> bytes:
    """Read a regular file of a case; raises `InputProblem` for anything else, or for one that is too big."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise InputProblem(_sentence(path.name, stat.S_IFLNK), path.parent) from None
        raise unreadable(path, error) from None
    try:
        _check_file(path.parent, path.name, os.fstat(handle))
        with os.fdopen(handle, "rb", closefd=False) as file:
            content = file.read(LARGEST_FILE + 1)
    finally:
        os.close(handle)
    if len(content) > LARGEST_FILE:  # it grew meanwhile
        raise _too_large(path.parent, path.name, len(content))
    return content


def write_file(path: Path, content: bytes) -> None:
    """Write a file of a case; raises `InputProblem` for one that could not be read again."""
    if len(content) > LARGEST_FILE:
        raise _too_large(path.parent, path.name, len(content))
    path.write_bytes(content)


def unreadable(path: Path, error: OSError) -> InputProblem:
    """Report a file or folder that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return InputProblem("there is no such file", path)
    return InputProblem(f"cannot be read: {(error.strerror or str(error)).lower()}", path)


def _check_file(folder: Path, name: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise InputProblem(_sentence(name, stat.S_IFMT(status.st_mode)), folder)
    if status.st_size > LARGEST_FILE:
        raise _too_large(folder, name, status.st_size)


def _sentence(name: str, kind: int) -> str:
    return f"{json.dumps(name)} is {_KINDS.get(kind, 'no file')}, and a case holds regular files only"


def _too_large(folder: Path, name: str, size: int) -> InputProblem:
    return InputProblem(
        f"{json.dumps(name)} has {size:,} bytes, and a file of a case has at most {LARGEST_FILE:,}", folder
    )

"""Records of a run's files: the events of its logs, where each worker stands, and how far the run is.

Owns their fields. A field that older runs did not write has a default; a member that nobody reads is ignored.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import Struct, field

from drt.diagnosis.judgement import Judgement
from drt.run.options import RunOptions
from drt.run.statistics import Counts

FORMAT = 1

Document: TypeAlias = dict[str, Any]
"""A divergence, a case, a location or a verdict as the module that owns it writes it."""


class Event(Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened in a run; `at` is in seconds since the epoch, set when it is logged."""

    at: float = 0.0


class Header(Event, frozen=True, kw_only=True, tag="header"):
    """The first line of a run's log."""

    python: str
    platform: str
    processors: int | None
    engines: dict[str, str]
    random_seed: int
    options: RunOptions
    format: int = FORMAT


class Resumed(Event, frozen=True, kw_only=True, tag="resumed"):
    """A run that was cut off goes on, so many seconds after its beginning, pauses left out."""

    elapsed: float


class Progress(Event, frozen=True, kw_only=True, tag="progress"):
    """The totals of a run so many seconds after its beginning."""

    elapsed: float
    cases: int
    decisions: int
    divergences: int


class Started(Event, frozen=True, kw_only=True, tag="started"):
    """A worker has started."""

    pid: int
    python: str


class Reached(Event, frozen=True, kw_only=True, tag="reached"):
    """Features that a worker has reached for the first time."""

    features: tuple[str, ...]


class Grown(Event, frozen=True, kw_only=True, tag="grown"):
    """The bytes of memory that a worker holds."""

    worker: int
    resident: int


class Recycled(Event, frozen=True, kw_only=True, tag="recycled"):
    """A worker ends because it holds too much memory, and is replaced."""

    worker: int
    resident: int


class Death(Event, frozen=True, kw_only=True, tag="death"):
    """A worker died at a case; `suspect` says whether the case is to be examined."""

    worker: int
    target: str
    index: int
    cause: str
    phase: int
    suspect: bool


class Lost(Event, frozen=True, kw_only=True, tag="lost"):
    """A case at which a worker died kills no engine when it is tried again."""

    target: str
    index: int
    cause: str
    reproduced: bool = False


class Broken(Event, frozen=True, kw_only=True, tag="broken"):
    """Our own code raised."""

    what: str
    error: str
    traceback: str = ""
    target: str | None = None
    index: int | None = None


class Found(Event, frozen=True, kw_only=True, tag="find"):
    """A finding has come to a stage: saved as it was drawn, reduced, or recognised as known.

    `number` stays the same through all stages, and when the run is resumed. `solid` says whether fresh
    processes saw it again, if any was asked; `reduced` whether the reduction came to its end.
    """

    number: str
    coarse: str
    target: str
    signature: str
    stage: str
    engines: tuple[str, ...]
    divergence: Document
    path: str | None = None
    solid: bool | None = None
    arbiter: bool = False
    index: int | None = None
    case: Document | None = None
    located: Document | None = None
    says: Document | None = None
    verdict: Judgement | None = None
    reduced: bool = True
    merged: bool = False
    known: str | None = None
    unsteady: tuple[str, ...] = ()


class CrashJob(Struct, frozen=True):
    """A crash to examine: the case at which a worker died, how it ended, and the seconds to spend."""

    target: str
    index: int
    cause: str
    seconds: float


class TargetState(Struct, frozen=True):
    """What a worker has done of one target, and the case that follows."""

    counts: Counts
    following: int = 0


class SearchState(Struct, frozen=True):
    """The chunk of each target that a worker's targeted search comes to next."""

    following: dict[str, int] = field(default_factory=dict)


class WorkerState(Struct, frozen=True):
    """Where a worker stands; `seen` counts the divergences that it met, by coarse key."""

    targets: dict[str, TargetState] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    resident: int = 0
    features: dict[str, int] = field(default_factory=dict)
    sights: dict[str, int] = field(default_factory=dict)
    searching: SearchState = SearchState()
    broken: int = 0
    done: bool = False


class News(Struct, frozen=True):
    """How many features and buckets a run has, and the seconds since the last was new."""

    count: int = 0
    age: float = 0.0


class RunStatus(Struct, frozen=True):
    """How far a run is, for resuming it."""

    elapsed: float = 0.0
    cases: int = 0
    decisions: int = 0
    divergences: int = 0
    processes: tuple[int, ...] = ()
    skipped: tuple[tuple[tuple[str, int], ...], ...] = ()
    finds: tuple[str, ...] = ()
    streams: dict[str, int] = field(default_factory=dict)
    news: News = News()

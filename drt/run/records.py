"""Records of a run's files: the events of its logs, the state of each worker, and the progress of the run.

A field that older runs did not write has a default; an unknown member is ignored.
"""

from __future__ import annotations

from msgspec import Struct, field

from drt.diagnosis.judgement import ArbiterAnswer, Judgement
from drt.diagnosis.located import LocatedRecord
from drt.model.case import Case
from drt.model.divergence_json import DivergenceRecord
from drt.run.options import RunOptions
from drt.run.statistics import Counts

FORMAT = 1

UNWRITABLE = 76
"""Exit code of a worker that cannot write its log; its last words say why."""

PAUSED = 74
"""Exit code of a worker that was to pause, with all that it has found pursued."""

RECYCLE = 75
"""Exit code of a worker that has grown too big and wants to be started afresh."""


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
    """An interrupted run is resumed, so many seconds after its beginning, pauses left out."""

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
    """The resident bytes of a worker."""

    worker: int
    resident: int


class Recycled(Event, frozen=True, kw_only=True, tag="recycled"):
    """A worker ends because it uses too much memory, and is replaced."""

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
    """An exception of drt's own code."""

    what: str
    error: str
    traceback: str = ""
    target: str | None = None
    index: int | None = None


class Found(Event, frozen=True, kw_only=True, tag="find"):
    """A finding has reached a stage: saved as drawn, reduced, or recognised as known.

    `number` stays the same through all stages, also when the run is resumed. `solid` says whether fresh
    processes saw the divergence again, if any ran; `unconfirmed` says why that stayed open,
    and `reduced` whether the reduction was completed.
    """

    number: str
    coarse: str
    target: str
    signature: str
    stage: str
    engines: tuple[str, ...]
    divergence: DivergenceRecord
    path: str | None = None
    solid: bool | None = None
    arbiter: bool = False
    index: int | None = None
    case: Case | None = None
    located: LocatedRecord | None = None
    says: ArbiterAnswer | None = None
    verdict: Judgement | None = None
    reduced: bool = True
    merged: bool = False
    known: str | None = None
    unsteady: tuple[str, ...] = ()
    unconfirmed: str = ""


class CrashJob(Struct, frozen=True):
    """A crash to examine: the case at which a worker died, how it ended, and the seconds to spend."""

    target: str
    index: int
    cause: str
    seconds: float


class TargetState(Struct, frozen=True):
    """The counts of a worker for one target, and the index of its next case."""

    counts: Counts
    following: int = 0


class SearchState(Struct, frozen=True):
    """A worker's search by Hypothesis: its next chunk by target, and its seconds of the worker's life."""

    following: dict[str, int] = field(default_factory=dict)
    spent: float = 0.0
    seconds: float = 0.0


class WaitingFind(Struct, frozen=True):
    """A divergence that waits to be pursued: its number in the run, and the case of its target."""

    number: str
    target: str
    index: int
    case: Case


class WorkerState(Struct, frozen=True):
    """The state of a worker; `seen` counts its divergences by coarse key."""

    targets: dict[str, TargetState] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    resident: int = 0
    features: dict[str, int] = field(default_factory=dict)
    sights: dict[str, int] = field(default_factory=dict)
    searching: SearchState = SearchState()
    broken: int = 0
    waiting: tuple[WaitingFind, ...] = ()
    done: bool = False


class ShareEnd(Struct, frozen=True):
    """How work on a share ended: whether its cases are used up, which to skip, and why it cannot go on."""

    finished: bool = False
    skipped: tuple[tuple[str, int], ...] = ()
    cannot_start: str = ""


class News(Struct, frozen=True):
    """The number of features and buckets of a run, and the seconds since the last new one."""

    count: int = 0
    age: float = 0.0


class RunStatus(Struct, frozen=True):
    """The progress of a run, for resuming it."""

    elapsed: float = 0.0
    cases: int = 0
    decisions: int = 0
    divergences: int = 0
    processes: tuple[int, ...] = ()
    skipped: tuple[tuple[tuple[str, int], ...], ...] = ()
    finds: tuple[str, ...] = ()
    streams: dict[str, int] = field(default_factory=dict)
    news: News = News()

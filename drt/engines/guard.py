"""The guard around an engine: the one place where an exception of an engine becomes an outcome.

Owns three conversions: an engine's own exception is a crash, an exhausted stack, memory or clock is an
exceeded budget. It also holds the meter of what each engine cost.
"""

from __future__ import annotations

import re
import signal
import sysconfig
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from types import FrameType
from typing import ParamSpec, TypeVar, cast

from drt.engines.base import put
from drt.engines.cpu_time import own_time
from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded, Session, Unanswered
from drt.model.outcome import Crashed, ExceededBudget, Unsupported
from drt.model.question import CaseQuestion, Outcomes, TextQuestion

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

FRAMES_KEPT = 3

_DISPATCH = (__name__, "drt.engines.base", "drt.engines.observed", "drt.engines.outside")
"""Modules that put questions to an engine, and have no part in its crash."""

_LIBRARIES = tuple(
    sysconfig.get_path(name)
    for name in ("stdlib", "platstdlib", "purelib", "platlib")
    if sysconfig.get_path(name)
)


class DeadlineExceeded(BaseException):
    """The worker's alarm rang. Not an `Exception`, so that no engine can swallow it by accident."""


class OwnTimer:
    """The system's timer, which rings by the wall clock, as a timer of the process's own time.

    It rings again and again, because the first ring may end only one of several questions that hang.
    """

    def __init__(self) -> None:
        self._seconds = 0.0
        self._due = 0.0

    def start(self, seconds: float) -> None:
        """Ring after so many seconds of own time."""
        self._seconds = seconds
        self._due = own_time() + seconds
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def stop(self) -> None:
        """Stop the timer."""
        signal.setitimer(signal.ITIMER_REAL, 0.0)

    def is_due(self) -> bool:
        """Whether a ring counts; sets the timer for the next one."""
        left = self._due - own_time()
        due = left <= 0
        if due:
            left = self._seconds
            self._due += left
        signal.setitimer(signal.ITIMER_REAL, max(left, LEAST_RING))
        return due


LEAST_RING = 0.002


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Ring `DeadlineExceeded` every `seconds` while the block runs (main thread only)."""
    timer = OwnTimer()

    def ring(_signal: int, _frame: FrameType | None) -> None:
        if timer.is_due():
            raise DeadlineExceeded

    previous = signal.signal(signal.SIGALRM, ring)
    timer.start(seconds)
    try:
        yield
    finally:
        timer.stop()
        signal.signal(signal.SIGALRM, previous)


def _is_library(filename: str) -> bool:
    return filename.startswith(("<frozen", *_LIBRARIES))


def own_frames(error: BaseException) -> tuple[str, ...]:
    """List the innermost frames of the engine itself, `module:function`, outermost first.

    Library frames are left out unless there are no others; digits become `#`, so that generated names do not
    tell two occurrences of the same crash apart.
    """
    walked = [
        frame
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__") not in _DISPATCH
    ]
    own = [frame for frame in walked if not _is_library(frame.f_code.co_filename)] or walked
    return tuple(
        re.sub(r"\d+", "#", f"{frame.f_globals.get('__name__', '?')}:{frame.f_code.co_qualname}")
        for frame in own[-FRAMES_KEPT:]
    )


class Meter:
    """Seconds and questions spent on one engine, and how many questions it did not answer."""

    __slots__ = ("calls", "seconds", "unanswered")

    def __init__(self) -> None:
        self.calls = 0
        self.unanswered = 0
        self.seconds = 0.0

    def ask(
        self, question: Callable[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs
    ) -> Answer | ExceededBudget | Crashed:
        """Ask the engine; give its answer, or the crash or exceeded budget instead."""
        answer = self._ask(question, *args, **kwargs)
        self.unanswered += isinstance(answer, Unsupported | ExceededBudget)
        return answer

    def _ask(
        self, question: Callable[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs
    ) -> Answer | ExceededBudget | Crashed:
        self.calls += 1
        start = perf_counter()
        try:
            return question(*args, **kwargs)
        except DeadlineExceeded:
            return ExceededBudget("time")
        except RecursionError:
            return ExceededBudget("recursion")
        except MemoryError:
            return ExceededBudget("memory")
        except Exception as error:
            return Crashed(type(error).__name__, own_frames(error), str(error))
        except BaseException as error:
            # A panic of an engine written in Rust arrives as a direct heir of BaseException.
            if type(error).__name__ != "PanicException":
                raise
            return Crashed("PanicException", own_frames(error), str(error))
        finally:
            self.seconds += perf_counter() - start


class GuardedSession:
    """A loaded case whose questions are guarded like its engine's."""

    __slots__ = ("_meter", "_session")

    def __init__(self, session: Session, meter: Meter) -> None:
        self._session = session
        self._meter = meter

    def ask(self, question: CaseQuestion[Outcomes]) -> Outcomes | Unanswered:
        """Answer a question about the case."""
        return cast(Outcomes, self._meter.ask(put, question, self._session))


class Guarded:
    """An engine that always answers: `Crashed` and `ExceededBudget` instead of an escaping exception."""

    __slots__ = ("_engine", "_meter", "_name", "_version")

    def __init__(self, engine: Engine, meter: Meter | None = None) -> None:
        self._engine = engine
        self._meter = meter or Meter()
        self._name = engine.name
        self._version = engine.version

    @property
    def name(self) -> str:
        """The engine's name."""
        return self._name

    @property
    def version(self) -> str:
        """The engine's version."""
        return self._version

    @property
    def seconds(self) -> float:
        """Seconds spent inside the engine."""
        return self._meter.seconds

    @property
    def calls(self) -> int:
        """The number of questions put to the engine."""
        return self._meter.calls

    @property
    def unanswered(self) -> int:
        """Questions that the engine does not do, or ran out of time, memory or stack for."""
        return self._meter.unanswered

    def variants(self) -> tuple[Engine, ...]:
        """List the engine's variants, guarded by the same meter."""
        return tuple(Guarded(engine, self._meter) for engine in self._engine.variants())

    def load(self, case: Case) -> GuardedSession | NotLoaded:
        """Read a case."""
        answer: Session | NotLoaded = self._meter.ask(self._engine.load, case)
        return answer if isinstance(answer, NotLoaded) else GuardedSession(answer, self._meter)

    def ask(self, question: TextQuestion[Outcomes]) -> Outcomes | Unanswered:
        """Answer a question about texts."""
        return cast(Outcomes, self._meter.ask(put, question, self._engine))

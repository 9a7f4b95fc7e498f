"""Work at any depth of the caller, on a stack of any size.

Documents have at most 127 levels, which plain recursion takes; but the caller may have used most of the
interpreter's stack already, or run in a thread with a small one.
Law (stack): the result is that of the work itself; only where the stack runs out is the work done in a thread
of its own. Where even that does not do, because the recursion limit is low, the error is a `CedarError`.
"""

from __future__ import annotations

import threading
from _thread import allocate_lock, start_new_thread
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from ..errors import CedarError

P = ParamSpec("P")
T = TypeVar("T")

_STACK: Final = 16 * 2**20
_SMALL: Final = 2**20
_sizes: Final = allocate_lock()
_here: Final = threading.local()


def with_stack(work: Callable[[], T]) -> T:
    """Return the result of `work`, which has no effects; whatever it raises is raised here."""
    try:
        return work()
    except RecursionError:
        return on_fresh_stack(work)


def at_any_depth(function: Callable[P, T]) -> Callable[P, T]:
    """Return a function without effects, made to work wherever it is called from."""

    @wraps(function)
    def called(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            if _stacks_are_small():
                return on_fresh_stack(lambda: function(*arguments, **named))
            return function(*arguments, **named)
        except RecursionError:
            return on_fresh_stack(lambda: function(*arguments, **named))

    return called


def is_on_fresh_stack() -> bool:
    """Return whether this thread was made by `on_fresh_stack`, so that no larger stack is to be had."""
    return getattr(_here, "is_fresh", False)


def _stacks_are_small() -> bool:
    """Return whether threads are started with a small stack."""
    with _sizes:
        size = threading.stack_size()
        if size:
            # Asking for the size has set it to the default.
            threading.stack_size(size)
        return 0 < size < _SMALL


def on_fresh_stack(work: Callable[[], T]) -> T:
    """Return the result of `work`, done in a thread with a stack of its own; raise what `work` raises."""
    results: list[T] = []
    errors: list[BaseException] = []
    running = allocate_lock()

    def run() -> None:
        _here.is_fresh = True
        try:
            results.append(work())
        except BaseException as error:  # It is raised again in the thread that asked.
            errors.append(error)
        finally:
            running.release()

    try:
        running.acquire()
        with _sizes:
            size = threading.stack_size(_STACK)
            try:
                start_new_thread(run, ())
            finally:
                threading.stack_size(size)
        running.acquire()
    except RecursionError:
        errors.append(RecursionError())
    for error in errors:
        if isinstance(error, RecursionError):
            raise CedarError("the recursion limit is too low for this input") from None
        raise error
    return results[0]

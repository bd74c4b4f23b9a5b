"""A blocking function as steps, one at a time. It goes when the one training loop is there, which is a generator."""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Callable, Generator
from typing import Generic, TypeVar

__all__ = ["stepped"]

_Report = TypeVar("_Report")
_Returned = TypeVar("_Returned")


def stepped(
    run: Callable[[Callable[[_Report], None]], _Returned], stop: Callable[[], None]
) -> Generator[_Report, None, _Returned]:
    """Run a blocking function in a thread of its own, and yield in this one what it reports.

    After each report the function waits until the next is asked for, so that it runs only while the caller waits. If
    KeyboardInterrupt comes, thrown in or while it waits, the function is asked to stop, and is waited for; so it is if
    the generator is closed. Warnings are not shown meanwhile: Lightning's advice on loaders, loggers and versions is
    not the user's concern.

    Args:
        run: The function; it is given what it reports with.
        stop: Asks it to stop, from another thread.

    Returns:
        A generator that returns what the function returns, and raises what it raises.
    """
    worker = _Worker(run)
    told = 0
    worker.start()
    try:
        while True:
            try:
                worker.go_on(told)
                if worker.ended:
                    break
                told += 1
                yield worker.report
            except KeyboardInterrupt:
                stop()
    finally:
        if not worker.ended:
            stop()
            _outlast(worker)
    return worker.outcome()


def _outlast(worker: _Worker[_Report, _Returned]) -> None:
    """Wait until a worker has ended; further Ctrl-C do nothing."""
    while not worker.ended:
        try:
            worker.go_on(math.inf)
        except KeyboardInterrupt:
            continue


class _Worker(threading.Thread, Generic[_Report, _Returned]):
    """Runs the function when it is told to go on, and waits after each report until it is told again.

    Attributes:
        report: The last one.
        ended: Whether the function has returned or raised something.
    """

    report: _Report

    def __init__(self, run: Callable[[Callable[[_Report], None]], _Returned]) -> None:
        super().__init__(name="training", daemon=True)  # a generator that is left alone keeps no process alive
        self.ended = False
        self._run, self._changed = run, threading.Condition()
        self._reported, self._allowed = 0, -1.0
        self._found: _Returned | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._wait()
            self._found = self._run(self._tell)
        except BaseException as error:  # the caller's thread raises it
            self._error = error
        finally:
            with self._changed:
                self.ended = True
                self._changed.notify_all()

    def _tell(self, report: _Report) -> None:
        with self._changed:
            self.report = report
            self._reported += 1
            self._changed.notify_all()
        self._wait()

    def _wait(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._allowed >= self._reported)

    def go_on(self, told: float) -> None:
        """Let the function go on after a report by its number, and wait for the next one, or the end."""
        with warnings.catch_warnings(), self._changed:
            warnings.simplefilter("ignore")
            self._allowed = told
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.ended or self._reported > told)

    def outcome(self) -> _Returned:
        """What the function has returned; raises what it has raised."""
        if self._error is not None:
            raise self._error
        return self._found  # type: ignore[return-value]  # it has returned

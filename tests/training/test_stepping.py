import signal
import threading
import time
import warnings

import pytest

from deepatelier.training.stepping import stepped


class Work:
    """Reports numbers until it is asked to stop."""

    def __init__(self, count, pause=0.0):
        self.count, self.pause, self.asked, self.done = count, pause, threading.Event(), []

    def run(self, report):
        for number in range(self.count):
            time.sleep(self.pause)
            self.done.append(number)
            report(number)
            if self.asked.is_set():
                return "stopped"
        return "finished"

    def steps(self):
        return stepped(self.run, self.asked.set)


def returned(steps):
    with pytest.raises(StopIteration) as done:
        next(steps)
    return done.value.value


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "training"]


def test_it_runs_only_while_it_is_waited_for():
    work = Work(3)
    steps = work.steps()
    for number in range(3):
        assert next(steps) == number
        time.sleep(0.01)
        assert work.done == list(range(number + 1))
    assert returned(steps) == "finished"
    assert not threads()


def test_an_error_is_raised_where_it_is_waited():
    def fails(report):
        report(1)
        raise ValueError("no")

    steps = stepped(fails, lambda: None)
    next(steps)
    with pytest.raises(ValueError, match="no"):
        next(steps)


def test_thrown_in_it_is_asked_to_stop_and_waited_for():
    work = Work(3)
    steps = work.steps()
    next(steps)
    with pytest.raises(StopIteration, match="stopped"):
        steps.throw(KeyboardInterrupt())
    assert work.done == [0]


def test_ctrl_c_while_it_is_waited_for():
    work = Work(100, pause=0.2)
    timer = threading.Timer(0.3, lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGINT))
    timer.start()
    steps = work.steps()
    assert next(steps) == 0
    assert next(steps) == 1  # it came during this one
    assert returned(steps) == "stopped"
    timer.join()


def test_closed_it_stops_and_has_no_thread():
    work = Work(100)
    steps = work.steps()
    next(steps)
    steps.close()
    assert work.done == [0]
    assert not threads()


def test_in_another_thread():
    found = []
    thread = threading.Thread(target=lambda: found.extend(Work(3).steps()))
    thread.start()
    thread.join()
    assert found == [0, 1, 2]


def test_warnings_are_silent_in_it_alone():
    def warns(report):
        warnings.warn("advice", stacklevel=1)
        report(1)

    for _ in stepped(warns, lambda: None):
        with pytest.warns(UserWarning, match="mine"):
            warnings.warn("mine", stacklevel=1)

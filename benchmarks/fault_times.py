"""A pytest plugin that keeps how long each test takes that passes, for `benchmarks.faults`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

_times: dict[str, float] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the seconds of a test's call."""
    if report.when == "call" and report.passed:
        _times[report.nodeid] = report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write them, in the process that leads."""
    if not hasattr(session.config, "workerinput"):
        Path(".test_times.json").write_text(json.dumps(_times))

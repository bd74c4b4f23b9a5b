"""The most memory that a process of a test took."""

from pathlib import Path

import pytest

_STATUS = Path("/proc/self/status")

on_linux = pytest.mark.skipif(not _STATUS.exists(), reason="the peak of a process alone is told by Linux only")


def peak_memory() -> int:
    """Bytes since this process's program began. (getrusage's ru_maxrss begins with the peak of the parent.)"""
    told = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(told.split()[1]) * 1024

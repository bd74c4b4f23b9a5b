"""Every example of the gallery runs, shrunk."""

import re
import sys
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").rglob("plot_*.py"))


def test_there_are_examples():
    assert EXAMPLES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_runs(path, monkeypatch):
    matplotlib.use("agg")
    small = path.read_text()
    for name, value in {"size": 128, "view_size": 128, "steps": 4, "epochs": 2}.items():
        small = re.sub(rf"\b{name}=\d+", f"{name}={value}", small)
    monkeypatch.setattr(sys, "argv", [str(path)])
    exec(compile(small, str(path), "exec"), {"__name__": "__main__"})
    plt.close("all")

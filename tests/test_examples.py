"""Every example of the gallery runs, shrunk, with a thin network in VGG-19's place."""

import re
import sys
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").rglob("plot_*.py"))
SHRINK = {
    r"ClassicalTextureOptions\(": "ClassicalTextureOptions(levels=2, neighborhood=5, ",
    r"OcclusionOptions\(": "OcclusionOptions(window=32, stride=32, ",
    r"(?=size=320\)\)?,\n)": "view_size=64, ",  # of the maps
    r"\b(view_)?size=\d+": r"\1size=64",
    r"\bsteps=\d+": "steps=2",
    r"\bepochs=\d+": "epochs=1",
    r"\blimit=\d+": "limit=64",
    r"\bchannel=\d+": "channel=5",
    r"\bcount=\d+": "count=2",
    r'"momentum", .*"rmsprop", ': "",  # which are tried in tests/training
    r'"\*\.png"': '"c*.png"',  # of scikit-image's pictures
    r', "hummingbird", "volcano"': "",  # two classes stand for all
    r'show\("initialization"\)': "",  # which tests/labs draw
}
"""What stands in the examples, and what stands there in the tests."""


def _shrunk(text):
    for pattern, value in SHRINK.items():
        text = re.sub(pattern, value, text)
    return text


def test_there_are_examples():
    assert EXAMPLES


@pytest.mark.parametrize("pattern", SHRINK)
def test_what_is_shrunk_is_there(pattern):
    assert any(re.search(pattern, path.read_text()) for path in EXAMPLES)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_runs(path, monkeypatch, request):
    if path.parent.name != "networks":  # where nothing is computed
        request.getfixturevalue("thin_vgg")
    matplotlib.use("agg")
    monkeypatch.setattr(sys, "argv", [str(path)])
    exec(compile(_shrunk(path.read_text()), str(path), "exec"), {"__name__": "__main__"})
    assert plt.get_fignums()
    plt.close("all")

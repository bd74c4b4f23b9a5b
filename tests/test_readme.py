"""Every block of the README works, shrunk, and so do those of the pages."""

import re
import shlex
from pathlib import Path

import pytest
import torch

from deepatelier import images
from deepatelier.cli import app, main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def _blocks(language, text=README):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("block", _blocks("python"))
def test_python(block):
    """With the real network."""
    small = block.replace("size=256, steps=60", "size=48, steps=2").replace("steps=30", "steps=2").replace("128", "32")
    small = small.replace("(192, 240)", "(48, 60)")
    assert small != block
    exec(compile(small, "README.md", "exec"), {})


@pytest.mark.parametrize("block", _blocks("python", (ROOT / "docs" / "networks.md").read_text()))
def test_python_of_the_networks_page(block):
    """Of the largest networks the shapes alone: warm starts with values are in ``tests/networks``."""
    with torch.device("meta" if "vgg16" in block else "cpu"):
        exec(compile(block, "networks.md", "exec"), {})


@pytest.mark.parametrize("block", _blocks("python", (ROOT / "docs" / "jobs.md").read_text()))
def test_python_of_the_jobs_page(tmp_path, monkeypatch, thin_vgg, block):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "jobs.md", "exec"), {})


@pytest.mark.parametrize("block", _blocks("python", (ROOT / "docs" / "looking.md").read_text()))
def test_python_of_the_looking_page(capsys, tmp_path, monkeypatch, photo_file, block):
    monkeypatch.chdir(tmp_path)
    Path("pictures").mkdir()
    photo_file.rename(Path("pictures") / "photo.png")
    exec(compile(block.replace("384", "48"), "looking.md", "exec"), {})
    assert capsys.readouterr().out.count("[") == 2


PAINTED = ("--size", "40", "--steps", "2", "--device", "cpu")
SMALL_MAP = ("--size", "64", "--view-size", "64", "--device", "cpu")
SHRINK = {
    "style --fast": ("--size", "40", "--device", "cpu"),
    **dict.fromkeys(("style", "sheet", "texture", "reconstruct", "invert", "visualize"), PAINTED),
    "dream": ("--size", "64", "--levels", "1", "--steps", "2", "--device", "cpu"),
    "fool": ("--size", "64", "--device", "cpu"),
    "look unit": ("--channel", "5", *PAINTED),  # the thin network has no more
    "look gradcam": SMALL_MAP,
    "look occlusion": (*SMALL_MAP, "--window", "32", "--stride", "32"),
    "look activations": ("--size", "64", "--device", "cpu"),
    "train": ("--epochs", "1", "--limit", "100"),
    **dict.fromkeys(("decode", "clusters"), ()),
    "train topics": ("--epochs", "1", "--limit", "3000", "--width", "8"),
    "write": ("--length", "5"),
    **dict.fromkeys(("translate", "predict", "look filters", "rerun", "doctor", "evaluate", "lab", "networks"), ()),
}
"""What is added to each command of the pages."""
COVERED = {"doctor": "test_doctor.py", "lab optimizers": "test_lab.py"}
"""Commands that take long, and the tests in ``tests/cli`` in which they run."""


def _lines(page):
    return [line for block in _blocks("console", (ROOT / page).read_text()) for line in block.splitlines()]


def _added(words):
    """What is added to the words of a command."""
    if words[0] == "style" and "--fast" in words:
        return SHRINK["style --fast"]
    if words[:2] == ["train", "topics"] and "language-model" in words:
        return SHRINK["train topics"]
    return SHRINK[" ".join(words[:2]) if words[0] == "look" else words[0]]


def _given(words, added):
    """The words, less those flags with their values that are added otherwise."""
    kept = list(words)
    for flag in {"--channel"} & {*added} & {*words}:
        at = kept.index(flag)
        del kept[at : at + 2]
    return [*kept, *added]


@pytest.mark.parametrize(
    "page", ["README.md", "docs/controls.md", "docs/training.md", "docs/labs.md", "docs/networks.md"]
)
def test_commands(tmp_path, monkeypatch, request, photo_file, page):
    """All in a row, with a thin network in VGG-19's place, but for the README's first painting."""
    lines = _lines(page)
    assert lines
    assert {line.split()[0] for line in lines} <= {"make", "atelier"}
    makefile = (ROOT / "Makefile").read_text()
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    (Path("photos") / "photo.png").write_bytes(photo_file.read_bytes())
    mask = torch.ones(1, 3, 8, 8)
    mask[..., 4:] = 0
    Path("sky.png").write_bytes(images.encode(mask, "PNG"))
    Path("mymodule.py").write_text(
        "from torch import nn\n\n\ndef make():\n    return nn.Sequential(nn.Conv2d(1, 2, 3))\n"
    )
    if page != "README.md":
        request.getfixturevalue("thin_vgg")
    for line in lines:
        program, *words = shlex.split(line)
        if program == "make":
            assert f"\n{words[0]}:" in makefile
            continue
        if any(" ".join(words).startswith(command) for command in COVERED):
            continue
        for name in ("photo.jpg", "painting.jpg"):
            Path(name).write_bytes(photo_file.read_bytes())
        main(_given(words, _added(words)))
        if words[0] == "style":
            request.getfixturevalue("thin_vgg")
        for flag in {"-o", "--draw", "--panels"} & {*words}:
            assert Path(words[words.index(flag) + 1]).exists()


@pytest.mark.parametrize("command", COVERED)
def test_commands_that_take_long_run_elsewhere(command):
    words = ", ".join(f'"{word}"' for word in command.split())
    assert f"run(capsys, {words}" in _tests_of(command) or f"main([{words}" in _tests_of(command)
    assert any(f"atelier {command}" in line for page in ("README.md", "docs/labs.md") for line in _lines(page))


def _tests_of(command):
    return (Path(__file__).parent / "cli" / COVERED[command]).read_text()


def _commands(page):
    """The commands of ``atelier`` on a page, with a value in the place of a word that stands for some."""
    lines = [line for line in _lines(page) if "atelier " in line and "python" not in line]
    words = [line.partition("atelier ")[2].replace("SIZE", "64").replace("PRECISION", "float32") for line in lines]
    return [(page, each) for each in words]


@pytest.mark.parametrize(
    ("page", "command"),
    [each for page in ("benchmarks", "pictures", "style") for each in _commands(f"docs/{page}.md")],
)
def test_commands_for_pictures_that_are_not_here_are_understood(page, command):
    """They are parsed: no flag is unknown, and no value is of another type."""
    app.parse_args(shlex.split(command), exit_on_error=False, print_error=False)


def test_ci_calls_the_readmes_test_command():
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_its_pictures_are_there():
    paths = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert paths
    for path in paths:
        assert (ROOT / path).is_file()

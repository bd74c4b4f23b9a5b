"""Every block of the README works, shrunk; the pages' Python blocks too."""

import re
import shlex
from pathlib import Path

import pytest
import torch

from deepatelier import images
from deepatelier.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def _blocks(language, text=README):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("block", _blocks("python"))
def test_python(block):
    small = block.replace("size=256, steps=60", "size=48, steps=2").replace("steps=30", "steps=2").replace("128", "32")
    assert small != block
    exec(compile(small, "README.md", "exec"), {})


@pytest.mark.parametrize("block", _blocks("python", (ROOT / "docs" / "networks.md").read_text()))
def test_python_of_the_networks_page(block):
    exec(compile(block, "networks.md", "exec"), {})


@pytest.mark.parametrize("block", _blocks("python", (ROOT / "docs" / "jobs.md").read_text()))
def test_python_of_the_jobs_page(tmp_path, monkeypatch, block):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "jobs.md", "exec"), {})


@pytest.mark.parametrize("page", ["README.md", "docs/controls.md", "docs/training.md", "docs/labs.md"])
def test_commands(tmp_path, monkeypatch, photo_file, page):
    lines = [line for block in _blocks("console", (ROOT / page).read_text()) for line in block.splitlines()]
    assert {line.split()[0] for line in lines} <= {"make", "atelier"}
    makefile = (ROOT / "Makefile").read_text()
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    (Path("photos") / "photo.png").write_bytes(photo_file.read_bytes())
    mask = torch.ones(1, 3, 8, 8)
    mask[..., 4:] = 0
    Path("sky.png").write_bytes(images.encode(mask, "PNG"))
    for line in lines:
        program, *words = shlex.split(line)
        if program == "make":
            assert f"\n{words[0]}:" in makefile
            continue
        for name in ("photo.jpg", "painting.jpg"):
            Path(name).write_bytes(photo_file.read_bytes())
        if "--fast" in words:
            main([*words, "--size", "48", "--device", "cpu"])
        elif words[0] in ("style", "sheet", "demo", "texture", "reconstruct", "invert", "visualize") or words[:2] == [
            "look",
            "unit",
        ]:
            main([*words, "--size", "48", "--steps", "2", "--device", "cpu"])
        elif words[0] == "dream":
            main([*words, "--size", "128", "--steps", "4", "--device", "cpu"])
        else:
            main(words)
        if "-o" in words:
            assert Path(words[words.index("-o") + 1]).exists()


def test_ci_calls_the_readmes_test_command():
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_its_pictures_are_there():
    for path in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / path).is_file()

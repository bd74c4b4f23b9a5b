"""Every recipe's command, as a user calls it: the picture, its record, and the picture again."""

import json

import pytest
from PIL import Image
from tests_support import run

from deepatelier import images, labs
from deepatelier.cli.rerun import _RECIPES
from deepatelier.jobs import read_record

QUICK = ("--device", "cpu", "--steps", "3")
COMMANDS = {
    "style": ("style", "chelsea", "coffee", "--size", "48", *QUICK),
    "sheet": (
        "sheet",
        "chelsea",
        "coffee",
        "--rows",
        "seed=0,1",
        "--columns",
        "strength=0.5,1",
        "--size",
        "64",
        *QUICK,
    ),
    "texture": ("texture", "coffee", "--size", "64", "--tileable", *QUICK),
    "reconstruct content": ("reconstruct", "content", "chelsea", "--size", "48", *QUICK),
    "reconstruct style": ("reconstruct", "style", "coffee", "--size", "48", *QUICK),
    "invert": ("invert", "chelsea", "--size", "48", "--layer", "relu2_2", *QUICK),
    "visualize": ("visualize", "--class", "espresso", "--size", "64", *QUICK),
    "dream": ("dream", "chelsea", "--size", "96", "--levels", "2", "--guide", "coffee", *QUICK),
    "fool": ("fool", "coffee", "--as", "teapot", "--size", "96", "--device", "cpu"),
    **{
        f"lab {name}": ("lab", name, "--painting", "coffee", "--size", "32", *QUICK)
        for name in labs.names()
        if isinstance(labs.lab(name), labs.PaintedLab)
    },
}


def test_every_recipe_is_tried():
    assert set(COMMANDS) == set(_RECIPES)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_picture_carries_the_record_and_can_be_made_again(capsys, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(".")
    output = tmp_path / (f"{command.split()[-1]}.png" if command.startswith("lab") else "a.png")
    target = tmp_path if command.startswith("lab") else output
    code, out, err = run(capsys, *COMMANDS[command], "-o", target, "--json")
    assert (code, err) == (0, "")
    told, carried = json.loads(out), read_record(output)
    assert (told["command"], carried.command) == (command, command)
    assert told["losses"] == carried.losses
    assert told["measures"] == carried.measures
    assert bool(carried.measures) == (command not in ("style", "sheet", "lab grid", "lab pooling"))
    assert tuple(told["size"]) == images.open_picture(output).size[::-1]
    code, _, err = run(capsys, "rerun", output)
    assert code == 0
    assert "every pixel is as in the first one" in err


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_what_it_shows_is_said_in_words(capsys, tmp_path, command):
    if command.startswith("lab"):
        return
    code, out, err = run(capsys, *COMMANDS[command], "-o", tmp_path / "a.png")
    assert (code, out) == (0, "")
    assert all(words in err for words in read_record(tmp_path / "a.png").measures)
    assert "Wrote" in err


@pytest.mark.parametrize("ending", [".gif", ".webp", ".png", ".mp4"])
def test_a_film(capsys, tmp_path, ending):
    pytest.importorskip("av")
    output = tmp_path / f"film{ending}"
    words = ("dream", "chelsea", "--size", "96", "--levels", "1", "--frames", "3", "--frame-steps", "2", *QUICK)
    code, _, err = run(capsys, *words, "-o", output)
    assert code == 0
    assert "pictures: 3" in err
    assert output.stat().st_size > 1000
    record = json.loads((tmp_path / f"film{ending}.json").read_text())
    assert (record["steps"], record["options"]["frames"]) == (3 + 2 * 2, 3)
    code, _, err = run(capsys, "rerun", output)
    assert code == 2
    assert ("not a picture" if ending == ".mp4" else "of a film") in err
    assert tuple(record["size"]) == ((96, 62) if ending == ".mp4" else (96, 63))
    assert run(capsys, *words, "-o", output, "--no-metadata")[0] == 0
    assert not (tmp_path / f"film{ending}.json").exists()


def test_a_film_is_no_jpeg(capsys, tmp_path):
    code, _, err = run(capsys, "dream", "chelsea", "--frames", "3", "-o", tmp_path / "a.jpg")
    assert code == 2
    assert ".gif" in err


def test_panels(capsys, tmp_path):
    panels = tmp_path / "panels.png"
    code, _, err = run(capsys, *COMMANDS["fool"], "-o", tmp_path / "a.png", "--panels", panels)
    assert code == 0
    _, width = images.open_picture(panels).size
    assert width > 4 * 96
    assert "fooled: True" in err


def test_transparency_that_a_network_does_not_see_is_said(capsys, tmp_path):
    Image.new("RGBA", (96, 80), (200, 30, 30, 90)).save(tmp_path / "a.png")
    words = ("fool", tmp_path / "a.png", "--size", "96", "--device", "cpu", "-o", tmp_path / "b.png")
    code, _, err = run(capsys, *words)
    assert code == 0
    assert "A network sees no transparency" in err


def test_a_network_that_is_not_fooled_is_said(capsys, tmp_path):
    words = ("fool", "chelsea", "--as", "teapot", "--method", "fgsm", "--most", "1", "--size", "96", "--device", "cpu")
    code, _, err = run(capsys, *words, "-o", tmp_path / "a.png")
    assert code == 0
    assert "The network was not fooled. Raise --most" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("visualize",), "What shall be seen"),
        (("visualize", "--class", "espreso"), "Did you mean espresso"),
        (("visualize", "--class", "1", "--network", "vgg19"), "ends in maps, not in class scores"),
        (("visualize", "--class", "1", "--layer", "fc"), "give one of them"),
        (("visualize", "--layer", "block99"), "no layer of EfficientNetLite0"),
        (("visualize", "--preset", "document", "--class", "1"), "Did you mean documents"),
        (("dream", "chelsea", "--layers", "relu5_1:0"), "weight above 0"),
        (("dream", "chelsea", "--guide", "coffe"), "coffee"),
        (("dream", "chelsea", "--fps", "3"), "--frames"),
        (("fool", "coffee", "--as", "espresso"), "says espresso already"),
        (("fool", "coffee", "--panels", "a.xyz"), "is none that can be written here"),
        (("texture", "coffee", "--method", "wei-levoy", "--tv", "1"), "does not use --tv"),
        (("invert", "chelsea", "--layer", "relu9_9"), "relu9_9"),
        (("invert", "none.jpg"), "no file none.jpg"),
        (("reconstruct", "styl", "coffee"), "style"),
        (("lab", "gird"), "Did you mean grid"),
        (("lab", "pooling", "--pooling", "average"), "Leave --pooling out"),
        (("lab", "grid", "--preset", "report"), "--preset"),
        (("dream", "chelsea", "--layers", ","), "at least 1"),
        (("fool", "coffee", "-o", "a.png", "--panels", "a.png"), "another name"),
        (("visualize", "--layer", "block5", "--channel", "1", "--position", "99,1", "--size", "64"), "positions"),
        (("lab", "grid", "-o", "none"), "and none is none. Make it"),
    ],
)
def test_wrong_input_is_said(capsys, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) <= 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["content", "style"])
def test_help_of_the_reconstructions_has_an_example(capsys, kind):
    code, out, _ = run(capsys, "reconstruct", kind, "--help")
    assert code == 0
    assert f"Example: atelier reconstruct {kind}" in out

"""Every recipe's command, as a user calls it: the picture, its record, and the picture again."""

import json

import pytest
from PIL import Image
from tests_support import autoencoder_run, run

from deepatelier import images
from deepatelier.jobs import Batch, command_of, kinds, load, read_record
from deepatelier.labs.painted_lab import PaintedLab
from deepatelier.painters import FastStyleJob
from deepatelier.synthesis.recipe.painting_job import PaintingJob

pytestmark = pytest.mark.usefixtures("thin_vgg")

QUICK = ("--device", "cpu", "--steps", "2")
SMALL = ("--size", "40", *QUICK)
FOOL = ("coffee", "--as", "teapot", "--size", "64", "--device", "cpu")
COMMANDS = {
    "style": ("chelsea", "coffee", *SMALL),
    "style/fast": ("chelsea", "coffee", "--fast", "--size", "40"),
    "sheet": ("chelsea", "coffee", "--rows", "seed=0,1", "--columns", "strength=0.5,1", *SMALL),
    "texture": ("coffee", "--tileable", *SMALL),
    "texture/sheet": ("coffee", "--sheet", "--layers", "relu1_1,relu2_1", *SMALL),
    "texture/wei-levoy": (
        *("coffee", "--method", "wei-levoy", "--neighborhood", "3"),
        *("--levels", "2", "--size", "32", "--device", "cpu"),
    ),
    "reconstruct content": ("chelsea", *SMALL),
    "reconstruct style": ("coffee", *SMALL),
    "invert": ("chelsea", "--layer", "relu2_2", *SMALL),
    "invert/sheet": ("chelsea", "--layer", "relu1_2,relu2_2", *SMALL),
    "visualize": ("--class", "espresso", "--size", "32", *QUICK),
    "dream": ("chelsea", "--size", "64", "--levels", "1", "--guide", "coffee", *QUICK),
    "dream/film": ("chelsea", "--size", "68", "--levels", "1", "--frames", "3", "--frame-steps", "2", *QUICK),
    "fool": FOOL,
    "fool/ascent": (*FOOL, "--method", "ascent"),
    **{
        kind: ("--painting", "coffee", "--size", "32", "--steps", "1", "--device", "cpu")
        for kind in kinds()
        if issubclass(load(kind), PaintedLab)
    },
}
"""The words of every kind of job that paints, after its command's."""

LABS = [kind for kind in COMMANDS if kind.startswith("lab ")]
SILENT = {"style", "style/fast", "sheet", "lab grid", "lab pooling"}
"""What shows nothing but itself, unless it is asked for a report."""


def _words(kind):
    return (*command_of(kind).split(), *COMMANDS[kind])


def test_every_recipe_is_tried():
    assert {*COMMANDS, "invert/code"} == {
        kind for kind in kinds() if issubclass(load(kind), (PaintingJob, FastStyleJob, Batch))
    }


def _check_record(kind, out, output):
    told, carried = json.loads(out), read_record(output)
    assert told["job"]["kind"] == carried.kind == kind
    assert set(carried.job) == {"kind", *load(kind).model_fields}
    assert told["losses"] == carried.losses
    assert told["measures"] == carried.measures
    assert bool(carried.measures) == (kind not in SILENT)
    assert tuple(told["size"]) == images.open_picture(output).size[::-1]


@pytest.mark.parametrize("kind", [kind for kind in COMMANDS if kind not in LABS])
def test_the_picture_carries_the_record(capsys, tmp_path, kind):
    """From which it is made again in ``tests/jobs/test_every_job.py``."""
    output = tmp_path / "a.png"
    code, out, err = run(capsys, *_words(kind), "-o", output, "--json")
    assert (code, err) == (0, "")
    _check_record(kind, out, output)


def test_a_picture_is_inverted_into_a_code(capsys, tmp_path):
    words = "invert", "chelsea", "--network", autoencoder_run(), "--steps", "2", "-o", tmp_path / "a.png", "--json"
    capsys.readouterr()
    code, out, err = run(capsys, *words)
    assert (code, err) == (0, "")
    _check_record("invert/code", out, tmp_path / "a.png")


@pytest.mark.parametrize("kind", LABS)
def test_a_painted_lab_carries_its_record_and_can_be_made_again(capsys, tmp_path, kind):
    output = tmp_path / f"{kind.split()[-1]}.png"
    code, out, err = run(capsys, *_words(kind), "-o", tmp_path, "--json")
    assert (code, err) == (0, "")
    _check_record(kind, out, output)
    code, _, err = run(capsys, "rerun", output)
    assert code == 0
    assert "every pixel is as in the first one" in err


@pytest.mark.parametrize("kind", sorted(COMMANDS.keys() - SILENT - {*LABS}))
def test_what_it_shows_is_said_in_words(capsys, tmp_path, kind):
    code, out, err = run(capsys, *_words(kind), "-o", tmp_path / "a.png")
    assert (code, out) == (0, "")
    measures = read_record(tmp_path / "a.png").measures
    assert measures
    assert all(words in err for words in measures)
    assert f"Wrote {tmp_path / 'a.png'}" in err


@pytest.mark.parametrize("kind", ["style", "style/fast", "sheet"])
def test_what_shows_nothing_says_what_was_written(capsys, tmp_path, kind):
    code, out, err = run(capsys, *_words(kind), "-o", tmp_path / "a.png")
    assert (code, out) == (0, "")
    assert f"Wrote {tmp_path / 'a.png'}" in err


@pytest.mark.parametrize("ending", [".gif", ".webp", ".png", ".mp4"])
def test_a_film(capsys, tmp_path, ending):
    pytest.importorskip("av")
    output = tmp_path / f"film{ending}"
    words = ("dream", *COMMANDS["dream/film"])
    code, _, err = run(capsys, *words, "-o", output)
    assert code == 0
    assert "pictures: 3" in err
    assert output.stat().st_size > 1000
    record = json.loads((tmp_path / f"film{ending}.json").read_text())
    assert (record["steps"], record["job"]["frames"]) == (2 + 2 * 2, 3)
    code, _, err = run(capsys, "rerun", output)
    assert code == 0
    assert f"Wrote {tmp_path / f'film_again{ending}'}: every pixel is as in the first one" in err
    assert tuple(record["size"]) == ((68, 44) if ending == ".mp4" else (68, 45))
    assert run(capsys, *words, "-o", output, "--no-metadata")[0] == 0
    assert not (tmp_path / f"film{ending}.json").exists()


def test_a_film_is_no_jpeg(capsys, tmp_path):
    code, _, err = run(capsys, "dream", "chelsea", "--frames", "3", "-o", tmp_path / "a.jpg")
    assert code == 2
    assert ".gif" in err


def test_panels(capsys, tmp_path):
    panels = tmp_path / "panels.png"
    code, _, err = run(capsys, *_words("fool"), "-o", tmp_path / "a.png", "--panels", panels)
    assert code == 0
    _, width = images.open_picture(panels).size
    assert width > 4 * 64
    assert "fooled: True" in err
    record = read_record(panels)
    assert (record.kind, record.part) == ("fool", "panels")
    code, _, err = run(capsys, "rerun", panels)
    assert code == 0
    assert "panels_again.png: every pixel is as in the first one" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "panels.png", "panels_again.png"]


def test_transparency_that_a_network_does_not_see_is_said(capsys, tmp_path):
    Image.new("RGBA", (40, 32), (200, 30, 30, 90)).save(tmp_path / "a.png")
    words = ("fool", tmp_path / "a.png", *FOOL[1:], "--method", "fgsm", "--epsilon", "1")
    code, _, err = run(capsys, *words, "-o", tmp_path / "b.png")
    assert code == 0
    assert "Networks have no transparency" in err


def test_a_network_that_is_not_fooled_is_said(capsys, tmp_path):
    words = (
        "fool",
        "chelsea",
        "--as",
        "teapot",
        "--method",
        "fgsm",
        "--epsilon",
        "1",
        "--size",
        "64",
        "--device",
        "cpu",
    )
    code, _, err = run(capsys, *words, "-o", tmp_path / "a.png")
    assert code == 0
    assert "The network was not fooled. Raise --epsilon" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("visualize",), "nothing to visualize"),
        (("visualize", "--class", "espreso"), "Did you mean espresso"),
        (("visualize", "--class", "1", "--network", "vgg19"), "ends in feature maps, not in class scores"),
        (("visualize", "--class", "1", "--layer", "fc"), "give one of them"),
        (("visualize", "--layer", "block99"), "no layer of EfficientNetLite0"),
        (("visualize", "--preset", "simonian", "--class", "1"), "Did you mean simonyan"),
        (("dream", "chelsea", "--layers", "relu5_1:0"), "weight above 0"),
        (("dream", "chelsea", "--guide", "coffe"), "coffee"),
        (("dream", "chelsea", "--fps", "3"), "Without --frames, --fps would have no effect"),
        (("fool", "coffee", "--as", "espresso"), "predicts espresso already"),
        (("fool", "coffee", "--panels", "a.xyz"), "cannot be written here"),
        (
            ("texture", "coffee", "--method", "wei-levoy", "--tv", "1"),
            "With --method wei-levoy, --tv would have no effect",
        ),
        (("texture", "coffee", "--method", "wei-levoy", "--sheet"), "select two different jobs; give one of them"),
        (("invert", "chelsea", "--layer", "relu9_9"), "relu9_9"),
        (("invert", "none.jpg"), "There is no file none.jpg"),
        (("reconstruct", "styl", "coffee"), "style"),
        (("lab", "gird"), "Did you mean grid"),
        (("lab", "pooling", "--pooling", "average"), "--pooling should be 'max'"),
        (("lab", "grid", "--preset", "report"), "--preset"),
        (("dream", "chelsea", "--layers", ","), "at least 1"),
        (("fool", "coffee", "-o", "a.png", "--panels", "a.png"), "another name"),
        (("visualize", "--layer", "block5", "--channel", "1", "--position", "99,1", "--size", "64"), "positions"),
        (("lab", "grid", "-o", "none"), "and none is not a folder. Create it"),
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

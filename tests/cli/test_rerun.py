import json
from pathlib import Path

import pytest
from PIL import Image

from deepatelier import images
from deepatelier.cli import main
from deepatelier.images import OUTPUT_FORMATS, open_picture
from deepatelier.jobs import make, read_record
from deepatelier.synthesis import StyleJob

QUICK = ["--size", "56", "--steps", "2"]


def _run(*words):
    main([str(word) for word in words])


@pytest.fixture
def painted(request, tmp_path, monkeypatch):
    """A picture in the working directory, painted with a thin network in VGG-19's place."""
    request.getfixturevalue("thin_vgg")
    monkeypatch.chdir(tmp_path)
    _run("style", "chelsea", "coffee", "-o", "a.png", *QUICK)
    return tmp_path / "a.png"


def test_the_pixels_of_the_real_network_are_the_same_again(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _run("style", "chelsea", "coffee", "-o", "a.png", *QUICK)
    _run("rerun", "a.png")
    assert "every pixel is as in the first one" in capsys.readouterr().err
    assert (open_picture("a.png").tensor() == open_picture("a_again.png").tensor()).all()


@pytest.mark.parametrize(
    "options",
    [
        ["--init", "noise", "--seed", "7", "--optimizer", "adam"],
        ["--preset", "neural-style", "--style-size", "40"],
        ["--strength", "0.5", "--levels", "2", "--precision", "float32"],
        [
            "--style-layers",
            "relu1_1",
            "relu3_1",
            "--style-layer-weights",
            "1",
            "2",
            "--alpha",
            "3",
            "--pooling",
            "average",
        ],
        ["--strength", "0"],
    ],
)
def test_the_pixels_are_the_same_again(capsys, tmp_path, monkeypatch, thin_vgg, options):
    monkeypatch.chdir(tmp_path)
    _run("style", "chelsea", "coffee", "-o", "a.png", *QUICK, *options)
    _run("rerun", "a.png")
    assert "every pixel is as in the first one" in capsys.readouterr().err
    assert (open_picture("a.png").tensor() == open_picture("a_again.png").tensor()).all()


@pytest.mark.parametrize("ending", sorted(OUTPUT_FORMATS))
def test_every_format_can_be_made_again(capsys, tmp_path, monkeypatch, thin_vgg, ending):
    monkeypatch.chdir(tmp_path)
    _run("style", "chelsea", "coffee", "-o", f"a{ending}", *QUICK)
    _run("rerun", f"a{ending}", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["changes"] == []
    assert told["difference"] == {"largest": 0, "mean": 0}


def test_inputs_beside_the_picture_and_given_ones(capsys, tmp_path, photo_file, thin_vgg):
    start = tmp_path / "start.png"
    Image.new("RGB", (64, 45), "green").save(start)
    _run("style", photo_file, "coffee", "-o", tmp_path / "a.png", *QUICK, "--init", start)
    _run("rerun", tmp_path / "a.png")
    assert "every pixel" in capsys.readouterr().err
    Image.new("RGB", (64, 45), "blue").save(start)
    with pytest.raises(SystemExit) as exited:
        _run("rerun", tmp_path / "a.png")
    assert exited.value.code == 2
    assert "another file has its name" in capsys.readouterr().err
    _run("rerun", tmp_path / "a.png", "--input", f"init={start}")
    err = capsys.readouterr().err
    assert "is not the one that was used" in err
    assert "differs from the first one by" in err


def test_a_record_without_inputs_or_with_odd_options_is_refused(capsys, painted):
    told = json.loads(images.read_text("a.png"))
    for number, change in enumerate(
        [
            {"inputs": {}},
            {"job": {**told["job"], "size": 10**9}},
            {"job": {**told["job"], "\x1b[31m": 1}},
            {"job": {"\x1b[31m": 1}},
            {"job": {**told["job"], "kind": "x"}},
            {"job": {**told["job"], "kind": "\x1b[31m"}},
            {"part": "\x1b[31m"},
            {"part": "film"},
        ]
    ):
        path = painted.with_name(f"b{number}.png")
        path.write_bytes(images.encode(open_picture("a.png").tensor(), "PNG", text=json.dumps({**told, **change})))
        with pytest.raises(SystemExit) as exited:
            _run("rerun", path)
        err = capsys.readouterr().err
        assert exited.value.code == 2, err
        assert "\x1b" not in err
        assert len(err.strip().splitlines()) <= 4


def test_an_earlier_rerun_is_not_lost(capsys, painted):
    Path("a_again.png").write_bytes(b"mine")
    _run("rerun", "a.png")
    assert Path("a_again.png").read_bytes() == b"mine"
    assert "Wrote a_again2.png: every pixel" in capsys.readouterr().err


def test_a_picture_of_others_has_no_record(capsys, photo_file):
    with pytest.raises(SystemExit) as exited:
        _run("rerun", photo_file)
    assert exited.value.code == 2
    assert "carries no record" in capsys.readouterr().err


def test_the_first_picture_is_not_overwritten(capsys, painted):
    with pytest.raises(SystemExit):
        _run("rerun", "a.png", "-o", "a.png")
    assert "is also an input" in capsys.readouterr().err


def test_what_was_interrupted_is_made_again_as_it_was(capsys, tmp_path, monkeypatch, thin_vgg):
    monkeypatch.chdir(tmp_path)
    job = StyleJob(photo="chelsea", paintings=("coffee",), size=64, levels=2, steps=8)
    make(job, {"picture": Path("a.png")}, stop_after=3)
    assert (read_record("a.png").steps, read_record("a.png").interrupted) == (3, True)
    _run("rerun", "a.png")
    assert "every pixel is as in the first one" in capsys.readouterr().err
    assert open_picture("a_again.png").size == (42, 64)
    assert (read_record("a_again.png").steps, read_record("a_again.png").interrupted) == (3, True)

"""Every command that looks, as a user calls it."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests_support import run

from deepatelier import images
from deepatelier.interpretation.look_jobs import LookJob
from deepatelier.jobs import kinds, load, read_record

pytest.importorskip("captum")

OWN = ("--network", "conftest:TinyClassifier", "--device", "cpu", "--size", "48")
COMMANDS = {
    "look filters": OWN,
    "look activations": ("PHOTO", *OWN, "--layer", "relu"),
    "look patches": ("FOLDER", *OWN, "--layer", "relu", "--most", "2", "--view-size", "32"),
    "look deconvolution": ("FOLDER", *OWN, "--layer", "relu", "--channel", "2,6", "--view-size", "32"),
    "look unit": ("FOLDER", *OWN, "--layer", "relu", "--channel", "2", "--steps", "2", "--view-size", "32"),
    "look occlusion": ("PHOTO", *OWN, "--class", "1,3", "--view-size", "32"),
    "look cam": ("PHOTO", *OWN, "--class", "1,3", "--signed"),
    "look gradcam": ("PHOTO", *OWN, "--top", "2"),
    "look saliency": ("PHOTO", *OWN),
}
OF_MANY = sorted(command for command in COMMANDS if "FOLDER" in COMMANDS[command])


@pytest.fixture
def words(tmp_path, photo_file, monkeypatch):
    """The words of a command, with a photograph and a folder in place."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(".")
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        Image.effect_noise((40, 36), 60 + number).convert("RGB").save(folder / f"{number}.png")
    places = {"PHOTO": photo_file, "FOLDER": folder}
    return lambda command: (*command.split(), *(places.get(word, word) for word in COMMANDS[command]))


def test_every_command_is_tried():
    assert set(COMMANDS) == {kind for kind in kinds() if issubclass(load(kind), LookJob)}
    assert sorted(kind for kind in COMMANDS if load(kind).arguments == ("pictures",)) == OF_MANY


@pytest.mark.parametrize("command", COMMANDS)
def test_the_picture_carries_the_record(capsys, tmp_path, words, command):
    code, out, _ = run(capsys, *words(command), "-o", "a.png", "--json")
    assert code == 0
    told, carried = json.loads(out), read_record("a.png")
    assert told["job"]["kind"] == carried.kind == command
    assert told["measures"] == carried.measures
    assert bool(carried.measures) == (command != "look filters")
    assert tuple(told["size"]) == images.open_picture("a.png").size[::-1]
    code, _, err = run(capsys, "rerun", "a.png", "--network", "conftest:TinyClassifier")
    assert code == 0
    assert "every pixel is as in the first one" in err


@pytest.mark.parametrize("command", COMMANDS)
def test_what_it_shows_is_said_in_words(capsys, words, command):
    code, out, err = run(capsys, *words(command), "-o", "a.png")
    assert (code, out) == (0, "")
    measures = read_record("a.png").measures
    assert bool(measures) == (command != "look filters")
    assert all(what in err for what in measures)
    assert "Wrote a.png" in err


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in OF_MANY])
def test_the_numbers_are_written_on_request(capsys, words, command):
    code, _, err = run(capsys, *words(command), "-o", "a.png", "--array", "a.npy")
    assert code == 0
    numbers = np.load("a.npy")
    assert numbers.dtype == np.float32
    assert " x ".join(map(str, numbers.shape)) in err
    assert numbers.any()


def test_an_array_holds_one_layer(capsys, tmp_path, words):
    command = (*words("look activations"), "conv", "-o", "a.png", "--array", "a.npy")
    code, _, err = run(capsys, *command)
    assert code == 2
    assert "one layer" in err
    assert not (tmp_path / "a.png").exists()


def _dead(self, x):
    return self.fc(self.relu(self.conv(x) - 100).mean(dim=(2, 3)))


def test_an_empty_map_says_why(capsys, words, monkeypatch):
    monkeypatch.setattr("conftest.TinyClassifier.forward", _dead)
    code, _, err = run(capsys, *words("look gradcam"), "-o", "a.png")
    assert code == 0
    assert "Dead ReLU: every value of relu is zero for this picture." in err


@pytest.mark.parametrize(
    ("words_", "said"),
    [
        (
            ("look", "cam", "chelsea", "--network", "lenet5", "--weights", "random"),
            "gradcam, which works for any network",
        ),
        (("look", "gradcam", "chelsea", "--network", "vgg19"), "Use --network efficientnet_lite0"),
        (("look", "gradcam", "chelsea", "--layer", "relu_topp"), "atelier networks efficientnet_lite0 lists them"),
        (("look", "gradcam", "chelsea", "--class", "espreso"), "Did you mean espresso"),
        (("look", "gradcam", "chelsea", "--layer", "pixels"), "needs a layer of the network"),
        (("look", "patches", "nofolder"), "no folder, file or sample 'nofolder'"),
        (("look", "occlusion", "chelsea", "--window", "500"), "smaller --window"),
        (("look", "filters", "--layer", "relu1_1"), "has no filters"),
        (("look", "patches", "."), "There is no picture in"),
        (("look", "patches", "chelsea", "--layer", "relu1_1", "--channel", "64"), "0 to 63; received 64"),
        (("look", "unit", "chelsea", "--layer", "relu1_1", "--channel", "64", "--steps", "1"), "0 to 63; received 64"),
        (("look", "activations", "chelsea", "--array", "a.txt", "--layer", "relu1_1"), ".npy"),
    ],
)
def test_what_is_wrong_is_said(capsys, tmp_path, monkeypatch, words_, said):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *words_, "--device", "cpu", "-o", "a.png")
    assert (code, out) == (2, "")
    assert said in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", OF_MANY)
def test_no_picture_of_the_folder_is_overwritten(capsys, words, command, tmp_path):
    before = (tmp_path / "photos" / "1.png").read_bytes()
    code, _, err = run(capsys, *words(command), "-o", "photos/1.png")
    assert code == 2
    assert "also an input" in err
    assert (tmp_path / "photos" / "1.png").read_bytes() == before


@pytest.mark.parametrize("command", OF_MANY)
@pytest.mark.parametrize(
    ("layer", "channel", "said"),
    [("relux", "0", "lists them"), ("relu", "99", "0 to 7; received 99"), ("", "0", "at least 1")],
)
def test_layers_and_channels_are_checked_before_the_search(capsys, words, monkeypatch, command, layer, channel, said):
    monkeypatch.setattr("deepatelier.interpretation.figures.patch_figures.opened_ahead", None)
    code, _, err = run(capsys, *words(command)[:3], *OWN, "--layer", layer, "--channel", channel, "-o", "a.png")
    assert code == 2
    assert said in err


@pytest.mark.parametrize("layer", ["pixels", "output", "fc"])
@pytest.mark.parametrize("command", ["look patches", "look deconvolution"])
def test_the_picture_and_the_scores_are_layers_too(capsys, words, command, layer):
    code, _, err = run(capsys, *words(command)[:3], *OWN, "--layer", layer, "--channel", "0", "-o", "a.png")
    assert code == (2 if (command, layer) == ("look deconvolution", "pixels") else 0), err


@pytest.mark.parametrize("size", [(600, 20), (20, 600), (1, 1)])
@pytest.mark.parametrize(
    "command", ["look gradcam", "look occlusion", "look saliency", "look activations", "look patches"]
)
def test_thin_pictures(capsys, tmp_path, words, command, size):
    Image.effect_noise(size, 90).convert("RGB").save(tmp_path / "photos" / "thin.png")
    given = [tmp_path / "photos" / "thin.png" if str(word).endswith("photo.png") else word for word in words(command)]
    code, _, err = run(capsys, *given, "-o", "a.png")
    assert code == 0, err
    assert Path("a.png").exists()


def test_an_interrupted_search_writes_what_was_found(capsys, words, monkeypatch):
    from deepatelier.interpretation import PatchFinder

    show = PatchFinder.show

    def interrupted(self, pictures):
        show(self, pictures)
        raise KeyboardInterrupt

    monkeypatch.setattr(PatchFinder, "show", interrupted)
    code, _, err = run(capsys, *words("look patches"), "-o", "a.png")
    assert code == 130
    assert "3 of 3 pictures were searched" in err
    assert "the result so far is in a.png" in err
    assert read_record("a.png").measures["pictures"] == 3

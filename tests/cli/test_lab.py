"""``atelier lab``: those that are computed; those that paint are in test_recipes.py."""

import json

import pytest
from PIL import Image
from tests_support import run

from deepatelier.jobs import kinds, read_record

LABS = [kind.partition(" ")[2] for kind in kinds() if kind.startswith("lab ")]


def test_labs_are_listed(capsys):
    code, out, _ = run(capsys, "lab", "--json")
    assert code == 0
    assert [each["name"] for each in json.loads(out)["labs"]] == LABS
    assert run(capsys, "lab")[0] == 0


def test_a_computed_lab_carries_its_record_and_can_be_made_again(capsys, tmp_path):
    code, out, err = run(capsys, "lab", "descent", "--seed", "3", "-o", tmp_path, "--json")
    assert (code, err) == (0, "")
    carried = read_record(tmp_path / "descent.png")
    assert json.loads(out)["measures"] == carried.measures
    assert carried.job == {"kind": "lab descent", "seed": 3}
    code, _, err = run(capsys, "rerun", tmp_path / "descent.png")
    assert code == 0
    assert "every pixel is as in the first one" in err
    code, _, err = run(capsys, "rerun", tmp_path / "descent.png", "--device", "cpu")
    assert code == 2
    assert "no option for the device" in err


def test_what_moves_is_a_film_too(capsys, tmp_path, small_labs):
    code, _, err = run(capsys, "lab", "optimizers", "-o", tmp_path)
    assert code == 0
    assert "Wrote" in err
    with Image.open(tmp_path / "optimizers.gif") as film:
        assert film.n_frames > 10
    assert "nesterov" in str(read_record(tmp_path / "optimizers.png").measures)
    code, _, err = run(capsys, "rerun", tmp_path / "optimizers.gif")
    assert code == 0
    assert "optimizers_again.gif: every pixel is as in the first one" in err


@pytest.mark.parametrize("words", [("--steps", "3"), ("--photo", "chelsea"), ("--network", "vgg16")])
def test_options_of_painting_are_refused(capsys, tmp_path, words):
    code, out, err = run(capsys, "lab", "activations", "-o", tmp_path, *words)
    assert (code, out) == (2, "")
    assert f"Unknown option: {words[0]}" in err
    assert not list(tmp_path.iterdir())

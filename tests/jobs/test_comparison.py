"""How far two files are from each other."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from deepatelier.errors import RecordError
from deepatelier.images import encode_film, open_picture, picture_from_array
from deepatelier.jobs import Difference, difference, pixel_difference


def test_pixel_difference():
    pixels = np.zeros((2, 2, 3), np.uint8)
    first = picture_from_array("a", pixels)
    other = pixels.copy()
    other[0, 0, 0] = 16
    assert pixel_difference(first, first) == (0, 0)
    assert pixel_difference(first, picture_from_array("b", other)) == pytest.approx((16, 1))
    assert pixel_difference(first, picture_from_array("c", np.zeros((2, 3, 3), np.uint8))) is None


def test_transparency_is_compared_too(tmp_path):
    for name, alpha in (("a.png", 0), ("b.png", 51)):
        Image.new("RGBA", (4, 4), (255, 255, 255, alpha)).save(tmp_path / name)
    assert pixel_difference(open_picture(tmp_path / "a.png"), open_picture(tmp_path / "b.png"))[0] == pytest.approx(51)


def test_pictures_are_read_from_their_files(tmp_path):
    for name, color in (("a.png", (0, 0, 0)), ("b.png", (0, 0, 51))):
        Image.new("RGB", (4, 4), color).save(tmp_path / name)
    assert difference("picture", tmp_path / "a.png", tmp_path / "a.png") == Difference(0, 0)
    found = difference("picture", tmp_path / "a.png", tmp_path / "b.png")
    assert found == pytest.approx((51, 51 / 4))


def test_films_are_compared_picture_by_picture(tmp_path):
    films = {"a.gif": (200, 0), "b.gif": (200, 0), "c.gif": (200, 51), "d.gif": (149, 0), "e.gif": (200, 0, 100)}
    for name, values in films.items():
        frames = [torch.full((1, 3, 8, 8), value, dtype=torch.uint8) for value in values]
        (tmp_path / name).write_bytes(encode_film(frames, "GIF", 10))
    assert difference("film", tmp_path / "a.gif", tmp_path / "b.gif") == Difference(0, 0)
    for other in ("c.gif", "d.gif"):
        assert difference("film", tmp_path / "a.gif", tmp_path / other) == pytest.approx((51, 25.5))
    assert difference("film", tmp_path / "a.gif", tmp_path / "e.gif") is None


def test_weights_of_files_and_of_folders(tmp_path):
    for name, shift in (("a", 0.0), ("b", 0.5)):
        (tmp_path / name).mkdir()
        tensors = {"x": torch.zeros(3) + shift, "y": torch.zeros(1)}
        save_file(tensors, tmp_path / name / "weights.safetensors")
    files = [tmp_path / name / "weights.safetensors" for name in "ab"]
    assert difference("weights", *files) == difference("folder", *(each.parent for each in files))
    assert difference("weights", *files) == pytest.approx((0.5, 0.375))
    save_file({"x": torch.zeros(3)}, files[1])
    assert difference("weights", *files) is None
    files[1].write_bytes(b"mine")
    with pytest.raises(RecordError, match="cannot be compared"):
        difference("weights", *files)


def test_tables_by_their_numbers(tmp_path):
    def written(name, values):
        (tmp_path / name).write_text(json.dumps(values))
        return tmp_path / name

    table = {"rows": [{"f1": 0.5}, {"f1": None}], "classes": ["a"], "record": {"seconds": 1}}
    first = written("a.json", table)
    assert difference("table", first, written("b.json", {**table, "record": {"seconds": 9}})) == Difference(0, 0)
    other = written("c.json", {**table, "rows": [{"f1": 0.25}, {"f1": None}]})
    assert difference("table", first, other) == Difference(0.25, 0.25)
    assert difference("table", first, written("d.json", {**table, "more": 1})) is None

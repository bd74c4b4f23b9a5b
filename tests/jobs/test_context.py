"""What jobs in turn share."""

import os

import pytest
import torch

from deepatelier import images
from deepatelier.errors import ImageError
from deepatelier.jobs import Context


def _write(path, value):
    path.write_bytes(images.encode(torch.full((1, 3, 4, 5), value), "PNG"))


def test_a_picture_is_opened_once_until_its_file_changes(tmp_path):
    context, path = Context(), tmp_path / "a.png"
    _write(path, 0.0)
    first = context.picture(str(path))
    assert context.picture(str(path)) is first
    _write(path, 1.0)
    os.utime(path, ns=(1, 1))
    assert context.picture(str(path)).tensor().min() == 1
    with pytest.raises(ImageError, match="There is no file"):
        context.picture(str(tmp_path / "none.png"))


def test_so_many_are_kept_and_no_more(tmp_path):
    context = Context()
    for number in range(40):
        _write(tmp_path / f"{number}.png", number / 40)
        context.picture(str(tmp_path / f"{number}.png"))
    assert len(context._pictures) == 16


def test_frames_are_told_once(tmp_path):
    from PIL import Image

    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    said = []
    context = Context(say=said.append)
    for _ in range(2):
        context.picture(str(tmp_path / "a.gif"))
    assert said == [f"{tmp_path / 'a.gif'} has several frames; the first one is used."]

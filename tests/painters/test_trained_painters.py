import json
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import gradient_picture
from safetensors.torch import load_file, save_file

from deepatelier import samples
from deepatelier.errors import MemoryLimitError, OptionError, WeightsError
from deepatelier.inputs import Input
from deepatelier.painters.painter import Painter
from deepatelier.painters.trained_painters import load_painter, painter_product
from deepatelier.synthesis.style.colors import Colors

CPU = torch.device("cpu")


COLORS = [Colors.of(np.random.default_rng(seed).random((8, 8, 3), np.float32)) for seed in (1, 2)]


def _file(paintings):
    product = painter_product(Painter(2, width=2, blocks=1), paintings, COLORS, {"steps": 7})
    return product.encoded(Path("own.safetensors"), None)


@pytest.fixture
def file(tmp_path):
    """A painter of two pictures."""
    torch.manual_seed(0)
    paintings = tuple(Input.of(gradient_picture(8, side, f"{side}.png")) for side in (8, 9))
    (tmp_path / "own.safetensors").write_bytes(_file(paintings))
    return tmp_path / "own.safetensors"


def test_the_file_holds_all(file):
    trained = load_painter(str(file))
    assert [painting.name for painting in trained.paintings] == ["8.png", "9.png"]
    assert trained.training == {"steps": 7}
    for known, saved in zip(trained.colors, COLORS, strict=True):
        assert all(np.array_equal(*pair) for pair in zip(known, saved, strict=True))
    assert not any(parameter.requires_grad for parameter in trained.network.parameters())
    assert trained.style_of(gradient_picture(8, 9, "another name.png")) == 1
    with pytest.raises(OptionError, match=r"knows 8\.png, 9\.png(.|\n)*\natelier train-painter ten\.png -o"):
        trained.style_of(gradient_picture(8, 10, "ten.png"))


def test_the_painter_that_ships_knows_the_paintings_that_ship():
    shipped = load_painter()
    assert [painting.name for painting in shipped.paintings] == samples.paintings()
    for index, name in enumerate(samples.paintings()):
        assert shipped.style_of(samples.open_sample(name)) == index
    assert shipped.index_of(gradient_picture(8, 9, "swirl")) is None  # another picture of that name


@pytest.mark.parametrize("size", [(8, 8), (31, 50), (3, 77)])
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_paints_at_any_size(file, size, precision):
    painted = load_painter(str(file)).paint(torch.rand(1, 3, *size), {1: 1.0}, CPU, precision)
    assert painted.shape == (1, 3, *size)
    assert painted.dtype == torch.float32


def test_begins_with_the_paintings_colours(file):
    trained = load_painter(str(file))
    with torch.no_grad():
        trained.network.last.weight.zero_()
        trained.network.last.bias.zero_()
    photo = torch.rand(1, 3, 1, 1).expand(1, 3, 64, 64)
    painted = trained.paint(photo, {0: 1.0}, CPU, torch.float32)
    assert np.allclose(painted.mean((0, 2, 3)), COLORS[0].mean, atol=1e-3)


def test_half_the_digits_make_hardly_a_difference(file):
    photo = gradient_picture(40, 56).tensor()
    fine, coarse = (
        load_painter(str(file)).paint(photo, {0: 1.0}, CPU, each) for each in (torch.float32, torch.bfloat16)
    )
    assert (fine - coarse).abs().mean() < 1 / 255


def test_what_would_not_fit_is_said(file, monkeypatch):
    monkeypatch.setattr("deepatelier.painters.trained_painters.available_memory", lambda _: 1000)
    with pytest.raises(MemoryLimitError, match="Lower --size"):
        load_painter(str(file)).paint(torch.rand(1, 3, 64, 64), {0: 1.0}, CPU, torch.float32)


def test_a_painter_of_another_version(file):
    state = load_file(file)
    about = {"schema": "deepatelier-painter/9"}
    save_file(state, file, {"deepatelier": json.dumps(about)})
    with pytest.raises(WeightsError, match="of another version"):
        load_painter(str(file))


def test_painting_leaves_the_painter_as_it_was(file):
    painter, photo = load_painter(str(file)), torch.rand(1, 3, 16, 16)
    before = painter.paint(photo, {0: 1.0}, CPU, torch.float32)
    painter.paint(photo, {0: 1.0}, CPU, torch.bfloat16)
    assert torch.equal(painter.paint(photo, {0: 1.0}, CPU, torch.float32), before)


def test_bad_files(tmp_path, file):
    with pytest.raises(OptionError, match="There is no file"):
        load_painter(str(tmp_path / "none.safetensors"))
    (tmp_path / "text.safetensors").write_text("no tensors")
    whole = file.read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(whole[: len(whole) // 2])
    for name in ("text", "cut"):
        with pytest.raises(WeightsError, match="is damaged, or is no painter"):
            load_painter(str(tmp_path / f"{name}.safetensors"))

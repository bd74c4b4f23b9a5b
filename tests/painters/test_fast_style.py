import pytest
import torch
from conftest import gradient_picture
from pydantic import ValidationError

from deepatelier import samples
from deepatelier.errors import OptionError
from deepatelier.images import resize
from deepatelier.painters import FastStyle, FastStyleOptions
from deepatelier.synthesis import StyleOptions, StyleTransfer

FAST = FastStyleOptions(size=64, device="cpu")


def test_paints_without_a_step():
    made = FastStyle(gradient_picture(48, 96), samples.open_sample("swirl"), FAST)
    assert (made.planned, list(made.steps())) == (0, [])
    image = made.finished(made.initial())
    assert image.shape == (1, 3, 32, 64)
    assert made.losses(image) == {}
    assert made.inputs["painting"].name == "swirl"


def test_a_painting_that_the_painter_does_not_know():
    with pytest.raises(OptionError, match=r"atelier train-painter mine\.png"):
        FastStyle(gradient_picture(48, 96), gradient_picture(40, 40, "mine.png"), FAST)


def test_it_is_where_the_steps_may_start():
    photo, painting = gradient_picture(48, 96), samples.open_picture("swirl")
    fast = FastStyle(photo, painting, FAST).initial()
    transfer = StyleTransfer(photo, painting, StyleOptions(init="fast", size=64, device="cpu", steps=2))
    assert [level.size for level in transfer.levels] == [(32, 64)]
    assert torch.allclose(transfer.initial(), fast, atol=1e-6)
    half = StyleTransfer(photo, painting, StyleOptions(init="fast", strength=0.5, size=64, device="cpu"))
    assert not torch.allclose(half.initial(), fast, atol=0.01)
    smaller = StyleTransfer(photo, painting, StyleOptions(init="fast", levels=2, size=128, device="cpu"))
    large = FastStyle(photo, painting, FastStyleOptions(size=128, device="cpu")).initial()
    assert torch.allclose(smaller.initial(), resize(large, smaller.levels[0].size), atol=1e-6)


@pytest.mark.parametrize("options", [{"steps": 3}, {"alpha": 2}, {"preset": "gatys"}, {"colors": "match"}])
def test_what_would_do_nothing_is_refused(options):
    with pytest.raises(ValidationError, match=next(iter(options))):
        FastStyleOptions(**options)


def test_a_painter_that_would_not_paint_is_refused():
    with pytest.raises(ValidationError, match="--painter needs --fast or --init fast"):
        StyleOptions(painter="x.safetensors")

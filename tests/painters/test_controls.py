"""Several paintings, masks and colours, on the one engine."""

import numpy as np
import pytest
import torch
from conftest import gradient_picture
from PIL import Image
from pydantic import ValidationError

from deepatelier import samples
from deepatelier.errors import ImageError, OptionError
from deepatelier.images import picture_from_array, to_array
from deepatelier.painters import FastStyle, FastStyleOptions
from deepatelier.painters.trained_painters import SHIPPED_PAINTER
from deepatelier.synthesis import PixelCanvas, StyleOptions, StyleTransfer, evaluate, synthesize
from deepatelier.synthesis.objectives import style_loss
from deepatelier.synthesis.style.luminance import lab
from deepatelier.synthesis.style.style_colors import StyleColors
from deepatelier.synthesis.style.transfer_estimation import expected_transfer
from deepatelier.synthesis.style_loss_names import names

SHIPPED = str(SHIPPED_PAINTER)
"""A trained painter: that of the bundled paintings."""

SMALL = {"size": 48, "steps": 3, "device": "cpu", "precision": "float32"}
SMALL |= {"network": "conftest:TinyNetwork", "content_layers": ("relu2",), "style_layers": ("relu1", "relu2")}


def _made(photo, paintings, **options):
    return StyleTransfer(photo, paintings, StyleOptions(**{**SMALL, **options}))


def _painted(photo, paintings, **options):
    transfer = _made(photo, paintings, **options)
    *_, last = transfer.steps()
    return transfer, transfer.finished(last.image)


def _flat(color, name="flat"):
    """A painting of nearly one colour."""
    noise = np.random.default_rng(0).integers(-6, 7, (48, 48, 3))
    return picture_from_array(name, (np.array(color) + noise).astype(np.uint8))


def _greyed(picture):
    channel = picture.tensor().mean(1)[0].mul(255).byte().numpy()
    return picture_from_array(picture.name, np.repeat(channel[..., None], 3, axis=-1))


@pytest.fixture
def halves(tmp_path):
    """A mask whose left half is white."""
    path = tmp_path / "halves.png"
    Image.fromarray(np.repeat([[255] * 24 + [0] * 24], 48, axis=0).astype(np.uint8)).save(path)
    return str(path)


def test_the_loss_of_several_paintings_is_the_mean_by_their_weights(photo, painting):
    other = gradient_picture(40, 40, "other")
    image = photo.tensor((34, 48))

    def style(paintings, **options):
        return _made(photo, paintings, init="content", **options).losses(image)["style"]

    one, two = style(painting), style(other)
    assert style([painting, other]) == pytest.approx((one + two) / 2, rel=1e-4)
    assert style([painting, other], style_weights=(3, 1)) == pytest.approx(0.75 * one + 0.25 * two, rel=1e-4)
    assert style([painting, other], style_weights=(1, 0)) == pytest.approx(one, rel=1e-4)


def test_several_paintings_give_a_mixture_of_their_colours(photo):
    blue, red = _flat((30, 40, 200)), _flat((200, 40, 30))
    start = _made(photo, [blue, red], style_weights=(1, 3), levels=1).initial()
    assert start.mean((0, 2, 3))[0] > 1.5 * start.mean((0, 2, 3))[2]


def test_the_scale_of_the_strokes(photo, painting):
    sizes = [_made(photo, painting, stroke_scale=scale, levels=1).painting_sizes for scale in (0.5, 1, 2)]
    level = _made(photo, painting, levels=1).levels[-1]
    assert [size(level) for size in sizes] == [[(24, 18)], [(48, 36)], [(96, 72)]]


def test_each_region_has_its_own_painting(halves):
    """Two flat colours as paintings: neither leaks into the other's half."""
    blue, red = _flat((30, 40, 200)), _flat((200, 40, 30))
    photo = gradient_picture(48, 48)
    options = {"steps": 25, "strength": None, "alpha": 0.0}
    _, image = _painted(photo, [blue, red], mask=halves, **options)
    left, right = image[0, :, :, :20].mean((1, 2)), image[0, :, :, 28:].mean((1, 2))
    assert left[2] - left[0] > 0.5
    assert right[0] - right[2] > 0.5


def test_the_style_loss_in_each_region_is_lower_than_without_masks(halves):
    photo, paintings = gradient_picture(48, 48), [_flat((30, 40, 200)), _flat((200, 40, 30))]
    masked, with_mask = _painted(photo, paintings, mask=halves, steps=25)
    _, without = _painted(photo, paintings, steps=25)
    criterion = masked.criterion_at(masked.levels[-1], masked.network, 0)
    for name in ("style 1", "style 2"):
        only = {name: criterion[name]}
        inside, outside = (evaluate(masked.network, only, each)[name].item() for each in (with_mask, without))
        assert inside < 0.75 * outside


def test_what_has_no_painting_stays_as_the_photograph_is(halves):
    photo = gradient_picture(48, 48)
    transfer, image = _painted(photo, _flat((30, 40, 200)), mask=halves, steps=20)
    difference = (image - photo.tensor()).abs().mean((0, 1, 2))
    assert difference[24:].max() < 1e-6
    assert difference[:24].mean() > 0.05
    assert set(transfer.inputs) == {"photo", "painting", "mask"}


def test_only_what_counts_of_the_painting_is_its_style(tmp_path, photo):
    half_red = np.full((48, 48, 3), (30, 40, 200), dtype=np.uint8)
    half_red[:, 24:] = (200, 40, 30)
    mask = tmp_path / "left.png"
    Image.fromarray(np.repeat([[255] * 24 + [0] * 24], 48, axis=0).astype(np.uint8)).save(mask)
    whole, blue = (
        _made(photo, picture_from_array("two", half_red), levels=1, style_masks=masks).initial().mean((0, 2, 3))
        for masks in ((), (str(mask),))
    )
    assert blue[2] - blue[0] > 0.5
    assert abs(whole[2] - whole[0]) < 0.2


def test_only_luminance_is_painted(photo, painting):
    transfer, image = _painted(photo, painting, colors="photo", alpha=0.0, steps=20, levels=1)
    own = photo.tensor(transfer.levels[-1].size)
    away = lab(to_array(image)) - lab(to_array(own))
    assert np.linalg.norm(away[..., 1:], axis=-1).mean() < 3
    assert abs(away[..., 0]).mean() > 3
    _, steps = transfer.losses(image), transfer.losses(own)
    assert transfer.losses(image)["total"] < steps["total"]


@pytest.mark.parametrize("colors", ["painting", "photo", "match"])
@pytest.mark.parametrize("grey", ["photo", "painting", "both"])
def test_grey_pictures_have_no_trouble_with_colours(photo, painting, colors, grey):
    given = (
        _greyed(photo) if grey != "painting" else photo,
        _greyed(painting) if grey != "photo" else painting,
    )
    _, image = _painted(*given, colors=colors)
    assert torch.isfinite(image).all()


@pytest.mark.parametrize("grey", [False, True])
def test_a_grey_photograph_that_keeps_its_colours_stays_grey(photo, painting, grey):
    _, image = _painted(_greyed(photo), _greyed(painting) if grey else painting, colors="photo")
    assert (image.amax(1) - image.amin(1)).mean() < 0.02


@pytest.mark.parametrize("name", names())
def test_every_style_loss_paints(photo, painting, name):
    transfer = _made(photo, painting, style_loss=name, steps=10, levels=1, alpha=0.0)
    steps = list(transfer.steps())
    assert steps[-1].losses["style"] < 0.9 * steps[0].losses["style"]


def test_markov_has_layers_of_its_own():
    assert StyleOptions(style_loss="markov").style_layers == ("relu3_1", "relu4_1")


@pytest.mark.parametrize("name", names())
def test_no_strength_is_the_photograph(photo, painting, name):
    transfer = _made(photo, painting, style_loss=name, strength=0)
    assert torch.equal(transfer.initial(), photo.tensor((34, 48)))
    assert transfer.losses(transfer.initial())["content"] == pytest.approx(0, abs=1)


def test_what_the_losses_and_the_regions_need_is_counted(photo, painting, halves):
    plain, nearest, regions = (
        _made(photo, painting, **options).needs[1] for options in ({}, {"style_loss": "nearest"}, {"mask": halves})
    )
    assert nearest > plain
    assert regions > plain


def test_every_painting_is_looked_at_in_each_trial_of_an_estimate(photo, painting, monkeypatch):
    transfer, looked = _made(photo, [painting, photo]), []
    own = StyleColors.painting
    monkeypatch.setattr(StyleColors, "painting", lambda self, *given: looked.append(given) or own(self, *given))
    expected_transfer(transfer)
    assert len(looked) >= 2 * 2 * 3  # paintings, precisions, repeats


def test_a_loss_that_is_no_number_says_so(photo, painting):
    transfer = _made(photo, painting, style_loss="wasserstein", learning_rate=1000, optimizer="adam", steps=2)
    spoilt = {name: value * torch.nan for name, value in transfer._target(0, (48, 36), transfer.network).items()}
    objective = style_loss("wasserstein").objective(transfer.options.style_layers, spoilt)
    with pytest.raises(OptionError, match="no longer a number"):
        list(synthesize(transfer.network, {"style": (1.0, objective)}, PixelCanvas(photo.tensor((34, 48))), steps=1))


def test_what_the_paintings_are_like_is_found_once(photo, painting, monkeypatch):
    first = _made(photo, painting, levels=1)
    list(first.steps())
    again = StyleTransfer(
        gradient_picture(40, 56, "b"), painting, first.options.complete({**SMALL, "levels": 1}), first.targets
    )
    monkeypatch.setattr(StyleColors, "painting", lambda *_: pytest.fail("the painting was looked at again"))
    monkeypatch.setattr("deepatelier.synthesis.style.style_start.matched", lambda image, *_: image)
    assert len(list(again.steps())) == 3


@pytest.mark.parametrize("painter", [{}, {"painter": SHIPPED, "device": "cpu"}], ids=["universal", "trained"])
def test_the_painters_mix_and_mask_too(photo, halves, painter):
    def fast(*names, **options):
        paintings = [samples.open_sample(name) for name in names]
        return FastStyle(photo, paintings, FastStyleOptions(size=64, **painter, **options)).paint()

    swirl, mosaic, both = fast("swirl"), fast("mosaic"), fast("swirl", "mosaic", style_weights=(1, 1))
    assert not np.allclose(both, swirl, atol=0.02)
    assert np.array_equal(fast("swirl", "mosaic", style_weights=(1, 0)), swirl)
    if painter:
        assert np.allclose(fast("swirl", "swirl"), swirl, atol=1e-2)
    masked = fast("swirl", "mosaic", mask=halves)
    assert np.allclose(masked[:, :28], swirl[:, :28], atol=1e-3)
    assert np.allclose(masked[:, 36:], mosaic[:, 36:], atol=1e-3)
    alone = fast("mosaic", mask=halves)
    assert np.allclose(alone[:, 36:], photo.array((45, 64))[:, 36:], atol=1e-3)
    away = lab(fast("mosaic", colors="photo")) - lab(photo.array((45, 64)))
    assert np.linalg.norm(away[..., 1:], axis=-1).mean() < 3


@pytest.mark.parametrize(
    ("model", "options", "said"),
    [
        (StyleOptions, {"style_weights": (0, 0)}, "are all 0"),
        (StyleOptions, {"style_loss": "nearest", "strength": 0.5}, "cannot interpolate between"),
        (StyleOptions, {"style_loss": "moments", "units": "neural-style"}, "Gram matrices only"),
        (FastStyleOptions, {"style_weights": (0, 0)}, "are all 0"),
        (FastStyleOptions, {"style_masks": ("a.png",)}, "style_masks\n.*not permitted"),
        (FastStyleOptions, {"colors": "match"}, "'painting' or 'photo'"),
        (FastStyleOptions, {"device": "cuda"}, "--device cuda needs --painter"),
        (FastStyleOptions, {"precision": "bfloat16"}, "bfloat16 needs --painter"),
        (FastStyleOptions, {"painter": "x.safetensors", "strength": 0.5}, "--strength has no effect with --painter"),
        (FastStyleOptions, {"painter": "x.safetensors", "stroke_scale": 2}, "--stroke-scale has no effect"),
        (FastStyleOptions, {"painter": "x.safetensors", "style_size": 256}, "--style-size has no effect"),
        (FastStyleOptions, {"strength": 1.5}, "less than or equal to 1"),
    ],
)
def test_options_that_do_not_go_together(model, options, said):
    with pytest.raises(ValidationError, match=said):
        model(**options)


def test_weights_that_do_not_fit(photo, painting, halves):
    with pytest.raises(OptionError, match="2 values for 1 paintings"):
        _made(photo, painting, style_weights=(1, 2))
    with pytest.raises(OptionError, match="--style-weights has no use"):
        _made(photo, [painting, painting], style_weights=(1, 2), mask=halves)


def test_a_mask_that_is_no_picture(photo, painting, tmp_path):
    (tmp_path / "mask.png").write_text("no picture")
    with pytest.raises(ImageError, match=r"mask\.png"):
        _made(photo, painting, mask=str(tmp_path / "mask.png"))

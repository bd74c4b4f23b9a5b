import sys

import numpy as np
import pytest
import torch
from conftest import gradient_picture
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from deepatelier import images, networks
from deepatelier.errors import MemoryLimitError, OptionError, UnknownNameError
from deepatelier.synthesis import StyleOptions, StyleTransfer

SMALL = {"size": 40, "steps": 3, "device": "cpu", "precision": "float32"}
TINY = {**SMALL, "network": "conftest:TinyNetwork", "content_layers": ("relu2",), "style_layers": ("relu1", "relu2")}


def _made(photo, painting, **options):
    return StyleTransfer(photo, painting, StyleOptions(**{**TINY, **options}))


def _run(photo, painting, **options):
    """On a tiny network, unless another is given."""
    transfer = _made(photo, painting, **options)
    return transfer, list(transfer.steps())


def test_the_total_falls_and_the_result_has_the_size(photo, painting):
    """With the defaults: vgg19, its layers and its weights."""
    transfer = StyleTransfer(photo, painting, StyleOptions(**{**SMALL, "steps": 12}))
    steps = list(transfer.steps())
    assert steps[-1].image.shape == (1, 3, 28, 40)
    assert steps[-1].total < 0.5 * steps[0].total
    assert transfer.options.beta == pytest.approx(0.1 * 28 * 40)


def test_another_seed_gives_another_picture(photo, painting):
    first, other = (_run(photo, painting, init="noise", seed=seed)[1][-1].image for seed in (3, 4))
    assert not torch.equal(first, other)


def test_the_painting_keeps_its_relation_to_the_result(photo, painting):
    transfer = _made(photo, painting, size=96, style_size=48, levels=2)
    assert [transfer.painting_sizes(level) for level in transfer.levels] == [[(24, 18)], [(48, 36)]]


@pytest.mark.parametrize("pooling", ["max", "average"])
def test_losses_are_the_objectives_own(photo, painting, oxford, pooling):
    """The whole objective of the preset neural-style, by hand."""
    layers = ("relu1_1", "relu3_1")
    options = StyleOptions(
        **SMALL, preset="neural-style", style_layers=layers, content_layers="relu2_2,relu3_2", pooling=pooling
    )
    transfer = StyleTransfer(photo, painting, options)
    image = torch.rand(1, 3, 28, 40, generator=torch.Generator().manual_seed(0))

    def activations(x, names):
        x = 255 * x.flip(1) - torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
        found = {}
        for name, path in transfer.network.layers.items():
            module = transfer.network.get_submodule(path)
            x = torch.nn.functional.avg_pool2d(x, 2) if "pool" in name and pooling == "average" else module(x)
            found[name] = x[0].flatten(1).numpy()
            if name == "relu3_2":
                break
        return [found[name] for name in names]

    def gram(f):
        return f @ f.T / f.size

    tensors = [photo.tensor((28, 40), "bilinear"), painting.tensor((40, 30), "bilinear"), image]
    with torch.no_grad():
        content = [activations(t, ("relu2_2", "relu3_2")) for t in (tensors[0], image)]
        style = [[gram(f) for f in activations(t, layers)] for t in tensors[1:]]
    pixels = 255 * image.numpy()
    expected = {
        "content": 5 * sum(((a - b) ** 2).mean() for a, b in zip(*content, strict=True)),
        "style": 100 * sum(((a - b) ** 2).mean() for a, b in zip(*style, strict=True)),
        "tv": 1e-3 * (np.abs(np.diff(pixels, axis=-1)).sum() + np.abs(np.diff(pixels, axis=-2)).sum()),
    }
    losses = transfer.losses(image)
    assert losses == pytest.approx({**expected, "total": sum(expected.values())}, rel=1e-4)


def test_a_term_without_weight_is_left_out_and_recorded_as_zero(photo, painting):
    transfer, steps = _run(photo, painting, tv=0, alpha=0, steps=1)
    assert list(steps[0].losses) == ["style"]
    losses = transfer.losses(steps[0].image)
    assert (losses["content"], losses["tv"]) == (0, 0)
    assert losses["total"] == losses["style"] > 0


def test_bfloat16_leads_to_nearly_the_same_picture(photo, painting):
    results = {}
    few = {**SMALL, "steps": 8, "content_layers": ("relu2_2",), "style_layers": ("relu1_1", "relu2_1", "relu3_1")}
    for precision in ("float32", "bfloat16"):
        transfer = StyleTransfer(photo, painting, StyleOptions(**{**few, "precision": precision}))
        steps = list(transfer.steps())
        assert [*transfer.network.parameters()][-1].dtype == getattr(torch, precision)
        results[precision] = transfer.losses(steps[-1].image)["total"]
    assert results["bfloat16"] == pytest.approx(results["float32"], rel=0.1)


def test_the_networks_layout_is_channels_last(photo, painting):
    transfer = StyleTransfer(photo, painting, StyleOptions(**SMALL))
    assert transfer.network.features[2].weight.is_contiguous(memory_format=torch.channels_last)
    assert transfer.network.features[:3](torch.rand(1, 3, 8, 8)).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("margin", [0, 16])
def test_resumes_as_if_it_had_not_stopped(photo, painting, margin):
    transfer = _made(photo, painting, steps=5, levels=1, margin=margin)
    whole = list(transfer.steps())
    run = transfer.steps()
    next(run)
    state = next(run).state
    *_, last = transfer.steps(state)
    assert torch.equal(last.image, whole[-1].image)


@given(
    height=st.integers(17, 70), width=st.integers(17, 70), other=st.integers(16, 50), margin=st.sampled_from([0, 16])
)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_odd_sizes(height, width, other, margin):
    options = StyleOptions(**{**SMALL, "size": max(32, height, width), "steps": 2}, margin=margin)
    fitted = gradient_picture(height, width).fitted(options.size)
    assert min(fitted) >= 17
    transfer = StyleTransfer(gradient_picture(height, width), gradient_picture(50, other + 16), options)
    *_, last = transfer.steps()
    assert last.image.shape[-2:] == fitted
    assert torch.isfinite(last.image).all()


def test_resumes_in_an_earlier_level_after_going_on(photo, painting):
    transfer = _made(photo, painting, size=64, levels=2, steps=8)
    run = transfer.steps()
    next(run)
    state = next(run).state
    whole = list(run)
    for expected, resumed in zip(whole, transfer.steps(state), strict=True):
        assert torch.equal(expected.image, resumed.image)


def test_resumes_in_a_later_level(photo, painting):
    transfer = _made(photo, painting, size=64, levels=2, steps=8)
    *_, whole = transfer.steps()
    state = next(step.state for step in transfer.steps() if step.level == 1)
    *_, resumed = transfer.steps(state)
    assert torch.equal(resumed.image, whole.image)


def test_a_coarse_picture_is_finished_at_full_size(photo, painting):
    transfer = _made(photo, painting, size=512, steps=2)
    first = next(transfer.steps())
    assert max(first.image.shape) == 256
    assert transfer.finished(first.image).shape == (1, 3, 365, 512)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"network": "vgg91"}, UnknownNameError, "vgg19"),
        ({"weights": "cambridge"}, UnknownNameError, "oxford"),
        ({"style_layers": "relu1_1,relu6_1"}, UnknownNameError, "relu5_1"),
        ({"content_layers": "relu4_5"}, UnknownNameError, "relu4_4"),
        ({"preset": "nerual-style"}, UnknownNameError, "neural-style"),
        ({"device": "toaster"}, OptionError, "auto"),
    ],
)
def test_what_is_not_known(photo, painting, options, error, message):
    with pytest.raises(error, match=message):
        StyleTransfer(photo, painting, StyleOptions(**options))


def test_a_picture_that_needs_more_memory_than_is_free(photo, painting, monkeypatch):
    monkeypatch.setattr("deepatelier.features.step_memory.available_memory", lambda _: 2**30)
    with pytest.raises(MemoryLimitError, match=r"GiB are free. Lower --size, .* about \d+ pixels"):
        StyleTransfer(photo, painting, StyleOptions(size=4096, device="cpu"))


def test_a_picture_that_is_too_thin(photo, painting):
    with pytest.raises(OptionError, match="photograph is too small: 64 x 3 pixels"):
        StyleTransfer(gradient_picture(5, 100), painting, StyleOptions(size=64))
    with pytest.raises(OptionError, match="--margin"):
        StyleTransfer(photo, painting, StyleOptions(size=64, margin=200))
    with pytest.raises(OptionError, match="needs 32"):
        StyleTransfer(photo, painting, StyleOptions(size=40, margin=0, style_layers="pool5"))
    with pytest.raises(OptionError, match="painting is too small"):
        StyleTransfer(painting, gradient_picture(5, 100), StyleOptions(size=64))


def test_another_networks_layers(photo, painting):
    layers = {"content_layers": ("block6",), "style_layers": ("relu_stem", "block2", "block5")}
    _, steps = _run(photo, painting, steps=6, network="efficientnet_lite0", weights="imagenet", **layers)
    assert steps[-1].total < 0.9 * steps[0].total


def test_weights_are_the_networks_own_by_default(photo, painting):
    assert StyleTransfer(photo, painting, StyleOptions(**SMALL)).options.weights == "oxford"
    layers = {"content_layers": ("block3",), "style_layers": ("relu_stem",)}
    assert _made(photo, painting, network="efficientnet_lite0", **layers).options.weights == "imagenet"


def test_weights_from_a_file_serve(tmp_path, photo, painting):
    torch.manual_seed(0)
    path = tmp_path / "trained.pth"
    torch.save(networks.build("resnet20").state_dict(), path)
    layers = {"content_layers": ("conv3_1",), "style_layers": ("relu1", "conv2_1", "conv3_2")}
    _, steps = _run(photo, painting, steps=6, network="resnet20", weights=str(path), **layers)
    assert steps[-1].total < steps[0].total


def test_options_that_a_network_of_ones_own_would_ignore(photo, painting):
    with pytest.raises(OptionError, match="--weights and --pooling"):
        StyleTransfer(photo, painting, StyleOptions(network="os:getcwd", weights="oxford"))


def test_a_network_of_ones_own_runs_in_float32(tmp_path, monkeypatch, photo, painting):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain_for_test.py").write_text(
        "from torch import nn\n"
        "def make(): return nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, 2), nn.ReLU())\n"
    )
    layers = {"content_layers": ("3",), "style_layers": ("1", "3"), "precision": "bfloat16"}
    try:
        transfer, steps = _run(photo, painting, steps=4, network="plain_for_test:make", **layers)
    finally:
        sys.modules.pop("plain_for_test", None)
    assert transfer.precision == torch.float32
    assert steps[-1].total < steps[0].total


@pytest.mark.parametrize("init", ["matched", "noise"])
def test_strength_0_is_the_photograph(photo, painting, init):
    transfer, steps = _run(photo, painting, strength=0, init=init, size=64)
    assert (transfer.planned, steps) == (0, [])
    assert torch.equal(transfer.initial(), photo.tensor(photo.fitted(64)))
    losses = transfer.losses(transfer.initial())
    assert losses["content"] == losses["tv"] == 0
    assert losses["style"] == pytest.approx(0, abs=1e-3)


def test_strength_1_is_the_whole_style(photo, painting):
    assert torch.equal(_run(photo, painting, strength=1)[1][-1].image, _run(photo, painting)[1][-1].image)


@pytest.mark.parametrize("levels", [1, 2])
def test_the_distance_to_the_photograph_grows_with_the_strength(photo, painting, levels):
    def distance(strength):
        transfer, steps = _run(photo, painting, strength=strength, size=64, levels=levels, steps=20)
        return (steps[-1].image - photo.tensor(transfer.levels[-1].size)).abs().mean().item()

    least, small, middle, large = (distance(strength) for strength in (0.01, 0.1, 0.5, 1.0))
    assert 4 * least < 2 * small < middle < 0.9 * large
    assert least < 0.5 / 255 * 2


def test_what_only_a_finer_level_shows_is_kept_at_a_small_strength(painting):
    y, x = np.mgrid[0:96, 0:96]
    fine = images.picture_from_array("checks", (80 + 90 * np.stack([(x + y) % 2] * 3, -1)).astype(np.uint8))
    _transfer, steps = _run(fine, painting, strength=0.05, size=96, levels=2, steps=4, tv=0)
    assert steps[1].image.std() < 0.05  # at half the size the checks are grey
    assert steps[2].image.std() > 0.9 * fine.tensor().std()


def test_transparency_and_depth_of_the_photograph(tmp_path, painting):
    pixels = np.full((40, 56, 4), 120, np.uint8)
    pixels[:, :28, 3] = 0
    path = tmp_path / "a.png"
    Image.fromarray(pixels).save(path)
    transfer = _made(images.open_picture(path), painting)
    assert transfer.alpha().shape == (28, 40)
    assert transfer.bits == 8
    Image.fromarray(np.full((40, 56), 30_000, np.uint16)).save(path)
    transfer = _made(images.open_picture(path), painting)
    assert transfer.alpha() is None
    assert transfer.bits == 16


def test_every_file_that_was_given_is_an_input(tmp_path, photo, painting, photo_file):
    weights = tmp_path / "own.pt"
    torch.save(networks.build("resnet20").state_dict(), weights)
    own = {"network": "resnet20", "weights": str(weights), "content_layers": ("conv2_1",), "style_layers": ("relu1",)}
    transfer = _made(photo, painting, init=str(photo_file), **own)
    assert {part: given.name for part, given in transfer.inputs.items()} == {
        "photo": "photo",
        "painting": "painting",
        "init": "photo.png",
        "weights": "own.pt",
    }


def test_the_sizes_of_gatys_notebook(painting):
    transfer = StyleTransfer(gradient_picture(75, 100), painting, StyleOptions(preset="gatys", device="cpu"))
    assert [(level.size, level.steps) for level in transfer.levels] == [((384, 512), 500), ((600, 800), 200)]

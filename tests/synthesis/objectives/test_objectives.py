"""Each objective against an independent NumPy form, its gradient, and its additivity."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests_support import loss_of

from deepatelier.features import PIXELS, extract
from deepatelier.synthesis import (
    activation,
    content,
    energy,
    evaluate,
    gram_matrices,
    gram_style,
    guide,
    intensity,
    total_variation,
)
from deepatelier.synthesis.objectives import Region, layers_of

LAYERS = ("relu1", "relu2")


@pytest.fixture
def activations():
    generator = torch.Generator().manual_seed(0)
    shapes = {"relu1": (1, 4, 6, 9), "relu2": (1, 6, 3, 4), PIXELS: (1, 3, 6, 9)}
    return {name: torch.randn(shape, generator=generator, dtype=torch.float64) for name, shape in shapes.items()}


@pytest.fixture
def paintings():
    """Activations of a picture of another size."""
    generator = torch.Generator().manual_seed(1)
    shapes = {"relu1": (1, 4, 10, 5), "relu2": (1, 6, 5, 2)}
    return {name: torch.randn(shape, generator=generator, dtype=torch.float64) for name, shape in shapes.items()}


def _matrix(activation):
    return activation[0].flatten(1).numpy()  # F: N x M


@pytest.mark.parametrize("units", ["paper", "neural-style"])
def test_content_is_equation_8(activations, units):
    target = torch.randn(1, 6, 3, 4, dtype=torch.float64)
    difference = _matrix(activations["relu2"]) - _matrix(target)
    expected = 0.5 * (difference**2).sum() if units == "paper" else (difference**2).mean()
    assert loss_of(content("relu2", target, units), activations) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("units", ["paper", "neural-style"])
@pytest.mark.parametrize("weights", [None, (0.3, 2.0)])
def test_style_is_equations_9_to_11_with_pictures_of_unequal_size(activations, paintings, units, weights):
    expected = 0.0
    for index, layer in enumerate(LAYERS):
        f, s = _matrix(activations[layer]), _matrix(paintings[layer])
        n = f.shape[0]
        if units == "paper":
            term = (((f @ f.T) / f.shape[1] - (s @ s.T) / s.shape[1]) ** 2).sum() / (4 * n**2)
        else:
            term = ((f @ f.T / f.size - s @ s.T / s.size) ** 2).mean()
        default = 1 / len(LAYERS) if units == "paper" else 1.0
        expected += (weights[index] if weights else default) * term
    objective = gram_style(LAYERS, gram_matrices(paintings, LAYERS), weights, units)
    assert loss_of(objective, activations) == pytest.approx(expected, rel=1e-12)


def test_style_is_equation_10_as_printed_where_sizes_are_equal(activations):
    other = {"relu1": torch.randn(1, 4, 6, 9, dtype=torch.float64)}
    f, s = _matrix(activations["relu1"]), _matrix(other["relu1"])
    n, m = f.shape
    printed = ((f @ f.T - s @ s.T) ** 2).sum() / (4 * n**2 * m**2)
    objective = gram_style(["relu1"], gram_matrices(other, ["relu1"]))
    assert loss_of(objective, activations) == pytest.approx(printed, rel=1e-12)


@pytest.mark.parametrize("beta", [1.0, 1.5, 2.0, 3.0])
def test_total_variation_is_r_beta(activations, beta):
    x = 255 * activations[PIXELS].numpy()[0]
    expected = 0.0
    for channel in x:
        for i, j in np.ndindex(channel.shape):
            right = channel[i, j + 1] - channel[i, j] if j + 1 < channel.shape[1] else 0
            down = channel[i + 1, j] - channel[i, j] if i + 1 < channel.shape[0] else 0
            expected += (right**2 + down**2) ** (beta / 2)
    assert loss_of(total_variation(beta), activations) == pytest.approx(expected, rel=1e-4 if beta < 2 else 1e-12)


def test_total_variation_of_neural_style(activations):
    x = 255 * activations[PIXELS].numpy()
    expected = np.abs(np.diff(x, axis=-1)).sum() + np.abs(np.diff(x, axis=-2)).sum()
    assert loss_of(total_variation(units="neural-style"), activations) == pytest.approx(expected, rel=1e-12)


def _all_objectives(tiny64, photo, painting):
    contents = extract(tiny64, photo, LAYERS)
    grams = gram_matrices(extract(tiny64, painting, LAYERS), LAYERS)
    objectives = {f"variation {beta}": total_variation(beta) for beta in (1.0, 2.0)}
    for units in ("paper", "neural-style"):
        objectives[f"content {units}"] = content("relu2", contents["relu2"], units)  # type: ignore[arg-type]
        objectives[f"style {units}"] = gram_style(LAYERS, grams, None, units)  # type: ignore[arg-type]
    objectives["energy"] = energy("relu2")
    objectives["guide"] = guide("relu2", extract(tiny64, painting, ["relu2"])["relu2"])
    objectives["intensity"] = intensity()
    objectives["channel"] = activation("relu2", 3)
    objectives["unit"] = activation("relu2", 3, (1, 1))
    objectives["variation neural-style"] = total_variation(units="neural-style")
    return objectives


def test_every_gradient_in_float64(tiny64):
    generator = torch.Generator().manual_seed(2)
    photo, painting, image = (
        torch.rand(1, 3, *size, generator=generator, dtype=torch.float64) for size in ((5, 4), (4, 6), (5, 4))
    )
    for name, objective in _all_objectives(tiny64, photo, painting).items():

        def loss(x, name=name, objective=objective):
            return evaluate(tiny64, {name: (0.7, objective)}, x)[name]

        assert torch.autograd.gradcheck(loss, (image.requires_grad_(),), rtol=1e-4), name


@given(row=st.integers(1, 5), column=st.integers(1, 8))
@settings(max_examples=25, deadline=None)
def test_the_sum_over_the_parts_equals_the_whole(row, column):
    generator = torch.Generator().manual_seed(3)
    a = {name: torch.randn(1, 3, 6, 9, generator=generator, dtype=torch.float64) for name in ("layer", PIXELS)}
    target = {"layer": torch.randn(1, 3, 6, 9, dtype=torch.float64)}
    for objective in (
        content("layer", target["layer"]),
        gram_style(["layer"], gram_matrices(target, ["layer"])),
        total_variation(),
        total_variation(units="neural-style"),
        energy("layer"),
        guide("layer", target["layer"]),
        intensity(),
        activation("layer", 1),
        activation("layer", 2, (3, 4)),
    ):
        (layer,) = objective.layers
        whole = objective.statistic(a, {layer: Region.all_of(a[layer])})[layer]
        parts = torch.zeros_like(whole)
        for rows in (slice(0, row), slice(row, 6)):
            for columns in (slice(0, column), slice(column, 9)):
                # a tile reaches one position past its region, and lies somewhere else than the whole
                tile = a[layer][..., rows.start : rows.stop + 1, columns.start : columns.stop + 1]
                here = (slice(0, rows.stop - rows.start), slice(0, columns.stop - columns.start))
                region = Region(here, (rows, columns), (6, 9))
                parts += objective.statistic({layer: tile}, {layer: region})[layer]
        assert torch.allclose(parts, whole, rtol=1e-12)


def test_the_layers_of_a_criterion():
    objective = gram_style(["b", "a"], {"a": torch.zeros(1, 1), "b": torch.zeros(1, 1)})
    criterion = {
        "style": (1.0, objective),
        "tv": (1.0, total_variation()),
        "content": (1.0, content("a", torch.zeros(1))),
    }
    assert layers_of(criterion) == ["b", "a", PIXELS]


def test_low_precision_is_summed_in_float32(activations, paintings):
    low = {name: activation.bfloat16() for name, activation in activations.items()}
    objective = gram_style(LAYERS, gram_matrices({n: p.bfloat16() for n, p in paintings.items()}, LAYERS))
    statistic = objective.statistic(low, {name: Region.all_of(low[name]) for name in low})
    assert {value.dtype for value in statistic.values()} == {torch.float32}

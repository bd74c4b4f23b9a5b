"""What each recipe promises, on trained networks and small pictures; every figure is of the PNG, decoded again."""

import pytest

from deepatelier import images, samples
from deepatelier.synthesis import (
    Attack,
    AttackOptions,
    DeepDream,
    DreamOptions,
    FeatureInversion,
    FeatureVisualization,
    InversionOptions,
    TextureOptions,
    TextureSynthesis,
    VisualizationOptions,
)


def _written(recipe):
    """What is read of the PNG, and what it shows."""
    for step in recipe.steps():
        image = step.image
    picture = images.decode(images.encode(recipe.finished(image), "PNG"))
    return picture, recipe.measures(picture)


def test_a_texture_is_as_near_as_a_part_of_the_painting():
    recipe = TextureSynthesis(samples.open_picture("swirl"), TextureOptions(size=112, steps=45, device="cpu"))
    before = recipe.losses(recipe.finished(recipe.initial()))["total"]
    picture, measures = _written(recipe)
    assert measures["ratio"] <= 2
    assert recipe.losses(picture)["total"] < before / 15


@pytest.mark.parametrize(
    ("layer", "size", "steps", "most"), [("relu2_2", 96, 80, 0.05), ("relu5_1", 64, 60, 0.25)], ids=["near", "deep"]
)
def test_an_inversion_has_the_features_and_no_noise(layer, size, steps, most):
    options = InversionOptions(layer=layer, size=size, steps=steps, device="cpu")
    recipe = FeatureInversion(samples.open_picture("chelsea"), options)
    _, measures = _written(recipe)
    assert measures["relative distance of the features"] <= most
    assert measures["total variation over the photograph's"] <= 1.5


def test_a_class_picture_is_named_also_when_it_is_handled():
    options = VisualizationOptions(class_="goldfish", size=96, steps=80, device="cpu")
    _, measures = _written(FeatureVisualization(options))
    said = [measures[words] for words in ("the network says", "at half size and back", "moved by 8 pixels")]
    assert said == ["goldfish"] * 3


def test_a_dream_excites_its_layer_three_times():
    recipe = DeepDream(samples.open_picture("rocket"), DreamOptions(size=64, steps=16, device="cpu"))
    assert _written(recipe)[1]["rise of relu5_1"] >= 3


@pytest.mark.parametrize(("photo", "wanted", "size"), [("chelsea", "toaster", 224), ("coffee", "goldfish", 160)])
def test_fooling_needs_two_levels_at_most(photo, wanted, size):
    pytest.importorskip("captum")
    _, measures = _written(Attack(samples.open_picture(photo), AttackOptions(as_=wanted, size=size, device="cpu")))
    assert (measures["now"], measures["fooled"]) == (wanted, True)
    assert measures["largest change in levels of 255"] <= 2

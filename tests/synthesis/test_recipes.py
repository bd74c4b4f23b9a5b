"""What holds for every recipe, on tiny networks."""

import itertools

import numpy as np
import pytest
import torch
from conftest import gradient_picture

from deepatelier import samples
from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.images import Sheet, picture_from_array
from deepatelier.runs import Record, record_of
from deepatelier.synthesis import (
    ClassicalTexture,
    DeepDream,
    DreamFilm,
    DreamOptions,
    FeatureInversion,
    FeatureVisualization,
    Fooling,
    FoolingOptions,
    InversionOptions,
    StyleOptions,
    StyleTransfer,
    TextureOptions,
    TextureSynthesis,
    VisualizationOptions,
    make_inversion,
    make_texture,
)
from deepatelier.synthesis.dream_film import _into

TINY = {"network": "conftest:TinyNetwork", "device": "cpu", "optimizer": "adam"}
CLASSIFIER = {"network": "conftest:TinyClassifier", "device": "cpu"}
"""Adam moves surely from the first step; L-BFGS feels its way."""
PHOTO, PAINTING = gradient_picture(40, 56, "photo"), gradient_picture(48, 36, "painting")


def _texture(**options):
    few = {"layers": ("relu1", "relu2"), "size": 48, "steps": 4}
    return make_texture(PAINTING, TextureOptions(**{**TINY, **few, **options}))


def _inversion(**options):
    return make_inversion(PHOTO, InversionOptions(**TINY, **{"layer": "relu2", "size": 48, "steps": 4, **options}))


def _dream(**options):
    few = {"layers": "relu2", "size": 56, "steps": 6, "levels": 2, "jitter": 0, "margin": 4, "optimizer": "gradient"}
    chosen = DreamOptions(**{**TINY, **few, **options})
    return (DreamFilm if chosen.frames > 1 else DeepDream)(PHOTO, chosen)


def _visualization(**options):
    few = {"class_": "2", "size": 32, "steps": 6, **({} if "position" in options else {"levels": 2})}
    return FeatureVisualization(VisualizationOptions(**CLASSIFIER, **{**few, **options}))


RECIPES = {
    "style": lambda: StyleTransfer(
        PHOTO,
        PAINTING,
        StyleOptions(**TINY, size=48, steps=8, content_layers="relu2", style_layers="relu1", init="noise"),
    ),
    "texture": _texture,
    "tileable texture": lambda: _texture(tileable=True),
    "texture sheet": lambda: _texture(sheet=True),
    "inversion": _inversion,
    "inversion sheet": lambda: _inversion(layer="relu1,relu2"),
    "dream": _dream,
    "guided dream": lambda: _dream(guide="coffee", jitter=4),
    "class": _visualization,
    "class, as in the documents": lambda: _visualization(
        preset="documents", size=32, levels=1, learning_rate=1, l2=1e-4
    ),
    "channel": lambda: _visualization(class_=None, layer="relu", channel=3),
    "unit": lambda: _visualization(class_=None, layer="relu", channel=3, position="2,5", tv=0),
    "layer": lambda: _visualization(class_=None, layer="relu"),
    "fooling": lambda: Fooling(PHOTO, FoolingOptions(**CLASSIFIER, method="ascent", as_="1", size=32, steps=5)),
}
SHEETS = {"texture sheet", "inversion sheet"}


@pytest.mark.parametrize("name", RECIPES)
def test_the_loss_falls_and_the_record_is_whole(name):
    recipe = RECIPES[name]()
    steps = list(recipe.steps())
    assert len(steps) <= recipe.planned
    assert len(steps) == recipe.planned or name == "fooling"
    before = recipe.losses(recipe.finished(recipe.initial()))["total"]
    finished = recipe.finished(steps[-1].image)
    assert finished.shape[:2] == (1, 3)
    assert 0 <= finished.min() <= finished.max() <= 1
    record = record_of(recipe, finished, command="x", output="x.png", began=0.0, steps=len(steps))
    assert record.losses["total"] < before
    assert Record.model_validate_json(record.to_json()) == record
    assert recipe.alpha() is None
    assert recipe.bits == 8
    first_level = [step for step in steps if step.level == steps[0].level]
    if name not in ("guided dream", "class", "channel", "unit", "layer"):  # those see another view at each step
        assert first_level[2].total < first_level[0].total


@pytest.mark.parametrize("name", sorted(set(RECIPES) - {"fooling"}))
def test_goes_on_behind_a_step_as_if_it_had_not_stopped(name):
    recipe = RECIPES[name]()
    steps = list(recipe.steps())
    changes = [taken for taken, (one, two) in enumerate(itertools.pairwise(steps), start=1) if one.level != two.level]
    for index in {1, *changes, len(steps) - 1}:
        state = next(itertools.islice(recipe.steps(), index - 1, None)).state
        torch.rand(7)
        rest = list(recipe.steps(state))
        assert len(rest) == len(steps) - index
        assert torch.equal(rest[-1].image, steps[-1].image)


@pytest.mark.parametrize("name", sorted(set(RECIPES) - SHEETS))
def test_no_hook_is_left_behind(name):
    recipe = RECIPES[name]()
    network = recipe.looking.module

    def hooks():
        return sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in network.modules())

    steps = recipe.steps()
    next(steps)
    assert hooks() == 0
    steps.close()
    assert hooks() == 0
    recipe.losses(recipe.finished(recipe.initial()))
    assert hooks() == 0


@pytest.mark.parametrize("name", sorted(set(RECIPES) - SHEETS - {"style", "fooling"}))
def test_a_network_that_raises_keeps_no_hook(name, monkeypatch):
    recipe = RECIPES[name]()

    def broken(*_):
        raise RuntimeError("broken")

    for module in recipe.network.modules():
        monkeypatch.setattr(module, "forward", broken)
    with pytest.raises(RuntimeError, match="broken"):
        next(recipe.steps())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in recipe.network.modules())


@pytest.mark.parametrize("name", sorted(set(RECIPES) - SHEETS))
def test_the_same_seed_gives_the_same_picture(name):
    torch.manual_seed(1)
    first = list(RECIPES[name]().steps())[-1].image
    torch.manual_seed(2)
    assert torch.equal(first, list(RECIPES[name]().steps())[-1].image)


def test_a_unit_of_a_network_with_strides_is_excited():
    options = VisualizationOptions(layer="block5", channel=3, position="4,4", size=128, steps=6, statistics=0, tv=0)
    steps = list(FeatureVisualization(options).steps())
    assert steps[0].losses["excitement"] != 0
    assert steps[-1].total < steps[0].total


def test_the_excitement_of_a_layer_does_not_hang_on_the_number_of_views():
    still = {"noise": 0, "jitter": 0, "rotation": 0, "closest": 1, "levels": 1}
    recipes = [_visualization(class_=None, layer="relu", views=views, **still) for views in (1, 4)]
    first, second = (next(recipe.steps()).losses["excitement"] for recipe in recipes)
    assert first == pytest.approx(second, rel=1e-3)


def test_networks_for_small_pictures_have_defaults_of_their_own():
    small = {"network": "resnet20", "weights": "random", "device": "cpu"}
    seen = FeatureVisualization(VisualizationOptions(class_="3", **small)).options
    assert (seen.size, seen.statistics) == (64, 3)
    seen = FeatureVisualization(VisualizationOptions(class_="3", size=96, statistics=7.0, **small)).options
    assert (seen.size, seen.statistics) == (96, 7)
    assert Fooling(PHOTO, FoolingOptions(**small)).options.size == 64
    seen = FeatureVisualization(VisualizationOptions(class_="3", device="cpu")).options
    assert (seen.size, seen.statistics) == (256, 100)


@pytest.mark.parametrize("method", ["pgd", "ascent"])
def test_fooling_a_network_for_grey_digits(method):
    pytest.importorskip("captum")
    recipe = Fooling(PHOTO, FoolingOptions(network="lenet5", weights="random", method=method, device="cpu"))
    image = recipe.finished(next(recipe.steps()).image)
    assert image.shape == (1, 3, 28, 28)
    assert recipe.panels(image).shape[-1] > 4 * 28


def test_a_tileable_sheet_has_panels_of_one_size():
    recipe = make_texture(
        samples.open_picture("coffee"),
        TextureOptions(size=80, steps=1, sheet=True, tileable=True, layers="relu1_1,relu5_1", device="cpu"),
    )
    assert {tuple(panel.levels[-1].size) for panel in recipe.recipes.values()} == {(48, 80)}
    assert recipe.options.weights == "oxford"


def test_a_sheet_holds_each_picture_with_its_loss():
    recipe = _texture(sheet=True)
    alone = _texture(layers=("relu1",))
    image = list(recipe.steps())[-1].image
    picture = recipe.picture(image, "(a) relu1")
    assert torch.equal(picture, alone.finished(list(alone.steps())[-1].image))
    assert recipe.losses(image)["(a) relu1"] == pytest.approx(alone.losses(picture)["total"])
    assert list(recipe.panels) == ["(a) relu1", "(b) + relu2"]
    assert recipe.measures(image)["(a) relu1: ratio"] == pytest.approx(alone.measures(picture)["ratio"])


def test_the_photograph_leads_the_row_of_inversions():
    recipe = _inversion(layer="relu1,relu2")
    image = list(recipe.steps())[-1].image
    assert torch.equal(recipe.picture(image, "photograph"), PHOTO.tensor(PHOTO.fitted(48)))


@pytest.mark.parametrize("tv", [0.0, 1e-3])
def test_a_tileable_texture_has_no_seam(tv):
    """The loss of the rolled picture is the picture's, and the step across the border is as large as inside."""
    recipe = _texture(tileable=True, steps=60, levels=1, tv=tv)
    image = list(recipe.steps())[-1].image
    assert all(side % 2 == 0 for side in image.shape[-2:])
    rolled = image.roll((10, 14), (2, 3))
    assert recipe.losses(rolled)["total"] == pytest.approx(recipe.losses(image)["total"], rel=1e-3)
    plain = _texture(steps=60, levels=1)
    other = list(plain.steps())[-1].image
    assert abs(plain.losses(other.roll((10, 14), (2, 3)))["total"] / plain.losses(other)["total"] - 1) > 1e-3


def test_texture_comes_nearer_than_half_of_the_painting_to_the_other():
    recipe = _texture(steps=60, levels=1)
    assert recipe.measures(list(recipe.steps())[-1].image)["ratio"] < 0.5


def test_inversion_says_how_near_it_came():
    recipe = _inversion(layer="relu1", steps=80)
    measures = recipe.measures(recipe.finished(list(recipe.steps())[-1].image))
    assert measures["relative distance of the features"] < 0.1
    photo = recipe.photo_at(recipe.levels[-1])
    assert recipe.measures(photo) == {
        "relative distance of the features": 0.0,
        "total variation over the photograph's": pytest.approx(1.0),
    }


def test_the_variation_weighs_more_with_lambda():
    smooth, plain = (_inversion(steps=40, tv=tv) for tv in (1e-2, 0.0))
    words = "total variation over the photograph's"
    assert (
        smooth.measures(list(smooth.steps())[-1].image)[words]
        < 0.9 * plain.measures(list(plain.steps())[-1].image)[words]
    )


def test_a_dream_keeps_the_photograph_and_excites_the_layer():
    recipe = _dream(steps=40)
    image = list(recipe.steps())[-1].image
    assert recipe.measures(image)["rise of relu2"] > 1.5
    assert recipe.measures(recipe.photo.tensor(recipe.levels[-1].size))["rise of relu2"] == pytest.approx(1, rel=1e-4)


def test_layers_of_a_dream_have_weights():
    assert DreamOptions(layers="relu1:2,relu2").weighted_layers == {"relu1": 2.0, "relu2": 1.0}
    twice, once = (
        recipe.criterion_at(recipe.levels[0], recipe.network, 0)
        for recipe in (_dream(layers="relu1:2,relu2"), _dream(layers="relu1,relu2"))
    )
    assert list(twice) == ["dream relu1", "dream relu2"]
    assert twice["dream relu1"][0] == pytest.approx(2 * once["dream relu1"][0])
    assert twice["dream relu2"][0] == pytest.approx(once["dream relu2"][0])


def test_a_film_goes_into_the_picture():
    recipe = _dream(frames=3, frame_steps=2, zoom=1.5)
    steps = list(recipe.steps())
    assert [step.level for step in steps] == [0] * 6 + [1] * 2 + [2] * 2
    assert [step.index for step in steps] == list(range(1, 11))
    assert [frame.shape for frame in recipe.frames] == [(1, 3, 40, 56)] * 3
    first, second, last = (frame / 255 for frame in recipe.frames)
    assert recipe.measures(last)["pictures"] == 3
    middle = torch.nn.functional.interpolate(first[..., 7:34, 9:46], (40, 56), mode="bilinear")
    assert (second - middle).abs().mean() < (second - first).abs().mean()
    assert len(list(recipe.steps())) == len(steps)
    assert len(recipe.frames) == 3


@pytest.mark.parametrize("size", [(40, 56), (41, 57)])
def test_the_middle_of_a_film_stays_in_the_middle(size):
    rows, columns = (torch.arange(side) - (side - 1) / 2 for side in size)
    image = torch.exp(-(rows[:, None] ** 2 + columns**2) / 8).expand(1, 3, *size)
    for _ in range(20):
        image = _into(image, 1.01)
    weights = image[0, 0] / image[0, 0].sum()
    assert abs((weights.sum(1) * rows).sum()) < 0.05
    assert abs((weights.sum(0) * columns).sum()) < 0.05


def test_a_class_picture_is_named_as_its_class():
    recipe = _visualization(class_="3", steps=60, tv=0)
    measures = recipe.measures(recipe.finished(list(recipe.steps())[-1].image))
    assert (measures["the network says"], measures["at half size and back"]) == ("3", "3")
    assert measures["confidence"] > 0.9


@pytest.mark.parametrize("network", ["lenet5", "mlp", "digits_conv5"])
def test_pictures_for_networks_that_take_grey_pictures_of_one_size(network):
    options = VisualizationOptions(class_="3", network=network, weights="random", steps=4, device="cpu")
    recipe = FeatureVisualization(options)
    image = recipe.finished(list(recipe.steps())[-1].image)
    assert image.shape[-2:] == recipe.looking.only_size
    assert torch.equal(image[:, 0], image[:, 2])
    assert "confidence" in recipe.measures(image)


def test_a_network_that_took_no_part_is_asked_too():
    options = VisualizationOptions(
        class_="espresso", network="resnet18", weights="random", size=64, steps=1, levels=1, device="cpu"
    )
    recipe = FeatureVisualization(options)
    measures = recipe.measures(samples.open_picture("coffee").tensor((160, 240)))
    assert measures["efficientnet_lite0, which took no part, says"] == "espresso"


def test_a_painting_of_one_colour_has_equal_halves():
    plain = picture_from_array("plain", np.full((48, 48, 3), 90, np.uint8))
    recipe = make_texture(plain, TextureOptions(**TINY, layers=("pixels",), size=48, steps=2))
    assert "ratio" not in recipe.measures(plain.tensor())


@pytest.mark.parametrize("method", ["pgd", "fgsm"])
def test_fooling_changes_whole_levels_and_no_more_than_it_tried(method):
    pytest.importorskip("captum")
    photo = samples.open_picture("chelsea")
    recipe = Fooling(photo, FoolingOptions(size=96, method=method, as_="tabby" if method == "pgd" else None))
    steps = list(recipe.steps())
    image = recipe.finished(steps[-1].image)
    assert torch.allclose(255 * image, (255 * image).round(), atol=1e-4)
    measures = recipe.measures(image)
    assert measures["fooled"]
    assert measures["now"] != measures["before"]
    assert measures["before"] == "Egyptian cat"
    assert measures["largest change in levels of 255"] <= len(steps)
    assert not recipe.measures(recipe.finished(steps[-2].image))["fooled"] if len(steps) > 1 else True
    again = list(Fooling(photo, recipe.options).steps(steps[0].state)) if len(steps) > 1 else steps[-1:]
    assert torch.equal(again[-1].image, steps[-1].image)


def test_fooling_shows_four_panels():
    recipe = Fooling(PHOTO, FoolingOptions(**CLASSIFIER, size=32, method="ascent"))
    image = recipe.photo.clone()
    image[..., 0, 0] = (image[..., 0, 0] + 2 / 255).clamp(0, 1)
    panels, layout = recipe.panels(image), Sheet(tuple(image.shape[-2:]), ("",) * 4, 4)
    assert torch.allclose(layout.picture(panels, 2)[0, 0, 0, 0], 0.5 + (image - recipe.photo)[0, 0, 0, 0])
    assert torch.allclose(layout.picture(panels, 3)[..., 5:, 5:], torch.tensor(0.5))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: _texture(layers=("relu9",)), UnknownNameError, "relu9"),
        (lambda: _visualization(class_="9"), OptionError, "5 classes, 0 to 4; received 9"),
        (lambda: _visualization(class_="dog"), UnknownNameError, "Known: 0, 1, 2"),
        (lambda: _visualization(class_=None), OptionError, "What shall be seen"),
        (lambda: _visualization(class_=None, layer="relu", channel=8), OptionError, "8 channels, 0 to 7; received 8"),
        (
            lambda: _visualization(class_=None, layer="relu", channel=1, position="99,0"),
            OptionError,
            "32 x 32 positions",
        ),
        (lambda: _visualization(class_=None, layer="fc", channel=1, position="0,0"), OptionError, "no positions"),
        (lambda: _dream(layers="relu2", jitter=60), OptionError, "too thin"),
        (lambda: DeepDream(PHOTO, DreamOptions(**CLASSIFIER, layers="fc", size=96)), OptionError, "gives no maps"),
        (
            lambda: TextureSynthesis(PAINTING, TextureOptions(**CLASSIFIER, layers="fc", size=48)),
            OptionError,
            "gives no maps",
        ),
        (
            lambda: Fooling(PHOTO, FoolingOptions(network=TINY["network"], device="cpu", method="ascent")),
            OptionError,
            "ends in maps, not in class scores",
        ),
        (
            lambda: FeatureVisualization(VisualizationOptions(class_="1", network="vgg19", device="cpu")),
            OptionError,
            "ends in maps",
        ),
    ],
)
def test_what_cannot_be_done_is_said(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_class_that_is_seen_already_cannot_be_faked():
    said = Fooling(PHOTO, FoolingOptions(**CLASSIFIER, size=32, method="ascent")).before.name
    with pytest.raises(OptionError, match=r"says . already"):
        Fooling(PHOTO, FoolingOptions(**CLASSIFIER, size=32, method="ascent", as_=said))


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (TextureOptions, {"method": "wei-levoy", "tv": 1}, "does not use --tv"),
        (TextureOptions, {"neighborhood": 7}, "is for --method wei-levoy"),
        (TextureOptions, {"method": "wei-levoy", "neighborhood": 8}, "odd"),
        (TextureOptions, {"tileable": True, "margin": 9}, "leave --margin out"),
        (TextureOptions, {"layers": "relu1_1,relu1_1"}, "twice"),
        (TextureOptions, {"layer_weights": "1"}, "1 values for 5 layers"),
        (InversionOptions, {"layer": "relu1_1,relu1_1"}, "twice"),
        (DreamOptions, {"layers": "relu1_1:x"}, "weight above 0"),
        (DreamOptions, {"layers": "relu1_1:-1"}, "weight above 0"),
        (DreamOptions, {"layers": "relu1_1,relu1_1:2"}, "twice"),
        (DreamOptions, {"fps": 3}, "--fps is of a film"),
        (VisualizationOptions, {"class_": "1", "layer": "fc"}, "one of them"),
        (VisualizationOptions, {"class_": "1", "channel": 2}, "give --layer too"),
        (VisualizationOptions, {"layer": "fc", "position": "1,2"}, "give --channel too"),
        (VisualizationOptions, {"layer": "fc", "channel": 1, "position": "1"}, "received 1 numbers"),
        (VisualizationOptions, {"layer": "fc", "channel": 1, "position": "1,2", "views": 3}, "leave --views"),
        (VisualizationOptions, {"class_": "1", "views": 0, "rotation": 3}, "no views for --rotation"),
        (VisualizationOptions, {"class_": "1", "margin": 3}, "--canvas pixels"),
        (TextureOptions, {"sheet": True, "layer_weights": "0,1,1,1,1"}, "first of --layer-weights"),
        (TextureOptions, {"method": "wei-levoy", "level_ratio": 3}, "does not use --level-ratio"),
        (FoolingOptions, {"method": "fgsm", "steps": 3}, "does not use --steps"),
        (FoolingOptions, {"method": "ascent", "most": 3}, "does not use --most"),
    ],
)
def test_options_that_contradict_each_other(model, options, message):
    with pytest.raises(ValueError, match=message):
        model(**options)


def test_the_classical_texture():
    few = {"method": "wei-levoy", "layers": ("relu1",), "size": 32, "levels": 2, "neighborhood": 5}
    recipe = make_texture(PAINTING, TextureOptions.complete({**TINY, **few}))
    assert isinstance(recipe, ClassicalTexture)
    steps = list(recipe.steps())
    assert len(steps) == recipe.planned
    image = recipe.finished(steps[-1].image)
    assert image.shape[-2:] == recipe.size
    assert recipe.losses(image)["total"] == recipe.measures(image)["style distance"] > 0


def test_the_names_are_those_of_the_recipes():
    assert isinstance(_texture(), TextureSynthesis)
    assert isinstance(_inversion(), FeatureInversion)

"""What holds for every recipe and its job, on tiny networks."""

import itertools

import numpy as np
import pytest
import torch
from conftest import gradient_picture
from tests_support import autoencoder_run

from deepatelier import samples
from deepatelier.errors import OptionError, StateError, UnknownNameError
from deepatelier.images import Sheet, encode, picture_from_array, to_array, to_tensor
from deepatelier.jobs import Batch, Context, Record, State, carried_out, kinds, load, make, read_record
from deepatelier.painters import FastStyleJob
from deepatelier.synthesis import (
    Ascent,
    AscentJob,
    AscentOptions,
    Attack,
    AttackOptions,
    ClassicalTextureJob,
    ClassicalTextureOptions,
    ContentReconstructionJob,
    DeepDream,
    DreamFilmJob,
    DreamJob,
    DreamOptions,
    FeatureVisualization,
    FoolingJob,
    InversionJob,
    InversionSheetJob,
    StyleJob,
    StyleReconstructionJob,
    StyleSheetJob,
    TextureJob,
    TextureOptions,
    TextureSheetJob,
    TextureSynthesis,
    VisualizationJob,
    VisualizationOptions,
)
from deepatelier.synthesis.dream.dream_film import _into
from deepatelier.synthesis.fooling.fooling import paneled
from deepatelier.synthesis.inversion.code_inversion import CodeInversion
from deepatelier.synthesis.inversion.code_inversion_job import CodeInversionJob
from deepatelier.synthesis.recipe.painting_job import PaintingJob

TINY = {"network": "conftest:TinyNetwork", "device": "cpu", "optimizer": "adam"}
"""Adam moves surely from the first step; L-BFGS feels its way."""
CLASSIFIER = {"network": "conftest:TinyClassifier", "device": "cpu"}
PHOTO, PAINTING = gradient_picture(40, 56, "photo.png"), gradient_picture(48, 36, "painting.png")


@pytest.fixture(autouse=True)
def _pictures(tmp_path, monkeypatch):
    """The pictures as files, which the jobs name."""
    monkeypatch.chdir(tmp_path)
    for picture in (PHOTO, PAINTING):
        (tmp_path / picture.name).write_bytes(encode(picture.tensor(), "PNG"))


def _style(job=StyleJob, **options):
    few = {"size": 48, "steps": 8, "content_layers": "relu2", "style_layers": "relu1", "init": "noise"}
    return job(photo="photo.png", paintings=("painting.png",), **{**TINY, **few, **options})


def _texture(job=TextureJob, **options):
    few = {"layers": ("relu1", "relu2"), "size": 48, "steps": 4}
    return job(painting="painting.png", **{**TINY, **few, **options})


def _classical(**options):
    few = {"size": 32, "levels": 2, "neighborhood": 5, "device": "cpu"}
    return ClassicalTextureJob(painting="painting.png", **{**few, **options})


def _inversion(job=InversionJob, **options):
    return job(photo="photo.png", **{**TINY, "layer": "relu2", "size": 48, "steps": 4, **options})


def _dream(job=DreamJob, **options):
    few = {"layers": "relu2", "size": 56, "steps": 6, "levels": 2, "jitter": 0, "margin": 4, "optimizer": "gradient"}
    return job(photo="photo.png", **{**TINY, **few, **options})


def _visualization(**options):
    few = {"class_": "2", "size": 32, "steps": 6, **({} if "position" in options else {"levels": 2})}
    return VisualizationJob(**CLASSIFIER, **{**few, **options})


def _fooling(job=AscentJob, **options):
    return job(photo="photo.png", **{**CLASSIFIER, "as_": "1", "size": 32, **options})


JOBS = {
    "style": _style,
    "fast style": lambda: FastStyleJob(photo="photo.png", paintings=("painting.png",), size=48),
    "style sheet": lambda: _style(StyleSheetJob, rows="strength=0.5,1", columns="tv=0,50", steps=4),
    "texture": _texture,
    "tileable texture": lambda: _texture(tileable=True),
    "texture sheet": lambda: _texture(TextureSheetJob),
    "classical texture": _classical,
    "style reconstruction": lambda: _texture(StyleReconstructionJob),
    "inversion": _inversion,
    "code inversion": lambda: CodeInversionJob(photo="chelsea", network=str(autoencoder_run()), steps=4, device="cpu"),
    "inversion sheet": lambda: _inversion(InversionSheetJob, layer="relu1,relu2"),
    "content reconstruction": lambda: _inversion(ContentReconstructionJob, layer="relu1,relu2"),
    "dream": _dream,
    "guided dream": lambda: _dream(guide="coffee", jitter=4),
    "film": lambda: _dream(DreamFilmJob, frames=3, frame_steps=2, jitter=4),
    "class": _visualization,
    "class, as in the documents": lambda: _visualization(
        preset="simonyan", size=32, levels=1, learning_rate=1, l2=1e-4
    ),
    "channel": lambda: _visualization(class_=None, layer="relu", channel=3),
    "unit": lambda: _visualization(class_=None, layer="relu", channel=3, position="2,5", tv=0),
    "layer": lambda: _visualization(class_=None, layer="relu"),
    "ascent": lambda: _fooling(steps=5),
    "attack": lambda: _fooling(FoolingJob, epsilon=40, steps=2),
}
SHEETS = {"style sheet", "texture sheet", "style reconstruction", "inversion sheet", "content reconstruction"}
FOOLING = {"ascent", "attack"}
"""They end as soon as the network is fooled."""
MINIMIZING = set(JOBS) - {"fast style", "classical texture"}
SEEING_VIEWS = {"guided dream", "film", "class", "channel", "unit", "layer"}
"""They see another view at each step."""


def _job(name):
    if name == "attack":
        pytest.importorskip("captum")
    return JOBS[name]()


def _opened(job):
    """The recipe of a job that paints one picture."""
    return job.recipe(Context())


def _recipes(job):
    """The recipes of all pictures of a job."""
    return [_opened(each) for each in (job.children(Context()).values() if isinstance(job, Batch) else [job])]


def _carried_out(job, state=None):
    """A job's own steps and its result; and the file of the state after each step, if it has any."""
    steps, states = [], []
    run = job.run(state=state)
    while True:
        try:
            step = next(run)
        except StopIteration as done:
            return steps, states, done.value
        if step.finished is None:
            steps.append(step)
            states.append(step.state and step.state.to_bytes())


def _pictures_of(result):
    """What a result shows."""
    (product,) = result.files.values()
    return product.frames if product.kind == "film" else [to_tensor(to_array(product.image))]


def _place(step):
    """The picture of a sheet to which a step belongs, and its size."""
    return step.child, step.values["width"], step.values["height"]


def test_no_job_that_paints_is_left_out():
    painting = {
        kind for kind in kinds() if issubclass(load(kind), (PaintingJob, FastStyleJob, Batch)) and kind[:4] != "lab "
    }
    assert {type(given()).kind for given in JOBS.values()} == painting


@pytest.mark.parametrize("name", JOBS)
def test_the_loss_falls_and_the_record_is_whole(name, tmp_path):
    job, steps = _job(name), []
    output, ((kind, _, _), *_) = next(iter(type(job).outputs)), type(job).outputs.values()
    target = tmp_path / ("made.gif" if kind == "film" else "made.png")
    finished = make(job, {output: target}, on_step=steps.append)
    record, steps = finished.record, [step for step in steps if step.finished is None]
    plan = job.plan(Context())
    assert len(steps) == record.steps <= plan.steps
    assert len(steps) == plan.steps or name in FOOLING
    assert isinstance(job, Batch) or plan.size == record.size[::-1]
    assert plan.seconds > 0
    for picture in (*_pictures_of(finished.result), *(step.preview for step in steps[-1:])):
        assert picture.shape[:2] == (1, 3)
        assert 0 <= picture.min() <= picture.max() <= (255 if picture.dtype == torch.uint8 else 1)
    assert Record.model_validate_json(record.to_json()) == record
    assert read_record(target) == record.model_copy(update={"output": target.name})
    assert (record.kind, record.part) == (type(job).kind, output)
    if name in MINIMIZING:
        recipes = _recipes(job)
        before = sum(recipe.losses(recipe.finished(recipe.initial()))["total"] for recipe in recipes)
        assert record.losses["total"] < before
        assert all(recipe.alpha() is None for recipe in recipes)
        assert all(recipe.bits == 8 for recipe in recipes)
    if name in MINIMIZING - SEEING_VIEWS - {"attack"}:
        assert _place(steps[0]) == _place(steps[2])
        assert steps[2].values["total"] < steps[0].values["total"]


@pytest.mark.parametrize("name", sorted(MINIMIZING))
def test_goes_on_after_a_step_as_if_it_had_not_stopped(name):
    """At the borders of levels and of pictures, and at the end; `tests/jobs/test_every_job.py` goes on elsewhere."""
    steps, states, result = _carried_out(_job(name))
    pairs = enumerate(itertools.pairwise(steps), start=1)
    changes = [taken for taken, (one, two) in pairs if _place(one) != _place(two)]
    for index in {*changes, len(steps)}:
        rest, _, again = _carried_out(_job(name), State.from_bytes(states[index - 1]))
        assert [step.index for step in rest] == [step.index for step in steps[index:]]
        assert [step.values for step in rest] == [step.values for step in steps[index:]]
        assert (again.steps, again.notes) == (result.steps, result.notes)
        for one, other in zip(_pictures_of(again), _pictures_of(result), strict=True):
            assert torch.equal(one, other)


@pytest.mark.parametrize("name", sorted(set(JOBS) - MINIMIZING))
def test_what_cannot_go_on_says_so(name):
    _, states, _ = _carried_out(_job(name))
    assert not any(states)
    with pytest.raises(StateError, match="cannot be resumed"):
        _carried_out(_job(name), State(1))


@pytest.mark.parametrize("name", sorted(MINIMIZING - SHEETS))
def test_no_hook_is_left_behind(name):
    recipe = _opened(_job(name))
    network = recipe.network if isinstance(recipe, CodeInversion) else recipe.extractor.module

    def hooks():
        return sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in network.modules())

    steps = recipe.steps()
    next(steps)
    assert hooks() == 0
    steps.close()
    assert hooks() == 0
    recipe.losses(recipe.finished(recipe.initial()))
    assert hooks() == 0


@pytest.mark.parametrize("name", sorted(MINIMIZING - SHEETS - FOOLING - {"film", "style"}))
def test_a_network_that_raises_keeps_no_hook(name, monkeypatch):
    recipe = _opened(_job(name))

    def broken(*_):
        raise RuntimeError("broken")

    for module in recipe.network.modules():
        monkeypatch.setattr(module, "forward", broken)
    with pytest.raises(RuntimeError, match="broken"):
        next(recipe.steps())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in recipe.network.modules())


def test_a_unit_of_a_network_with_strides_is_excited():
    options = VisualizationOptions(layer="block5", channel=3, position="4,4", size=128, steps=6, statistics=0, tv=0)
    steps = list(FeatureVisualization(options).steps())
    assert steps[0].losses["activation"] != 0
    assert steps[-1].total < steps[0].total


def test_the_excitement_of_a_layer_does_not_hang_on_the_number_of_views():
    still = {"noise": 0, "jitter": 0, "rotation": 0, "min_scale": 1, "levels": 1}
    recipes = [_opened(_visualization(class_=None, layer="relu", views=views, **still)) for views in (1, 4)]
    first, second = (next(recipe.steps()).losses["activation"] for recipe in recipes)
    assert first == pytest.approx(second, rel=1e-3)


def test_networks_for_small_pictures_have_defaults_of_their_own():
    small = {"network": "resnet20", "weights": "random", "device": "cpu"}
    seen = FeatureVisualization(VisualizationOptions(class_="3", **small)).options
    assert (seen.size, seen.statistics) == (64, 3)
    seen = FeatureVisualization(VisualizationOptions(class_="3", size=96, statistics=7.0, **small)).options
    assert (seen.size, seen.statistics) == (96, 7)
    assert Ascent(PHOTO, AscentOptions(**small)).options.size == 64
    seen = FeatureVisualization(VisualizationOptions(class_="3", device="cpu")).options
    assert (seen.size, seen.statistics) == (256, 100)


@pytest.mark.parametrize(("kind", "options"), [(Attack, AttackOptions), (Ascent, AscentOptions)])
def test_fooling_a_network_for_grey_digits(kind, options):
    pytest.importorskip("captum")
    recipe = kind(PHOTO, options(network="lenet5", weights="random", device="cpu"))
    image = recipe.finished(next(recipe.steps()).image)
    assert image.shape == (1, 3, 28, 28)
    assert paneled(recipe, image).image.shape[-1] > 4 * 28


def test_a_tileable_sheet_has_panels_of_one_size():
    few = {"size": 80, "steps": 1, "tileable": True, "layers": "relu1_1,relu5_1", "device": "cpu"}
    job = TextureSheetJob(painting="coffee", **few)
    assert {tuple(recipe.levels[-1].size) for recipe in _recipes(job)} == {(48, 80)}
    assert carried_out(job, Context()).job.weights == "oxford"


def test_a_sheet_holds_each_picture_with_its_loss():
    job, labels = _texture(TextureSheetJob), ("(a) relu1", "(b) + relu2")
    assert tuple(job.children(Context())) == labels
    alone = _opened(_texture(layers=("relu1",)))
    wanted = alone.finished(list(alone.steps())[-1].image)
    result = carried_out(job, Context())
    (image,) = _pictures_of(result)
    picture = Sheet(tuple(wanted.shape[-2:]), labels, 2).picture(image, 0)
    assert torch.equal(picture, wanted)
    measured = result.measure(image)
    assert list(measured.losses) == [*labels, "total"]
    assert measured.losses["(a) relu1"] == pytest.approx(alone.losses(picture)["total"])
    assert measured.losses["total"] == pytest.approx(sum(measured.losses[label] for label in labels))
    assert measured.measures["(a) relu1: ratio"] == pytest.approx(alone.measures(picture)["ratio"])


def test_a_sheet_is_seen_as_it_grows():
    steps, _, result = _carried_out(_inversion(InversionSheetJob, layer="relu1,relu2"))
    (image,) = _pictures_of(result)
    layout = Sheet(PHOTO.fitted(48), ("photograph", "(a) relu1", "(b) relu2"), 3)
    photo = PHOTO.tensor(PHOTO.fitted(48))
    assert torch.equal(layout.picture(image, 0), photo)
    first, last = steps[0].preview, steps[-1].preview
    assert torch.equal(layout.picture(first, 0), photo)
    assert not torch.equal(layout.picture(first, 1), layout.picture(image, 1))
    assert layout.picture(first, 2).std() < 1e-6
    assert torch.equal(last, image)


@pytest.mark.parametrize("tv", [0.0, 1e-3])
def test_a_tileable_texture_has_no_seam(tv):
    """The loss of the rolled picture is the picture's, and the step across the border is as large as inside."""
    recipe = _opened(_texture(tileable=True, steps=60, levels=1, tv=tv))
    image = list(recipe.steps())[-1].image
    assert all(side % 2 == 0 for side in image.shape[-2:])
    rolled = image.roll((10, 14), (2, 3))
    assert recipe.losses(rolled)["total"] == pytest.approx(recipe.losses(image)["total"], rel=1e-3)
    plain = _opened(_texture(steps=60, levels=1))
    other = list(plain.steps())[-1].image
    assert abs(plain.losses(other.roll((10, 14), (2, 3)))["total"] / plain.losses(other)["total"] - 1) > 1e-3


def test_texture_comes_nearer_than_half_of_the_painting_to_the_other():
    recipe = _opened(_texture(steps=60, levels=1))
    assert recipe.measures(list(recipe.steps())[-1].image)["ratio"] < 0.5


def test_inversion_says_how_near_it_came():
    recipe = _opened(_inversion(layer="relu1", steps=80))
    measures = recipe.measures(recipe.finished(list(recipe.steps())[-1].image))
    assert measures["relative distance of the features"] < 0.1
    photo = recipe.photo_at(recipe.levels[-1])
    assert recipe.measures(photo) == {
        "relative distance of the features": 0.0,
        "total variation over the photograph's": pytest.approx(1.0),
    }


def test_the_variation_weighs_more_with_lambda():
    smooth, plain = (_opened(_inversion(steps=40, tv=tv)) for tv in (1e-2, 0.0))
    words = "total variation over the photograph's"
    assert (
        smooth.measures(list(smooth.steps())[-1].image)[words]
        < 0.9 * plain.measures(list(plain.steps())[-1].image)[words]
    )


def test_a_dream_keeps_the_photograph_and_excites_the_layer():
    recipe = _opened(_dream(steps=40))
    image = list(recipe.steps())[-1].image
    assert recipe.measures(image)["rise of relu2"] > 1.5
    assert recipe.measures(recipe.photo.tensor(recipe.levels[-1].size))["rise of relu2"] == pytest.approx(1, rel=1e-4)


def test_layers_of_a_dream_have_weights():
    assert DreamOptions(layers="relu1:2,relu2").weighted_layers == {"relu1": 2.0, "relu2": 1.0}
    twice, once = (
        recipe.criterion_at(recipe.levels[0], recipe.network, 0)
        for recipe in (_opened(_dream(layers=layers)) for layers in ("relu1:2,relu2", "relu1,relu2"))
    )
    assert list(twice) == ["dream relu1", "dream relu2"]
    assert twice["dream relu1"][0] == pytest.approx(2 * once["dream relu1"][0])
    assert twice["dream relu2"][0] == pytest.approx(once["dream relu2"][0])


def test_a_film_goes_into_the_picture():
    recipe = _opened(_dream(DreamFilmJob, frames=3, frame_steps=2, zoom=1.5))
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
    recipe = _opened(_visualization(class_="3", steps=60, tv=0))
    measures = recipe.measures(recipe.finished(list(recipe.steps())[-1].image))
    assert (measures["the network says"], measures["at half size and back"]) == ("3", "3")
    assert measures["confidence"] > 0.9


@pytest.mark.parametrize("network", ["lenet5", "mlp", "digits_conv5"])
def test_pictures_for_networks_that_take_grey_pictures_of_one_size(network):
    options = VisualizationOptions(class_="3", network=network, weights="random", steps=4, device="cpu")
    recipe = FeatureVisualization(options)
    image = recipe.finished(list(recipe.steps())[-1].image)
    assert image.shape[-2:] == recipe.extractor.only_size
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
    recipe = TextureSynthesis(plain, TextureOptions(**TINY, layers=("pixels",), size=48, steps=2))
    assert "ratio" not in recipe.measures(plain.tensor())


def _attacked(**options):
    """An attack on a photograph of a cat, its steps and its picture."""
    pytest.importorskip("captum")
    recipe = Attack(samples.open_picture("chelsea"), AttackOptions(size=96, **options))
    steps = list(recipe.steps())
    return recipe, steps, recipe.finished(steps[-1].image)


@pytest.mark.parametrize("options", [{"method": "pgd", "as_": "tabby"}, {"method": "fgsm"}], ids=["pgd", "fgsm"])
def test_fooling_changes_whole_levels_and_no_more_than_it_tried(options):
    recipe, steps, image = _attacked(**options)
    assert torch.allclose(255 * image, (255 * image).round(), atol=1e-4)
    measures = recipe.measures(image)
    assert measures["fooled"]
    assert measures["now"] != measures["before"]
    assert measures["before"] == "Egyptian cat"
    assert measures["largest change in levels of 255"] <= len(steps)


def test_an_attack_ends_with_the_first_picture_that_fools():
    """The network takes the photograph for a 1, and after 9 levels for a 3."""
    pytest.importorskip("captum")
    recipe = Attack(PHOTO, AttackOptions(network="lenet5", weights="random", as_="3", device="cpu"))
    steps = list(recipe.steps())
    assert len(steps) > 1
    *_, again = recipe.steps(steps[0].state)
    assert torch.equal(again.image, steps[-1].image)
    fooled = [recipe.measures(recipe.finished(step.image))["fooled"] for step in steps]
    assert fooled == [False] * (len(steps) - 1) + [True]


def test_fooling_shows_four_panels():
    recipe = Ascent(PHOTO, AscentOptions(**CLASSIFIER, size=32))
    image = recipe.photo.clone()
    image[..., 0, 0] = (image[..., 0, 0] + 2 / 255).clamp(0, 1)
    panels, layout = paneled(recipe, image).image, Sheet(tuple(image.shape[-2:]), ("",) * 4, 4)
    assert torch.allclose(layout.picture(panels, 2)[0, 0, 0, 0], 0.5 + (image - recipe.photo)[0, 0, 0, 0])
    assert torch.allclose(layout.picture(panels, 3)[..., 5:, 5:], torch.tensor(0.5))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: _opened(_texture(layers=("relu9",))), UnknownNameError, "relu9"),
        (lambda: _opened(_visualization(class_="9")), OptionError, "5 classes, 0 to 4; received 9"),
        (lambda: _opened(_visualization(class_="dog")), UnknownNameError, "Known: 0, 1, 2"),
        (lambda: _opened(_visualization(class_=None)), OptionError, "nothing to visualize"),
        (
            lambda: _opened(_visualization(class_=None, layer="relu", channel=8)),
            OptionError,
            "8 channels, 0 to 7; received 8",
        ),
        (
            lambda: _opened(_visualization(class_=None, layer="relu", channel=1, position="99,0")),
            OptionError,
            "32 x 32 positions",
        ),
        (
            lambda: _opened(_visualization(class_=None, layer="fc", channel=1, position="0,0")),
            OptionError,
            "no positions",
        ),
        (lambda: _opened(_dream(layers="relu2", jitter=60)), OptionError, "too small"),
        (lambda: DeepDream(PHOTO, DreamOptions(**CLASSIFIER, layers="fc", size=96)), OptionError, "no feature maps"),
        (
            lambda: TextureSynthesis(PAINTING, TextureOptions(**CLASSIFIER, layers="fc", size=48)),
            OptionError,
            "no feature maps",
        ),
        (
            lambda: Ascent(PHOTO, AscentOptions(network=TINY["network"], device="cpu")),
            OptionError,
            "ends in feature maps, not in class scores",
        ),
        (
            lambda: FeatureVisualization(VisualizationOptions(class_="1", network="vgg19", device="cpu")),
            OptionError,
            "ends in feature maps",
        ),
    ],
)
def test_what_cannot_be_done_is_said(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_class_that_is_seen_already_cannot_be_faked():
    said = _opened(_fooling(as_=None)).before.name
    with pytest.raises(OptionError, match=r"predicts . already"):
        _opened(_fooling(as_=said))


DIGITS = {"network": "lenet5", "weights": "random", "as_": "3", "steps": 100}
"""The network takes the photograph for a 1, and after 27 steps for a 3."""


def test_fooling_that_fails_says_what_to_do(tmp_path):
    targets = {"picture": tmp_path / "fooled.png", "panels": tmp_path / "panels.png"}
    finished = make(_fooling(**{**DIGITS, "steps": 3}), targets)
    assert not finished.record.measures["fooled"]
    assert finished.result.notes == (Ascent.advice,)
    assert targets["panels"].exists()
    assert not carried_out(_fooling(**DIGITS), Context()).notes


def test_fooling_that_has_succeeded_takes_no_further_step():
    steps, states, result = _carried_out(_fooling(**DIGITS))
    assert 3 < len(steps) < 100
    rest, _, again = _carried_out(_fooling(**DIGITS), State.from_bytes(states[-1]))
    assert (rest, again.notes, again.steps) == ([], (), result.steps)


def test_fooling_that_is_stopped_when_it_has_succeeded_has_succeeded():
    count = len(_carried_out(_fooling(**DIGITS))[0])
    result = carried_out(_fooling(**DIGITS), Context(), stop_after=count)
    assert (result.interrupted, result.notes) == (True, ())


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (ClassicalTextureOptions, {"tv": 1}, "tv\n.*not permitted"),
        (TextureOptions, {"neighborhood": 7}, "neighborhood\n.*not permitted"),
        (ClassicalTextureOptions, {"neighborhood": 8}, "odd"),
        (TextureOptions, {"tileable": True, "margin": 9}, "leave --margin out"),
        (TextureOptions, {"layers": "relu1_1,relu1_1"}, "twice"),
        (TextureOptions, {"layer_weights": "1"}, "1 values for 5 layers"),
        (InversionSheetJob, {"photo": "chelsea", "layer": "relu1_1,relu1_1"}, "twice"),
        (DreamOptions, {"layers": "relu1_1:x"}, "weight above 0"),
        (DreamOptions, {"layers": "relu1_1:-1"}, "weight above 0"),
        (DreamOptions, {"layers": "relu1_1,relu1_1:2"}, "twice"),
        (DreamOptions, {"fps": 3}, "fps\n.*not permitted"),
        (VisualizationOptions, {"class_": "1", "layer": "fc"}, "one of them"),
        (VisualizationOptions, {"class_": "1", "channel": 2}, "give --layer too"),
        (VisualizationOptions, {"layer": "fc", "position": "1,2"}, "give --channel too"),
        (VisualizationOptions, {"layer": "fc", "channel": 1, "position": "1"}, "received 1 numbers"),
        (VisualizationOptions, {"layer": "fc", "channel": 1, "position": "1,2", "views": 3}, "leave --views"),
        (VisualizationOptions, {"class_": "1", "views": 0, "rotation": 3}, "no views for --rotation"),
        (VisualizationOptions, {"class_": "1", "margin": 3}, "--canvas pixels"),
        (TextureSheetJob, {"painting": "swirl", "layer_weights": "0,1,1,1,1"}, "first of --layer-weights"),
        (ClassicalTextureOptions, {"level_ratio": 3}, "level_ratio\n.*not permitted"),
        (AttackOptions, {"method": "fgsm", "steps": 3}, "does not use --steps"),
        (AscentOptions, {"most": 3}, "most\n.*not permitted"),
    ],
)
def test_options_that_contradict_each_other(model, options, message):
    with pytest.raises(ValueError, match=message):
        model(**options)


def test_the_classical_texture():
    recipe = _opened(_classical())
    steps = list(recipe.steps())
    assert len(steps) == recipe.planned
    image = recipe.finished(steps[-1].image)
    assert image.shape[-2:] == recipe.size
    assert recipe.losses(image)["total"] == recipe.measures(image)["style distance"] > 0

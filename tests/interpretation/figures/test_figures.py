"""What the figures show, on small networks and pictures."""

import numpy as np
import pytest
import torch
from conftest import TinyClassifier, gradient_picture

from deepatelier import images
from deepatelier.errors import ImageError, OptionError, UnknownNameError
from deepatelier.images import encode
from deepatelier.interpretation import (
    ActivationOptions,
    Activations,
    Cam,
    CamOptions,
    Deconvolution,
    DeconvolutionOptions,
    FilterOptions,
    Filters,
    GradCam,
    GradCamOptions,
    Occlusion,
    OcclusionOptions,
    Patches,
    PatchOptions,
    Saliency,
    SaliencyOptions,
)

pytest.importorskip("captum")

OWN = {"network": "conftest:TinyClassifier", "device": "cpu"}


def shown(look) -> torch.Tensor:
    steps = list(look.look())
    assert look.found_something
    assert [step.index for step in steps] == list(range(1, look.planned + 1))
    assert {step.of for step in steps} == {look.planned}
    assert look.taken == look.planned
    picture = look.picture()
    assert picture.shape[:2] == (1, 3)
    assert picture.isfinite().all()
    assert picture.min() >= 0
    assert picture.max() <= 1
    return picture


def test_class_and_top_are_two_ways_to_say_it():
    with pytest.raises(ValueError, match="give one of them"):
        CamOptions(class_=("1",), top=2)


@pytest.fixture
def folder(tmp_path):
    """Twelve pictures, one of them in a folder of its own, a broken one, and something else."""
    inner = tmp_path / "photos" / "more"
    inner.mkdir(parents=True)
    generator = torch.Generator().manual_seed(0)
    for number in range(12):
        image = torch.rand(1, 3, 20, 16 + 4 * (number % 3), generator=generator)
        place = inner if number == 5 else inner.parent
        (place / f"{number:02}.png").write_bytes(encode(image, "PNG"))
    (inner.parent / "broken.png").write_bytes(b"no picture")
    (inner.parent / "notes.txt").write_text("no picture")
    return inner.parent


@pytest.mark.parametrize(
    ("figure", "options"),
    [(Cam, CamOptions), (GradCam, GradCamOptions), (Occlusion, OcclusionOptions), (Saliency, SaliencyOptions)],
)
def test_maps_of_classes(figure, options, photo):
    look = figure(photo, options(**OWN, class_=("3", "0"), size=64))
    picture = shown(look)
    assert [found.number for found in look.maps] == [3, 0]
    assert look.array().shape[0] == 2
    # the photograph and two maps over it, each with a bar
    assert picture.shape[-1] == 3 * (images.heat_map_width((45, 64)) + 8) + 8
    measures = look.measures(picture)
    for found in look.maps:
        assert measures[f"{found.name}: score"] == pytest.approx(found.score)
        assert 0 < measures[f"{found.name}: probability"] < 1


def test_without_a_class_the_first_ones_are_explained(photo):
    look = Cam(photo, CamOptions(**OWN, top=3))
    shown(look)
    scores = [found.score for found in look.maps]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


def test_a_reason_stands_in_place_of_an_empty_map(photo, monkeypatch):
    class Dead(TinyClassifier):
        def __init__(self) -> None:
            super().__init__()
            self.conv.bias.data.fill_(-100)

    monkeypatch.setattr("conftest.TinyClassifier", Dead)
    look = GradCam(photo, GradCamOptions(**OWN, class_=("1",), size=64))
    picture = shown(look)
    assert look.notes == ["1: Dead ReLU: every value of relu is zero for this picture."]
    assert look.measures(picture)["1: empty map"] == look.maps[0].empty
    width = images.heat_map_width((45, 64))
    panel = picture[..., 8 : 8 + 45, width + 16 : width + 16 + 64]
    assert torch.equal(panel[0, 0], panel[0, 1]), "letters over grey, and no colours"


def test_classes_and_layers_that_are_not_there(photo):
    with pytest.raises(OptionError, match="0 to 4"):
        Cam(photo, CamOptions(**OWN, class_=("5",)))
    with pytest.raises(UnknownNameError, match="atelier networks conftest:TinyClassifier lists them"):
        GradCam(photo, GradCamOptions(**OWN, layer="rel"))
    with pytest.raises(OptionError, match="Use atelier look saliency"):
        GradCam(photo, GradCamOptions(network="mlp", weights="random", device="cpu"))
    with pytest.raises(OptionError, match="no feature maps"):
        Activations(photo, ActivationOptions(**OWN, layer=("fc",)))
    with pytest.raises(OptionError, match="8 channels, 0 to 7; received 8"):
        Activations(photo, ActivationOptions(**OWN, layer=("relu",), channel=(8,)))


def test_activations(photo):
    look = Activations(photo, ActivationOptions(**OWN, layer=("relu",), most=0, size=32, view_size=56))
    shown(look)
    assert look.array().shape == (8, 40, 56)
    both = Activations(photo, ActivationOptions(**OWN, layer=("conv", "relu"), channel=(7, 2)))
    shown(both)
    assert not both.has_array


def test_silent_channels_are_counted(photo, monkeypatch):
    class Half(TinyClassifier):
        def __init__(self) -> None:
            super().__init__()
            self.conv.bias.data[:4] = -100

    monkeypatch.setattr("conftest.TinyClassifier", Half)
    look = Activations(photo, ActivationOptions(**OWN, layer=("relu",)))
    shown(look)
    dead = int((look.array().flatten(1).amax(dim=1) == 0).sum())
    assert 4 <= dead < 8
    assert look.notes == [f"relu: {dead} of 8 channels are zero everywhere for this picture."]


def test_filters_in_colours_and_in_grey():
    look = Filters(FilterOptions(**OWN, size=24))
    picture = shown(look)
    assert look.array().shape == (8, 3, 3, 3)
    assert (picture[0, 0] != picture[0, 1]).any()
    deep = Filters(FilterOptions(network="lenet5", weights="random", layer="conv2", most=16, device="cpu"))
    picture = shown(deep)
    assert torch.equal(picture[0, 0], picture[0, 1])
    assert "16 filters, 4 are shown, each for 4 of the 6" in deep.notes[0]


@pytest.mark.parametrize(("figure", "model"), [(Patches, PatchOptions), (Deconvolution, DeconvolutionOptions)])
def test_patches(figure, model, folder):
    options = model(**OWN, layer=("relu",), channel=(2, 6), count=4, view_size=20, size=64)
    look = figure([str(folder)], options)
    list(look.look())
    assert "1 of 13 pictures could not be read" in look.notes[0]
    assert [(unit.layer, unit.channel) for unit in look.units] == [("relu", 2), ("relu", 6)]
    unit = look.units[0]
    assert look.patch(unit, 0, look.picture_of(unit, 0)).shape[-2:] <= (3, 3)
    network = TinyClassifier()
    for number, (row, column) in enumerate(unit.places):
        answer = network.relu(network.conv(look.picture_of(unit, number)))[0, 2]
        assert torch.allclose(answer[row, column], answer.max())
        assert torch.allclose(unit.values[number], answer.max())
    assert look.measures(look.picture())["pictures"] == 12
    assert look.inputs["picture"].name == "photos"


def test_the_most_selective_channels_are_chosen(folder):
    look = Patches([str(folder)], PatchOptions(**OWN, layer=("relu",), most=2, view_size=20))
    list(look.look())
    selectivity = look._finder.found()["relu"].selectivity()
    chosen = [unit.channel for unit in look.units]
    assert min(selectivity[chosen]) >= max(np.delete(selectivity.numpy(), chosen))


def test_a_unit_that_nothing_excites(folder, monkeypatch):
    class Dead(TinyClassifier):
        def __init__(self) -> None:
            super().__init__()
            self.conv.bias.data.fill_(-100)

    monkeypatch.setattr("conftest.TinyClassifier", Dead)
    look = Deconvolution([str(folder)], DeconvolutionOptions(**OWN, layer=("relu",), channel=(3,), view_size=20))
    list(look.look())
    look.picture()
    assert look.notes[1] == "Dead ReLU: nothing in 12 pictures excites relu #3."


def test_what_does_not_excite_a_unit_is_not_shown(folder, monkeypatch):
    class Choosy(TinyClassifier):
        """Its first channel answers to bright pictures alone."""

        def __init__(self) -> None:
            super().__init__()
            self.conv.weight.data[0], self.conv.bias.data[0] = 1.0, -20.0

    monkeypatch.setattr("conftest.TinyClassifier", Choosy)
    for number in range(3):
        (folder / f"bright{number}.png").write_bytes(encode(torch.ones(1, 3, 20, 20), "PNG"))
    look = Patches([str(folder)], PatchOptions(**OWN, layer=("relu",), channel=(0,), view_size=20))
    list(look.look())
    (unit,) = look.units
    assert [look._readable[number].name for number in unit.pictures] == ["bright0.png", "bright1.png", "bright2.png"]
    assert unit.values.min() > 0


def test_folders_without_a_picture(tmp_path, folder):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ImageError, match="no picture in"):
        Patches([str(empty)], PatchOptions(**OWN))
    for path in folder.rglob("*.png"):
        path.write_bytes(b"no picture")
    with pytest.raises(ImageError, match="None of the 13 pictures could be read"):
        list(Patches([str(folder)], PatchOptions(**OWN)).look())


def test_an_interrupted_search_shows_what_was_found(folder):
    look = Patches([str(folder)], PatchOptions(**OWN, layer=("relu",), channel=(1,), view_size=20, count=4))
    steps = look.look()
    for _ in range(9):
        next(steps)
    drawn = steps.throw(KeyboardInterrupt)  # the panel of what was seen
    assert drawn.index == look.taken == 9
    with pytest.raises(KeyboardInterrupt):
        next(steps)
    assert look.found_something
    assert "of 13 pictures were searched" in look.notes[0]
    assert look.picture().isfinite().all()


def test_grey_pictures_of_28_pixels():
    """A network of digits sees a photograph in colours as 28x28 in grey."""
    photo = gradient_picture(60, 45)
    digits = {"network": "digits_conv64", "weights": "random", "device": "cpu"}
    shown(GradCam(photo, GradCamOptions(**digits, top=2)))
    shown(Occlusion(photo, OcclusionOptions(**digits)))
    shown(Saliency(photo, SaliencyOptions(**digits)))
    shown(Activations(photo, ActivationOptions(**digits)))
    shown(Filters(FilterOptions(**digits)))
    look = Deconvolution(["chelsea", "coffee"], DeconvolutionOptions(**digits, most=1, count=1))
    list(look.look())
    assert look.picture().isfinite().all()


def test_the_first_layer_of_a_dense_network():
    look = Filters(FilterOptions(network="mlp", weights="random", device="cpu", most=9))
    shown(look)
    assert look.array().shape == (512, 1, 28, 28)
    assert look.notes == ["fc1 has 512 filters, 9 are shown. --most shows more."]

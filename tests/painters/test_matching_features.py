import numpy as np
import pytest
import torch

from deepatelier import networks, samples
from deepatelier.errors import SurroundingsError
from deepatelier.features import extract
from deepatelier.painters import matching_features
from deepatelier.painters.matching_features import FeatureMaps, feature_maps
from deepatelier.painters.universal_painter import paint

PHOTO, PAINTING = (samples.open_sample(name).array((72, 96)) for name in ("coffee", "swirl"))


@pytest.fixture(scope="module")
def by_torch():
    network = networks.build("vgg19", weights="oxford", num_classes=0).eval()

    def maps(image):
        framed = np.ascontiguousarray(np.pad(image, ((8, 8), (8, 8), (0, 0)), mode="symmetric").transpose(2, 0, 1))
        with torch.no_grad():
            found = extract(network, torch.from_numpy(framed)[None], ("relu1_2", "relu2_1", "relu3_1"))
        inner = [
            each[0, :, 8 // s : -8 // s, 8 // s : -8 // s] for s, each in zip((1, 2, 4), found.values(), strict=True)
        ]
        return FeatureMaps(*(each.permute(1, 2, 0).contiguous().numpy() for each in inner))

    return maps


def test_the_features_are_those_of_vgg19(by_torch):
    for found, expected, shape in zip(
        feature_maps(PHOTO), by_torch(PHOTO), [(72, 96, 64), (36, 48, 128), (18, 24, 256)], strict=True
    ):
        assert found.shape == shape
        assert np.allclose(found, expected, atol=2e-5 * abs(expected).max())


def test_torch_and_onnxruntime_paint_the_same_picture(by_torch):
    pictures = [paint(PHOTO, [PAINTING], [1], features=each) for each in (feature_maps, by_torch)]
    assert abs(pictures[0] - pictures[1]).max() <= 2 / 255


@pytest.mark.parametrize("value", [np.nan, 0])
def test_invalid_activations_are_computed_again_or_refused(monkeypatch, value):
    expected = feature_maps(PHOTO).coarse
    session, spoiled = matching_features._session(), []

    class Session:
        def __init__(self, times):
            self.times = times

        def run(self, *arguments):
            found = session.run(*arguments)
            if len(spoiled) < self.times:
                spoiled.append(True)
                found[-1][:] = value
            return found

    monkeypatch.setattr(matching_features, "_session", lambda: Session(1))
    assert np.array_equal(feature_maps(PHOTO).coarse, expected)
    monkeypatch.setattr(matching_features, "_session", lambda: Session(9))
    with pytest.raises(SurroundingsError, match="Run the command again"):
        feature_maps(PHOTO)

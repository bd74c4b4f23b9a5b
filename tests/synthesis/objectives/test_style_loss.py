import sys

import pytest
from pydantic import ValidationError

from deepatelier.errors import UnknownNameError
from deepatelier.synthesis import StyleOptions, StyleTransfer
from deepatelier.synthesis.objectives import style_loss, style_losses
from deepatelier.synthesis.style_loss_names import names

TINY = {"network": "conftest:TinyNetwork", "content_layers": "relu2", "size": 48, "steps": 3, "device": "cpu"}
DROPPED = """
from torch import Tensor
from deepatelier.synthesis.objectives import Objective, StyleLoss

def brightness(activations, layers, guidance=None):
    return {layer: activations[layer].mean() for layer in layers}

def brightness_style(layers, target, weights=None, guidance=None):
    return Objective(
        tuple(layers),
        lambda activations, regions: brightness(activations, layers),
        lambda summed: sum((summed[layer] - target[layer]).square() for layer in layers),
    )

LOSS = StyleLoss(
    brightness, brightness_style, about="how bright", ratio=2.0, bytes_per_pixel=7, blends=%s, layers=("relu1",)
)
"""


@pytest.fixture
def drop(tmp_path):
    """Puts the style loss ``brightness`` beside those of the package."""
    style_losses.__path__.append(str(tmp_path))
    yield lambda blends=True: (tmp_path / "brightness.py").write_text(DROPPED % blends)
    style_losses.__path__.remove(str(tmp_path))
    sys.modules.pop(f"{style_losses.__name__}.brightness", None)


def test_a_file_in_the_package_is_a_style_loss(drop, photo, painting):
    drop()
    assert "brightness" in names()
    transfer = StyleTransfer(photo, painting, StyleOptions(**TINY, style_loss="brightness", strength=0.5))
    steps = list(transfer.steps())
    assert steps[-1].losses["style"] < steps[0].losses["style"]
    assert transfer.options.style_layers == ("relu1",)
    plain = StyleTransfer(photo, painting, StyleOptions(**TINY, style_layers="relu1"))
    pixels = (transfer.levels[-1].size[0] + 32) * (transfer.levels[-1].size[1] + 32)
    assert transfer.needs[1] == plain.needs[1] + 7 * pixels


def test_what_its_file_tells_decides_what_goes_with_it(drop):
    drop(blends=False)
    with pytest.raises(
        ValidationError, match=r"brightness cannot interpolate between .* use gram, moments, wasserstein"
    ):
        StyleOptions(style_loss="brightness", strength=0.5)
    assert StyleOptions(style_loss="brightness", style_layers="relu2_1").style_layers == ("relu2_1",)


def test_a_name_that_is_not_known():
    with pytest.raises(UnknownNameError, match=r"no style loss named 'wasertein'\. Did you mean wasserstein\?"):
        style_loss("wasertein")
    with pytest.raises(UnknownNameError, match="Known: gram"):
        style_loss("../../errors")

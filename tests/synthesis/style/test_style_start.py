import pytest
import torch

from deepatelier import images
from deepatelier.errors import ImageError
from deepatelier.synthesis import StyleOptions, StyleTransfer

SMALL = {"size": 40, "steps": 3, "device": "cpu", "precision": "float32"}
SMALL |= {"network": "conftest:TinyNetwork", "content_layers": ("relu2",), "style_layers": ("relu1",)}


def _run(photo, painting, **options):
    transfer = StyleTransfer(photo, painting, StyleOptions(**{**SMALL, **options}))
    return transfer, list(transfer.steps())


@pytest.mark.parametrize("init", ["matched", "content", "noise", "mix"])
def test_where_it_starts(photo, painting, init):
    _, (first, *_) = _run(photo, painting, init=init, steps=1)
    distance = (first.image - photo.tensor((28, 40))).abs().mean().item()
    if init == "content":
        assert distance < 1e-6
    elif init == "matched":
        assert first.image.mean().item() == pytest.approx(painting.tensor().mean().item(), abs=0.05)
    else:
        assert first.image.mean().item() == pytest.approx(0.5, abs=0.02)
        assert 0.03 < first.image.std().item() < 0.06  # uniform ± 20 levels: 0.045


def test_the_mix_is_99_parts_noise_and_one_part_photograph(photo, painting):
    noise, mix = (_run(photo, painting, init=init, steps=1)[1][0].image for init in ("noise", "mix"))
    assert torch.allclose(mix, 0.99 * noise + 0.01 * photo.tensor((28, 40)), atol=1e-6)


def test_starts_from_a_given_picture(photo, painting, photo_file):
    transfer, (first, *_) = _run(photo, painting, init=str(photo_file), steps=1, size=512)
    assert len(transfer.levels) == 1
    assert (first.image - images.open_picture(photo_file).tensor((365, 512))).abs().max() < 1e-6
    with pytest.raises(ImageError, match="content"):
        StyleTransfer(photo, painting, StyleOptions(init="contet"))

"""The labs that paint."""

import pytest
import torch
from conftest import gradient_picture

from deepatelier.images import Sheet, encode
from deepatelier.jobs import Context, carried_out, kinds, load
from deepatelier.labs.grid import GridLab
from deepatelier.labs.painted_lab import PaintedLab
from deepatelier.labs.pooling import PoolingLab
from deepatelier.labs.total_variation import TotalVariationLab


@pytest.fixture
def few(tmp_path):
    """Small pictures and few steps, as options of a lab."""
    pictures = {"photo": gradient_picture(40, 56), "painting": gradient_picture(48, 36)}
    for name, picture in pictures.items():
        (tmp_path / f"{name}.png").write_bytes(encode(picture.tensor(), "PNG"))
    files = {name: str(tmp_path / f"{name}.png") for name in pictures}
    return {**files, "size": 32, "steps": 2, "device": "cpu", "precision": "float32"}


def test_those_of_the_registry():
    painting = {load(kind) for kind in kinds() if issubclass(load(kind), PaintedLab)}
    assert painting == {GridLab, PoolingLab, TotalVariationLab}


def test_the_grid_has_a_row_for_each_number_of_layers_and_a_column_for_each_ratio(few):
    jobs = list(GridLab(**few).children(Context()).values())
    assert len(jobs) == 20
    assert GridLab.columns == 4
    assert [job.alpha / job.beta for job in jobs[:4]] == pytest.approx([1e-4, 1e-3, 1e-2, 1e-1])
    assert [len(job.style_layers) for job in jobs[::4]] == [1, 2, 3, 4, 5]


def test_pooling_differs_in_the_pooling_alone(few):
    first, second = PoolingLab(**few).children(Context()).values()
    differ = {name for name, value in first if value != getattr(second, name)}
    assert differ == {"pooling"}


@pytest.mark.parametrize("lab", [GridLab, PoolingLab, TotalVariationLab])
def test_every_picture_is_of_the_labs_pictures_and_options(few, lab):
    job = lab(**few)
    children = job.children(Context()).values()
    assert children
    for child in children:
        assert (child.photo, child.paintings) == (job.photo, (job.painting,))
        assert {name: getattr(child, name) for name in ("size", "steps", "device", "precision")} == {
            name: few[name] for name in ("size", "steps", "device", "precision")
        }


def test_total_variation_says_what_it_does(few):
    lab = TotalVariationLab(**few)
    result = carried_out(lab, Context())
    labels = tuple(lab.children(Context()))
    image = torch.rand(result.files["picture"].image.shape, generator=torch.Generator().manual_seed(0))
    smooth = Sheet((22, 32), labels, 2).picture(image, labels.index("with total variation"))
    smooth.copy_(torch.nn.functional.avg_pool2d(smooth, 3, 1, 1))
    found = result.measure(image)
    assert found.measures["the total variation falls by"] > 0.3
    assert set(found.measures) == {"the total variation falls by", "the style loss rises by"}
    assert list(found.losses) == [*labels, "total"]

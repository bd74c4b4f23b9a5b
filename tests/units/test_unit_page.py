import pytest
import torch

from deepatelier.errors import UnknownNameError
from deepatelier.images import encode
from deepatelier.jobs import Context, carried_out
from deepatelier.units.unit_job import UnitJob, UnitOptions
from deepatelier.units.unit_page import UnitPage

OWN = {"network": "conftest:TinyClassifier", "device": "cpu", "layer": "relu", "channel": 2, "count": 4, "size": 64}


@pytest.fixture
def folder(tmp_path):
    generator = torch.Generator().manual_seed(0)
    for number in range(5):
        width = 24 + 4 * (number // 3)
        (tmp_path / f"{number}.png").write_bytes(encode(torch.rand(1, 3, 20, width, generator=generator), "PNG"))
    return str(tmp_path)


def test_a_page_has_what_both_rooms_know_of_a_unit(folder):
    page = UnitPage([folder], UnitOptions(**OWN, steps=2, view_size=20))
    steps = list(page.look())
    assert [step.index for step in steps] == list(range(1, page.planned + 1))
    assert ["activation" in step.values for step in steps[-3:]] == [False, True, True]
    picture = page.picture()
    assert picture.shape[-1] == 3 * (64 + 8) + 8
    assert page.measures(picture)["relu #2: strongest answer"] > 0
    painted = picture[..., 8 : 8 + 64, 2 * 72 + 8 : 2 * 72 + 8 + 64]
    assert painted.std() > 0.002


def test_the_patches_are_there_when_the_painting_is_interrupted(folder):
    job, painting = UnitJob(**OWN, pictures=(folder,), steps=4, view_size=20), []

    def stop(step):
        if "activation" in step.values:
            painting.append(step.index)
            raise KeyboardInterrupt

    result = carried_out(job, Context(), on_step=stop)
    assert (result.interrupted, [result.steps]) == (True, painting)
    assert result.files["picture"].image.isfinite().all()


def test_the_patches_that_were_seen_are_there_when_the_search_is_interrupted(folder):
    job = UnitJob(**OWN, pictures=(folder,), steps=4, view_size=20)
    result = carried_out(job, Context(), stop_after=5)
    assert (result.interrupted, result.steps) == (True, 5)
    assert result.notes == ("3 of 5 pictures were searched.",)
    page = result.files["picture"].image
    assert page[..., 8 : 8 + 64, 8 : 8 + 64].std() > 0.002
    assert page[..., 8 : 8 + 64, 2 * 72 + 8 : 2 * 72 + 8 + 64].std() < 1e-6


def test_a_layer_that_is_not_there(folder):
    with pytest.raises(UnknownNameError, match="lists them"):
        UnitPage([folder], UnitOptions(**{**OWN, "layer": "relu7"}))

import pytest
import torch

from deepatelier.errors import UnknownNameError
from deepatelier.images import encode
from deepatelier.unit_page import UnitOptions, UnitPage

OWN = {"network": "conftest:TinyClassifier", "device": "cpu", "layer": "relu", "channel": 2, "count": 4, "size": 64}


@pytest.fixture
def folder(tmp_path):
    generator = torch.Generator().manual_seed(0)
    for number in range(5):
        (tmp_path / f"{number}.png").write_bytes(encode(torch.rand(1, 3, 20, 24, generator=generator), "PNG"))
    return str(tmp_path)


def test_a_page_has_what_both_rooms_know_of_a_unit(folder):
    page = UnitPage([folder], UnitOptions(**OWN, steps=2, view_size=20))
    seen = []
    page.look(seen.append)
    assert len(seen) == page.planned
    picture = page.picture()
    assert picture.shape[-1] == 3 * (64 + 8) + 8
    assert page.measures(picture)["relu #2: strongest answer"] > 0
    painted = picture[..., 8 : 8 + 64, 2 * 72 + 8 : 2 * 72 + 8 + 64]
    assert painted.std() > 0.002


def test_the_patches_are_there_when_the_painting_is_interrupted(folder):
    page = UnitPage([folder], UnitOptions(**OWN, steps=4, view_size=20))

    def advance(text: str) -> None:
        if text.startswith("painting"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        page.look(advance)
    assert page.found_something
    assert page.picture().isfinite().all()


def test_a_layer_that_is_not_there(folder):
    with pytest.raises(UnknownNameError, match="lists them"):
        UnitPage([folder], UnitOptions(**{**OWN, "layer": "relu7"}))

import pytest
import torch
from tests_support import loss_of

from deepatelier.synthesis import activation
from deepatelier.synthesis.objectives import Region

MAPS = torch.arange(48.0).view(2, 2, 3, 4)


def test_a_channel_is_its_mean():
    assert loss_of(activation("a", 1), {"a": MAPS}) == pytest.approx(-MAPS[:, 1].mean().item())


def test_a_unit_is_its_position():
    assert loss_of(activation("a", 0, (2, 1)), {"a": MAPS}) == -MAPS[:, 0, 2, 1].mean().item()


def test_a_class_is_its_score():
    assert loss_of(activation("a", 2), {"a": torch.tensor([[1.0, 2.0, 5.0], [1.0, 2.0, 7.0]])}) == -6


@pytest.mark.parametrize("position", [None, (0, 0), (2, 1), (1, 3)])
def test_statistics_of_parts_add_up(position):
    objective = activation("a", 1, position)
    whole = objective.statistic({"a": MAPS}, {"a": Region.all_of(MAPS)})["a"]
    parts = 0.0
    for first, last in ((0, 1), (1, 4)):
        tensor = MAPS[..., first:last]
        region = Region((slice(0, 3), slice(0, last - first)), (slice(0, 3), slice(first, last)), (3, 4))
        parts += objective.statistic({"a": tensor}, {"a": region})["a"]
    assert parts == pytest.approx(whole.item())

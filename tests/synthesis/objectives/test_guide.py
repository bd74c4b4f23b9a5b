import torch
from tests_support import loss_of

from deepatelier.synthesis import guide
from deepatelier.synthesis.objectives import Region


def test_each_position_goes_to_the_guide_that_it_is_most_like():
    maps = torch.tensor([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]]).view(1, 2, 1, 3)
    target = torch.tensor([[2.0, 0.0], [0.0, 1.0]]).view(1, 2, 1, 2)
    # products with (2, 0) and (0, 1): 2 and 0; 0 and 3; 4 and 1
    assert loss_of(guide("a", target), {"a": maps}) == -(2 + 3 + 4)


def test_the_gradient_is_the_guide_there():
    maps = torch.rand(1, 4, 3, 5, requires_grad=True)
    target = torch.rand(1, 4, 2, 2)
    objective = guide("a", target)
    objective.loss(objective.statistic({"a": maps}, {"a": Region.all_of(maps)})).backward()
    others = target[0].flatten(1)
    nearest = (maps.detach()[0].flatten(1).t() @ others).argmax(1)
    assert torch.allclose(-maps.grad[0].flatten(1), others[:, nearest])

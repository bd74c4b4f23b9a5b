import torch

from deepatelier.synthesis.objectives import carried


def test_masks_are_carried_by_their_mean():
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., :3] = 1
    found = carried(mask, {"a": torch.empty(1, 2, 8, 8), "b": torch.empty(1, 5, 2, 2)})
    assert torch.equal(found["a"], mask[0, 0])
    assert torch.allclose(found["b"], torch.tensor([[0.75, 0.0], [0.75, 0.0]]))

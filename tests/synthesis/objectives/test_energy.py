import pytest
import torch
from tests_support import loss_of

from deepatelier.features import extract
from deepatelier.synthesis import energy
from deepatelier.synthesis.objectives import Region


def test_by_hand():
    maps = torch.tensor([[[[1.0, 2.0], [3.0, -4.0]]]])
    assert loss_of(energy("a"), {"a": maps}) == -15


@pytest.mark.parametrize("layer", ["conv1", "relu1", "relu2"])
def test_the_gradient_is_that_of_the_documents(tiny64, layer):
    """Document 001: set the gradient of the layer equal to its activation, and go back to the image."""
    image = torch.rand(1, 3, 8, 10, dtype=torch.float64, requires_grad=True)
    (activation,) = extract(tiny64, image, [layer]).values()
    (documents,) = torch.autograd.grad(activation, image, grad_outputs=activation.detach(), retain_graph=True)
    objective = energy(layer)
    loss = objective.loss(objective.statistic({layer: activation}, {layer: Region.all_of(activation)}))
    (ours,) = torch.autograd.grad(-loss, image)
    assert torch.allclose(ours, documents, rtol=1e-12)

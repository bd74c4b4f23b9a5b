import pytest
import torch
from torch import nn
from torch.autograd.graph import saved_tensors_hooks

from deepatelier import networks
from deepatelier.features import extract
from deepatelier.networks import is_checkpointed, with_checkpoints
from deepatelier.synthesis.objectives import content, evaluate, gram_matrices, gram_style

LAYERS = ("relu1_1", "conv2_1", "relu3_1", "relu4_1")


def _gradient(network, image, criterion):
    image = image.clone().requires_grad_()
    kept = []

    def keep(tensor):
        kept.append(tensor)
        return tensor

    with saved_tensors_hooks(keep, lambda tensor: tensor):
        losses = evaluate(network, criterion, image)
    (gradient,) = torch.autograd.grad(sum(losses.values()), image)
    size = sum({tensor.data_ptr(): tensor.nbytes for tensor in kept if tensor.requires_grad}.values())
    return losses, gradient, size


def test_losses_and_gradients_are_the_same_and_less_is_kept(oxford):
    image, painting = torch.rand(1, 3, 64, 48), torch.rand(1, 3, 40, 40)
    criterion = {
        "style": (1.0, gram_style(LAYERS, gram_matrices(extract(oxford, painting, LAYERS), LAYERS))),
        "content": (1.0, content("relu4_2", torch.zeros(1, 512, 8, 6))),
    }
    losses, gradient, size = _gradient(oxford, image, criterion)
    checkpointed = with_checkpoints(oxford)
    assert is_checkpointed(checkpointed)
    assert not is_checkpointed(oxford)
    ours, same, less = _gradient(checkpointed, image, criterion)
    assert ours == losses
    assert torch.equal(same, gradient)
    assert less < 0.7 * size


@pytest.mark.parametrize("name", networks.names())
def test_modules_keep_their_names(name):
    network = networks.blueprint(name)
    names = [path for path, _ in network.named_modules()]
    assert [path for path, _ in with_checkpoints(network).named_modules()] == names


@pytest.mark.parametrize("name", ["vgg11_gap", "resnet18", "densenet121", "efficientnet_lite0"])
def test_weights_are_shared_and_outputs_stay(name):
    network = networks.build(name, num_classes=10).eval()
    checkpointed = with_checkpoints(network)
    theirs = dict(checkpointed.named_parameters())
    assert all(theirs[path] is parameter for path, parameter in network.named_parameters())
    image = torch.rand(1, 3, 64, 64)
    assert torch.equal(checkpointed(image), network(image))


def test_a_network_without_sequences_has_none(tiny):
    assert not is_checkpointed(with_checkpoints(tiny))
    assert not is_checkpointed(with_checkpoints(nn.Conv2d(3, 3, 1)))

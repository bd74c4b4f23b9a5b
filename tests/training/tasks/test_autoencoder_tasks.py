"""The losses of autoencoders, by hand."""

import math

import pytest
import torch
from torch import nn

from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.training.tasks.denoising import Denoising, noisy
from deepatelier.training.tasks.reconstruction import Reconstruction
from deepatelier.training.tasks.sparse_coding import SparseCoding
from deepatelier.training.tasks.supervised import NETWORK
from deepatelier.training.tasks.variational import VariationalBound, divergence


class Halved(Autoencoder):
    """The code is the picture; half of it comes out."""

    def __init__(self):
        super().__init__(4, 1, 2)
        self.factor = nn.Parameter(torch.tensor(0.5))
        self.log_variance = nn.Parameter(torch.tensor(-40.0))

    def start_from(self, mean):
        """Nothing to start."""

    def encode(self, image):
        return image.flatten(1)

    def distribution(self, image):
        code = self.encode(image)
        return code, self.log_variance.expand_as(code)

    def decode(self, code):
        return self.factor * code.view(-1, 1, 2, 2)


PICTURES = torch.tensor([[[[1.0, 0.0], [0.0, 0.0]]], [[[1.0, 1.0], [0.0, 0.0]]]])


def loss(task):
    (turn,) = task.turns({NETWORK: Halved()}, (PICTURES, torch.zeros(2)))
    assert turn.player == NETWORK
    return turn.objective.item()


def test_the_loss_is_the_sum_of_squares_and_the_metric_their_mean():
    assert loss(Reconstruction()) == pytest.approx((0.25 + 0.5) / 2)
    metrics = Reconstruction().metrics()
    Reconstruction().update(metrics, {NETWORK: Halved()}, (PICTURES, torch.zeros(2)))
    assert metrics["loss"].compute() == pytest.approx(0.375)
    assert metrics["squared error"].compute() == pytest.approx(0.375 / 4)


def test_the_penalty_of_a_sparse_code():
    assert loss(SparseCoding(0.2)) == pytest.approx(0.375 + 0.2 * 1.5)


def test_the_divergence_of_a_code():
    mean = torch.tensor([[1.0, -2.0]])
    assert divergence(torch.zeros(1, 2), torch.zeros(1, 2)).item() == 0
    assert divergence(mean, torch.zeros(1, 2)).item() == pytest.approx(2.5)
    sigma = torch.distributions.Normal(0.3, 2.0), torch.distributions.Normal(0.0, 1.0)
    found = divergence(torch.tensor([[0.3]]), torch.tensor([[2 * math.log(2.0)]]))
    assert found.item() == pytest.approx(torch.distributions.kl_divergence(*sigma).item(), rel=1e-6)
    wanted = 0.375 + 0.1 * divergence(PICTURES.flatten(1), torch.full((2, 4), -40.0)).mean().item()
    assert loss(VariationalBound(0.1)) == pytest.approx(wanted, rel=1e-5)


def test_noise():
    torch.manual_seed(0)
    pictures = torch.rand(400, 3, 8, 8)
    level = torch.cat([torch.zeros(200), torch.full((200,), 0.5)])
    difference = noisy(pictures, "gaussian", level) - pictures
    assert not difference[:200].any()
    assert difference[200:].std().item() == pytest.approx(0.5, rel=0.02)
    masked = noisy(pictures + 0.1, "masking", level) == 0
    assert not masked[:200].any()
    assert masked[200:].float().mean().item() == pytest.approx(0.5, abs=0.02)
    assert torch.equal(masked.all(dim=1), masked.any(dim=1))  # a pixel in all channels


def test_noise_is_drawn_anew_in_training_and_is_the_same_in_each_measurement():
    task, batch = Denoising("gaussian", 0.5), (PICTURES, torch.zeros(2))
    assert loss(task) != loss(task)
    found = []
    for _ in range(2):
        metrics, state = task.metrics(), torch.random.get_rng_state()
        task.update(metrics, {NETWORK: Halved().eval()}, batch)
        assert torch.equal(torch.random.get_rng_state(), state)
        found.append(metrics["loss"].compute())
    assert found[0] == found[1]

import math

import pytest
import torch

from deepatelier.networks.skip_gram import SkipGram
from deepatelier.training.tasks.negative_sampling import NegativeSampling, Surroundings
from deepatelier.training.tasks.supervised import NETWORK

BATCH = Surroundings(*map(torch.tensor, ([0, 2], [1, 2, 3, 0], [0, 0, 1, 0], [3, 1])))
"""Three contexts of the word 0 and one of the word 2, and two noise words."""


@pytest.fixture
def network():
    network = SkipGram(4, 3, torch.Generator().manual_seed(0)).double()
    generator = torch.Generator().manual_seed(1)
    for parameter in network.parameters():
        parameter.data = torch.randn(parameter.shape, dtype=torch.float64, generator=generator)
    return network


def test_the_loss_is_the_equation(network):
    """−log σ(u_o·v_c) − k·(mean over noise words of log σ(−u_w·v_c)), averaged over the pairs."""
    v, u = network.centers.tolist(), network.contexts.tolist()

    def log_sigmoid(context, center, sign):
        return -math.log1p(math.exp(-sign * sum(a * b for a, b in zip(u[context], v[center], strict=True))))

    wanted = 0.0
    for context, owner in zip(BATCH.contexts.tolist(), BATCH.owners.tolist(), strict=True):
        center = BATCH.centers.tolist()[owner]
        noise = sum(log_sigmoid(word, center, -1) for word in BATCH.noise.tolist()) / 2
        wanted -= (log_sigmoid(context, center, 1) + 5 * noise) / 4
    (turn,) = NegativeSampling(5).turns({NETWORK: network}, BATCH)
    assert turn.objective.item() == pytest.approx(wanted, abs=1e-12)


def test_its_gradient(network):
    def loss(centers, contexts):
        parameters = {"centers": centers, "contexts": contexts}
        return NegativeSampling(3).loss(*torch.func.functional_call(network, parameters, BATCH), BATCH)

    assert torch.autograd.gradcheck(loss, tuple(network.parameters()))


def test_the_accuracy_is_that_of_contexts_above_noise(network):
    task = NegativeSampling(5)
    metrics = task.metrics()
    with torch.no_grad():
        task.update(metrics, {NETWORK: network}, BATCH)
    scores = (network.centers @ network.contexts.T).tolist()
    pairs = [(0, 1), (0, 2), (2, 3), (0, 0)]
    wanted = [scores[center][context] > scores[center][word] for center, context in pairs for word in (3, 1)]
    assert metrics[task.measure].compute().item() == pytest.approx(sum(wanted) / 8)


def test_a_batch_without_contexts(network):
    empty = Surroundings(*map(torch.tensor, ([0], [], [], [1])))
    empty = empty._replace(contexts=empty.contexts.long(), owners=empty.owners.long())
    assert NegativeSampling(5).loss(*network(*empty), empty).item() == 0

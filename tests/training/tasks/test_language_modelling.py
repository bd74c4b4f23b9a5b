import math

import pytest
import torch
from torch import nn

from deepatelier.networks.recurrent.language_model import LanguageModel
from deepatelier.training.tasks.language_modelling import LanguageModelling, Piece
from deepatelier.training.tasks.next_token import IGNORED
from deepatelier.training.tasks.supervised import NETWORK


class Uniform(nn.Module):
    """Gives each of four tokens the same probability, and counts the pieces in its state."""

    def forward(self, tokens, state=None, labels=None):
        count = torch.zeros(1) if state is None else state[0]
        return torch.zeros(*tokens.shape, 4), (count + 1,)


def piece(first, targets=((1, 2), (3, 0))):
    return Piece(torch.zeros(2, 2, dtype=torch.long), torch.tensor(targets), None, first)


def test_a_uniform_prediction_of_four_tokens_costs_two_bits():
    task = LanguageModelling("character")
    metrics = task.metrics()
    task.update(metrics, {NETWORK: Uniform()}, piece(True))
    task.update(metrics, {NETWORK: Uniform()}, piece(False, ((1, IGNORED), (IGNORED, IGNORED))))
    assert metrics["bits per character"].compute().item() == pytest.approx(2)
    assert metrics["loss"].compute().item() == pytest.approx(math.log(4))
    assert metrics["loss"].weight == 5  # padding does not count
    task.update(metrics, {NETWORK: Uniform()}, piece(False, ((IGNORED, IGNORED), (IGNORED, IGNORED))))
    assert metrics["loss"].weight == 5


def test_the_state_is_carried_from_piece_to_piece_and_is_zero_before_the_first():
    task = LanguageModelling("word")
    for first, count in ((True, 1), (False, 2), (False, 3), (True, 1)):
        list(task.turns({NETWORK: Uniform()}, piece(first)))
        assert task.carried["state 0"].item() == count


def test_gradients_end_where_a_piece_begins_although_the_state_does_not():
    torch.manual_seed(0)
    network, task = LanguageModel("lstm", 4, embedding=3, width=5), LanguageModelling("byte")
    seen = []
    network.embedding.register_forward_hook(
        lambda _module, _given, output: (output.retain_grad(), seen.append(output))[0]
    )
    for first in (True, False):
        (turn,) = task.turns({NETWORK: network}, piece(first))
    turn.objective.backward()
    assert seen[0].grad is None
    assert seen[1].grad.abs().sum() > 0
    alone = LanguageModelling("byte")
    (other,) = alone.turns({NETWORK: network}, piece(True))
    assert other.objective.item() != turn.objective.item()

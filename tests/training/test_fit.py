"""The loop, with small tasks of every kind that it has to serve."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.optim.lr_scheduler import LambdaLR
from torchmetrics import MeanMetric

from deepatelier.errors import DivergenceError, StateError
from deepatelier.jobs import State
from deepatelier.training.fit import fit
from deepatelier.training.player import Player
from deepatelier.training.tasks.task import Task, Turn
from deepatelier.training.validation import Validation


class Noise:
    """Batches that are drawn from the global random numbers."""

    def __init__(self, shape, batches):
        self.shape, self.batches = shape, batches

    def __len__(self):
        return self.batches

    def epoch(self, number, start=0):
        if not start:
            torch.manual_seed(number)
        for _ in range(start, self.batches):
            yield torch.rand(self.shape)


class Reconstruction(Task):
    """The target is the input."""

    def turns(self, networks, batch):
        yield Turn("autoencoder", functional.mse_loss(networks["autoencoder"](batch), batch))

    def metrics(self):
        return {"error": MeanMetric()}

    def update(self, metrics, networks, batch):
        metrics["error"].update((networks["autoencoder"](batch) - batch).abs())


class Game(Task):
    """A generator against a discriminator (Goodfellow et al., 2014), in turns."""

    def turns(self, networks, batch):
        real, fake = networks["discriminator"](batch), networks["generator"](torch.randn(len(batch), 2))
        ones = torch.ones_like(real)
        loss = functional.binary_cross_entropy_with_logits
        judged = networks["discriminator"](fake.detach())
        yield Turn("discriminator", loss(real, ones) + loss(judged, 0 * ones))
        yield Turn("generator", loss(networks["discriminator"](fake), ones))

    def metrics(self):
        return {}

    def update(self, metrics, networks, batch):
        pass

    def preview(self, networks):
        return torch.full((1, 3, 2, 2), 0.5)


class NextCharacter(Task):
    """Padded sequences, and a hidden state that goes on from batch to batch."""

    def turns(self, networks, batch):
        network, carried = networks["rnn"], self.carried.get("hidden")
        outputs, hidden = network(batch[:, :-1, None], carried)
        self.carried = {"hidden": hidden.detach()}
        real = batch[:, 1:] > 0.2  # the others are padding
        yield Turn("rnn", ((outputs.mean(dim=-1) - batch[:, 1:]) * real).square().sum() / real.sum())

    def metrics(self):
        return {}

    def update(self, metrics, networks, batch):
        pass


def player(network, rate=0.1, **options):
    optimizer = torch.optim.SGD(network.parameters(), lr=rate, momentum=0.9)
    return Player(network, optimizer, LambdaLR(optimizer, lambda step: 1 / (1 + step)), **options)


def reconstruction():
    autoencoder = nn.Sequential(nn.Linear(4, 2), nn.Dropout(0.2), nn.Linear(2, 4))
    return Reconstruction(), {"autoencoder": player(autoencoder)}, Noise((8, 4), 3)


def game():
    generator, discriminator = nn.Linear(2, 3), nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    return Game(), {"generator": player(generator), "discriminator": player(discriminator)}, Noise((8, 3), 3)


def sequence():
    return NextCharacter(), {"rnn": player(nn.RNN(1, 3, batch_first=True))}, Noise((2, 6), 3)


CASES = [reconstruction, game, sequence]


@pytest.fixture(params=CASES, ids=lambda case: case.__name__)
def case(request):
    def made():
        with torch.random.fork_rng():
            torch.manual_seed(7)
            return request.param()

    return made


def weights(players):
    return {
        f"{name} {key}": each.clone()
        for name, player in players.items()
        for key, each in player.network.state_dict().items()
    }


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_every_kind_of_task_learns(case):
    task, players, batches = case()
    before = weights(players)
    steps = list(fit(task, players, batches, 2))
    assert [(step.index, step.epoch, step.row is not None) for step in steps] == [
        (1, 1, False), (2, 1, False), (3, 1, True), (4, 2, False), (5, 2, False), (6, 2, True)
    ]  # fmt: skip
    assert not any(torch.equal(before[name], each) for name, each in weights(players).items())
    names = {"loss"} if len(players) == 1 else {f"{name} loss" for name in players}
    assert steps[0].latest.keys() == steps[-1].losses.keys() == names
    assert {f"running {name}" for name in names} <= steps[2].row.keys()


def test_it_resumes_in_the_middle_of_an_epoch_bit_for_bit(case):
    task, players, batches = case()
    states = [step.state for step in fit(task, players, batches, 2)]
    wanted = weights(players)
    for at, state in enumerate(states[:-1]):
        again, others, same_batches = case()
        written = State(at + 1, state).to_bytes()
        torch.manual_seed(99)
        rest = list(fit(again, others, same_batches, 2, state=State.from_bytes(written).values))
        assert len(rest) == len(states) - at - 1
        assert same(weights(others), wanted), f"after batch {at + 1}"


def test_a_step_is_the_optimizers():
    network = nn.Linear(1, 1, bias=False)
    before, x = network.weight.item(), torch.tensor([[0.5]])
    moved = Player(network, torch.optim.SGD(network.parameters(), lr=0.1), penalties=(network.weight.square().sum,))

    class Squared(Reconstruction):
        def turns(self, networks, batch):
            yield Turn("autoencoder", networks["autoencoder"](x).square().sum())

    (step,) = fit(Squared(), {"autoencoder": moved}, Noise((1, 1), 1), 1)
    assert network.weight.item() == pytest.approx(before - 0.1 * (2 * 0.25 * before + 2 * before))
    assert step.latest["loss"] == pytest.approx(0.25 * before**2 + before**2)
    assert step.row["learning rate"] == 0.1


def test_a_turn_sees_the_weights_that_the_turn_before_has_moved():
    _, players, batches = game()
    seen = []

    class Watched(Game):
        def turns(self, networks, batch):
            for turn in super().turns(networks, batch):
                seen.append(weights(players))
                yield turn
            seen.append(weights(players))

    next(fit(Watched(), players, batches, 1))
    for earlier, later, moves in ((seen[0], seen[1], "discriminator"), (seen[1], seen[2], "generator")):
        moved = {name.split()[0] for name in earlier if not torch.equal(earlier[name], later[name])}
        assert moved == {moves}


def test_the_gradient_is_clipped():
    network = nn.Linear(4, 4)
    before = network.weight.clone(), network.bias.clone()
    clipped = Player(network, torch.optim.SGD(network.parameters(), lr=1.0), clip_gradient=1e-3)
    next(fit(Reconstruction(), {"autoencoder": clipped}, Noise((8, 4), 1), 1))
    change = torch.cat([(network.weight - before[0]).flatten(), network.bias - before[1]])
    assert change.norm().item() == pytest.approx(1e-3, rel=1e-3)


def test_the_values_of_the_gradient_are_clipped():
    network = nn.Linear(4, 4)
    before = network.weight.clone(), network.bias.clone()
    clipped = Player(network, torch.optim.SGD(network.parameters(), lr=1.0), clip_value=1e-3)
    next(fit(Reconstruction(), {"autoencoder": clipped}, Noise((8, 4), 1), 1))
    change = torch.cat([(network.weight - before[0]).flatten(), network.bias - before[1]]).abs()
    assert change.max().item() == pytest.approx(1e-3, rel=1e-3)
    assert change.norm() > 1.5e-3


def test_frozen_modules_stay_in_evaluation_mode():
    norm = nn.BatchNorm1d(4)
    network = nn.Sequential(nn.Linear(4, 4), norm)
    kept = Player(network, torch.optim.SGD(network.parameters(), lr=0.1), frozen=(norm,))
    scale = norm.weight.clone()
    list(fit(Reconstruction(), {"autoencoder": kept}, Noise((8, 4), 2), 1))
    assert torch.equal(norm.running_mean, torch.zeros(4))
    assert not torch.equal(norm.weight, scale)


def test_metrics_are_means_over_a_part_in_evaluation_mode():
    task, players, batches = reconstruction()
    part = [torch.rand(3, 4), torch.rand(2, 4)]
    network = players["autoencoder"].network
    from lightning_fabric import Fabric

    measure = Validation(task, {"held-out": part}, Fabric(accelerator="cpu", devices=1))
    rows = [
        step.row for step in fit(task, players, batches, 3, measure=measure, measure_every=2) if step.row is not None
    ]
    assert ["held-out error" in row for row in rows] == [False, True, True]
    with torch.no_grad():
        wanted = torch.cat([(network.eval()(each) - each).abs() for each in part]).mean()
    assert rows[-1]["held-out error"] == pytest.approx(wanted.item())


def test_a_training_that_diverges_says_when_and_keeps_the_weights():
    task, players, batches = reconstruction()
    network = players["autoencoder"].network
    steps = fit(task, players, batches, 2)
    for _ in range(2):
        next(steps)
    with torch.no_grad():
        network[2].bias.fill_(float("inf"))
    before = weights(players)
    with pytest.raises(DivergenceError, match=r"the loss is (inf|nan) at step 3, in epoch 1\. Start again"):
        next(steps)
    assert same(before, weights(players))


def test_a_state_owns_its_memory_and_that_of_another_is_refused():
    task, players, batches = reconstruction()
    steps = fit(task, players, batches, 2)
    first = next(steps)
    state = first.state
    kept = copy.deepcopy(state["players"]["autoencoder"]["weights"])
    list(steps)
    with pytest.raises(RuntimeError, match="state after step 1 is gone: step 6"):
        _ = first.state
    assert same(kept, dict(state["players"]["autoencoder"]["weights"]))
    for other in (game(), (Reconstruction(), {"autoencoder": player(nn.Linear(4, 4))}, batches)):
        with pytest.raises(StateError, match="of another training"):
            next(fit(*other, 2, state=state))


def test_previews():
    assert next(fit(*game(), 1)).preview.shape == (1, 3, 2, 2)
    assert next(fit(*reconstruction(), 1)).preview is None

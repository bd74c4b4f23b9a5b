"""The preset `fast` against its source's loop, written out plainly (Jordan, airbench 0.1.8, `utils.train`)."""

import torch
from torch.nn.functional import cross_entropy

from deepatelier.networks import Airbench
from deepatelier.training import Training, TrainingOptions

PICTURES, EPOCHS = 24, 100  # with batches of all: steps; the peak of the triangle is a whole step
RATE, MOMENTUM, DECAY, SMOOTHING = 0.5, 0.85, 0.0153, 0.2
OPTIONS = TrainingOptions(
    network="airbench",
    optimizer="airbench",
    learning_rate=RATE,
    momentum=MOMENTUM,
    schedule="triangle",
    label_smoothing=SMOOTHING,
    batch_size="all",
    epochs=EPOCHS,
    limit=PICTURES,
    validation=0,
    test=0,
    validate_every=1000,
)


def by_the_source(model: Airbench, x, y):
    scale = 1024 * (1 + 1 / (1 - MOMENTUM))
    rate, decay = RATE / scale, DECAY * len(x) / scale
    faster = rate * 64
    shifts = [module.bias for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    others = [each for each in model.parameters() if not any(each is shift for shift in shifts)]
    model.whitening.weight.requires_grad_(False)
    others = [each for each in others if each.requires_grad]
    groups = [
        {"params": shifts, "lr": faster, "weight_decay": decay / faster},
        {"params": others, "lr": rate, "weight_decay": decay / rate},
    ]
    optimizer = torch.optim.SGD(groups, momentum=MOMENTUM, nesterov=True)
    peak = int(0.23 * EPOCHS)

    def triangle(step):
        return 0.2 + 0.8 * step / peak if step < peak else 1 - 0.93 * (step - peak) / (EPOCHS - peak)

    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, triangle)
    slow = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    @torch.no_grad()
    def follow(decay):
        for name, fast in model.state_dict().items():
            if fast.is_floating_point():
                slow[name].lerp_(fast, 1 - decay)
                fast.copy_(slow[name])

    model.train()
    for step in range(EPOCHS):
        model.whitening.bias.requires_grad_(step < 0.3 * EPOCHS)
        optimizer.zero_grad(set_to_none=True)
        cross_entropy(model(x), y, label_smoothing=SMOOTHING, reduction="sum").backward()
        optimizer.step()
        scheduler.step()
        if (step + 1) % 5 == 0:
            follow(0.95**5 * ((step + 1) / EPOCHS) ** 3)
    follow(1.0)


def test_the_weights_are_those_of_the_sources_loop(digits, tmp_path):
    training = Training(digits, OPTIONS, tmp_path / "ours")
    other = Training(digits, OPTIONS, tmp_path / "theirs")
    train = other._parts.train
    by_the_source(other.network.requires_grad_(True), train.pixels(), train.targets)
    begun = training.network.state_dict()["fc.weight"].clone()
    training.fit()
    ours, theirs = training.network.state_dict(), other.network.state_dict()
    assert (ours["fc.weight"] - begun).norm() > 0.05 * begun.norm()
    for name, wanted in theirs.items():
        torch.testing.assert_close(ours[name], wanted, rtol=3e-4, atol=3e-4, msg=lambda text, n=name: f"{n}: {text}")

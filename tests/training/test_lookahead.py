import lightning.pytorch as pl
import torch
from torch import nn

from deepatelier.training.lookahead import Lookahead


class _Trainer:
    global_step = 0
    estimated_stepping_batches = 12


class _Module(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.register_buffer("count", torch.zeros(1, dtype=torch.int64))


def test_slow_weights_follow_every_five_steps_and_stay_at_the_end():
    trainer, module, callback = _Trainer(), _Module(), Lookahead()
    callback.on_train_start(trainer, module)
    fast = slow = 0.0
    for step in range(1, 13):
        fast += 1.0
        with torch.no_grad():
            module.weight.add_(1)
        trainer.global_step = step
        callback.on_train_batch_end(trainer, module, None, None, 0)
        if step % 5 == 0:
            decay = 0.95**5 * (step / 12) ** 3
            slow = decay * slow + (1 - decay) * fast
            fast = slow
        if step == 12:
            fast = slow
        assert abs(module.weight.item() - fast) < 1e-5


def test_its_state_goes_on():
    trainer, module, first, second = _Trainer(), _Module(), Lookahead(), Lookahead()
    first.on_train_start(trainer, module)
    with torch.no_grad():
        module.weight.fill_(5)
    second.load_state_dict(first.state_dict())
    second.on_train_start(trainer, module)
    assert second.state_dict()["weight"].item() == 0

import torch
from torch import nn

from deepatelier.training.lookahead import Lookahead


def _module():
    module = nn.Module()
    module.weight = nn.Parameter(torch.zeros(1))
    module.register_buffer("count", torch.zeros(1, dtype=torch.int64))
    return module


def test_slow_weights_follow_every_five_steps_and_stay_at_the_end():
    module = _module()
    lookahead = Lookahead(module)
    fast = slow = 0.0
    for step in range(1, 13):
        fast += 1.0
        with torch.no_grad():
            module.weight.add_(1)
        lookahead.after_step(module, step / 12)
        if step % 5 == 0:
            decay = 0.95**5 * (step / 12) ** 3
            slow = decay * slow + (1 - decay) * fast
            fast = slow
        if step == 12:
            fast = slow
        assert abs(module.weight.item() - fast) < 1e-5


def test_its_state_goes_on():
    module = _module()
    first = Lookahead(module)
    for _ in range(3):
        first.after_step(module, 0.1)
    with torch.no_grad():
        module.weight.fill_(5)
    second = Lookahead(module)
    second.load_state_dict(first.state_dict())
    for _ in range(2):
        second.after_step(module, 0.5)
    decay = 0.95**5 * 0.5**3
    assert module.weight.item() == torch.tensor((1 - decay) * 5).item()

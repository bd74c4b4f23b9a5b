import torch
from torch import nn

from deepatelier.networks.layers import BatchShift


def test_equals_batch_normalisation_with_a_scale_of_one():
    shift, norm = BatchShift(4, momentum=0.4, eps=1e-3), nn.BatchNorm2d(4, momentum=0.4, eps=1e-3)
    with torch.no_grad():
        shift.bias.copy_(torch.randn(4))
        norm.bias.copy_(shift.bias)
    for _ in range(3):
        x = torch.randn(2, 4, 5, 5)
        torch.testing.assert_close(shift(x), norm(x))
    torch.testing.assert_close(shift.eval()(x), norm.eval()(x))
    shift.reset_parameters()
    assert shift.bias.abs().sum() == 0
    assert shift.running_mean.abs().sum() == 0
    assert {name for name, _ in shift.named_parameters()} == {"bias"}

import torch

from deepatelier.labs.normalization import batch_normalized


def test_the_slides_two_steps_are_torchs():
    torch.manual_seed(0)
    z, gamma, beta = 5 + 3 * torch.randn(9, 4).double(), torch.randn(4).double(), torch.randn(4).double()
    wanted = torch.nn.functional.batch_norm(z, None, None, gamma, beta, training=True, eps=1e-5)
    torch.testing.assert_close(batch_normalized(z, gamma, beta), wanted, rtol=1e-12, atol=1e-12)

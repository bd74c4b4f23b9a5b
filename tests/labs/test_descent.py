import torch

from deepatelier.labs.descent import descend

X = torch.linspace(-1, 2, 12, dtype=torch.float64)
Y = 3 * X - 0.5
START = torch.zeros(2, dtype=torch.float64)


def test_a_batch_step_is_the_gradients():
    theta = START.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad((Y - theta[0] * X - theta[1]).square().mean(), theta)
    path = descend(X, Y, START, 0.1, len(X), 1)
    torch.testing.assert_close(path[1], START - 0.1 * gradient)


def test_all_kinds_come_to_the_line_where_there_is_no_noise():
    for batch, steps in ((12, 400), (1, 4800), (4, 1200)):
        path = descend(X, Y, START, 0.1, batch, 400)
        assert path.shape == (steps + 1, 2)
        torch.testing.assert_close(path[-1], torch.tensor([3.0, -0.5]).double(), rtol=1e-4, atol=1e-4)

import pytest

from deepatelier.labs.amount_of_data import width_for
from deepatelier.labs.fitting import perceptron


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_the_width_uses_the_budget(depth):
    def parameters(width):
        return sum(each.numel() for each in perceptron((64, *[width] * depth, 10)).parameters())

    width = width_for(depth, 6000)
    assert parameters(width) <= 6000 < parameters(width + 1)

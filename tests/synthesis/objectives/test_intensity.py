import pytest
import torch
from tests_support import loss_of

from deepatelier.synthesis import intensity


def test_by_hand():
    image = torch.full((2, 3, 4, 5), 0.5)
    assert loss_of(intensity(), {"pixels": image}) == 0
    image[0, 0, 0, 0] += 0.1
    assert loss_of(intensity(), {"pixels": image}) == pytest.approx(25.5**2 / 2, rel=1e-4)

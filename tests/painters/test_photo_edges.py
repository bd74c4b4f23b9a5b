import numpy as np
import pytest

from deepatelier.painters.photo_edges import with_edges

LUMA = np.float32([0.299, 0.587, 0.114])


def test_a_picture_with_the_photographs_tones_stays():
    photo = np.random.default_rng(0).random((40, 60, 3), np.float32)
    assert np.allclose(with_edges(photo, photo), photo, atol=1e-5)


def test_a_flat_photograph_changes_nothing():
    painted = np.random.default_rng(0).random((40, 60, 3), np.float32)
    assert np.allclose(with_edges(painted, np.full_like(painted, 0.3)), painted, atol=1e-5)
    assert np.array_equal(with_edges(painted[:1], painted[:1] * 0.5), painted[:1])


@pytest.mark.parametrize("size", [(90, 120), (900, 1200)])
def test_an_edge_of_the_photograph_is_seen_again(size):
    photo = np.zeros((*size, 3), np.float32)
    photo[:, size[1] // 2 :] = 1
    found = with_edges(np.full_like(photo, 0.5), photo) @ LUMA
    assert found.max() - found.min() > 0.5
    assert np.allclose(found[:, : size[1] // 4], 0.5, atol=0.02)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepatelier.painters.patches import assembled, averaged, neighbourhoods

RANDOM = np.random.default_rng(0)


def test_a_neighbourhood_is_what_lies_around():
    maps = RANDOM.normal(size=(4, 5, 2)).astype(np.float32)
    rows = neighbourhoods(maps)
    assert rows.shape == (20, 18)
    assert np.array_equal(rows[1 * 5 + 2].reshape(3, 3, 2), maps[0:3, 1:4])
    assert np.array_equal(rows[0].reshape(3, 3, 2)[0, 0], maps[0, 0])  # the edge is repeated


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4))
def test_every_patch_in_its_own_place_is_the_painting(height, width, cell):
    painting = RANDOM.random((height * cell, width * cell, 3), np.float32)
    places = np.arange(height * width)
    assert np.allclose(assembled([painting], places, (height, width), cell), painting, atol=1e-6)
    maps = RANDOM.normal(size=(height, width, 2)).astype(np.float32)
    assert np.allclose(averaged(neighbourhoods(maps), places, (height, width)), maps, atol=1e-6)


def test_what_is_copied_together_stays_together():
    painting = RANDOM.random((16, 20, 3), np.float32)
    places = (np.arange(3)[:, None] * 5 + np.arange(3) + 1).ravel()  # the cells from column 1 of 5, rows 0 to 2 of 4
    assert np.allclose(assembled([painting], places, (3, 3), 4), painting[:12, 4:16], atol=1e-6)


def test_where_patches_meet_they_are_blended():
    painting = np.zeros((4, 8, 3), np.float32)
    painting[:, 4:] = 1
    places = np.array([0, 3] * 2)  # of cells of 2 pixels in a grid of 2 x 4: black beside white
    seam = assembled([painting], places, (2, 2), 2)
    assert seam[0, 0, 0] == pytest.approx(0, abs=0.1)
    assert seam[0, -1, 0] == pytest.approx(1, abs=0.1)
    assert np.all(np.diff(seam[0, :, 0]) >= 0)


def test_at_its_border_a_painting_is_mirrored_and_not_mixed_with_others():
    paintings = [np.full((*size, 3), value, np.float32) for size, value in (((4, 6), 0.5), ((10, 4), 1.0))]
    places = RANDOM.choice([y * 5 + x for y in range(2) for x in range(3)], 12)  # of 3 + 2 columns of cells
    assert np.allclose(assembled(paintings, places, (3, 4), 2), 0.5, atol=1e-6)
    assert np.allclose(assembled(paintings, np.full(12, 2 * 5 + 3), (3, 4), 2), 1, atol=1e-6)

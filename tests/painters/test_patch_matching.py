import numpy as np
import pytest

from deepatelier.painters.patch_levels import level_of
from deepatelier.painters.patch_matching import SOFTNESS, balanced, enlarged, improved, sampled, scores

RANDOM = np.random.default_rng(0)
C, T = 1.5, 0.5


def _maps(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def _level(photo, *paintings, weights=(1.0,)):
    return level_of(photo, paintings, weights, dimensions=(4, 3), importance=(C, T))


def test_the_scores_are_those_of_the_formula():
    level = _level(_maps(4, 5, 6), _maps(6, 3, 6))
    dual = RANDOM.normal(size=18).astype(np.float32)
    around = RANDOM.normal(size=(20, 27)).astype(np.float32)  # times √t, as the paintings' own
    weight = -level.content[:, -1:]
    wanted, known = level.content[:, :-1] / (2 * weight), level.features[:, :-1]
    away = np.square(wanted[:, None] - known).sum(2)
    apart = np.square(around[:, None] - level.texture).sum(2)
    found, expected = scores(level, dual, around), -weight * away - apart + dual
    assert np.allclose(found - found[:, :1], expected - expected[:, :1], atol=1e-3)
    first, without = scores(level, dual, None), -weight * away + dual
    assert np.allclose(first - first[:, :1], without - without[:, :1], atol=1e-3)


def test_the_photograph_counts_more_where_it_has_detail():
    photo = np.zeros((12, 12, 6), np.float32)
    photo[:, 6:] = _maps(12, 6, 6)
    weight = -_level(photo, _maps(6, 6, 6)).content[:, -1].reshape(12, 12)
    assert np.allclose(weight[:, :4], 0.6 * C)
    assert weight[:, 7:].mean() > 1.3 * C


def test_the_neighbourhoods_have_a_mean_square_of_their_weight():
    level = _level(_maps(4, 4, 6), _maps(8, 8, 6))
    assert np.square(level.texture).sum(1).mean() == pytest.approx(T, rel=1e-4)


def test_every_patch_is_used_as_much_as_its_share():
    found = RANDOM.normal(size=(300, 12)).astype(np.float32)
    share = RANDOM.random(12).astype(np.float32)
    share /= share.sum()
    found += balanced(found.copy(), share, [SOFTNESS] * 60)
    plan = np.exp((found - found.max(1, keepdims=True)) / 0.2)
    assert np.allclose((plan / plan.sum(1, keepdims=True)).mean(0), share, atol=1e-3)


def test_decreasing_softness_balances_far_apart_scores_in_few_rounds():
    found = 3 * RANDOM.normal(size=12).astype(np.float32) + RANDOM.normal(size=(300, 12)).astype(np.float32)
    share = np.full(12, 1 / 12, np.float32)
    used = {}
    for softness in ((1.6, 1.6, 0.8, 0.4, SOFTNESS), (SOFTNESS,) * 5):
        best = (found + balanced(found.copy(), share, softness)).argmax(1)
        used[softness[0]] = np.bincount(best, minlength=12).max() / 300
    assert used[1.6] < 0.2 < used[SOFTNESS]


def test_patches_are_drawn_from_the_plan():
    found = np.tile(np.float32([0, 0.1, 0.3]), (20000, 1))
    counts = np.bincount(sampled(found, 1, np.random.default_rng(0)), minlength=3) / 20000
    plan = np.exp(found[0] / 0.2)
    assert np.allclose(counts, plan / plan.sum(), atol=0.015)
    assert np.all(sampled(found, 0, np.random.default_rng(0)) == 2)


def test_what_is_no_painting_is_never_copied():
    level = _level(_maps(8, 8, 6), _maps(8, 4, 6), _maps(4, 8, 6), weights=(0.5, 0.5))
    assert level.grid == (8, 12)
    assert level.share.sum() == pytest.approx(1)
    empty = np.flatnonzero(level.share == 0)
    assert len(empty) == 32
    places = sampled(scores(level, np.zeros(96, np.float32), None), 1, RANDOM)
    places = improved(level, places, None, np.zeros(96, np.float32), 3)
    assert not np.isin(places, empty).any()


def test_the_search_finds_the_picture_from_a_few_right_places():
    painting = _maps(12, 12, 6)
    level = _level(painting, painting)
    right = np.arange(144)
    start = np.where(RANDOM.random(144) < 0.3, right, RANDOM.integers(0, 144, 144))
    found = improved(level, start, None, np.zeros(144, np.float32), 8)
    assert (found == right).mean() > 0.95


def test_another_candidate_is_taken_if_it_is_better():
    painting = _maps(6, 6, 6)
    level = _level(painting, painting)
    start = np.zeros(36, np.intp)
    found = improved(level, start, np.arange(36), np.zeros(36, np.float32), 1)
    assert (found == np.arange(36)).mean() > 0.9


@pytest.mark.parametrize("finer", [2, 4])
def test_on_a_finer_level_the_same_is_copied(finer):
    coarse = _level(_maps(3, 4, 6), _maps(5, 6, 6))
    places = (np.arange(3)[:, None] * 6 + np.arange(4) + 1).ravel()
    fine = enlarged(places, coarse, (3 * finer, 4 * finer), (5 * finer, 6 * finer))
    expected = np.arange(3 * finer)[:, None] * 6 * finer + np.arange(4 * finer) + finer
    assert np.array_equal(fine, expected.ravel())


def test_around_a_place_lies_what_is_copied_there():
    level = _level(_maps(5, 5, 6), _maps(5, 5, 6))
    assert np.allclose(level.around(np.arange(25)), level.texture, atol=1e-6)

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from deepatelier.images import resize
from deepatelier.synthesis import Level, PixelCanvas, coarse_to_fine, plan_levels, total_variation


@given(
    height=st.integers(1, 4000),
    width=st.integers(1, 4000),
    steps=st.integers(1, 500),
    levels=st.integers(1, 8) | st.none(),
)
def test_levels_share_the_steps_and_end_at_full_size(height, width, steps, levels):
    plan = plan_levels((height, width), steps, levels)
    assert plan[-1].size == (height, width)
    assert sum(level.steps for level in plan) == steps
    assert all(level.steps >= 1 and min(level.size) >= 1 for level in plan)
    if levels:
        assert len(plan) == min(levels, steps)
    elif len(plan) > 1:
        assert max(plan[0].size) >= 180
        assert min(plan[0].size) >= 32


@pytest.mark.parametrize(
    ("longest", "sizes"), [(200, [200]), (384, [192, 384]), (512, [256, 512]), (1024, [256, 512, 1024])]
)
def test_the_coarsest_is_about_256(longest, sizes):
    assert [level.size[1] for level in plan_levels((longest // 2, longest), 99)] == sizes


@given(
    steps=st.integers(1, 300),
    shares=st.lists(st.floats(0.01, 1000), min_size=1, max_size=6),
    ratio=st.floats(1.1, 4),
)
def test_shares_of_the_steps(steps, shares, ratio):
    plan = plan_levels((300, 400), steps, len(shares), ratio, shares)
    assert sum(level.steps for level in plan) == steps
    assert all(level.steps >= 1 for level in plan)
    assert plan[-1].size == (300, 400)


def test_the_plan_of_gatys_notebook():
    plan = plan_levels((600, 800), 700, 2, 800 / 512, (5.0, 2.0))
    assert plan == [Level((384, 512), 500), Level((600, 800), 200)]


CRITERION = {"tv": (1.0, total_variation())}
LEVELS = [Level((8, 10), 3), Level((16, 20), 4)]


def _run(tiny, state=None):
    def canvas_at(level, image):
        if image is None:
            image = torch.rand(1, 3, 8, 10, generator=torch.Generator().manual_seed(0))
        return PixelCanvas(resize(image, level.size), margin=2)

    return coarse_to_fine(tiny, lambda _: CRITERION, canvas_at, LEVELS, state=state)


def test_goes_from_coarse_to_fine(tiny):
    steps = list(_run(tiny))
    assert [(step.level, step.index) for step in steps] == [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (1, 4)]
    assert [tuple(step.image.shape[-2:]) for step in steps] == [(8, 10)] * 3 + [(16, 20)] * 4


@pytest.mark.parametrize("after", [2, 3, 5])
def test_resumes_in_any_level(tiny, after):
    whole = list(_run(tiny))
    run = _run(tiny)
    for _ in range(after):
        step = next(run)
    state = step.state
    for expected, resumed in zip(whole[after:], _run(tiny, state), strict=True):
        assert torch.equal(expected.image, resumed.image)
        assert (expected.level, expected.index) == (resumed.level, resumed.index)

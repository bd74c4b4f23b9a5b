"""Jobs in turn, and on a sheet."""

import pytest
import torch
from toy_jobs import Dots, Pictures, Row, Silent, finished

from deepatelier.images import open_picture
from deepatelier.jobs import Context, Plan, State, make, picture_of, plan_of


def _picture(result):
    return result.files["picture"].image


def _steps_of(job, context=None):
    steps, seen = job.run(context), []
    try:
        while True:
            seen.append(next(steps))
    except StopIteration as done:
        return seen, done.value


def _stopped(job, after, context=None):
    """The result of a job that is stopped after so many steps of its generator."""
    steps = job.run(context)
    for _ in range(after):
        next(steps)
    with pytest.raises(StopIteration) as done:
        steps.throw(KeyboardInterrupt())
    return done.value.value


def test_each_childs_steps_and_its_end_are_told():
    steps, result = _steps_of(Row(seeds=(0, 1, 2)))
    names = [f"seed={seed}" for seed in range(3)]
    assert [step.child for step in steps] == [name for name in names for _ in range(4)]
    assert [step.index for step in steps] == [1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9]
    assert {step.of for step in steps} == {9}
    assert [step.child for step in steps if step.finished] == names
    assert (result.steps, result.interrupted) == (9, False)


def test_the_sheet_holds_every_picture(tmp_path):
    made = make(Row(), {"picture": tmp_path / "row.png"})
    sheet = open_picture(tmp_path / "row.png").tensor()
    for seed in (0, 1):
        alone = (255 * _picture(finished(Dots(seed=seed, steps=3).run()))).round() / 255
        tiles = sheet.unfold(2, 12, 1).unfold(3, 16, 1).permute(0, 2, 3, 1, 4, 5)
        assert (tiles - alone[:, None, None]).abs().amax(dim=(3, 4, 5)).min() < 1e-6
        assert made.record.losses[f"seed={seed}"] == pytest.approx(alone.sum().item(), rel=1e-5)
    assert made.record.losses["total"] == pytest.approx(sum(made.record.losses[f"seed={seed}"] for seed in (0, 1)))
    assert set(made.record.measures) == {"seed=0: brightest", "seed=1: brightest"}


def test_a_preview_shows_what_there_is():
    steps = Row().run()
    first = next(steps).preview
    for _ in range(4):
        step = next(steps)
    both = step.preview
    steps.close()
    assert first.shape == both.shape
    assert not torch.equal(first, both)


@pytest.mark.parametrize("after", [1, 3, 4, 5, 7])
def test_it_goes_on_from_any_step(after):
    seen, whole = _steps_of(Row())
    steps = Row().run()
    state = [next(steps) for _ in range(after)][-1].state
    steps.close()
    rest, result = _steps_of_state(Row(), State.from_bytes(state.to_bytes()))
    assert torch.equal(_picture(result), _picture(whole))
    assert [(step.index, step.child) for step in rest] == [(step.index, step.child) for step in seen[after:]]
    assert (result.steps, result.interrupted) == (whole.steps, False)


def _steps_of_state(job, state):
    steps, seen = job.run(state=state), []
    try:
        while True:
            seen.append(next(steps))
    except StopIteration as done:
        return seen, done.value


def test_stopped_within_the_first():
    result = _stopped(Row(), 2)
    assert (result.interrupted, result.steps) == (True, 2)
    assert torch.isfinite(_picture(result)).all()


@pytest.mark.parametrize("after", [4, 5])
def test_stopped_after_the_first_or_within_the_second(after):
    result = _stopped(Row(), after)
    assert result.interrupted
    assert result.steps == (3 if after == 4 else 4)


def test_what_is_stopped_is_written_with_what_there_is(tmp_path):
    made = make(Row(seeds=(0, 1, 2)), {"picture": tmp_path / "row.png"}, stop_after=4)
    assert made.record.interrupted
    assert set(made.record.losses) == {"seed=0", "seed=1", "total"}


def test_those_in_turn_alone():
    _, whole = _steps_of(Pictures())
    assert whole.details["names"] == ["seed=0", "seed=1"]
    assert _stopped(Pictures(), 2).details["names"] == ["seed=0"]
    part = _stopped(Pictures(), 6)
    assert (part.details["names"], part.interrupted) == (["seed=0", "seed=1"], True)


def test_a_child_that_was_finished_before_is_not_done_again():
    context = Context()
    known = torch.full((1, 3, 12, 16), 0.5)
    context.child_done = lambda name, job: known if name == "seed=0" and job == Dots(seed=0, steps=3) else None
    steps, result = _steps_of(Row(), context)
    assert {step.child for step in steps} == {"seed=1"}
    assert result.steps == 6
    whole = _picture(result)
    assert whole.shape == _picture(_steps_of(Row())[1]).shape
    assert (whole == 0.5).sum() >= known.numel()


def test_it_is_cancelled_where_it_is():
    context = Context()
    steps = Row().run(context)
    for _ in range(5):
        next(steps)
    context.cancel()
    with pytest.raises(StopIteration) as done:
        next(steps)
    assert (done.value.value.interrupted, done.value.value.steps) == (True, 4)


def test_the_plan_of_several():
    assert plan_of([Dots(steps=3), Silent(steps=2)], Context()) == Plan(5)


def test_the_picture_of_a_result():
    picture = picture_of(finished(Dots().run()))
    assert picture.shape == (1, 3, 12, 16)
    assert not picture.requires_grad

"""What every job does when it is run, stopped, cancelled and placed."""

import threading

import pytest
import torch
from pydantic import ValidationError
from toy_jobs import Dots, Silent, finished

from deepatelier.errors import StateError
from deepatelier.jobs import Cancelled, Choice, Context


def _picture(result):
    return result.files["picture"].image


def test_it_is_a_generator_of_steps_that_returns_a_result():
    steps = Dots().run()
    seen = [next(steps) for _ in range(4)]
    assert [(step.index, step.of) for step in seen] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert seen[2].values["sum"] == pytest.approx(seen[2].preview.sum().item())
    with pytest.raises(StopIteration) as done:
        next(steps)
    assert torch.equal(_picture(done.value.value), seen[-1].preview)


def test_options_are_checked_and_frozen():
    with pytest.raises(ValidationError, match="valid integer"):
        Dots(steps="many")
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Dots(stepz=3)
    with pytest.raises(ValidationError, match="frozen"):
        Dots().steps = 5


@pytest.mark.parametrize("after", [1, 3])
def test_it_goes_on_from_the_state_of_a_step(after):
    whole = finished(Dots().run())
    steps = Dots().run()
    state = [next(steps) for _ in range(after)][-1].state
    steps.close()
    again = Dots().run(state=state)
    assert next(again).index == after + 1
    assert torch.equal(_picture(finished(again)), _picture(whole))


def test_who_throws_gets_what_there_is():
    steps = Dots(steps=9).run()
    next(steps)
    last = next(steps)
    with pytest.raises(StopIteration) as done:
        steps.throw(KeyboardInterrupt())
    result = done.value.value
    assert (result.interrupted, result.steps) == (True, 2)
    assert torch.equal(_picture(result), last.preview)


def test_a_job_with_nothing_to_show_lets_it_pass():
    steps = Silent().run()
    next(steps)
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt())


def test_it_is_cancelled_from_another_thread():
    context = Context()
    steps = Dots(steps=50).run(context)
    assert [next(steps).index for _ in range(3)] == [1, 2, 3]
    thread = threading.Thread(target=context.cancel)
    thread.start()
    thread.join()
    with pytest.raises(StopIteration) as done:
        next(steps)
    assert (done.value.value.interrupted, done.value.value.steps) == (True, 3)
    with pytest.raises(Cancelled):
        context.check()


def test_a_silent_job_that_is_cancelled_raises():
    context = Context()
    steps = Silent().run(context)
    next(steps)
    context.cancel()
    with pytest.raises(Cancelled):
        next(steps)


@pytest.mark.parametrize("leave", ["close", "throw"])
def test_what_it_holds_is_closed_with_it(leave):
    context = Context()
    steps = Dots().run(context)
    next(steps)
    assert context.kept["open"] == 1
    if leave == "close":
        steps.close()
    else:
        with pytest.raises(ZeroDivisionError, match="somebody"):
            steps.throw(ZeroDivisionError("somebody else's"))
    assert context.kept["open"] == 0


def test_a_context_says_where_it_runs():
    context = Context(device="cuda:7", precision="float32")
    assert context.placed(Dots(seed=3)) == Dots(seed=3, device="cuda:7")
    assert context.placed(Silent()) == Silent(), "it has no device, and no precision"
    result = finished(Dots(steps=1).run(Context(device="mps")))
    assert (result.device, result.job.device) == ("mps", "mps")


def test_none_is_recalled_that_makes_no_picture():
    with pytest.raises(StateError, match="A silent has no picture from which it could be recalled"):
        Silent().recalled(Context(), torch.zeros(1, 3, 2, 2))


def test_a_choice_is_told_by_its_flag(monkeypatch):
    assert not Dots.chosen_by({"many": True})
    monkeypatch.setattr(Dots, "choice", Choice("many", True, "Many dots."))
    assert Dots.chosen_by({"many": True})
    assert not Dots.chosen_by({"many": False})
    assert not Dots.chosen_by({})

import copy
import subprocess
import sys

import pytest
import torch

from deepatelier.errors import OptionError
from deepatelier.features import extract
from deepatelier.jobs import State
from deepatelier.synthesis import PixelCanvas, content, gram_matrices, gram_style, synthesize, total_variation

LAYERS = ("relu1", "relu2")


@pytest.fixture
def criterion(tiny):
    photo, painting = torch.rand(1, 3, 16, 20), torch.rand(1, 3, 12, 14)
    return {
        "content": (1.0, content("relu2", extract(tiny, photo, ["relu2"])["relu2"])),
        "style": (50.0, gram_style(LAYERS, gram_matrices(extract(tiny, painting, LAYERS), LAYERS))),
        "tv": (1e-6, total_variation()),
    }


def _start():
    return torch.rand(1, 3, 16, 20, generator=torch.Generator().manual_seed(4))


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_the_loss_falls(tiny, criterion, optimizer):
    totals = [step.total for step in synthesize(tiny, criterion, PixelCanvas(_start()), optimizer=optimizer, steps=40)]
    assert len(totals) == 40
    assert totals[-1] < 0.2 * totals[0]


def test_losses_belong_to_the_image(tiny, criterion):
    for step in synthesize(tiny, criterion, PixelCanvas(_start()), steps=4):
        again = next(synthesize(tiny, criterion, PixelCanvas(step.image), steps=1))
        assert again.losses == pytest.approx(step.losses, rel=1e-5)
        assert step.total == pytest.approx(sum(step.losses.values()))
        assert list(step.losses) == ["content", "style", "tv"]


def test_the_first_image_is_the_start_and_images_are_copies(tiny, criterion):
    steps = list(synthesize(tiny, criterion, PixelCanvas(_start()), steps=3))
    assert torch.allclose(steps[0].image, _start())
    assert not torch.equal(steps[0].image, steps[2].image)
    assert [step.index for step in steps] == [1, 2, 3]


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
@pytest.mark.parametrize("saved", [False, True])
def test_three_steps_resumed_equal_three_more(tiny, criterion, optimizer, saved):
    whole = list(synthesize(tiny, criterion, PixelCanvas(_start()), optimizer=optimizer, steps=6))
    *_, third = (s for s in synthesize(tiny, criterion, PixelCanvas(_start()), optimizer=optimizer, steps=3))
    state = State.from_bytes(third.state.to_bytes()) if saved else third.state
    resumed = list(
        synthesize(tiny, criterion, PixelCanvas(torch.zeros(1, 3, 16, 20)), optimizer=optimizer, steps=3, state=state)
    )
    for a, b in zip(whole[3:], resumed, strict=True):
        assert a.index == b.index
        assert a.losses == b.losses
        assert torch.equal(a.image, b.image)


def test_a_state_owns_its_memory(tiny, criterion):
    run = synthesize(tiny, criterion, PixelCanvas(_start()), steps=8)
    next(run)
    second = next(run)
    state = second.state
    before = copy.deepcopy(state)
    next(run)
    assert torch.equal(state.values["canvas"]["levels"], before.values["canvas"]["levels"])
    gradients = [each.values["optimizer"]["state"]["gradient"] for each in (state, before)]
    assert torch.equal(*gradients)
    with pytest.raises(RuntimeError, match="gone"):
        _ = second.state


def test_a_changed_criterion_drops_the_optimisers_memory(tiny, criterion):
    *_, step = synthesize(tiny, criterion, PixelCanvas(_start()), steps=5)
    state = step.state
    louder = {**criterion, "style": (500.0, criterion["style"][1])}
    going_on = next(synthesize(tiny, louder, PixelCanvas(_start()), steps=1, state=state)).state
    same = next(synthesize(tiny, criterion, PixelCanvas(_start()), steps=1, state=state)).state
    assert going_on.values["optimizer"]["state"]["s"] == []
    assert len(same.values["optimizer"]["state"]["s"]) > 0


def test_random_numbers_go_on_too(tiny, criterion):
    """In a generator of any seed; those of the process are left alone."""
    drawn = []

    def view(image, generator):
        drawn.append(torch.rand(1, generator=generator).item())
        return image

    def run(steps, seed, state=None):
        generator, canvas = torch.Generator().manual_seed(seed), PixelCanvas(_start(), view=view)
        *_, last = synthesize(tiny, criterion, canvas, steps=steps, generator=generator, state=state)
        return last.state

    before = torch.random.get_rng_state()
    run(4, seed=1)
    run(2, seed=99, state=run(2, seed=1))
    assert drawn[:4] == drawn[4:]
    assert len(set(drawn[:4])) == 4
    assert torch.equal(torch.random.get_rng_state(), before)


def test_no_hook_is_alive_while_a_step_is_looked_at(tiny, criterion):
    for _ in synthesize(tiny, criterion, PixelCanvas(_start()), steps=2):
        assert not any(module._forward_hooks for module in tiny.modules())


def test_a_loss_that_is_no_number_is_said(tiny, criterion):
    broken = {**criterion, "content": (float("nan"), criterion["content"][1])}
    with pytest.raises(OptionError, match="no longer a number at step 1: content"):
        next(synthesize(tiny, broken, PixelCanvas(_start()), steps=1))


def test_the_margin_is_painted_but_not_shown(tiny):
    canvas = PixelCanvas(_start(), margin=3)
    outside = canvas()[..., :3, :].detach().clone()
    *_, step = synthesize(tiny, {"tv": (1.0, total_variation())}, canvas, steps=3)
    assert step.image.shape == (1, 3, 16, 20)
    assert not torch.equal(canvas()[..., :3, :], outside)


def test_the_first_step_does_not_import_torchs_compiler():
    """Which takes longer than the step; nor does a trained painter."""
    program = (
        "import sys; from deepatelier import samples; from deepatelier.painters import FastStyle, FastStyleOptions;"
        "from deepatelier.synthesis import StyleOptions, StyleTransfer;"
        "photo = samples.open_picture('coffee'); few = {'size': 48, 'device': 'cpu'};"
        "next(StyleTransfer(photo, photo, StyleOptions(**few)).steps());"
        "from deepatelier.painters.trained_painters import SHIPPED_PAINTER;"
        "few['painter'] = str(SHIPPED_PAINTER);"
        "FastStyle(photo, samples.open_picture('swirl'), FastStyleOptions(**few)).paint();"
        "print([name for name in ('torch._dynamo', 'sympy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"

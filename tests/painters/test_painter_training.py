import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from conftest import gradient_picture
from safetensors import safe_open
from safetensors.torch import load_file
from tests_support import run

from deepatelier import samples
from deepatelier.errors import InputError, OptionError, StateError
from deepatelier.images import encode
from deepatelier.jobs import Context, Record, State, read_record
from deepatelier.painters.painter_job import PainterJob, PainterOptions
from deepatelier.painters.painter_training import PainterTraining
from deepatelier.painters.trained_painters import load_painter

OWN = {
    "network": "conftest:TinyNetwork",
    "device": "cpu",
    "content_layers": ("relu2",),
    "style_layers": ("relu1", "relu2"),
    "size": 64,
    "crop": 64,
    "batch": 2,
}
WORDS = [
    word
    for name, value in OWN.items()
    for word in (f"--{name.replace('_', '-')}", *(value if isinstance(value, tuple) else [str(value)]))
]


def _training(**options):
    return PainterTraining([gradient_picture(64, 80, "a.png")], PainterOptions(**{**OWN, "start": "none", **options}))


def _write(training, path):
    path.write_bytes(training.trained().encoded(path, None))


def test_it_learns():
    losses = [sum(step.values.values()) for step in _training(steps=60, learning_rate=0.01).steps()]
    assert len(losses) == 60
    assert losses[-1] < 0.6 * losses[0]


def test_the_same_seed_gives_the_same_painter():
    first, second = (_training(steps=2) for _ in range(2))
    for training in (first, second):
        list(training.steps())
    assert all(torch.equal(*pair) for pair in zip(first.network.parameters(), second.network.parameters(), strict=True))


def test_what_it_learnt_is_in_the_file(tmp_path):
    training = _training(steps=2)
    list(training.steps())
    _write(training, tmp_path / "p.safetensors")
    painter = load_painter(str(tmp_path / "p.safetensors"))
    assert painter.style_of(gradient_picture(64, 80, "a.png")) == 0
    assert painter.training["steps"] == 2
    assert painter.training["options"]["crop"] == 64
    again = _training(steps=1, start=str(tmp_path / "p.safetensors"))
    ours, theirs = (each.network.first.weight for each in (training, again))
    assert torch.allclose(ours, theirs, atol=1e-3)


def test_it_begins_with_the_painter_that_ships():
    shipped, begun = load_painter().network, _training(start="shipped").network
    assert torch.equal(begun.last.weight, shipped.last.weight)
    assert torch.allclose(begun.down[0].norm.gamma[0], shipped.down[0].norm.gamma.mean(dim=0))
    options = PainterOptions(**{**OWN, "start": "shipped"})
    known = PainterTraining([samples.open_picture("mosaic"), gradient_picture(64, 80, "a.png")], options).network
    assert torch.equal(known.down[0].norm.gamma[0], shipped.down[0].norm.gamma[1])


def test_photographs_that_cannot_be_read(tmp_path):
    (tmp_path / "bad.png").write_text("no picture")
    with pytest.raises(InputError, match="None of the photographs can be read"):
        _training(photos=(str(tmp_path),))
    (tmp_path / "good.png").write_bytes(encode(gradient_picture(80, 90).tensor(), "PNG"))
    training = _training(photos=(str(tmp_path),), steps=1)
    assert len(training.skipped) == 1
    assert "bad.png" in training.skipped[0]
    list(training.steps())


def test_a_loss_that_is_no_number_is_said():
    with pytest.raises(OptionError, match="Lower --learning-rate"):
        list(_training(steps=60, learning_rate=1.0, alpha=1e38).steps())


def test_the_command(capsys, tmp_path):
    painting, photo, file = tmp_path / "a.png", tmp_path / "photo.png", tmp_path / "p.safetensors"
    painting.write_bytes(encode(gradient_picture(64, 80).tensor(), "PNG"))
    photo.write_bytes(encode(gradient_picture(50, 70).tensor(), "PNG"))
    code, out, err = run(
        capsys, "train-painter", painting, "-o", file, "--start", "none", "--steps", 2, *WORDS, "--json"
    )
    assert (code, err) == (0, "")
    record = json.loads(out)
    assert record["job"]["paintings"] == ["a.png"]
    assert set(record["losses"]) == {"content relu2", "style", "tv"}
    assert str(tmp_path) not in json.dumps({**record, "output": ""})
    with safe_open(file, framework="pt") as opened:
        assert "deepatelier" in opened.metadata()
    assert read_record(file).model_dump(exclude={"output"}) == Record(**record).model_dump(exclude={"output"})
    words = ("style", photo, painting, "--fast", "--painter", file, "--size", 64, "--device", "cpu")
    code, out, err = run(capsys, *words, "-o", tmp_path / "out.png", "--json")
    assert (code, err) == (0, "")
    record = json.loads(out)
    assert (record["size"], record["steps"], record["losses"]) == ([64, 45], 0, {})
    assert record["job"]["painter"] == "p.safetensors"
    code, _, err = run(capsys, "rerun", tmp_path / "out.png")
    assert code == 0
    assert "every pixel is as in the first one" in err
    code, _, err = run(capsys, "style", photo, painting, "--fast", "-o", tmp_path / "no.png")
    assert code == 2
    assert re.search(r"does not know the painting a\.png", err)


def test_bad_words(capsys, tmp_path):
    code, _, err = run(capsys, "train-painter", "swirl", "-o", tmp_path / "p.pt")
    assert code == 2
    assert ".safetensors" in err
    code, _, err = run(capsys, "train-painter", "nothing.png", "-o", tmp_path / "p.safetensors")
    assert code == 2
    assert "nothing.png" in err


def test_a_painting_that_is_too_thin_is_said():
    with pytest.raises(OptionError, match="painting is too thin"):
        PainterTraining([gradient_picture(1, 300)], PainterOptions(**{**OWN, "size": 64}))


def test_the_file_names_no_paths(tmp_path):
    training = _training(steps=1)
    list(training.steps())
    first = tmp_path / "first.safetensors"
    _write(training, first)
    again = _training(steps=1, start=str(first))
    list(again.steps())
    _write(again, tmp_path / "second.safetensors")
    about = load_painter(str(tmp_path / "second.safetensors")).training
    assert about["options"]["start"] == "first.safetensors"
    assert str(tmp_path) not in json.dumps(about)
    assert set(about["files"]) == {"start"}


def test_what_was_learnt_before_a_loss_was_no_number_is_kept(capsys, tmp_path, monkeypatch):
    steps = PainterTraining.steps

    def ends_badly(self, state):
        yield next(steps(self, state))
        raise OptionError("The loss is not a number any more.")

    monkeypatch.setattr(PainterTraining, "steps", ends_badly)
    file = tmp_path / "p.safetensors"
    code, _, err = run(capsys, "train-painter", "swirl", "-o", file, "--start", "none", *WORDS)
    assert code == 2
    assert "not a number" in err
    assert load_painter(str(file)).training["steps"] == 1


@pytest.fixture
def job(tmp_path):
    """A job on a painting of its own."""
    (tmp_path / "a.png").write_bytes(encode(gradient_picture(64, 80).tensor(), "PNG"))
    return PainterJob(paintings=(str(tmp_path / "a.png"),), **OWN, start="none", steps=5)


def _finished(job, state=None):
    """The weights at the end of a job, and the states after each step as files."""
    states, steps = [], job.run(state=state)
    while True:
        try:
            states.append(next(steps).state.to_bytes())
        except StopIteration as done:
            return done.value.files["weights"].tensors, states


def _same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_it_goes_on_from_a_state_bit_for_bit(job):
    weights, states = _finished(job)
    assert len(states) == 5
    for index in (0, 2):
        again, later = _finished(job, State.from_bytes(states[index]))
        assert _same(weights, again)
        assert later == states[index + 1 :]


def test_it_goes_on_in_another_process(job, tmp_path):
    steps = job.run()
    state = [next(steps) for _ in range(2)][-1].state
    (tmp_path / "state").write_bytes(state.to_bytes())
    (tmp_path / "job.json").write_text(json.dumps({"kind": job.kind, **job.model_dump(mode="json")}))
    script = (
        "import json, pathlib, sys\n"
        "from deepatelier.jobs import State, restored\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "job = restored(json.loads((folder / 'job.json').read_text()))\n"
        "steps = job.run(state=State.from_bytes((folder / 'state').read_bytes()))\n"
        "try:\n"
        "    while True: next(steps)\n"
        "except StopIteration as done:\n"
        "    target = folder / 'p.safetensors'\n"
        "    target.write_bytes(done.value.files['weights'].encoded(target, None))\n"
    )
    words = [sys.executable, "-c", script, str(tmp_path)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent),
        "OMP_NUM_THREADS": str(torch.get_num_threads()),
    }
    subprocess.run(words, env=environment, check=True, capture_output=True, timeout=120)
    assert _same(_finished(job)[0], load_file(tmp_path / "p.safetensors"))


def test_a_state_of_another_training_is_refused(job):
    state = next(job.run()).state
    other = job.model_copy(update={"alpha": 0.2})
    with pytest.raises(StateError, match="of another training"):
        next(other.run(state=state))


def test_a_state_that_is_gone_is_said(job):
    steps = job.run()
    first = next(steps)
    next(steps)
    with pytest.raises(RuntimeError, match="state after step 1 is gone"):
        _ = first.state


def test_trainings_in_turn_and_the_process_do_not_disturb_each_other(job):
    alone = _finished(job)[0]
    torch.manual_seed(9)
    before = torch.get_rng_state()
    first, second = job.run(), job.model_copy(update={"seed": 1}).run()
    found = []
    for _ in range(6):
        for steps in (first, second):
            try:
                next(steps)
                torch.rand(3)
            except StopIteration as done:
                found.append(done.value.files["weights"].tensors)
    assert _same(alone, found[0])
    assert not _same(alone, found[1])
    torch.manual_seed(9)
    next(job.run())
    assert torch.equal(torch.get_rng_state(), before)


def test_cancelled_it_keeps_what_it_has_learnt(job):
    context = Context()
    steps = job.run(context)
    next(steps)
    context.cancel()
    with pytest.raises(StopIteration) as done:
        next(steps)
    result = done.value.value
    assert (result.interrupted, result.steps) == (True, 1)
    assert result.files["weights"].about["deepatelier"]

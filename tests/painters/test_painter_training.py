import json
import re

import pytest
import torch
from conftest import gradient_picture
from safetensors import safe_open
from tests_support import run

from deepatelier import samples
from deepatelier.errors import DivergenceError, InputError, OptionError, StateError
from deepatelier.images import encode
from deepatelier.jobs import Context, Record, read_record
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
    losses = [sum(step.values.values()) for step in _training(steps=60, learning_rate=0.01, batch=1).steps()]
    assert len(losses) == 60
    assert losses[-1] < 0.6 * losses[0]


def test_another_seed_gives_another_painter():
    first, other = (next(_training(steps=1, seed=seed).steps()).values for seed in (0, 1))
    assert first != other


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
    with pytest.raises(DivergenceError, match=r"training diverged.*lower --learning-rate"):
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
    code, _, err = run(capsys, "style", photo, "swirl", *words[3:], "-o", tmp_path / "no.png")
    assert code == 2
    assert re.search(r"does not know the painting swirl; it knows a\.png", err)


def test_bad_words(capsys, tmp_path):
    code, _, err = run(capsys, "train-painter", "swirl", "-o", tmp_path / "p.pt")
    assert code == 2
    assert ".safetensors" in err
    code, _, err = run(capsys, "train-painter", "nothing.png", "-o", tmp_path / "p.safetensors")
    assert code == 2
    assert "nothing.png" in err


def test_a_painting_that_is_too_thin_is_said():
    with pytest.raises(OptionError, match="painting is too small"):
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
        raise DivergenceError("The loss is no longer a number.")

    monkeypatch.setattr(PainterTraining, "steps", ends_badly)
    file = tmp_path / "p.safetensors"
    code, _, err = run(capsys, "train-painter", "swirl", "-o", file, "--start", "none", *WORDS)
    assert code == 3
    assert "no longer a number" in err
    assert load_painter(str(file)).training["steps"] == 1


@pytest.fixture
def job(tmp_path):
    """A job on a painting of its own."""
    (tmp_path / "a.png").write_bytes(encode(gradient_picture(64, 80).tensor(), "PNG"))
    return PainterJob(paintings=(str(tmp_path / "a.png"),), **OWN, start="none", steps=5)


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

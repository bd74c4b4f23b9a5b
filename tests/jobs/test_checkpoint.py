"""A job's state in a file."""

import pytest
import torch
from toy_jobs import Dots, Row, Silent

from deepatelier import files
from deepatelier.errors import OutputError, StateError, SurroundingsError
from deepatelier.images import encode, open_picture
from deepatelier.jobs import Checkpoint, Context, carried_out, make
from deepatelier.synthesis import DreamJob


class _CrashError(Exception):
    pass


def _crash_after(index, crash=_CrashError):
    def crash_(step):
        if step.index == index:
            raise crash

    return crash_


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.checkpoint"


def _crashed(job, path, after=3):
    """A checkpoint of the step before the one in which a job crashed."""
    with pytest.raises(_CrashError):
        carried_out(job, Context(), on_step=_crash_after(after), checkpoint=Checkpoint(path, seconds=0))
    assert path.exists()


@pytest.mark.parametrize("job", [Dots(), Row()], ids=["one", "batch"])
@pytest.mark.parametrize("after", [2, 3])
def test_a_crashed_job_goes_on_and_makes_the_same(tmp_path, path, job, after):
    _crashed(job, path, after)
    seen = []
    targets = {"picture": tmp_path / "a.png"}
    made = make(job, targets, on_step=lambda step: seen.append(step.index), checkpoint=Checkpoint(path))
    assert seen[0] == after
    assert not path.exists(), "the job is done"
    whole = make(job, {"picture": tmp_path / "b.png"})
    assert torch.equal(open_picture(tmp_path / "a.png").tensor(), open_picture(tmp_path / "b.png").tensor())
    assert made.record.losses == whole.record.losses
    assert (made.record.steps, made.record.interrupted) == (whole.record.steps, False)


def test_what_was_interrupted_keeps_its_checkpoint(tmp_path, path):
    made = make(Dots(), {"picture": tmp_path / "a.png"}, checkpoint=Checkpoint(path, seconds=0), stop_after=3)
    assert made.record.interrupted
    assert Checkpoint(path).begin(Dots()).index == 3
    make(Dots(), {"picture": tmp_path / "a.png"}, checkpoint=Checkpoint(path))
    make(Dots(), {"picture": tmp_path / "b.png"})
    assert torch.equal(open_picture(tmp_path / "a.png").tensor(), open_picture(tmp_path / "b.png").tensor())


def test_there_is_none_at_first(path):
    assert Checkpoint(path).begin(Dots()) is None


def test_it_is_not_written_at_every_step(path):
    carried_out(Dots(), Context(), checkpoint=Checkpoint(path, seconds=1000))
    assert not path.exists()


@pytest.mark.parametrize("other", [Dots(seed=1), Dots(steps=5), Row()], ids=["seed", "steps", "kind"])
def test_that_of_another_job_is_refused(tmp_path, path, other):
    _crashed(Dots(), path)
    before = path.read_bytes()
    with pytest.raises(StateError, match="the checkpoint of another job, or an input has changed"):
        make(other, {"picture": tmp_path / "a.png"}, checkpoint=Checkpoint(path))
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: b"mine", lambda data: b""])
def test_a_damaged_one_is_refused_and_not_lost(tmp_path, path, damage):
    _crashed(Dots(), path)
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(StateError, match="holds no state to resume from, or is damaged"):
        make(Dots(), {"picture": tmp_path / "a.png"}, checkpoint=Checkpoint(path))
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_the_one_before_stays_when_the_disk_is_full(path, monkeypatch):
    _crashed(Dots(), path)
    before = path.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(SurroundingsError, match="No space left"):
        carried_out(Dots(), Context(), checkpoint=Checkpoint(path, seconds=0))
    assert path.read_bytes() == before


def test_it_is_no_output_and_no_input(tmp_path, path):
    """Which would be lost at the end."""
    (tmp_path / "photo.png").write_bytes(encode(torch.rand(1, 3, 8, 8), "PNG"))
    made = tmp_path / "a.png"
    with pytest.raises(OutputError, match="is also an output"):
        make(Dots(), {"picture": made}, checkpoint=Checkpoint(made))
    assert not made.exists()
    job = DreamJob(photo=str(tmp_path / "photo.png"))
    with pytest.raises(OutputError, match="is also an input"):
        make(job, {"picture": made}, checkpoint=Checkpoint(tmp_path / "photo.png"))
    with pytest.raises(OutputError, match="is a folder"):
        make(Dots(), {"picture": made}, checkpoint=Checkpoint(tmp_path))
    with pytest.raises(OutputError, match="does not exist"):
        make(Dots(), {"picture": made}, checkpoint=Checkpoint(tmp_path / "nowhere" / "a.state"))


def test_that_of_another_input_is_refused(tmp_path, path):
    photo = tmp_path / "photo.png"
    tiny = {"network": "conftest:TinyNetwork", "layers": ["relu2"], "device": "cpu", "jitter": 0, "margin": 4}
    job = DreamJob(photo=str(photo), size=32, steps=4, levels=1, **tiny)
    photo.write_bytes(encode(torch.rand(1, 3, 32, 32), "PNG"))
    _crashed(job, path)
    photo.write_bytes(encode(torch.rand(1, 3, 32, 32), "PNG"))
    with pytest.raises(StateError, match="or an input has changed"):
        make(job, {"picture": tmp_path / "a.png"}, checkpoint=Checkpoint(path))


def test_who_cancels_it_finds_the_last_state(path):
    context = Context()
    result = carried_out(
        *(Dots(), context),
        on_step=lambda step: context.cancel() if step.index == 2 else None,
        checkpoint=Checkpoint(path, seconds=1000),
    )
    assert result.interrupted
    assert Checkpoint(path).begin(Dots()).index == 2


def test_a_job_without_a_state_says_so(path):
    with pytest.raises(StateError, match=r"This job cannot resume from a checkpoint. Leave --checkpoint out"):
        carried_out(Silent(), Context(), checkpoint=Checkpoint(path, seconds=0))
    assert not path.exists()

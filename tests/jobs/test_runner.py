"""Running a job: its files and their records, whole or not at all."""

import os
import signal
import threading

import pytest
import torch
from toy_jobs import Dots, Everything, Silent, finished

from deepatelier import files
from deepatelier.errors import OptionError, OutputError, SurroundingsError
from deepatelier.images import open_picture
from deepatelier.inputs import input_fields
from deepatelier.jobs import Context, carried_out, check_targets, make, read_record, request_of, uninterrupted


@pytest.mark.parametrize("ending", [".png", ".jpg", ".bmp"])
def test_the_record_holds_the_losses_of_the_written_file(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    made = make(Dots(), {"picture": path})
    seen = open_picture(path).tensor()
    assert made.record.losses == {"total": seen.sum().item()}
    assert made.record.measures == {"brightest": seen.max().item()}
    carried = read_record(path)
    assert carried.losses == made.record.losses
    assert (carried.job, carried.kind) == ({"kind": "dots", **Dots().model_dump()}, "dots")
    assert (carried.part, carried.output, carried.size, carried.steps) == ("picture", path.name, (16, 12), 4)
    assert made.record.output == str(path)
    assert carried.request == request_of(Dots())
    assert not carried.interrupted


def test_each_step_is_told():
    told = []
    result = carried_out(Dots(), Context(), on_step=lambda step: told.append(step.index))
    assert told == [1, 2, 3, 4]
    assert result.steps == 4


def test_the_job_is_recorded_as_it_was_placed(tmp_path):
    make(Dots(), {"picture": tmp_path / "a.png"}, Context(device="mps"))
    record = read_record(tmp_path / "a.png")
    assert (record.job["device"], record.device) == ("mps", "mps")
    assert record.request == request_of(Dots(device="mps"))


def test_without_metadata(tmp_path):
    made = make(Dots(), {"picture": tmp_path / "a.bmp", "table": tmp_path / "a.json"}, metadata=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.bmp", "a.json"]
    assert "record" not in (tmp_path / "a.json").read_text()
    assert made.record.losses


@pytest.mark.parametrize("name", ["a.png", "a.bmp"])
def test_nothing_is_lost_when_the_disk_is_full(tmp_path, monkeypatch, name):
    path = tmp_path / name
    make(Dots(seed=1), {"picture": path})
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(SurroundingsError, match="No space left"):
        make(Dots(), {"picture": path})
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_who_stops_it_gets_what_there_is(tmp_path):
    def stop(step):
        if step.index == 2:
            raise KeyboardInterrupt

    made = make(Dots(), {"picture": tmp_path / "a.png"}, on_step=stop)
    also = make(Dots(), {"picture": tmp_path / "b.png"}, stop_after=2)
    for finished_ in (made, also):
        assert (finished_.result.interrupted, finished_.record.interrupted, finished_.record.steps) == (True, True, 2)
    assert torch.equal(open_picture(tmp_path / "a.png").tensor(), open_picture(tmp_path / "b.png").tensor())
    whole = make(Dots(steps=2), {"picture": tmp_path / "c.png"})
    assert whole.record.losses == made.record.losses


def test_nothing_is_written_that_shall_be_whole_and_is_not(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        make(Dots(), {"picture": tmp_path / "a.png"}, stop_after=2, whole=True)
    assert not list(tmp_path.iterdir())
    make(Dots(), {"picture": tmp_path / "a.png"}, whole=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_nothing_is_written_before_there_is_anything(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        make(Silent(), {"table": tmp_path / "a.json"}, stop_after=1)
    assert not list(tmp_path.iterdir())


def test_further_outputs_are_made_from_the_main_one_as_it_was_written(tmp_path):
    targets = {name: tmp_path / f"{name}.png" for name in ("picture", "negative")}
    made = make(Dots(), {**targets, "table": tmp_path / "table.json"})
    picture, negative = (open_picture(target).tensor() for target in targets.values())
    assert ((1 - picture - negative).abs() < 1e-6).all()
    assert [(name, record.part) for name, record in made.records.items()] == [
        ("picture", "picture"),
        ("negative", "negative"),
        ("table", "table"),
    ]
    assert {tuple(record.losses.items()) for record in made.records.values()} == {tuple(made.record.losses.items())}
    assert made.records["table"].size is None
    assert read_record(tmp_path / "table.json").losses == made.record.losses


def test_a_further_output_alone_says_what_the_main_one_is_worth(tmp_path):
    both = make(Dots(), {"picture": tmp_path / "a.png", "negative": tmp_path / "b.png"})
    alone = make(Dots(), {"negative": tmp_path / "c.png"})
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.png", "b.png", "c.png"]
    assert torch.equal(open_picture(tmp_path / "b.png").tensor(), open_picture(tmp_path / "c.png").tensor())
    assert (alone.record.part, alone.record.losses) == ("negative", both.record.losses)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"picture": "a.png", "negative": "a.png"}, "--negative and --output are both"),
        ({"picture": "a.png", "negative": "folder/../a.png"}, "--negative and --output are both"),
        ({"picture": "a.json.png", "table": "a.json.png.json"}, "--table and --output are both"),
    ],
)
def test_outputs_do_not_overwrite_each_other(tmp_path, names, message):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=message):
        make(Dots(), {part: tmp_path / name for part, name in names.items()})
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_what_a_job_does_not_make_is_said(tmp_path):
    with pytest.raises(OptionError, match="A dots makes no film; it makes picture, negative, table"):
        make(Dots(), {"film": tmp_path / "a.gif"})
    with pytest.raises(OutputError, match="cannot be written here"):
        make(Dots(), {"table": tmp_path / "a.png"})


def _given(folder):
    """An input of every field of `Everything`, and the files that lie in it."""
    for name in ("photo", "mask", "mask_2", "in_photos", "weights", "data"):
        (folder / f"{name}.png").write_bytes(b"mine")
    (folder / "photos" / "deeper").mkdir(parents=True)
    (folder / "photos" / "deeper" / "a.png").write_bytes(b"mine")
    (folder / "w.safetensors").write_bytes(b"mine")
    (folder / "data.json").write_bytes(b"mine")
    (folder / "run").mkdir()
    (folder / "run" / "weights.safetensors").write_bytes(b"mine")
    return {
        "photo": (str(folder / "photo.png"), "picture", folder / "photo.png"),
        "masks": ((str(folder / "mask.png"), str(folder / "mask_2.png")), "picture", folder / "mask_2.png"),
        "photos": ((str(folder / "photos"),), "picture", folder / "photos" / "deeper" / "a.png"),
        "dataset": (str(folder / "data.json"), "table", folder / "data.json"),
        "network": (str(folder / "w.safetensors"), "weights", folder / "w.safetensors"),
        "training": (str(folder / "run"), "weights", folder / "run" / "weights.safetensors"),
    }


@pytest.mark.parametrize("name", sorted(input_fields(Everything)))
def test_an_input_is_not_overwritten_whatever_its_type(tmp_path, name):
    value, output, path = _given(tmp_path)[name]
    with pytest.raises(OutputError, match="is also an input, and would be lost"):
        check_targets(Everything(**{name: value}), {output: path})
    check_targets(Everything(), {output: path}, metadata=False)
    assert path.read_bytes() == b"mine"


def test_ctrl_c_waits_until_a_file_is_written():
    before = signal.getsignal(signal.SIGINT)
    with uninterrupted():
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    passed = []

    def elsewhere():
        with uninterrupted():
            passed.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert passed == [True]


def test_a_job_is_made_in_a_thread_of_its_own(tmp_path):
    thread = threading.Thread(target=lambda: make(Dots(), {"picture": tmp_path / "a.png"}))
    thread.start()
    thread.join()
    assert torch.equal(
        open_picture(tmp_path / "a.png").tensor(),
        (255 * finished(Dots().run()).files["picture"].image).round() / 255,
    )

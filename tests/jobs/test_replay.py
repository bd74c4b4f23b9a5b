import os

import pytest
import torch
from PIL import Image

from deepatelier import samples
from deepatelier.errors import OptionError, RecordError, UnknownNameError
from deepatelier.inputs import Input
from deepatelier.jobs import Record, changes, find_inputs, restored_job, this_machine

_COFFEE, _SWIRL = (Input.of(samples.open_sample(name)) for name in ("coffee", "swirl"))


def _record(inputs, kind="style", **options):
    job = {"kind": kind, "photo": "coffee", "paintings": ["swirl"], **options}
    inputs = {"photo": _COFFEE, "painting": _SWIRL, **inputs}
    return Record(
        job=job, part="picture", output="a.png", size=(7, 9), seconds=1.5, steps=3, device="cpu",
        precision="float32", inputs=inputs, machine=this_machine(torch.device("cpu")),
    )  # fmt: skip


def _restored(record, folders=(), **named):
    return restored_job(record, find_inputs(record, folders), **named)


@pytest.fixture
def cat(tmp_path):
    path = tmp_path / "cat.png"
    Image.new("RGB", (4, 4), "red").save(path)
    return path


def test_an_input_is_found_by_name_and_sha256(tmp_path, cat):
    record = _record({"photo": Input.of(cat), "painting": Input.of(samples.open_picture("swirl"))})
    found = find_inputs(record, [tmp_path / "empty", tmp_path])
    assert (found["photo"].source, found["photo"].same) == (str(cat), True)
    assert (found["painting"].source, found["painting"].same) == ("swirl", True)


def test_an_input_is_found_in_the_folders_of_a_folder(tmp_path, cat):
    record = _record({"photo": Input.of(cat)})
    deeper = tmp_path / "runs" / "pets"
    deeper.mkdir(parents=True)
    moved = cat.rename(deeper / cat.name)
    Image.new("RGB", (4, 4), "blue").save(tmp_path / "runs" / "cat.png")
    assert find_inputs(record, [tmp_path])["photo"].source == str(moved)
    assert find_inputs(record, [], {"photo": str(deeper)})["photo"].same
    with pytest.raises(RecordError, match="neither beside the file nor here"):
        find_inputs(_record({"photo": Input(name="cat.png", sha256="0" * 64)}), [tmp_path])


def test_another_file_of_that_name_is_not_taken(tmp_path, cat):
    record = _record({"photo": Input(name="cat.png", sha256="0" * 64)})
    with pytest.raises(RecordError, match=r"another file has its name.*--input photo="):
        find_inputs(record, [tmp_path])
    found = find_inputs(record, [tmp_path], {"photo": str(cat)})
    assert (found["photo"].source, found["photo"].same) == (str(cat), False)
    assert changes(record, record, found) == [f"The photo {cat} is not the one that was used (cat.png)."]


def test_what_is_not_there_is_said(tmp_path):
    record = _record({"photo": Input(name="dog.png", sha256="0" * 64)})
    with pytest.raises(RecordError, match=r"neither beside the file nor here.*--input photo=PATH"):
        find_inputs(record, [tmp_path])
    with pytest.raises(RecordError, match="There is no file or sample"):
        find_inputs(record, [tmp_path], {"photo": str(tmp_path / "none.png")})
    with pytest.raises(UnknownNameError, match="There is no input named 'picture'"):
        find_inputs(record, [tmp_path], {"picture": "x"})


def test_a_record_alone_runs_no_code():
    record = _record({}, network="os:getcwd")
    with pytest.raises(RecordError, match="Its code would run here"):
        _restored(record)
    with pytest.raises(RecordError, match="Its code would run here"):
        _restored(record, network="mine:net")
    assert _restored(record, network="os:getcwd").network == "os:getcwd"
    with pytest.raises(RecordError, match="Leave --network out"):
        _restored(_record({}), network="mine:net")


def test_no_other_option_is_set_from_an_input(tmp_path):
    path = tmp_path / "mine:net"
    path.write_text("")
    record = _record({"network": Input.of(path)}, network="vgg19")
    assert _restored(record, [tmp_path]).network == "vgg19"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("init", "../x.png"),
        ("weights", "/home/me/w.pth"),
        ("init", "a.png"),
        ("painter", "../p.safetensors"),
        ("mask", "secret"),
        ("photo", "/etc/passwd"),
        ("style_masks", ["a"]),
        ("paintings", ["swirl", "/etc/passwd"]),
        ("network", "/home/me/run"),
        ("init", ["matched"]),
    ],
)
def test_a_path_that_is_no_input_is_not_followed(part, value):
    record = _record({}, **{part: value})
    if part == "photo":
        record = record.model_copy(update={"inputs": {"painting": _SWIRL}})
    with pytest.raises(RecordError, match="is not among its inputs"):
        _restored(record)


def test_inputs_go_where_the_options_want_them(tmp_path, cat):
    record = _record({"init": Input.of(cat)}, init="cat.png")
    assert _restored(record, [tmp_path]).init == str(cat)


def test_a_record_of_no_job_of_ours_is_refused():
    for kind in ("bake", "", "\x1b[31m"):
        with pytest.raises(RecordError, match="which this version cannot run again"):
            _restored(_record({}, kind=kind))
    with pytest.raises(RecordError, match="'guide' is none of its job"):
        find_inputs(_record({"guide": _COFFEE}), [])
    with pytest.raises(RecordError, match="The record's job is invalid"):
        _restored(_record({}, size=10**9))
    with pytest.raises(RecordError, match="The record's job is invalid"):
        _restored(_record({}, sizes=3))


def test_the_device_is_the_users():
    assert _restored(_record({}, device="cuda"), device="cpu").device == "cpu"
    lab = _record({}, kind="lab descent").model_copy(update={"job": {"kind": "lab descent", "seed": 1}, "inputs": {}})
    assert restored_job(lab, {}).seed == 1
    with pytest.raises(OptionError, match=r"no option for the device. Leave --device out"):
        restored_job(lab, {}, device="cpu")


def test_a_preset_is_not_filled_in_again():
    job = _restored(_record({}, preset="report", steps=7, strength=0.5, beta=3.0))
    assert (job.preset, job.steps, job.strength, job.beta) == ("report", 7, 0.5, 3.0)


def test_what_differs_is_named():
    record = _record({})
    again = record.model_copy(
        update={"version": "9.9", "machine": record.machine.model_copy(update={"torch": "3.0", "threads": 99})}
    )
    assert changes(record, record, {}) == []
    lines = changes(record, again, {})
    assert lines[0] == f"deepatelier: now 9.9, then {record.version}."
    assert lines[1].startswith("torch: now 3.0")
    assert lines[2].startswith("threads: now 99")


def test_a_file_named_like_a_sample_does_not_take_its_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "coffee").write_text("no picture")
    with pytest.raises(RecordError, match="The file coffee here has the name of the sample that was used"):
        find_inputs(_record({}), [tmp_path])
    assert find_inputs(_record({}), [tmp_path], {"photo": str(tmp_path / "coffee")})["photo"].same is False
    monkeypatch.chdir("/")
    assert find_inputs(_record({}), [tmp_path])["photo"].source == "coffee"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    record = _record({"photo": Input(name="pipe.png", sha256="0" * 64)})
    with pytest.raises(RecordError, match="There is no file"):
        find_inputs(record, [], {"photo": str(tmp_path / "pipe.png")})


def test_masks_are_restored_and_none_is_taken_from_a_record_alone(tmp_path, cat):
    parts = ("photo", "mask", "style_mask", "style_mask_2")
    record = _record({part: Input.of(cat) for part in parts}, mask="cat.png", style_masks=["cat.png", "cat.png"])
    job = _restored(record, [tmp_path])
    assert (job.photo, job.mask, job.style_masks) == (str(cat), str(cat), (str(cat),) * 2)
    for changed in ({"mask": "secret"}, {"style_masks": ["a", "b"]}):
        false = _record({"photo": Input.of(cat)}, **changed)
        with pytest.raises(RecordError, match="not among its inputs"):
            _restored(false, [tmp_path])


def test_a_folder_of_pictures_and_one_of_weights(tmp_path, cat):
    folder = tmp_path / "pets"
    folder.mkdir()
    cat.rename(folder / "cat.png")
    run = tmp_path / "run"
    run.mkdir()
    (run / "weights.safetensors").write_bytes(b"weights")
    patches = _record({}, kind="look patches").model_copy(
        update={
            "job": {"kind": "look patches", "pictures": ["pets"]},
            "inputs": {"picture": Input.of(folder)},
        }
    )
    assert _restored(patches, [tmp_path]).pictures == (str(folder),)
    Image.new("RGB", (4, 4), "blue").save(folder / "dog.png")
    with pytest.raises(RecordError, match="another file has its name"):
        find_inputs(patches, [tmp_path])
    filters = patches.model_copy(
        update={
            "job": {"kind": "look filters", "weights": "weights.safetensors"},
            "inputs": {"weights": Input.of(run / "weights.safetensors")},
        }
    )
    assert _restored(filters, [tmp_path]).weights == str(run / "weights.safetensors")
    found = find_inputs(filters, [], {"weights": str(run)})
    assert restored_job(filters, found).weights == str(run / "weights.safetensors")


def test_a_data_set_is_found_by_its_name():
    digest = "0" * 64
    record = _record({}, kind="train").model_copy(
        update={
            "job": {"kind": "train", "dataset": "digits"},
            "inputs": {"dataset": Input(name="digits", sha256=digest)},
        }
    )
    assert _restored(record).dataset == "digits"

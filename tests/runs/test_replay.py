import os

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from deepatelier import samples
from deepatelier.errors import RecordError, UnknownNameError
from deepatelier.images import open_picture, picture_from_array
from deepatelier.runs import Input, Record, changes, find_inputs, pixel_difference, restored_options, this_machine


def _record(inputs, **options):
    return Record(
        command="style", output="a.png", size=(7, 9), seconds=1.5, steps=3, device="cpu", precision="float32", seed=0,
        preset=None, losses={}, inputs=inputs, options={"network": "vgg19", "init": "matched", **options},
        machine=this_machine(torch.device("cpu")),
    )  # fmt: skip


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
    with pytest.raises(RecordError, match="neither beside the picture nor here"):
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
    with pytest.raises(RecordError, match=r"neither beside the picture nor here.*--input photo=PATH"):
        find_inputs(record, [tmp_path])
    with pytest.raises(RecordError, match="There is no file or sample"):
        find_inputs(record, [tmp_path], {"photo": str(tmp_path / "none.png")})
    with pytest.raises(UnknownNameError, match="Known: photo"):
        find_inputs(record, [tmp_path], {"picture": "x"})


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "", "..", "a\0b", "x" * 300, "a\\b"])
def test_a_record_names_files_and_holds_no_paths(name):
    with pytest.raises(ValidationError):
        Input(name=name, sha256="0" * 64)


def test_a_record_alone_runs_no_code():
    record = _record({}, network="os:getcwd")
    with pytest.raises(RecordError, match="Its code would run here"):
        restored_options(record, {})
    with pytest.raises(RecordError, match="Its code would run here"):
        restored_options(record, {}, network="mine:net")
    assert restored_options(record, {}, network="os:getcwd")["network"] == "os:getcwd"
    with pytest.raises(RecordError, match="Leave --network out"):
        restored_options(_record({}), {}, network="mine:net")


def test_no_other_option_is_set_from_an_input(tmp_path):
    path = tmp_path / "mine:net"
    path.write_text("")
    record = _record({"network": Input.of(path)})
    assert restored_options(record, find_inputs(record, [tmp_path]))["network"] == "vgg19"


@pytest.mark.parametrize(("part", "value"), [("init", "../x.png"), ("weights", "/home/me/w.pth"), ("init", "a.png")])
def test_a_path_that_is_no_input_is_not_followed(part, value):
    with pytest.raises(RecordError, match="is not among its inputs"):
        restored_options(_record({}, **{part: value}), {})


def test_inputs_go_where_the_options_want_them(tmp_path, cat):
    record = _record({"init": Input.of(cat)}, init="cat.png")
    assert restored_options(record, find_inputs(record, [tmp_path]))["init"] == str(cat)


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


def test_pixel_difference():
    pixels = np.zeros((2, 2, 3), np.uint8)
    first = picture_from_array("a", pixels)
    other = pixels.copy()
    other[0, 0, 0] = 16
    assert pixel_difference(first, first) == (0, 0)
    assert pixel_difference(first, picture_from_array("b", other)) == pytest.approx((16, 1))
    assert pixel_difference(first, picture_from_array("c", np.zeros((2, 3, 3), np.uint8))) is None


def test_transparency_is_compared_too(tmp_path):
    for name, alpha in (("a.png", 0), ("b.png", 51)):
        Image.new("RGBA", (4, 4), (255, 255, 255, alpha)).save(tmp_path / name)
    assert pixel_difference(open_picture(tmp_path / "a.png"), open_picture(tmp_path / "b.png"))[0] == pytest.approx(51)


def test_a_file_named_like_a_sample_does_not_take_its_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "coffee").write_text("no picture")
    record = _record({"photo": Input.of(samples.open_sample("coffee"))})
    found = find_inputs(record, [tmp_path])["photo"]
    assert (found.shipped, found.same) == (True, True)
    assert found.open().sha256 == record.inputs["photo"].sha256


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    record = _record({"photo": Input(name="pipe.png", sha256="0" * 64)})
    with pytest.raises(RecordError, match="There is no file"):
        find_inputs(record, [], {"photo": str(tmp_path / "pipe.png")})


@pytest.mark.parametrize("word", ["\x1b[31m", "a\nb", "x" * 300])
def test_what_a_record_says_can_be_shown(word):
    with pytest.raises(ValidationError):
        _record({}).model_validate({**_record({}).model_dump(by_alias=True), "version": word})
    with pytest.raises(ValidationError):
        Input(name=word, sha256="0" * 64)


def test_masks_are_restored_and_none_is_taken_from_a_record_alone(tmp_path, cat):
    parts = ("photo", "mask", "style_mask", "style_mask_2")
    record = _record({part: Input.of(cat) for part in parts}, mask="cat.png", style_masks=["cat.png", "cat.png"])
    options = restored_options(record, find_inputs(record, [tmp_path]))
    assert (options["mask"], options["style_masks"]) == (str(cat), [str(cat)] * 2)
    for changed in ({"mask": "secret"}, {"style_masks": ["a", "b"]}):
        false = _record({"photo": Input.of(cat)}, **changed)
        with pytest.raises(RecordError, match="not among its inputs"):
            restored_options(false, find_inputs(false, [tmp_path]))

"""What a record may hold."""

import json

import pytest
import torch
from pydantic import ValidationError
from toy_jobs import Dots, Everything

from deepatelier import samples
from deepatelier.inputs import Input
from deepatelier.jobs import Record, named, numbered, this_machine


def _record(**changed):
    return Record(
        job=named(Dots(), {}), inputs={}, part="picture", output="a.png", size=(7, 9), seconds=1.5, steps=3,
        device="cpu", precision="float32", machine=this_machine(torch.device("cpu")), **changed,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "", "..", "a\0b", "x" * 300, "a\\b"])
def test_a_record_names_files_and_holds_no_paths(name):
    with pytest.raises(ValidationError):
        Input(name=name, sha256="0" * 64)


@pytest.mark.parametrize("word", ["\x1b[31m", "a\nb", "x" * 300])
def test_what_a_record_says_can_be_shown(word):
    with pytest.raises(ValidationError):
        Record.model_validate({**_record().model_dump(by_alias=True), "version": word})
    with pytest.raises(ValidationError):
        Input(name=word, sha256="0" * 64)


def test_a_record_is_one_json_object():
    told = json.loads(_record(losses={"total": 1.5}).to_json())
    assert told["schema"] == "deepatelier/2"
    assert told["job"] == {"kind": "dots", "photo": None, "steps": 4, "seed": 0, "device": "cpu"}
    assert Record.model_validate(told) == _record(losses={"total": 1.5})
    assert Record.model_validate(told).kind == "dots"
    assert _record().model_copy(update={"job": {}}).kind == ""


@pytest.mark.parametrize("part", ["", "Photo", "photo file", "a" * 30, "../a", "photo_2x"])
def test_parts_are_plain_words(part):
    with pytest.raises(ValidationError, match="should match pattern"):
        Record.model_validate({**_record().model_dump(), "inputs": {part: Input(name="a", sha256="0" * 64)}})


def test_a_job_is_named_without_paths(tmp_path):
    paths = [tmp_path / name for name in ("a.png", "b.png")]
    for path in paths:
        path.write_bytes(path.name.encode())
    job = Everything(photo=str(paths[0]), masks=(*map(str, paths), "swirl"), network="vgg19", dataset="digits")
    inputs = {"photo": Input.of(paths[0]), **numbered("mask", map(Input.of, paths))}
    values = named(job, inputs)
    assert str(tmp_path) not in json.dumps(values)
    assert values == {
        "kind": "everything", "photo": "a.png", "masks": ["a.png", "b.png", "swirl"], "photos": [],
        "dataset": "digits", "network": "vgg19", "training": None, "size": 7,
    }  # fmt: skip


def test_several_inputs_are_numbered():
    parts = numbered("painting", ["a", "b", "c"])
    assert parts == {"painting": "a", "painting_2": "b", "painting_3": "c"}


def test_an_input_is_a_file_a_folder_or_a_sample(tmp_path):
    (tmp_path / "a.png").write_bytes(b"1")
    first = Input.of(tmp_path)
    assert first.name == tmp_path.name
    assert Input.of(tmp_path / "a.png").name == "a.png"
    (tmp_path / "a.png").write_bytes(b"2")
    assert Input.of(tmp_path).sha256 != first.sha256
    swirl = samples.open_sample("swirl")
    assert Input.of(swirl) == Input(name="swirl", sha256=swirl.sha256)
    with pytest.raises(FileNotFoundError, match="There is no file"):
        Input.of(tmp_path / "none")

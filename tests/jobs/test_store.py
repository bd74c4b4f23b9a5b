import json
import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open

from deepatelier import images
from deepatelier.errors import ImageError, OutputError, RecordError, SurroundingsError
from deepatelier.inputs import Input
from deepatelier.jobs import (
    ArrayProduct,
    FilmProduct,
    PictureProduct,
    Record,
    TableProduct,
    WeightsProduct,
    check_target,
    read_record,
    this_machine,
    write_product,
)

IMAGE = torch.rand(1, 3, 9, 7, generator=torch.Generator().manual_seed(0))


def _record(path, losses):
    return Record(
        job={"kind": "style", "size": 9, "seed": 0, "preset": None, "photo": "Grüße.png"}, part="picture",
        output=str(path), size=(7, 9), seconds=1.5, steps=3, device="cpu", precision="float32", losses=losses,
        inputs={"photo": Input(name="Grüße.png", sha256="0" * 64)}, machine=this_machine(torch.device("cpu")),
    )  # fmt: skip


def _write(path, bits=8, **options):
    product = PictureProduct(IMAGE, bits=bits)
    record = _record(path, {"total": product.as_written(path).sum().item()})
    write_product(product, path, record, **options)
    return record


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("ending", sorted(images.OUTPUT_FORMATS))
def test_the_losses_are_those_of_the_written_file(tmp_path, ending, bits):
    path = tmp_path / f"a{ending}"
    record = _write(path, bits=bits)
    assert record.losses["total"] == images.open_picture(path).tensor().sum().item()


@pytest.mark.parametrize("ending", sorted(images.OUTPUT_FORMATS))
def test_every_format_keeps_its_record_without_private_paths(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    made = _write(path)
    assert read_record(path) == made.model_copy(update={"output": path.name})
    beside = tmp_path / f"a{ending}.json"
    assert beside.exists() == (ending in (".bmp", ".gif"))
    assert str(tmp_path) not in (images.read_text(path) or beside.read_text())
    _write(path)  # over its own


@pytest.mark.parametrize("ending", sorted(images.OUTPUT_FORMATS))
def test_without_metadata_nothing_is_told(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    _write(path, metadata=False)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert b"style" not in path.read_bytes()
    with pytest.raises(RecordError, match="carries no record"):
        read_record(path)


def test_a_record_does_not_go_over_another_file(tmp_path):
    (tmp_path / "a.gif.json").write_text('{"mine": 1}')
    with pytest.raises(OutputError, match="which is another file"):
        check_target(tmp_path / "a.gif")
    assert check_target(tmp_path / "a.png") == tmp_path / "a.png"
    _write(tmp_path / "a.gif", metadata=False)
    assert (tmp_path / "a.gif.json").read_text() == '{"mine": 1}'


def test_the_record_of_the_picture_before_goes_with_it(tmp_path):
    _write(tmp_path / "a.gif")
    _write(tmp_path / "a.gif", metadata=False)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.gif"]


def test_a_file_that_is_no_picture(tmp_path):
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(ImageError, match="not a picture"):
        read_record(tmp_path / "a.png")


@pytest.mark.parametrize(
    "text",
    [
        '{"schema": "other"}', "[]", "nothing", "[" * 100_000, '{"a": ' * 5000, "1e999", "",
        json.dumps({"schema": "deepatelier/2", "x": "y" * 2_000_000}),
    ],
)  # fmt: skip
def test_a_record_of_another_form_is_refused(tmp_path, text):
    path = tmp_path / "a.png"
    path.write_bytes(images.encode(IMAGE, "PNG", text=text))
    with pytest.raises((RecordError, ImageError)) as caught:
        read_record(path)
    assert len(str(caught.value)) < 400


@given(change=st.data())
@settings(max_examples=150, deadline=None)
def test_a_changed_record_is_read_or_refused(tmp_path_factory, change):
    path = tmp_path_factory.mktemp("changed") / "a.png"
    told = json.loads(_record("a.png", {"total": 1.0}).to_json())
    values = st.none() | st.integers() | st.text(max_size=20) | st.lists(st.integers(), max_size=3) | st.floats()
    for key in change.draw(st.lists(st.sampled_from(sorted(told)), max_size=4)):
        told[key] = change.draw(values)
    path.write_bytes(images.encode(IMAGE, "PNG", text=json.dumps(told)))
    with suppress(RecordError):  # anything else fails
        assert isinstance(read_record(path), Record)


def test_nothing_is_written_where_nothing_can_be(tmp_path):
    with pytest.raises(OutputError, match="does not exist"):
        check_target(tmp_path / "none" / "a.png")
    with pytest.raises(SurroundingsError, match="could not be written"):
        _write(tmp_path / "none" / "a.png")
    assert list(tmp_path.iterdir()) == []


PRODUCTS = {
    "a.safetensors": WeightsProduct({"w": torch.arange(4.0)}, {"network": "mine"}),
    "a.json": TableProduct({"rows": [1, 2.5]}),
    "a.gif": FilmProduct([torch.full((1, 3, 8, 8), 60 * number, dtype=torch.uint8) for number in range(3)], 10),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_what_is_no_picture_keeps_its_record_too(tmp_path, name):
    path = tmp_path / name
    record = _record(path, {"total": 1.0})
    write_product(PRODUCTS[name], path, record)
    assert read_record(path) == record.model_copy(update={"output": name})
    assert (tmp_path / f"{name}.json").exists() == (name == "a.gif")
    write_product(PRODUCTS[name], path, record, metadata=False)
    assert [each.name for each in tmp_path.iterdir()] == [name]
    with pytest.raises(RecordError):
        read_record(path)


def test_weights_and_tables_hold_what_they_are_given(tmp_path):
    for name in ("a.safetensors", "a.json"):
        write_product(PRODUCTS[name], tmp_path / name, _record(tmp_path / name, {}))
    with safe_open(tmp_path / "a.safetensors", "pt") as file:
        assert torch.equal(file.get_tensor("w"), torch.arange(4.0))
        assert file.metadata()["network"] == "mine"
    table = json.loads((tmp_path / "a.json").read_text())
    assert (table["rows"], table["record"]["schema"]) == ([1, 2.5], "deepatelier/2")


def test_an_array_has_no_record(tmp_path):
    array = torch.arange(6).reshape(1, 2, 3)
    write_product(ArrayProduct(array), tmp_path / "a.npy", _record(tmp_path / "a.npy", {}))
    assert [each.name for each in tmp_path.iterdir()] == ["a.npy"]
    numbers = np.load(tmp_path / "a.npy")
    assert (numbers.dtype, numbers.tolist()) == (np.float32, array.tolist())
    with pytest.raises(RecordError, match="carries no record"):
        read_record(tmp_path / "a.npy")


def test_the_last_picture_of_a_film_is_what_was_written():
    film = PRODUCTS["a.gif"]
    assert torch.equal(film.as_written(Path("a.gif")), torch.full((1, 3, 8, 8), 120 / 255))


@pytest.mark.parametrize("data", [b"", b"\xff" * 40, b"\x02" + b"\0" * 7 + b"[]", b"\0" * 8])
@pytest.mark.parametrize("name", ["a.safetensors", "a.json"])
def test_damaged_files_are_refused(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(RecordError):
        read_record(tmp_path / name)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.json")
    os.mkfifo(tmp_path / "b.safetensors")
    os.mkfifo(tmp_path / "c.gif.json")
    for name in ("a.json", "b.safetensors"):
        with pytest.raises(RecordError):
            read_record(tmp_path / name)
    with pytest.raises(OutputError, match="another file"):
        check_target(tmp_path / "c.gif")


def test_the_record_of_a_folder(tmp_path):
    record = _record("a.png", {})
    (tmp_path / "record.json").write_text(record.to_json(indent=1))
    assert read_record(tmp_path) == record

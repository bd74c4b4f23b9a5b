import json
from contextlib import suppress

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from deepatelier import images
from deepatelier.errors import ImageError, OutputError, RecordError
from deepatelier.runs import Input, Record, check_target, read_record, this_machine, write_picture

IMAGE = torch.rand(1, 3, 9, 7, generator=torch.Generator().manual_seed(0))


def _record(path, losses):
    return Record(
        command="style", output=str(path), size=(7, 9), seconds=1.5, steps=3, device="cpu", precision="float32", seed=0,
        preset=None, losses=losses, inputs={"photo": Input(name="Grüße.png", sha256="0" * 64)}, options={"size": 9},
        machine=this_machine(torch.device("cpu")),
    )  # fmt: skip


def _write(path, **options):
    return write_picture(IMAGE, path, lambda seen: _record(path, {"total": seen.sum().item()}), **options)


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
        json.dumps({"schema": "deepatelier/1", "x": "y" * 2_000_000}),
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
    with pytest.raises(OutputError):
        _write(tmp_path / "none" / "a.png")
    assert list(tmp_path.iterdir()) == []

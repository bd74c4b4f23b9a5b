import pytest
import torch
from pydantic import ValidationError

from deepatelier import images, runs
from deepatelier.errors import ImageError, OutputError
from deepatelier.runs import Input, Record, read_record, write_picture

IMAGE = torch.rand(1, 3, 9, 7, generator=torch.Generator().manual_seed(0))


def _record(path, losses):
    return Record(
        command="style", output=str(path), size=(7, 9), seconds=1.5, steps=3, device="cpu", precision="float32", seed=0,
        preset=None, losses=losses, inputs={"photo": Input(name="a.png", sha256="0" * 64)}, options={"size": 9},
    )  # fmt: skip


def _write(path):
    return write_picture(IMAGE, path, lambda seen: {"total": seen.sum().item()}, lambda losses: _record(path, losses))


@pytest.mark.parametrize("ending", sorted(images.OUTPUT_FORMATS))
def test_the_losses_are_those_of_the_written_file(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    record = _write(path)
    assert record.losses["total"] == images.open_picture(path).tensor().sum().item()


def test_a_png_carries_its_record_without_private_paths(tmp_path):
    path = tmp_path / "a.png"
    made = _write(path)
    carried = read_record(path)
    assert carried == made.model_copy(update={"output": "a.png"})
    assert str(tmp_path) not in images.read_text(path)[runs.RECORD_KEY]


def test_a_picture_without_record(photo_file):
    assert read_record(photo_file) is None


def test_a_file_that_is_no_picture(tmp_path):
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(ImageError, match="not a picture"):
        read_record(tmp_path / "a.png")


def test_a_record_of_another_form_is_refused(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(images.encode(IMAGE, "PNG", {runs.RECORD_KEY: '{"schema": "other"}'}))
    with pytest.raises(ValidationError):
        read_record(path)


def test_nothing_is_written_where_nothing_can_be(tmp_path):
    with pytest.raises(OutputError):
        _write(tmp_path / "none" / "a.png")
    assert list(tmp_path.iterdir()) == []

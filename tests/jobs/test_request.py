"""Whether a file is what a job would make."""

import pytest
import torch
from toy_jobs import Dots, Everything

from deepatelier import images
from deepatelier.errors import OutputError
from deepatelier.jobs import is_finished, make, request_of


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(images.encode(torch.rand(1, 3, 4, 5), "PNG"))
    return path


def test_it_counts_what_is_asked_and_what_the_files_hold(tmp_path, photo):
    asked = request_of(Dots(photo=str(photo)))
    assert len(asked) == 64
    moved = tmp_path / "moved.png"
    moved.write_bytes(photo.read_bytes())
    assert request_of(Dots(photo=str(moved))) == asked, "the same picture by another name"
    assert request_of(Dots(photo=str(photo), seed=1)) != asked
    photo.write_bytes(images.encode(torch.zeros(1, 3, 4, 5), "PNG"))
    assert request_of(Dots(photo=str(photo))) != asked
    assert request_of(Dots(photo="swirl")) != request_of(Dots(photo="coffee"))
    assert request_of(Dots()) != request_of(Everything())


def test_the_order_of_several_counts(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(name)
    both = [str(tmp_path / name) for name in "ab"]
    assert request_of(Everything(masks=both)) != request_of(Everything(masks=both[::-1]))
    assert request_of(Everything(masks=both)) != request_of(Everything(masks=both[:1]))
    mixed = [request_of(Everything(masks=masks)) for masks in ([both[0], "swirl"], [both[0], "coffee"], both[:1])]
    assert len({*mixed}) == 3


def test_a_folder_counts_with_all_in_it(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a").write_text("1")
    asked = request_of(Everything(photos=[str(folder)]))
    (folder / "b").write_text("2")
    assert request_of(Everything(photos=[str(folder)])) != asked


def test_a_file_is_finished_that_an_equal_job_made_to_its_end(tmp_path, photo):
    target, job = tmp_path / "a.png", Dots(photo=str(photo))
    assert not is_finished(job, target)
    make(job, {"picture": target}, stop_after=2)
    assert not is_finished(job, target)
    make(job, {"picture": target})
    assert is_finished(job, target)
    assert not is_finished(Dots(photo=str(photo), steps=5), target)
    with pytest.raises(OutputError, match=r"photo.png is there already and carries no record"):
        is_finished(job, photo)

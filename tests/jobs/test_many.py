"""Many jobs, each with a file of its own."""

import pytest
import torch
from toy_jobs import Dots

from deepatelier import images
from deepatelier.errors import ImageError, OutputError
from deepatelier.jobs import Context, Made, make_each, read_record


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(images.encode(torch.rand(1, 3, 4, 5), "PNG"))
    return str(path)


@pytest.fixture
def jobs(tmp_path, photo):
    """Four jobs, of which the second cannot be done."""
    (tmp_path / "out").mkdir()
    given = (photo, str(tmp_path / "none.png"), photo, None)
    return {tmp_path / "out" / f"{seed}.png": Dots(photo=each, seed=seed) for seed, each in enumerate(given)}


def _changed(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_one_that_fails_does_not_stop_the_others(tmp_path, jobs):
    told = []
    made = make_each(jobs, on_job=lambda number, target, job: told.append((number, target, job)))
    targets = list(jobs)
    assert list(made.records) == [targets[0], targets[2], targets[3]]
    assert (list(made.failed), made.left) == ([targets[1]], [])
    assert isinstance(made.failed[targets[1]], ImageError)
    assert told == [(number, target, job) for number, (target, job) in enumerate(jobs.items(), 1)]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.png", "2.png", "3.png"]
    assert read_record(targets[2]).job["seed"] == 2


def test_what_is_finished_is_left(tmp_path, jobs, photo):
    make_each(jobs)
    targets, before = list(jobs), _changed(tmp_path / "out")
    made = make_each(jobs)
    assert (made.left, made.records, list(made.failed)) == ([targets[0], targets[2], targets[3]], {}, [targets[1]])
    assert _changed(tmp_path / "out") == before
    jobs[targets[0]] = Dots(photo=photo, seed=9)
    assert list(make_each(jobs).records) == [targets[0]], "another job"
    (tmp_path / "photo.png").write_bytes(images.encode(torch.zeros(1, 3, 4, 5), "PNG"))
    assert list(make_each(jobs).records) == [targets[0], targets[2]], "another photograph"


def test_all_are_made_again_by_force(jobs):
    make_each(jobs)
    assert len(make_each(jobs, force=True).records) == 3


def test_an_interrupted_one_writes_nothing_and_what_was_made_is_told(tmp_path, jobs):
    context, made, records = Context(), Made({}, [], {}), []

    def stop(step):
        if records and step.index == 2:
            context.cancel()

    with pytest.raises(KeyboardInterrupt):
        make_each(jobs, context, on_step=stop, on_record=records.append, made=made)
    assert list(made.records) == [next(iter(jobs))]
    assert records == list(made.records.values())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["0.png"]


def test_a_file_without_a_record_is_not_lost(jobs):
    target = next(iter(jobs))
    target.write_bytes(images.encode(torch.zeros(1, 3, 4, 5), "PNG"))
    before = target.read_bytes()
    made = make_each(jobs)
    assert isinstance(made.failed[target], OutputError)
    assert "is there already and carries no record" in str(made.failed[target])
    assert target.read_bytes() == before
    assert target in make_each(jobs, force=True, metadata=False).records


def test_a_folder_that_is_not_there_is_told(tmp_path):
    made = make_each({tmp_path / "none" / "a.png": Dots(), tmp_path / "b.png": Dots()})
    assert "does not exist" in str(made.failed[tmp_path / "none" / "a.png"])
    assert list(made.records) == [tmp_path / "b.png"]


def test_none_are_none():
    assert make_each({}) == Made({}, [], {})

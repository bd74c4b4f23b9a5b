"""The pictures of a batch's jobs in a folder."""

import pytest
import torch
from toy_jobs import Dots, Row, Silent

from deepatelier import images
from deepatelier.errors import AtelierError, OutputError
from deepatelier.images import open_picture
from deepatelier.jobs import Context, KeptPictures, carried_out, make, read_record


def _kept(folder, job):
    return KeptPictures(folder, job.children(Context()))


def _made(target, job, kept, **named):
    context = Context()
    context.child_done = kept.picture
    return make(job, {"picture": target}, context, on_step=kept.keep, **named)


def test_each_picture_is_kept_with_its_record(tmp_path):
    _made(tmp_path / "row.png", Row(), _kept(tmp_path / "kept", Row()))
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["seed_0.png", "seed_1.png"]
    record = read_record(tmp_path / "kept" / "seed_1.png")
    assert (record.job["seed"], record.steps, record.kind) == (1, 3, "dots")
    make(Dots(seed=1, steps=3), {"picture": tmp_path / "alone.png"})
    alone, kept = (open_picture(path).tensor() for path in (tmp_path / "alone.png", tmp_path / "kept" / "seed_1.png"))
    assert torch.equal(alone, kept)


def test_none_is_made_twice(tmp_path):
    first = _made(tmp_path / "a.png", Row(), _kept(tmp_path / "kept", Row()))
    times = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "kept").iterdir()}
    larger = Row(seeds=(0, 1, 2))
    kept = _kept(tmp_path / "kept", larger)
    assert kept.finished == ["seed=0", "seed=1"]
    _made(tmp_path / "b.png", larger, kept)
    assert {name: (tmp_path / "kept" / name).stat().st_mtime_ns for name in times} == times
    make(larger, {"picture": tmp_path / "c.png"})
    assert torch.equal(open_picture(tmp_path / "b.png").tensor(), open_picture(tmp_path / "c.png").tensor())
    again = _made(tmp_path / "a.png", Row(), _kept(tmp_path / "kept", Row()))
    assert again.record.losses == first.record.losses


def test_an_unfinished_one_is_not_kept(tmp_path):
    _made(tmp_path / "row.png", Row(), _kept(tmp_path / "kept", Row()), stop_after=5)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["seed_0.png"]
    assert _kept(tmp_path / "kept", Row()).finished == ["seed=0"]
    assert _kept(tmp_path / "kept", Row(steps=4)).finished == []


def test_another_picture_is_not_lost(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "seed_1.png").write_bytes(images.encode(torch.zeros(1, 3, 4, 4), "PNG"))
    with pytest.raises(OutputError, match="is there already and carries no record"):
        _kept(tmp_path / "kept", Row())
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="is a file, where a folder is to be made"):
        _kept(tmp_path / "file", Row())


def test_a_new_folder_in_which_nothing_is_kept_goes(tmp_path):
    kept = _kept(tmp_path / "new", Row())
    kept.close()
    assert not list(tmp_path.iterdir())
    (tmp_path / "old").mkdir()
    _kept(tmp_path / "old", Row()).close()
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_names_that_would_be_one_file_are_numbered(tmp_path):
    children = {"α: 1": Dots(seed=0), "α; 1": Dots(seed=1), "../x": Dots(seed=2)}
    kept = KeptPictures(tmp_path / "kept", children)
    assert sorted(path.name for path in kept._targets.values()) == [".._x.png", "α_1_0.png", "α_1_1.png"]
    assert {path.parent for path in kept._targets.values()} == {tmp_path / "kept"}


def test_what_makes_no_picture_cannot_be_kept(tmp_path):
    from dataclasses import replace

    from deepatelier.jobs import Step

    result = carried_out(Silent(), Context())
    kept = _kept(tmp_path / "kept", Row())
    with pytest.raises(AtelierError, match="seed=0 has made no picture"):
        kept.keep(replace(Step(3, 3, child="seed=0"), finished=result))

import json

import pytest

from deepatelier import samples
from deepatelier.cli import main
from deepatelier.images import open_picture

NAMES = [*samples.photographs(), *samples.paintings()]


def test_every_sample_is_listed(capsys):
    main(["samples"])
    out = capsys.readouterr().out
    assert all(name in out for name in NAMES)
    main(["samples", "--json"])
    assert [row["name"] for row in json.loads(capsys.readouterr().out)["samples"]] == NAMES


def test_style_lists_the_paintings(capsys):
    main(["style", "--list"])
    out = capsys.readouterr().out
    assert all(name in out for name in samples.paintings())
    assert "chelsea" not in out


def test_every_sample_is_written(capsys, tmp_path):
    main(["samples", "-o", str(tmp_path / "new")])
    for name in NAMES:
        assert open_picture(tmp_path / "new" / f"{name}.png").size == samples.open_picture(name).size
    assert f"Wrote {len(NAMES)} pictures" in capsys.readouterr().err


def test_a_picture_that_is_there_is_not_lost(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "paintings", lambda: ["swirl"])
    (tmp_path / "swirl.png").write_bytes(b"mine")
    with pytest.raises(SystemExit) as exited:
        main(["samples", "-o", str(tmp_path)])
    assert exited.value.code == 2
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "swirl.png").read_bytes() == b"mine"


def test_a_file_is_no_folder(capsys, photo_file):
    with pytest.raises(SystemExit) as exited:
        main(["samples", "-o", str(photo_file)])
    assert exited.value.code == 2
    assert "is a file, where a folder" in capsys.readouterr().err

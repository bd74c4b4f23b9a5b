import os
import stat

import pytest

from deepatelier import files
from deepatelier.errors import ImageError, OutputError, SurroundingsError

ENDINGS = (".png", ".jpg")


def test_files_that_cannot_be_read_are_explained(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.png").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe.png")
    for name, message in {
        "missing.png": "There is no file",
        "folder": "is a folder",
        "empty.png": "is empty",
        "pipe.png": "is not a regular file",
        "nul\0.png": "There is no file|cannot be read",
        "n" * 300: "cannot be read",
    }.items():
        with pytest.raises(ImageError, match=message) as caught:
            files.read_picture_file(tmp_path / name)
        assert len(str(caught.value).splitlines()) == 1


def test_a_file_of_too_many_bytes(monkeypatch, photo_file):
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    with pytest.raises(ImageError, match="at most 10 are read"):
        files.read_picture_file(photo_file)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("a.xyz", "extension '.xyz' cannot be written here"),
        ("a", "extension '' cannot be written here"),
        ("no/where/a.png", "does not exist"),
        ("folder.png", "is a folder"),
        ("n" * 250 + ".png", "more than 250 bytes"),
    ],
)
def test_outputs_that_cannot_be_written(tmp_path, path, message):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(OutputError, match=message):
        files.check_output(tmp_path / path, ENDINGS)
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder.png"]


def test_an_input_is_not_overwritten(photo_file):
    with pytest.raises(OutputError, match="is also an input"):
        files.check_output(photo_file, ENDINGS, sources=("swirl", photo_file))


def test_a_folder_without_permission(tmp_path, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.tempfile, "TemporaryFile", refuse)  # root may write anywhere
    with pytest.raises(OutputError, match="Permission denied"):
        files.check_output(tmp_path / "a.png", ENDINGS)


def test_writing_is_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    files.write_atomically(path, b"old")
    path.chmod(0o640)

    def full(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        with pytest.raises(SurroundingsError, match="No space left"):
            files.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    files.write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640

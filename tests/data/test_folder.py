import tarfile
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from deepatelier.data import open_dataset
from deepatelier.errors import InputError, UnknownNameError


def write(path, color, size=(12, 12)):
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(zlib.crc32(path.name.encode())).integers(0, 20, (*size, 3))
    Image.fromarray((np.array(color) * 200 + noise).astype(np.uint8)).save(path)


@pytest.fixture
def two_classes(tmp_path):
    root = tmp_path / "pets"
    for number in range(4):
        write(root / "cats" / f"c{number}.png", (1, 0, 0))
        write(root / "dogs" / f"d{number}.png", (0, 0, 1))
    return root


def test_a_folder_a_class(two_classes):
    found = open_dataset(str(two_classes))
    assert (found.name, found.classes, found.shape, found.skipped) == ("pets", ("cats", "dogs"), (3, 12, 12), ())
    assert found.train.names[0] == "cats/c0.png"
    assert found.train.targets.tolist() == [0] * 4 + [1] * 4
    red, blue = found.train.pixels()[:4].mean(dim=(0, 2, 3)), found.train.pixels()[4:].mean(dim=(0, 2, 3))
    assert red[0] > 0.7 > 0.1 > red[2]
    assert blue[2] > 0.7 > 0.1 > blue[0]
    assert found.test is None


@pytest.mark.parametrize("ending", [".tar", ".tar.gz"])
def test_an_archive_is_the_same_as_its_folder(two_classes, tmp_path, ending):
    packed = tmp_path / f"packed{ending}"
    with tarfile.open(packed, "w:gz" if ending == ".tar.gz" else "w") as archive:
        archive.add(two_classes, "anything/train")
    found = open_dataset(str(packed))
    assert found.name == "packed"
    assert found.train.sha256() == open_dataset(str(two_classes)).train.sha256()


def test_the_order_of_an_archive_does_not_matter(two_classes, tmp_path):
    with tarfile.open(tmp_path / "turned.tar", "w") as archive:
        for file in sorted(two_classes.rglob("*.png"), reverse=True):
            archive.add(file, file.relative_to(two_classes))
    turned, found = open_dataset(str(tmp_path / "turned.tar")), open_dataset(str(two_classes))
    assert turned.train.sha256() == found.train.sha256()
    assert turned.train.names == found.train.names


def test_the_name_is_the_folders_own(two_classes, monkeypatch):
    monkeypatch.chdir(two_classes)
    assert open_dataset(".").name == two_classes.name
    dotted = two_classes.rename(two_classes.with_name("pets.v2"))
    assert open_dataset(str(dotted)).name == "pets.v2"


def test_an_archive_that_ends_in_the_middle(two_classes, tmp_path):
    whole = tmp_path / "whole.tar.gz"
    with tarfile.open(whole, "w:gz") as archive:
        archive.add(two_classes, "pets")
    data = whole.read_bytes()
    for name, cut in (("cut.tar.gz", data[: len(data) // 2]), ("odd.tar.gz", data[:900] + bytes(50) + data[950:])):
        (tmp_path / name).write_bytes(cut)
        with pytest.raises(InputError, match="cannot be read as an archive"):
            open_dataset(str(tmp_path / name))


def test_a_folder_whose_name_cannot_be_printed(two_classes):
    write(two_classes / "do\u00a0gs" / "d.png", (0, 0, 1))
    with pytest.raises(InputError, match="cannot be printed"):
        open_dataset(str(two_classes))


def test_train_and_test(two_classes):
    for part in ("train", "Test"):
        for name in ("cats", "dogs"):
            (two_classes / part / name).parent.mkdir(exist_ok=True)
    (two_classes / "cats").rename(two_classes / "train" / "cats")
    (two_classes / "dogs").rename(two_classes / "train" / "dogs")
    write(two_classes / "Test" / "dogs" / "other.png", (0, 0, 0.9))
    found = open_dataset(str(two_classes))
    assert (len(found.train), len(found.test)) == (8, 1)
    assert found.test.targets.tolist() == [1]
    write(two_classes / "Test" / "fish" / "f.png", (0, 1, 0))
    with pytest.raises(InputError, match="test pictures of 'fish'"):
        open_dataset(str(two_classes))


def test_a_corrupt_picture_is_left_out_and_told(two_classes):
    (two_classes / "cats" / "broken.png").write_bytes(b"no picture")
    (two_classes / "cats" / "cut.png").write_bytes((two_classes / "cats" / "c0.png").read_bytes()[:60])
    (two_classes / "dogs" / "z_copy.png").write_bytes((two_classes / "dogs" / "d0.png").read_bytes())
    (two_classes / "loose.png").write_bytes((two_classes / "dogs" / "d1.png").read_bytes())
    (two_classes / "cats" / "notes.txt").write_text("not a picture")
    found = open_dataset(str(two_classes))
    assert len(found.train) == 8
    told = "\n".join(found.skipped)
    for words in ("broken.png", "cut.png", "z_copy.png: it is a duplicate", "loose.png: it is not in a class folder"):
        assert words in told
    assert "notes" not in told


def test_other_sizes_are_cut_in_the_middle(two_classes):
    write(two_classes / "cats" / "wide.png", (1, 0, 0), (20, 40))
    found = open_dataset(str(two_classes), otherwise=16)
    assert found.shape == (3, 16, 16)
    assert len(found.train) == 9
    assert open_dataset(str(two_classes), size=8).shape == (3, 8, 8)


def test_large_pictures_of_one_size_are_made_smaller(tmp_path):
    for name in ("a", "b"):
        write(tmp_path / name / f"{name}.png", (1, 1, 1), (50, 70))
    assert open_dataset(str(tmp_path), otherwise=16).shape == (3, 16, 16)


def test_the_middle_is_what_is_left(tmp_path):
    stripes = np.zeros((10, 30, 3), np.uint8)
    stripes[:, 10:20] = 255
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Image.fromarray(stripes + (name == "b")).save(tmp_path / name / "x.png")
    found = open_dataset(str(tmp_path), size=10)
    assert found.train.images[0].min() == 255


def test_what_cannot_be_learnt_from(tmp_path, two_classes):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no picture to learn from"):
        open_dataset(str(tmp_path / "empty"))
    write(tmp_path / "one" / "cats" / "c.png", (1, 0, 0))
    with pytest.raises(InputError, match="'cats': there is one class only"):
        open_dataset(str(tmp_path / "one"))
    with pytest.raises(InputError, match="no picture to learn from"):
        open_dataset(str(two_classes / "cats"))
    (tmp_path / "bad" / "a").mkdir(parents=True)
    (tmp_path / "bad" / "a" / "x.png").write_bytes(b"?")
    with pytest.raises(InputError, match=r"could not be used.*a/x.png"):
        open_dataset(str(tmp_path / "bad"))
    with pytest.raises(UnknownNameError, match="Your own is a folder"):
        open_dataset(str(tmp_path / "none"))
    (tmp_path / "file.zip").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"neither a folder nor one of \.tar"):
        open_dataset(str(tmp_path / "file.zip"))
    (tmp_path / "cut.tar.gz").write_bytes(b"\x1f\x8b\x08\x00")
    with pytest.raises(InputError, match="cannot be read as an archive"):
        open_dataset(str(tmp_path / "cut.tar.gz"))


def test_sixteen_bits_and_grey_become_bytes_of_three_channels(tmp_path):
    for name, array in (("a", np.full((8, 8), 40_000, np.uint16)), ("b", np.full((8, 8), 90, np.uint8))):
        (tmp_path / name).mkdir()
        Image.fromarray(array).save(tmp_path / name / "x.png")
    found = open_dataset(str(tmp_path))
    assert found.train.images.dtype == torch.uint8
    assert found.train.images[:, 0, 0, 0].tolist() == [156, 90]

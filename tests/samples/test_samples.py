import pytest

from deepatelier import samples
from deepatelier.errors import ImageError


@pytest.mark.parametrize("name", [*samples.photographs(), *samples.paintings()])
def test_every_sample_is_a_picture(name):
    picture = samples.open_picture(name)
    assert min(picture.size) >= 300
    assert picture.tensor((64, 64)).std() > 0.1


def test_a_file_goes_before_a_sample(tmp_path, monkeypatch, photo_file):
    monkeypatch.chdir(tmp_path)
    photo_file.rename("swirl")
    assert samples.open_picture("swirl").size == (40, 56)


@pytest.mark.parametrize(("name", "message"), [("swril", "Did you mean swirl"), ("a/b.png", "There is no file")])
def test_what_is_neither_file_nor_sample(name, message):
    with pytest.raises(ImageError, match=message):
        samples.open_picture(name)

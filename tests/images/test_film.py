import io

import pytest
import torch
from PIL import Image

from deepatelier.errors import SurroundingsError
from deepatelier.images import FILM_FORMATS, check_film_format, decode_last, encode_film, film_format_of

COLORS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
FRAMES = [(255 * torch.tensor(color)).byte().view(1, 3, 1, 1).expand(1, 3, 33, 47) for color in COLORS]


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
def test_every_picture_is_there_for_its_time(format_):
    with Image.open(io.BytesIO(encode_film(FRAMES, format_, fps=10))) as film:
        assert (film.n_frames, film.size) == (3, (47, 33))
        for number, color in enumerate(COLORS):
            film.seek(number)
            film.load()
            assert film.info["duration"] == 100
            seen = film.convert("RGB").getpixel((20, 20))
            assert all(abs(value - 255 * wanted) < 8 for value, wanted in zip(seen, color, strict=True))


@pytest.mark.parametrize("format_", ["mp4", "webm"])
def test_video(format_):
    av = pytest.importorskip("av")
    with av.open(io.BytesIO(encode_film(FRAMES, format_, fps=10))) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        assert container.streams.video[0].average_rate == 10
    assert [frame.shape for frame in frames] == [(32, 46, 3)] * 3
    for frame, color in zip(frames, COLORS, strict=True):
        assert abs(frame[16, 20] / 255 - torch.tensor(color).numpy()).max() < 0.1


def test_video_without_its_library_says_what_to_do(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SurroundingsError, match=r"deepatelier\[video\].*\.gif"):
        check_film_format("mp4")


def test_formats_by_ending():
    assert film_format_of("a.b/c.GIF") == "GIF"
    assert set(FILM_FORMATS) == {".gif", ".webp", ".png", ".mp4", ".webm"}


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG", "mp4", "webm"])
def test_the_last_picture_is_read_as_it_was_written(format_):
    if format_ in ("mp4", "webm"):
        pytest.importorskip("av")
    last = decode_last(encode_film(FRAMES, format_, fps=12), format_)
    assert last.shape == ((1, 3, 32, 46) if format_ in ("mp4", "webm") else (1, 3, 33, 47))
    assert (last[0, :, 10, 10] - torch.tensor(COLORS[-1])).abs().max() < 0.1

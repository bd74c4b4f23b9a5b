"""The measures of the painting benchmark on pictures whose answers are known."""

import subprocess
from pathlib import Path

import pytest
import torch

from benchmarks import painting
from benchmarks.repetition import repetition
from benchmarks.transfer_distances import distances
from benchmarks.which_painting import ranking
from deepatelier import images, samples


def _written(folder, **pictures):
    paths = []
    for name, picture in pictures.items():
        paths.append(folder / f"{name}.png")
        paths[-1].write_bytes(images.encode(picture, "PNG"))
    return paths


def _samples(size, *names):
    return {name: samples.open_picture(name).tensor(size) for name in names}


def test_a_painting_itself_is_recognised_without_its_colours(tmp_path):
    photo, *paintings = _written(tmp_path, **_samples((96, 128), "coffee", "swirl", "engraving", "mosaic"))
    (inverted,) = _written(tmp_path, inverted=samples.open_picture("engraving").tensor((96, 128)).flip(1))
    assert ranking(inverted, photo, tuple(paintings))[0].stem == "engraving"


def test_distances_of_the_photograph_and_of_the_painting(tmp_path):
    photo, painted = _written(tmp_path, **_samples((64, 80), "coffee", "swirl"))
    assert distances(photo, photo, painted, 80) == pytest.approx((1, 0))
    style, content = distances(painted, photo, painted, 80)
    assert style == pytest.approx(0, abs=1e-6)
    assert content > 0.5


def test_a_grid_repeats_itself_and_noise_does_not(tmp_path):
    generator = torch.Generator().manual_seed(0)
    noise = torch.rand(1, 1, 256, 512, generator=generator).expand(1, 3, -1, -1)
    grid = (torch.arange(512) % 12 < 6).float().expand(1, 3, 256, 512)
    photo, still, repeated = _written(tmp_path, photo=torch.full_like(grid, 0.5), noise=noise, grid=grid)
    assert repetition(repeated, photo) > 0.5
    assert repetition(still, photo) < 0.15


def test_only_missing_results_are_made(tmp_path, monkeypatch, capsys):
    for folder, names in (("photos", ["coffee"]), ("paintings", ["swirl", "mosaic"])):
        (tmp_path / folder).mkdir()
        _written(tmp_path / folder, **_samples((64, 80), *names))
    made = []

    def copied(command, **_):
        made.append(command[2])
        Path(command[-1]).write_bytes(Path(command[2]).read_bytes())
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(painting, "PAINT", {"magenta": lambda photo, style, _, output: [photo, "", style, output]})
    monkeypatch.setattr(painting.subprocess, "run", copied)
    words = [str(tmp_path / "paintings"), str(tmp_path / "photos"), "--results", str(tmp_path / "results")]
    words += ["--size", "80", "--methods", "magenta", "--measures", "which", "distances"]
    painting.main(words)
    painting.main(words)
    assert [Path(path).stem for path in made] == ["mosaic", "swirl"]
    assert "| magenta_80 | 2 | 0 | 1 | 1 |" in capsys.readouterr().out


def test_what_is_not_made_and_not_measured(tmp_path, monkeypatch, capsys):
    """A photograph in its own style, and anything without the program."""
    for folder in ("photos", "paintings"):
        (tmp_path / folder).mkdir()
        _written(tmp_path / folder, **_samples((64, 80), "coffee"))
    results = tmp_path / "results"
    words = [str(tmp_path / "paintings"), str(tmp_path / "photos"), "--results", str(results)]
    monkeypatch.setattr(painting, "PAINT", {"magenta": lambda *_: None})
    with pytest.raises(SystemExit, match="has no results of these pictures"):
        painting.main([*words, "--methods", "magenta"])
    _written(tmp_path / "paintings", **_samples((64, 80), "swirl"))
    with pytest.raises(SystemExit, match="has no results of these pictures"):
        painting.main([*words, "--methods", "magenta"])
    assert not list(results.iterdir())
    with pytest.raises(SystemExit):
        painting.main([*words, "--only-measure", "nowhere"])
    assert "has no folder nowhere" in capsys.readouterr().err
    (result,) = _written(results, **_samples((64, 80), "swirl"))
    (results / "fast_80").mkdir()
    result.rename(results / "fast_80" / "coffee__swirl.png")
    painting.main([*words, "--size", "80", "--only-measure", "fast_80"])
    assert "nan" not in capsys.readouterr().out


def test_long_pictures_are_measured(tmp_path):
    (photo,) = _written(tmp_path, photo=torch.rand(1, 3, 8, 128))
    assert 0 <= repetition(photo, photo) <= 1

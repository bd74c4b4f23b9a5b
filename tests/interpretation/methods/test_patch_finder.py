import subprocess
import sys

import pytest
import torch
from conftest import TinyNetwork
from peak_memory import on_linux

from deepatelier.errors import OptionError
from deepatelier.features import Axis, ReceptiveField
from deepatelier.interpretation import PatchFinder, patch_bounds


def test_it_finds_what_a_search_over_all_finds():
    network, layers = TinyNetwork(), ("relu1", "relu2")
    images = torch.rand(500, 3, 12, 10, generator=torch.Generator().manual_seed(1))
    finder = PatchFinder(network, layers, 9)
    start = 0
    for count in (1, 7, 8, 100, 3, 381):  # whatever comes together
        finder.show(images[start : start + count])
        start += count
    from deepatelier.features import extract

    everything = extract(network, images, layers)
    for layer, found in finder.found().items():
        maps = everything[layer]
        for channel in range(maps.shape[1]):
            best = sorted(range(500), key=lambda i, c=channel, m=maps: (-m[i, c].max().item(), i))[:9]
            assert found.pictures[channel].tolist() == best
            for place, index in enumerate(best):
                row, column = found.rows[channel, place], found.columns[channel, place]
                assert found.values[channel, place] == maps[index, channel].max() == maps[index, channel, row, column]
        assert torch.allclose(found.mean, maps.flatten(2).amax(dim=2).mean(dim=0), atol=1e-5)


def test_of_equal_answers_the_earlier_picture_stays():
    finder = PatchFinder(TinyNetwork(), ["relu1"], 2)
    for _ in range(3):
        finder.show(torch.full((2, 3, 4, 4), 0.5))
    assert finder.found()["relu1"].pictures.tolist() == [[0, 1]] * 4


def test_fewer_pictures_than_wanted():
    finder = PatchFinder(TinyNetwork(), ["relu2"], 9)
    finder.show(torch.rand(3, 3, 8, 8))
    assert finder.found()["relu2"].values.shape == (6, 3)


_MEASURE = """
import torch
from conftest import TinyNetwork
from peak_memory import peak_memory
from deepatelier.interpretation import PatchFinder
finder = PatchFinder(TinyNetwork(), ["relu2"], 9)
peaks = []
for number in range(1300):
    finder.show(torch.rand(1, 3, 64, 64))
    if number in (299, 1299):
        peaks.append(peak_memory())
print(peaks[1] - peaks[0])
"""


@on_linux
def test_memory_does_not_grow_with_the_pictures():
    ran = subprocess.run([sys.executable, "-c", _MEASURE], capture_output=True, text=True, cwd="tests", check=True)
    assert int(ran.stdout) < 4 * 2**20, "1,000 pictures of 49 kB each are 49 MB"


def test_a_silent_channel_is_not_selective():
    network = TinyNetwork()
    network.conv2.weight.data[1], network.conv2.bias.data[1] = 0, -1
    finder = PatchFinder(network, ["relu2"], 2)
    finder.show(torch.rand(4, 3, 8, 8))
    assert finder.found()["relu2"].selectivity()[1] == 0


def test_three_axes_are_neither_maps_nor_values():
    finder = PatchFinder(torch.nn.Sequential(torch.nn.Flatten(2)), ["0"], 1)
    with pytest.raises(OptionError, match="neither maps"):
        finder.show(torch.rand(1, 3, 4, 4))


FIELD = ReceptiveField(Axis(size=5, stride=2, start=-2), Axis(size=3, stride=4, start=1))


@pytest.mark.parametrize(
    ("place", "bounds"),
    [((0, 0), (0, 1, 3, 4)), ((2, 1), (2, 5, 7, 8)), ((4, 2), (6, 9, 10, 12)), ((9, 9), (9, 11, 10, 12))],
)
def test_bounds_are_cut_at_the_borders(place, bounds):
    assert patch_bounds(FIELD, (10, 12), *place) == bounds


def test_what_sees_all_has_the_whole_picture():
    assert patch_bounds(None, (10, 12), 0, 0) == (0, 0, 10, 12)

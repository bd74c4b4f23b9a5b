import functools
import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
import torch
from torch import nn
from torch.nn import functional

from deepatelier import networks
from deepatelier.errors import UnknownNameError
from deepatelier.interpretation.drawing import svg as drawing
from deepatelier.interpretation.drawing.blocks import blocks_of
from deepatelier.interpretation.drawing.layout import arrange
from deepatelier.interpretation.drawing.svg import draw

_SVG = "{http://www.w3.org/2000/svg}"


@functools.cache
def _blueprint(name):
    with torch.device("meta"):
        return networks.build(name)


def _edges(network, input_size, part=""):
    return {(a.name, b.name) for a, b in blocks_of(network, input_size, part).edges}


def _numbers(text):
    return [float(number) for number in re.findall(r"-?[\d.]+", text)]


def _hull(numbers):
    return min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])


def _text_area(text):
    """Of the middle width of letters in DejaVu Sans, the widest of the common fonts."""
    size, x, y = (float(text.get(key)) for key in ("font-size", "x", "y"))
    width = 0.58 * size * len(text.text)
    left = x if text.get("text-anchor") == "start" else x - width / 2
    return left, y - 0.75 * size, left + width, y + 0.2 * size


def _box_area(group):
    circle = group.find(f"{_SVG}circle")
    if circle is not None:
        x, y, r = (float(circle.get(key)) for key in ("cx", "cy", "r"))
        return x - r, y - r, x + r, y + r
    return _hull([number for polygon in group.iter(f"{_SVG}polygon") for number in _numbers(polygon.get("points"))])


def _overlap(a, b):
    return min(a[2], b[2]) - max(a[0], b[0]) > 0.2 and min(a[3], b[3]) - max(a[1], b[1]) > 0.2


def _points(path):
    """Points on a way, close to each other."""
    x = y = 0.0
    for letter, rest in re.findall(r"([MLC])([^MLC]*)", path.get("d")):
        numbers = _numbers(rest)
        corners = [(x, y), *zip(numbers[::2], numbers[1::2], strict=True)]
        if letter != "M":
            a, b, c, d = corners if letter == "C" else (corners[0], corners[0], corners[1], corners[1])
            for step in range(21):
                t = step / 20
                weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                yield tuple(sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
        x, y = corners[-1]


def _check(svg, blocks):
    root = ElementTree.fromstring(svg)
    left, top, width, height = _numbers(root.get("viewBox"))
    groups = list(root.iter(f"{_SVG}g"))
    boxes = [_box_area(group) for group in groups]
    signs = [element for group in groups for element in group.iter(f"{_SVG}text")]
    texts = [text for text in root.iter(f"{_SVG}text") if text not in signs]
    areas = [_text_area(text) for text in texts]
    assert len(boxes) == len(blocks)
    for area in (*boxes, *areas):
        assert area[0] >= left
        assert area[1] >= top
        assert area[2] <= width
        assert area[3] <= height
    for (i, a), (j, b) in combinations(enumerate([*boxes, *areas]), 2):
        assert not _overlap(a, b), (i, j, [text.text for text in texts])
    for path in root.iter(f"{_SVG}path"):
        points = list(_points(path))
        way = _hull([number for point in points for number in point])
        inside = {
            area
            for area in (*boxes, *areas)
            if way[0] <= area[2] and way[2] >= area[0] and way[1] <= area[3] and way[3] >= area[1]
            for x, y in points
            if area[0] + 0.5 < x < area[2] - 0.5 and area[1] + 0.5 < y < area[3] - 0.5
        }
        assert inside <= {area for area in boxes if area[0] <= points[0][0] <= area[2]}  # where the arrow begins
        assert len(inside) <= 1
    shown = sorted(text.text for text in texts if re.fullmatch(r"\d+( × \d+)*", text.text))
    sizes = sorted(" × ".join(map(str, block.shape)) for block in blocks)
    assert [size for size in shown if size in sizes] == sizes
    assert abs(width / height - 16 / 9) < 0.01
    return root


BETWEEN = {"vgg13", "vgg13_bn", "vgg13_gap", "vgg16", "vgg16_bn", "vgg16_gap", "vgg19_bn", "vgg19_gap", "vgg16_c"}
BETWEEN |= {"resnet34", "resnet101", "resnet56_projection", "plain56", "densenet161", "densenet169"}
"""They have the blocks of a shorter and of a longer network."""


@pytest.mark.parametrize("name", [name for name in networks.names() if name not in BETWEEN])
def test_a_network_fits_on_a_slide(name, monkeypatch):
    network = _blueprint(name)
    graph = blocks_of(network, network.input_size)
    monkeypatch.setattr(drawing, "blocks_of", lambda *_: graph)  # which takes longest
    svg = draw(network, network.input_size, title=name)
    root = _check(svg, list(graph))
    assert float(root.get("width")) <= 1280  # so that letters of 11 are at least 11 where it is 1280 wide
    assert min(float(text.get("font-size")) for text in root.iter(f"{_SVG}text")) >= 11
    assert svg == draw(network, network.input_size, title=name)


@pytest.mark.parametrize("name", ["lenet5_original", "googlenet_auxiliary", "resnet20"])
def test_it_is_the_same_each_time(name):
    network = _blueprint(name)
    assert draw(network, network.input_size) == draw(_blueprint.__wrapped__(name), network.input_size)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("googlenet", "inception_3a"),
        ("googlenet_naive", "inception_3a"),
        ("googlenet_auxiliary", "aux1"),
        ("resnet18", "conv2_1"),
        ("resnet50", "conv3_1"),
        ("se_resnet50", "conv2_1"),
        ("densenet121", "dense1_2"),
        ("densenet121", "dense1"),
        ("efficientnet_lite0", "block3"),
        ("vgg16", "conv1_1"),
    ],
)
def test_parts_fit_on_a_slide(name, part, monkeypatch):
    network = _blueprint(name)
    graph = blocks_of(network, network.input_size, part)
    monkeypatch.setattr(drawing, "blocks_of", lambda *_: graph)
    _check(draw(network, network.input_size, part=part), list(graph))


def test_heights_are_square_roots():
    network = _blueprint("vgg16")
    layout = arrange(blocks_of(network, network.input_size))
    for box in layout.boxes:
        assert box.height**2 / box.block.shape[-1] == pytest.approx(
            layout.scale.side**2 if len(box.block.shape) == 3 else layout.scale.units**2
        )
    thick = {box.block.name: box.thickness for box in layout.boxes}
    assert thick["pool4"] / thick["pool2"] == pytest.approx(2)


def test_runs_are_folded():
    network = _blueprint("resnet152")
    blocks = list(blocks_of(network, network.input_size))
    assert [(block.name, block.count) for block in blocks] == [
        ("input", 1),
        ("conv1", 1),
        ("pool1", 1),
        ("conv2_1 … conv2_3", 3),
        ("conv3_1 … conv3_8", 8),
        ("conv4_1 … conv4_36", 36),
        ("conv5_1 … conv5_3", 3),
        ("pool5", 1),
        ("fc", 1),
    ]
    assert blocks[5].shape == (1024, 14, 14)
    assert blocks[-1].kind == "output"


def test_growing_blocks_are_folded_under_their_containers_name():
    network = _blueprint("densenet121")
    counts = {block.name: block.count for block in blocks_of(network, network.input_size) if block.count > 1}
    assert counts == {"dense1": 6, "dense2": 12, "dense3": 24, "dense4": 16}


def test_an_identity_shortcut():
    network = _blueprint("resnet18")
    graph = blocks_of(network, network.input_size, "conv2_1")
    assert {(a.name, b.name) for a, b in graph.edges} == {
        ("input", "conv1"),
        ("conv1", "conv2"),
        ("conv2", "+"),
        ("input", "+"),
    }
    assert {block.name: block.details for block in graph} == {
        "input": (),
        "conv1": ("3×3", "BN", "ReLU"),
        "conv2": ("3×3", "BN"),
        "+": ("ReLU",),
    }


def test_an_inception_module():
    network = _blueprint("googlenet")
    branches = [("1x1",), ("3x3_reduce", "3x3"), ("5x5_reduce", "5x5"), ("pool", "pool_proj")]
    expected = {step for branch in branches for step in pairwise(("input", *branch, "[ ]"))}
    assert _edges(network, network.input_size, "inception_3a") == expected
    assert _edges(network, network.input_size, "inception3a") == expected


def test_a_squeeze_and_excitation_block():
    module = _blueprint("se_resnet50").layer1[0].se_module
    expected = {("input", "pool"), ("pool", "fc1"), ("fc1", "fc2"), ("fc2", "×"), ("input", "×")}
    assert _edges(module, (256, 7, 7)) == expected


def test_auxiliary_classifiers_branch_off():
    network = _blueprint("googlenet_auxiliary")
    edges = _edges(network, network.input_size)
    assert {b for a, b in edges if a == "inception_4a"} == {"aux1", "inception_4b"}
    assert {b for a, b in edges if a == "inception_4d"} == {"aux2", "inception_4e"}
    assert not {b for a, b in edges if a.startswith("aux")}


class _Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1))
        self.add_module('<b>&"', nn.Conv2d(3, 4, 5, padding=2))
        self.deep = nn.Conv2d(8, 8, 1)
        self.head = nn.Linear(8 * 16, 10)

    def forward(self, x):
        y = torch.cat([functional.relu(self.left(x)), self._modules['<b>&"'](x)], 1)
        y = y + self.deep(y)
        return self.head(functional.max_pool2d(y, 2).flatten(1))


def test_any_module_is_read_with_its_functions():
    network = _Odd()
    assert _edges(network, (3, 8, 8)) == {
        ("input", "left.0"),
        ("input", '<b>&"'),
        ("left.0", "left.2"),
        ("left.2", "[ ]"),
        ('<b>&"', "[ ]"),
        ("[ ]", "deep"),
        ("[ ]", "+"),
        ("deep", "+"),
        ("+", "pooling"),
        ("pooling", "head"),
    }
    assert network.training


def test_names_are_escaped():
    svg = draw(_Odd(), (3, 8, 8), title="<i>&\x00")
    root = _check(svg, list(blocks_of(_Odd(), (3, 8, 8))))
    assert '<b>&"' in [text.text for text in root.iter(f"{_SVG}text")]
    assert root.find(f"{_SVG}title").text == "<i>&�"
    assert not list(root.iter("b"))


def test_a_single_layer_is_a_network():
    _check(draw(nn.Linear(5, 2), (5,)), list(blocks_of(nn.Linear(5, 2), (5,))))
    assert _edges(nn.Linear(5, 2), (5,)) == {("input", "Linear")}


def test_a_part_that_is_not_there():
    network = _blueprint("googlenet")
    with pytest.raises(UnknownNameError, match=r"part of GoogLeNet named 'inception_3z'.*Did you mean inception_3"):
        draw(network, network.input_size, part="inception_3z")

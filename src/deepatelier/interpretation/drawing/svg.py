"""SVG drawings of networks, for slides."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

from torch import nn

from deepatelier.interpretation.drawing.blocks import Block, blocks_of
from deepatelier.interpretation.drawing.boxes import Box, Point
from deepatelier.interpretation.drawing.captions import Text, sizes_of
from deepatelier.interpretation.drawing.layout import Layout, arrange

__all__ = ["draw"]

_COLORS = {
    "input": "#d9d9d9",
    "convolution": "#7fb2dd",
    "pooling": "#e8a33d",
    "composite": "#c9a0c4",
    "dense": "#57b39a",
    "other": "#b8b39c",
    "output": "#d9694a",
    "join": "#ffffff",
}
"""Close to Okabe and Ito's palette, which is colour-blind safe; of different lightness, for print."""

_KINDS = {"convolution": "convolution", "pooling": "pooling", "composite": "block of layers", "dense": "dense layer"}
_KINDS |= {"other": "other layer", "output": "output"}
_INK, _GREY = "#222222", "#5f5f5f"


def draw(network: nn.Module, input_size: tuple[int, ...], *, title: str = "", part: str = "") -> str:
    """Draw a network as a self-contained 16:9 SVG: blocks in proportion to their sizes, and the data flow between them.

    The height of a box is proportional to the square root of the map's side, its thickness to that of the channels, the
    length of a bar to that of the units, with one scale per drawing; the legend says so.

    Args:
        network: Any module that takes a batch of pictures; on the meta device it costs nothing.
        input_size: (C, H, W).
        title: The title, to which the part is appended; the network's class if empty.
        part: A name in ``network.layers`` or a module's path: draws the inside of that module, leaf by leaf. Everything
            if empty.

    Raises:
        UnknownNameError: There is no such part, or it does not run.
    """
    graph = blocks_of(network, input_size, part)
    layout = arrange(graph)
    title = " · ".join(filter(None, (title or type(network).__name__, part)))
    first = next(iter(graph))
    totals = (
        f"{_rounded(graph.graph['parameters'])} parameters · {_rounded(graph.graph['multiply_adds'])} multiply-adds · "
        f"input {sizes_of(first)}"
    )
    return _svg(layout, title, totals)


def _rounded(number: int) -> str:
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if number >= size:
            return f"{number / size:.1f}{word}"
    return f"{number:,}"


def _svg(layout: Layout, title: str, totals: str) -> str:
    width, height = layout.size
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "font-family": "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif",
            "role": "img",
        },
    )
    head = Text(_printable(title), 24, bold=True, x=44, y=46, anchor="start").shortened(width - 88)
    ElementTree.SubElement(root, "title").text = _printable(title)
    ElementTree.SubElement(root, "desc").text = f"{totals}. {_described(layout)}"
    ElementTree.SubElement(root, "rect", {"width": f"{width:g}", "height": f"{height:g}", "fill": "#ffffff"})
    for box in layout.boxes:
        _box(root, box)
    for way in layout.ways.values():
        _way(root, way)
    for text in (head, Text(totals, 14, grey=True, x=44, y=70, anchor="start"), *sum(layout.labels, ())):
        _text(root, text)
    _legend(root, layout)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _printable(content: str) -> str:
    """Replace control characters, which XML does not allow."""
    return "".join(c if c.isprintable() else "�" for c in content)


def _described(layout: Layout) -> str:
    def name(block: Block) -> str:
        return _printable(f"{block.name} ({sizes_of(block)})")

    return "; ".join(f"{name(a)} to {name(b)}" for a, b in layout.ways)


def _box(root: ElementTree.Element, box: Box) -> None:
    color = _COLORS[box.block.kind]
    group = ElementTree.SubElement(root, "g", {"stroke": _shaded(color, 0.45), "stroke-width": "0.8", "class": "box"})
    if box.block.kind == "join":
        circle = {"cx": box.x + 12, "cy": box.y, "r": 12}
        group.set("stroke", _INK)
        ElementTree.SubElement(
            group, "circle", {key: f"{value:.1f}" for key, value in circle.items()} | {"fill": color}
        )
        _text(group, Text(box.block.name, 15, bold=True, x=box.x + 12, y=box.y + 5))
        return
    (dx, dy), top = box.slant, box.extent[1] + box.slant[1]
    for slab in range(box.slabs):
        x, right, bottom = box.x + slab * box.pitch, box.x + slab * box.pitch + box.thickness, top + box.height
        faces = [([(x, top), (right, top), (right, bottom), (x, bottom)], 1.0)]
        if dx:
            faces.append(([(x, top), (x + dx, top - dy), (right + dx, top - dy), (right, top)], 1.18))
            faces.append(([(right, top), (right + dx, top - dy), (right + dx, bottom - dy), (right, bottom)], 0.82))
        for points, light in faces:
            corners = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
            attributes = {"points": corners, "fill": _shaded(color, light), "stroke-linejoin": "round"}
            ElementTree.SubElement(group, "polygon", attributes)


def _shaded(color: str, light: float) -> str:
    """Return the colour darkened, or lightened for values above 1."""
    values = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    if light > 1:
        return "#" + "".join(f"{round(255 - (255 - value) * (1.9 - light) / 1.0):02x}" for value in values)
    return "#" + "".join(f"{round(value * light):02x}" for value in values)


def _way(root: ElementTree.Element, corners: tuple[Point, ...]) -> None:
    x, y = corners[-1]
    ends = [*corners[:-1], (x - 6, y)]
    path = f"M{ends[0][0]:.1f},{ends[0][1]:.1f}"
    for (a, b), (c, d) in pairwise(ends):
        middle = (a + c) / 2
        swings = abs(a - c) > 0.05 and abs(b - d) > 0.05
        path += f" C{middle:.1f},{b:.1f} {middle:.1f},{d:.1f} {c:.1f},{d:.1f}" if swings else f" L{c:.1f},{d:.1f}"
    line = {"d": path, "fill": "none", "stroke": _INK, "stroke-width": "1.4", "stroke-linejoin": "round"}
    ElementTree.SubElement(root, "path", line | {"class": "way"})
    head = f"{x:.1f},{y:.1f} {x - 8:.1f},{y - 4:.1f} {x - 8:.1f},{y + 4:.1f}"
    ElementTree.SubElement(root, "polygon", {"points": head, "fill": _INK})


def _text(root: ElementTree.Element, text: Text) -> None:
    attributes = {"x": f"{text.x:.1f}", "y": f"{text.y:.1f}", "font-size": f"{text.size:g}"}
    attributes |= {"text-anchor": text.anchor, "stroke": "none", "fill": _GREY if text.grey else _INK}
    if text.bold:
        attributes["font-weight"] = "bold"
    ElementTree.SubElement(root, "text", attributes).text = text.content


def _legend(root: ElementTree.Element, layout: Layout) -> None:
    kinds = {box.block.kind for box in layout.boxes}
    x, y = 44.0, layout.size[1] - 40
    for kind, name in _KINDS.items():
        if kind in kinds:
            square = {"x": f"{x:.1f}", "y": f"{y - 11:.1f}", "width": "14", "height": "14", "fill": _COLORS[kind]}
            ElementTree.SubElement(
                root, "rect", square | {"stroke": _shaded(_COLORS[kind], 0.45), "stroke-width": "0.8"}
            )
            text = Text(name, 12, x=x + 20, y=y, anchor="start")
            _text(root, text)
            x += text.width + 44
    maps = any(len(box.block.shape) > 1 for box in layout.boxes)
    vectors = any(len(box.block.shape) == 1 for box in layout.boxes)
    explanation = {
        (True, False): "Height and thickness grow with the square roots of side and channels.",
        (False, True): "Length grows with the square root of the number of units.",
        (True, True): "Height, thickness and a bar's length grow with the square roots of side, channels and units.",
    }[maps, vectors]
    _text(root, Text(explanation, 12, grey=True, x=44, y=layout.size[1] - 18, anchor="start"))

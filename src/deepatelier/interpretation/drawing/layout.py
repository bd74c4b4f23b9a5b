"""Layout of a network's blocks on a slide."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple

import networkx as nx

from deepatelier.interpretation.drawing.blocks import Block
from deepatelier.interpretation.drawing.boxes import Box, Point, Scale
from deepatelier.interpretation.drawing.captions import Text, labels_of
from deepatelier.interpretation.drawing.heights import Cell, heights

__all__ = ["Layout", "arrange"]

_SLIDE = (1280, 720)
_HEAD, _FOOT, _SIDE = 92, 66, 40  # space for the title and the legend, and the margins
_GAP, _WIDE_GAP, _MOST_GAP, _ROW_GAP = 22, 46, 180, 30
_LARGEST = (300, 260, 220, 190, 165, 140, 120, 100, 84, 70, 58, 48)
_GROWTH = (0.7, 0.8, 0.9, 1, 1.08, 1.17, 1.3, 1.5, 1.8, 2.2, 2.8, 3.6, 4.8, 7, 10, 16)
_ROOMY = 5  # the number of these sizes for a slide that is drawn enlarged
_LANES, _LANE = 5, 7  # maximum number of lines from one row to the next, and their distance


@dataclass(frozen=True)
class Layout:
    """The contents of a drawing.

    Attributes:
        size: The size of the slide.
        boxes: The boxes in the order of computation.
        labels: The texts below the boxes, in the same order.
        ways: For each edge of the graph, the points of its line. Between points that differ in both coordinates it is
            curved.
        scale: The scale of the boxes.
    """

    size: Point
    boxes: tuple[Box, ...]
    labels: tuple[tuple[Text, ...], ...]
    ways: dict[tuple[Block, Block], tuple[Point, ...]]
    scale: Scale


def arrange(graph: nx.DiGraph) -> Layout:
    """Arrange the blocks in columns by their longest path from the input, and the columns in rows.

    A row may end where all edges that continue come from one block, or if necessary where only few do. The largest size
    that fits on a slide of 1280 x 720 is used, or on a slightly smaller one, which is shown enlarged. If none fits, the
    slide grows and keeps its aspect ratio.
    """
    grid = _Grid(graph)
    for growth in _GROWTH:
        sizes = _LARGEST[: _ROOMY if growth < 1 else None]
        for lanes, largest in product((1,) if growth < 1 else (1, _LANES), sizes):
            layout = grid.laid((_SLIDE[0] * growth, _SLIDE[1] * growth), Scale.fitting(graph, largest), lanes)
            if layout and (layout.size[1] <= _SLIDE[1] * growth + 0.5 or growth == _GROWTH[-1]):
                return layout
    raise AssertionError("the last slide takes everything")


class _Bend(NamedTuple):
    """The point at which an edge between two blocks passes a column."""

    start: Block
    end: Block
    column: int


class _Grid:
    """The columns of blocks and bends, in an order with few crossings."""

    def __init__(self, graph: nx.DiGraph) -> None:
        self.graph, self.labels = graph, {block: labels_of(block) for block in graph}
        self.columns: list[list[Hashable]] = [list(generation) for generation in nx.topological_generations(graph)]
        place = {block: column for column, blocks in enumerate(self.columns) for block in blocks}
        self.ways = {
            (a, b): [a, *(_Bend(a, b, column) for column in range(place[a] + 1, place[b])), b] for a, b in graph.edges
        }
        for way in self.ways.values():
            for bend in reversed(way[1:-1]):
                self.columns[bend.column].insert(0, bend)
        self.steps = nx.DiGraph(step for way in self.ways.values() for step in pairwise(way))
        self.steps.add_nodes_from(graph)
        last = list(graph)[-1]
        leading, direct = {last, *nx.ancestors(graph, last)}, nx.transitive_reduction(graph).edges
        self.near: dict[Hashable, list[tuple[Hashable, float]]] = {node: [] for node in self.steps}
        for (start, end), way in self.ways.items():
            # edges that pass others, or lead to a side exit, do not pull their ends
            weight = 0.0001 if end not in leading else 1 if (start, end) in direct else 0.01
            for a, b in pairwise(way):
                pull = 1 if isinstance(a, _Bend) and isinstance(b, _Bend) else weight
                self.near[a].append((b, pull))
                self.near[b].append((a, pull))
        self._sort()

    def _sort(self) -> None:
        best = self._crossings(), [list(column) for column in self.columns]
        for sweep in range(8):
            order = range(1, len(self.columns)) if sweep % 2 == 0 else range(len(self.columns) - 2, -1, -1)
            for index in order:
                other = self.columns[index - 1 if sweep % 2 == 0 else index + 1]
                near = self.steps.pred if sweep % 2 == 0 else self.steps.succ
                rank = {node: position for position, node in enumerate(other)}
                middle = len(other) / 2

                def mean(node: Hashable) -> float:
                    ranks = [rank[neighbour] for neighbour in near[node]]  # noqa: B023 (used at once)
                    return sum(ranks) / len(ranks) if ranks else middle  # noqa: B023

                self.columns[index].sort(key=mean)
            found = self._crossings(), [list(column) for column in self.columns]
            best = min(best, found, key=lambda pair: pair[0])
        self.columns = best[1]

    def _crossings(self) -> int:
        rank = {node: position for column in self.columns for position, node in enumerate(column)}
        count = 0
        for column in self.columns:
            steps = [(rank[a], rank[b]) for a in column for b in self.steps.succ[a]]
            count += sum((a - c) * (b - d) < 0 for i, (a, b) in enumerate(steps) for c, d in steps[:i])
        return count

    def laid(self, size: Point, scale: Scale, lanes: int) -> Layout | None:
        """Return the layout on a slide of this size, which may grow downwards; None if a row is too wide.

        At most ``lanes`` edges lead from one row to the next.
        """
        boxes = {block: Box.of(block, scale) for block in self.graph}
        labels = self.labels
        cells: dict[Hashable, Cell] = {}
        for node in self.steps:
            if isinstance(node, Block):
                half = (boxes[node].height + boxes[node].slant[1]) / 2
                wide = max(boxes[node].width, *(text.width for text in labels[node]))
                cells[node] = Cell(wide, half, half + sum(text.line for text in labels[node]) + 6)
            else:
                cells[node] = Cell(0, 4, 4)
        rows = self._rows(cells, size[0] - 2 * _SIDE, lanes)
        if not rows:
            return None
        height = heights(self.columns, self.steps, self.near, cells)
        spans = []
        for row in rows:
            nodes = [node for index in row for node in self.columns[index]]
            spans.append(
                (min(height[n] - cells[n].above for n in nodes), max(height[n] + cells[n].below for n in nodes))
            )
        between = [_ROW_GAP + 2 * _LANE * (len(self._leading(row[-1])) - 1) for row in rows[:-1]]
        total = sum(bottom - top for top, bottom in spans) + sum(between)
        room = size[1] - _HEAD - _FOOT
        y = _HEAD + max(room - total, 0) / 2
        at: dict[Hashable, Point] = {}
        edges: dict[int, Point] = {}  # for each column: left and right end
        turns: dict[int, float] = {}  # for each column at the end of a row: where edges turn back
        for row, (top, bottom), gap_below in zip(rows, spans, [*between, 0], strict=True):
            widths = [max(cells[node].width for node in self.columns[index]) for index in row]
            gaps = [self._gap(index) for index in row[:-1]]
            spare = size[0] - 2 * _SIDE - sum(widths) - sum(gaps)
            more = min(spare / max(len(gaps), 1), _MOST_GAP)
            x = _SIDE + (spare - more * len(gaps)) / 2
            for index, wide, gap in zip(row, widths, [*gaps, 0], strict=True):
                edges[index] = x, x + wide
                at |= {node: (x + wide / 2, y + height[node] - top) for node in self.columns[index]}
                x += wide + gap + more
            y += bottom - top + gap_below
            turns[row[-1]] = y - gap_below / 2
        placed = {b: Box.of(b, scale, at[b][0] - boxes[b].width / 2, at[b][1]) for b in self.graph}
        texts = []
        for block in self.graph:
            below, line = placed[block].extent[3] + 6, []
            for text in labels[block]:
                below += text.line
                line.append(text.moved(at[block][0], below - 4))
            texts.append(tuple(line))
        ways = {edge: tuple(self._corners(way, placed, at, edges, turns, size[0])) for edge, way in self.ways.items()}
        return Layout((size[0], size[1] + max(total - room, 0)), tuple(placed.values()), tuple(texts), ways, scale)

    def _leading(self, column: int) -> list[Hashable]:
        """Return the nodes of a column whose edges continue."""
        return [node for node in self.columns[column] if self.steps.succ[node]]

    def _gap(self, column: int) -> float:
        """Return the gap after a column."""
        return _GAP if len(self.columns[column]) == len(self.columns[column + 1]) == 1 else _WIDE_GAP

    def _rows(self, cells: dict[Hashable, Cell], room: float, lanes: int) -> list[list[int]]:
        """Return the columns in rows of about equal width; empty if impossible."""
        parts: list[list[int]] = [[0]]
        for index in range(1, len(self.columns)):
            if len(self._leading(index - 1)) <= lanes:
                parts.append([])
            parts[-1].append(index)

        widths = [max(cells[node].width for node in column) for column in self.columns]
        gaps = [self._gap(index) for index in range(len(widths) - 1)]

        def width(columns: list[int]) -> float:
            return sum(widths[columns[0] : columns[-1] + 1]) + sum(gaps[columns[0] : columns[-1]])

        def filled(limit: float) -> list[list[int]]:
            rows: list[list[int]] = [[]]
            for part in parts:
                if rows[-1] and width(rows[-1] + part) > limit:
                    rows.append([])
                rows[-1] = rows[-1] + part
            return rows if all(width(row) <= limit for row in rows) else []

        best = filled(room)
        limit = room
        while best and limit > 50:
            limit -= 10
            rows = filled(limit)
            if len(rows) != len(best):
                break
            best = rows
        return best

    def _corners(
        self,
        way: list[Hashable],
        boxes: dict[Block, Box],
        at: dict[Hashable, Point],
        edges: dict[int, Point],
        turns: dict[int, float],
        width: float,
    ) -> Iterator[Point]:
        column = {node: index for index, nodes in enumerate(self.columns) for node in nodes}
        first = boxes[way[0]]  # type: ignore[index]
        yield first.x + first.width - first.slant[0] / 2, first.y
        for a, b in pairwise(way):
            yield edges[column[a]][1], at[a][1]
            if column[a] in turns:
                leading = self._leading(column[a])
                lane = _LANE * ((len(leading) - 1) / 2 - leading.index(a))  # nested, to avoid crossings
                beyond, before, turn = width - _SIDE / 2 + lane, _SIDE / 2 - lane, turns[column[a]] + lane
                yield from ((beyond, at[a][1]), (beyond, turn), (before, turn), (before, at[b][1]))
            yield edges[column[b]][0], at[b][1]
        last = boxes[way[-1]]  # type: ignore[index]
        yield last.x - 2, last.y

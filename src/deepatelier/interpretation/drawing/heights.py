"""Vertical layout of the nodes: lines as straight as possible."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import pairwise
from typing import NamedTuple

import networkx as nx

__all__ = ["Cell", "heights"]

_GAP = 14  # between the nodes of a column


class Cell(NamedTuple):
    """The space of a node: its width, and its extent above and below its middle."""

    width: float
    above: float
    below: float


def heights(
    columns: list[list[Hashable]],
    steps: nx.DiGraph,
    near: dict[Hashable, list[tuple[Hashable, float]]],
    cells: dict[Hashable, Cell],
) -> dict[Hashable, float]:
    """Return the vertical position of each node: near its neighbours, in order, without overlap, with straight lines.

    Args:
        columns: The nodes from left to right, and from top to bottom within a column.
        steps: The connections from column to column.
        near: For each node its neighbours, with the strength of their pull.
        cells: The space of each node.
    """
    height: dict[Hashable, float] = dict.fromkeys(steps, 0.0)
    for sweep in range(200):
        before = dict(height)
        for column in columns if sweep % 2 == 0 else columns[::-1]:
            wanted, weights = [], []
            for node in column:
                total = sum(weight for _, weight in near[node]) or 1
                wanted.append(sum(weight * height[other] for other, weight in near[node]) / total)
                weights.append(total)
            height |= zip(column, _apart(column, cells, wanted, weights), strict=True)
        if sweep % 2 and all(abs(height[node] - y) < 0.01 for node, y in before.items()):
            break
    return _straight(height, columns, near, cells, _lines(columns, steps, near))


def _lines(
    columns: list[list[Hashable]], steps: nx.DiGraph, near: dict[Hashable, list[tuple[Hashable, float]]]
) -> list[list[Hashable]]:
    """Return the lines to draw straight: chains of blocks and bends that are connected only to one another."""
    lines: list[list[Hashable]] = []
    for column in columns:
        for node in column:
            before = [a for a in steps.pred[node] if (a, 1) in near[node]]
            after = [b for b in steps.succ[before[0]] if (b, 1) in near[before[0]]] if before else []
            if len(before) == len(after) == 1:
                next(line for line in lines if line[-1] == before[0]).append(node)
            else:
                lines.append([node])
    return lines


def _straight(
    height: dict[Hashable, float],
    columns: list[list[Hashable]],
    near: dict[Hashable, list[tuple[Hashable, float]]],
    cells: dict[Hashable, Cell],
    lines: list[list[Hashable]],
) -> dict[Hashable, float]:
    """Return the positions with every line at a constant height, as far as the order in the columns allows."""
    line_of = {node: index for index, line in enumerate(lines) for node in line}
    apart: dict[tuple[int, int], float] = {}
    for a, b in (pair for column in columns for pair in pairwise(column)):
        distance = cells[a].below + cells[b].above + _GAP
        apart[line_of[a], line_of[b]] = max(distance, apart.get((line_of[a], line_of[b]), 0))
    order = nx.DiGraph(list(apart))
    order.add_nodes_from(range(len(lines)))
    if not nx.is_directed_acyclic_graph(order):
        return height
    wanted = [sum(height[node] for node in line) / len(line) for line in lines]
    downwards = list(nx.topological_sort(order))
    low, high = list(wanted), list(wanted)
    for line in downwards:
        low[line] = max([wanted[line], *(low[other] + apart[other, line] for other in order.pred[line])])
    for line in reversed(downwards):
        high[line] = min([wanted[line], *(high[other] - apart[line, other] for other in order.succ[line])])
    place = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    outside = [[(n, w) for node in line for n, w in near[node] if n not in line] for line in lines]
    for _ in range(50):
        before = list(place)
        for line in downwards:
            total = sum(weight for _, weight in outside[line])
            if total:
                y = sum(weight * place[line_of[node]] for node, weight in outside[line]) / total
                y = max([y, *(place[other] + apart[other, line] for other in order.pred[line])])
                place[line] = min([y, *(place[other] - apart[line, other] for other in order.succ[line])])
        if place == before:
            break
    return {node: place[line_of[node]] for node in height}


def _apart(
    column: list[Hashable], cells: dict[Hashable, Cell], wanted: list[float], weights: list[float]
) -> Iterator[float]:
    """Return the positions with order and distances kept that are nearest in weighted least squares, by pooling."""
    offsets = [0.0]
    for a, b in pairwise(column):
        offsets.append(offsets[-1] + cells[a].below + cells[b].above + _GAP)
    pools: list[tuple[float, float, int]] = []  # mean, weight, count
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        pools.append((want - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (m, w, c), (n, v, d) = pools[-2:]
            pools[-2:] = [((m * w + n * v) / (w + v), w + v, c + d)]
    means = [mean for mean, _, count in pools for _ in range(count)]
    return (mean + offset for mean, offset in zip(means, offsets, strict=True))

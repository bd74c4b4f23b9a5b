"""Conversion of a network to a graph of a few blocks, for drawing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import networkx as nx
import torch
from torch import nn

from deepatelier.errors import UnknownNameError
from deepatelier.features import Call
from deepatelier.interpretation.drawing.gates import Frame, gated_trace
from deepatelier.interpretation.drawing.kinds import arranges, details_of, follows, kind_of, mark_of
from deepatelier.networks import named_layers

__all__ = ["Block", "blocks_of"]

_DEEPEST = 24  # layers up to which a part is drawn leaf by leaf
_MOST = 30  # blocks above which equal neighbours are folded everywhere


@dataclass(frozen=True, eq=False)
class Block:
    """A block of the drawing.

    Attributes:
        index: The index of its first call, in the order of computation; −1 is the input.
        name: The paper's name, or the module's path; of the first and the last module if several are folded.
        kind: ``input``, ``convolution``, ``pooling``, ``dense``, ``composite``, ``output``, ``join`` or ``other``.
        shape: The shape of the output, without the batch.
        details: Kernel, normalisation, activation; for a composite, its class.
        count: The number of modules it represents.
        path: The path of its module; of the last, if it represents several.
    """

    index: int
    name: str
    kind: str
    shape: tuple[int, ...]
    details: tuple[str, ...] = ()
    count: int = 1
    path: str = ""


def blocks_of(network: nn.Module, input_size: tuple[int, ...], part: str = "") -> nx.DiGraph:
    """Return the blocks of a network or of a part of it, and the data flow between them.

    Containers are opened. A module of its own class with several layers, such as a residual block, is one block.
    Normalisation and activation become a detail of the block before them, or of the block after them if other modules
    use the raw data. Equal neighbours in one container, or neighbours that grow by a constant as in DenseNet, are
    folded into one block. A part of at most 24 layers is drawn leaf by leaf, and nothing in it is folded.

    Returns:
        A graph of `Block` nodes in the order of computation; its attributes are ``parameters`` and ``multiply_adds``.

    Args:
        network: Any module that takes a batch of pictures. It runs once, on a black picture and its own device.
        input_size: (C, H, W).
        part: A name in ``network.layers`` or the path of a module that runs; everything if empty.

    Raises:
        UnknownNameError: There is no such part, or it does not run.
    """
    tensors = (tensor for tensor in [*network.parameters(), *network.buffers()] if tensor.is_floating_point())
    like = next(tensors, torch.empty(0))
    calls, frames = gated_trace(network, torch.zeros(1, *input_size, device=like.device, dtype=like.dtype))
    ran = {_path(call): index for index, call in enumerate(calls) if call.path.split(".")[0] == "network"}
    layers = named_layers(network)
    known = {name: path for name, path in layers.items() if path in ran} | {path: path for path in ran if path}
    if part and part not in known:
        raise UnknownNameError(f"part of {type(network).__name__}", part, known)
    path = known.get(part, "")
    names = {path: name for name, path in reversed(layers.items())}
    leaf = Frame(path, ran[path] - 1, ran[path] + 1)
    reader = _Reader(network, calls, frames, names, next((frame for frame in frames if frame.path == path), leaf))
    graph = reader.graph()
    if not reader.deep:
        graph = _fold(graph, network, names)
        if len(graph) > _MOST:
            graph = _fold(graph, network, names, everywhere=True)
    parameters = sum(parameter.numel() for parameter in network.get_submodule(path).parameters())
    graph.graph.update(parameters=parameters, multiply_adds=calls[ran[path]].multiply_adds)
    return graph


def _path(call: Call) -> str:
    return call.path.removeprefix("network").removeprefix(".")


class _Reader:
    """Reads the blocks of a region from the calls.

    Args:
        network: The network that ran.
        calls: The calls from `gated_trace`.
        frames: The frames from `gated_trace`.
        names: The paper's names by path.
        region: The region to read: a frame, or a single call and its neighbours.
    """

    def __init__(
        self, network: nn.Module, calls: list[Call], frames: list[Frame], names: dict[str, str], region: Frame
    ) -> None:
        self.network, self.calls, self.names, self.region = network, calls, names, region
        self.frames = [frame for frame in frames if region.entry < frame.entry and frame.exit < region.exit]
        self.classes = Counter(type(network.get_submodule(frame.path)) for frame in self.frames)
        self.single = {frame.path for frame in self.frames if self._count(frame) == 1 and not self._joins(frame)}
        self.deep = bool(region.path) and self._count(region) <= _DEEPEST
        self.origins: dict[int, frozenset[int]] = {}  # for each call: the blocks that its output comes from
        self.since: dict[int, tuple[str, ...]] = {}  # for each call: operations since, as details of the next block
        self.blocks: dict[int, Block] = {}
        self.users = self._users()

    def graph(self) -> nx.DiGraph:
        """Return all blocks of the region."""
        calls, region = self.calls, self.region
        frame = calls[region.entry].path.startswith("entries.") if region.entry >= 0 else False
        shape = calls[region.entry].output if frame else calls[region.entry + 1].inputs[0]
        self.blocks[-1] = Block(-1, "input", "input", _without_batch(shape))
        sources: dict[int, frozenset[int]] = {-1: frozenset()}
        units = {frame.entry: frame for frame in self.frames if not self._opens(frame)}
        index = region.entry + 1
        while index < region.exit:
            call, before = calls[index], self._origins(calls[index])
            if index in units:
                sources[index] = before
                unit = units[index]
                self.origins[index] = before
                for inner in range(index + 1, unit.exit):
                    # a module without effect returns its input, which the trace then attributes to it everywhere
                    idle = calls[inner].path.startswith(("entries.", "exits.")) or arranges(calls[inner])
                    self.origins[inner] = self._origins(calls[inner]) if idle else frozenset({index})
                self.origins[unit.exit] = frozenset({index})
                kind = (*self._since(call), type(self.network.get_submodule(unit.path)).__name__)
                self._add(index, unit.path, "composite", calls[unit.exit].output, kind)
                index = unit.exit
            elif call.leaf and not self._passes(index, call, before):
                sources[index], self.origins[index] = before, frozenset({index})
                own = details_of(call) if call.path.startswith("joins.") else (*self._since(call), *details_of(call))
                self._add(index, _path(call), kind_of(call), call.output, own)
            index += 1
        used = frozenset[int]().union(*sources.values())
        for index, block in self.blocks.items():
            if not region.path and index >= 0 and index not in used and len(block.shape) == 1:
                self.blocks[index] = replace(block, kind="output")
        graph = nx.DiGraph()
        graph.add_nodes_from(self.blocks.values())
        graph.add_edges_from((self.blocks[i], block) for j, block in self.blocks.items() for i in sorted(sources[j]))
        graph.remove_nodes_from([block for block in graph if block.kind == "join" and self._idle(block, used)])
        return graph

    def _idle(self, join: Block, used: frozenset[int]) -> bool:
        frame = self.region.exit < len(self.calls) and self.calls[self.region.exit].path.startswith("exits.")
        return join.index not in used and frame and join.index not in self._origins(self.calls[self.region.exit])

    def _add(self, index: int, path: str, kind: str, shape: torch.Size, details: tuple[str, ...]) -> None:
        gate = path.partition(".")[2]
        if kind == "join":
            self.blocks[index] = Block(index, gate, kind, _without_batch(shape), details)
            return
        if path.startswith("poolings."):
            self.blocks[index] = Block(index, "pooling", kind, _without_batch(shape), details)
            return
        while path.rpartition(".")[0] in self.single and not self.names.get(path, "0").rpartition("/")[2].strip(
            "0123456789"
        ):
            path = path.rpartition(".")[0]
        name, rest = self.names.get(path, ""), path
        while not name and "." in rest:
            rest = rest.rpartition(".")[0]
            name = f"{self.names[rest]}/{path.removeprefix(rest + '.')}" if rest in self.names else ""
        name = name or path or type(self.calls[index].module).__name__
        if self.region.path:
            name = name.removeprefix(f"{self.names.get(self.region.path)}/").removeprefix(f"{self.region.path}.")
        self.blocks[index] = Block(index, name, kind, _without_batch(shape), details, 1, path)

    def _origins(self, call: Call) -> frozenset[int]:
        return frozenset[int]().union(*(self.origins.get(source, {-1}) for source in call.sources))

    def _since(self, call: Call) -> tuple[str, ...]:
        return next((self.since[source] for source in sorted(call.sources) if source in self.since), ())

    def _passes(self, index: int, call: Call, before: frozenset[int]) -> bool:
        """Return whether a call is part of another block, and if so, add it there."""
        gate = call.path.partition(".")[0]
        mark = mark_of(call) if gate == "network" else ""
        if (gate in ("network", "joins") and len(before) != 1) or gate == "poolings":
            return False
        if gate == "network" and not follows(call):
            return False
        self.origins[index] = before
        host = self.blocks[min(before)] if before else None
        if mark and host and host.index >= 0 and not self._since(call) and self._alone(call):
            if host.kind != "composite":
                self.blocks[host.index] = replace(host, details=(*host.details, mark))
        elif mark or self._since(call):
            self.since[index] = (*self._since(call), mark) if mark else self._since(call)
        return True

    def _alone(self, call: Call) -> bool:
        """Return whether no other call uses the same input."""
        return all(self.users[0][source] == 1 for source in self._raw(call))

    def _raw(self, call: Call) -> frozenset[int]:
        return frozenset[int]().union(*(self.users[1].get(source, {source}) for source in call.sources))

    def _users(self) -> tuple[Counter[int], dict[int, frozenset[int]]]:
        """Return the number of calls that use the output of each call, and the sources of each gate."""
        counts: Counter[int] = Counter()
        passing: dict[int, frozenset[int]] = {}
        self.users = counts, passing
        for index, call in enumerate(self.calls):
            if call.path.startswith(("entries.", "exits.")):
                passing[index] = self._raw(call)
            elif call.leaf:
                counts.update(self._raw(call))
        return counts, passing

    def _count(self, frame: Frame) -> int:
        """Return the number of layers in a frame that are blocks."""
        inside = self.calls[frame.entry + 1 : frame.exit]
        layers = [call for call in inside if call.leaf and call.path.startswith(("network", "poolings."))]
        return sum(not follows(call) for call in layers)

    def _joins(self, frame: Frame) -> bool:
        inside = self.calls[frame.entry + 1 : frame.exit]
        return any(call.path.startswith("joins.") and len(call.sources) > 1 for call in inside)

    def _opens(self, frame: Frame) -> bool:
        """Return whether a frame is drawn in parts, instead of as one block."""
        module = self.network.get_submodule(frame.path)
        if self.deep or isinstance(module, nn.Sequential) or frame.path in self.single or not self._count(frame):
            return True
        parts = [other for other in self.frames if frame.entry < other.entry and other.exit < frame.exit]
        holds = any(other.path not in self.single and self._joins(other) for other in parts)
        return self.classes[type(module)] == 1 and (holds or not self._joins(frame))


def _without_batch(shape: torch.Size) -> tuple[int, ...]:
    return tuple(shape[1:]) or (1,)


def _fold(graph: nx.DiGraph, network: nn.Module, names: dict[str, str], *, everywhere: bool = False) -> nx.DiGraph:
    """Return the graph with equal neighbours folded, and then those whose channels grow by a constant."""

    def container(block: Block) -> str:
        return block.path.rpartition(".")[0]

    def neighbours(run: list[Block], block: Block) -> bool:
        one = run[-1]
        listed = isinstance(network.get_submodule(container(block)), (nn.Sequential, nn.ModuleList))
        together = everywhere or (listed and container(one) == container(block))
        alike = one.kind == block.kind and one.kind in ("convolution", "composite") and one.details == block.details
        chained = list(graph.successors(one)) == [block] and list(graph.predecessors(block)) == [one]
        return chained and alike and together and one.shape[1:] == block.shape[1:]

    def equal(run: list[Block], block: Block) -> bool:
        return neighbours(run, block) and run[-1].shape == block.shape

    def growing(run: list[Block], block: Block) -> bool:
        steps = {b.shape[0] - a.shape[0] for a, b in zip(run, [*run[1:], block], strict=True)}
        return (
            neighbours(run, block)
            and len(block.shape) == 3
            and len(steps) == 1
            and all(b.count == 1 and b.kind == "composite" for b in run)
        )

    for fits, least in ((equal, 2), (growing, 3)):
        runs: list[list[Block]] = []
        for block in graph:
            if runs and fits(runs[-1], block):
                runs[-1].append(block)
            else:
                runs.append([block])
        folded: dict[Block, Block] = {}
        for run in runs:
            if len(run) < least:
                continue
            path = container(run[-1])
            whole = len(list(network.get_submodule(path).children())) == len(run)
            count = sum(block.count for block in run)
            between = ", " if count == 2 else " … "
            ends = run[0].name.split(" … ")[0], run[-1].name.split(" … ")[-1]
            name = names[path] if whole and path in names else between.join(ends)
            merged = replace(run[-1], index=run[0].index, name=name, count=count)
            folded |= dict.fromkeys(run, merged)
        graph = _merged(graph, folded)
    return graph


def _merged(graph: nx.DiGraph, folded: dict[Block, Block]) -> nx.DiGraph:
    merged = nx.DiGraph()
    merged.add_nodes_from(folded.get(block, block) for block in graph)
    edges = ((folded.get(a, a), folded.get(b, b)) for a, b in graph.edges)
    merged.add_edges_from((a, b) for a, b in edges if a != b)
    return merged

"""Summary of a network as a table: output, cost and receptive field of each layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import prod

from torch import nn

from deepatelier.features import Call, trace_picture
from deepatelier.interpretation.methods.advice import choices, shown_by
from deepatelier.networks import Network, input_size_of, named_layers

__all__ = ["Row", "Summary", "summarize"]


@dataclass(frozen=True)
class Row:
    """A layer that runs.

    Attributes:
        name: The paper's name, or the module path if there is none; it is a valid value of ``--layers``.
        path: The module path.
        kind: The module's class, as ``Conv2d``.
        output: (C, H, W), or (N,) for a dense layer; without the batch.
        kernel: ``3x3``, with ``/2`` for a stride and ``+1`` for a padding; empty if there is none.
        parameters: Its own weights and biases.
        multiply_adds: Multiply-adds of its own convolutions and matrix products, for one picture.
        receptive_field: Height and width of the receptive field, in pixels; None if it is the whole picture.
        stride: Pixels between neighbouring positions, rows and columns; None if the receptive field is everything.
        shows: What it can show, from the size of the receptive field; empty without feature maps.
        shapes: Whether it changes the shape or has parameters, as the rows of the papers' tables do.
    """

    name: str
    path: str
    kind: str
    output: tuple[int, ...]
    kernel: str
    parameters: int
    multiply_adds: int
    receptive_field: tuple[int, int] | None
    stride: tuple[int, int] | None
    shows: str
    shapes: bool


@dataclass(frozen=True)
class Summary:
    """The summary of a network.

    Attributes:
        input: (C, H, W) of the input.
        parameters: The number of all parameters.
        trainable: The number of trainable parameters.
        multiply_adds: Multiply-adds of all convolutions and matrix products, for one picture.
        rows: Its layers, in execution order; parameters of modules that do not run are in the row ``not called``.
        choices: Recommended layers by purpose.
    """

    input: tuple[int, ...]
    parameters: int
    trainable: int
    multiply_adds: int
    rows: tuple[Row, ...]
    choices: dict[str, list[str]]


def summarize(network: nn.Module, input_size: Sequence[int] | None = None) -> Summary:
    """Run a network once on a black picture and summarise its layers.

    Args:
        network: Any module. On the meta device it costs neither memory nor time.
        input_size: (C, H, W) of a picture, or (T, values at each step) of a sequence. None uses the network's own
            ``input_size``, or (3, 224, 224) without one.

    Raises:
        ShapeError: The network does not accept a picture of this shape.
    """
    own = network.input_size if isinstance(network, Network) else input_size_of(network)
    size = tuple(input_size or own or (3, 224, 224))
    calls = trace_picture(network, size)
    names = {path: name for name, path in named_layers(network).items()}
    counted: set[nn.Parameter] = set()
    rows = [
        _row(call, names, counted, size[1:])
        for call in _steps_together(calls)
        if call.leaf or call.own_multiply_adds or list(call.module.parameters(recurse=False))
    ]
    parameters = sum(parameter.numel() for parameter in network.parameters())
    rest = parameters - sum(row.parameters for row in rows)
    if rest:
        rows.append(Row("not called", "", "", (), "", rest, 0, None, None, "", shapes=True))
    return Summary(
        input=size,
        parameters=parameters,
        trainable=sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad),
        multiply_adds=sum(row.multiply_adds for row in rows),
        rows=tuple(rows),
        choices=choices(network, calls),
    )


def _steps_together(calls: Sequence[Call]) -> Iterator[Call]:
    """Yield the calls; those of the steps of a recurrent cell, which follow each other, as one."""
    for _, group in groupby(calls, key=lambda call: call.path):
        steps = list(group)
        yield replace(steps[-1], own_multiply_adds=sum(step.own_multiply_adds for step in steps))


def _row(call: Call, names: dict[str, str], counted: set[nn.Parameter], size: Sequence[int]) -> Row:
    fresh = set(call.module.parameters(recurse=False)) - counted
    counted |= fresh
    output = tuple(call.output[1:])
    return Row(
        name=names.get(call.path, call.path),
        path=call.path,
        kind=type(call.module).__name__,
        output=output,
        kernel=_kernel(call.module),
        parameters=sum(parameter.numel() for parameter in fresh),
        multiply_adds=call.own_multiply_adds,
        receptive_field=call.field and (call.field.rows.size, call.field.columns.size),
        stride=call.field and (call.field.rows.stride, call.field.columns.stride),
        shows=shown_by(call.field, size) if len(output) == 3 else "",
        shapes=bool(fresh)
        or bool(call.own_multiply_adds)
        or (bool(call.inputs) and prod(call.inputs[0][1:]) != prod(output)),
    )


def _kernel(module: nn.Module) -> str:
    size = getattr(module, "kernel_size", None)
    if size is None:
        return ""
    pairs = [_pair(getattr(module, name, default)) for name, default in (("stride", 1), ("padding", 0))]
    text = "x".join(map(str, _pair(size)))
    for sign, pair, dead in zip("/+", pairs, ((1, 1), (0, 0)), strict=True):
        if pair != dead:
            text += sign + (str(pair[0]) if pair[0] == pair[1] else "x".join(map(str, pair)))
    return text


def _pair(value: object) -> tuple[object, object]:
    return (value[0], value[-1]) if isinstance(value, tuple) else (value, value)

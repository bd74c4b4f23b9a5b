"""``atelier networks``: list all architectures, or show one layer by layer."""

from __future__ import annotations

import json as json_module
import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepatelier import interpretation
from deepatelier import networks as registry
from deepatelier.cli.messages import say
from deepatelier.cli.tables import show_table
from deepatelier.errors import OptionError
from deepatelier.files import check_output, write_atomically

if TYPE_CHECKING:
    from deepatelier.interpretation import Row, Summary

__all__ = ["networks"]

_LARGEST = 100_000


def networks(
    name: str | None = None,
    /,
    *,
    all: bool = False,
    input: str | None = None,
    draw: Path | None = None,
    part: str | None = None,
    markdown: bool = False,
    json: bool = False,
) -> None:
    """List the networks, or one of them layer by layer.

    Parameters
    ----------
    name
        A listed network, or your own as module:function, a function that returns a torch.nn.Module.
    all
        Also list activations, dropout and similar modules: every name that a layer option accepts.
    input
        Channels, height and width of the input, such as 3x224x224. Default: the paper's.
    draw
        Draw the network to this .svg file.
    part
        Draw the inside of this layer, such as inception_3a or conv2_1.
    markdown
        Print the table as Markdown.
    json
        Print one JSON object on stdout.
    """
    if json and markdown:
        raise OptionError("--json and --markdown are two formats of one table: choose one.")
    if name is None:
        if all or input or draw or part:
            raise OptionError("--all, --input, --draw and --part are for one network: give its name.")
        _list_all(markdown, json)
        return
    if part and not draw:
        raise OptionError("--part selects a part of the drawing: give a file with --draw too.")
    if draw:
        check_output(draw, formats=(".svg",))
    if name not in registry.listed() and not registry.is_own(name):
        raise registry.unknown_network(name)  # before torch is imported
    with redirect_stdout(sys.stderr):  # whatever the user's own network prints does not belong to the result
        network = registry.blueprint(name)
        summary = interpretation.summarize(network, _size(input))
        drawing = interpretation.draw(network, summary.input, title=name, part=part or "") if draw else ""
    if draw:
        write_atomically(draw, drawing.encode())
    if json:
        layers = [asdict(row) for row in summary.rows]
        print(
            json_module.dumps({"networks": [{**_facts(name, summary), "choices": summary.choices, "layers": layers}]})
        )
    elif draw:
        say(f"Wrote {draw}.")
    else:
        _show_layers(name, summary, all, markdown)


def _size(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    sides = text.lower().replace("×", "x").split("x")
    if len(sides) != 3 or not all(side.isdecimal() and 0 < int(side) <= _LARGEST for side in sides):
        raise OptionError(
            f"--input is channels, height and width, as in 3x224x224, each up to {_LARGEST:,}; received {text!r}."
        )
    return tuple(map(int, sides))


def _facts(name: str, summary: Summary) -> dict[str, Any]:
    listed = registry.listed()
    return (asdict(listed[name]) if name in listed else {"name": name}) | {
        "input": summary.input,
        "parameters": summary.parameters,
        "trainable": summary.trainable,
        "multiply_adds": summary.multiply_adds,
    }


def _list_all(markdown: bool, json: bool) -> None:
    found = registry.listed().values()
    if json:
        print(json_module.dumps({"networks": [asdict(facts) for facts in found]}))
        return
    header = ("name", "paper", "year", "input", "parameters", "multiply-adds", "weights")
    rows = [
        (
            facts.name,
            facts.authors,
            str(facts.year),
            _sides(facts.input),
            f"{facts.parameters:,}",
            f"{facts.multiply_adds:,}",
            ", ".join(facts.weights),
        )
        for facts in found
    ]
    numbers, optional = ("year", "parameters", "multiply-adds"), ("paper", "year", "weights")
    show_table(header, rows, numbers=numbers, optional=optional, markdown=markdown)


def _show_layers(name: str, summary: Summary, all: bool, markdown: bool) -> None:
    header = ("layer", "kind", "output", "kernel", "parameters", "multiply-adds", "sees", "shows")
    shown = [row for row in summary.rows if all or row.shapes]
    rows = [("input", "", _sides(summary.input), "", "", "", "", ""), *(_cells(row) for row in shown)]
    rows.append(("total", "", "", "", f"{summary.parameters:,}", f"{summary.multiply_adds:,}", "", ""))
    numbers, optional = ("parameters", "multiply-adds", "sees"), ("kernel", "kind")
    show_table(header, rows, numbers=numbers, optional=optional, markdown=markdown)
    paper = registry.listed().get(name)
    if paper:
        say(f"{name}: {paper.authors}, {paper.title} ({paper.year}).")
    say("sees: height and width of the receptive field of one position, in pixels.")
    say("shows: what fits into a receptive field of this size; a rule of thumb.")
    if summary.choices:
        say("Which layer for what:")
    for purpose, layers in summary.choices.items():
        say(f"  {purpose}: {', '.join(layers)}")
    left_out = len(summary.rows) - len(shown)
    if left_out:
        say(f"{left_out} layers without weights that keep the shape are not listed: --all lists them.")


def _cells(row: Row) -> tuple[str, ...]:
    sees = "all" if row.receptive_field is None else _sides(row.receptive_field)
    return (
        row.name,
        row.kind,
        _sides(row.output),
        row.kernel,
        f"{row.parameters:,}" if row.parameters else "",
        f"{row.multiply_adds:,}" if row.multiply_adds else "",
        sees,
        row.shows,
    )


def _sides(sides: tuple[int, ...]) -> str:
    return "x".join(map(str, sides))

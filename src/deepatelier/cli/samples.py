"""``atelier samples``: the bundled pictures."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier import images
from deepatelier import samples as shipped
from deepatelier.cli.messages import say
from deepatelier.cli.progress import progress
from deepatelier.cli.tables import show_table
from deepatelier.errors import OutputError
from deepatelier.files import check_output, make_folder, write_atomically
from deepatelier.jobs import Step

__all__ = ["list_paintings", "samples"]


def samples(*, output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None, json: bool = False) -> None:
    """List the bundled pictures, or write them as PNG.

    Parameters
    ----------
    output
        A folder to write them to; it is created if necessary.
    json
        Print one JSON object on stdout.
    """
    names = shipped.names()
    if output is not None:
        _write(names, output)
    if json:
        _print_json(names)
    elif output is None:
        show_table(("name", "kind", "what"), [(name, _kind(name), shipped.about(name)) for name in names], numbers=())


def list_paintings(*, json: bool) -> None:
    """Print the bundled paintings, as a table or as one JSON object."""
    if json:
        _print_json(shipped.paintings())
        return
    show_table(("name", "what"), [(name, shipped.about(name)) for name in shipped.paintings()], numbers=())


def _write(names: list[str], folder: Path) -> None:
    make_folder(folder)
    targets = {name: check_output(folder / f"{name}.png", (".png",)) for name in names}
    data = {}
    with progress("Drawing") as show:
        for number, (name, target) in enumerate(targets.items(), 1):
            data[name] = images.encode(shipped.open_sample(name).tensor(), "PNG")
            if target.exists() and not (target.is_file() and target.read_bytes() == data[name]):
                raise OutputError(f"{target} is there already, with different content. Give another folder.")
            show(Step(number, len(names), child=name))
    for name, target in targets.items():
        write_atomically(target, data[name])
    say(f"Wrote {len(names)} pictures to {folder}.")


def _print_json(names: list[str]) -> None:
    rows = [{"name": name, "kind": _kind(name), "about": shipped.about(name)} for name in names]
    print(json_module.dumps({"samples": rows}))


def _kind(name: str) -> str:
    return "photograph" if name in shipped.photographs() else "painting"

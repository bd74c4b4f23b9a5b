"""``atelier samples``: the pictures that ship."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier import images
from deepatelier import samples as shipped
from deepatelier.cli.messages import say
from deepatelier.cli.progress import progress_bar
from deepatelier.cli.tables import show_table
from deepatelier.errors import OutputError
from deepatelier.files import check_output, write_atomically

__all__ = ["list_paintings", "samples"]


def samples(*, output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None, json: bool = False) -> None:
    """List the pictures that ship, or write them as PNG.

    Parameters
    ----------
    output
        A folder to write them to; it is made if it is not there.
    json
        Print one JSON object on stdout.
    """
    names = [*shipped.photographs(), *shipped.paintings()]
    if output is not None:
        _write(names, output)
    if json:
        rows = [{"name": name, "kind": _kind(name), "about": shipped.about(name)} for name in names]
        print(json_module.dumps({"samples": rows}))
    elif output is None:
        show_table(("name", "kind", "what"), [(name, _kind(name), shipped.about(name)) for name in names], numbers=())


def list_paintings() -> None:
    """Print the paintings that ship."""
    show_table(("name", "what"), [(name, shipped.about(name)) for name in shipped.paintings()], numbers=())


def _write(names: list[str], folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    targets = {name: check_output(folder / f"{name}.png", (".png",)) for name in names}
    with progress_bar("Drawing", len(names)) as advance:
        for name, target in targets.items():
            data = images.encode(shipped.open_picture(name).tensor(), "PNG")
            if target.exists() and target.read_bytes() != data:
                raise OutputError(f"{target} is there already, and is another picture. Give another folder.")
            write_atomically(target, data)
            advance(name)
    say(f"Wrote {len(names)} pictures to {folder}.")


def _kind(name: str) -> str:
    return "photograph" if name in shipped.photographs() else "painting"

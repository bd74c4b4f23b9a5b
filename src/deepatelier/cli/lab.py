"""``atelier lab``: the worked examples of the courses."""

from __future__ import annotations

import json as json_module
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from deepatelier.cli.tables import show_table
from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.jobs import entry, jobs_of, kinds

__all__ = ["lab"]

_LABS = {kind.partition(" ")[2]: entry(kind).about for kind in kinds() if kind.startswith("lab ")}

lab = App(name="lab", help="Run the worked examples of the courses.\n\nExample: atelier lab pooling -o .")


@lab.default
def _list(name: str | None = None, /, *, json: bool = False) -> None:
    """List the worked examples.

    Parameters
    ----------
    name
        A lab of the list, to run it.
    json
        Print the list as one JSON object on stdout.
    """
    if name is not None:
        raise UnknownNameError("lab", name, _LABS)
    if json:
        print(json_module.dumps({"labs": [{"name": each, "about": about} for each, about in _LABS.items()]}))
    else:
        show_table(("lab", "shows"), list(_LABS.items()), numbers=())


def _command(name: str) -> Callable[..., None]:
    """Return the function of a lab."""
    from deepatelier.cli.form import form_of, made_from
    from deepatelier.cli.running import Wanted, carry_out, say_result

    jobs = jobs_of(f"lab {name}")
    form = form_of(jobs)

    def made(*, output: Path, json: bool, options: Any) -> None:
        """Make the lab's pictures."""
        if not output.is_dir():
            raise OptionError(
                f"-o is the folder for the lab's pictures, and {output} is not a folder. Create it, or give another."
            )
        job = made_from(jobs, {}, options)
        endings = {"picture": ".png", "film": ".gif"}
        targets = {each: output / f"{name}{endings[each]}" for each in type(job).outputs}
        wanted = Wanted(str(next(iter(targets.values()))), json=json)
        say_result(job, carry_out(job, targets, wanted), wanted)

    where = Parameter(name=("--output", "-o"), help="The folder to write to, under the lab's name; it must exist.")
    made.__annotations__ = {
        "output": Annotated[Path, where],
        "json": Annotated[bool, Parameter(help="Print the record as one JSON object on stdout.")],
        "options": Annotated[form, Parameter(name="*")],
    }
    made.__kwdefaults__ = {"output": Path(), "json": False, "options": form()}
    made.__doc__ = f"{_LABS[name]}\n\nExample: {entry(f'lab {name}').example}"
    return made


def __getattr__(name: str) -> Callable[..., None]:
    """Return the function of a lab, built when it is called."""
    if name in _LABS:
        return _command(name)
    raise AttributeError(name)


for _name, _about in _LABS.items():
    lab.command(
        f"deepatelier.cli.lab:{_name}", name=_name, help=f"{_about}\n\nExample: {entry(f'lab {_name}').example}"
    )

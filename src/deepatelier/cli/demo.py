"""``atelier demo``: style transfer on bundled samples."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.messages import say
from deepatelier.cli.running import Wanted, carry_out
from deepatelier.synthesis.style.style_job import StyleJob, StyleOptions

__all__ = ["demo"]

_PHOTO, _PAINTING = "chelsea", "swirl"


def demo(
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("demo.png"),
    json: bool = False,
    options: Annotated[StyleOptions, Parameter(name="*")] = StyleOptions(),  # noqa: B008 (frozen)
) -> None:
    """Paint a bundled photograph in the style of a bundled painting.

    Parameters
    ----------
    output
        The picture to write.
    json
        Print the record as one JSON object on stdout.
    """
    given = options.model_dump(include=options.model_fields_set)
    record = carry_out(StyleJob(photo=_PHOTO, paintings=(_PAINTING,), **given), {"picture": output}, Wanted("")).record
    if json:
        print(record.to_json())
        return
    say(f"Painted {_PHOTO!r} in the style of {_PAINTING!r} in {record.seconds:.0f} s. The picture: {output.resolve()}")
    say("Next, your own: atelier style PHOTO PAINTING -o OUT.png   (atelier style --list shows the bundled paintings)")

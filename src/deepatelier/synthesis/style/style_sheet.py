"""Options and job of a sheet of style transfers, which shows the effect of two options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, ValidationError

from deepatelier.errors import OptionError
from deepatelier.inputs import PictureInput
from deepatelier.jobs import Batch, Context, Job, Output, State, Work, composed
from deepatelier.options import option
from deepatelier.synthesis.recipe.painting_job import PHOTO
from deepatelier.synthesis.style.axes import axis
from deepatelier.synthesis.style.style_job import PAINTINGS, StyleJob, StyleOptions

__all__ = ["StyleSheetJob", "StyleSheetOptions"]


class StyleSheetOptions(StyleOptions):
    """Options of `StyleSheetJob`: those of the single pictures, and the axes."""

    size: int = option(256, "Longest side of each picture, in pixels.", ge=32, le=16384)
    steps: int = option(200, "Gradient evaluations for each picture.", ge=1, le=100_000)
    rows: str = option(
        "layers",
        "What changes from row to row: layers (growing sets of style layers, (a) to (e) in Gatys et al. 2015), ratio "
        "(α/β from 1e-4 to 1e-1), or an option with its values, as strength=0.2,0.6,1",
    )
    columns: str = option("ratio", "What changes from column to column; the same choices as for --rows.")


class StyleSheetJob(Batch, StyleSheetOptions):
    """Style transfers in a grid: one picture for each pair of values of two options."""

    kind: ClassVar = "sheet"
    example: ClassVar = "atelier sheet photo.jpg swirl --rows layers --columns strength=0.3,0.6,1 -o sheet.png"
    arguments: ClassVar = ("photo", "paintings")
    keeps_pictures: ClassVar = True
    outputs: ClassVar = {"picture": Output("picture", "sheet.png", "The sheet to write.")}

    photo: PictureInput = Field(description=PHOTO)
    paintings: Annotated[tuple[PictureInput, ...], Field(min_length=1)] = Field(description=PAINTINGS)

    def children(self, context: Context) -> Mapping[str, Job]:  # noqa: ARG002
        """See `Batch`.

        Raises:
            OptionError: There is no such axis, both change the same option, or a value is out of range.
        """
        rows, columns = axis(self.rows, StyleOptions), axis(self.columns, StyleOptions)
        down, across = ({name for place in each.values() for name in place} for each in (rows, columns))
        if both := down & across:
            raise OptionError(f"--rows and --columns both change {', '.join(sorted(both))}; give two different axes.")
        _check_balance(self, down | across)
        options = self.resolved()
        base = {name: getattr(options, name) for name in StyleJob.model_fields}
        if "style_loss" in down | across and _are_default(options):
            del base["style_layers"]  # each loss has its own
        found: dict[str, Job] = {}
        for row, changed in rows.items():
            for column, also in columns.items():
                label = f"{row}, {column}"
                try:
                    found[label] = StyleJob.complete({**base, **changed, **also})
                except ValidationError as error:
                    raise OptionError(f"{label}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None
        return found

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`."""
        columns = len(axis(self.columns, StyleOptions))
        result = yield from composed(self.resolved(), self.children(context), context, state, columns=columns)
        return result


def _are_default(options: StyleOptions) -> bool:
    return options.style_layers == StyleOptions(style_loss=options.style_loss).style_layers


def _check_balance(options: StyleOptions, changed: set[str]) -> None:
    """Raise OptionError if an axis changes α and β although another option sets them."""
    if "beta" not in changed:
        return
    if "strength" in changed or options.strength is not None:
        raise OptionError("Strength sets the balance of content and style, and so does ratio. Give another axis.")
    if "style_loss" in changed or options.style_loss != "gram" or options.preset == "best":
        raise OptionError("Ratio is α/β of Gram matrices; another style loss has another unit. Take strength or alpha.")

"""A sheet of style transfers: how two options change the picture."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from torch import Tensor

from deepatelier.errors import OptionError
from deepatelier.images import Picture
from deepatelier.synthesis.axes import axis
from deepatelier.synthesis.recipe import Recipe
from deepatelier.synthesis.sheet import SheetRecipe
from deepatelier.synthesis.sheet_options import SheetOptions
from deepatelier.synthesis.style_options import StyleOptions
from deepatelier.synthesis.style_transfer import make_style

__all__ = ["make_sheet"]


def make_sheet(
    photo: Picture, paintings: Picture | str | Sequence[Picture | str], options: SheetOptions
) -> SheetRecipe:
    """Style transfer with each value of one axis (down) and of the other (across).

    Raises:
        OptionError: There is no such axis, both change the same option, or a value is out of range.
    """
    rows, columns = axis(options.rows, StyleOptions), axis(options.columns, StyleOptions)
    both = {name for place in rows.values() for name in place} & {name for place in columns.values() for name in place}
    if both:
        raise OptionError(f"--rows and --columns both change {', '.join(sorted(both))}; give two different axes.")
    _check_balance(options, {name for place in (*rows.values(), *columns.values()) for name in place})
    options = options.resolved()
    base = {name: getattr(options, name) for name in StyleOptions.model_fields}
    if any("style_loss" in place for place in (*rows.values(), *columns.values())) and _are_default(options):
        del base["style_layers"]  # each loss has its own
    panels: dict[str, Recipe | Tensor] = {}
    for row, changed in rows.items():
        for column, also in columns.items():
            label = f"{row}, {column}"
            try:
                panels[label] = make_style(photo, paintings, StyleOptions.complete({**base, **changed, **also}))
            except ValidationError as error:
                raise OptionError(f"{label}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None
    return SheetRecipe(panels, options, columns=len(columns))


def _are_default(options: SheetOptions) -> bool:
    return options.style_layers == StyleOptions(style_loss=options.style_loss).style_layers


def _check_balance(options: SheetOptions, changed: set[str]) -> None:
    """Raise OptionError if an axis sets α and β where something else does."""
    if "beta" not in changed:
        return
    if "strength" in changed or options.strength is not None:
        raise OptionError("Strength sets the balance of content and style, and so does ratio. Give another axis.")
    if "style_loss" in changed or options.style_loss != "gram" or options.preset == "best":
        raise OptionError("Ratio is α/β of Gram matrices; another style loss has another unit. Take strength or alpha.")

"""The axes of a sheet: the options that change along its rows and columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deepatelier.errors import OptionError
from deepatelier.inputs import input_fields
from deepatelier.options import RecipeOptions
from deepatelier.synthesis.recipe.style_layers import STYLE_LAYERS

__all__ = ["axis"]

_NAMED: dict[str, dict[str, dict[str, Any]]] = {
    "layers": {
        f"({letter}) to {layer}": {"style_layers": STYLE_LAYERS[: number + 1]}
        for number, (letter, layer) in enumerate(zip("abcde", STYLE_LAYERS, strict=True))
    },
}
"""The sets of style layers (a) to (e) of Gatys et al. (2015), figure 1."""

_RATIOS = ("1e-04", "1e-03", "1e-02", "1e-01")
"""The ratios α/β of Gatys et al. (2016), 'Image Style Transfer Using Convolutional Neural Networks', figure 4."""

_MOST = 50
"""The maximum number of values along an axis."""

_NO_AXES = ("size", "preset", "device", "painter", "measure")
"""Options that cannot be an axis: they change a picture's size or shape, or do not change it at all."""


def axis(words: str, model: type[RecipeOptions]) -> Mapping[str, dict[str, Any]]:
    """Return the options that each position of an axis changes, keyed by the position's label.

    Args:
        words: ``layers``, ``ratio``, ``ratio=VALUE,…``, or ``OPTION=VALUE,…``. For an option that takes several words,
            join them by ``+``.
        model: The class that declares the options.

    Raises:
        OptionError: There is no such axis or option, or it has no values.
    """
    if words in _NAMED:
        return _NAMED[words]
    if words == "ratio":
        words = f"ratio={','.join(_RATIOS)}"
    name, _, text = words.partition("=")
    option = name.strip().removeprefix("--").replace("-", "_")
    values = [value.strip() for value in text.split(",") if value.strip()]
    if option == "ratio":
        return {f"ratio {value}": {"alpha": 1.0, "beta": 1 / _positive(value)} for value in values}
    if option in model.model_fields and option in _NO_AXES:
        raise OptionError(f"{option} cannot be an axis of a sheet: every picture has the same. Give another option.")
    if option not in model.model_fields:
        raise OptionError(
            f"A sheet has no axis {words!r}. Give layers, ratio, or an option with values, as strength=0.2,0.6,1"
        )
    field = input_fields(model).get(option)
    if field and not all(field.opens_nothing(value) for value in values):
        raise OptionError(f"{option} cannot be an axis of files: they would not be inputs of the sheet. Give names.")
    if len(values) > _MOST:
        raise OptionError(f"The axis {name} has {len(values)} values; a sheet has at most {_MOST} along each.")
    if not values:
        raise OptionError(f"The axis {name} has no values; give some, as {name}=VALUE,VALUE")
    if len(set(values)) < len(values):
        raise OptionError(f"The axis {name} has a value twice; give each once.")
    shown = option.replace("_", " ")
    return {f"{shown} {value}": {option: value.split("+") if "+" in value else value} for value in values}


def _positive(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise OptionError(f"The ratio α/β is a number above 0, as 1e-3; received {value!r}.")
    return number

"""Trained painters: their files, and the pretrained one."""

from __future__ import annotations

import copy
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from deepatelier.devices import available_memory, release_freed_memory, too_little_memory
from deepatelier.errors import OptionError, WeightsError
from deepatelier.images import Picture, to_array, to_tensor
from deepatelier.inputs import Input
from deepatelier.jobs import WeightsProduct
from deepatelier.painters.painter import STRIDE, Painter
from deepatelier.synthesis.style.colors import Colors, match_colors

__all__ = ["SHIPPED_PAINTER", "TrainedPainter", "load_painter", "painter_product"]

SHIPPED_PAINTER = Path(__file__).with_name("painter.safetensors")
"""A painter for the sample paintings, with which training starts. CONTRIBUTING says how it was trained."""

_SCHEMA = "deepatelier-painter/2"
"""The schema of the JSON in a painter's file."""

_MOST = 1024
"""Upper limits for width, depth and number of paintings in a painter's file."""

_MARGIN = 48
"""Pixels of mirrored padding at each border that are cropped afterwards, as in the optimisation of pixels."""

_BYTES_PER_PIXEL = {torch.bfloat16: 200, torch.float32: 400}
"""Memory in bytes per pixel: 173 and 326 were measured at 2048² pixels; rounded up."""


@dataclass(frozen=True)
class TrainedPainter:
    """A painter, and the paintings it was trained on.

    Attributes:
        network: Frozen.
        paintings: The style images, in the order of the painter's styles.
        colors: The colour statistics of each painting.
        training: How it was trained: options, photographs, steps, seconds, losses.
        file: The file it was loaded from.
    """

    network: Painter
    paintings: tuple[Input, ...]
    colors: tuple[Colors, ...]
    training: dict[str, Any]
    file: Input

    def index_of(self, painting: Picture) -> int | None:
        """Return the index of a painting's style by its sha256; None if the painter was not trained on it."""
        return next((index for index, known in enumerate(self.paintings) if known.sha256 == painting.sha256), None)

    def style_of(self, painting: Picture) -> int:
        """Return `index_of`. Raises OptionError if the painter was not trained on the painting."""
        index = self.index_of(painting)
        if index is not None:
            return index
        name, file = shlex.quote(painting.source), "painter.safetensors"
        knows = ", ".join(known.name for known in self.paintings)
        raise OptionError(
            f"The painter {self.file.name} does not know the painting {painting.name}; it knows {knows}. Leave "
            "--painter out for the universal painter, or train one for this painting, in minutes:\n"
            f"atelier train-painter {name} -o {file}\nThen give --painter {file}."
        )

    def memory(self, size: tuple[int, int], precision: torch.dtype) -> int:
        """Return the memory in bytes that `paint` needs for a height and width."""
        return size[0] * size[1] * _BYTES_PER_PIXEL[precision]

    @torch.no_grad()
    def paint(
        self, photo: Tensor, styles: Mapping[int, float], device: torch.device, precision: torch.dtype, seed: int = 0
    ) -> Tensor:
        """Return the photograph in a style, or in a mixture of styles.

        Args:
            photo: (1, 3, H, W), sRGB in [0, 1].
            styles: The weight of each style by its index, summing to 1.
            device, precision: The device and the dtype of the painter.
            seed: The seed of its noise.

        Returns:
            (1, 3, H, W), sRGB in [0, 1], float32.

        Raises:
            MemoryLimitError: It would need more memory than is free.
        """
        height, width = photo.shape[-2:]
        release_freed_memory()
        needed, free = self.memory((height, width), precision), available_memory(device)
        if needed > free:
            raise too_little_memory(needed, free, "Lower --size.")
        network = copy.deepcopy(self.network).to(device, precision)
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        sides = (_MARGIN, _MARGIN + -width % STRIDE, _MARGIN, _MARGIN + -height % STRIDE)
        mode = "reflect" if min(height, width) > max(sides) else "replicate"
        wanted = Colors.mixed([self.colors[style] for style in styles], list(styles.values()))
        colored = to_tensor(match_colors(to_array(photo), wanted).clip(0, 1)).to(device, precision)
        framed = nn.functional.pad(colored, sides, mode=mode)
        mixture = torch.zeros(1, network.styles)
        mixture[0, list(styles)] = torch.tensor(list(styles.values()))
        mixture = mixture.to(device, precision)
        painted: Tensor = network(
            framed.contiguous(memory_format=torch.channels_last), mixture, torch.Generator().manual_seed(seed)
        )
        return painted[..., _MARGIN : _MARGIN + height, _MARGIN : _MARGIN + width].clone()


def load_painter(path: str | Path = SHIPPED_PAINTER) -> TrainedPainter:
    """Load a painter on the CPU. The file is memory-mapped, and no code in it is run.

    Raises:
        OptionError: There is no such file.
        WeightsError: The file is damaged, or is not a painter's.
    """
    if not Path(path).is_file():
        raise OptionError(
            f"There is no file {path} of a painter. Leave --painter out for the universal painter, or train one: "
            "atelier train-painter swirl -o painter.safetensors"
        )
    return _loaded(Path(path))


def _loaded(path: Path) -> TrainedPainter:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads((file.metadata() or {})["deepatelier"])
            if about["schema"] != _SCHEMA:
                raise WeightsError(
                    f"{path.name} is a painter of another version of deepatelier: its schema is {about['schema']!r} "
                    f"instead of {_SCHEMA!r}. Train it again: atelier train-painter swirl -o {path.name}"
                )
            state = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118 (it is no dict)
        paintings = tuple(Input(**each) for each in about["paintings"])
        colors = tuple(Colors(*(np.array(each, np.float64) for each in known)) for known in about["colors"])
        width, blocks = (int(about["network"][part]) for part in ("width", "blocks"))
        if not (0 < width <= _MOST and 0 <= blocks <= _MOST and 0 < len(paintings) == len(colors) <= _MOST):
            raise ValueError("no painter is so large")
        if not all(known.mean.shape == (3,) and known.covariance.shape == (3, 3) for known in colors):
            raise ValueError("no colours are so")
        if not all(np.isfinite(part).all() for known in colors for part in known):
            raise ValueError("no colours are infinite")
        with torch.device("meta"):
            network = Painter(len(paintings), width, blocks)
        network.load_state_dict(state, assign=True)
        training = dict(about["training"])
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(
            f"{path.name} is damaged, or is no painter. atelier train-painter swirl -o {path.name} makes one."
        ) from error
    return TrainedPainter(network.eval().requires_grad_(False), paintings, colors, training, Input.of(path))


def painter_product(
    network: Painter, paintings: tuple[Input, ...], colors: Sequence[Colors], training: dict[str, Any]
) -> WeightsProduct:
    """Return a painter as it is written: weights in float16, and JSON that describes it and its training."""
    about = {
        "schema": _SCHEMA,
        "paintings": [painting.model_dump() for painting in paintings],
        "colors": [[part.tolist() for part in each] for each in colors],
        "network": {"width": network.width, "blocks": network.blocks},
        "training": training,
    }
    state = {key: value.detach().to("cpu", torch.float16).contiguous() for key, value in network.state_dict().items()}
    return WeightsProduct(state, {"deepatelier": json.dumps(about, separators=(",", ":"))})

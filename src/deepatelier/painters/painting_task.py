"""What a painter learns: random crops of photographs in the styles of its paintings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torchmetrics import Metric

from deepatelier.features import FeatureExtractor, extract
from deepatelier.painters.painter_job import PainterOptions
from deepatelier.painters.photographs import Photographs
from deepatelier.synthesis import Criterion, Objective, content, evaluate, total_variation
from deepatelier.synthesis.style.colors import Colors
from deepatelier.training.tasks.task import Networks, Task, Turn

__all__ = ["PAINTER", "CropBatch", "Crops", "PaintingTask"]

PAINTER = "painter"
"""The name of the only player."""


class CropBatch(NamedTuple):
    """A batch of crops.

    Attributes:
        photos: (B, 3, H, W), sRGB in [0, 1].
        styles: The number of each one's painting.
    """

    photos: Tensor
    styles: list[int]


class Crops:
    """All batches of a painter's training, as one epoch; see `deepatelier.training.fit.BatchSource`.

    Args:
        photos: The photographs.
        colors: The colours of each painting.
        options: Give the number of steps, the size of a batch and of a crop, and the seed.
    """

    def __init__(self, photos: Photographs, colors: Sequence[Colors], options: PainterOptions) -> None:
        self._photos, self._colors, self._options = photos, colors, options

    def __len__(self) -> int:
        return self._options.steps

    def epoch(self, number: int, start: int = 0) -> Iterator[CropBatch]:
        """Yield the batches."""
        options, random = self._options, torch.default_generator
        if not start:
            torch.manual_seed(options.seed + number)
        for _ in range(start, options.steps):
            order = torch.randperm(len(self._colors), generator=random)
            styles = [int(style) for style in order.repeat(options.batch)[: options.batch]]
            parts = [self._photos.part(options.crop, self._colors[style], random) for style in styles]
            yield CropBatch(torch.cat(parts), styles)


class PaintingTask(Task):
    """The losses of neural style transfer for what the painter makes of crops; see `PainterTraining`.

    Args:
        extractor: The feature extractor of the losses.
        styles: The style loss of each painting.
        alpha, tv: The weights of the content loss and, relative to it, of the total variation.
        content_layers: The layers of the content loss.
    """

    def __init__(
        self,
        extractor: FeatureExtractor,
        styles: Sequence[Objective],
        alpha: float,
        tv: float,
        content_layers: Sequence[str],
    ) -> None:
        self._extractor, self._styles, self._alpha, self._tv = extractor, styles, alpha, tv
        self._content_layers = content_layers
        self._last: Tensor | None = None

    def turns(self, networks: Networks, batch: CropBatch) -> Iterator[Turn]:
        """Yield the one turn. Each crop is measured alone: only one set of activations is kept in memory.

        The objective is Σ x · ∂L/∂x over the painted pixels x, with the derivative as a constant: its gradient is that
        of the loss L.
        """
        device, precision = self._extractor.device, self._extractor.precision
        photos = batch.photos.to(device)
        weights = nn.functional.one_hot(torch.tensor(batch.styles, device=device), len(self._styles)).float()
        with torch.autocast(device.type, precision, precision != torch.float32):
            inputs = photos.contiguous(memory_format=torch.channels_last)
            painted = networks[PAINTER](inputs, weights, torch.default_generator)
        pixels = painted.detach().requires_grad_()
        means: dict[str, Tensor] = {}
        for number, style in enumerate(batch.styles):
            criterion = self._criterion(photos[number : number + 1], style)
            losses = evaluate(self._extractor.module, criterion, pixels[number : number + 1])
            torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
            for name, loss in losses.items():
                means[name] = means.get(name, torch.zeros(())) + loss.detach().cpu() / len(batch.styles)
        assert pixels.grad is not None
        self._last = pixels.detach()[:1]
        yield Turn(PAINTER, (painted * (pixels.grad / len(batch.styles))).sum(), means)

    def metrics(self) -> dict[str, Metric]:
        """Return none: there is no validation part."""
        return {}

    def update(self, metrics: Mapping[str, Metric], networks: Networks, batch: CropBatch) -> None:
        """Do nothing."""

    def preview(self, networks: Networks) -> Tensor | None:  # noqa: ARG002
        """Return the last crop that was painted."""
        return None if self._last is None else self._last.float().cpu().clamp(0, 1)

    @torch.no_grad()
    def _criterion(self, photo: Tensor, style: int) -> Criterion:
        seen = extract(self._extractor.module, photo, self._content_layers)
        unit = self._alpha / sum(0.5 * maps.float().square().sum().item() for maps in seen.values())
        terms: Criterion = {
            **{f"content {name}": (unit, content(name, maps)) for name, maps in seen.items()},
            "style": (1, self._styles[style]),
            "tv": (unit * self._tv, total_variation()),
        }
        return {name: (weight, objective) for name, (weight, objective) in terms.items() if weight > 0}

"""Pictures of what an autoencoder has learnt: reconstructions, the plane of codes, interpolations, noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from deepatelier import images
from deepatelier.data import Labelled
from deepatelier.images.lettering import lettered_line
from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.training.autoencoders.code_plane import plane_of_codes
from deepatelier.training.tasks.denoising import Denoising, Noise, noisy_with_seed
from deepatelier.training.tasks.reconstruction import AutoencoderTask

__all__ = ["CodeSheets", "codes_of", "pictures_of", "shown", "tiled", "worst_reconstructions"]

_SHOWN = 12
"""The number of pictures on a sheet of reconstructions."""

_PAIRS, _BETWEEN = 8, 9
"""The number of interpolations, and of pictures in each, with both ends."""

_LEVELS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
_NOISY = 3
"""The number of pictures on a strip over noise levels."""

_PLACED = 3000
"""The number of pictures from which the plane of codes is made."""

_SIDE = 56
"""The minimum height of a picture on a sheet, in pixels."""

_MARGIN = 100
"""The width of the labels beside rows, in pixels."""

_TOGETHER = 500


@torch.no_grad()
def codes_of(network: Autoencoder, pictures: Labelled | Tensor) -> Tensor:
    """Return the codes of pictures, (N, K), on the CPU.

    Args:
        network: The autoencoder, in evaluation mode.
        pictures: Pictures, or (N, C, H, W), sRGB in [0, 1].
    """
    device = next(network.parameters()).device
    found = []
    for start in range(0, len(pictures), _TOGETHER):
        piece = slice(start, start + _TOGETHER)
        batch = pictures.pixels(piece) if isinstance(pictures, Labelled) else pictures[piece]
        found.append(network.encode(batch.to(device)).float().cpu())
    return torch.cat(found)


@torch.no_grad()
def pictures_of(network: Autoencoder, codes: Tensor) -> Tensor:
    """Return the pictures of codes, (N, K) to (N, C, H, W), on the CPU."""
    device = next(network.parameters()).device
    return torch.cat([network.decode(each.to(device)).float().cpu() for each in torch.split(codes, _TOGETHER)])


class CodeSheets:
    """Pictures of an autoencoder, in its present state.

    Args:
        network: The autoencoder.
        held_out: Pictures that are shown.
        train: Training pictures, which are shown on the plane where the others are too few, and if there are no others.
        classes: The names of their classes; empty if they have none.
        task: The task of the training. The noise on the strip is that of `Denoising`, otherwise Gaussian.
    """

    def __init__(
        self,
        network: Autoencoder,
        held_out: Labelled,
        train: Labelled,
        classes: Sequence[str],
        task: AutoencoderTask,
    ) -> None:
        self._network, self._classes = network, tuple(classes)
        rest = train.take(torch.arange(min(len(train), max(0, _PLACED - len(held_out)))))
        first = held_out.take(torch.arange(min(len(held_out), _PLACED)))
        self._placed = Labelled(torch.cat([first.images, rest.images]), torch.cat([first.targets, rest.targets]))
        source = first if len(first) else rest
        self._shown = source.pixels(_different(source, 2 * _PAIRS))
        self._noise: Noise = task.noise if isinstance(task, Denoising) else "gaussian"
        self._denoises = isinstance(task, Denoising)

    @torch.no_grad()
    def views(self) -> Mapping[str, Tensor]:
        """Return the sheets by name, (1, 3, H, W) each, sRGB in [0, 1]: the frames of films over a training."""
        training, device = self._network.training, next(self._network.parameters()).device
        self._network.eval()
        found = {
            "reconstructions": self._reconstructions(device),
            "plane": self._plane(),
            "interpolations": self._interpolations(device),
            "noise": self._strip(device),
        }
        self._network.train(training)
        return found

    def files(self) -> dict[str, bytes]:
        """Return the sheets as PNG files, by file name."""
        return {f"{name}.png": images.encode(sheet, "PNG") for name, sheet in self.views().items()}

    def _reconstructions(self, device: torch.device) -> Tensor:
        """Each picture above its reconstruction; of denoising, with the noisy picture in between, at level 0.5."""
        pictures = self._shown[:_SHOWN].to(device)
        given = self._with_noise(pictures, 0.5) if self._denoises else pictures
        rows = [pictures, given, self._network(given)] if self._denoises else [pictures, self._network(given)]
        return tiled([*map(shown, rows)])

    def _plane(self) -> Tensor:
        codes = codes_of(self._network, self._placed)
        return plane_of_codes(codes, self._placed, self._classes)

    def _interpolations(self, device: torch.device) -> Tensor:
        """In each row, Dec((1 − t)·z₁ + t·z₂) for t from 0 to 1, between two pictures at the ends."""
        pictures = self._shown.to(device)
        pairs = len(pictures) // 2
        codes = self._network.encode(pictures)
        first, second = codes[:pairs], codes[pairs : 2 * pairs]
        steps = torch.linspace(0, 1, _BETWEEN, device=device)
        columns = [self._network.decode((1 - t) * first + t * second) for t in steps]
        columns = [pictures[:pairs], *columns, pictures[pairs : 2 * pairs]]
        return tiled([shown(torch.stack(row)) for row in zip(*columns, strict=True)])

    def _strip(self, device: torch.device) -> Tensor:
        """Noisy pictures above what the network makes of them, one column for each level of noise."""
        pictures = self._shown[:_NOISY].to(device)
        rows = []
        for picture in pictures:
            given = torch.cat([self._with_noise(picture[None], level) for level in _LEVELS])
            rows += [shown(given), shown(self._network(given))]
        return tiled(rows, [f"noise {level:g}" for level in _LEVELS])

    def _with_noise(self, pictures: Tensor, level: float) -> Tensor:
        return noisy_with_seed(pictures, self._noise, level, seed=0)


def _different(pictures: Labelled, count: int) -> Tensor:
    """Return indices of pictures whose classes take turns, if they have classes."""
    if pictures.targets.ndim > 1:
        return torch.arange(min(count, len(pictures)))
    _, order = torch.sort(pictures.targets, stable=True)
    turns = torch.zeros_like(order)
    for label in torch.unique(pictures.targets):
        chosen = pictures.targets == label
        turns[chosen] = torch.arange(int(chosen.sum()))
    return torch.argsort(turns * (int(pictures.targets.max()) + 1) + pictures.targets)[:count]


def shown(pictures: Tensor, side: int = _SIDE) -> Tensor:
    """Return pictures in colour and enlarged by a whole factor, (N, 3, h, w)."""
    factor = -(-side // pictures.shape[-2])
    return nn.functional.interpolate(pictures.float().clamp(0, 1).cpu().expand(-1, 3, -1, -1), scale_factor=factor)


def tiled(rows: Sequence[Tensor], labels: Sequence[str] = (), beside: Sequence[str] = ()) -> Tensor:
    """Return rows of pictures as one picture, (1, 3, H, W).

    Args:
        rows: (N, 3, h, w) each.
        labels: Labels above the columns.
        beside: Labels on the left of the rows.
    """
    gap = 2
    margin = _MARGIN if beside else 0
    height, width = rows[0].shape[-2:]
    top = round(0.4 * height) if labels else 0
    sheet = torch.ones(1, 3, top + gap + len(rows) * (height + gap), margin + gap + len(rows[0]) * (width + gap))
    for column, label in enumerate(labels):
        left = margin + gap + column * (width + gap)
        sheet[..., :top, left : left + width] = lettered_line(label, (top, width), 12)
    for row, pictures in enumerate(rows):
        down = top + gap + row * (height + gap)
        if beside:
            sheet[..., down : down + height, :margin] = lettered_line(beside[row], (height, margin), 12)
        for column, picture in enumerate(pictures):
            left = margin + gap + column * (width + gap)
            sheet[..., down : down + height, left : left + width] = picture
    return sheet


def worst_reconstructions(pictures: Tensor, given: Tensor, made: Tensor) -> Tensor:
    """Return the pictures with the largest errors above what was made of them, (1, 3, H, W).

    Args:
        pictures: (N, C, H, W).
        given: What the network was given; drawn in between if it differs.
        made: What it made.
    """
    errors = (made - pictures).square().mean(dim=(1, 2, 3))
    worst = errors.argsort(descending=True)[:_SHOWN]
    rows = [pictures, made] if given is pictures else [pictures, given, made]
    return tiled([shown(each[worst]) for each in rows])

"""Training a painter: the weights of a network move under the criterion under which pixels move elsewhere.

Source: Johnson, Alahi and Fei-Fei, 'Perceptual Losses for Real-Time Style Transfer and Super-Resolution' (2016).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from deepatelier import __version__, samples
from deepatelier.devices import available_memory, precision_name
from deepatelier.errors import InputError, MemoryLimitError, OptionError
from deepatelier.features import extract
from deepatelier.frozen_network import FrozenNetwork, with_weights
from deepatelier.images import Picture, resize
from deepatelier.interpretation import find_pictures
from deepatelier.networks.painter import OF_A_STYLE, Painter
from deepatelier.painter_options import PainterOptions
from deepatelier.jobs import Input, Record, this_machine
from deepatelier.step_memory import within_memory
from deepatelier.synthesis import Criterion, Objective, content, evaluate, gram_matrices, gram_style, total_variation
from deepatelier.synthesis.colors import Colors, match_colors
from deepatelier.synthesis.painters import load_painter, save_painter

__all__ = ["PainterStep", "PainterTraining"]

_LARGEST = 1024
"""Longest side to which photographs are made smaller, in pixels."""

_BYTES_PER_PIXEL = 1500
"""What the painter keeps for the gradient, for each pixel of a batch; 1398 in float32, rounded up."""

_WARM_UP = 50
"""Steps in which the learning rate rises."""

_GAMMA, _GAIN = 0.35, 0.15
"""Standard deviations of the logarithm of the contrast and of each colour's factor, which change a part at random."""

_THINNED = 8
"""Each so many pixels of a row and a column tell a photograph's colours."""

_REMEMBERED = 0.98
"""The share of the mean of the losses so far that stays in the next."""


@dataclass(frozen=True)
class PainterStep:
    """One step of training.

    Attributes:
        index: Its number, from 1.
        losses: The running mean of each objective's weighted loss.
    """

    index: int
    losses: Mapping[str, float]


class PainterTraining:
    """A painter that learns the styles of paintings.

    Each step shows it parts of photographs, each for one painting, and moves its weights by Adam against the sum of
    mean of style_l / E_l + α · (content + γ · total variation) / E_c of what it painted: the objectives under which
    pixels move (document 000, equation 12). E_l and E_c are the style loss at layer l and the content loss of a picture
    without activations: a network comes less near to a style than pixels do, by another factor for each painting, so
    that one β for all would leave no content in some; and one layer, relu4_1, would be 99 % of the sum, so that the
    colours at relu1_1 would hardly count. The content is that of the photograph in the painting's colours.

    Args:
        paintings: Whose styles it learns, in this order.
        options: See `PainterOptions`.

    Attributes:
        skipped: What is wrong with photographs that could not be read.

    Raises:
        InputError: There is no photograph that can be read.
        OptionError: The device cannot be used, a painting is too thin, or the painter to begin with does not exist.
        MemoryLimitError: It would need more memory than is free.
        WeightsError: A file of weights is damaged or not at hand.
    """

    def __init__(self, paintings: Sequence[Picture], options: PainterOptions) -> None:
        self.options = options = with_weights(options)
        self._began = time.perf_counter()
        self.paintings = tuple(Input.of(painting) for painting in paintings)
        self._looking = FrozenNetwork(options, (*options.content_layers, *options.style_layers))
        self._looking.geometry.check_maps()
        for painting in paintings:
            self._looking.geometry.check_size("painting", painting.fitted(options.size), "raise --size")
        pixels = max(options.crop**2, *(math.prod(painting.fitted(options.size)) for painting in paintings))
        batch = options.batch * options.crop**2 * _BYTES_PER_PIXEL
        self._looking = within_memory(self._looking, pixels, options.size, batch, "Lower --size, --crop or --batch")
        self.device = self._looking.device
        self.skipped: list[str] = []
        self._photos = list(self._opened(options.photos))
        self._styles = [self._style(painting) for painting in paintings]
        self._colors = [Colors.of(painting.tensor()) for painting in paintings]
        with torch.random.fork_rng():
            torch.manual_seed(options.seed)
            self.network, self._start = _beginning(options.start, paintings)
        self.network = self.network.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._taken, self._losses = 0, dict[str, float]()

    def steps(self) -> Iterator[PainterStep]:
        """Train, step by step. Sets torch's random numbers."""
        options = self.options
        torch.manual_seed(options.seed)
        optimizer = torch.optim.Adam(self.network.parameters(), lr=options.learning_rate)
        for index in range(1, options.steps + 1):
            rate = 0.5 * (1 + math.cos(math.pi * (index - 1) / options.steps)) * min(1, index / _WARM_UP)
            optimizer.param_groups[0]["lr"] = options.learning_rate * rate
            styles = [int(style) for style in torch.randperm(len(self._styles)).repeat(options.batch)[: options.batch]]
            photos = torch.cat([self._part(options.crop, self._colors[style]) for style in styles])
            optimizer.zero_grad()
            losses = self._learn(photos.to(self.device), styles)
            if not all(math.isfinite(loss) for loss in losses.values()):
                raise OptionError(f"The loss is not a number any more at step {index}. Lower --learning-rate.")
            optimizer.step()
            self._taken = index
            for name, loss in losses.items():
                self._losses[name] = _REMEMBERED * self._losses.get(name, loss) + (1 - _REMEMBERED) * loss
            yield PainterStep(index, dict(self._losses))

    def trained(self) -> bytes:
        """The painter's file as it is now."""
        files = self._looking.inputs | ({"start": self._start} if self._start else {})
        options = Record.named(self.options, files)
        about: dict[str, Any] = {
            "version": __version__,
            "options": {name: value for name, value in options.items() if name != "photos"},
            "photographs": len(self._photos),
            "steps": self._taken,
            "seconds": round(time.perf_counter() - self._began),
            "losses": self._losses,
            "files": {part: file.model_dump() for part, file in files.items()},
            "precision": precision_name(self._looking.precision),
            "machine": this_machine(self.device).model_dump(),
        }
        return save_painter(self.network, self.paintings, self._colors, about)

    def _learn(self, photos: Tensor, styles: Sequence[int]) -> dict[str, float]:
        """Set the weights' gradients to those for some parts of photographs, each in a style; the mean of each loss."""
        means: dict[str, float] = {}
        weights = nn.functional.one_hot(torch.tensor(styles, device=self.device), len(self._styles)).float()
        autocast = torch.autocast(self.device.type, self._looking.precision, self._looking.precision != torch.float32)
        with autocast:
            painted = self.network(photos.contiguous(memory_format=torch.channels_last), weights)
        # one after the other: each has its own painting, and only one network's activations are kept
        pixels = painted.detach().requires_grad_()
        for number, style in enumerate(styles):
            criterion = self._criterion(photos[number : number + 1], style)
            losses = evaluate(self._looking.module, criterion, pixels[number : number + 1])
            torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
            for name, loss in losses.items():
                means[name] = means.get(name, 0.0) + loss.item() / len(styles)
        assert pixels.grad is not None
        painted.backward(pixels.grad / len(styles))
        return means

    @torch.no_grad()
    def _criterion(self, photo: Tensor, style: int) -> Criterion:
        options = self.options
        seen = extract(self._looking.module, photo, options.content_layers)
        unit = options.alpha / sum(0.5 * maps.float().square().sum().item() for maps in seen.values())
        terms: Criterion = {
            **{f"content {name}": (unit, content(name, maps)) for name, maps in seen.items()},
            "style": (1, self._styles[style]),
            "tv": (unit * options.tv, total_variation()),
        }
        return {name: (weight, objective) for name, (weight, objective) in terms.items() if weight > 0}

    @torch.no_grad()
    def _style(self, painting: Picture) -> Objective:
        """The mean over the layers of the style loss, relative to that of a picture whose Gram matrices are zero."""
        options = self.options
        image = painting.tensor(painting.fitted(options.size), options.resampling).to(self.device)
        grams = gram_matrices(extract(self._looking.module, image, options.style_layers), options.style_layers)
        energies = [gram_style((name,), grams).loss({name: 0 * grams[name]}).item() for name in options.style_layers]
        if not all(energies):
            raise OptionError(f"{painting.name} excites nothing at a style layer. Give another painting or layers.")
        return gram_style(options.style_layers, grams, [1 / len(energies) / energy for energy in energies])

    def _opened(self, sources: Sequence[str]) -> Iterator[Tensor]:
        """The photographs that can be read, in levels of 255: (1, 3, H, W) bytes."""
        found = find_pictures(sources or samples.photographs())
        free = available_memory(torch.device("cpu"))
        for shown in found:
            try:
                photo = shown.open()
                image = photo.tensor(photo.fitted(_LARGEST), self.options.resampling)
            except InputError as error:
                self.skipped.append(f"{shown.name}: {error}")
                continue
            free -= image.numel()
            if free < 0:
                raise MemoryLimitError(f"The {len(found)} photographs do not fit in memory. Give fewer --photos.")
            yield (255 * image).round().to(torch.uint8)
        if len(self.skipped) == len(found):
            raise InputError(f"None of the photographs can be read. The first: {self.skipped[0]}")

    def _part(self, side: int, wanted: Colors) -> Tensor:
        """A square of a photograph at a random place, scale, side and contrast, in a painting's colours."""
        photo = self._photos[int(torch.randint(len(self._photos), ()))]
        height, width = photo.shape[-2:]
        smallest = side / min(height, width)
        scale = smallest ** torch.rand(()).item() if smallest < 1 else smallest
        cut = min(int(side / scale), height, width)
        top, left = (int(torch.randint(length - cut + 1, ())) for length in (height, width))
        part = resize(photo[..., top : top + cut, left : left + cut] / 255, (side, side)).clamp(0, 1)
        if torch.rand(()) < 0.5:
            part = part.flip(-1)
        gain, gamma = 1 + _GAIN * torch.randn(1, 3, 1, 1), torch.exp(_GAMMA * torch.randn(()))
        whole = photo[..., ::_THINNED, ::_THINNED] / 255
        whole, part = (((image**gamma) * gain).clamp(0, 1) for image in (whole, part))
        return match_colors(part, wanted, Colors.of(whole)).clamp(0, 1)


def _beginning(start: str, paintings: Sequence[Picture]) -> tuple[Painter, Input | None]:
    """The painter with which training begins, and its file.

    Paintings that it knows keep their style, others begin with the mean.
    """
    if start == "none":
        return Painter(len(paintings)), None
    known = load_painter(None if start == "shipped" else start)
    indices = [known.index_of(painting) for painting in paintings]
    state = {}
    for name, tensor in known.network.state_dict().items():
        if name.endswith(OF_A_STYLE):
            mean = tensor.mean(dim=0)
            state[name] = torch.stack([mean if index is None else tensor[index] for index in indices])
        else:
            state[name] = tensor.clone()
    network = Painter(len(paintings), known.network.width, known.network.blocks)
    network.load_state_dict(state)
    return network, known.file

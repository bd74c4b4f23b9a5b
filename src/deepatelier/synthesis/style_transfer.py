"""Neural style transfer: a photograph in the style of a painting.

Source: Gatys, Ecker and Bethge, 'A Neural Algorithm of Artistic Style' (2015), as in documents 000 (section 5), 001
('Neural Style Transfer') and 002 ('Lab: Style transfer learning').
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import torch
from torch import Tensor, nn

from deepatelier import networks, samples
from deepatelier.devices import available_memory, choose_device, choose_precision
from deepatelier.errors import MemoryLimitError, OptionError
from deepatelier.features import check_layers, extract
from deepatelier.images import Picture
from deepatelier.runs import Input
from deepatelier.synthesis.canvas import PixelCanvas, mirrored, resize
from deepatelier.synthesis.colors import match_colors
from deepatelier.synthesis.engine import State, Step, optimizer_memory
from deepatelier.synthesis.objectives import Criterion, content, evaluate, gram_matrices, gram_style, total_variation
from deepatelier.synthesis.pyramid import Level, coarse_to_fine, plan_levels
from deepatelier.synthesis.style_options import BETA_PER_PIXEL, STARTS, TOTAL_VARIATION, StyleOptions
from deepatelier.tracing import trace

__all__ = ["StyleTransfer"]

_NOISE = 20 / 255
"""White noise is uniform within ± this much of the middle grey: document 000's ± 20 levels."""

_NOISE_SHARE = 0.99
"""Document 000: the mix starts from 99 % noise and 1 % photograph."""

_PROBE = 256
"""Longest side at which the scale of a network's activations is measured, in pixels."""

_OXFORD_CONTENT, _OXFORD_STYLE = 1.4229e6, 2.6702e9
"""½ Σ F² for each pixel, and the mean over the style layers of Σ (G/M)² / (4N²), of the photograph chelsea at `_PROBE`
with the weights oxford and the default layers, in float32."""

_EVEN = 1.5
"""The exponent from the strength to the way from the photograph's Gram matrices to the painting's. Equal steps of
the strength look equal: the distance to the photograph, as LPIPS has it on VGG-19 without weights, is nearly linear."""

_EVEN_SIZE, _EVEN_GROWTH = 512, 0.8
"""With less than the whole strength, a large picture would keep more of its content than a small one: β over the pixels
grows with the longest side over 512 pixels, to this power times the photograph's part."""

_BYTES_PER_PIXEL = {torch.bfloat16: 1600, torch.float32: 2700}
"""What a step keeps of vgg19 up to relu5_1: the growth of the process from 1024² to 1536² pixels, rounded up."""


class StyleTransfer:
    """Minimises α · content + β · style + γ · total variation over the pixels (document 000, equation 12).

    Args:
        photo: Gives the content.
        painting: Gives the style.
        options: See `StyleOptions`; a preset is filled in.

    Attributes:
        inputs: The pictures and files that it was given, by their part.
        options: With the preset, β as a number and the number of levels.
        levels: The sizes at which it works, from coarse to fine; the last is the result's.
        network: What looks at the pictures.
        device, precision: Where and in which number format it runs.

    Raises:
        UnknownNameError: No such preset, network, weights or layer.
        OptionError: The device cannot be used, or a picture is too thin for the network at this size.
        ImageError: The picture to start from cannot be read.
        WeightsError: The weights are not at hand.
        MemoryLimitError: The picture would need more memory than is free.

    Departures from the source: it works from coarse to fine (``levels``), starts from the photograph in the painting's
    colours (``init``), and paints a margin around the picture (``margin``), without which the zeros that the network
    sees past the border leave a frame in it; it adds a little total variation. ``--levels 1 --init noise --margin 0
    --tv 0`` is without these. The pixels stay inside their range, and L-BFGS is `LBFGS`.
    """

    def __init__(self, photo: Picture, painting: Picture, options: StyleOptions | None = None) -> None:
        options = _with_weights((options or StyleOptions()).resolved())
        self.inputs = {"photo": Input.of(photo), "painting": Input.of(painting)}
        self._start = None if options.init in STARTS else samples.open_picture(options.init, others=STARTS)
        if self._start:
            self.inputs["init"] = Input.of(self._start)
        self.levels = _levels(photo.fitted(options.size), options, started=self._start is not None)
        self.options = options.model_copy(update={"levels": len(self.levels)})
        self.photo, self.painting = photo, painting
        self.device = choose_device(options.device)
        self.precision = choose_precision(options.precision, self.device)
        self.network = self._build(self.precision)
        if options.weights is not None and networks.is_weights_file(options.network, options.weights):
            self.inputs["weights"] = Input.of(options.weights)
        if not isinstance(self.network, networks.Network):
            self.precision = torch.float32
        self.options = self._balanced(self.options)
        self._check_sizes()
        self._check_memory()
        self._criterion = lru_cache(maxsize=None)(lambda level: self._criterion_at(level, self.network, options.margin))

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Paint, step by step; behind an earlier step if its state is given."""
        return coarse_to_fine(
            self.network,
            self._criterion,
            self._canvas_at,
            self.levels,
            state=state,
            optimizer=self.options.optimizer,
            learning_rate=self.options.learning_rate,
        )

    @property
    def planned(self) -> int:
        """How many steps there will be: none with strength 0."""
        return sum(level.steps for level in self.levels)

    @property
    def bits(self) -> int:
        """The bits of a channel that the result is worth: those of the photograph."""
        return self.photo.bits

    def alpha(self) -> Tensor | None:
        """The photograph's transparency at the result's size, (1, 1, H, W)."""
        return self.photo.alpha(self.levels[-1].size, self.options.resampling)

    def initial(self) -> Tensor:
        """The image from which the first level starts: (1, 3, H, W)."""
        size, resampling = self.levels[0].size, self.options.resampling
        photo = self.photo.tensor(size, resampling)
        if self.options.strength == 0:
            return photo
        if self._start:
            return self._start.tensor(size, resampling)
        if self.options.init == "content":
            return photo
        if self.options.init == "matched":
            return photo + self._share * (match_colors(photo, self.painting.tensor()) - photo)
        generator = torch.Generator().manual_seed(self.options.seed)
        noise = 0.5 + _NOISE * (2 * torch.rand(photo.shape, generator=generator) - 1)
        return noise if self.options.init == "noise" else _NOISE_SHARE * noise + (1 - _NOISE_SHARE) * photo

    def finished(self, image: Tensor) -> Tensor:
        """An image of any level at the result's size."""
        return image if image.shape[-2:] == self.levels[-1].size else resize(image, self.levels[-1].size)

    def losses(self, image: Tensor) -> dict[str, float]:
        """The weighted content, style and tv of an image of the result's size, and their total, in float32."""
        network = self._build(torch.float32)
        with torch.no_grad():
            values = evaluate(network, self._criterion_at(self.levels[-1], network, margin=0), image.to(self.device))
        losses = dict.fromkeys(("content", "style", "tv"), 0.0)
        for name, value in values.items():
            losses[name.split()[0]] += value.item()  # "content relu4_2" counts as content
        return {**losses, "total": sum(losses.values())}

    def _build(self, precision: torch.dtype) -> nn.Module:
        options = self.options
        if ":" in options.network:
            network = networks.build(options.network).requires_grad_(False).eval()
            if not isinstance(network, networks.Network):  # it does not know how to take pictures in another precision
                precision = torch.float32
        else:
            chosen = {} if options.pooling == "max" else {"pooling": options.pooling}
            network = networks.build(options.network, weights=options.weights, num_classes=0, **chosen)
        check_layers(network, (*options.content_layers, *options.style_layers))
        network = network.to(self.device, precision)
        return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def _check_sizes(self) -> None:
        """Each stride divides a picture, and nothing may be left of none."""
        least = self._least_side()
        for name, size, needed, advice in (
            ("photograph", self.levels[0].size, max(least, self.options.margin + 1), "raise --size or lower --margin"),
            ("painting", self._painting_size(self.levels[0]), least, "raise --style-size"),
        ):
            if min(size) < needed:
                raise OptionError(
                    f"The {name} is too thin: {size[1]} x {size[0]} pixels at the size where the work begins, "
                    f"and each side needs {needed}. Crop it, {advice}, or lower --levels."
                )

    @torch.no_grad()
    def _balanced(self, options: StyleOptions) -> StyleOptions:
        """The options with β and the weight of the total variation as numbers.

        Activations have another scale in every network, content grows with its square and style with its fourth power.
        The defaults were chosen with oxford's weights; for others they are multiplied by what keeps the same balance.
        """
        beta, tv = 1.0, 1.0
        if ":" in options.network or options.weights != "oxford":
            probe = samples.open_picture("chelsea")
            probe_size = probe.fitted(_PROBE)
            maps = extract(
                self.network,
                probe.tensor(probe_size).to(self.device),
                (*options.content_layers, *options.style_layers),
            )
            content_scale = sum(0.5 * maps[layer].float().square().sum().item() for layer in options.content_layers)
            grams = gram_matrices(maps, options.style_layers).values()
            style_scale = sum((gram / len(gram)).square().sum().item() / 4 for gram in grams) / len(grams)
            if not (content_scale and style_scale):
                raise OptionError(
                    f"{options.network} is silent at the chosen layers, so that nothing can be compared. "
                    "Give other --content-layers and --style-layers."
                )
            tv = content_scale / math.prod(probe_size) / _OXFORD_CONTENT
            beta = tv * _OXFORD_STYLE / style_scale
        size = self.levels[-1].size
        beta *= (max(size) / _EVEN_SIZE) ** (_EVEN_GROWTH * (1 - self._share))
        update = {
            "beta": BETA_PER_PIXEL * math.prod(size) * beta if options.beta is None else options.beta,
            "tv": TOTAL_VARIATION * tv if options.tv is None else options.tv,
        }
        return options.model_copy(update=update)

    def _least_side(self) -> int:
        """The pixels for which one position of the coarsest layer stands, along one axis."""
        side = 64
        outputs = {
            call.path: call.output for call in trace(self.network, torch.zeros(1, 3, side, side).to(self.device))
        }
        named: dict[str, str] = getattr(self.network, "layers", {})
        wanted = (*self.options.content_layers, *self.options.style_layers)
        return max(-(-side // outputs[named.get(layer, layer)][-1]) for layer in wanted)

    def _check_memory(self) -> None:
        options, finest = self.options, self.levels[-1]
        pixels, others = math.prod(finest.size), math.prod(self._painting_size(finest))
        memory = optimizer_memory(options.optimizer, 3 * pixels, finest.steps, self.device)
        needed = max(pixels, others) * _BYTES_PER_PIXEL[self.precision] + memory
        free = available_memory(self.device)
        if needed > free:
            longest = max(*finest.size, *self._painting_size(finest))
            fits = int(longest * math.sqrt(free / needed) * 0.95)
            raise MemoryLimitError(
                f"This needs about {needed / 2**30:.0f} GiB of memory, and {free / 2**30:.1f} GiB are free. "
                f"Lower --size or --style-size: about {fits} pixels would fit."
            )

    def _painting_size(self, level: Level) -> tuple[int, int]:
        """Height and width of the painting at a level: its strokes keep their size in relation to the result."""
        longest = (self.options.style_size or self.options.size) * max(level.size) // max(self.levels[-1].size)
        return self.painting.fitted(longest)

    @torch.no_grad()
    def _criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:
        options = self.options
        assert options.beta is not None
        assert options.tv is not None
        # the documents' content term is a sum over positions, their style term a mean: keep their ratio at each level
        share = math.prod(level.size) / math.prod(self.levels[-1].size) if options.units == "documents" else 1.0
        photo = self.photo.tensor(level.size, options.resampling).to(self.device)
        painting = self.painting.tensor(self._painting_size(level), options.resampling).to(self.device)
        wanted = options.content_layers if self._share == 1 else (*options.content_layers, *options.style_layers)
        seen = extract(network, mirrored(photo, margin), dict.fromkeys(wanted))
        grams = gram_matrices(extract(network, painting, options.style_layers), options.style_layers)
        if self._share < 1:
            own = gram_matrices(seen, options.style_layers)
            grams = {layer: torch.lerp(own[layer], gram, self._share) for layer, gram in grams.items()}
        weights, units = options.style_layer_weights, options.units
        criterion = {
            f"content {layer}": (options.alpha, content(layer, seen[layer], units)) for layer in options.content_layers
        }
        criterion["style"] = options.beta * share, gram_style(options.style_layers, grams, weights, units)
        criterion["tv"] = options.tv * self._share, total_variation(units=units)
        return {name: (weight, objective) for name, (weight, objective) in criterion.items() if weight > 0}

    def _canvas_at(self, level: Level, image: Tensor | None) -> PixelCanvas:
        """The canvas with which a level begins.

        With less than the whole strength, what only this level's photograph shows is added to the enlarged image: its
        structures would not come back by themselves.
        """
        if image is None:
            return PixelCanvas(self.initial().to(self.device), self.options.margin)
        enlarged = resize(image, level.size)
        if self._share < 1:
            photo = self.photo.tensor(level.size, self.options.resampling).to(self.device)
            details = photo - resize(resize(photo, (image.shape[-2], image.shape[-1])), level.size)
            enlarged = (enlarged + (1 - self._share) * details).clamp(0, 1)
        return PixelCanvas(enlarged, self.options.margin)

    @property
    def _share(self) -> float:
        """How far the style goes from the photograph's to the painting's."""
        return 1.0 if self.options.strength is None else self.options.strength**_EVEN


def _levels(size: tuple[int, int], options: StyleOptions, *, started: bool) -> list[Level]:
    if options.strength == 0:
        return [Level(size, 0)]
    levels = 1 if started and options.levels is None else options.levels
    return plan_levels(size, options.steps, levels, options.level_ratio, options.level_shares)


def _with_weights(options: StyleOptions) -> StyleOptions:
    """The options with the network's weights by name."""
    if ":" in options.network:
        if options.weights is not None or options.pooling != "max":
            raise OptionError(f"{options.network} is yours: give it its --weights and --pooling in your function.")
        return options
    if options.weights is not None:
        return options
    known = networks.weights_of(options.network)
    return options.model_copy(update={"weights": "oxford" if "oxford" in known or not known else known[0]})

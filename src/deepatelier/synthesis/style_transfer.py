"""Neural style transfer: a photograph in the style of a painting.

Source: Gatys, Ecker and Bethge, 'A Neural Algorithm of Artistic Style' (2015), as in documents 000 (section 5), 001
('Neural Style Transfer') and 002 ('Lab: Style transfer learning').
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from deepatelier import samples
from deepatelier.errors import OptionError
from deepatelier.features import extract
from deepatelier.frozen_network import FrozenNetwork, with_weights
from deepatelier.images import Picture, resize
from deepatelier.runs import Input, Measures
from deepatelier.synthesis.canvas import PixelCanvas, mirrored
from deepatelier.synthesis.colors import match_colors
from deepatelier.synthesis.engine import optimizer_memory
from deepatelier.synthesis.fast_style import FastStyle
from deepatelier.synthesis.noise import white_noise
from deepatelier.synthesis.objectives import Criterion, content, gram_matrices, gram_style, total_variation
from deepatelier.synthesis.pyramid import Level, plan_levels
from deepatelier.synthesis.pyramid_recipe import PyramidRecipe
from deepatelier.synthesis.recipe import Recipe
from deepatelier.synthesis.style_options import BETA_PER_PIXEL, STARTS, TOTAL_VARIATION, StyleOptions

__all__ = ["StyleTransfer", "make_style"]

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


class StyleTransfer(PyramidRecipe):
    """Minimises α · content + β · style + γ · total variation over the pixels (document 000, equation 12).

    Args:
        photo: Gives the content.
        painting: Gives the style.
        options: See `StyleOptions`; a preset is filled in.

    Attributes:
        inputs: The pictures and files that it was given, by their part.
        options: With the preset, β as a number and the number of levels.
        levels: The sizes at which it works, from coarse to fine; the last is the result's.

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

    options: StyleOptions
    photo: Picture
    terms = ("content", "style", "tv")

    def __init__(self, photo: Picture, painting: Picture, options: StyleOptions | None = None) -> None:
        super().__init__()
        options = with_weights((options or StyleOptions()).resolved())
        self.inputs = {"photo": Input.of(photo), "painting": Input.of(painting)}
        self._start = None if options.init in STARTS else samples.open_picture(options.init, others=STARTS)
        if self._start:
            self.inputs["init"] = Input.of(self._start)
        if options.init == "fast":
            self._fast = FastStyle(photo, painting, options)
            self.inputs |= self._fast.inputs
        started = self._start is not None or options.init == "fast"
        self.levels = _levels(photo.fitted(options.size), options, started=started)
        self.options = options.model_copy(update={"levels": len(self.levels)})
        self.photo, self.painting = photo, painting
        self.looking = FrozenNetwork(options, (*options.content_layers, *options.style_layers))
        self.inputs |= self.looking.inputs
        self.looking.check_maps()
        self.options = self._balanced(self.options)
        self._check_sizes()
        pixels, remembered = self.memory()
        longest = max(*self.levels[-1].size, *self.painting_size(self.levels[-1]))
        self.looking = self.looking.within_memory(pixels, longest, remembered, "Lower --size or --style-size")

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
        if self.options.init == "fast":
            return photo + self._share * (resize(self._fast.initial().cpu(), size) - photo)
        if self.options.init == "matched":
            return photo + self._share * (match_colors(photo, self.painting.tensor()) - photo)
        noise = white_noise(photo.shape, self.options.seed)
        return noise if self.options.init == "noise" else _NOISE_SHARE * noise + (1 - _NOISE_SHARE) * photo

    def measures(self, image: Tensor) -> Measures:  # noqa: ARG002
        """Nothing beside the losses."""
        return {}

    def _check_sizes(self) -> None:
        """Each stride divides a picture, and nothing may be left of none."""
        first = self.levels[0]
        self.looking.check_size(
            "photograph", first.size, "raise --size, or lower --margin or --levels", self.options.margin
        )
        self.looking.check_size("painting", self.painting_size(first), "raise --style-size, or lower --levels")

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

    def memory(self) -> tuple[int, int]:
        """The pixels of the largest picture that the network looks at, and the bytes that the optimiser remembers."""
        finest = self.levels[-1]
        canvas = math.prod(side + 2 * self.options.margin for side in finest.size)
        remembered = optimizer_memory(self.options.optimizer, 3 * canvas, finest.steps, self.device)
        return max(canvas, math.prod(self.painting_size(finest))), remembered

    def painting_size(self, level: Level) -> tuple[int, int]:
        """Height and width of the painting at a level: its strokes keep their size in relation to the result."""
        longest = (self.options.style_size or self.options.size) * max(level.size) // max(self.levels[-1].size)
        return self.painting.fitted(longest)

    @torch.no_grad()
    def criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:  # noqa: D102
        options = self.options
        assert options.beta is not None
        assert options.tv is not None
        # the documents' content term is a sum over positions, their style term a mean: keep their ratio at each level
        share = math.prod(level.size) / math.prod(self.levels[-1].size) if options.units == "documents" else 1.0
        photo = self.photo.tensor(level.size, options.resampling).to(self.device)
        painting = self.painting.tensor(self.painting_size(level), options.resampling).to(self.device)
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

    def canvas_at(self, level: Level, image: Tensor | None) -> PixelCanvas:
        """The canvas with which a level begins.

        With less than the whole strength, what only this level's photograph shows is added to the enlarged image: its
        structures would not come back by themselves.
        """
        if image is None:
            return PixelCanvas(self.start(level, None), self.options.margin)
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


def make_style(photo: Picture, painting: Picture | str, options: StyleOptions) -> Recipe:
    """The recipe that the options ask for: step by step, or with ``fast`` at once."""
    if options.fast:
        return FastStyle(photo, painting, options)
    return StyleTransfer(photo, samples.open_picture(painting) if isinstance(painting, str) else painting, options)


def _levels(size: tuple[int, int], options: StyleOptions, *, started: bool) -> list[Level]:
    if options.strength == 0:
        return [Level(size, 0)]
    levels = 1 if started and options.levels is None else options.levels
    return plan_levels(size, options.steps, levels, options.level_ratio, options.level_shares)

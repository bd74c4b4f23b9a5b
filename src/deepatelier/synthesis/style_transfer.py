"""Neural style transfer: a photograph in the style of a painting.

Source: Gatys, Ecker and Bethge, 'A Neural Algorithm of Artistic Style' (2015), as in documents 000 (section 5), 001
('Neural Style Transfer') and 002 ('Lab: Style transfer learning').
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import torch
from torch import Tensor, nn

from deepatelier import samples
from deepatelier.errors import OptionError
from deepatelier.features import extract
from deepatelier.frozen_network import FrozenNetwork, with_weights
from deepatelier.images import Picture, resize
from deepatelier.runs import Input, Measures, numbered
from deepatelier.synthesis.canvas import PixelCanvas, mirrored
from deepatelier.synthesis.chosen_styles import as_paintings, chosen_styles, opened
from deepatelier.synthesis.colors import Colors, match_colors
from deepatelier.synthesis.engine import optimizer_memory
from deepatelier.synthesis.fast_style import FastStyle
from deepatelier.synthesis.luminance import grey, match_luminance, recolored
from deepatelier.synthesis.noise import white_noise
from deepatelier.synthesis.objectives import (
    STYLE_LOSSES,
    Activations,
    Criterion,
    Objective,
    Statistic,
    carried,
    content,
    gram_matrices,
    total_variation,
)
from deepatelier.synthesis.pyramid import Level, plan_levels
from deepatelier.synthesis.pyramid_recipe import PyramidRecipe
from deepatelier.synthesis.recipe import Recipe
from deepatelier.synthesis.regions import Style, mask_at
from deepatelier.synthesis.style_options import BETA_PER_PIXEL, RATIOS, STARTS, TOTAL_VARIATION, StyleOptions
from deepatelier.synthesis.style_report import check_report, style_report

__all__ = ["StyleTransfer", "Targets", "make_style"]

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

_BYTES_PER_PIXEL = {"moments": 1800, "wasserstein": 800, "histogram": 700, "nearest": 3600, "markov": 3600}
"""What a style loss needs beside what Gram matrices do: the more of two steps at 512² pixels in bfloat16 or float32."""

_GUIDED = 500
"""What a region keeps of the activations for the gradient, in bytes for each pixel of the picture."""

_EVEN_SIZE, _EVEN_GROWTH = 512, 0.8
"""With less than the whole strength, a large picture would keep more of its content than a small one: β over the pixels
grows with the longest side over 512 pixels, to this power times the photograph's part."""


Targets = dict[tuple[int, tuple[int, int], bool], Statistic]
"""What the paintings are like, by the style's number, the painting's size and whether in the steps' precision."""


class StyleTransfer(PyramidRecipe):
    """Minimises α · content + β · style + γ · total variation over the pixels (document 000, equation 12).

    Args:
        photo: Gives the content.
        paintings: Give the style: one, or several with the weights or the regions of the options.
        options: See `StyleOptions`; a preset is filled in.
        targets: Of another transfer with the same paintings and options, whose ``targets`` need not be found again.

    Attributes:
        inputs: The pictures and files that it was given, by their part.
        options: With the preset, β as a number and the number of levels.
        levels: The sizes at which it works, from coarse to fine; the last is the result's.

    Raises:
        UnknownNameError: No such preset, network, weights or layer.
        OptionError: The device cannot be used, a picture is too thin for the network at this size, or paintings,
            weights and masks do not fit together.
        ImageError: The picture to start from, or a mask, cannot be read.
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

    def __init__(
        self,
        photo: Picture,
        paintings: Picture | Sequence[Picture],
        options: StyleOptions | None = None,
        targets: Targets | None = None,
    ) -> None:
        super().__init__()
        options = with_weights((options or StyleOptions()).resolved())
        self.photo, self.paintings = photo, as_paintings(paintings)
        self.targets = {} if targets is None else targets
        self.styles, masks = chosen_styles(self.paintings, options)
        self.inputs = {"photo": Input.of(photo), **numbered("painting", map(Input.of, self.paintings)), **masks}
        self._start = None if options.init in STARTS else samples.open_picture(options.init, others=STARTS)
        if self._start:
            self.inputs["init"] = Input.of(self._start)
        if options.init == "fast":
            self._fast = FastStyle(photo, self.paintings, options.model_copy(update={"colors": "painting"}))
            self.inputs |= self._fast.inputs
        started = self._start is not None or options.init == "fast"
        self.levels = _levels(photo.fitted(options.size), options, started=started)
        self.options = options.model_copy(update={"levels": len(self.levels)})
        self.looking = FrozenNetwork(options, (*options.content_layers, *options.style_layers))
        self.inputs |= self.looking.inputs
        self.looking.check_maps()
        self.options = self._balanced(self.options)
        self._check_sizes()
        if options.report:
            finest = self.levels[-1]
            sizes = {"photograph": [finest.size], "painting": self.painting_sizes(finest)}
            check_report(sizes, options.device)
        pixels, remembered = self.memory()
        longest = max(*self.levels[-1].size, *(max(size) for size in self.painting_sizes(self.levels[-1])))
        self.looking = self.looking.within_memory(
            pixels, longest, remembered, "Lower --size, --style-size or --style-scale"
        )

    def initial(self) -> Tensor:
        """The image from which the first level starts: (1, 3, H, W)."""
        size, resampling = self.levels[0].size, self.options.resampling
        photo = self._photo(size)
        if self.options.strength == 0:
            return photo
        if self._start:
            return self._start.tensor(size, resampling)
        if self.options.init == "content":
            return photo
        if self.options.init == "fast":
            painted = resize(self._fast.initial().cpu(), size)
            if self.options.colors != "painting":
                painted = match_colors(painted, Colors.of(photo)).clamp(0, 1)
            return photo + self._share * (painted - photo)
        if self.options.init == "matched":
            return photo + self._share * (self._matched(photo) - photo)
        noise = white_noise(photo.shape, self.options.seed)
        return noise if self.options.init == "noise" else _NOISE_SHARE * noise + (1 - _NOISE_SHARE) * photo

    def measures(self, image: Tensor) -> Measures:
        """With ``report`` those of `style_report`; else nothing beside the losses."""
        if not self.options.report:
            return {}
        finest = self.levels[-1]
        photo = self.photo.tensor(finest.size, self.options.resampling)
        sizes = zip(self.paintings, self.painting_sizes(finest), strict=True)
        paintings = [painting.tensor(size, self.options.resampling) for painting, size in sizes]
        return style_report(image, photo, paintings, self.styles, self.options.device)

    def _check_sizes(self) -> None:
        """Each stride divides a picture, and nothing may be left of none."""
        first = self.levels[0]
        self.looking.check_size(
            "photograph", first.size, "raise --size, or lower --margin or --levels", self.options.margin
        )
        for size in self.painting_sizes(first):
            self.looking.check_size("painting", size, "raise --style-size, or lower --levels")

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
        growth = (max(size) / _EVEN_SIZE) ** (_EVEN_GROWTH * (1 - self._share))
        default = BETA_PER_PIXEL * beta
        if options.style_loss != "gram":
            default = RATIOS[options.style_loss] * _OXFORD_CONTENT * tv
        update = {
            "beta": default * growth * math.prod(size) if options.beta is None else options.beta,
            "tv": TOTAL_VARIATION * tv if options.tv is None else options.tv,
        }
        return options.model_copy(update=update)

    def memory(self) -> tuple[int, int]:
        """The pixels of the largest picture that the network looks at, and bytes beside the network's."""
        finest = self.levels[-1]
        canvas = math.prod(side + 2 * self.options.margin for side in finest.size)
        remembered = optimizer_memory(self.options.optimizer, 3 * canvas, finest.steps, self.device)
        guided = _GUIDED if any(style.where is not None for style in self.styles) else 0
        remembered += canvas * len(self.styles) * (_BYTES_PER_PIXEL.get(self.options.style_loss, 0) + guided)
        return max(canvas, *(math.prod(size) for size in self.painting_sizes(finest))), remembered

    def painting_sizes(self, level: Level) -> list[tuple[int, int]]:
        """Height and width of each painting at a level: its strokes keep their size in relation to the result."""
        longest = self.options.style_scale * (self.options.style_size or self.options.size)
        longest *= max(level.size) / max(self.levels[-1].size)
        return [painting.fitted(int(longest)) for painting in self.paintings]

    @torch.no_grad()
    def criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:  # noqa: D102
        options = self.options
        assert options.beta is not None
        assert options.tv is not None
        # the documents' content term is a sum over positions, their style term a mean: keep their ratio at each level
        share = math.prod(level.size) / math.prod(self.levels[-1].size) if options.units == "documents" else 1.0
        photo = self._photo(level.size).to(self.device)
        alone = self._share == 1 and all(style.where is None for style in self.styles)
        wanted = options.content_layers if alone else (*options.content_layers, *options.style_layers)
        seen = extract(network, mirrored(photo, margin), dict.fromkeys(wanted))
        criterion = {
            f"content {layer}": (options.alpha, content(layer, seen[layer], options.units))
            for layer in options.content_layers
        }
        for number, style in enumerate(self.styles):
            objective = self._style_at(level, number, network, margin, seen)
            criterion["style" if len(self.styles) == 1 else f"style {number + 1}"] = (
                options.beta * share * style.weight,
                objective,
            )
        criterion["tv"] = options.tv * self._share, total_variation(units=options.units)
        return {name: (weight, objective) for name, (weight, objective) in criterion.items() if weight > 0}

    def _style_at(self, level: Level, number: int, network: nn.Module, margin: int, seen: Activations) -> Objective:
        """How far an image is from a style, where it counts.

        Args:
            seen: What the network sees of the photograph with its margin; it tells the sizes of the maps.
        """
        options, style = self.options, self.styles[number]
        loss, layers = STYLE_LOSSES[options.style_loss], options.style_layers
        guidance = None
        if style.where is not None:
            where = mask_at(style.where, level.size)
            guidance = carried(mirrored(where, margin), {layer: seen[layer] for layer in layers})
        own = None
        if self._share < 1 or style.painting is None:
            own = loss.target(seen, layers, guidance)
        if style.painting is None or self._share == 0:
            assert own is not None
            target = own
        else:
            target = self._target(number, self.painting_sizes(level)[style.painting], network)
            if own is not None:
                target = {name: torch.lerp(own[name], value, self._share) for name, value in target.items()}
        units = {"units": options.units} if options.style_loss == "gram" else {}
        return loss.objective(layers, target, weights=options.style_layer_weights, guidance=guidance, **units)

    def _target(self, number: int, size: tuple[int, int], network: nn.Module) -> Statistic:
        """What the painting of a style is like at a size, where it counts."""
        style = self.styles[number]
        assert style.painting is not None
        key = number, size, network is self.network
        if key not in self.targets:
            maps = extract(network, self._painting(style.painting, size).to(self.device), self.options.style_layers)
            source = None if style.source is None else carried(mask_at(style.source, size), maps)
            target = STYLE_LOSSES[self.options.style_loss].target(maps, self.options.style_layers, source)
            if self.options.colors != "painting":  # the photograph changes the painting
                return target
            self.targets[key] = target
        return self.targets[key]

    def _photo(self, size: tuple[int, int]) -> Tensor:
        """The photograph as it is painted over, (1, 3, H, W): without colours if only luminance is painted."""
        photo = self.photo.tensor(size, self.options.resampling)
        return grey(photo) if self.options.colors == "photo" else photo

    def _painting(self, number: int, size: tuple[int, int] | None = None) -> Tensor:
        """A painting in the colours in which it is the style, (1, 3, H, W)."""
        given = self.paintings[number]
        painting = given.tensor(size, self.options.resampling)
        if self.options.colors == "photo":
            return match_luminance(grey(painting), self._photo(self.levels[-1].size))
        if self.options.colors == "match":
            return match_colors(painting, self._colors, Colors.of(given.tensor()))
        return painting

    @cached_property
    def _colors(self) -> Colors:
        """The photograph's colours."""
        return Colors.of(self.photo.tensor())

    def _matched(self, photo: Tensor) -> Tensor:
        """The photograph in the paintings' colours, each region in its own's."""

        def colors_of(style: Style) -> Colors:
            assert style.painting is not None
            painting = self._painting(style.painting)
            size = (painting.shape[-2], painting.shape[-1])
            return Colors.of(painting, None if style.source is None else mask_at(style.source, size))

        if all(style.where is None for style in self.styles):
            weights = [style.weight for style in self.styles]
            return match_colors(photo, Colors.mixed([colors_of(style) for style in self.styles], weights)).clamp(0, 1)
        matched = torch.zeros_like(photo)
        for style in self.styles:
            assert style.where is not None
            where = mask_at(style.where, (photo.shape[-2], photo.shape[-1]))
            own = photo
            if style.painting is not None:
                own = match_colors(photo, colors_of(style), Colors.of(photo, where)).clamp(0, 1)
            matched += where * own
        return matched

    def finished(self, image: Tensor) -> Tensor:
        """The result at its size: the photograph where no painting counts, its colours if luminance is painted."""
        image, size = super().finished(image), self.levels[-1].size
        kept = [style.where for style in self.styles if style.painting is None and style.where is not None]
        if self.options.colors != "photo" and not kept:
            return image
        image, photo = image.cpu(), self.photo.tensor(size, self.options.resampling)
        if self.options.colors == "photo":
            image = recolored(image, photo)
        for where in kept:
            image = torch.lerp(image, photo, mask_at(where, size))
        return image

    def losses(self, image: Tensor) -> dict[str, float]:
        """As of `PyramidRecipe`; of the luminance, where only that was painted."""
        return super().losses(grey(image) if self.options.colors == "photo" else image)

    def canvas_at(self, level: Level, image: Tensor | None) -> PixelCanvas:
        """The canvas with which a level begins.

        With less than the whole strength, what only this level's photograph shows is added to the enlarged image: its
        structures would not come back by themselves.
        """
        if image is None:
            return PixelCanvas(self.start(level, None), self.options.margin)
        enlarged = resize(image, level.size)
        if self._share < 1:
            photo = self._photo(level.size).to(self.device)
            details = photo - resize(resize(photo, (image.shape[-2], image.shape[-1])), level.size)
            enlarged = (enlarged + (1 - self._share) * details).clamp(0, 1)
        return PixelCanvas(enlarged, self.options.margin)

    @property
    def _share(self) -> float:
        """How far the style goes from the photograph's to the painting's."""
        return 1.0 if self.options.strength is None else self.options.strength**_EVEN


def make_style(
    photo: Picture,
    paintings: Picture | str | Sequence[Picture | str],
    options: StyleOptions,
    targets: Targets | None = None,
) -> Recipe:
    """The recipe that the options ask for: step by step, or with ``fast`` at once. Samples may be given by name."""
    if options.fast:
        return FastStyle(photo, paintings, options)
    return StyleTransfer(photo, opened(as_paintings(paintings)), options, targets)


def _levels(size: tuple[int, int], options: StyleOptions, *, started: bool) -> list[Level]:
    if options.strength == 0:
        return [Level(size, 0)]
    levels = 1 if started and options.levels is None else options.levels
    return plan_levels(size, options.steps, levels, options.level_ratio, options.level_shares)

"""Neural style transfer: a photograph in the style of a painting.

Source: Gatys, Ecker and Bethge, 'A Neural Algorithm of Artistic Style' (2015). The photograph is the content image, the
painting the style image.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from deepatelier.features import FeatureExtractor, extract, with_weights, within_memory
from deepatelier.images import Picture, resize, to_array, to_tensor
from deepatelier.inputs import Input
from deepatelier.jobs import Measures, Plan, numbered
from deepatelier.synthesis.engine.canvas import PixelCanvas, mirrored
from deepatelier.synthesis.engine.pyramid import Level, plan_levels
from deepatelier.synthesis.engine.synthesize import optimizer_memory
from deepatelier.synthesis.objectives import (
    Activations,
    Criterion,
    Objective,
    Statistic,
    carried,
    content,
    style_loss,
    total_variation,
)
from deepatelier.synthesis.recipe.pyramid_recipe import PyramidRecipe
from deepatelier.synthesis.style.chosen_styles import as_paintings, chosen_styles
from deepatelier.synthesis.style.luminance import recolored
from deepatelier.synthesis.style.style_balance import balanced, style_share
from deepatelier.synthesis.style.style_colors import StyleColors
from deepatelier.synthesis.style.style_job import StyleOptions
from deepatelier.synthesis.style.style_start import StyleStart
from deepatelier.synthesis.style.transfer_estimation import expected_transfer
from deepatelier.synthesis.style.transfer_measures import check_measurable, transfer_measures

__all__ = ["StyleTransfer", "Targets"]

_GUIDED = 500
"""Memory that a region mask adds to the activations kept for the backward pass, in bytes per pixel of the picture."""


Targets = dict[tuple[int, tuple[int, int], bool], Statistic]
"""The style targets, keyed by the style's index, the painting's size, and whether in the precision of the steps."""


class StyleTransfer(PyramidRecipe):
    """Minimise α · content + β · style + γ · total variation over the pixels (Gatys et al. 2015, equation 7).

    Args:
        photo: The content image.
        paintings: The style images: one, or several with weights or regions given by the options.
        options: See `StyleOptions`. A preset is expanded.
        targets: The ``targets`` of another transfer with the same paintings and options, to avoid recomputing them.

    Attributes:
        inputs: The pictures and files it was given, by their role.
        options: The options, with the preset expanded and with numbers for β and the number of levels.
        levels: The sizes of the pyramid, from coarse to fine. The last one is the result's size.

    Raises:
        UnknownNameError: No such preset, network, weights or layer.
        OptionError: The device cannot be used, a picture is too small for the network at this size, or paintings,
            weights and masks do not match.
        ImageError: The initial picture or a mask cannot be read.
        WeightsError: The weights are not available.
        MemoryLimitError: The picture would need more memory than is free.

    Departures from the source: it works from coarse to fine (``levels``), starts from the photograph in the painting's
    colours (``init``), and adds a little total variation. It also optimises a margin around the picture (``margin``);
    without it, the network's zero padding leaves a visible frame. ``--levels 1 --init noise --margin 0 --tv 0`` turns
    all of these off. The pixels are kept inside their range, and L-BFGS is our own `LBFGS`.
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
        self.styles, masks = chosen_styles(self.paintings, options.style_weights, options.mask, options.style_masks)
        self.inputs = {"photo": Input.of(photo), **numbered("painting", map(Input.of, self.paintings)), **masks}
        self._start = StyleStart.of(photo, self.paintings, options)
        self.inputs |= self._start.inputs
        self.levels = _levels(photo.fitted(options.size), options, started=self._start.is_picture)
        self._colors = StyleColors(photo, self.paintings, options.colors, options.resampling, self.levels[-1].size)
        self._share, self._loss = style_share(options), style_loss(options.style_loss)
        self.options = options.model_copy(update={"levels": len(self.levels)})
        self.extractor = FeatureExtractor(options, (*options.content_layers, *options.style_layers))
        self.inputs |= self.extractor.inputs
        self.extractor.geometry.check_maps()
        self.options = balanced(self.options, self.extractor, self.levels[-1].size)
        self._check_sizes()
        if options.measure:
            finest = self.levels[-1]
            sizes = {"photograph": [finest.size], "painting": self.painting_sizes(finest)}
            check_measurable(sizes, options.device)
        self.needs = self._needs()
        longest = max(*self.levels[-1].size, *(max(size) for size in self.painting_sizes(self.levels[-1])))
        self.extractor = within_memory(
            self.extractor, self.needs, longest, "Lower --size, --style-size or --stroke-scale"
        )

    def initial(self) -> Tensor:
        """Return the initial image of the first level: (1, 3, H, W)."""
        return self._start.image(self.levels[0].size, self._colors, self.styles)

    def expected(self) -> Plan:
        """Estimate time and memory, see `expected_transfer`. Construct the recipe again before it runs."""
        return expected_transfer(self)

    def measures(self, image: Tensor) -> Measures:
        """Return those of `transfer_measures` if the option ``measure`` is set, else nothing beyond the losses."""
        if not self.options.measure:
            return {}
        finest = self.levels[-1]
        photo = self.photo.tensor(finest.size, self.options.resampling)
        sizes = zip(self.paintings, self.painting_sizes(finest), strict=True)
        paintings = [painting.tensor(size, self.options.resampling) for painting, size in sizes]
        return transfer_measures(image, photo, paintings, self.styles, self.options.device)

    def _check_sizes(self) -> None:
        """Check that every layer has at least one position left after all strides, for every picture."""
        first = self.levels[0]
        self.extractor.geometry.check_size(
            "photograph", first.size, "raise --size, or lower --margin or --levels", self.options.margin
        )
        for size in self.painting_sizes(first):
            self.extractor.geometry.check_size("painting", size, "raise --style-size, or lower --levels")

    def _needs(self) -> tuple[int, int]:
        """Return the pixels of the largest network input, and the bytes needed beyond the network's own."""
        finest = self.levels[-1]
        canvas = math.prod(side + 2 * self.options.margin for side in finest.size)
        remembered = optimizer_memory(self.options.optimizer, 3 * canvas, finest.steps, self.device)
        guided = _GUIDED if any(style.where is not None for style in self.styles) else 0
        remembered += canvas * len(self.styles) * (self._loss.bytes_per_pixel + guided)
        return max(canvas, *(math.prod(size) for size in self.painting_sizes(finest))), remembered

    def painting_sizes(self, level: Level) -> list[tuple[int, int]]:
        """Return each painting's height and width at a level: strokes keep their size relative to the result."""
        longest = self.options.stroke_scale * (self.options.style_size or self.options.size)
        longest *= max(level.size) / max(self.levels[-1].size)
        return [painting.fitted(int(longest)) for painting in self.paintings]

    @torch.no_grad()
    def criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:  # noqa: D102
        options = self.options
        assert options.beta is not None
        assert options.tv is not None
        # content is a sum over positions, style is a mean: scale β so that their ratio is the same at each level
        share = math.prod(level.size) / math.prod(self.levels[-1].size) if options.units == "paper" else 1.0
        photo = self._colors.photo_at(level.size).to(self.device)
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
        """Return the loss between an image and a style, inside the style's region.

        Args:
            seen: The activations of the photograph with its margin; they give the sizes of the feature maps.
        """
        options, style = self.options, self.styles[number]
        loss, layers = self._loss, options.style_layers
        guidance = None
        if (where := style.where_at(level.size)) is not None:
            guidance = carried(mirrored(to_tensor(where), margin), {layer: seen[layer] for layer in layers})
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
        units = {"units": options.units} if loss.ratio is None else {}
        return loss.objective(layers, target, weights=options.style_layer_weights, guidance=guidance, **units)

    def _target(self, number: int, size: tuple[int, int], network: nn.Module) -> Statistic:
        """Return the target statistic of a style's painting at a size, inside the style's mask."""
        style = self.styles[number]
        assert style.painting is not None
        key = number, size, network is self.network
        if key not in self.targets:
            painting = self._colors.painting(style.painting, size).to(self.device)
            maps = extract(network, painting, self.options.style_layers)
            part = style.source_at(size)
            source = None if part is None else carried(to_tensor(part), maps)
            target = self._loss.target(maps, self.options.style_layers, source)
            if not self._colors.of_paintings_alone:  # the colours depend on the photograph: do not share the target
                return target
            self.targets[key] = target
        return self.targets[key]

    def finished(self, image: Tensor) -> Tensor:
        """Return the picture at the result's size, with the photograph in unstyled regions, and its chroma if asked."""
        image, size = super().finished(image), self.levels[-1].size
        kept = [
            where for style in self.styles if style.painting is None and (where := style.where_at(size)) is not None
        ]
        if self.options.colors != "photo" and not kept:
            return image
        image, photo = image.cpu(), self.photo.tensor(size, self.options.resampling)
        if self.options.colors == "photo":
            image = to_tensor(recolored(to_array(image), to_array(photo)))
        for where in kept:
            image = torch.lerp(image, photo, to_tensor(where))
        return image

    def losses(self, image: Tensor) -> dict[str, float]:
        """See `PyramidRecipe`. With ``colors="photo"`` they are those of the luminance alone."""
        return super().losses(self._colors.compared(image))

    def canvas_at(self, level: Level, image: Tensor | None) -> PixelCanvas:
        """Return the canvas at the beginning of a level.

        With a strength below 1, the detail that only this level's photograph has is added to the upsampled image: the
        optimisation would not restore it by itself.
        """
        if image is None:
            return PixelCanvas(self.start(level, None), self.options.margin)
        enlarged = resize(image, level.size)
        if self._share < 1:
            photo = self._colors.photo_at(level.size).to(self.device)
            details = photo - resize(resize(photo, (image.shape[-2], image.shape[-1])), level.size)
            enlarged = (enlarged + (1 - self._share) * details).clamp(0, 1)
        return PixelCanvas(enlarged, self.options.margin)


def _levels(size: tuple[int, int], options: StyleOptions, *, started: bool) -> list[Level]:
    if options.strength == 0:
        return [Level(size, 0)]
    levels = 1 if started and options.levels is None else options.levels
    return plan_levels(size, options.steps, levels, options.level_ratio, options.level_shares)

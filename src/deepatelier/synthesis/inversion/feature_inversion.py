"""Feature inversion: reconstruct a picture from a layer's activations.

Source: Mahendran and Vedaldi 2015, 'Understanding Deep Image Representations by Inverting Them'; for the content
reconstructions (a) to (e), Gatys, Ecker and Bethge 2015, 'A Neural Algorithm of Artistic Style', figure 1.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.features import FeatureExtractor, extract, has_head, with_weights, within_memory
from deepatelier.images import Picture
from deepatelier.inputs import Input
from deepatelier.jobs import Measures
from deepatelier.synthesis.engine.canvas import PixelCanvas, mirrored
from deepatelier.synthesis.engine.noise import white_noise
from deepatelier.synthesis.engine.pyramid import Level, plan_levels
from deepatelier.synthesis.engine.synthesize import optimizer_memory
from deepatelier.synthesis.inversion.inversion_job import InversionOptions
from deepatelier.synthesis.objectives import Criterion, absolute_variation, content, total_variation
from deepatelier.synthesis.recipe.pyramid_recipe import PyramidRecipe

__all__ = ["FeatureInversion"]


class FeatureInversion(PyramidRecipe):
    """Minimise ‖Φ(I) − Φ0‖² / ‖Φ0‖² + λ · R_β(I) / (H·W) over the pixels, from white noise.

    Args:
        photo: The photograph whose activations Φ0 at the single layer ``options.layer`` are inverted.
        options: See `InversionOptions`.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: The device cannot be used, the photograph is too small for the network, or the layer is dead.
        WeightsError: The weights are not available.
        MemoryLimitError: The picture would need more memory than is free.

    Departures from the source: both terms are normalised, so that one λ works for every layer and size; the optimizer
    is L-BFGS instead of gradient descent with momentum.
    """

    options: InversionOptions
    terms = ("features", "tv")

    def __init__(self, photo: Picture, options: InversionOptions | None = None) -> None:
        super().__init__()
        options = with_weights((options or InversionOptions()).resolved())
        self.given = photo
        self.extractor = FeatureExtractor(options, options.layer, head=has_head(options))
        self.inputs = {"photo": Input.of(photo), **self.extractor.inputs}
        size = self.extractor.only_size or photo.fitted(options.size)
        if self.extractor.only_size:
            options = options.model_copy(update={"levels": 1, "margin": 0, "size": max(size)})
        self.options = options
        self.levels = plan_levels(size, options.steps, options.levels, options.level_ratio, options.level_shares)
        self.extractor.geometry.check_size(
            "photograph", self.levels[0].size, "raise --size, or lower --levels", options.margin
        )
        remembered = optimizer_memory(options.optimizer, 3 * math.prod(size), options.steps, self.device)
        self.needs = math.prod(size), remembered
        self.extractor = within_memory(self.extractor, self.needs, max(size))

    @property
    def layer(self) -> str:
        """The layer to invert."""
        return self.options.layer[0]

    def initial(self) -> Tensor:
        """Return white noise: (1, C, H, W)."""
        return white_noise((1, self.extractor.channels, *self.levels[0].size), self.options.seed)

    @torch.no_grad()
    def criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:  # noqa: D102
        target = extract(network, mirrored(self.photo_at(level), margin), [self.layer])[self.layer]
        norm = target.float().square().sum().item()
        if not norm:
            raise OptionError(f"{self.layer} is dead for this photograph: all activations are 0. Choose another layer.")
        criterion = {
            "features": (2 / norm, content(self.layer, target)),
            "tv": (self.options.tv / math.prod(level.size), total_variation(self.options.tv_beta)),
        }
        return {name: (weight, objective) for name, (weight, objective) in criterion.items() if weight > 0}

    def canvas_at(self, level: Level, image: Tensor | None) -> PixelCanvas:  # noqa: D102
        return PixelCanvas(self.start(level, image), self.options.margin)

    @torch.no_grad()
    def measures(self, image: Tensor) -> Measures:
        """Return ‖Φ(I) − Φ0‖ / ‖Φ0‖, and the ratio of the total variation to the photograph's."""
        network, photo = self.extractor.in_float32, self.photo_at(self.levels[-1])
        image = image[:, : self.extractor.channels].to(self.device)
        found, wanted = (extract(network, picture, [self.layer])[self.layer] for picture in (image, photo))
        measures: Measures = {"relative distance of the features": ((found - wanted).norm() / wanted.norm()).item()}
        if variation := absolute_variation(photo):
            measures["total variation over the photograph's"] = absolute_variation(image) / variation
        return measures

    def photo_at(self, level: Level) -> Tensor:
        """Return the photograph at a level, (1, C, H, W)."""
        return self.extractor.in_channels(self.given.tensor(level.size, self.options.resampling).to(self.device))

    def shown_photo(self) -> Tensor:
        """Return the photograph's network input at the result's size, in three channels: (1, 3, H, W), on the CPU."""
        return self.photo_at(self.levels[-1]).expand(-1, 3, -1, -1).cpu()

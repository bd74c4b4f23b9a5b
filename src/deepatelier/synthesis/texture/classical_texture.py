"""The classical texture synthesis as a recipe, for comparison with the neural one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor

from deepatelier.errors import StateError
from deepatelier.features import FeatureExtractor, with_weights
from deepatelier.images import Picture, resize
from deepatelier.inputs import Input
from deepatelier.jobs import Measures, State
from deepatelier.synthesis.engine.synthesize import Step
from deepatelier.synthesis.texture.classical_texture_job import ClassicalTextureOptions
from deepatelier.synthesis.texture.style_distance import style_measures
from deepatelier.synthesis.texture.texture_job import TextureOptions
from deepatelier.synthesis.texture.wei_levoy import wei_levoy, wei_levoy_rows

__all__ = ["ClassicalTexture"]

_COMPARED = TextureOptions()
"""The layers at which the result is measured, and the border left out."""


class ClassicalTexture:
    """A `Recipe` for `wei_levoy`. The network only measures the result. A step is a row of pixels.

    Args:
        painting: The exemplar of the texture.
        options: See `ClassicalTextureOptions`.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: The device cannot be used, or the painting is too small for the neighbourhood.
        WeightsError: The weights are not available.
    """

    bits = 8
    resumable = False

    def __init__(self, painting: Picture, options: ClassicalTextureOptions) -> None:
        options = with_weights(options.resolved())
        self.extractor = FeatureExtractor(options, _COMPARED.layers)
        self.inputs = {"painting": Input.of(painting), **self.extractor.inputs}
        self.options = options
        self.exemplar = painting.tensor(painting.fitted(options.style_size or options.size), options.resampling)
        self.size = painting.fitted(options.size)
        self._rows()  # fail early on bad input

    @property
    def device(self) -> torch.device:
        """The device of the network that measures the result; the synthesis runs on the CPU."""
        return self.extractor.device

    @property
    def precision(self) -> torch.dtype:
        """The dtype of the network."""
        return self.extractor.precision

    @property
    def planned(self) -> int:
        """The number of rows, over all levels together."""
        return wei_levoy_rows(self.size, self.options.levels)

    def alpha(self) -> None:
        """Return None: a texture is opaque."""

    def initial(self) -> Tensor:
        """Return middle grey. The synthesis itself starts from pixels of the painting, at each level."""
        return torch.full((1, 3, *self.size), 0.5)

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Synthesise, row by row.

        Raises:
            StateError: A state is given. Matches of earlier rows are not saved.
        """
        if state is not None:
            raise StateError("The classical texture synthesis cannot be resumed after a step. Start it again.")
        for index, image in enumerate(self._rows(), start=1):
            yield Step(index, {}, image, partial(State, index))

    def finished(self, image: Tensor) -> Tensor:
        """Return the image of any level at the result's size."""
        return image if image.shape[-2:] == self.size else resize(image, self.size)

    def losses(self, image: Tensor) -> dict[str, float]:
        """Return the style distance, which this recipe does not minimise."""
        distance = self.measures(image)["style distance"]
        assert isinstance(distance, float)
        return {"texture": distance, "total": distance}

    def measures(self, image: Tensor) -> Measures:
        """Return the style distance to the painting, and that between two halves of the painting."""
        return style_measures(self.extractor, self.exemplar, image, _COMPARED, _COMPARED.margin)

    def _rows(self) -> Iterator[Tensor]:
        options = self.options
        return wei_levoy(
            self.exemplar, self.size, neighborhood=options.neighborhood, levels=self.options.levels, seed=options.seed
        )

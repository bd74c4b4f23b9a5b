"""Class maps over a photograph: CAM, Grad-CAM, occlusion, saliency."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from deepatelier import images, networks
from deepatelier.errors import OptionError
from deepatelier.features import OUTPUT, PIXELS, FeatureExtractor, probabilities_of, with_weights
from deepatelier.images import Picture
from deepatelier.inputs import Input
from deepatelier.interpretation.figures.look import Look, prepare_input
from deepatelier.interpretation.look_jobs import (
    CamOptions,
    ClassMapOptions,
    GradCamOptions,
    OcclusionOptions,
    SaliencyOptions,
)
from deepatelier.interpretation.methods.advice import last_maps
from deepatelier.interpretation.methods.class_activation import class_activation_map
from deepatelier.interpretation.methods.class_scores import Explained, class_scores
from deepatelier.interpretation.methods.empty_maps import dead_layer, why_empty
from deepatelier.interpretation.methods.grad_cam import grad_cam
from deepatelier.interpretation.methods.occlusion import AT_ONCE, evaluations, occluding
from deepatelier.interpretation.methods.saliency import saliency
from deepatelier.jobs import Measures, Step, mapped

__all__ = ["Cam", "ClassMap", "ClassMaps", "GradCam", "Occlusion", "Saliency"]

_MOST_IN_A_ROW = 4
"""The maximum number of panels in a row."""


@dataclass(frozen=True)
class ClassMap:
    """The map of one class.

    Attributes:
        number: The index of the class.
        name: Its name.
        score: Its score S_c.
        probability: Its softmax probability.
        values: The signed map, (h, w).
        empty: Why it shows no positive evidence; None if it does.
    """

    number: int
    name: str
    score: float
    probability: float
    values: Tensor
    empty: str | None

    def peak(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return row and column of the highest value, in pixels of a picture of this height and width."""
        height, width = self.values.shape
        row, column = divmod(int(self.values.argmax()), width)
        return int((row + 0.5) * size[0] / height), int((column + 0.5) * size[1] / width)


class ClassMaps(Look):
    """The photograph, and a map over it for each class, with the class's score, probability and the map's scale.

    Args:
        photo: The network input.
        options: The classes, and the size.

    Attributes:
        maps: The maps, one per class.

    Raises:
        UnknownNameError: No such network, weights, layer or class.
        OptionError: The device cannot be used, the network has no class scores, or the picture is too small.
        WeightsError: The weights are not available.
        MemoryLimitError: It would need more memory than is free.
    """

    options: ClassMapOptions

    def __init__(self, photo: Picture, options: ClassMapOptions) -> None:
        super().__init__()
        self.options = options = with_weights(options)
        self.extractor = FeatureExtractor(self.options, [OUTPUT], head=True)
        self.inputs = {"photo": Input.of(photo), **self.extractor.inputs}
        classes = self.extractor.classes
        self._wanted = None
        if options.class_ is not None:
            self._wanted = [networks.find_class(word, self.extractor.class_names) for word in options.class_]
        self._image = prepare_input(self.extractor, photo, self.options, self._together)
        self._photo = photo.tensor(photo.fitted(options.size), options.resampling)
        self.maps: list[ClassMap] = []
        self.planned = len(self._wanted) if self._wanted else min(options.top, classes)

    @property
    def found_something(self) -> bool:
        """Whether at least one map is complete."""
        return bool(self.maps)

    def look(self) -> Generator[Step, None, None]:
        """Compute the maps, class by class. If it is interrupted, the options list the finished ones only."""
        try:
            yield from self._look()
        except KeyboardInterrupt:
            done = (
                {"top": len(self.maps)}
                if self._wanted is None
                else {"class_": (self.options.class_ or ())[: len(self.maps)]}
            )
            self.options = self.options.model_copy(update=done)
            raise

    def _look(self) -> Iterator[Step]:
        with torch.no_grad():
            scores = class_scores(self.extractor.module, self._image.to(self.extractor.device))[0].float().cpu()
        self._scores, self._probabilities = scores, probabilities_of(scores[None])[0]
        self._dead = dead_layer(self.extractor.module, self._image)
        yield from self._maps(self._wanted or scores.topk(min(self.options.top, len(scores))).indices.tolist())

    def _add(self, number: int, values: Tensor) -> None:
        """Add the map of a class, (h, w), and a note about the reason if it is empty."""
        name = networks.class_name(number, self.extractor.class_names)
        reason = why_empty(
            self.extractor.module, self._image, number, values, layer=self._layer, explained=self._explained
        )
        if reason:
            self.notes.append(f"{name}: {reason}")
        elif self._dead:
            self.notes.append(
                f"{name}: every value of {self._dead} is zero for this picture; this map does not depend on it."
            )
        score, probability = self._scores[number].item(), self._probabilities[number].item()
        self.maps.append(ClassMap(number, name, score, probability, values, reason))

    def picture(self) -> Tensor:
        """Return the sheet, (1, 3, H, W)."""
        size = self._photo.shape[-2], self._photo.shape[-1]
        panels, labels = [_widened(self._photo)], [str(self.inputs["photo"].name)]
        for found in self.maps:
            score, probability = images.short_number(found.score), images.short_number(found.probability)
            labels.append(f"{found.name}   score {score}   probability {probability}")
            if found.empty and not (self._signed and found.values.any()):
                panels.append(images.notice(self._photo, found.empty))
            else:
                panels.append(images.heat_map(self._photo, found.values, signed=self._signed, highest=self._highest))
        columns = math.ceil(len(panels) / math.ceil(len(panels) / _MOST_IN_A_ROW))
        return images.Sheet((size[0], images.heat_map_width(size)), tuple(labels), columns).compose(panels)

    @property
    def has_array(self) -> bool:
        """Always true."""
        return True

    def array(self) -> Tensor:
        """Return the signed maps, one per class, (n, h, w) float32."""
        return torch.stack([found.values for found in self.maps])

    def measures(self, image: Tensor) -> Measures:  # noqa: ARG002
        """Return score, probability and peak of each class."""
        found: Measures = {}
        for each in self.maps:
            found[f"{each.name}: score"] = each.score
            found[f"{each.name}: probability"] = each.probability
            if each.empty:
                found[f"{each.name}: empty map"] = each.empty
            elif self._has_peak:
                row, column = each.peak((self._photo.shape[-2], self._photo.shape[-1]))
                found[f"{each.name}: peak at column, row"] = f"{column}, {row}"
        return found

    @abstractmethod
    def _maps(self, numbers: Sequence[int]) -> Iterator[Step]:
        """Compute the signed map of each class, (h, w), on the CPU, and `_add` it."""

    _explained: Explained = "score"
    """Whether the maps explain the score or the probability."""

    _layer: str | None = None
    """The layer of the maps, if there is one."""

    _together = 1
    """The batch size of the network."""

    _signed = False
    """Whether negative evidence is shown."""

    _has_peak = True
    """Whether the location of the highest value is meaningful."""

    _highest = 1.0
    """The upper end of the colour scale, as a quantile of the values."""


class _OneByOne(ClassMaps):
    """Maps that are computed class by class."""

    def _maps(self, numbers: Sequence[int]) -> Iterator[Step]:
        for number in numbers:
            yield self.step()
            self._add(number, self._map(number)[0].cpu())

    @abstractmethod
    def _map(self, number: int) -> Tensor:
        """Return the signed map of a class, (1, h, w)."""


class Cam(_OneByOne):
    """The figure of `class_activation_map`."""

    options: CamOptions

    def __init__(self, photo: Picture, options: CamOptions | None = None) -> None:
        super().__init__(photo, options or CamOptions())
        self._signed = self.options.signed
        self._layer = last_maps(self.extractor.module, self.extractor.geometry.calls)

    def _map(self, number: int) -> Tensor:
        return class_activation_map(self.extractor.module, self._image, number).maps


class GradCam(_OneByOne):
    """The figure of `grad_cam`, by default for the last layer with feature maps."""

    options: GradCamOptions

    def __init__(self, photo: Picture, options: GradCamOptions | None = None) -> None:
        super().__init__(photo, options or GradCamOptions())
        layer = self.options.layer
        if layer is None:
            layer = last_maps(self.extractor.module, self.extractor.geometry.calls)
        if layer is None:
            raise OptionError(f"{self.options.network} has no layer with feature maps. Use atelier look saliency.")
        self.options = self.options.model_copy(update={"layer": layer})
        if layer == PIXELS:
            raise OptionError(
                "Grad-CAM needs a layer of the network, not the picture itself. See atelier look saliency."
            )
        replace(self.extractor, layers=[layer]).geometry.check_maps()
        self._signed, self._explained, self._layer = self.options.signed, self.options.explain, layer

    def _map(self, number: int) -> Tensor:
        assert self._layer is not None
        return grad_cam(self.extractor.module, self._image, number, self._layer, explained=self._explained)


class Occlusion(ClassMaps):
    """The figure of `occlusion`, by default with a window of a seventh of the longest side of the input."""

    options: OcclusionOptions
    _together = AT_ONCE

    def __init__(self, photo: Picture, options: OcclusionOptions | None = None) -> None:
        super().__init__(photo, options or OcclusionOptions())
        height, width = self._image.shape[-2:]
        window = self.options.window or max(1, min(height, width, max(height, width) // 7))
        stride = self.options.stride or max(1, window // 3)
        self.options = self.options.model_copy(update={"window": window, "stride": stride})
        self._window, self._stride = window, stride
        self._signed, self._explained = self.options.signed, self.options.explain
        self.planned = evaluations(self._image.shape[-2:], window, stride)

    def _maps(self, numbers: Sequence[int]) -> Iterator[Step]:
        steps = occluding(
            self.extractor.module,
            self._image,
            numbers,
            window=self._window,
            stride=self._stride,
            explained=self._explained,
        )
        found = yield from mapped(steps, lambda _evaluated: self.step())
        for number, values in zip(numbers, found.cpu(), strict=True):
            self._add(number, values)


class Saliency(_OneByOne):
    """The figure of `saliency`. The colour scale ends at the 99th percentile of the gradients."""

    _has_peak = False
    _highest = 0.99

    options: SaliencyOptions

    def __init__(self, photo: Picture, options: SaliencyOptions | None = None) -> None:
        super().__init__(photo, options or SaliencyOptions())
        self._explained = self.options.explain

    def _map(self, number: int) -> Tensor:
        return saliency(self.extractor.module, self._image, number, explained=self._explained)


def _widened(photo: Tensor) -> Tensor:
    """Return the photograph padded to the width of a heat map over it."""
    more = images.heat_map_width(tuple(photo.shape[-2:])) - photo.shape[-1]
    return torch.nn.functional.pad(photo, (more // 2, more - more // 2), value=1.0)

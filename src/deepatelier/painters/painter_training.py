"""Training of a painter: the weights of a network are optimised with the losses of neural style transfer.

Source: Johnson, Alahi and Fei-Fei, 'Perceptual Losses for Real-Time Style Transfer and Super-Resolution' (2016).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR

from deepatelier import __version__, samples
from deepatelier.devices import precision_name
from deepatelier.errors import DivergenceError, OptionError, StateError
from deepatelier.features import FeatureExtractor, extract, with_weights, within_memory
from deepatelier.images import Picture
from deepatelier.inputs import Input
from deepatelier.jobs import (
    Context,
    Measured,
    Result,
    State,
    Step,
    WeightsProduct,
    Work,
    fingerprint,
    numbered,
    this_machine,
)
from deepatelier.painters.painter import OF_A_STYLE, Painter
from deepatelier.painters.painter_job import PainterJob, PainterOptions
from deepatelier.painters.painting_task import PAINTER, Crops, PaintingTask
from deepatelier.painters.photographs import Photographs
from deepatelier.painters.trained_painters import SHIPPED_PAINTER, load_painter, painter_product
from deepatelier.synthesis import Objective, gram_matrices, gram_style
from deepatelier.synthesis.style.colors import Colors
from deepatelier.training.fit import FitStep, fit
from deepatelier.training.player import Player
from deepatelier.training.processes import fabric_for

__all__ = ["PainterTraining", "learnt"]

_BYTES_PER_PIXEL = 1500
"""Activations kept for the backward pass, in bytes per pixel of a batch; 1398 measured in float32, rounded up."""

_WARM_UP = 50
"""Warm-up steps of the learning rate."""

_DECAY = 0.98
"""The decay of the running mean of the losses."""


class PainterTraining:
    """Training of a painter on the styles of paintings.

    Each step takes a batch of random crops of photographs, with a painting for each. Adam minimises the sum of the mean
    of style_l / E_l and α · (content + γ · total variation) / E_c, with the losses of neural style transfer (Gatys et
    al. 2015, equation 7). E_l and E_c are the style loss at layer l and the content loss for zero activations. They are
    needed since a network stays further from a style than an optimised picture does, by a different factor for each
    painting: with a single β, some paintings would leave no content. And without them, one layer, relu4_1, would be
    99 % of the style loss, so that the colours at relu1_1 would hardly count. The content target is the photograph in
    the painting's colours.

    Args:
        paintings: The style images, in the order of the painter's styles.
        options: See `PainterOptions`.

    Attributes:
        options: The options, with names for the weights.
        inputs: The name and sha256 of each file and sample, by its role.
        skipped: The errors of photographs that could not be read.
        losses: The running mean of each objective's weighted loss.
        taken: The number of steps taken.

    Raises:
        InputError: There is no photograph that can be read.
        OptionError: The device cannot be used, a painting is too small, or the initial painter does not exist.
        MemoryLimitError: It would need more memory than is free.
        WeightsError: A file of weights is damaged or not available.
    """

    def __init__(self, paintings: Sequence[Picture], options: PainterOptions) -> None:
        self.options = options = with_weights(options)
        self._began = time.perf_counter()
        self.paintings = tuple(Input.of(painting) for painting in paintings)
        self._extractor = FeatureExtractor(options, (*options.content_layers, *options.style_layers))
        self._extractor.geometry.check_maps()
        for painting in paintings:
            self._extractor.geometry.check_size("painting", painting.fitted(options.size), "raise --size")
        pixels = max(options.crop**2, *(math.prod(painting.fitted(options.size)) for painting in paintings))
        needs = pixels, options.batch * options.crop**2 * _BYTES_PER_PIXEL
        self._extractor = within_memory(self._extractor, needs, options.size, "Lower --size, --crop or --batch")
        self.device, self.precision = self._extractor.device, precision_name(self._extractor.precision)
        self._photos = Photographs(options.photos, options.resampling)
        self.skipped = self._photos.skipped
        self._styles = [self._style(painting) for painting in paintings]
        self._colors = [Colors.of(painting.array()) for painting in paintings]
        with torch.random.fork_rng():
            torch.manual_seed(options.seed)
            self.network, self._start = _initial(options.start, paintings)
        self.network = self.network.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.inputs = {
            **numbered("painting", self.paintings),
            **numbered("photo", map(_input, options.photos)),
            **self._extractor.inputs,
            **({"start": self._start} if self._start else {}),
        }
        self.taken, self.losses = 0, dict[str, float]()
        self._task = PaintingTask(self._extractor, self._styles, options.alpha, options.tv, options.content_layers)
        self._crops = Crops(self._photos, self._colors, options)

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Train step by step; the steps' values are the running means of the losses.

        It draws from torch's global random numbers, see `deepatelier.jobs.isolated`.

        Args:
            state: The state of an earlier step, to resume after it.

        Raises:
            DivergenceError: A loss is no longer finite.
            StateError: The state is of another training.
        """
        options = self.options
        optimizer = torch.optim.Adam(self.network.parameters(), lr=options.learning_rate)
        player = Player(self.network, optimizer, LambdaLR(optimizer, self._rate))
        known = None
        if state is not None:
            if state.fingerprint != self._fingerprint():
                raise StateError(
                    "The state is of another training: paintings, photographs or options differ. Start it again."
                )
            known, self.losses = state.values["fit"], dict(state.values["losses"])
        fabric = fabric_for(self.device, torch.float32, 1)  # the painter's forward pass alone is in another precision
        for step in fit(self._task, {PAINTER: player}, self._crops, epochs=1, fabric=fabric, state=known):
            self.taken = step.index
            for name, loss in step.latest.items():
                self.losses[name] = _DECAY * self.losses.get(name, loss) + (1 - _DECAY) * loss
            yield Step(
                step.index,
                options.steps,
                dict(self.losses),
                _state=partial(self._state, step),
                _preview=partial(getattr, step, "preview"),
            )

    def _rate(self, step: int) -> float:
        """Return the factor of the learning rate at a step, from 0."""
        return 0.5 * (1 + math.cos(math.pi * step / self.options.steps)) * min(1, (step + 1) / _WARM_UP)

    def trained(self) -> WeightsProduct:
        """Return the painter in its present state."""
        files = {part: file for part, file in self.inputs.items() if part in ("network", "weights", "start")}
        about: dict[str, Any] = {
            "version": __version__,
            "options": self._options(),
            "photographs": len(self._photos),
            "steps": self.taken,
            "seconds": round(time.perf_counter() - self._began),
            "losses": self.losses,
            "files": {part: file.model_dump() for part, file in files.items()},
            "precision": self.precision,
            "machine": this_machine(self.device).model_dump(),
        }
        return painter_product(self.network, self.paintings, self._colors, about)

    def _options(self) -> dict[str, Any]:
        """All options except the photographs, with files by their names."""
        names = set(PainterOptions.model_fields) - {"photos"}
        values = self.options.model_dump(mode="json", include=names)
        return {name: self.inputs[name].name if name in self.inputs else value for name, value in values.items()}

    def _fingerprint(self) -> str:
        """The fingerprint of everything the weights depend on, regardless of the machine."""
        values = {name: each for name, each in self._options().items() if name not in ("device", "precision")}
        return fingerprint(values, {part: each.sha256 for part, each in self.inputs.items()})

    def _state(self, step: FitStep) -> State:
        return State(step.index, {"fit": step.state, "losses": dict(self.losses)}, self._fingerprint())

    @torch.no_grad()
    def _style(self, painting: Picture) -> Objective:
        """Return the mean over the layers of the style loss, relative to that of a picture with zero activations."""
        options = self.options
        image = painting.tensor(painting.fitted(options.size), options.resampling).to(self.device)
        grams = gram_matrices(extract(self._extractor.module, image, options.style_layers), options.style_layers)
        energies = [gram_style((name,), grams).loss({name: 0 * grams[name]}).item() for name in options.style_layers]
        if not all(energies):
            raise OptionError(f"{painting.name} has no activations at a style layer. Give another painting or layers.")
        return gram_style(options.style_layers, grams, [1 / len(energies) / energy for energy in energies])


def learnt(job: PainterJob, context: Context, state: State | None) -> Work:
    """Yield the steps of a job. If it is interrupted, the painter trained so far is kept."""
    training = PainterTraining([context.picture(painting) for painting in job.paintings], job)
    for line in training.skipped:
        context.say(f"Left out {line}")
    interrupted, error = False, None
    try:
        yield from training.steps(state)
    except KeyboardInterrupt:
        interrupted = True
        if not training.taken:
            raise
    except DivergenceError as found:
        error = found
        if not training.taken:
            raise
    return Result(
        job.model_copy(update={"weights": training.options.weights}),
        {"weights": training.trained()},
        training.inputs,
        str(training.device),
        training.precision,
        lambda _written: Measured(losses=training.losses),
        steps=training.taken,
        interrupted=interrupted or error is not None,
        error=error,
    )


def _input(source: str) -> Input:
    """Return the input entry of a folder of photographs, a file or a sample."""
    return Input.of(samples.open_picture(source) if samples.is_sample(source) else source)


def _initial(start: str, paintings: Sequence[Picture]) -> tuple[Painter, Input | None]:
    """Return the initial painter, and its file if it is the user's.

    Paintings that it was trained on keep their style; others are initialised with the mean style.
    """
    if start == "none":
        return Painter(len(paintings)), None
    known = load_painter(SHIPPED_PAINTER if start == "shipped" else start)
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
    return network, None if start == "shipped" else known.file

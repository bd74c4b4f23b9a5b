"""Training of a painter: the weights of a network are optimised with the losses of neural style transfer.

Source: Johnson, Alahi and Fei-Fei, 'Perceptual Losses for Real-Time Style Transfer and Super-Resolution' (2016).
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from deepatelier import __version__, samples
from deepatelier.devices import precision_name
from deepatelier.errors import OptionError, StateError
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
from deepatelier.painters.photographs import Photographs
from deepatelier.painters.trained_painters import load_painter, painter_product
from deepatelier.synthesis import Criterion, Objective, content, evaluate, gram_matrices, gram_style, total_variation
from deepatelier.synthesis.style.colors import Colors

__all__ = ["PainterTraining", "learnt"]

_BYTES_PER_PIXEL = 1500
"""Activations kept for the backward pass, in bytes per pixel of a batch; 1398 measured in float32, rounded up."""

_WARM_UP = 50
"""Warm-up steps of the learning rate."""

_REMEMBERED = 0.98
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
        self._colors = [Colors.of(painting.tensor()) for painting in paintings]
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

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Train step by step; the steps' values are the losses. It draws from its own random generator.

        Args:
            state: The state of an earlier step, to resume after it.

        Raises:
            OptionError: The loss is no longer finite.
            StateError: The state is of another training.
        """
        options = self.options
        self._generator = generator = torch.Generator().manual_seed(options.seed)
        self._optimizer = optimizer = torch.optim.Adam(self.network.parameters(), lr=options.learning_rate)
        if state is not None:
            self._go_to(state)
        for index in range(self.taken + 1, options.steps + 1):
            rate = 0.5 * (1 + math.cos(math.pi * (index - 1) / options.steps)) * min(1, index / _WARM_UP)
            optimizer.param_groups[0]["lr"] = options.learning_rate * rate
            order = torch.randperm(len(self._styles), generator=generator)
            styles = [int(style) for style in order.repeat(options.batch)[: options.batch]]
            parts = [self._photos.part(options.crop, self._colors[style], generator) for style in styles]
            photos = torch.cat(parts)
            optimizer.zero_grad()
            losses = self._learn(photos.to(self.device), styles)
            if not all(math.isfinite(loss) for loss in losses.values()):
                raise OptionError(f"The loss is no longer a number at step {index}. Lower --learning-rate.")
            optimizer.step()
            self.taken = index
            for name, loss in losses.items():
                self.losses[name] = _REMEMBERED * self.losses.get(name, loss) + (1 - _REMEMBERED) * loss
            yield Step(index, options.steps, dict(self.losses), _state=partial(self._state, index))

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

    def _state(self, index: int) -> State:
        if index != self.taken:
            raise RuntimeError(f"the state after step {index} is gone: step {self.taken} has been taken")
        values = {
            "weights": self.network.state_dict(),
            "adam": self._optimizer.state_dict(),
            "generator": self._generator.get_state(),
            "losses": self.losses,
        }
        return State(index, copy.deepcopy(values), self._fingerprint())

    def _go_to(self, state: State) -> None:
        if state.fingerprint != self._fingerprint():
            raise StateError(
                "The state is of another training: paintings, photographs or options differ. Start it again."
            )
        values = copy.deepcopy(dict(state.values))
        self.network.load_state_dict(values["weights"])
        self._optimizer.load_state_dict(values["adam"])
        for parameter, known in self._optimizer.state.items():
            for name, each in known.items():
                if each.shape == parameter.shape:  # sums are rounded differently in another memory layout
                    known[name] = torch.empty_like(parameter).copy_(each)
        self._generator.set_state(values["generator"])
        self.taken, self.losses = state.index, dict(values["losses"])

    def _learn(self, photos: Tensor, styles: Sequence[int]) -> dict[str, float]:
        """Compute the gradients for a batch of crops, each with its style; returns the mean of each loss."""
        means: dict[str, float] = {}
        weights = nn.functional.one_hot(torch.tensor(styles, device=self.device), len(self._styles)).float()
        autocast = torch.autocast(
            self.device.type, self._extractor.precision, self._extractor.precision != torch.float32
        )
        with autocast:
            painted = self.network(photos.contiguous(memory_format=torch.channels_last), weights, self._generator)
        # one by one: each has its own painting, and only one set of VGG activations is kept in memory
        pixels = painted.detach().requires_grad_()
        for number, style in enumerate(styles):
            criterion = self._criterion(photos[number : number + 1], style)
            losses = evaluate(self._extractor.module, criterion, pixels[number : number + 1])
            torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
            for name, loss in losses.items():
                means[name] = means.get(name, 0.0) + loss.item() / len(styles)
        assert pixels.grad is not None
        painted.backward(pixels.grad / len(styles))
        return means

    @torch.no_grad()
    def _criterion(self, photo: Tensor, style: int) -> Criterion:
        options = self.options
        seen = extract(self._extractor.module, photo, options.content_layers)
        unit = options.alpha / sum(0.5 * maps.float().square().sum().item() for maps in seen.values())
        terms: Criterion = {
            **{f"content {name}": (unit, content(name, maps)) for name, maps in seen.items()},
            "style": (1, self._styles[style]),
            "tv": (unit * options.tv, total_variation()),
        }
        return {name: (weight, objective) for name, (weight, objective) in terms.items() if weight > 0}

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
    except OptionError as found:
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
    return network, None if start == "shipped" else known.file

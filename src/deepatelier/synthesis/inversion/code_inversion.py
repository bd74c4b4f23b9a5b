"""Inversion of a picture into a code: the nearest picture that a decoder makes."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from deepatelier import networks
from deepatelier.devices import choose_device
from deepatelier.errors import OptionError
from deepatelier.images import Picture, Pixels
from deepatelier.inputs import Input
from deepatelier.jobs import Measures, State
from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.networks.sequence_models import run_input
from deepatelier.synthesis.engine.code_canvas import CodeCanvas
from deepatelier.synthesis.engine.synthesize import Step, synthesize
from deepatelier.synthesis.inversion.code_inversion_job import CodeInversionOptions
from deepatelier.synthesis.objectives import Criterion, content

__all__ = ["CodeInversion"]

_ADAM = 0.05
"""The default learning rate of Adam, in standard deviations of codes."""


class CodeInversion:
    """Minimise ½·‖Dec(z) − x‖² over the code z of an autoencoder, from the mean code.

    The encoder guesses the code in one step; this finds a better one, by descent.

    Source: Zhu et al., 'Generative Visual Manipulation on the Natural Image Manifold' (2016), section 4.1, with the
    pixels alone.

    Args:
        photo: The photograph x, resized to the network's input.
        options: See `CodeInversionOptions`.

    Raises:
        OptionError: The network is no autoencoder, or the device cannot be used.
        WeightsError: The weights are missing or damaged.
    """

    resumable = True
    precision = torch.float32

    def __init__(self, photo: Picture, options: CodeInversionOptions) -> None:
        network = networks.build(options.network) if networks.trained_file(options.network) else None
        if not isinstance(network, Autoencoder):
            raise OptionError(f"{options.network} is no autoencoder. Train one: atelier train DATA --network vae.")
        self.options, self.device = options, choose_device(options.device)
        self.network = network.to(self.device).eval().requires_grad_(False)
        channels, height, width = network.input_size
        pixels = photo.tensor((height, width), options.resampling).to(self.device)
        self.photo = pixels.mean(dim=1, keepdim=True) if channels == 1 else pixels
        self.inputs = {"photo": Input.of(photo), "network": run_input(options.network)}
        self.bits = photo.bits

    @property
    def planned(self) -> int:
        """The number of steps."""
        return self.options.steps

    def alpha(self) -> Pixels | None:
        """Return None: pictures of a decoder are opaque."""
        return None

    def criterion(self) -> Criterion:
        """Return the objective."""
        return {"pixels": (1.0, content("pixels", self.photo))}

    @torch.no_grad()
    def initial(self) -> Tensor:
        """Return the picture of the mean code, (1, 3, H, W)."""
        return self.finished(CodeCanvas(self.network).picture())

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Run step by step. If the state of an earlier step is given, resume after it."""
        rate = self.options.learning_rate or (_ADAM if self.options.optimizer == "adam" else None)
        yield from synthesize(
            self.network,
            self.criterion(),
            CodeCanvas(self.network),
            optimizer=self.options.optimizer,
            learning_rate=rate,
            steps=self.options.steps - (0 if state is None else state.index),
            state=state,
        )

    def finished(self, image: Tensor) -> Tensor:
        """Return an image with three channels."""
        return image.expand(-1, 3, -1, -1)

    def losses(self, image: Tensor) -> dict[str, float]:
        """Return ½·‖x' − x‖² of a finished picture."""
        loss = 0.5 * (self._seen(image) - self.photo).square().sum().item()
        return {"pixels": loss, "total": loss}

    @torch.no_grad()
    def measures(self, image: Tensor) -> Measures:
        """Return the mean squared error of a finished picture, and that of the encoder's code."""
        guessed = self.network(self.photo).clamp(0, 1)
        return {
            "squared error": (self._seen(image) - self.photo).square().mean().item(),
            "squared error of the encoder's code": (guessed - self.photo).square().mean().item(),
        }

    def _seen(self, image: Tensor) -> Tensor:
        return image[:, : self.photo.shape[1]].to(self.device)

"""An image as a code that a decoder makes it from."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.synthesis.engine.views import View, unchanged

__all__ = ["CodeCanvas"]


class CodeCanvas(nn.Module):
    """Dec(z): the parameters are the numbers of a code z, in standard deviations along the principal axes of codes.

    z = m + u·A, with u the parameter, (1, K), the mean m and the axes A of the training pictures' codes. With u = 0, it
    is the picture of the mean code.

    Args:
        network: The autoencoder, frozen.
        view: Makes the network input from the image.

    Calling it returns the image, (1, C, H, W).
    """

    def __init__(self, network: Autoencoder, view: View = unchanged) -> None:
        super().__init__()
        self.view = view
        self._networks = (network,)  # in a tuple, so that its weights are no parameters of the canvas
        self.position = nn.Parameter(torch.zeros(1, network.code, device=network.code_mean.device))

    @property
    def code(self) -> Tensor:
        """The code z, (1, K)."""
        (network,) = self._networks
        return network.code_mean + self.position @ network.code_axes

    def forward(self) -> Tensor:
        """Return the image."""
        (network,) = self._networks
        return network.decode(self.code).float()

    @torch.no_grad()
    def picture(self) -> Tensor:
        """Return a copy of the image, (1, C, H, W), in [0, 1]."""
        picture: Tensor = self().clamp(0, 1).clone()
        return picture

    def precondition(self, gradient: Tensor) -> Tensor:
        """Return the gradient: along the principal axes, all directions are alike."""
        return gradient

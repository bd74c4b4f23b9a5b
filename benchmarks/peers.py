"""The peers of style transfer: the loop of the published programs, and pastiche.

Both minimise what Gatys' notebook does: mean of (F − P)² at relu4_2 + 1000 · Σ mean of (G/(NM) − A/(NM))² (pastiche: a
hundredth of it).
"""

from __future__ import annotations

from pathlib import Path

import torch
from pastiche.pastiche import PasticheArtist, save_image
from torch import Tensor

from deepatelier import images, networks

__all__ = ["Objective", "pastiche", "pastiche_artist", "plain_loop", "plain_loop_from_noise"]

CONTENT, STYLE = "relu4_2", ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


class Objective:
    """Mean of (F − P)² + 1000 · Σ mean of (G/(NM) − A/(NM))² of an image, in float32 and the default layout.

    Args:
        photo: A picture of the size at hand.
        painting: Likewise.
        device: Where the network runs.
    """

    def __init__(self, photo: Path, painting: Path, device: torch.device) -> None:
        network = networks.build("vgg19", weights="oxford", num_classes=0).to(device)
        assert isinstance(network, networks.Network)
        self.normalise, self.modules = network.normalization, list(network.get_submodule("features").children())
        self.wanted = {int(network.layers[name].rpartition(".")[2]): name for name in (CONTENT, *STYLE)}
        self.photo = images.open_picture(photo).tensor().to(device)
        with torch.no_grad():
            self.content = self.activations(self.photo)[CONTENT]
            seen = self.activations(images.open_picture(painting).tensor().to(device))
            self.grams = {name: gram(seen[name]) for name in STYLE}

    def activations(self, image: Tensor) -> dict[str, Tensor]:
        """By layer."""
        x, found = self.normalise(image), {}
        for number, module in enumerate(self.modules[: max(self.wanted) + 1]):
            x = module(x)
            if number in self.wanted:
                found[self.wanted[number]] = x
        return found

    def __call__(self, image: Tensor) -> Tensor:
        """The objective of (1, 3, H, W), sRGB in [0, 1]."""
        found = self.activations(image)
        style = torch.stack([(gram(found[name]) - self.grams[name]).square().mean() for name in STYLE]).sum()
        return (found[CONTENT] - self.content).square().mean() + 1000 * style


def gram(x: Tensor) -> Tensor:
    """F · Fᵀ / (N · M)."""
    rows = x.reshape(x.shape[1], -1)
    return rows @ rows.t() / rows.numel()


def plain_loop(photo: Path, painting: Path, steps: int, device: torch.device, *, noise: bool = False) -> Tensor:
    """The published loop: torch.optim.LBFGS with a history of 100, clipped at the end. Arguments as of `Objective`.

    Args:
        photo: Where it starts, as Gatys' notebook does.
        painting: Gives the style.
        steps: Evaluations of the gradient.
        device: Where it runs.
        noise: Whether it starts from noise instead, as neural-style does.

    Returns:
        (1, 3, H, W), sRGB in [0, 1].
    """
    objective = Objective(photo, painting, device)
    shape = objective.photo.shape
    start = torch.rand(shape, generator=torch.Generator().manual_seed(0)).to(device) if noise else objective.photo
    levels = (255 * start).requires_grad_()
    optimizer = torch.optim.LBFGS(
        [levels], max_iter=steps, max_eval=steps, history_size=100, tolerance_grad=-1, tolerance_change=-1
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = objective(levels / 255)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return (levels.detach() / 255).clamp(0, 1)


def plain_loop_from_noise(photo: Path, painting: Path, steps: int, device: torch.device) -> Tensor:
    """`plain_loop`, from noise."""
    return plain_loop(photo, painting, steps, device, noise=True)


def pastiche(photo: Path, painting: Path, steps: int, device: torch.device) -> Tensor:
    """The package's own objects with their defaults; arguments as of `plain_loop`."""
    artist = pastiche_artist(photo, painting, device)
    for _ in range(steps):
        artist.draw()
    path = photo.with_name("pastiche.png")
    save_image(artist.pastiche, path)
    return images.open_picture(path).tensor()


def pastiche_artist(photo: Path, painting: Path, device: torch.device) -> PasticheArtist:
    """What pastiche's command makes for pictures of the size at hand."""
    size, style_size = (max(images.open_picture(path).size) for path in (photo, painting))
    return PasticheArtist(str(photo), [str(painting)], size=size, style_size=style_size, device=str(device))

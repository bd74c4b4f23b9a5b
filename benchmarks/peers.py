"""The peers of style transfer: the loop of the published programs, and pastiche.

Both minimise what Gatys' notebook does: mean of (F − P)² at relu4_2 + 1000 · Σ mean of (G/(NM) − A/(NM))² (pastiche: a
hundredth of it).
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from deepatelier import images, networks

__all__ = ["pastiche", "plain_loop", "plain_loop_from_noise"]

CONTENT, STYLE = "relu4_2", ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


def plain_loop(photo: Path, painting: Path, steps: int, *, noise: bool = False) -> Tensor:
    """The published loop: float32, the default layout, torch.optim.LBFGS with a history of 100, clipped at the end.

    Args:
        photo: A picture of this size already.
        painting: Likewise.
        steps: Evaluations of the gradient.
        noise: Whether it starts from noise, as neural-style does; from the photograph as Gatys' notebook does.

    Returns:
        (1, 3, H, W), sRGB in [0, 1].
    """
    network = networks.build("vgg19", weights="oxford", num_classes=0)
    assert isinstance(network, networks.Network)
    normalise, modules = network.normalization, list(network.get_submodule("features").children())
    wanted = {int(network.layers[name].rpartition(".")[2]): name for name in (CONTENT, *STYLE)}

    def activations(image: Tensor) -> dict[str, Tensor]:
        x, found = normalise(image), {}
        for number, module in enumerate(modules[: max(wanted) + 1]):
            x = module(x)
            if number in wanted:
                found[wanted[number]] = x
        return found

    def gram(x: Tensor) -> Tensor:
        rows = x.reshape(x.shape[1], -1)
        return rows @ rows.t() / rows.numel()

    source = images.open_picture(photo).tensor()
    with torch.no_grad():
        content = activations(source)[CONTENT]
        grams = {name: gram(x) for name, x in activations(images.open_picture(painting).tensor()).items()}
    start = torch.rand(source.shape, generator=torch.Generator().manual_seed(0)) if noise else source
    levels = (255 * start).requires_grad_()
    optimizer = torch.optim.LBFGS(
        [levels], max_iter=steps, max_eval=steps, history_size=100, tolerance_grad=-1, tolerance_change=-1
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        found = activations(levels / 255)
        loss = (found[CONTENT] - content).square().mean()
        loss = loss + 1000 * torch.stack([(gram(found[name]) - grams[name]).square().mean() for name in STYLE]).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return (levels.detach() / 255).clamp(0, 1)


def plain_loop_from_noise(photo: Path, painting: Path, steps: int) -> Tensor:
    """`plain_loop`, from noise."""
    return plain_loop(photo, painting, steps, noise=True)


def pastiche(photo: Path, painting: Path, steps: int) -> Tensor:
    """The package's own objects with their defaults; arguments as of `plain_loop`."""
    from pastiche.pastiche import PasticheArtist, save_image

    size, style_size = (max(images.open_picture(path).size) for path in (photo, painting))
    artist = PasticheArtist(str(photo), [str(painting)], size=size, style_size=style_size, device="cpu")
    for _ in range(steps):
        artist.draw()
    path = photo.with_name("pastiche.png")
    save_image(artist.pastiche, path)
    return images.open_picture(path).tensor()

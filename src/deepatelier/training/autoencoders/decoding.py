"""Pictures from codes: a sheet over the plane of codes, and a walk."""

from __future__ import annotations

import torch
from torch import Tensor

from deepatelier.devices import choose_device
from deepatelier.jobs import FilmProduct, PictureProduct, Result, Step, Work
from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.networks.sequence_models import run_input
from deepatelier.training.autoencoders.autoencoder_evaluation import open_autoencoder
from deepatelier.training.autoencoders.code_sheets import shown, tiled
from deepatelier.training.autoencoders.decode_job import DecodeJob

__all__ = ["decoded", "sheet_of_codes", "walk_through_codes"]

_SIDE = 224
"""The minimum height of a frame of a walk, in pixels."""


def decoded(job: DecodeJob) -> Work:
    """Make the pictures, and yield the steps of the job."""
    device = choose_device(job.device)
    network = open_autoencoder(job.training, device)
    sheet = sheet_of_codes(network, job.columns, job.extent)
    yield Step(1, 2)
    walk = walk_through_codes(network, job.stops, job.between, job.seed)
    frames = [(255 * frame).round().to(torch.uint8) for frame in torch.split(shown(walk, _SIDE), 1)]
    yield Step(2, 2)
    return Result(
        job,
        {"picture": PictureProduct(sheet), "walk": FilmProduct(frames, job.fps)},
        {"training": run_input(job.training)},
        str(device),
        steps=2,
        details={"numbers in a code": network.code},
    )


@torch.no_grad()
def sheet_of_codes(network: Autoencoder, columns: int, extent: float) -> Tensor:
    """Return Dec(m + a·v₁ + b·v₂) for a from −extent to extent across and b upwards, (1, 3, H, W).

    m is the mean of the training pictures' codes. v₁ and v₂ are their first two principal axes, or the two axes of a
    code of two numbers, as long as the standard deviation along them. A code of one number has one row.

    Args:
        network: The autoencoder.
        columns: The number of pictures across and down.
        extent: In standard deviations.
    """
    across = torch.linspace(-extent, extent, columns)
    up = across.flip(0) if network.code > 1 else across.new_zeros(1)
    axes = network.code_axes[:2]
    if network.code == 2:
        axes = network.code_axes.square().sum(dim=0).sqrt().diag()
    rows = []
    for b in up:
        coordinates = torch.stack([across, b.expand(columns)], dim=1)[:, : len(axes)].to(axes.device)
        rows.append(shown(network.decode(network.code_mean + coordinates @ axes)))
    return tiled(rows)


@torch.no_grad()
def walk_through_codes(network: Autoencoder, stops: int, between: int, seed: int) -> Tensor:
    """Return the pictures of a closed walk through random codes, (stops · between, C, H, W).

    The codes are drawn from the normal distribution with the mean and the covariance of the training pictures' codes.
    Between two of them, the walk follows the arc (White, 'Sampling Generative Networks', 2016), so that it stays where
    codes are.

    Args:
        network: The autoencoder.
        stops: The number of random codes.
        between: The number of pictures from one to the next.
        seed: The random seed.
    """
    drawn = torch.randn(stops, network.code, generator=torch.Generator().manual_seed(seed))
    following = drawn.roll(-1, dims=0)
    cosine = torch.nn.functional.cosine_similarity(drawn, following, dim=1).clamp(-0.999, 0.999)
    angle = torch.arccos(cosine)[:, None, None]
    part = torch.linspace(0, 1, between + 1)[None, :-1, None]
    walk = (torch.sin((1 - part) * angle) * drawn[:, None] + torch.sin(part * angle) * following[:, None]) / angle.sin()
    return (
        network.decode(network.code_mean + walk.flatten(0, 1).to(network.code_axes.device) @ network.code_axes)
        .float()
        .cpu()
    )

"""Clusters of similar pictures, as a contact sheet."""

from __future__ import annotations

from typing import Any

import torch

from deepatelier.devices import choose_device
from deepatelier.errors import OptionError
from deepatelier.extras import from_extra
from deepatelier.jobs import Context, Measured, PictureProduct, Result, Step, TableProduct, Work
from deepatelier.networks.sequence_models import run_input
from deepatelier.training.autoencoders.autoencoder_evaluation import open_autoencoder
from deepatelier.training.autoencoders.clusters_job import ClustersJob
from deepatelier.training.autoencoders.code_sheets import codes_of, shown, tiled
from deepatelier.training.autoencoders.coded_pictures import CodedPictures

__all__ = ["clustered"]

_TRIES = 4
"""The number of random starts of k-means; the best one is used."""


def clustered(job: ClustersJob, context: Context) -> Work:
    """Sort the pictures by k-means of their codes (Lloyd, 1982), the largest cluster first, and yield the only step.

    The row of a cluster has the pictures nearest to its centre.

    Raises:
        OptionError: There are fewer pictures than clusters.
    """
    device = choose_device(job.device)
    network = open_autoencoder(job.training, device)
    found = CodedPictures.of(job.pictures, job.data_dir, network)
    for reason in found.skipped:
        context.say(reason)
    if len(found.pixels) < job.count:
        raise OptionError(f"{found.name} has {len(found.pixels)} pictures, fewer than --count {job.count}. Lower it.")
    codes = codes_of(network, found.pixels)
    means = from_extra("sklearn.cluster", "train").KMeans(job.count, n_init=_TRIES, random_state=job.seed)
    numbers = torch.from_numpy(means.fit_predict(codes.numpy())).long()
    distances = (codes - torch.from_numpy(means.cluster_centers_).float()[numbers]).norm(dim=1)
    order = numbers.bincount(minlength=job.count).argsort(descending=True, stable=True).tolist()
    rows, labels = [], []
    for cluster in order:
        members = (numbers == cluster).nonzero()[:, 0]
        members = members[distances[members].argsort()]
        labels.append("1 picture" if len(members) == 1 else f"{len(members)} pictures")
        tiles = shown(found.pixels[members[: job.columns]])
        blank = torch.ones(job.columns - len(tiles), *tiles.shape[1:])
        rows.append(torch.cat([tiles, blank]))
    place = torch.tensor(order).argsort()[numbers].tolist()
    values: dict[str, Any] = {
        "clusters": [{"picture": label, "cluster": each + 1} for label, each in zip(found.labels, place, strict=True)]
    }
    measures: dict[str, bool | int | float | str] = {"pictures": len(codes), "clusters": job.count}
    if found.classes:
        counts = torch.zeros(job.count, len(found.classes), dtype=torch.long)
        counts.index_put_((numbers, found.targets), torch.ones_like(numbers), accumulate=True)
        measures["share in the most frequent class of their cluster"] = (
            counts.max(dim=1).values.sum() / len(codes)
        ).item()
    yield Step(1, 1)
    return Result(
        job,
        {"picture": PictureProduct(tiled(rows, beside=labels)), "table": TableProduct(values)},
        {"training": run_input(job.training), "pictures": found.source},
        str(device),
        measure=lambda _written: Measured(measures=measures),
        steps=1,
        details={**found.about(), "sizes": [int(label.split()[0]) for label in labels]},
    )

"""The pictures that are most similar to a photograph."""

from __future__ import annotations

import torch

from deepatelier import samples
from deepatelier.data.folder import fitted
from deepatelier.devices import choose_device
from deepatelier.images import Sheet
from deepatelier.inputs import Input
from deepatelier.jobs import Context, PictureProduct, Result, Step, TableProduct, Work
from deepatelier.networks.sequence_models import run_input
from deepatelier.training.autoencoders.autoencoder_evaluation import open_autoencoder
from deepatelier.training.autoencoders.code_sheets import shown
from deepatelier.training.autoencoders.coded_pictures import CodedPictures, Vectors, as_input_of, nearest
from deepatelier.training.autoencoders.similar_job import SimilarJob

__all__ = ["similar"]

_SIDE = 140
"""The minimum height of a picture on the sheet, in pixels."""


def similar(job: SimilarJob, context: Context) -> Work:
    """Find the pictures, and yield the only step."""
    device = choose_device(job.device)
    network = open_autoencoder(job.training, device)
    found = CodedPictures.of(job.pictures, job.data_dir, network)
    for reason in found.skipped:
        context.say(reason)
    _, height, width = network.input_size
    photo = as_input_of(network, fitted(samples.open_picture(job.photo), (height, width)))
    vectors = Vectors(job.by, network, found.pixels)
    distances, indices = nearest(vectors.of(photo), vectors.of(found.pixels), min(job.count, len(found.pixels)))
    rows = [
        {"picture": found.labels[index], "distance": round(distance, 4)}
        for index, distance in zip(indices[0].tolist(), distances[0].tolist(), strict=True)
    ]
    tiles = [shown(photo, _SIDE), *torch.split(shown(found.pixels[indices[0]], _SIDE), 1)]
    labels = ("the photograph", *(f"{row['picture']}: {row['distance']:.3g}" for row in rows))
    size = (tiles[0].shape[-2], tiles[0].shape[-1])
    sheet = Sheet(size, labels, min(job.columns, len(tiles))).compose(tiles)
    yield Step(1, 1)
    return Result(
        job,
        {"picture": PictureProduct(sheet), "table": TableProduct({"similar": rows})},
        {"training": run_input(job.training), "photo": Input.of(job.photo), "pictures": found.source},
        str(device),
        steps=1,
        details={**found.about(), "similar": rows},
    )

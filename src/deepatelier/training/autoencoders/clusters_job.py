"""The options and the job of sorting pictures into clusters."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from deepatelier.errors import StateError
from deepatelier.inputs import DataInput, RunInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import option
from deepatelier.training.autoencoders.autoencoder_job import PICTURES
from deepatelier.training.train_job import DATA_DIR

__all__ = ["ClustersJob"]


class ClustersJob(Job):
    """Sort the pictures of a folder or data set into clusters of similar ones, by the codes of an autoencoder."""

    kind: ClassVar = "clusters"
    example: ClassVar = "atelier clusters run pictures -o clusters.png"
    arguments: ClassVar = ("training", "pictures")
    outputs: ClassVar = {
        "picture": Output("picture", "clusters.png", "A contact sheet: a row of pictures for each cluster."),
        "table": Output("table", "", "The cluster of each picture."),
    }

    training: RunInput = Field(description="The run folder of an autoencoder.")
    pictures: DataInput = Field(description=f"The pictures: {PICTURES}.")
    count: int = option(10, "The number of clusters.", ge=2, le=200)
    columns: int = option(12, "The number of pictures of each cluster on the sheet.", ge=1, le=40)
    seed: int = option(0, "The random seed of the clustering.", ge=0, le=2**32 - 1)
    data_dir: DataInput | None = option(None, DATA_DIR)
    device: str = option("auto", "The device: auto, cpu, cuda, cuda:1, mps.")

    def plan(self, context: Context) -> Plan:  # noqa: ARG002
        """See `Job`."""
        return Plan(1)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. It has one step."""
        from deepatelier.training.autoencoders.clustering import clustered

        if state is not None:
            raise StateError("A clustering has only one step. Start it again.")
        result = yield from clustered(self, context)
        return result

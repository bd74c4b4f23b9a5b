"""The options and the job of finding similar pictures."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from deepatelier.errors import StateError
from deepatelier.inputs import DataInput, PictureInput, RunInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import option
from deepatelier.training.autoencoders.autoencoder_job import PICTURES
from deepatelier.training.train_job import DATA_DIR

__all__ = ["SimilarJob"]


class SimilarJob(Job):
    """Find the pictures of a folder or data set that are most similar to a photograph, by codes of an autoencoder."""

    kind: ClassVar = "similar"
    example: ClassVar = "atelier similar run photo.png pictures -o similar.png"
    arguments: ClassVar = ("training", "photo", "pictures")
    outputs: ClassVar = {
        "picture": Output("picture", "similar.png", "A sheet: the photograph, then the most similar pictures."),
        "table": Output("table", "", "Their names and distances."),
    }

    training: RunInput = Field(description="The run folder of an autoencoder.")
    photo: PictureInput = Field(description="The photograph.")
    pictures: DataInput = Field(description=f"Where similar ones are looked for: {PICTURES}.")
    by: Literal["code", "pixels", "components"] = option(
        "code",
        "What is compared: the codes, the pixels, or as many principal components of the pictures as a code has "
        "numbers.",
    )
    count: int = option(10, "The number of similar pictures.", ge=1, le=1000)
    columns: int = option(6, "The number of pictures in a row of the sheet.", ge=1, le=40)
    data_dir: DataInput | None = option(None, DATA_DIR)
    device: str = option("auto", "The device: auto, cpu, cuda, cuda:1, mps.")

    def plan(self, context: Context) -> Plan:  # noqa: ARG002
        """See `Job`."""
        return Plan(1)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. It has one step."""
        from deepatelier.training.autoencoders.similar_pictures import similar

        if state is not None:
            raise StateError("A search has only one step. Start it again.")
        result = yield from similar(self, context)
        return result

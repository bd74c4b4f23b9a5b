"""The options of an evaluation, and its job."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from deepatelier.inputs import DataInput, RunInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import option

__all__ = ["EvaluationJob"]


class EvaluationJob(Job):
    """What trained weights are worth on test pictures.

    The test pictures are for the end: who chooses by them learns what fits them, and nothing else.
    """

    kind: ClassVar = "evaluate"
    example: ClassVar = "atelier evaluate run digits"
    arguments: ClassVar = ("training", "dataset")
    outputs: ClassVar = {
        "table": Output("table", "", "What was found, class by class or value by value. Default: in the training."),
        "confusion": Output("picture", "", "Which class was taken for which."),
        "mistakes": Output("picture", "", "The mistakes of which the network is surest."),
        "ellipses": Output("picture", "", "The eyes whose pupil was found worst."),
    }

    training: RunInput = Field(description="The folder of a training.")
    dataset: DataInput = Field(description="The data set of the training, or another with the same classes.")
    part: Literal["test", "validation"] = option("test", "test, or validation while you still choose.")
    data_dir: DataInput | None = option(
        None, "Where the files of mnist, fashion-mnist or cifar10 are. Default: they are fetched."
    )
    device: str | None = option(None, "auto, cpu, cuda, cuda:1, mps. Default: that of the training.")

    def plan(self, context: Context) -> Plan:
        """See `Job`."""
        from deepatelier.training.evaluating import opened_for

        opened_for(self, context)
        return Plan(1)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. Its one step is its end."""
        from deepatelier.jobs import isolated
        from deepatelier.training.evaluating import evaluated

        del state  # there is nothing to go on from
        result = yield from isolated(evaluated(self, context), 0)
        return result

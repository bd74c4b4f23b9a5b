"""The options of an evaluation, and its job."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from deepatelier.inputs import DataInput, RunInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import option
from deepatelier.training.train_job import DATA_DIR

__all__ = ["EvaluationJob"]


class EvaluationJob(Job):
    """Evaluate a trained network on test data.

    Use the test data only once, at the end. If networks are selected by their test results, these results are
    better than those on new data.
    """

    kind: ClassVar = "evaluate"
    example: ClassVar = "atelier evaluate run digits"
    arguments: ClassVar = ("training", "dataset")
    outputs: ClassVar = {
        "table": Output("table", "", "The results by class or by value. Default: in the run folder."),
        "confusion": Output("picture", "", "The confusion matrix."),
        "mistakes": Output("picture", "", "The misclassified pictures with the highest confidence."),
        "ellipses": Output("picture", "", "The eyes with the largest errors of the pupil."),
        "forecast": Output("picture", "", "The forecast of a series beside the truth."),
        "reconstructions": Output(
            "picture", "", "The pictures with the largest errors, with what an autoencoder makes of them."
        ),
    }

    training: RunInput = Field(description="The run folder of a training.")
    dataset: DataInput = Field(description="The data set of the training, or another one with the same classes.")
    part: Literal["test", "validation"] = option(
        "test", "The part to evaluate: test; or validation, for model selection."
    )
    data_dir: DataInput | None = option(None, DATA_DIR)
    device: str | None = option(None, "The device: auto, cpu, cuda, cuda:1, mps. Default: that of the training.")

    def plan(self, context: Context) -> Plan:
        """See `Job`."""
        from deepatelier.training.evaluation_steps import fitting_job_of, opened_for

        if fitting_job_of(self) is None:
            opened_for(self, context)
        return Plan(1)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. It has one step."""
        from deepatelier.jobs import isolated
        from deepatelier.training.evaluation_steps import evaluated

        del state  # there is nothing to resume
        result = yield from isolated(evaluated(self, context), 0)
        return result

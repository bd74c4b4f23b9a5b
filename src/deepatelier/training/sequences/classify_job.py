"""The options and the job of training a classifier of texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from deepatelier.inputs import DataInput
from deepatelier.jobs import Choice, Context, Output
from deepatelier.options import Words, option
from deepatelier.training.evaluated import Evaluated
from deepatelier.training.fitting_job import FittingJob
from deepatelier.training.sequences.sequence_options import TextOptions

if TYPE_CHECKING:
    from deepatelier.data.labelled_texts import LabelledTexts
    from deepatelier.training.fitting import Fitting

__all__ = ["ClassifyJob", "ClassifyOptions"]


class ClassifyOptions(TextOptions):
    """Options of a classifier of texts."""

    text_column: str = option("text", "The column of the texts in a .csv.")
    label_column: str = option("label", "The column of the classes in a .csv.")
    classes: Annotated[tuple[str, ...], Words] = option(
        (), "The classes to use. Default: all; of a text by name, the 10 with the most lines."
    )
    longest: int = option(200, "The maximum number of tokens of a text; the rest of it is not read.", ge=1)
    tokens: Literal["words-and-signs", "words", "characters", "bytes"] = option(
        "words-and-signs", "What a text is split into; words are in lower case and without signs."
    )
    at_least: int = option(2, "The number of times that a token must occur in the training part to be known.", ge=1)
    embedding: int = option(256, "The number of dimensions of a token's vector, which is learnt.", ge=1, le=8192)
    learning_rate: float | None = option(1e-2, "The learning rate.", gt=0, le=1e6)
    width: int = option(128, "The number of units of a recurrent layer, in one direction.", ge=1, le=8192)
    bidirectional: bool = option(True, "Read texts in both directions.")
    pooling: bool = option(True, "Take the maximum of the outputs over the text, instead of the outputs at its end.")
    dropout: float = option(0.3, "The dropout probability.", ge=0, le=0.95)
    batch_size: Annotated[int, Field(ge=1)] = option(64, "The number of texts in a batch.")
    label_smoothing: float = option(
        0.0, "The label smoothing: the share of the target that is spread over all classes.", ge=0, le=0.9
    )


class ClassifyJob(FittingJob, ClassifyOptions):
    """Train a network that reads a text and names its class."""

    kind: ClassVar = "train/classify"
    example: ClassVar = "atelier train python --task classify -o run"
    choice: ClassVar = Choice("task", "classify", "The task. classify: name the class of a text")
    then: ClassVar = ("evaluate {folder} {dataset}", "predict {folder} TEXT", "look words {folder} TEXT -o words.png")
    outputs: ClassVar = {
        "folder": Output(
            "folder", "", "The run folder to write: weights, curves, history, record. Default: runs/DATA-classify."
        )
    }

    dataset: DataInput = Field(
        description="python, topics, bible, shakespeare, whose lines are the texts; a .csv; or a folder with one "
        "folder of .txt files per class."
    )
    data_dir: DataInput | None = option(None, "The folder with the archive of shakespeare. Default: it is downloaded.")

    def fitting(self, context: Context) -> Fitting:
        """See `FittingJob`."""
        from deepatelier.training.sequences.classify_fitting import fitting

        return fitting(self, self.opened(context))

    def evaluated(self, folder: Path, part: str, context: Context) -> Evaluated:
        """See `FittingJob`."""
        from deepatelier.training.sequences.classify_evaluation import evaluated

        return evaluated(self, self.opened(context), folder, part)

    def name(self, context: Context) -> str:
        """See `FittingJob`."""
        return f"{self.opened(context).name}-classify"

    def opened(self, context: Context) -> LabelledTexts:
        """Return the texts, which are read only once per context."""
        from deepatelier.data.labelled_texts import open_labelled_texts

        key = "texts", self.dataset, self.data_dir, self.text_column, self.label_column, self.classes
        texts: LabelledTexts = context.keep(
            key,
            lambda: open_labelled_texts(
                self.dataset,
                text_column=self.text_column,
                label_column=self.label_column,
                classes=self.classes,
                data_dir=self.data_dir,
            ),
        )
        return texts

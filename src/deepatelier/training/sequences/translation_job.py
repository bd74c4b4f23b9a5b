"""The options and the job of training a translator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from deepatelier.inputs import DataInput
from deepatelier.jobs import Choice, Context, Output
from deepatelier.options import option
from deepatelier.training.fitting_job import FittingJob
from deepatelier.training.sequences.sequence_options import TextOptions

if TYPE_CHECKING:
    from deepatelier.training.evaluated import Evaluated
    from deepatelier.training.fitting import Fitting

__all__ = ["PAIRS_OF_TEXTS", "TranslationJob", "TranslationOptions"]

PAIRS_OF_TEXTS = "numbers, dates; or a .tsv with a source and a target on each line"
"""The help text of the argument for pairs of texts."""


class TranslationOptions(TextOptions):
    """Options of `deepatelier.training.sequences.translation_fitting.TranslationFitting`."""

    tokens: Literal["characters", "words", "bytes"] = option(
        "characters", "What a text is split into; words keep their case, and signs are tokens of their own."
    )
    attention: bool = option(True, "Attention, with an encoder that reads in both directions.")
    reverse: bool = option(
        False, "Read sources in reverse, so that their first tokens are near the first ones of the target."
    )
    lexicon: int = option(
        0,
        "The number of translations of each token that are counted from the training pairs (IBM model 1), for "
        "attention to choose from; 20 is good for words. 0 is none.",
        ge=0,
        le=1000,
    )
    width: int = option(128, "The number of units of a recurrent layer, in one direction.", ge=1, le=8192)
    embedding: int = option(32, "The number of dimensions of a token's vector, which is learnt.", ge=1, le=8192)
    learning_rate: float | None = option(3e-3, "The learning rate.", gt=0, le=1e6)
    epochs: int = option(18, "The number of epochs.", ge=1)
    batch_size: Annotated[Annotated[int, Field(ge=1)] | Literal["all"], Field(union_mode="left_to_right")] = option(
        64, "The number of pairs in a batch; all is batch gradient descent."
    )

    @model_validator(mode="after")
    def _all_have_an_effect(self) -> Self:
        if self.attention and self.reverse:
            raise ValueError("with attention, sources are read in both directions: --reverse needs --no-attention")
        if self.lexicon and not self.attention:
            raise ValueError(
                "--lexicon needs attention, which says which token is translated: leave --no-attention out"
            )
        return self


class TranslationJob(FittingJob, TranslationOptions):
    """Learn to translate from pairs of texts, by an encoder and a decoder with or without attention."""

    kind: ClassVar = "train/translate"
    example: ClassVar = "atelier train numbers --task translate -o run"
    choice: ClassVar = Choice("task", "translate", f"translate: learn to translate from pairs ({PAIRS_OF_TEXTS}).")
    then: ClassVar = ('translate {folder} "TEXT"', "evaluate {folder} {dataset}")
    outputs: ClassVar = {
        "folder": Output(
            "folder",
            "",
            "The run folder to write: weights, curves, history, translations, record. Default: runs/DATA-translate.",
        )
    }

    dataset: DataInput = Field(description=f"{PAIRS_OF_TEXTS}.")

    def fitting(self, context: Context) -> Fitting:  # noqa: ARG002
        """See `FittingJob`. Reads the pairs."""
        from deepatelier.training.sequences.translation_fitting import TranslationFitting

        return TranslationFitting(self).fitting()

    def name(self, context: Context) -> str:  # noqa: ARG002
        """See `FittingJob`."""
        return f"{Path(self.dataset).stem}-translate"

    def evaluated(self, folder: Path, part: str, context: Context) -> Evaluated:  # noqa: ARG002
        """See `FittingJob`. Greedy translations are compared with the targets."""
        from deepatelier.training.sequences.translation_fitting import evaluated

        return evaluated(self, folder, part)

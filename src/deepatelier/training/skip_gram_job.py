"""The options and the job of training word vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, field_validator

from deepatelier.inputs import DataInput
from deepatelier.jobs import Choice, Context, Output
from deepatelier.options import PresetOptions, option
from deepatelier.training.fitting_job import FittingJob

if TYPE_CHECKING:
    from deepatelier.data import Corpus
    from deepatelier.training.fitting import Fitting

__all__ = ["TEXT", "SkipGramJob", "SkipGramOptions"]

TEXT = "python, topics, bible, shakespeare; or a UTF-8 file, or a folder of .txt files"
"""The help text of the argument for a text."""


class SkipGramOptions(PresetOptions):
    """Options of `deepatelier.training.skip_gram_training.SkipGramTraining`."""

    dimensions: int = option(100, "The number of dimensions of a word's vector.", ge=1, le=2000)
    window: int = option(4, "The maximum distance, in words, at which words are beside each other.", ge=1, le=100)
    negatives: float = option(5.0, "The weight k of noise words, relative to the words beside a word.", gt=0, le=100)
    subsample: float = option(
        3e-4,
        "The threshold of subsampling: in each epoch, most occurrences of words that are more frequent than this "
        "fraction of the text are left out. 0 keeps all.",
        ge=0,
        le=1,
    )
    at_least: int = option(3, "The number of times that a word must occur to be learnt; others are left out.", ge=1)
    words: int | None = option(None, "The maximum number of different words, the most frequent ones.", ge=2)
    epochs: int = option(20, "The number of epochs.", ge=1)
    batch_size: int = option(1024, "The number of words in a batch, each with the words beside it.", ge=1)
    learning_rate: float = option(3e-2, "The initial learning rate of Adam; it falls linearly to 0.", gt=0, le=1e6)
    validation: float = option(0.02, "The fraction of the text that is held out to measure the loss, below 1.", ge=0)
    seed: int = option(0, "The random seed.", ge=0, le=2**32 - 1)
    device: str = option("auto", "The device: auto, cpu, cuda, cuda:1, mps.")

    @field_validator("validation")
    @classmethod
    def _is_a_fraction(cls, part: float) -> float:
        if part >= 1:
            raise ValueError("the validation part of a text is a fraction below 1")
        return part


class SkipGramJob(FittingJob, SkipGramOptions):
    """Learn a vector for each word of a text by skip-gram with negative sampling."""

    kind: ClassVar = "train/skip-gram"
    example: ClassVar = "atelier train topics --network skipgram -o run"
    choice: ClassVar = Choice("network", "skipgram", f"skipgram: learn word vectors from a text ({TEXT}).")
    then: ClassVar = ("lab embeddings --training {folder} -o .",)
    outputs: ClassVar = {
        "folder": Output(
            "folder", "", "The run folder to write: vectors, curves, history, record. Default: runs/TEXT-skipgram."
        )
    }

    dataset: DataInput = Field(description=f"{TEXT}.")
    data_dir: DataInput | None = option(None, "The folder with the archive of shakespeare. Default: it is downloaded.")

    def fitting(self, context: Context) -> Fitting:  # noqa: ARG002
        """See `FittingJob`. Reads the text."""
        from deepatelier.data import CORPORA
        from deepatelier.training.fitting import data_input_of
        from deepatelier.training.skip_gram_training import SkipGramTraining

        training = SkipGramTraining(self._corpus(), self)
        return training.fitting(data_input_of(self.dataset, CORPORA, training.text.sha256))

    def name(self, context: Context) -> str:  # noqa: ARG002
        """See `FittingJob`."""
        return f"{self._corpus().name}-skipgram"

    def _corpus(self) -> Corpus:
        from deepatelier.data import open_corpus

        return open_corpus(self.dataset, data_dir=self.data_dir)

"""The options and the job of training word vectors."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from deepatelier.inputs import DataInput
from deepatelier.jobs import Choice, Context, Job, Output, Plan, State, Work
from deepatelier.options import PresetOptions, option

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


class SkipGramJob(Job, SkipGramOptions):
    """Learn a vector for each word of a text by skip-gram with negative sampling."""

    kind: ClassVar = "train/skip-gram"
    example: ClassVar = "atelier train topics --network skipgram -o run"
    arguments: ClassVar = ("dataset",)
    choice: ClassVar = Choice("network", "skipgram", f"skipgram: learn word vectors from a text ({TEXT}).")
    outputs: ClassVar = {
        "folder": Output(
            "folder", "", "The run folder to write: vectors, curves, history, record. Default: runs/TEXT-skipgram."
        )
    }

    dataset: DataInput = Field(description=f"{TEXT}.")
    data_dir: DataInput | None = option(None, "The folder with the archive of shakespeare. Default: it is downloaded.")
    resume: bool = Field(False, exclude=True, description="Resume the training in the run folder.")

    def plan(self, context: Context) -> Plan:
        """See `Job`. Reads the text."""
        from deepatelier.training.skip_gram_training import prepared

        return Plan(prepared(self, context).planned)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. With ``resume``, it continues from the checkpoint in its run folder."""
        from deepatelier.jobs import isolated
        from deepatelier.training.skip_gram_training import trained

        result = yield from isolated(trained(self, context, state), self.seed)
        return result

    def default_folder(self, context: Context) -> Path:  # noqa: ARG002
        """Return the first free folder of runs/TEXT-skipgram, runs/TEXT-skipgram-2 …"""
        from deepatelier.training.skip_gram_training import default_folder

        return default_folder(self)

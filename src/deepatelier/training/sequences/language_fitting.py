"""A language model fitted to a text."""

from __future__ import annotations

import torch

from deepatelier.data import CORPORA, Corpus
from deepatelier.devices import choose_device, choose_precision
from deepatelier.errors import InputError
from deepatelier.inputs import Input
from deepatelier.networks.recurrent.language_model import LanguageModel
from deepatelier.networks.sequence_models import SequenceModel, save_sequence_model
from deepatelier.text.language import LOSSLESS, Language
from deepatelier.training.fitting import Fitting, data_input_of
from deepatelier.training.parts import PARTS
from deepatelier.training.player_of import player_of
from deepatelier.training.sequences.language_job import LanguageOptions
from deepatelier.training.sequences.text_parts import TextParts
from deepatelier.training.sequences.text_streams import MeasuredStreams, TextStreams
from deepatelier.training.sequences.text_writing import written
from deepatelier.training.tasks.language_modelling import LanguageModelling

__all__ = ["SAMPLE_NAME", "LanguageFitting", "parts_of_text", "task_of_text"]

SAMPLE_NAME = "sample.txt"
"""The name of the text that a network writes at the end of its training."""

_SAMPLE, _TEMPERATURE, _CLASSES = 500, 0.8, 5
"""The number of tokens of the sample, its temperature, and the number of classes of which there is one."""

_MEASURED = 100_000
"""The number of tokens of a part that are measured after an epoch."""


class LanguageFitting:
    """A language model of a text: its parts, its vocabulary, its network.

    Args:
        corpus: The text.
        options: See `LanguageOptions`.

    Attributes:
        parts: The parts of the text.
        language: The network with its tokens.

    Raises:
        InputError: The text is invalid or too short, or its documents have one label and it is to be the condition.
        OptionError: The device cannot be used.
        SurroundingsError: The package ``regex`` is not installed.
    """

    def __init__(self, corpus: Corpus, options: LanguageOptions) -> None:
        self.options, self.device = options, choose_device(options.device)
        self.parts = parts_of_text(corpus, options)
        self.labelled = options.condition == "label"
        if self.labelled and len(self.parts.labels) < 2:
            raise InputError(
                f"--condition label needs texts of two classes or more; {corpus.name} has one. Give a folder with one "
                "folder of .txt files for each class."
            )
        self._model = {
            "layers": options.network,
            "tokens": len(self.parts.vocabulary),
            "embedding": options.embedding,
            "width": options.width,
            "num_layers": options.layers,
            "dropout": options.dropout,
            "labels": len(self.parts.labels) if self.labelled else 0,
        }
        with torch.random.fork_rng():
            torch.manual_seed(options.seed)
            network = LanguageModel(**self._model)  # type: ignore[arg-type]
        self.language = Language(
            Input(name=corpus.name, sha256=self.parts.sha256),
            network.to(self.device),
            self.parts.vocabulary,
            LOSSLESS[options.tokens],
            self.parts.labels if self.labelled else (),
        )

    def fitting(self, source: str) -> Fitting:
        """Return what is fitted to what, for a text of this name or path."""
        options, parts, task = self.options, self.parts, task_of_text(self.options)
        batches = TextStreams(
            parts.training,
            options.batch_size,
            options.truncate,
            seed=options.seed,
            labelled=self.labelled,
            device=self.device,
        )
        measured = {
            name: MeasuredStreams(part, most=_MEASURED, labelled=self.labelled, device=self.device)
            for name, part in zip(PARTS, (parts.training, parts.validation), strict=True)
            if len(part)
        }
        data = data_input_of(source, CORPORA, parts.sha256)
        return Fitting(
            title=f"{options.network} on {data.name}",
            task=task,
            player=player_of(self.language.network, options, options.batch_size, len(batches)),
            batches=batches,
            measured=measured,
            measure=task.measure,
            save=self._saved,
            data=data,
            details={
                "documents": parts.documents,
                f"{options.tokens} to train on": len(parts.training),
                f"different {options.tokens}": len(parts.vocabulary) - 2,
            },
            device=self.device,
            precision=choose_precision(options.precision, self.device),
            sample=self._sample,
        )

    def _saved(self) -> bytes:
        about = {
            "tokens": self.options.tokens,
            "vocabulary": list(self.parts.vocabulary.tokens),
            "labels": list(self.language.labels),
        }
        return save_sequence_model(
            self.language.network,
            SequenceModel(task="language-model", options=self._model, about=about),
        )

    def _sample(self) -> dict[str, bytes]:
        self.language.network.eval()
        texts = []
        for label in self.language.labels[:_CLASSES] or (None,):
            text = "".join(
                written(self.language, "", label, temperature=_TEMPERATURE, length=_SAMPLE, seed=self.options.seed)
            )
            texts.append(text if label is None else f"--- {label} ---\n{text}")
        return {SAMPLE_NAME: ("\n\n".join(texts) + "\n").encode()}


def parts_of_text(corpus: Corpus, options: LanguageOptions, language: Language | None = None) -> TextParts:
    """Return the parts of a text that the options describe. Errors as for `TextParts`.

    Args:
        corpus: The text.
        options: The options.
        language: A trained model, whose vocabulary is used; None makes one.
    """
    return TextParts(
        corpus,
        LOSSLESS[options.tokens],
        validation=options.validation,
        test=options.test,
        most=options.most,
        at_least=options.at_least,
        limit=options.limit,
        vocabulary=None if language is None else language.vocabulary,
    )


def task_of_text(options: LanguageOptions) -> LanguageModelling:
    """Return the task, whose metric names the tokens."""
    return LanguageModelling(options.tokens.removesuffix("s"))

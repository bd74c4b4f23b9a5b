"""The measures of a language model on a part of a text."""

from __future__ import annotations

from pathlib import Path

import torch

from deepatelier.data import CORPORA, Corpus
from deepatelier.devices import choose_device
from deepatelier.errors import InputError
from deepatelier.text.language import Language
from deepatelier.training.evaluated import Evaluated, is_training_data, other_data
from deepatelier.training.fitting import data_input_of
from deepatelier.training.sequences.language_fitting import parts_of_text, task_of_text
from deepatelier.training.sequences.language_job import LanguageJob
from deepatelier.training.sequences.text_parts import TextPart
from deepatelier.training.sequences.text_streams import MeasuredStreams
from deepatelier.training.tasks.supervised import NETWORK

__all__ = ["evaluated_language", "measures_on"]


def evaluated_language(folder: Path, corpus: Corpus, job: LanguageJob, part: str) -> Evaluated:
    """Return the measures of a run on the test or validation part of its text, or on another text; see
    `measures_on`.

    Args:
        folder: The run folder.
        corpus: The text. That of the training is split as it was; another one is evaluated as a whole.
        job: The job of the training, on this text.
        part: ``test`` or ``validation``.

    Raises:
        InputError: The text or the run is invalid, or the part is empty, or it has another class of texts.
        OptionError: The device cannot be used.
        WeightsError: The weights are damaged.
    """
    language = Language.open(folder)
    parts = parts_of_text(corpus, job, language)
    source = data_input_of(job.dataset, CORPORA, parts.sha256)
    own = is_training_data(source, folder)
    if own:
        held = parts.test if part == "test" else parts.validation
    else:
        whole = {"validation": 0.0, "test": 0.0, "limit": None}
        held = parts_of_text(corpus, job.model_copy(update=whole), language).training
    if not len(held):
        raise InputError(
            f"The {part} part of {corpus.name} is empty. Train with --{part} above 0, or on a longer text."
        )
    if language.labels and parts.labels != language.labels:
        raise InputError(f"The classes of {corpus.name} are not those of {folder}: {', '.join(language.labels[:6])} …")
    language.network.to(choose_device(job.device))
    return Evaluated(
        part=part if own else "all",
        dataset=corpus.name,
        network=job.network,
        measures=measures_on(held, language, job),
        rows={},
        inputs={"training": language.source, "dataset": source},
        notes=() if own else (other_data(len(held), job.tokens),),
    )


@torch.no_grad()
def measures_on(part: TextPart, language: Language, job: LanguageJob) -> dict[str, bool | int | float | str]:
    """Return the measures of a model on each token of a part.

    ``bits per character`` is −log₂ of the probability of the part, divided by its number of characters, and so
    comparable between models of characters, words and bytes. The perplexity is 2 to the power of the bits per token.
    """
    task, network = task_of_text(job), language.network.eval()
    metrics = {name: metric.to(network.device) for name, metric in task.metrics().items()}
    for piece in MeasuredStreams(part, labelled=bool(language.labels), device=network.device):
        task.update(metrics, {NETWORK: network}, piece)
    bits = metrics[task.measure].compute().item()
    return {
        task.measure: bits,
        "bits per character": bits * len(part) / part.characters,
        "perplexity": 2**bits,
        job.tokens: len(part),
        f"unknown {job.tokens}": int((part.targets == 0).sum()),
    }

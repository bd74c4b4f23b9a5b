"""Training of a translator, and the measures of its translations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch

from deepatelier.data import PAIRS, PairParts, Pairs, open_pairs, split_pairs
from deepatelier.devices import choose_device
from deepatelier.errors import OptionError
from deepatelier.extras import from_extra
from deepatelier.networks.recurrent.encoder_decoder import EncoderDecoder
from deepatelier.networks.sequence_models import SequenceModel, run_input, save_sequence_model
from deepatelier.text import Vocabulary
from deepatelier.text.aligned_words import lexicon
from deepatelier.text.translator import END, SIGNS, START, TOKENS, Translator, source_numbers
from deepatelier.training.evaluated import Evaluated, is_training_data, other_data
from deepatelier.training.fitting import Fitting, data_input_of
from deepatelier.training.parts import PARTS
from deepatelier.training.player_of import player_of
from deepatelier.training.sequences.pair_batches import PairBatches
from deepatelier.training.sequences.translation_job import TranslationJob
from deepatelier.training.tasks.translation import Translation

__all__ = ["Scores", "TranslationFitting", "evaluated", "scores_of"]

_SAMPLES = 40
"""The number of validation pairs whose translations are written to the run folder."""


class Scores(NamedTuple):
    """How translations compare with the targets.

    Attributes:
        pairs: Their number.
        exact: The fraction that equals the target, character by character.
        chrf: chrF2 of the corpus by sacrebleu, in [0, 100] (Popović, 'chrF: character n-gram F-score for automatic MT
            evaluation', 2015).
    """

    pairs: int
    exact: float
    chrf: float

    def row(self) -> dict[str, float | str]:
        """Return them by the name of their column."""
        return {"pairs": self.pairs, "exact": self.exact, "chrF": self.chrf}


def scores_of(written: Sequence[str], targets: Sequence[str]) -> Scores:
    """Return the scores of translations. Raises SurroundingsError if sacrebleu is not installed."""
    same = sum(one == other for one, other in zip(written, targets, strict=True))
    chrf = from_extra("sacrebleu", "text").corpus_chrf(list(written), [list(targets)]).score
    return Scores(len(targets), same / len(targets), chrf)


class TranslationFitting:
    """A network that learns to translate, on pairs that are split by their groups.

    Args:
        job: The options and the data.

    Attributes:
        pairs: The pairs.
        parts: Their parts.
        translator: The network with its vocabularies, in its present state.

    Raises:
        InputError: The pairs are invalid, or no token occurs often enough.
        OptionError: The device cannot be used, or no pair is left for training.
        SurroundingsError: A package is not installed.
    """

    def __init__(self, job: TranslationJob) -> None:
        self.job, self.device = job, choose_device(job.device)
        self.pairs = open_pairs(job.dataset)
        self.parts = _parts_of(self.pairs, job)
        split, training = TOKENS[job.tokens].split, self.parts.training
        sources, targets = ([split(text) for text in texts] for texts in (training.sources, training.targets))
        vocabularies = _vocabulary(sources, job), _vocabulary(targets, job)
        self.translator = Translator(
            _network(job, *map(len, vocabularies)).to(self.device),
            *vocabularies,
            job.tokens,
            reverse=job.reverse,
            longest_source=max(map(len, sources)),
            longest_target=max(map(len, targets)),
        )
        if job.lexicon:
            read = [source_numbers(tokens, vocabularies[0], reverse=False) for tokens in sources]
            written = [self._target_numbers(tokens) for tokens in targets]
            self.translator.network.set_lexicon(*lexicon(read, written, len(vocabularies[0]), job.lexicon))

    def fitting(self) -> Fitting:
        """Return what is fitted to what."""
        job, training = self.job, self.parts.training
        size = len(training) if job.batch_size == "all" else job.batch_size
        batches = self._batches(training, size, shuffled=True)
        held_out = self.parts.validation
        measured: dict[str, PairBatches] = {}
        if len(held_out):
            sample = training.take(range(0, len(training), -(-len(training) // len(held_out))))
            measured = {part: self._batches(pairs, 256) for part, pairs in zip(PARTS, (sample, held_out), strict=True)}
        return Fitting(
            title=f"{self.pairs.name}: {job.network}{' with attention' if job.attention else ''}",
            task=Translation(),
            player=player_of(self.translator.network, job, size, len(batches)),
            batches=batches,
            measured=measured,
            measure=Translation.measure,
            save=self._save,
            data=data_input_of(job.dataset, PAIRS, self.pairs.sha256),
            details={
                **{f"{name} pairs": len(part) for name, part in self.parts._asdict().items()},
                "source tokens": len(self.translator.sources),
                "target tokens": len(self.translator.targets),
            },
            device=self.device,
            sample=self._sample,
        )

    def _batches(self, pairs: Pairs, size: int, *, shuffled: bool = False) -> PairBatches:
        made, split = self.translator, self.translator.tokenizer.split
        return PairBatches(
            [source_numbers(split(source), made.sources, reverse=made.reverse) for source in pairs.sources],
            [self._target_numbers(split(target)) for target in pairs.targets],
            size,
            made.targets.numbers[START],
            self.device,
            shuffled=shuffled,
            seed=self.job.seed,
        )

    def _target_numbers(self, tokens: Sequence[str]) -> list[int]:
        """Return the numbers of a target's tokens, and of the end."""
        targets = self.translator.targets
        return [*targets.encode(tokens), targets.numbers[END]]

    def _save(self) -> bytes:
        options: dict[str, int | float | bool | str | None] = {
            "cells": self.job.network,
            "sources": len(self.translator.sources),
            "targets": len(self.translator.targets),
            "embedding": self.job.embedding,
            "width": self.job.width,
            "num_layers": self.job.layers,
            "attention": self.job.attention,
            "dropout": self.job.dropout,
            "lexicon": self.job.lexicon,
        }
        about = self.translator.about
        return save_sequence_model(
            self.translator.network, SequenceModel(task="translate", options=options, about=about)
        )

    def _sample(self) -> Mapping[str, bytes]:
        """Return greedy translations of validation pairs, or of training pairs if there are none, with their scores."""
        part, pairs = (
            (PARTS[1], self.parts.validation) if len(self.parts.validation) else (PARTS[0], self.parts.training)
        )
        chosen = pairs.take(range(min(_SAMPLES, len(pairs))))
        self.translator.network.eval()
        written = self.translator.greedy(chosen.sources)
        scores = scores_of(written, chosen.targets)
        lines = [f"{scores.pairs} pairs of the {part} part: {scores.exact:.1%} exact, chrF {scores.chrf:.1f}", ""]
        for source, text, target in zip(chosen.sources, written, chosen.targets, strict=True):
            lines += [source, f"  {text}", *([] if text == target else [f"  (target: {target})"])]
        return {"translations.txt": ("\n".join(lines) + "\n").encode()}


def evaluated(job: TranslationJob, folder: Path, part: str) -> Evaluated:
    """Return the scores of greedy translations of a part of pairs, with a row for each kind of pair.

    Of other pairs than those of the training, all are translated.

    Raises:
        OptionError: The part has no pair.
    """
    pairs = open_pairs(job.dataset)
    source = data_input_of(job.dataset, PAIRS, pairs.sha256)
    own = is_training_data(source, folder)
    chosen: Pairs = getattr(_parts_of(pairs, job), part) if own else pairs
    if not len(chosen):
        raise OptionError(f"The {part} part of {pairs.name} has no pair. Train with a higher --{part}.")
    translator = Translator.of(folder, choose_device(job.device))
    written = translator.greedy(chosen.sources)
    total = scores_of(written, chosen.targets)
    rows = {}
    for kind in dict.fromkeys(chosen.kinds):
        members = [index for index, each in enumerate(chosen.kinds) if each == kind]
        found = scores_of([written[index] for index in members], [chosen.targets[index] for index in members])
        rows[kind] = found.row()
    return Evaluated(
        part if own else "all",
        pairs.name,
        f"{job.network}{' with attention' if job.attention else ''}",
        {"pairs": total.pairs, "exact": total.exact, "chrF": total.chrf},
        rows,
        {"dataset": source, "training": run_input(folder)},
        notes=() if own else (other_data(len(pairs), "pairs"),),
    )


def _parts_of(pairs: Pairs, job: TranslationJob) -> PairParts:
    return split_pairs(pairs, validation=job.validation, test=job.test, seed=job.seed, limit=job.limit)


def _vocabulary(texts: Sequence[Sequence[str]], job: TranslationJob) -> Vocabulary:
    found = Vocabulary.of(texts, most=job.most, at_least=job.at_least, unknown=False)
    return Vocabulary((*SIGNS, *(token for token in found.tokens if token not in SIGNS)))


def _network(job: TranslationJob, sources: int, targets: int) -> EncoderDecoder:
    with torch.random.fork_rng():
        torch.manual_seed(job.seed)
        return EncoderDecoder(
            job.network, sources, targets, job.embedding, job.width, job.layers, job.attention, job.dropout, job.lexicon
        )

"""Training of word vectors from a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch.optim.lr_scheduler import LambdaLR

from deepatelier.data import Corpus, EncodedText
from deepatelier.devices import choose_device
from deepatelier.inputs import Input
from deepatelier.networks.skip_gram import SkipGram
from deepatelier.text import Embeddings, Vocabulary, tokenizer
from deepatelier.training.fit import FitStep, fit
from deepatelier.training.fitting import Fitting
from deepatelier.training.parts import PARTS
from deepatelier.training.player import Player
from deepatelier.training.skip_gram_job import SkipGramOptions
from deepatelier.training.surroundings import SurroundingsOf
from deepatelier.training.tasks.negative_sampling import NegativeSampling
from deepatelier.training.tasks.supervised import NETWORK

__all__ = ["SkipGramTraining"]


class SkipGramTraining:
    """Word vectors of a text, by skip-gram with negative sampling and Adam with a linearly falling learning rate.

    Source: Mikolov et al., 'Distributed Representations of Words and Phrases and their Compositionality' (2013).

    Departures from the source: the gradients of a batch are averaged, and Adam takes the steps instead of stochastic
    gradient descent, because a processor computes a batch much faster than its pairs one by one. See also
    `NegativeSampling`.

    Args:
        corpus: The text. It is read twice: for the vocabulary, and for the numbers of its words.
        options: See `SkipGramOptions`.

    Attributes:
        vocabulary: The words, the most frequent first.
        text: The numbers of the text's words, on disk.
        network: The vectors.

    Raises:
        InputError: The text is invalid, or no word occurs often enough.
        OptionError: The device cannot be used.
        SurroundingsError: The package ``regex`` is not installed.
    """

    def __init__(self, corpus: Corpus, options: SkipGramOptions) -> None:
        self.options, self.device = options, choose_device(options.device)
        words = tokenizer("words")
        self.vocabulary = Vocabulary.of(
            corpus.tokens(words), most=options.words, at_least=options.at_least, unknown=False
        )
        self.text = EncodedText(corpus.tokens(words), self.vocabulary)
        generator = torch.Generator().manual_seed(options.seed)
        self.network = SkipGram(len(self.vocabulary), options.dimensions, generator)
        self._batches = SurroundingsOf(
            self.text,
            self.vocabulary.counts,
            options.window,
            options.batch_size,
            options.subsample,
            options.validation,
            held_out=False,
            seed=options.seed,
            device=self.device,
        )

    @property
    def embeddings(self) -> Embeddings:
        """The vectors of the words as centers, in their present state."""
        return Embeddings(self.network.centers.detach().cpu().clone(), self.vocabulary)

    def fitting(self, source: Input) -> Fitting:
        """Return what is fitted to what, for a text with a name and a checksum."""
        held_out = replace(self._batches, held_out=True)
        return Fitting(
            title=f"skip-gram on {source.name}",
            task=NegativeSampling(self.options.negatives),
            player=self._player(),
            batches=self._batches,
            measured={PARTS[1]: held_out} if len(held_out) else {},
            measure=NegativeSampling.measure,
            save=lambda: self.embeddings.to_bytes(),
            data=source,
            details={"words": len(self.vocabulary), "tokens": len(self.text)},
            device=self.device,
        )

    def steps(self) -> Iterator[FitStep]:
        """Train without a run folder, step by step. Raises DivergenceError if the loss is no longer finite."""
        task = NegativeSampling(self.options.negatives)
        yield from fit(task, {NETWORK: self._player()}, self._batches, self.options.epochs)

    def _player(self) -> Player:
        optimizer = torch.optim.Adam(self.network.parameters(), lr=self.options.learning_rate, fused=True)
        steps = self.options.epochs * len(self._batches)
        return Player(self.network, optimizer, LambdaLR(optimizer, lambda step: max(0.0, 1 - step / steps)))

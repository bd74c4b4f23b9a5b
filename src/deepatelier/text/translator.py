"""A trained translator: a text in, a text out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from deepatelier.errors import InputError
from deepatelier.networks.recurrent.encoder_decoder import Encoded, EncoderDecoder
from deepatelier.networks.sequence_models import load_sequence_model
from deepatelier.text.beam_search import beam_search
from deepatelier.text.sentence_words import SentenceWords
from deepatelier.text.tokenizers import Bytes, Characters, Tokenizer
from deepatelier.text.vocabulary import UNKNOWN, Vocabulary

__all__ = ["END", "SIGNS", "START", "TOKENS", "Translation", "Translator", "source_numbers"]

START, END = "<start>", "<end>"
"""The tokens before a target, and after a source or a target."""

SIGNS = (UNKNOWN, START, END)
"""The first entries of both vocabularies."""

_SIGNS = _UNKNOWN, _START, _END = range(3)

_PROBABLE = 0.05
"""The probability above which a translation of the lexicon stands for an unknown token."""

TOKENS: dict[str, Tokenizer] = {"characters": Characters(), "words": SentenceWords(), "bytes": Bytes()}
"""What a text is split into, by name. Words keep their case and punctuation."""

_LONGER = 1.5
"""The maximum length of a translation, as a multiple of the longest target learnt; longer sources are unusual too."""


def source_numbers(tokens: Sequence[str], vocabulary: Vocabulary, *, reverse: bool) -> list[int]:
    """Return the numbers of a source's tokens, in reverse if wanted, and of the end."""
    numbers = vocabulary.encode(tokens)
    return [*(reversed(numbers) if reverse else numbers), _END]


def _to_the_end(numbers: list[int]) -> list[int]:
    """Return the numbers before the end; all but the last if there is none."""
    return numbers[: numbers.index(_END)] if _END in numbers else numbers[:-1]


@dataclass(frozen=True)
class Translation:
    """A translation.

    Attributes:
        text: What was written.
        tokens: Its tokens, and the end if it was written.
        score: log p divided by the number of tokens.
        source: The tokens of the source as they were read, with the end.
        weights: The weights of attention, (tokens, source); None without attention.
    """

    text: str
    tokens: tuple[str, ...]
    score: float
    source: tuple[str, ...]
    weights: Tensor | None


class Translator:
    """A network that was trained with ``--task translate``, with its vocabularies.

    With attention, a token that is written as ``<unknown>`` is replaced by the translation in the lexicon of the source
    token with the highest weight, or by that token itself if the lexicon has none.

    Source: of the replacement: Luong et al., 'Addressing the Rare Word Problem in Neural Machine Translation' (2015),
    section 3.

    Args:
        network: The network.
        sources: The tokens of sources.
        targets: The tokens of targets.
        tokens: The name of what a text is split into, one of `TOKENS`.
        reverse: Whether it reads sources in reverse.
        longest_source: The number of tokens of the longest source of the training part.
        longest_target: The same for targets.
    """

    def __init__(
        self,
        network: EncoderDecoder,
        sources: Vocabulary,
        targets: Vocabulary,
        tokens: str,
        *,
        reverse: bool,
        longest_source: int,
        longest_target: int,
    ) -> None:
        self.network, self.sources, self.targets, self.reverse = network, sources, targets, reverse
        self.tokenizer = TOKENS[tokens]
        self.longest_source, self.longest_target = longest_source, longest_target

    @classmethod
    def of(cls, folder: str | Path, device: torch.device | None = None) -> Translator:
        """Return the translator in a run folder. Raises InputError or WeightsError, as `load_sequence_model`."""
        network, model = load_sequence_model(folder, "translate")
        about = dict(model.about)
        sources, targets = (Vocabulary(tuple(about.pop(name))) for name in ("sources", "targets"))
        return cls(network.to(device), sources, targets, **about)

    @property
    def about(self) -> dict[str, object]:
        """What is needed to use the network: the values from which `of` restores the translator."""
        return {
            "sources": list(self.sources.tokens),
            "targets": list(self.targets.tokens),
            "tokens": next(name for name, each in TOKENS.items() if each is self.tokenizer),
            "reverse": self.reverse,
            "longest_source": self.longest_source,
            "longest_target": self.longest_target,
        }

    def notes(self, text: str) -> list[str]:
        """Return what is unusual about a source, a sentence each: unknown tokens, or a great length.

        Raises:
            InputError: The source is empty, or all its tokens are unknown.
        """
        tokens = self.tokenizer.split(text)
        if not text.strip() or not tokens:
            raise InputError("The text to translate is empty. Give a text with characters that are not spaces.")
        known = self.sources.numbers
        strange = [token.lstrip("▁") for token in dict.fromkeys(tokens) if token not in known]
        if len(strange) == len(set(tokens)):
            raise InputError(f"{text[:80]!r} has no token that was in the training part. Give a text of that language.")
        found = []
        if strange:
            shown = ", ".join(repr(each) for each in strange[:5]) + (", …" if len(strange) > 5 else "")
            verb = "was" if len(strange) == 1 else "were"
            found.append(f"{shown} {verb} not in the training part, and {verb} read as {UNKNOWN}.")
        if len(tokens) > _LONGER * self.longest_source:
            found.append(
                f"The text has {len(tokens):,} tokens, and the longest one that was learnt {self.longest_source:,}: "
                "expect a bad translation, and give shorter texts."
            )
        return found

    @torch.no_grad()
    def translate(self, text: str, beam: int = 1) -> Translation:
        """Return the translation of a text by beam search.

        Args:
            text: The source.
            beam: The number of hypotheses; see `beam_search`.

        Raises:
            InputError: As for `notes`.
        """
        self.notes(text)
        source, _ = self._padded([text])
        encoded = self.network.encode(source)
        state = tuple(each.transpose(0, 1) for each in encoded.state)  # (B, layers, width)
        best, *_ = beam_search(
            partial(self._step, encoded), state, start=_START, end=_END, beam=beam, longest=self._longest(source)
        )
        numbers = [*best.tokens, *([_END] if best.ended else [])]
        read, places, weights = self._read(text), None, None
        if self.network.attention is not None:
            _, weights = self.network(source, None, source.new_tensor([[_START, *numbers[:-1]]]))
            assert weights is not None
            weights = weights[0].cpu()
            places = weights.argmax(dim=-1).tolist()
        tokens = self._tokens(numbers, places, read)
        return Translation(self._joined(tokens), tuple(tokens), best.score, tuple(read), weights)

    @torch.no_grad()
    def greedy(self, texts: Sequence[str], batch: int = 256) -> list[str]:
        """Return the translations of many texts by greedy search, as `translate` with a beam of 1 but in batches."""
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        found = [""] * len(texts)
        for first in range(0, len(order), batch):
            chosen = order[first : first + batch]
            for index, written in zip(chosen, self._greedy([texts[index] for index in chosen]), strict=True):
                found[index] = written
        return found

    def _greedy(self, texts: Sequence[str]) -> list[str]:
        source, lengths = self._padded(texts)
        encoded = self.network.encode(source, lengths)
        last, state = source.new_full((len(texts), 1), _START), encoded.state
        steps, marks = [], []
        ended = torch.zeros(len(texts), dtype=torch.bool, device=source.device)
        for _ in range(self._longest(source) + 1):
            logits, weights, state = self.network.decode(last, encoded, state)
            logits[..., _START] = -torch.inf
            last = logits.argmax(dim=-1)
            steps.append(last[:, 0])
            if weights is not None:
                marks.append(weights[:, 0].argmax(dim=-1))
            ended |= last[:, 0] == _END
            if ended.all():
                break
        rows = torch.stack(steps, 1).tolist()
        places = torch.stack(marks, 1).tolist() if marks else [None] * len(texts)
        return [
            self._joined(self._tokens(_to_the_end(numbers), place, self._read(text)))
            for numbers, place, text in zip(rows, places, texts, strict=True)
        ]

    def _tokens(self, numbers: Sequence[int], places: Sequence[int] | None, read: Sequence[str]) -> list[str]:
        """Return the tokens with these numbers; unknown ones are translated by the lexicon, or copied.

        Args:
            numbers: The numbers.
            places: The place of the source token with the highest weight at each step; None without attention.
            read: The tokens of the source.
        """
        tokens = self.targets.decode(numbers)
        if places is None:
            return tokens
        return [
            self._translated(read[place]) if token == UNKNOWN else token
            for token, place in zip(tokens, places, strict=False)
        ]

    def _translated(self, token: str) -> str:
        """Return the most probable translation of a source token in the lexicon, or the token itself."""
        number = self.sources.numbers.get(token, _UNKNOWN)
        entries, chances = (each[number].tolist() for each in (self.network.entries, self.network.chances))
        known = (
            entry for entry, chance in zip(entries, chances, strict=True) if entry not in _SIGNS and chance > _PROBABLE
        )
        entry = None if number == _UNKNOWN else next(known, None)
        return token if entry is None else self.targets.tokens[entry]

    def _joined(self, tokens: Sequence[str]) -> str:
        return self.tokenizer.join(token for token in tokens if token not in SIGNS[1:])

    def _read(self, text: str) -> list[str]:
        """Return the tokens of a source in the order in which they are read, and the end."""
        tokens = self.tokenizer.split(text)
        return [*(reversed(tokens) if self.reverse else tokens), END]

    def _padded(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return the numbers of sources, (B, S), and their lengths, (B,)."""
        rows = [source_numbers(self.tokenizer.split(text), self.sources, reverse=self.reverse) for text in texts]
        lengths = torch.tensor([len(row) for row in rows])
        source = torch.full((len(rows), int(lengths.max())), _END)
        for row, numbers in zip(source, rows, strict=True):
            row[: len(numbers)] = torch.tensor(numbers)
        device = self.network.output.weight.device
        return source.to(device), lengths.to(device)

    def _longest(self, source: Tensor) -> int:
        """Return the maximum length of a translation: in proportion for a source that is longer than all known ones."""
        return int(_LONGER * self.longest_target * max(1.0, source.shape[1] / (self.longest_source + 1))) + 1

    def _step(self, encoded: Encoded, tokens: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        before = tuple(each.transpose(0, 1).contiguous() for each in state)
        logits, _, after = self.network.decode(tokens[:, None], encoded, before)
        logits[..., _START] = -torch.inf
        return logits[:, -1].float().log_softmax(dim=-1), tuple(each.transpose(0, 1) for each in after)

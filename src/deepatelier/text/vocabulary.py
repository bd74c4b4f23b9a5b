"""Vocabularies: the numbers of tokens."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from deepatelier.errors import InputError, OptionError, UnknownNameError

__all__ = ["UNKNOWN", "Vocabulary"]

UNKNOWN = "<unknown>"
"""The entry for tokens that are not in a vocabulary."""

_SCHEMA = "deepatelier-vocabulary/1"


@dataclass(frozen=True)
class Vocabulary:
    """Tokens in the order of their numbers, from 0.

    Attributes:
        tokens: The tokens. If the first one is `UNKNOWN`, it stands for all tokens that are not in the vocabulary.
        counts: The number of times that each token occurs in the text of the vocabulary; empty if it is not known.
    """

    tokens: tuple[str, ...]
    counts: tuple[int, ...] = ()

    @classmethod
    def of(
        cls,
        texts: Iterable[Iterable[str]],
        *,
        most: int | None = None,
        at_least: int = 1,
        order: Literal["frequency", "alphabet"] = "frequency",
        unknown: bool = True,
    ) -> Vocabulary:
        """Return the vocabulary of tokens.

        Args:
            texts: The tokens, for example those of `deepatelier.text.Tokenizer.stream`.
            most: The maximum number of different tokens; the most frequent ones are kept. Of equally frequent ones,
                the first ones in the order of their code points are kept. None keeps all.
            at_least: The minimum number of times that a token occurs.
            order: ``frequency``: the most frequent token is the first; ``alphabet``: in the order of code points.
            unknown: Whether `UNKNOWN` is the first entry. Its count is the number of tokens that are left out.

        Raises:
            InputError: There is no token.
        """
        found: Counter[str] = Counter()
        for tokens in texts:
            found.update(tokens)
        kept = sorted((-count, token) for token, count in found.items() if count >= at_least)[:most]
        if not kept:
            raise InputError(f"The text has no token that occurs {at_least} times. Give a longer text.")
        if order == "alphabet":
            kept.sort(key=lambda each: each[1])
        tokens, counts = [token for _, token in kept], [-count for count, _ in kept]
        if unknown:
            tokens, counts = [UNKNOWN, *tokens], [found.total() - sum(counts), *counts]
        return cls(tuple(tokens), tuple(counts))

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each token."""
        return {token: number for number, token in enumerate(self.tokens)}

    @property
    def has_unknown(self) -> bool:
        """Whether there is an entry for tokens that are not in the vocabulary."""
        return self.tokens[:1] == (UNKNOWN,)

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the numbers of tokens.

        Raises:
            UnknownNameError: A token is not in the vocabulary, which has no entry for such tokens.
        """
        numbers = self.numbers
        if self.has_unknown:
            return [numbers.get(token, 0) for token in tokens]
        try:
            return [numbers[token] for token in tokens]
        except KeyError as error:
            raise UnknownNameError("token of the vocabulary", str(error.args[0]), self.tokens) from error

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Return the tokens with these numbers. Raises OptionError if there is no such number."""
        tokens = self.tokens
        found = list(numbers)
        outside = next((number for number in found if not 0 <= number < len(tokens)), None)
        if outside is not None:
            raise OptionError(f"The vocabulary has no token {outside}; its numbers are 0 to {len(tokens) - 1}.")
        return [tokens[number] for number in found]

    def to_json(self) -> str:
        """Return the vocabulary as JSON."""
        values = {"schema": _SCHEMA, "tokens": self.tokens, "counts": self.counts}
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Vocabulary:
        """Read a vocabulary that `to_json` returned. Raises InputError if it is none."""
        try:
            values = json.loads(text)
            if values["schema"] != _SCHEMA:
                raise ValueError(f"its schema is {values['schema']!r}")
            tokens, counts = values["tokens"], values["counts"]
            _check(tokens, counts)
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise InputError(f"The text holds no vocabulary of this version ({error}). It was changed.") from error
        return cls(tuple(tokens), tuple(counts))


def _check(tokens: Sequence[object], counts: Sequence[object]) -> None:
    """Raise ValueError unless these are the tokens and counts of a vocabulary."""
    if not tokens or not all(isinstance(token, str) for token in tokens) or len(set(tokens)) != len(tokens):
        raise ValueError("the tokens are not different strings")
    whole = all(isinstance(count, int) and count >= 0 for count in counts)
    if not whole or len(counts) not in (0, len(tokens)):
        raise ValueError("the counts are not those of the tokens")

"""Interpolated n-gram models of tokens, with which recurrent language models are compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["KneserNey", "NGrams", "Smoothing", "WittenBell", "chosen_smoothing"]

Numbers = NDArray[np.int64]
Chances = NDArray[np.float64]

_CLASSES = 3
"""Kneser-Ney has a discount for counts of 1, of 2, and of 3 or more."""


@dataclass(frozen=True)
class _Order:
    """The n-grams of one length k.

    Attributes:
        codes: (number of the first k − 1 tokens among the n-grams of length k − 1) · tokens + last token, sorted.
        raw: How often each occurs.
        before: How many different tokens occur before each; 0 for those of the greatest length.
        totals, by_count: By context and by kind of count (raw, before): the sum of the counts; and how many n-grams
            have a count of 1, of 2, and of 3 or more, (contexts, 3).
    """

    codes: Numbers
    raw: Numbers
    before: Numbers
    totals: dict[str, Numbers]
    by_count: dict[str, Numbers]

    def counts(self, kind: str) -> Numbers:
        """Return the counts of a kind."""
        return self.raw if kind == "raw" else self.before

    def find(self, contexts: Numbers, tokens: Numbers, size: int) -> Numbers:
        """Return the numbers of n-grams; −1 for those that do not occur."""
        wanted = contexts * size + tokens
        places = np.searchsorted(self.codes, wanted).clip(max=len(self.codes) - 1)
        return np.where((contexts >= 0) & (self.codes[places] == wanted), places, -1)


class Smoothing(Protocol):
    """How the counts of one length are combined with the probabilities of the shorter context."""

    def __call__(
        self, counts: NDArray[Any], totals: NDArray[Any], by_count: NDArray[Any], lower: Chances, order: int
    ) -> Chances:
        """Return p(token | context), (N,).

        Args:
            counts, totals: The counts of the n-grams and of their contexts, (N,); totals are above 0.
            by_count: How many n-grams of the context have a count of 1, of 2, of 3 or more, (N, 3).
            lower: p(token | shorter context), (N,).
            order: The length of the n-grams.
        """

    @property
    def kind(self) -> str:
        """The kind of counts for all lengths but the greatest: ``raw`` or ``before``."""


@dataclass(frozen=True)
class WittenBell:
    """p = (c(hw) + k·n(h)·p(w | h')) / (c(h) + k·n(h)), with n(h) the number of different tokens after h.

    Source: Witten and Bell, 'The Zero-Frequency Problem' (1991), method C, for which k is 1.
    """

    k: float
    kind: str = "raw"

    def __call__(
        self,
        counts: NDArray[Any],
        totals: NDArray[Any],
        by_count: NDArray[Any],
        lower: Chances,
        order: int,  # noqa: ARG002
    ) -> Chances:
        """See `Smoothing`."""
        different = self.k * by_count.sum(axis=1)
        found: Chances = (counts + different * lower) / (totals + different)
        return found


@dataclass(frozen=True)
class KneserNey:
    """p = (max(c(hw) − D(c), 0) + Σ_i D_i·n_i(h)·p(w | h')) / c(h), with n_i(h) the number of tokens counted i times.

    Source: Chen and Goodman, 'An Empirical Study of Smoothing Techniques for Language Modeling' (1998), the modified
    Kneser-Ney smoothing, section 3. D_1, D_2 and D_3 for each length come from counts of counts, and are multiplied by
    a factor.
    """

    discounts: tuple[tuple[float, float, float], ...]
    factor: float
    kind: str = "before"

    def __call__(
        self, counts: NDArray[Any], totals: NDArray[Any], by_count: NDArray[Any], lower: Chances, order: int
    ) -> Chances:
        """See `Smoothing`."""
        discounts = np.array([0.0, *(min(0.999 * c, self.factor * d) for c, d in enumerate(self.discounts[order], 1))])
        freed = by_count @ discounts[1:]
        kept = counts - discounts[np.minimum(counts, _CLASSES).astype(np.int64)]
        found: Chances = (kept + freed * lower) / totals
        return found


class NGrams:
    """The counts of all n-grams of a text up to a length.

    Args:
        text: The numbers of the tokens, (N,).
        size: The number of different tokens.
        longest: The greatest length n.
    """

    def __init__(self, text: NDArray[Any], size: int, longest: int) -> None:
        self.size, self.longest = size, longest
        tokens = text.astype(np.int64)
        ending = np.zeros(len(tokens) + 1, dtype=np.int64)  # before each token: the number of its context
        self.orders: list[_Order] = []
        for k in range(1, longest + 1):
            codes, first, numbers, raw = np.unique(
                ending[:-1] * size + tokens[k - 1 :], return_index=True, return_inverse=True, return_counts=True
            )
            if self.orders:  # each different n-gram is counted once for its last k − 1 tokens
                shorter = ending[first + 1]
                before = np.bincount(shorter, minlength=len(self.orders[-1].codes))
                self.orders[-1] = _order(self.orders[-1].codes, self.orders[-1].raw, before, size)
            self.orders.append(_order(codes, raw, np.zeros_like(raw), size))
            ending = numbers.reshape(-1)

    def discounts(self, kind: str) -> tuple[tuple[float, float, float], ...]:
        """Return D_1, D_2 and D_3 for each length, from 0 (which has none); see `KneserNey`."""
        found = [(0.0, 0.0, 0.0)]
        for k, order in enumerate(self.orders, 1):
            counts = order.counts("raw" if k == self.longest else kind)
            n1, n2, n3, n4 = (max(1, int((counts == c).sum())) for c in (1, 2, 3, 4))
            y = n1 / (n1 + 2 * n2)
            found.append(
                (
                    min(0.99, max(0.01, 1 - 2 * y * n2 / n1)),
                    min(1.99, max(0.01, 2 - 3 * y * n3 / n2)),
                    min(2.99, max(0.01, 3 - 4 * y * n4 / n3)),
                )
            )
        return tuple(found)

    def chances(self, contexts: NDArray[Any], tokens: NDArray[Any], smoothing: Smoothing) -> Chances:
        """Return p(token | context), (N,).

        Args:
            contexts: The tokens before, (N, n − 1); −1 where there is none.
            tokens: The tokens, (N,).
            smoothing: The smoothing.
        """
        before, wanted = contexts.astype(np.int64), tokens.astype(np.int64)
        found: Chances = np.full(len(wanted), 1 / self.size)
        for k, order in enumerate(self.orders, 1):
            kind = "raw" if k == self.longest else smoothing.kind
            context = self._context(before[:, self.longest - k :])
            totals = np.where(context >= 0, order.totals[kind][context], 0)
            known = totals > 0
            places = order.find(context, wanted, self.size)[known]
            counts = np.where(places >= 0, order.counts(kind)[places], 0)
            by_count = order.by_count[kind][context[known]]
            found[known] = smoothing(counts, totals[known], by_count, found[known], k)
        return found

    def _context(self, tokens: Numbers) -> Numbers:
        """Return the numbers of contexts, (N, k − 1), among the n-grams of length k − 1; −1 if one does not occur."""
        numbers: Numbers = np.zeros(len(tokens), dtype=np.int64)
        for column, order in zip(tokens.T, self.orders, strict=False):
            numbers = np.where(column >= 0, order.find(numbers, column, self.size), -1)
        return numbers

    def bits(self, text: NDArray[Any], smoothing: Smoothing, counted: NDArray[Any] | None = None) -> float:
        """Return the mean of −log₂ p over the tokens of a text.

        Args:
            text: The numbers of the tokens, (N,).
            smoothing: The smoothing.
            counted: Which tokens count, (N,); None is all.
        """
        padded = np.concatenate([np.full(self.longest - 1, -1, dtype=np.int64), text.astype(np.int64)])
        windows = np.lib.stride_tricks.sliding_window_view(padded, self.longest)
        places = np.arange(len(text)) if counted is None else np.flatnonzero(counted)
        sums = [
            np.log2(self.chances(each[:, :-1], each[:, -1], smoothing)).sum()
            for each in (windows[part] for part in np.array_split(places, math.ceil(len(places) / 500_000)))
        ]
        return -float(sum(sums)) / len(places)

    def written(
        self,
        start: list[int],
        smoothing: Smoothing,
        never: list[int],
        *,
        temperature: float,
        draw: Callable[[Chances], int],
    ) -> Iterator[int]:
        """Yield tokens without end, each drawn in proportion to p^(1/temperature).

        Args:
            start: The tokens before.
            smoothing: The smoothing.
            never: Tokens that are never drawn.
            temperature: Above 0.
            draw: Draws a number from probabilities, (tokens,).
        """
        before = ([-1] * self.longest + start)[-(self.longest - 1) :]
        every = np.arange(self.size)
        while True:
            contexts = np.broadcast_to(np.array(before), (self.size, self.longest - 1))
            chances = self.chances(contexts, every, smoothing) ** (1 / temperature)
            chances[never] = 0
            token = draw(chances / chances.sum())
            yield token
            before = [*before[1:], token]


def chosen_smoothing(grams: NGrams, text: NDArray[Any], counted: NDArray[Any]) -> tuple[Smoothing, float]:
    """Return the smoothing with the fewest bits on a validation text, and these bits."""
    candidates: list[Smoothing] = [WittenBell(k) for k in (0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5)]
    for kind in ("before", "raw"):
        known = grams.discounts(kind)
        candidates += [KneserNey(known, factor, kind) for factor in (0.6, 0.8, 1.0, 1.2, 1.4)]
    bits = [grams.bits(text, each, counted) for each in candidates]
    best = int(np.argmin(bits))
    return candidates[best], bits[best]


def _order(codes: Numbers, raw: Numbers, before: Numbers, size: int) -> _Order:
    contexts = codes // size
    totals, by_count = {}, {}
    for kind, counts in (("raw", raw), ("before", before)):
        count = int(contexts[-1]) + 1
        totals[kind] = np.bincount(contexts, counts, minlength=count).astype(np.int64)
        classes = [(counts == 1), (counts == 2), (counts >= _CLASSES)]
        by_count[kind] = np.stack([np.bincount(contexts, each, minlength=count) for each in classes], axis=1)
    return _Order(codes, raw, before, totals, by_count)

"""Beam search: the most probable sequences that a model writes step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier.errors import OptionError

__all__ = ["Hypothesis", "StepFunction", "beam_search"]

StepFunction = Callable[[Tensor, tuple[Tensor, ...]], tuple[Tensor, tuple[Tensor, ...]]]
"""Returns log p of the next token, (K, tokens), and the state after it, from K last tokens and the state of each."""


class Hypothesis(NamedTuple):
    """A sequence that was found.

    Attributes:
        tokens: The numbers of its tokens, without start and end.
        log_probability: log p of the sequence with its end.
        score: The normalised log p, by which hypotheses are compared.
        ended: Whether it ends before the maximum length.
    """

    tokens: tuple[int, ...]
    log_probability: float
    score: float
    ended: bool


@torch.no_grad()
def beam_search(
    step: StepFunction,
    state: Sequence[Tensor],
    *,
    start: int,
    end: int,
    beam: int,
    longest: int,
    power: float = 1.0,
) -> list[Hypothesis]:
    """Return the sequences found by beam search, the one with the highest score first.

    At each step, the ``beam`` best continuations of all hypotheses are kept, by log p. One that ends leaves the beam,
    which then has one place less. The score is log p / nᵖ, with n the number of tokens including the end: without this
    normalisation, short sequences would be preferred. A beam of 1 is greedy search.

    Source: Sutskever, Vinyals and Le, 'Sequence to Sequence Learning with Neural Networks' (2014), section 3.2. The
    normalisation by n: Bahdanau, Cho and Bengio (2015), section A.2; by a power of the length: Wu et al., 'Google's
    Neural Machine Translation System' (2016), section 7.

    Args:
        step: The model. Its state has one row for each hypothesis.
        state: The state before the first token, (1, …) each.
        start: The number of the token that precedes the first one.
        end: The number of the token that ends a sequence.
        beam: The number of hypotheses.
        longest: The maximum number of tokens, without the end.
        power: p; 0 does not normalise.

    Raises:
        OptionError: The beam or the length is below 1.
    """
    if beam < 1 or longest < 1:
        raise OptionError(f"A beam search needs a beam and a length of 1 or more; received {beam} and {longest}.")
    rows, now = [()], tuple(state)
    scores, last = torch.zeros(1), torch.tensor([start], device=now[0].device if now else None)
    found: list[Hypothesis] = []
    for _ in range(longest + 1):
        log_p, after = step(last, now)
        total = scores[:, None] + log_p.float().cpu()  # (K, tokens)
        best = total.flatten().topk(min(beam - len(found), total.numel()))
        parents, tokens = best.indices // total.shape[1], best.indices % total.shape[1]
        live = tokens != end
        for parent, value in zip(parents[~live].tolist(), best.values[~live].tolist(), strict=True):
            found.append(_hypothesis(rows[parent], value, len(rows[parent]) + 1, power, ended=True))
        rows = [(*rows[p], t) for p, t in zip(parents[live].tolist(), tokens[live].tolist(), strict=True)]
        scores = best.values[live]
        if not rows or len(rows[0]) > longest:
            break
        chosen = parents[live].to(last.device)
        last, now = tokens[live].to(last.device), tuple(each.index_select(0, chosen) for each in after)
    if not found:
        found = [
            _hypothesis(row[:longest], value, len(row), power, ended=False)
            for row, value in zip(rows, scores.tolist(), strict=True)
        ]
    return sorted(found, key=lambda each: each.score, reverse=True)


def _hypothesis(
    tokens: tuple[int, ...], log_probability: float, count: int, power: float, *, ended: bool
) -> Hypothesis:
    return Hypothesis(tokens, log_probability, log_probability / count**power, ended)

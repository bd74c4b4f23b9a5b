"""Writing with a language model, token by token."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from deepatelier.errors import InputError, OptionError
from deepatelier.networks.recurrent import State
from deepatelier.text import UNKNOWN
from deepatelier.text.language import START, Language, joined

__all__ = ["unknown_in", "written"]


def written(
    language: Language, prompt: str, label: str | None, *, temperature: float, length: int, seed: int
) -> Iterator[str]:
    """Return the text that a network writes after a prompt, token by token, without the prompt.

    Each token is drawn from softmax(z / temperature), with z the logits of the network after all tokens before it; at
    temperature 0, it is the most probable one. The entries for unknown tokens and for the start are never drawn.

    The text depends only on the network and the arguments: the random numbers are those of a generator of its own.

    Args:
        language: The network with its tokens.
        prompt: The text before; the start of a document if empty.
        label: The class in whose manner it writes; None for a network without classes.
        temperature: 0 or more.
        length: The number of tokens.
        seed: The seed of the random numbers.

    Raises:
        InputError: The network knows no token of the prompt.
        UnknownNameError: There is no such class.
        OptionError: A class is missing, or given to a network without classes; or the temperature is negative.
    """
    if temperature < 0:
        raise OptionError(f"The temperature is 0 or more; received {temperature}.")
    number, start = language.label(label), _start(language, prompt)
    labels = None if number is None else torch.full((1, 1), number, device=language.network.device)
    generator = torch.Generator().manual_seed(seed)
    tokens = _tokens(language, start, labels, temperature, generator)
    return joined((language.vocabulary.tokens[next(tokens)] for _ in range(length)), language.tokenizer)


def unknown_in(language: Language, prompt: str) -> tuple[str, ...]:
    """Return the different tokens of a prompt that a network does not know, in their order."""
    known = language.vocabulary.numbers
    return tuple(dict.fromkeys(token for token in language.tokenizer.split(prompt) if token not in known))


def _start(language: Language, prompt: str) -> list[int]:
    """Return the numbers of the start and of the tokens of a prompt."""
    tokens = language.tokenizer.split(prompt)
    if tokens and all(token not in language.vocabulary.numbers for token in tokens):
        raise InputError(
            f"The text on which {language.name} was trained has none of the prompt's {language.tokenizer.name}: "
            f"{', '.join(map(repr, unknown_in(language, prompt)[:12]))}. Give another --prompt."
        )
    return language.vocabulary.encode([START, *tokens])


@torch.no_grad()
def _step(language: Language, numbers: list[int], state: State | None, labels: Tensor | None) -> tuple[Tensor, State]:
    """Return the logits of the next token, (tokens,), on the CPU, and the state."""
    network = language.network
    logits, state = network(torch.tensor([numbers], device=network.device), state, labels)
    last = logits[0, -1].cpu().double()
    last[language.vocabulary.encode([UNKNOWN, START])] = -torch.inf
    return last, state


def _tokens(
    language: Language, start: list[int], labels: Tensor | None, temperature: float, generator: torch.Generator
) -> Iterator[int]:
    """Yield the numbers of tokens without end."""
    state, numbers = None, start
    while True:
        logits, state = _step(language, numbers, state, labels)
        if temperature:
            chances = torch.softmax(logits / temperature, dim=0)
            numbers = [int(torch.multinomial(chances, 1, generator=generator))]
        else:
            numbers = [int(logits.argmax())]
        yield numbers[0]

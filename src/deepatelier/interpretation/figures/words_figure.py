"""Which words of a text decided its class."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier.errors import UnknownNameError
from deepatelier.extras import from_extra
from deepatelier.inputs import Input, is_file
from deepatelier.interpretation.drawing.colored_text import ColoredText
from deepatelier.interpretation.methods.integrated_gradients import integrated_gradients
from deepatelier.interpretation.words_job import WordsJob
from deepatelier.jobs import Measured, Measures, PictureProduct, Product, Result, Step, TextProduct, Work
from deepatelier.networks.sequence_models import run_input
from deepatelier.text import text_of, tokenizer
from deepatelier.text.text_classes import TextClasses

__all__ = ["Decision", "decided", "looked_at_words", "prepared"]

_TOP = 3
"""The number of words that are named."""


class Decision(NamedTuple):
    """A class of a text, and what each token added to its score.

    Attributes:
        tokens: The tokens that were read.
        values: What each token added to the score of the class minus the mean score of all classes, (tokens,).
        label: The class.
        probability: Its probability.
    """

    tokens: tuple[str, ...]
    values: Tensor
    label: str
    probability: float


def prepared(job: WordsJob) -> tuple[TextClasses, str]:
    """Return the classifier and the text of a job. Raises all errors of options and inputs."""
    model, text = TextClasses.of(Path(job.training), job.device), text_of(job.text)
    model.check(text)
    if job.class_ is not None and job.class_ not in model.classes:
        raise UnknownNameError(f"class of {job.training}", job.class_, model.classes)
    return model, text


def decided(model: TextClasses, text: str, label: str | None = None) -> Decision:
    """Return what each token added to the score of a class, by integrated gradients from vectors of zero.

    The sum of the values is the difference between the score, minus the mean score of all classes, for the text and
    for a text of vectors of zero.

    Args:
        model: The classifier.
        text: The text, of which `TextClasses.longest` tokens are read.
        label: The class; None is the one with the highest score.
    """
    batch = model.batch([text])
    with torch.no_grad():
        scores = model.network(batch)[0]
        vectors = model.network.embedding(batch.tokens)[0]
    number = int(scores.argmax()) if label is None else model.classes.index(label)

    def score(points: Tensor) -> Tensor:
        found = model.network.scores(points, batch.lengths.expand(len(points)))
        return found[:, number] - found.mean(dim=1)

    values = integrated_gradients(score, vectors).sum(dim=-1)
    tokens = tuple(tokenizer(model.tokens).split(text)[: len(values)]) or ("<unknown>",)
    return Decision(tokens, values.cpu(), model.classes[number], scores.softmax(dim=0)[number].item())


def looked_at_words(job: WordsJob) -> Work:
    """Draw the text in colour, and yield the only step."""
    model, text = prepared(job)
    decision = decided(model, text, job.class_)
    tokens, values = decision.tokens, decision.values
    if model.tokens in ("words", "words-and-signs"):
        tokens, values = _with_gaps(text, tokens, values)
    elif job.by == "words":
        tokens, values = _by_word(tokens, values)
    shares = tuple((values / values.abs().max().clamp(min=1e-9)).tolist())
    title = f"{decision.label}: probability {decision.probability:.2f}"
    colored = ColoredText(tokens, shares, title, f"for {decision.label}", "against it")
    measured = Measured(measures=_measures(decision, tokens, values))
    files: dict[str, Product] = {
        "picture": PictureProduct(colored.to_picture()),
        "page": TextProduct(colored.to_html()),
    }
    inputs = {"training": run_input(job.training)}
    if is_file(job.text):
        inputs["text"] = Input.of(job.text)
    read = len(decision.tokens)
    left_out = len(tokenizer(model.tokens).split(text)) - read
    notes = (f"The network reads only the first {read:,} {model.tokens} of the text.",) if left_out > 0 else ()
    result = Result(
        job,
        files,
        inputs,
        str(model.device),
        "float32",
        lambda _written: measured,
        steps=1,
        notes=notes,
        details={"tokens": list(colored.tokens), "values": [round(value, 4) for value in colored.values]},
    )
    try:
        yield Step(1, 1, {"probability": decision.probability})
    except KeyboardInterrupt:  # it is complete
        return result
    return result


def _with_gaps(text: str, tokens: tuple[str, ...], values: Tensor) -> tuple[tuple[str, ...], Tensor]:
    """Return words as they are written, with what is between them, which has no value.

    Args:
        text: The text.
        tokens: Its words, in order; they may be in lower case.
        values: Their values.
    """
    pieces, shares, place = list[str](), list[float](), 0
    lowered = "".join(sign if len(sign.lower()) > 1 else sign.lower() for sign in text)
    for token, value in zip(tokens, values.tolist(), strict=True):
        start = lowered.find(token.lower(), place)
        if start < 0:  # a letter whose lower case is longer
            pieces, shares = [*pieces, f"{token} "], [*shares, value]
            continue
        end = start + len(token)
        pieces, shares, place = [*pieces, text[place:start], text[start:end]], [*shares, 0.0, value], end
    return (*pieces, text[place:]), torch.tensor([*shares, 0.0])


def _by_word(tokens: tuple[str, ...], values: Tensor) -> tuple[tuple[str, ...], Tensor]:
    """Return words and the characters between them, with the sums of the values of their tokens."""
    regex = from_extra("regex", "text")
    text = "".join(tokens)
    words = regex.findall(r"\w+|\s+|.", text, regex.S)
    word_at = [number for number, word in enumerate(words) for _ in word]
    starts = [0]
    for token in tokens[:-1]:
        starts.append(starts[-1] + len(token))
    places = torch.tensor([word_at[start] for start in starts])
    return tuple(words), torch.zeros(len(words)).index_add_(0, places, values)


def _measures(decision: Decision, tokens: tuple[str, ...], values: Tensor) -> Measures:
    """Return the class and the words that speak most for it and against it."""
    found: Measures = {"class": decision.label, "probability": decision.probability}
    order = [index for index in values.argsort(descending=True).tolist() if tokens[index].strip()]
    best = [tokens[index].strip() for index in order if values[index] > 0][:_TOP]
    worst = [tokens[index].strip() for index in reversed(order) if values[index] < 0][:_TOP]
    found |= {"for it": ", ".join(best)} if best else {}
    return found | ({"against it": ", ".join(worst)} if worst else {})

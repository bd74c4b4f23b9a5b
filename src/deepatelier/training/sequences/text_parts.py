"""The training, validation and test part of a text, as numbers of its tokens."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from deepatelier.data import Corpus
from deepatelier.errors import InputError
from deepatelier.text import Tokenizer, Vocabulary
from deepatelier.text.language import START, characters_in

__all__ = ["TextPart", "TextParts"]

_Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class TextPart:
    """A part of a text: parts of its documents, one after the other.

    Attributes:
        inputs: The number of the token before each token, (N,): that of `START` at the start of a document.
        targets: The numbers of the tokens, (N,).
        labels: The numbers of the labels of their documents, (N,).
        characters: The number of characters, however they are cut into tokens.
    """

    inputs: _Numbers
    targets: _Numbers
    labels: _Numbers
    characters: int

    def __len__(self) -> int:
        return len(self.targets)


class TextParts:
    """A text in three parts. Each document is cut in order: first training, then validation, then test.

    So the parts have the same authors or modules, and no part has text of another. The text is read once. The memory
    that is needed is 12 bytes for each token and the different tokens.

    Args:
        corpus: The text.
        tokenizer: Splits it into tokens.
        validation, test: The fractions of each document's tokens that are held out, rounded down.
        most, at_least: Which tokens of the training part the vocabulary has; see `deepatelier.text.Vocabulary.of`.
        limit: The maximum number of tokens of the training part; the first ones are kept.
        vocabulary: The vocabulary of a trained model. None makes one of the training part.

    Attributes:
        vocabulary: The tokens of the training part, with entries for unknown tokens and for the start of a document.
        labels: The labels of the documents, in alphabetical order.
        documents: The number of documents.
        training, validation, test: The parts.
        sha256: The sha256 of the tokens and the labels.

    Raises:
        InputError: The text is invalid, or its training part has less than two tokens.
    """

    def __init__(
        self,
        corpus: Corpus,
        tokenizer: Tokenizer,
        *,
        validation: float = 0.1,
        test: float = 0.1,
        most: int | None = None,
        at_least: int = 1,
        limit: int | None = None,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        numbers, names, tokens, documents = _read(corpus, tokenizer)
        digest = hashlib.sha256(json.dumps([names, tokens, documents]).encode())
        digest.update(numbers.tobytes())
        self.sha256, self.documents = digest.hexdigest(), len(documents)
        self.labels = tuple(sorted(set(names)))
        ends = np.cumsum(documents)
        starts = ends - documents
        held = [np.floor(np.array(documents) * part).astype(np.int64) for part in (validation, test)]
        cuts = [starts, ends - held[0] - held[1], ends - held[1], ends]
        ranges = [list(zip(first, last, strict=True)) for first, last in pairwise(cuts)]
        places = [np.concatenate([np.arange(first, last) for first, last in each]) for each in ranges]
        places[0] = places[0][:limit]
        if len(places[0]) < 2:
            raise InputError(
                f"{corpus.name} has {len(numbers)} tokens, and {len(places[0])} of them to train on. Give a longer "
                "text, or lower --validation and --test."
            )
        if vocabulary is None:
            counts = np.bincount(numbers[places[0]], minlength=len(tokens)).tolist()
            found = Counter({token: count for token, count in zip(tokens, counts, strict=True) if count})
            known = Vocabulary.of([found], most=most, at_least=at_least)  # a counter is updated with its counts
            vocabulary = Vocabulary((*known.tokens, START), (*known.counts, len(documents)))
        self.vocabulary = vocabulary
        before = np.concatenate([[0], numbers[:-1]])
        as_known = np.array(vocabulary.encode(tokens), dtype=np.int32)
        inputs, targets = as_known[before], as_known[numbers]
        inputs[starts[starts < ends]] = vocabulary.numbers[START]
        owners = np.repeat([self.labels.index(name) for name in names], documents).astype(np.int32)
        lengths = np.array([characters_in(token, tokenizer.name) for token in tokens])
        self.training, self.validation, self.test = (
            TextPart(inputs[each], targets[each], owners[each], int(lengths[numbers[each]].sum())) for each in places
        )


def _read(corpus: Corpus, tokenizer: Tokenizer) -> tuple[_Numbers, list[str], list[str], list[int]]:
    """Return the numbers of all tokens, the labels of the documents, the different tokens and the documents' lengths.

    Tokens are numbered as they occur.
    """
    known: dict[str, int] = {}
    names, lengths = list[str](), list[int]()
    with tempfile.TemporaryFile() as file:
        for document in corpus.documents():
            length = 0
            for tokens in tokenizer.stream(document.pieces()):
                file.write(np.array([known.setdefault(token, len(known)) for token in tokens], dtype="<i4").tobytes())
                length += len(tokens)
            names.append(document.label)
            lengths.append(length)
        file.seek(0)
        return np.frombuffer(file.read(), dtype="<i4"), names, list(known), lengths

"""Word vectors of the King James Bible: how many of ten pairs of words are near each other, learnt and counted.

    python -m benchmarks.word_vectors [--seeds 0 1 2] [--text bible]

A pair counts if each word is among the 20 nearest of the other, by the cosine, among the 3,000 most frequent words. The
vectors are those of ``atelier train bible --network skipgram --validation 0``, for each seed; and TF-IDF vectors of the
words within a window, which need no training. The default options were chosen on these pairs, with the seeds 0 and 1.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import torch

from benchmarks.style import table
from deepatelier.data import Corpus, EncodedText, open_corpus
from deepatelier.text import Embeddings, Vocabulary, cooccurrences, tf_idf, tokenizer
from deepatelier.training.skip_gram_job import SkipGramOptions
from deepatelier.training.skip_gram_training import SkipGramTraining

PAIRS = (
    ("king", "queen"),
    ("bread", "wine"),
    ("gold", "silver"),
    ("son", "daughter"),
    ("heaven", "earth"),
    ("day", "night"),
    ("east", "west"),
    ("sheep", "goats"),
    ("hear", "voice"),
    ("sword", "spear"),
)

NEAR, AMONG = 20, 3000
WINDOWS = (2, 5, 10)
"""The windows of the counted vectors."""


def main() -> None:
    """Train, and print the places of the pairs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", default="bible", help="the text")
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2])
    arguments = parser.parse_args()
    corpus = open_corpus(arguments.text)
    rows = [row(f"TF-IDF, window {window}", counted(corpus, window), PAIRS) for window in WINDOWS]
    for seed in arguments.seeds:
        began = time.process_time()
        found = learnt(corpus, SkipGramOptions(seed=seed, validation=0.0))
        row_ = row(f"skip-gram, seed {seed}", found, PAIRS)
        rows.append({**row_, "processor s": round(time.process_time() - began)})
    print(table(rows))


def learnt(corpus: Corpus, options: SkipGramOptions) -> Embeddings:
    """Return vectors that are learnt by skip-gram."""
    training = SkipGramTraining(corpus, options)
    for _ in training.steps():
        pass
    return training.embeddings


def counted(corpus: Corpus, window: int, among: int = AMONG) -> Embeddings:
    """Return the TF-IDF vectors of the most frequent words over the words within a window of them."""
    words = tokenizer("words")
    vocabulary = Vocabulary.of(corpus.tokens(words), unknown=False)
    text = EncodedText(corpus.tokens(words), vocabulary)
    weights = tf_idf(cooccurrences(text, len(vocabulary), window))[:among].toarray()
    chosen = Vocabulary(vocabulary.tokens[:among], vocabulary.counts[:among])
    return Embeddings(torch.from_numpy(weights).float(), chosen)


def row(
    name: str, found: Embeddings, pairs: tuple[tuple[str, str], ...], near: int = NEAR, among: int = AMONG
) -> dict[str, Any]:
    """Return a row of the table: how many pairs are near, and the places of each."""
    ranks = found.ranks(pairs, among)
    places = {"–".join(pair): f"{first}, {second}" for pair, (first, second) in zip(pairs, ranks, strict=True)}
    return {"vectors": name, "near": sum(max(rank) <= near for rank in ranks), **places, "processor s": ""}


if __name__ == "__main__":
    main()

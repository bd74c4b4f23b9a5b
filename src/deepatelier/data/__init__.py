"""Data sets: pictures with targets, texts, pairs of texts, series; and their split into three parts."""

from deepatelier.data.corpora import CORPORA, open_corpus
from deepatelier.data.corpus import Corpus, Document
from deepatelier.data.datasets import DATASETS, open_dataset
from deepatelier.data.encoded_text import EncodedText
from deepatelier.data.eyes import ELLIPSE
from deepatelier.data.labelled import Dataset, Labelled
from deepatelier.data.pair_sets import PAIRS, open_pairs
from deepatelier.data.pairs import PairParts, Pairs, split_pairs
from deepatelier.data.series import SERIES, Series, open_series
from deepatelier.data.splitting import Split, split, split_indices

__all__ = [
    "CORPORA",
    "DATASETS",
    "ELLIPSE",
    "PAIRS",
    "SERIES",
    "Corpus",
    "Dataset",
    "Document",
    "EncodedText",
    "Labelled",
    "PairParts",
    "Pairs",
    "Series",
    "Split",
    "open_corpus",
    "open_dataset",
    "open_pairs",
    "open_series",
    "split",
    "split_indices",
    "split_pairs",
]

"""Data sets: pictures with targets, in memory, and their split into three parts; texts, read piece by piece."""

from deepatelier.data.corpora import CORPORA, open_corpus
from deepatelier.data.corpus import Corpus, Document
from deepatelier.data.datasets import DATASETS, open_dataset
from deepatelier.data.encoded_text import EncodedText
from deepatelier.data.eyes import ELLIPSE
from deepatelier.data.labelled import Dataset, Labelled
from deepatelier.data.splitting import Split, split, split_indices

__all__ = [
    "CORPORA",
    "DATASETS",
    "ELLIPSE",
    "Corpus",
    "Dataset",
    "Document",
    "EncodedText",
    "Labelled",
    "Split",
    "open_corpus",
    "open_dataset",
    "split",
    "split_indices",
]

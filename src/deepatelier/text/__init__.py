"""Text as numbers: tokens, vocabularies, counts and vectors of words."""

from deepatelier.text.bag_of_words import bag_of_words, one_hot
from deepatelier.text.cooccurrence import cooccurrences
from deepatelier.text.embeddings import Embeddings, Neighbour
from deepatelier.text.pieces import read_pieces, text_of
from deepatelier.text.tf_idf import inverse_document_frequency, term_frequency, tf_idf
from deepatelier.text.tokenizers import TOKENIZERS, Bytes, Characters, Tokenizer, Words, tokenizer
from deepatelier.text.vocabulary import UNKNOWN, Vocabulary

__all__ = [
    "TOKENIZERS",
    "UNKNOWN",
    "Bytes",
    "Characters",
    "Embeddings",
    "Neighbour",
    "Tokenizer",
    "Vocabulary",
    "Words",
    "bag_of_words",
    "cooccurrences",
    "inverse_document_frequency",
    "one_hot",
    "read_pieces",
    "term_frequency",
    "text_of",
    "tf_idf",
    "tokenizer",
]

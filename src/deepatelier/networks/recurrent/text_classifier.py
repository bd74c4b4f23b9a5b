"""A recurrent network that reads a text and names its class (many to one)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from deepatelier.networks.recurrent.recurrent_network import LAYERS

__all__ = ["TextClassifier", "Texts"]


class Texts(NamedTuple):
    """A batch of texts.

    Attributes:
        tokens: The numbers of the tokens, (B, T), with 0 after the end of a text.
        lengths: The numbers of tokens, (B,), 1 to T.
    """

    tokens: Tensor
    lengths: Tensor

    @classmethod
    def padded(cls, texts: Sequence[Tensor], device: torch.device) -> Texts:
        """Return texts, (T,) each, as one batch."""
        lengths = torch.tensor([len(text) for text in texts])
        return cls(pad_sequence(list(texts), batch_first=True).to(device), lengths)


class TextClassifier(nn.Module):
    """y = W_y·h + b_y, with h from the outputs of recurrent layers that read a text, in both directions or one.

    Source: the lecture slides, 'Types of RNN', many to one.

    Departures from the source: the vectors of the tokens are learnt, which is the same as one-hot vectors times a
    matrix. With ``pooling``, h is the maximum of the outputs over the text instead of the last output, which has
    forgotten the beginning of a long text (Collobert et al., 'Natural Language Processing (Almost) from Scratch', 2011,
    section 3.2.2).

    Args:
        layers: The name of the recurrent layers, one of `LAYERS`.
        tokens: The size of the vocabulary.
        classes: The number of classes.
        embedding: The number of dimensions of a token's vector.
        width: The number of units of a layer, in one direction.
        num_layers: The number of layers.
        bidirectional: Whether other layers read the text backwards. The layers of the two directions are separate.
        pooling: Whether h is the maximum over the text; otherwise it is the last output of each direction.
        dropout: The dropout probability of the vectors, between layers and before the output.

    Shape: `Texts` to (B, classes).
    """

    def __init__(
        self,
        layers: str,
        tokens: int,
        classes: int,
        embedding: int = 64,
        width: int = 128,
        num_layers: int = 1,
        bidirectional: bool = True,
        pooling: bool = True,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, embedding)
        between = dropout if num_layers > 1 else 0.0
        self.directions = nn.ModuleList(
            LAYERS[layers](embedding, width, num_layers, bidirectional=False, dropout=between)
            for _ in range(1 + bidirectional)
        )
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(width * len(self.directions), classes)
        self.pooling = pooling

    def forward(self, texts: Texts) -> Tensor:
        """Return the scores of the classes, (B, classes)."""
        return self.scores(self.embedding(texts.tokens), texts.lengths)

    def scores(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """Return the scores for the vectors of tokens, (B, T, embedding), of texts with these lengths, (B,)."""
        x, ends = self.dropout(vectors), lengths.to(vectors.device)
        places = torch.arange(x.shape[1], device=x.device)  # (T,)
        inside = (places < ends[:, None])[..., None]  # (B, T, 1)
        backwards = (ends[:, None] - 1 - places).clamp(min=0)  # what follows a text is read after it, without an effect
        found = []
        for recurrent, order in zip(self.directions, (None, backwards), strict=False):
            ordered = x if order is None else x.gather(1, order[..., None].expand_as(x))
            outputs, _ = recurrent(ordered)  # packed sequences take two to six times as long
            if self.pooling:
                found.append(outputs.masked_fill(~inside, -torch.inf).amax(dim=1))
            else:
                found.append(outputs[torch.arange(len(x), device=x.device), ends - 1])
        y: Tensor = self.output(self.dropout(torch.cat(found, dim=-1)))
        return y

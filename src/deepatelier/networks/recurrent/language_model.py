"""A network that predicts the next token of a text."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.networks.recurrent.cell import State
from deepatelier.networks.recurrent.fused import Fused
from deepatelier.networks.recurrent.layer import Recurrent
from deepatelier.networks.recurrent.recurrent_network import LAYERS

__all__ = ["LanguageModel"]


class LanguageModel(nn.Module):
    """p(x_{t+1} | x_1 … x_t) = softmax(W_y·h_t + b_y), with h the outputs of recurrent layers (many to many, aligned).

    The input at a step is the learnt vector of the token x_t. With classes, the learnt vector of the class is added to
    it at every step, so that the network can write from nothing but a class (one to many).

    Source: the lecture slides, 'Types of RNN'; Mikolov et al., 'Recurrent Neural Network Based Language Model' (2010);
    for the classes, Mikolov and Zweig, 'Context Dependent Recurrent Neural Network Language Model' (2012). Dropout is
    applied to the inputs and outputs of each layer, but not from step to step (Zaremba, Sutskever and Vinyals,
    'Recurrent Neural Network Regularization', 2014).

    Args:
        layers: The name of the recurrent layers, one of `LAYERS`.
        tokens: The number of different tokens.
        embedding: The number of dimensions of a token's vector.
        width: The number of units of a layer.
        num_layers: The number of layers.
        dropout: The dropout probability.
        labels: The number of classes; 0 if there are none.

    Shape: (B, T) to (B, T, tokens).

    Raises:
        OptionError: A number is too small, or the probability is not in [0, 1).
    """

    def __init__(
        self,
        layers: str,
        tokens: int,
        embedding: int = 64,
        width: int = 256,
        num_layers: int = 1,
        dropout: float = 0.0,
        labels: int = 0,
    ) -> None:
        super().__init__()
        if min(tokens, embedding, width, num_layers) < 1 or labels < 0 or not 0 <= dropout < 1:
            raise OptionError(
                "A language model needs tokens, an embedding, a width and layers of 1 or more, and a dropout of at "
                f"least 0 and less than 1; received {tokens}, {embedding}, {width}, {num_layers}, {dropout}."
            )
        self.embedding = nn.Embedding(tokens, embedding)
        self.labels = nn.Embedding(labels, embedding) if labels else None
        if self.labels is not None:
            nn.init.zeros_(self.labels.weight)  # so that a class with little text writes as all do, not at random
        between = dropout if num_layers > 1 else 0.0
        self.recurrent: Fused | Recurrent = LAYERS[layers](
            embedding, width, num_layers, bidirectional=False, dropout=between
        )
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(width, tokens)

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return self.output.weight.device

    def forward(self, tokens: Tensor, state: State | None = None, labels: Tensor | None = None) -> tuple[Tensor, State]:
        """Return the logits of the next token after each step, (B, T, tokens), and the state after the last step.

        Args:
            tokens: The numbers of the tokens, (B, T).
            state: The state before the first step, as returned; None is zero.
            labels: The numbers of the classes, (B, T), or (B, 1) if the class is the same at all steps.

        Raises:
            OptionError: Classes are missing, or given to a network without classes.
        """
        if (labels is None) != (self.labels is None):
            raise OptionError("Classes are needed by a network that has learnt them, and by no other.")
        x = self.embedding(tokens)
        if labels is not None and self.labels is not None:
            x = x + self.labels(labels)
        outputs, state = self.recurrent(self.dropout(x), state)
        return self.output(self.dropout(outputs)), state

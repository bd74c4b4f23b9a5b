"""A network that reads a sequence and writes another one."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.networks.recurrent.attention import MultiplicativeAttention
from deepatelier.networks.recurrent.cell import State
from deepatelier.networks.recurrent.recurrent_network import LAYERS

__all__ = ["Encoded", "EncoderDecoder", "Written"]


_LEAST = 1e-3
"""ε, the probability of a token that the lexicon does not have."""


class Encoded(NamedTuple):
    """Sources that were read.

    Attributes:
        state: The initial state of the decoder, (layers, B, width) each.
        memory: The outputs of the encoder, (B, S, values).
        keys: What attention compares with the steps of the decoder, (B, S, width); without attention, the memory.
        inside: Whether a step is inside its source and not padding, (B, S).
        source: The numbers of the tokens, (B, S).
    """

    state: State
    memory: Tensor
    keys: Tensor
    inside: Tensor
    source: Tensor


class Written(NamedTuple):
    """Steps of a decoder.

    Attributes:
        logits: The scores of the token after each step, (B, T, targets).
        weights: The weights of attention, (B, T, S); None without attention.
        state: The state after the last step, (layers, B, width) each.
    """

    logits: Tensor
    weights: Tensor | None
    state: State


class EncoderDecoder(nn.Module):
    """Recurrent layers that read a source, and others that continue from their state and write the target.

    Without attention, the encoder reads in one direction, and its last state is the first of the decoder: all that is
    known of the source is in it. With attention, it reads in both directions, the first state is
    tanh(W·[last state forwards; last state backwards]), and each step of the decoder has a weighted mean of the
    encoder's outputs; see `MultiplicativeAttention`.

    With a lexicon, the scores at a step get log(ε + Σ_s a_ts·p(y|x_s)), with a_ts the weights of attention and p(y|x)
    the probability that the source token x translates to y, which is counted before the training and not learnt. So a
    token is translated as soon as attention finds it, however rare it is.

    Source: Sutskever, Vinyals and Le, 'Sequence to Sequence Learning with Neural Networks' (2014); the lecture slides,
    'Encoder-decoder'. With attention: Luong, Pham and Manning (2015), and Bahdanau, Cho and Bengio, 'Neural Machine
    Translation by Jointly Learning to Align and Translate' (2015), section 3.2, for the two directions. The lexicon:
    Arthur, Neubig and Nakamura, 'Incorporating Discrete Translation Lexicons into Neural Machine Translation' (2016),
    section 3.2, with ε = 0.001.

    Departures from the source: Luong et al. have an encoder in one direction; Bahdanau et al. take the first state from
    the last state backwards alone. Both have GRU or LSTM cells only.

    Args:
        cells: The name of the recurrent layers, one of `LAYERS`.
        sources: The number of different tokens in sources.
        targets: The number of different tokens in targets.
        embedding: The number of dimensions of a token's vector.
        width: The number of units of a layer, in one direction.
        num_layers: The number of layers of the encoder, and of the decoder.
        attention: Whether the decoder has attention.
        dropout: The dropout probability of embeddings, of the outputs between layers and before the output layer.
        lexicon: The maximum number of translations of a source token in a lexicon, which `set_lexicon` sets; 0 is none.

    Raises:
        OptionError: A number is below 1, or the probability is not in [0, 1); or a lexicon without attention.
    """

    entries: Tensor
    chances: Tensor

    def __init__(
        self,
        cells: str,
        sources: int,
        targets: int,
        embedding: int = 64,
        width: int = 256,
        num_layers: int = 1,
        attention: bool = True,
        dropout: float = 0.0,
        lexicon: int = 0,
    ) -> None:
        super().__init__()
        if lexicon and not attention:
            raise OptionError("A lexicon needs attention, which says which token is translated at a step.")
        if min(sources, targets, embedding, width, num_layers) < 1 or not 0 <= dropout < 1:
            raise OptionError(
                "An encoder and a decoder need tokens, an embedding, a width and layers of 1 or more, and a dropout of "
                f"at least 0 and less than 1; received {sources}, {targets}, {embedding}, {width}, {num_layers}, "
                f"{dropout}."
            )
        between = dropout if num_layers > 1 else 0.0
        self.directions = 1 + attention
        self.source_embedding = nn.Embedding(sources, embedding)
        self.target_embedding = nn.Embedding(targets, embedding)
        self.encoder = LAYERS[cells](embedding, width, num_layers, bidirectional=attention, dropout=between)
        self.decoder = LAYERS[cells](embedding, width, num_layers, bidirectional=False, dropout=between)
        self.bridge = nn.Linear(2 * width, width) if attention else None
        self.attention = MultiplicativeAttention(2 * width, width) if attention else None
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(width, targets)
        self.lexicon = lexicon
        self.register_buffer("entries", torch.zeros(sources, lexicon, dtype=torch.int64))
        self.register_buffer("chances", torch.zeros(sources, lexicon))

    def set_lexicon(self, entries: Tensor, chances: Tensor) -> None:
        """Set the target tokens of each source token and their probabilities, (sources, lexicon) each."""
        self.entries, self.chances = entries.to(self.entries), chances.to(self.chances)

    def encode(self, source: Tensor, lengths: Tensor | None = None) -> Encoded:
        """Read sources.

        Args:
            source: The numbers of their tokens, (B, S).
            lengths: Their lengths, (B,), 1 to S; None is S for all. What follows after the end has no effect.
        """
        steps = torch.arange(source.shape[1], device=source.device)
        inside = steps < (steps.new_full((len(source),), len(steps)) if lengths is None else lengths)[:, None]
        x = self.dropout(self.source_embedding(source))
        memory, state = self.encoder(x, None, None if inside.all() else lengths)  # without lengths, it is faster
        if self.bridge is not None:
            bridge = self.bridge
            state = tuple(torch.tanh(bridge(torch.cat((each[0::2], each[1::2]), dim=-1))) for each in state)
        keys = memory if self.attention is None else self.attention.keys(memory)
        return Encoded(state, memory, keys, inside, source)

    def decode(self, tokens: Tensor, encoded: Encoded, state: State | None = None) -> Written:
        """Continue targets by known tokens.

        Args:
            tokens: The numbers of the tokens, (B, T).
            encoded: The sources.
            state: The state before the first token; None is that of the sources.
        """
        x = self.dropout(self.target_embedding(tokens))
        steps, after = self.decoder(x, encoded.state if state is None else state)
        weights = None
        if self.attention is not None:
            steps, weights = self.attention(steps, encoded.memory, encoded.keys, encoded.inside)
        logits = self.output(self.dropout(steps))
        if self.lexicon:
            assert weights is not None
            logits = logits + torch.log(_LEAST + self._translated(weights, encoded.source))
        return Written(logits, weights, after)

    def _translated(self, weights: Tensor, source: Tensor) -> Tensor:
        """Return Σ_s a_ts·p(y|x_s), (B, T, targets), for the weights of attention, (B, T, S)."""
        batch, steps, _ = weights.shape
        entries = self.entries[source].flatten(1)[:, None].expand(-1, steps, -1)  # (B, T, S·lexicon)
        shares = (weights[..., None] * self.chances[source][:, None]).flatten(2)  # (B, T, S·lexicon)
        total = shares.new_zeros(batch, steps, self.output.out_features)
        return total.scatter_add(2, entries.expand(batch, -1, -1), shares)

    def forward(self, source: Tensor, lengths: Tensor | None, target: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the scores of the token after each token of the target, (B, T, targets), and weights of attention.

        The decoder gets the true tokens, not those that it would write (teacher forcing). The weights, (B, T, S), are
        None without attention.

        Args:
            source: (B, S).
            lengths: (B,); see `encode`.
            target: The tokens that precede the next one, (B, T). Padding at the end has no effect on earlier steps.
        """
        written = self.decode(target, self.encode(source, lengths))
        return written.logits, written.weights

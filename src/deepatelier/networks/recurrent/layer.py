"""Recurrent layers with any cell."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from deepatelier.errors import OptionError, WeightsError
from deepatelier.networks.recurrent.cell import Cell, State

__all__ = ["Recurrent"]


class Recurrent(nn.Module):
    """Recurrent layers: a cell applied along a sequence, in one or both directions, in one or several layers.

    Layer l gets the outputs of layer l−1; with two directions, those of both.

    Args:
        cell: The class of the cells.
        inputs: The number of values at each step.
        width: The number of units of a cell.
        num_layers: The number of layers.
        bidirectional: Whether each layer has a second cell, which reads the sequence backwards.
        dropout: The dropout probability of the outputs of all layers but the last.

    Attributes:
        cell: The class of the cells.
        cells: The cells by the endings of ``torch.nn.RNN``: ``l0``, ``l0_reverse``, ``l1`` …

    Raises:
        OptionError: A number is below 1, or the probability is not in [0, 1).
    """

    def __init__(
        self,
        cell: type[Cell],
        inputs: int,
        width: int,
        num_layers: int = 1,
        *,
        bidirectional: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if min(inputs, width, num_layers) < 1 or not 0 <= dropout < 1:
            raise OptionError(
                "A recurrent layer needs inputs, width and num_layers of 1 or more, and a dropout of at least 0 and "
                f"less than 1; received {inputs}, {width}, {num_layers}, {dropout}."
            )
        self.width, self.num_layers, self.dropout = width, num_layers, dropout
        self.directions = ("", "_reverse") if bidirectional else ("",)
        self.cell = cell
        self.cells = nn.ModuleDict(
            {
                f"l{layer}{direction}": cell(width * len(self.directions) if layer else inputs, width)
                for layer in range(num_layers)
                for direction in self.directions
            }
        )

    def forward(self, x: Tensor, state: State | None = None, lengths: Tensor | None = None) -> tuple[Tensor, State]:
        """Return the outputs of the last layer, (B, T, width), or (B, T, 2·width) in two directions; and the state.

        Args:
            x: The sequences, (B, T, inputs).
            state: The states before the first step, as returned; None is zero.
            lengths: The lengths of the sequences, (B,), at least 0 and at most T; None is T for all. Steps after the
                end change nothing, and their outputs are 0.

        Products of several rows are not rounded as those of one row. In float64, a padded batch is therefore computed
        sequence by sequence, and equals them bit for bit; in other formats, it is computed as a whole.

        Returns:
            The outputs, and the states of all cells after the last step of each sequence,
            (layers · directions, B, width) each.
        """
        start = state or (x.new_zeros(len(self.cells), len(x), self.width),) * self.cell.states
        if lengths is None:
            return self._batch(x, start, None)
        if x.dtype == torch.float64:
            return self._one_by_one(x, start, lengths.tolist())
        return self._batch(x, start, torch.arange(x.shape[1], device=x.device)[:, None] < lengths.to(x.device))

    def _one_by_one(self, x: Tensor, start: State, lengths: list[int]) -> tuple[Tensor, State]:
        found = [
            self._batch(x[row : row + 1, :length], tuple(each[:, row : row + 1] for each in start), None)
            for row, length in enumerate(lengths)
        ]
        outputs = [functional.pad(output, (0, 0, 0, x.shape[1] - output.shape[1])) for output, _ in found]
        return torch.cat(outputs), tuple(
            torch.cat(each, dim=1) for each in zip(*(end for _, end in found), strict=True)
        )

    def _batch(self, x: Tensor, start: State, valid: Tensor | None) -> tuple[Tensor, State]:
        """Compute a batch; ``valid``, (T, B), is false after the end of a sequence."""
        before = list(zip(*start, strict=True))  # by cell
        ends: list[State] = []
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = functional.dropout(x, self.dropout, self.training)
            outputs = []
            for direction in self.directions:
                cell = self.cells[f"l{layer}{direction}"]
                assert isinstance(cell, Cell)
                output, end = _along(cell, x, before[len(ends)], valid, backwards=bool(direction))
                outputs.append(output)
                ends.append(end)
            x = torch.cat(outputs, dim=-1)
        return x, tuple(torch.stack(each) for each in zip(*ends, strict=True))

    def load_torch(self, weights: Mapping[str, Tensor]) -> None:
        """Take the weights of ``torch.nn.RNN``, ``LSTM`` or ``GRU``.

        Args:
            weights: Their ``state_dict``: ``weight_ih_l0``, ``bias_hh_l1_reverse`` …

        Raises:
            WeightsError: They have other names or shapes.
        """
        named = {}
        for key, tensor in weights.items():
            name, _, ending = key.partition("_l")
            named[f"cells.l{ending}.{name}"] = tensor
        try:
            self.load_state_dict(named)
        except RuntimeError as error:
            raise WeightsError(f"The weights do not fit these recurrent layers. {str(error)[:200]}") from error


def _along(cell: Cell, x: Tensor, state: State, valid: Tensor | None, *, backwards: bool) -> tuple[Tensor, State]:
    """Apply a cell along sequences (B, T, inputs); ``valid``, (T, B), is false after the end of a sequence."""
    steps = range(x.shape[1])
    outputs: list[Tensor] = [x] * len(steps)
    for t in reversed(steps) if backwards else steps:
        after = cell(x[:, t], state)
        if valid is None:
            outputs[t] = after[0]
        else:
            inside = valid[t, :, None]
            after = tuple(torch.where(inside, new, old) for new, old in zip(after, state, strict=True))
            outputs[t] = torch.where(inside, after[0], 0)
        state = after
    return torch.stack(outputs, dim=1) if outputs else x.new_zeros(len(x), 0, cell.width), state

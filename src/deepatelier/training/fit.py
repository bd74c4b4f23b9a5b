"""The training loop for one or several networks."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import torch
from lightning_fabric import Fabric
from torch import Tensor

from deepatelier.errors import DivergenceError, StateError
from deepatelier.training.history import Row
from deepatelier.training.player import Player
from deepatelier.training.tasks.task import Networks, Task

__all__ = ["BatchSource", "FitStep", "fit"]

_RECENT = 20
"""The number of batches over which the losses are averaged, and after which the average is updated."""


class BatchSource(Protocol):
    """The batches of a training."""

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""

    def epoch(self, number: int, start: int = 0) -> Iterator[Any]:
        """Yield the batches of an epoch, which depend only on its number and on torch's global random numbers.

        Args:
            number: The number of the epoch, from 0.
            start: The number of batches to skip. The global random numbers were restored before.
        """


@dataclass(frozen=True)
class FitStep:
    """A training after a batch.

    Attributes:
        index: The number of batches so far, in all epochs.
        epoch: The number of the epoch, from 1.
        losses: The mean losses of the last batches, by name; updated after several batches.
        row: The measures of the epoch after its last batch; None before.
    """

    index: int
    epoch: int
    losses: Mapping[str, float]
    row: Row | None
    _latest: Mapping[str, Tensor] = field(repr=False, compare=False)
    _state: Callable[[], dict[str, Any]] = field(repr=False, compare=False)
    _preview: Callable[[], Tensor | None] = field(repr=False, compare=False)

    @property
    def latest(self) -> dict[str, float]:
        """The losses of this batch. Reading them waits for the device."""
        return {name: loss.item() for name, loss in self._latest.items()}

    @property
    def state(self) -> dict[str, Any]:
        """What `fit` needs to resume after this step. It owns its memory. Computed on access, before the next step."""
        return copy.deepcopy(self._state())

    @property
    def preview(self) -> Tensor | None:
        """A picture that shows the progress; None if the task has none. Computed on access."""
        return self._preview()


def fit(
    task: Task,
    players: Mapping[str, Player],
    batches: BatchSource,
    epochs: int,
    *,
    fabric: Fabric | None = None,
    measure: Callable[[Networks], Row] = lambda _networks: {},
    measure_every: int = 1,
    state: Mapping[str, Any] | None = None,
) -> Generator[FitStep, None, None]:
    """Train, and yield after each batch. Stop iterating to stop.

    In each epoch, for each batch, for each turn of the task: θ ← optimizer(θ, ∇θ(objective + penalties)), with θ the
    weights of the turn's player.

    Args:
        task: Gives the objectives of a batch.
        players: The networks with their optimizers, by name. The networks move to the fabric's device.
        batches: The batches.
        epochs: The number of epochs.
        fabric: The device, the precision and the processes; launched. Default: the CPU, float32, one process.
        measure: Measures the networks after an epoch; its numbers become part of the row.
        measure_every: The number of epochs from one measurement to the next. The last epoch is always measured.
        state: The state of an earlier step, to resume after it.

    Raises:
        DivergenceError: A loss is no longer a finite number.
        StateError: The state is of another training.
    """
    fabric = fabric or Fabric(accelerator="cpu", devices=1)
    ready = {name: fabric.setup(each.network, each.optimizer) for name, each in players.items()}
    networks = {name: network for name, (network, _) in ready.items()}
    now = _Position()
    if state is not None:
        _restore(state, now, players, task)
    began, steps = time.perf_counter() - now.seconds, epochs * len(batches)
    eager = fabric.device.type == "cpu" and fabric.world_size == 1  # elsewhere, reading each loss takes time
    while now.epoch < epochs:
        if now.batch == 0:
            now.losses, task.carried = {}, {}
        for player in players.values():
            player.train()
        for batch in batches.epoch(now.epoch, start=now.batch):
            now.batch, now.index = now.batch + 1, now.index + 1
            for turn in task.turns(networks, batch):
                player, (network, optimizer) = players[turn.player], ready[turn.player]
                objective = sum((each() for each in player.penalties), start=turn.objective)
                now.note(turn.values or {_named("loss", turn.player, players): objective}, len(batches))
                if eager:
                    now.check_latest(objective)
                optimizer.zero_grad()
                fabric.backward(objective)
                if player.clip_gradient is not None:
                    norm = player.clip_gradient
                    fabric.clip_gradients(network, optimizer, max_norm=norm, error_if_nonfinite=False)
                if player.clip_value is not None:
                    fabric.clip_gradients(network, optimizer, clip_val=player.clip_value)
                optimizer.step()
                player.after_step(now.index / steps)
            now.seconds = time.perf_counter() - began
            last = now.batch == len(batches)
            if last or now.index % _RECENT == 0:
                now.average(fabric)
            if not last:
                yield _step(now, None, fabric, players, networks, task)
        row = _row(now, fabric, players)
        now.epoch, now.batch = now.epoch + 1, 0
        if now.epoch % measure_every == 0 or now.epoch == epochs:
            row |= now.checked(measure(networks))
        for player in players.values():
            player.after_epoch(row)
        row["seconds"] = round(time.perf_counter() - began, 3)
        yield _step(now, row, fabric, players, networks, task)


@dataclass
class _Position:
    """The position of a training.

    Attributes:
        epoch: The number of whole epochs.
        batch: The number of batches in the current epoch.
        index: The number of batches in all epochs.
        seconds: The time taken so far.
        losses: The losses of this epoch's batches by name, (batches,).
        recent: The mean losses of the last batches.
        latest: The losses of the last batch.
    """

    epoch: int = 0
    batch: int = 0
    index: int = 0
    seconds: float = 0.0
    losses: dict[str, Tensor] = field(default_factory=dict)
    recent: dict[str, float] = field(default_factory=dict)
    latest: dict[str, Tensor] = field(default_factory=dict)

    def note(self, losses: Mapping[str, Tensor], batches: int) -> None:
        """Record the losses of the batch."""
        for name, loss in losses.items():
            if name not in self.losses:
                self.losses[name] = torch.zeros(batches, device=loss.device)
            self.losses[name][self.batch - 1] = self.latest[name] = loss.detach()

    def average(self, fabric: Fabric) -> None:
        """Average the losses of the last batches, over all processes. Raises DivergenceError if one is not finite."""
        for name, losses in self.losses.items():
            self.recent[name] = _mean(losses[max(0, self.batch - _RECENT) : self.batch], fabric)
            self._check(name, self.recent[name])

    def check_latest(self, objective: Tensor) -> None:
        """Raise DivergenceError if a loss of the last batch is not finite, before the weights are updated."""
        for name, loss in {**self.latest, "objective": objective}.items():
            self._check(name, loss.item())

    def checked(self, measured: Row) -> Row:
        """Return the measures after an epoch. Raises DivergenceError if a loss is not finite."""
        for name, value in measured.items():
            if name.endswith("loss"):
                self._check(name, value, self.epoch)
        return measured

    def _check(self, name: str, loss: float, epoch: int | None = None) -> None:
        if not math.isfinite(loss):
            raise DivergenceError(
                f"The training diverged: the {name} is {loss} at step {self.index}, in epoch "
                f"{epoch or self.epoch + 1}. Start again with a lower --learning-rate, or with --clip-gradient."
            )


def _named(what: str, player: str, players: Mapping[str, Player]) -> str:
    """Return the name of a player's measure, without the player if it is the only one."""
    return what if len(players) == 1 else f"{player} {what}"


def _mean(losses: Tensor, fabric: Fabric) -> float:
    mean: Tensor = fabric.all_reduce(losses.mean(), reduce_op="mean")  # type: ignore[assignment]
    return mean.item()


def _row(now: _Position, fabric: Fabric, players: Mapping[str, Player]) -> Row:
    """Return the measures of the epoch that ends."""
    row: Row = {"epoch": now.epoch + 1, "step": now.index, "seconds": now.seconds}
    for name, player in players.items():
        row[_named("learning rate", name, players)] = player.optimizer.param_groups[-1]["lr"]
    return row | {f"running {name}": _mean(losses[: now.batch], fabric) for name, losses in now.losses.items()}


def _step(
    now: _Position, row: Row | None, fabric: Fabric, players: Mapping[str, Player], networks: Networks, task: Task
) -> FitStep:
    random = _random_state(fabric.device)  # now: code that reads the state later may draw random numbers
    epoch, index = now.epoch if row is not None else now.epoch + 1, now.index

    def state() -> dict[str, Any]:
        if now.index != index:
            raise RuntimeError(f"the state after step {index} is gone: step {now.index} has been taken")
        return {
            "position": {name: each for name, each in vars(now).items() if name != "latest"},
            "players": {name: player.state_dict() for name, player in players.items()},
            "carried": task.carried,
            "random": random,
        }

    return FitStep(now.index, epoch, dict(now.recent), row, dict(now.latest), state, partial(task.preview, networks))


def _restore(state: Mapping[str, Any], now: _Position, players: Mapping[str, Player], task: Task) -> None:
    state = copy.deepcopy(dict(state))
    try:
        for name, value in state["position"].items():
            setattr(now, name, value)
        if state["players"].keys() != players.keys():
            raise ValueError("other players")
        for name, player in players.items():
            player.load_state_dict(state["players"][name])
        device = next(iter(players.values())).device
        now.losses = {name: losses.to(device) for name, losses in now.losses.items()}
        task.carried = {name: each.to(device) for name, each in state["carried"].items()}
        torch.set_rng_state(state["random"]["cpu"])
        if device.type == "cuda" and "cuda" in state["random"]:
            torch.cuda.set_rng_state(state["random"]["cuda"], device)
        if device.type == "mps" and "mps" in state["random"]:
            torch.mps.set_rng_state(state["random"]["mps"])
    except (KeyError, RuntimeError, ValueError, TypeError) as error:
        raise StateError("The state is of another training. Start again without it.") from error


def _random_state(device: torch.device) -> dict[str, Tensor]:
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    if device.type == "mps":
        states["mps"] = torch.mps.get_rng_state()
    return states

"""Jobs without a network, for the tests of what runs jobs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import torch

from deepatelier.inputs import DataInput, Input, ModelInput, PictureInput, PicturesInput, RunInput
from deepatelier.jobs import (
    Batch,
    Context,
    Job,
    Measured,
    Output,
    PictureProduct,
    Plan,
    Result,
    State,
    Step,
    TableProduct,
    Work,
    composed,
    in_turn,
)


class Dots(Job):
    """Draws random dots on a small picture, some more with each step."""

    kind: ClassVar = "dots"
    arguments: ClassVar = ("photo",)
    outputs: ClassVar = {
        "picture": Output("picture", "dots.png", "The dots."),
        "negative": Output("picture", "", "The same, turned round."),
        "table": Output("table", "", "Their sum."),
    }

    photo: PictureInput | None = None
    steps: int = 4
    seed: int = 0
    device: str = "cpu"

    def plan(self, context: Context) -> Plan:
        return Plan(self.steps)

    def work(self, context: Context, state: State | None) -> Work:
        generator, picture, taken = torch.Generator().manual_seed(self.seed), torch.zeros(1, 3, 12, 16), 0
        if state is not None:
            generator.set_state(state.values["generator"])
            picture, taken = state.values["picture"].clone(), state.index
        inputs = {} if self.photo is None else {"photo": Input.of(context.picture(self.photo))}
        interrupted = False
        context.kept["open"] = context.kept.get("open", 0) + 1
        try:
            while taken < self.steps:
                picture = (picture + 0.3 * torch.rand(picture.shape, generator=generator)).clamp(0, 1)
                taken += 1
                kept = {"picture": picture, "generator": generator.get_state()}
                yield Step(
                    taken,
                    self.steps,
                    {"sum": picture.sum().item()},
                    _preview=lambda picture=picture: picture,
                    _state=lambda taken=taken, kept=kept: State(taken, kept),
                )
        except KeyboardInterrupt:
            interrupted = True
        finally:
            context.kept["open"] -= 1
        return self._result(picture, taken, interrupted, inputs)

    def _result(self, picture: torch.Tensor, taken: int, interrupted: bool, inputs: Mapping[str, Input]) -> Result:
        return Result(
            self,
            {"picture": PictureProduct(picture), "table": TableProduct({"sum": picture.sum().item()})},
            inputs,
            device=self.device,
            measure=lambda written: Measured({"total": written.sum().item()}, {"brightest": written.max().item()}),
            steps=taken,
            interrupted=interrupted,
            derived={"negative": lambda written: PictureProduct(1 - written)},
        )

    def recalled(self, context: Context, picture: torch.Tensor) -> Result:
        return self._result(picture, self.steps, False, {})


class Silent(Job):
    """Has steps, no state, and nothing to show before its end."""

    kind: ClassVar = "silent"
    outputs: ClassVar = {"table": Output("table", "silent.json", "A number.")}

    steps: int = 3

    def plan(self, context: Context) -> Plan:
        return Plan(self.steps)

    def work(self, context: Context, state: State | None) -> Work:
        for number in range(self.steps):
            yield Step(number + 1, self.steps)
        return Result(self, {"table": TableProduct({"number": 1.5})}, steps=self.steps)


class Row(Batch):
    """Dots of several seeds in a row."""

    kind: ClassVar = "row"
    keeps_pictures: ClassVar = True
    outputs: ClassVar = {"picture": Output("picture", "row.png", "The row.")}

    seeds: tuple[int, ...] = (0, 1)
    steps: int = 3

    def children(self, context: Context) -> Mapping[str, Job]:
        return {f"seed={seed}": Dots(seed=seed, steps=self.steps) for seed in self.seeds}

    def plan(self, context: Context) -> Plan:
        return Plan(self.steps * len(self.seeds))

    def work(self, context: Context, state: State | None) -> Work:
        result = yield from composed(self, self.children(context), context, state)
        return result


class Pictures(Row):
    """The same, of which each picture is left alone."""

    kind: ClassVar = "pictures"

    def work(self, context: Context, state: State | None) -> Work:
        results = yield from in_turn(self.children(context), context, state)
        first = next(iter(results.values()))
        return replace(
            first, details={"names": list(results)}, interrupted=any(r.interrupted for r in results.values())
        )


class Everything(Job):
    """Has an input of every type."""

    kind: ClassVar = "everything"
    outputs: ClassVar = {
        "picture": Output("picture", "a.png", "A picture."),
        "weights": Output("weights", "", "Weights."),
        "table": Output("table", "", "A table."),
    }

    photo: PictureInput | None = None
    masks: tuple[PictureInput, ...] = ()
    photos: tuple[PicturesInput, ...] = ()
    dataset: DataInput | None = None
    network: ModelInput | None = None
    training: RunInput | None = None
    size: int = 7

    def plan(self, context: Context) -> Plan:
        return Plan(0)

    def work(self, context: Context, state: State | None) -> Work:
        yield from ()
        raise NotImplementedError


def finished(steps: Any) -> Result:
    """What a generator of steps returns."""
    try:
        while True:
            next(steps)
    except StopIteration as done:
        return done.value

"""The labs that compute, as jobs. Each is a function in a file of its own; those that paint have their jobs there."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import option

__all__ = [
    "ActivationsLab",
    "AmountOfDataLab",
    "BackpropagationLab",
    "ComputedLab",
    "DescentLab",
    "InitializationLab",
    "NormalizationLab",
    "OptimizersLab",
    "PenaltiesLab",
]


class ComputedLab(Job):
    """A worked example that is computed on the CPU, in the formats that the lab names."""

    outputs: ClassVar = {
        "picture": Output("picture", "lab.png", "The figure."),
        "film": Output("film", "lab.gif", "The same in motion, of some labs."),
    }
    function: ClassVar[str]
    """The lab: module:function."""

    seed: int = option(0, "Of the random numbers.", ge=0, le=2**63 - 1)

    def plan(self, context: Context) -> Plan:  # noqa: ARG002
        """See `Job`."""
        return Plan(1)

    def work(self, context: Context, state: State | None) -> Work:  # noqa: ARG002
        """See `Job`."""
        from deepatelier.labs.worked import worked_out

        module, _, name = self.function.partition(":")
        result = yield from worked_out(self, getattr(import_module(module), name))
        return result


class ActivationsLab(ComputedLab):
    """Activation functions and their slopes; softmax; what is linear stays linear."""

    kind: ClassVar = "lab activations"
    example: ClassVar = "atelier lab activations -o ."
    function: ClassVar = "deepatelier.labs.activations:activations"


class BackpropagationLab(ComputedLab):
    """Gradients by hand: δ, outer products, matrices, beside autograd's."""

    kind: ClassVar = "lab backpropagation"
    example: ClassVar = "atelier lab backpropagation -o ."
    function: ClassVar = "deepatelier.labs.backpropagation:backpropagation"


class DescentLab(ComputedLab):
    """Batch, stochastic and mini-batch gradient descent; learning rates."""

    kind: ClassVar = "lab descent"
    example: ClassVar = "atelier lab descent -o ."
    function: ClassVar = "deepatelier.labs.descent:descent"


class OptimizersLab(ComputedLab):
    """Momentum to Adam, down a valley and off a saddle, with a film."""

    kind: ClassVar = "lab optimizers"
    example: ClassVar = "atelier lab optimizers -o ."
    function: ClassVar = "deepatelier.labs.optimizers:optimizers"


class InitializationLab(ComputedLab):
    """Activations and gradients, layer by layer, by the first weights."""

    kind: ClassVar = "lab initialization"
    example: ClassVar = "atelier lab initialization -o ."
    function: ClassVar = "deepatelier.labs.initialization:initialization"


class PenaltiesLab(ComputedLab):
    """L1 and L2: where they meet the loss, and what they leave of the weights."""

    kind: ClassVar = "lab penalties"
    example: ClassVar = "atelier lab penalties -o ."
    function: ClassVar = "deepatelier.labs.penalties:penalties"


class NormalizationLab(ComputedLab):
    """Learning with and without batch and input normalisation."""

    kind: ClassVar = "lab normalization"
    example: ClassVar = "atelier lab normalization -o ."
    function: ClassVar = "deepatelier.labs.normalization:normalization"


class AmountOfDataLab(ComputedLab):
    """Accuracy by the amount of data, and by the depth."""

    kind: ClassVar = "lab amount_of_data"
    example: ClassVar = "atelier lab amount_of_data -o ."
    function: ClassVar = "deepatelier.labs.amount_of_data:amount_of_data"

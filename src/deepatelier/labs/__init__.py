"""The worked examples of the documents: one lab a file, each a picture with what it shows in numbers."""

from deepatelier.labs.options import LabOptions
from deepatelier.labs.registry import ComputedLab, PaintedLab, lab, names
from deepatelier.labs.worked import Worked, WorkedExample, WorkedOptions

__all__ = [
    "ComputedLab",
    "LabOptions",
    "PaintedLab",
    "Worked",
    "WorkedExample",
    "WorkedOptions",
    "lab",
    "names",
]

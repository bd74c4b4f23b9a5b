"""The worked examples of the documents: one lab a file, each a picture with what it shows in numbers."""

from deepatelier.labs.options import LabOptions
from deepatelier.labs.registry import Lab, lab, names

__all__ = ["Lab", "LabOptions", "lab", "names"]

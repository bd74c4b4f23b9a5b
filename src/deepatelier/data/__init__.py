"""Data sets: pictures with targets, in memory, and their split into three parts."""

from deepatelier.data.datasets import DATASETS, open_dataset
from deepatelier.data.eyes import ELLIPSE
from deepatelier.data.labelled import Dataset, Labelled
from deepatelier.data.splitting import Split, split

__all__ = ["DATASETS", "ELLIPSE", "Dataset", "Labelled", "Split", "open_dataset", "split"]

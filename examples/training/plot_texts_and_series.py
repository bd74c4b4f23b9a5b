"""
Texts and series
================

Recurrent networks read texts and series. One forecasts the sunspots, another tells two topics of Python's help apart,
and shows which words decided.
"""

from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt

from deepatelier.interpretation.words_job import WordsJob
from deepatelier.jobs import make
from deepatelier.training import EvaluationJob
from deepatelier.training.sequences.classify_job import ClassifyJob
from deepatelier.training.sequences.forecast_job import ForecastJob

folder = Path(mkdtemp())


def show(path: Path) -> None:
    """A picture that a job has written."""
    plt.figure(figsize=(9, 6))
    plt.imshow(plt.imread(path))
    plt.axis("off")


# %%
# A forecast of the sunspots. The band should hold 80 % of the values; the last season, of eleven years, is not easy to
# beat.

make(ForecastJob(dataset="sunspots", epochs=30), {"folder": folder / "sunspots"})
evaluation = EvaluationJob(training=str(folder / "sunspots"), dataset="sunspots")
made = make(evaluation, {"table": folder / "sunspots.json", "forecast": folder / "forecast.png"})
for name, row in made.result.files["table"].values["table"].items():
    print(f"{name}: a mean absolute scaled error of {row['MASE']:.2f}")
show(folder / "forecast.png")

# %%
# Is this line about the debugger, or about types? Red words speak for the class that the network names.

topics = ClassifyJob(dataset="topics", classes=("debugger", "types"), epochs=10, width=32, embedding=64)
make(topics, {"folder": folder / "topics"})
line = "without an argument, it continues until a breakpoint is reached in the current function"
make(WordsJob(training=str(folder / "topics"), text=line), {"picture": folder / "words.png"})
show(folder / "words.png")

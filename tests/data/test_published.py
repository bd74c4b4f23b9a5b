"""Data sets that are published as files, in their own formats."""

import gzip
import http.server
import pickle
import shutil
import struct
import tarfile
import threading
from functools import partial

import numpy as np
import pytest
import torch

from deepatelier.data import fetching, open_dataset
from deepatelier.data.fetching import PublishedFile, fetch
from deepatelier.data.idx import read_idx
from deepatelier.errors import InputError, OptionError, SurroundingsError, UnknownNameError

RANDOM = np.random.default_rng(0)


def idx(array):
    return b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}i", *array.shape) + array.tobytes()


@pytest.fixture
def mnist_folder(tmp_path):
    for part, count in (("train", 12), ("t10k", 5)):
        images = RANDOM.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        packed = gzip.compress(idx(np.arange(count, dtype=np.uint8) % 10))
        (tmp_path / f"{part}-labels-idx1-ubyte.gz").write_bytes(packed)
    return tmp_path


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_four_idx_files_packed_or_not(mnist_folder, name):
    found = open_dataset(name, data_dir=mnist_folder)
    assert found.shape == (1, 28, 28)
    assert (len(found.train), len(found.test), len(found.classes)) == (12, 5, 10)
    assert found.train.targets.tolist() == [*range(10), 0, 1]
    raw = (mnist_folder / "train-images-idx3-ubyte").read_bytes()[16:]
    assert found.train.images.numpy().tobytes() == raw


def test_they_may_lie_deeper(mnist_folder, tmp_path_factory):
    above = tmp_path_factory.mktemp("above")
    shutil.copytree(mnist_folder, above / "MNIST" / "raw")
    assert len(open_dataset("mnist", data_dir=above).train) == 12


def test_folders_with_files_of_the_same_names(mnist_folder, tmp_path_factory):
    both = tmp_path_factory.mktemp("both")
    shutil.copytree(mnist_folder, both / "MNIST")
    shutil.copytree(mnist_folder, both / "FashionMNIST")
    with pytest.raises(InputError, match="Several folders have such files"):
        open_dataset("mnist", data_dir=both)
    (both / "MNIST" / "train-images-idx3-ubyte").rename(both / "train-images-idx3-ubyte")
    (both / "FashionMNIST" / "train-images-idx3-ubyte").unlink()
    with pytest.raises(InputError, match="none of"):
        open_dataset("mnist", data_dir=both)


def test_labels_that_do_not_fit(mnist_folder):
    (mnist_folder / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.zeros(11, np.uint8))))
    with pytest.raises(InputError, match="12 pictures, train-labels-idx1-ubyte 11 labels"):
        open_dataset("mnist", data_dir=mnist_folder)
    (mnist_folder / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.full(12, 30, np.uint8))))
    with pytest.raises(InputError, match="has the label 30"):
        open_dataset("mnist", data_dir=mnist_folder)


@pytest.mark.parametrize("data", [b"", b"no idx file at all, but long enough", idx(np.zeros((2, 9), np.uint8))[:-1]])
def test_damaged_idx(tmp_path, data):
    (tmp_path / "damaged").write_bytes(data)
    with pytest.raises(InputError, match="no IDX file"):
        read_idx(tmp_path / "damaged")
    (tmp_path / "damaged.gz").write_bytes(b"\x1f\x8b" + data)
    with pytest.raises(InputError, match="cannot be unpacked"):
        read_idx(tmp_path / "damaged.gz")
    packed = bytearray(gzip.compress(RANDOM.bytes(3000)))
    packed[1500:1600] = bytes(100)
    (tmp_path / "flipped.gz").write_bytes(packed)
    with pytest.raises(InputError, match="cannot be unpacked"):
        read_idx(tmp_path / "flipped.gz")


@pytest.fixture
def cifar_batches():
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    return {name: (RANDOM.integers(0, 256, (4, 3072), dtype=np.uint8), [7, 0, 9, 2]) for name in names}


def test_cifar10_in_both_formats_and_packed(tmp_path, cifar_batches):
    python, binary, packed = tmp_path / "a" / "cifar-10-batches-py", tmp_path / "b", tmp_path / "c"
    for folder in (python, binary, packed):
        folder.mkdir(parents=True)
    for name, (pixels, labels) in cifar_batches.items():
        (python / name).write_bytes(pickle.dumps({b"data": pixels, b"labels": labels}, protocol=2))
        rows = np.concatenate([np.array(labels, np.uint8)[:, None], pixels], axis=1)
        (binary / f"{name}.bin").write_bytes(rows.tobytes())
    with tarfile.open(packed / "cifar-10-python.tar.gz", "w:gz") as archive:
        archive.add(python, "cifar-10-batches-py")
    found = [open_dataset("cifar10", data_dir=folder) for folder in (python.parent, binary, packed)]
    assert found[0].shape == (3, 32, 32)
    assert (len(found[0].train), len(found[0].test)) == (20, 4)
    assert found[0].classes[found[0].train.targets[0]] == "horse"
    assert len({each.train.sha256() for each in found}) == 1
    first = cifar_batches["data_batch_1"][0][0]
    assert found[0].train.images[0].flatten().tolist() == first.tolist()


class _Harm:
    def __reduce__(self):
        return print, ("this ran",)


def test_a_pickle_runs_nothing(tmp_path, capsys):
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps(_Harm()))
    with pytest.raises(InputError, match=r"data_batch_1 is damaged.*builtins.print"):
        open_dataset("cifar10", data_dir=tmp_path)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [[1, 2], {b"data": np.zeros((2, 5), np.uint8)}, {b"data": 3, b"labels": []}])
def test_a_pickle_of_something_else(tmp_path, content):
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps(content))
    with pytest.raises(InputError, match="data_batch_1"):
        open_dataset("cifar10", data_dir=tmp_path)


def test_a_batch_is_missing(tmp_path, cifar_batches):
    pixels, labels = cifar_batches["test_batch"]
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps({b"data": pixels, b"labels": labels}))
    with pytest.raises(InputError, match="no data_batch_2"):
        open_dataset("cifar10", data_dir=tmp_path)


@pytest.fixture
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=folder)) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_a_file_is_fetched_once_and_checked(server, tmp_path, monkeypatch):
    folder, url = server
    (folder / "numbers").write_bytes(b"12345")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("pooch.os_cache", lambda _: tmp_path)
    wanted = PublishedFile(f"{url}/numbers", "827ccb0eea8a706c4c34a16891f84e7b")
    assert fetch([wanted], "some", None)[0].read_bytes() == b"12345"
    (folder / "numbers").unlink()
    assert fetch([wanted], "some", None)[0].read_bytes() == b"12345"
    (folder / "others").write_bytes(b"12346")
    with pytest.raises(SurroundingsError, match="others could not be downloaded"):
        fetch([PublishedFile(f"{url}/others", wanted.md5)], "some", None)


def test_without_a_connection(monkeypatch, tmp_path):
    def offline(_):
        raise ConnectionError("no connection to the host")

    monkeypatch.setattr(fetching, "check_reachable", offline)
    monkeypatch.setattr("pooch.os_cache", lambda _: tmp_path)
    with pytest.raises(SurroundingsError, match=r"no connection.*--data-dir.*digits and eyes need no connection"):
        open_dataset("mnist")


def test_words_that_cannot_be(tmp_path):
    with pytest.raises(UnknownNameError, match="Did you mean digits"):
        open_dataset("digit")
    with pytest.raises(InputError, match="none of train-images-idx3-ubyte"):
        open_dataset("mnist", data_dir=tmp_path)
    with pytest.raises(InputError, match="There is no folder"):
        open_dataset("mnist", data_dir=tmp_path / "none")
    with pytest.raises(OptionError, match="--data-dir"):
        open_dataset("digits", data_dir=tmp_path)
    with pytest.raises(OptionError, match="--size"):
        open_dataset("digits", size=16)
    with pytest.raises(UnknownNameError, match="class of digits named 'ten'"):
        open_dataset("digits", classes=("one", "ten")[1:])
    with pytest.raises(OptionError, match="Two classes"):
        open_dataset("digits", classes=("1", "1"))


def test_digits_are_offline_and_can_be_chosen():
    found = open_dataset("digits", classes=("1", "0"))
    assert found.classes == ("1", "0")
    assert found.shape == (1, 8, 8)
    assert found.train.images.max() == 255
    assert found.train.targets.bincount().tolist() == [182, 178]
    assert torch.equal(open_dataset("digits").train.targets[:3], torch.tensor([0, 1, 2]))

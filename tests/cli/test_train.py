import json
import signal

import numpy as np
import pytest
from PIL import Image
from tests_support import run

from deepatelier.inputs import Input
from deepatelier.jobs import read_record
from deepatelier.training import read_training
from deepatelier.training.tasks.classification import Classification

QUICK = ["--epochs", "2", "--limit", "200"]


@pytest.fixture
def folder_of_two(tmp_path):
    random = np.random.default_rng(0)
    for name, color in {"red": (200, 30, 30), "blue": (30, 30, 200)}.items():
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(12):
            noise = random.integers(0, 50, (16, 16, 3))
            Image.fromarray((np.array(color) + noise).astype(np.uint8)).save(
                tmp_path / "pictures" / name / f"{number}.png"
            )
    return tmp_path / "pictures"


def test_train_and_evaluate(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, "train", "digits", *QUICK)
    assert (code, out) == (0, "")
    assert "Wrote runs/digits-mlp" in err
    assert "To evaluate it: atelier evaluate runs/digits-mlp digits\n" in err
    assert "validation accuracy: 0." in err
    assert run(capsys, "train", "digits", *QUICK)[0] == 0
    assert (tmp_path / "runs" / "digits-mlp-2" / "weights.safetensors").exists()
    code, out, err = run(capsys, "evaluate", "runs/digits-mlp", "digits")
    assert code == 0
    assert "precision" in out
    assert "accuracy: 0." in err
    assert "were read before" not in err
    written = {path.name for path in (tmp_path / "runs" / "digits-mlp").iterdir()}
    assert {"test.json", "test_confusion.png", "test_mistakes.png", "curves.png", "history.csv"} <= written
    code, out, err = run(capsys, "evaluate", "runs/digits-mlp", "digits", "--json")
    assert "were read before" in err
    found = json.loads(out)
    assert found == json.loads((tmp_path / "runs" / "digits-mlp" / "test.json").read_text())
    assert (found["part"], found["dataset"], found["network"], len(found["table"])) == ("test", "digits", "mlp", 10)
    assert found["record"]["measures"]["accuracy"] == found["accuracy"] > 0
    record = read_record(tmp_path / "runs" / "digits-mlp" / "test_mistakes.png")
    assert (record.kind, record.inputs["training"].name, record.part) == ("evaluate", "digits-mlp", "mistakes")
    code, out, _ = run(capsys, "evaluate", "runs/digits-mlp", "digits", "--part", "validation", "--markdown")
    assert out.startswith("| class |")


def test_json_is_the_record(capsys, tmp_path):
    code, out, err = run(capsys, "train", "digits", *QUICK, "--views", "2", "-o", tmp_path / "run", "--json")
    assert (code, err) == (0, "")
    record = json.loads(out)
    assert record == json.loads((tmp_path / "run" / "record.json").read_text())
    assert (record["job"]["limit"], record["job"]["views"]) == (200, 2)
    assert str(tmp_path) not in out


def test_a_folder_of_ones_own_with_a_corrupt_picture(capsys, tmp_path, folder_of_two):
    (folder_of_two / "red" / "broken.png").write_bytes(b"no picture")
    words = ["--epochs", "2", "--batch-size", "4", "-o", tmp_path / "run"]
    code, _, err = run(capsys, "train", folder_of_two, *words)
    assert code == 0
    assert "broken.png is not a picture" in err
    read = read_training(tmp_path / "run")
    assert (read.details.network, read.details.classes, read.details.dataset) == (
        "resnet20",
        ("blue", "red"),
        "pictures",
    )
    assert read.record.job["dataset"] == "pictures"
    assert read.record.inputs["dataset"] == Input.of(folder_of_two)
    code, _, err = run(capsys, "evaluate", tmp_path / "run", folder_of_two, "--json")
    assert code == 0


def test_the_network_is_looked_at_painted_from_and_fooled(capsys, tmp_path, folder_of_two):
    trained = tmp_path / "run"
    assert run(capsys, "train", folder_of_two, "--epochs", "2", "--batch-size", "4", "-o", trained)[0] == 0
    picture = folder_of_two / "red" / "0.png"
    for name, words in {
        "cam": ["look", "cam", picture],
        "filters": ["look", "filters", "--layer", "conv1"],
        "visualize": ["visualize", "--class", "blue", "--size", "32", "--steps", "3"],
    }.items():
        output = tmp_path / f"{name}.png"
        code, _, err = run(capsys, *words, "--network", trained, "-o", output, "--device", "cpu")
        assert code == 0, err
        assert output.exists()
    fool = ["fool", picture, "--size", "32", "--steps", "3", "--network", trained, "--device", "cpu"]
    found = {name: run(capsys, *fool, "--as", name, "-o", tmp_path / f"{name}.png") for name in ("red", "blue")}
    said, other = sorted(found, key=lambda name: -found[name][0])  # one of both is what it says before
    assert (found[said][0], found[other][0]) == (2, 0)
    assert f"predicts {said} already" in found[said][2]
    assert (tmp_path / f"{other}.png").exists()
    code, _, err = run(capsys, "visualize", "--class", "green", "--network", trained, "-o", tmp_path / "x.png")
    assert code == 2
    assert "Known: blue, red" in err
    for words in ([], ["--input", f"network={trained / 'weights.safetensors'}"], ["--input", f"network={trained}"]):
        code, _, err = run(capsys, "rerun", tmp_path / "visualize.png", "-o", tmp_path / "again.png", *words)
        assert code == 0
        assert "every pixel is as in the first one" in err
    code, _, err = run(capsys, "rerun", trained / "curves.png")
    assert code == 2
    assert "record.json lies beside it" in err
    code, out, _ = run(capsys, "networks", trained)
    assert code == 0
    assert "conv2_1" in out


def test_interrupted_and_resumed(capsys, tmp_path, monkeypatch):
    turns = Classification.turns

    def press(self, networks, batch):
        pressed.append(0)
        if len(pressed) == 3:
            signal.raise_signal(signal.SIGINT)  # in the middle of a step, which is finished
        yield from turns(self, networks, batch)

    pressed = []
    words = ["train", "digits", "--limit", "200", "--epochs", "3", "-o", tmp_path / "run"]
    monkeypatch.setattr(Classification, "turns", press)
    code, _, err = run(capsys, *words)
    assert code == 130
    advice = err.rpartition("To continue: atelier ")[2].strip()
    assert advice == f"train digits --resume -o {tmp_path / 'run'}"
    assert read_record(tmp_path / "run").steps == 3
    monkeypatch.undo()
    assert run(capsys, *words)[0] == 2
    code, _, err = run(capsys, "train", "digits", "--resume", "-o", tmp_path / "run")
    assert code == 0
    assert read_training(tmp_path / "run").details.epochs == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "didgits"], "Did you mean digits"),
        (["train", "digits", "--resume"], "name it with -o"),
        (["train", "digits", "--optimizer", "adm"], "adam"),
        (["train", "digits", "--batch-size", "0"], "--batch-size should be greater than or equal to 1"),
        (["train", "digits", "--epochs", "-1"], "--epochs should be greater than or equal to 0"),
        (["train", "digits", "--augment", "flop"], "'flip'"),
        (["train", "digits", "--network", "resnet9"], "Did you mean resnet"),
        (["train", "mnist", "--data-dir", "nowhere"], "There is no folder nowhere"),
        (["evaluate", "nowhere", "digits"], "is not a run folder"),
    ],
)
def test_bad_words_are_answered_in_a_line(capsys, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_word_vectors(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small = ["--network", "skipgram", "--epochs", "1", "--words", "60", "--dimensions", "4"]
    code, out, err = run(capsys, "train", "topics", *small)
    assert (code, out) == (0, "")
    assert "60 words, " in err
    assert "To use it: atelier lab embeddings --training runs/topics-skipgram -o ." in err
    assert (tmp_path / "runs" / "topics-skipgram" / "weights.safetensors").exists()
    code, _, err = run(
        capsys, "lab", "embeddings", "--training", "runs/topics-skipgram", "--words", "the,of", "-o", "."
    )
    assert code == 0
    assert "nearest to the: " in err
    code, _, err = run(capsys, "train", "topics", *small, "--dropout", "0.5")
    assert code == 2
    assert "With --network skipgram, --dropout would have no effect" in err
    code, _, err = run(capsys, "train", "digits", "--negatives", "3")
    assert code == 2
    assert "Without --network skipgram, --negatives would have no effect" in err
    code, _, err = run(capsys, "train", "line", "--closed-form", "--network", "mlp", "-o", "line")
    assert code == 2
    assert "With --closed-form, --network would have no effect" in err
    code, _, err = run(capsys, "train", "topics", "--network", "skipgram", "--resume")
    assert code == 2
    assert "name it with -o" in err
    (tmp_path / "latin.txt").write_bytes("caf\xe9".encode("latin-1"))
    code, _, err = run(capsys, "train", "latin.txt", *small)
    assert code == 2
    assert "latin.txt is not UTF-8: the byte 0xe9 at offset 3 is invalid" in err


def test_an_autoencoder_is_named_by_its_network_or_by_its_task(capsys, tmp_path):
    small = "--epochs", "1", "--limit", "20", "--frames", "0", "--device", "cpu", "--json"
    for number, words in enumerate((("--network", "autoencoder"), ("--task", "reconstruct"))):
        code, out, _ = run(capsys, "train", "digits", *words, *small, "-o", tmp_path / str(number))
        assert code == 0
        assert json.loads(out)["job"]["kind"] == "train/autoencoder"
    code, _, err = run(capsys, "train", "co2", "--network", "vae", "-o", tmp_path / "other")
    assert code == 2
    assert "Autoencoders take pictures. Give co2 with --task forecast." in err

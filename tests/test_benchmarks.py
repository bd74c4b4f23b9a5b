"""The benchmarks run. No time is asserted."""

import json
import os
import subprocess
import sys
import time
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from conftest import gradient_picture

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks import (
    adding,
    learning,
    peers,
    recurrent_layers,
    style,
    text_memory,
    training_loop,
    word_vectors,
)
from deepatelier import cli, data, images, networks
from deepatelier.synthesis import StyleOptions, StyleTransfer
from deepatelier.training import TrainingOptions, read_training
from deepatelier.training.skip_gram_job import SkipGramOptions


def _in_this_process(command, _repeats):
    """What the benchmark times as a process of its own."""
    began = time.perf_counter()
    if command[: len(style.ATELIER)] == style.ATELIER:
        cli.main(command[len(style.ATELIER) :])
    elif command[0] != sys.executable:
        subprocess.run(command, check=True, capture_output=True)
    else:
        assert command[:2] == [sys.executable, "-c"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["-c", *command[3:]])
            patch.setattr(os, "_exit", lambda _: None)
            exec(command[2], {})
    return time.perf_counter() - began


@pytest.mark.long
def test_the_short_form_fills_the_report(capsys, monkeypatch, thin_vgg):
    """In this process and with a thin network, but for the run whose memory is measured."""
    real = subprocess.run

    def no_process_for_a_dry_run(command, **named):
        if "--dry-run" not in command:
            return real(command, **named)
        with redirect_stdout(StringIO()) as out:
            cli.main(command[len(style.ATELIER) :])
        return SimpleNamespace(stdout=out.getvalue())

    monkeypatch.setattr(style, "processes", _in_this_process)
    monkeypatch.setattr(style.subprocess, "run", no_process_for_a_dry_run)
    style.main(["--short", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"machine", "step", "instant", "first step", "dry run"}
    (step,) = report["step"]
    assert step["ratio"] == pytest.approx(step["step"] / step["convolutions"])
    assert report["instant"]["deepatelier"]["seconds"] > 0
    assert report["first step"]["seconds"] > 0
    (dry,) = report["dry run"]
    assert dry["memory"] > 2**26
    assert style.table(report["step"]).count("\n") == 2


@pytest.mark.filterwarnings("ignore:Image.Image.getdata")  # pastiche's
def test_all_have_one_objective(tmp_path, monkeypatch):
    """That of the preset gatys, of which pastiche has a hundredth; and each peer lowers it."""
    monkeypatch.setattr(peers, "pastiche_artist", cache(peers.pastiche_artist))  # which takes seconds to make
    pictures = {name: gradient_picture(48, side, name) for name, side in (("photo", 64), ("painting", 48))}
    paths = [tmp_path / f"{name}.png" for name in pictures]
    for path, picture in zip(paths, pictures.values(), strict=True):
        path.write_bytes(images.encode(picture.tensor(), "PNG"))
    photo, painting = (images.open_picture(path) for path in paths)
    own = {"preset": "gatys", "size": 64, "style_size": 48, "levels": 1, "level_shares": None}
    judge = StyleTransfer(photo, painting, StyleOptions(**own, precision="float32", device="cpu"))
    before, cpu = judge.losses(photo.tensor())["total"], torch.device("cpu")
    assert peers.Objective(*paths, cpu)(photo.tensor()).item() == pytest.approx(before, rel=1e-4)
    assert 100 * peers.pastiche_artist(*paths, cpu).loss == pytest.approx(before, rel=1e-3)
    for peer in (peers.plain_loop, peers.pastiche):
        assert judge.losses(style.saved(peer(*paths, 6, cpu)))["total"] < 0.5 * before


def test_noise_is_estimated():
    noise = 0.05 * torch.randn(1, 3, 200, 200, generator=torch.Generator().manual_seed(0))
    assert style.noise_of(0.5 + noise) == pytest.approx(0.05 * 255, rel=0.03)
    assert style.noise_of(gradient_picture(50, 50).tensor() * 0) == 0


@pytest.mark.parametrize("name", learning.COMPARISONS)
def test_comparisons_of_trainings_have_options_that_exist(name):
    common, variants, _ = learning.COMPARISONS[name]
    for options in variants.values():
        chosen = TrainingOptions(**{**common, **options})
        assert chosen.network in networks.names()


def test_a_comparison_is_made_once_and_shows_means(tmp_path):
    variants = {"plain": {}, "stopped early": {"early_stopping": 1}}
    common = {"network": "linear", "epochs": 2, "limit": 100}
    rows = learning.compare(data.open_dataset("digits"), learning.Comparison(common, variants, 2), tmp_path)
    assert [row[""] for row in rows] == list(variants)
    runs = [read_training(tmp_path / f"plain-{seed}").record.measures["validation accuracy"] for seed in (0, 1)]
    assert rows[0]["validation accuracy"] == pytest.approx(sum(runs) / 2)
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    before = (tmp_path / "plain-0" / "weights.safetensors").stat().st_mtime_ns
    assert learning.compare(data.open_dataset("digits"), learning.Comparison(common, variants, 2), tmp_path) == rows
    assert (tmp_path / "plain-0" / "weights.safetensors").stat().st_mtime_ns == before


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")  # Lightning's advice on loaders
def test_the_speed_of_learning_is_told_for_each_step_to_the_recipe():
    from benchmarks import learning_speed  # here: it imports Lightning

    rows = learning_speed.measure(32, 2, batch=16)
    assert len(rows) == 6
    assert rows[0]["times plain"] == 1
    assert all(row["times plain"] > 0 for row in rows)
    last = [1 / row["times plain"] for row in rows[-3:]]
    assert last[2] == pytest.approx((last[0] + last[1]) / 2)


def test_the_loop_is_timed_beside_a_bare_one():
    bare, ours = training_loop.seconds_of("mlp", 1, torch.device("cpu"), pictures=256)
    assert bare > 0
    assert ours > 0


@pytest.mark.parametrize("one_line", [False, True])
def test_the_memory_of_a_process_that_reads_a_text(tmp_path, capsys, one_line):
    path = text_memory.write_text(tmp_path / "text.txt", 0.02, one_line=one_line)
    assert path.stat().st_size == pytest.approx(20_000, abs=2)
    assert ("\n" in path.read_text()) is not one_line
    text_memory.main(["--measure", "words", str(path)])
    assert json.loads(capsys.readouterr().out) > 10


def test_word_vectors_are_compared_on_the_same_pairs(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("the big cat sat, the big dog sat, a red cup fell, a red pot fell, " * 20)
    corpus, pairs = data.open_corpus(str(path)), (("cat", "dog"), ("cup", "cat"))
    row = word_vectors.row("counted", word_vectors.counted(corpus, 2, 10), pairs, 1, 10)
    assert row["cat–dog"] == "1, 1"
    assert row["near"] == 1
    found = word_vectors.learnt(corpus, SkipGramOptions(dimensions=4, epochs=1, at_least=1))
    assert len(found.vocabulary) == 10


def test_the_adding_problem(tmp_path, monkeypatch):
    few = {"width": 2, "epochs": 1, "limit": 50, "validation": 20, "test": 20}
    monkeypatch.setitem(adding.RATES, "rnn", (1e-3, 1e-2))
    rows = adding.compare(["rnn", "gru"], 1, 4, tmp_path, **few)
    assert [(row["network"], row["learning rate"]) for row in rows] == [("rnn", 1e-3), ("rnn", 1e-2), ("gru", 5e-3)]
    best = adding.best_of(rows)
    assert best["rnn"] == min(rows[:2], key=lambda row: row["test loss, mean"])["learning rate"]
    times = [path.stat().st_mtime_ns for path in tmp_path.glob("*/record.json")]
    assert adding.compare(["rnn", "gru"], 1, 4, tmp_path, **few) == rows
    assert times == [path.stat().st_mtime_ns for path in tmp_path.glob("*/record.json")]
    assert adding.draw(tmp_path, best, ["rnn", "gru"], 1).startswith(b"\x89PNG")


def test_the_speed_of_recurrent_layers():
    rows = recurrent_layers.measure((3,), batch=2, steps=4, repeats=1)
    assert [row["layer"] for row in rows] == list(recurrent_layers.CASES)
    for row in rows:
        ratio = row["torch.nn's"] / row["ours, sequences a second"]
        assert row["torch.nn's over ours"] == pytest.approx(ratio)

"""Translation, from pairs to a run folder and its measures."""

import json

import pytest
import torch
from torch.nn import functional

from deepatelier import networks
from deepatelier.errors import InputError, OptionError
from deepatelier.jobs import Context, make, read_record
from deepatelier.networks.sequence_models import read_sequence_model
from deepatelier.text.translator import Translator
from deepatelier.training import EvaluationJob, read_history
from deepatelier.training.fit import fit
from deepatelier.training.sequences.pair_batches import PairBatches
from deepatelier.training.sequences.translation_fitting import TranslationFitting, scores_of
from deepatelier.training.sequences.translation_job import TranslationJob
from deepatelier.training.tasks.next_token import IGNORED
from deepatelier.training.tasks.supervised import NETWORK
from deepatelier.training.tasks.translation import SourcesAndTargets, Translation

SMALL = {"width": 8, "embedding": 4, "epochs": 1, "batch_size": 8, "device": "cpu"}


@pytest.fixture
def pairs(tmp_path):
    """Letters, and the same in capitals and in reverse."""
    generator = torch.Generator().manual_seed(0)
    path, lines = tmp_path / "pairs.tsv", []
    for _ in range(150):
        count = int(torch.randint(1, 4, (), generator=generator))
        text = "".join("abcé"[each] for each in torch.randint(4, (count,), generator=generator).tolist())
        lines.append(f"{text}\t{text[::-1].upper()}\n")
    path.write_text("".join(lines))
    return path


@pytest.fixture
def train(pairs, tmp_path):
    def run(folder="run", on_step=lambda _step: None, **options):
        job = TranslationJob(dataset=str(options.pop("dataset", pairs)), **{**SMALL, **options})
        return make(job, {"folder": tmp_path / folder}, Context(), on_step=on_step).record

    return run


def learnt(pairs, **options):
    """All weights after an epoch, without a run folder."""
    job = TranslationJob(dataset=str(pairs), **{**SMALL, **options})
    fitting = TranslationFitting(job).fitting()
    for _ in fit(fitting.task, {NETWORK: fitting.player}, fitting.batches, 1):
        pass
    return torch.cat([each.detach().flatten() for each in fitting.player.network.parameters()])


def test_it_learns_to_reverse(train, pairs, tmp_path):
    options = {"width": 32, "embedding": 16, "epochs": 30, "learning_rate": 1e-2}
    record = train(**options, batch_size=16)
    assert record.measures["training token accuracy"] > 0.95
    target = {"table": tmp_path / "test.json"}
    found = make(EvaluationJob(training=str(tmp_path / "run"), dataset=str(pairs)), target).record.measures
    assert found["exact"] > 0.6
    assert found["chrF"] > 70
    translator = Translator.of(tmp_path / "run")
    assert translator.translate("ab", 5).text == "BA"


def test_the_run_folder(train, tmp_path):
    record = train(epochs=2)
    folder = tmp_path / "run"
    assert {path.name for path in folder.iterdir()} == {
        "curves.png",
        "history.csv",
        "record.json",
        "translations.txt",
        networks.WEIGHTS_NAME,
    }
    assert read_record(folder) == record
    assert record.details["source tokens"] == 3 + 4
    assert len(read_history(folder)) == 2
    assert "pairs of the validation part" in (folder / "translations.txt").read_text()
    assert read_sequence_model(folder, "translate").about["longest_source"] == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"attention": False},
        {"network": "gru"},
        {"layers": 2},
        {"dropout": 0.3},
        {"embedding": 5},
        {"batch_size": "all"},
        {"seed": 1},
        {"limit": 20},
        {"lexicon": 3},
        {"validation": 0.3},
        {"tokens": "words", "at_least": 2},
        {"tokens": "bytes"},
        {"at_least": 60},
        {"most": 2},
        {"clip_gradient": 1e-3},
    ],
)
def test_every_option_has_an_effect(pairs, changed):
    assert torch.equal(learnt(pairs), learnt(pairs))
    assert not torch.equal(learnt(pairs), learnt(pairs, **changed))


def test_reverse_has_an_effect_without_attention_only(pairs):
    assert not torch.equal(learnt(pairs, attention=False), learnt(pairs, attention=False, reverse=True))
    with pytest.raises(ValueError, match="--reverse needs --no-attention"):
        TranslationJob(dataset="numbers", reverse=True)
    with pytest.raises(ValueError, match="--lexicon needs attention"):
        TranslationJob(dataset="numbers", attention=False, lexicon=3)


def test_invalid_data(train, tmp_path):
    path = tmp_path / "other.tsv"
    path.write_text("a\tb\n")
    with pytest.raises(InputError, match="occurs 3 times"):
        train(dataset=path, at_least=3)
    train(dataset=path)  # a pair alone is learnt
    table = {"table": tmp_path / "test.json"}
    with pytest.raises(OptionError, match=r"The test part of other\.tsv has no pair"):
        make(EvaluationJob(training=str(tmp_path / "run"), dataset=str(path)), table)


def test_the_rows_of_an_evaluation(monkeypatch, train, tmp_path):
    from deepatelier.data import number_words

    monkeypatch.setattr(number_words, "_COUNT", 600)
    train(dataset="numbers")
    table = tmp_path / "test.json"
    make(EvaluationJob(training=str(tmp_path / "run"), dataset="numbers"), {"table": table})
    found = json.loads(table.read_text())
    assert set(found["table"]) == {"en", "de", "fr", "es"}
    assert sum(row["pairs"] for row in found["table"].values()) == found["pairs"] == 60


def test_scores():
    scores = scores_of(["uno", "dos", "tras"], ["uno", "dos", "tres"])
    assert scores.row() == {"pairs": 3, "exact": pytest.approx(2 / 3), "chrF": pytest.approx(scores.chrf)}
    assert 0 < scores.chrf < 100
    assert scores_of(["uno"], ["uno"]).chrf == pytest.approx(100)


def batches(**options):
    sources = [[number] * (number % 3 + 1) for number in range(3, 24)]
    targets = [[number] * (number % 2 + 1) for number in range(3, 24)]
    return PairBatches(sources, targets, 5, 1, torch.device("cpu"), **options)


def test_batches_have_all_pairs_once_and_little_padding():
    made = batches(shuffled=True)
    found = list(made.epoch(0))
    assert len(found) == len(made) == 5
    assert sorted(row for batch in found for row in batch.sources[:, 0].tolist()) == list(range(3, 24))
    assert sum(int(batch.lengths.max() - batch.lengths.min()) for batch in found) <= 2
    for sources, lengths, before, targets in found:
        for row in range(len(sources)):
            count = int((targets[row] != IGNORED).sum())
            assert targets[row, :count].tolist() == [int(sources[row, 0])] * count
            assert before[row, :count].tolist() == [1, *targets[row, : count - 1].tolist()]
            assert sources[row, lengths[row] :].tolist() == [0] * (sources.shape[1] - int(lengths[row]))


def test_an_epoch_depends_on_its_number_and_the_seed():
    def first(seed, number, start=0):
        return [batch.sources.tolist() for batch in batches(shuffled=True, seed=seed).epoch(number, start)]

    assert first(0, 1) == first(0, 1)
    assert first(0, 1)[2:] == first(0, 1, 2)
    assert first(0, 1) != first(0, 2)
    assert first(0, 1) != first(1, 1)


def test_the_loss_is_the_mean_over_tokens():
    logits = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0))
    targets = torch.tensor([[1, 2, IGNORED], [4, IGNORED, IGNORED]])
    batch = SourcesAndTargets(torch.zeros(2, 1), torch.ones(2), torch.zeros(2, 3), targets)
    log_p = functional.log_softmax(logits, -1)
    wanted = -(log_p[0, 0, 1] + log_p[0, 1, 2] + log_p[1, 0, 4]) / 3

    def network(*_given):
        return logits, None

    task = Translation()
    (turn,) = task.turns({NETWORK: network}, batch)
    assert turn.objective.item() == pytest.approx(wanted.item())
    metrics = task.metrics()
    task.update(metrics, {NETWORK: network}, batch)
    right = (logits.argmax(-1) == targets)[targets != IGNORED].float().mean()
    assert metrics["loss"].compute().item() == pytest.approx(wanted.item())
    assert metrics["token accuracy"].compute().item() == pytest.approx(right.item())

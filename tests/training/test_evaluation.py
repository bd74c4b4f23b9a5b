import math
from dataclasses import replace

import pytest
import torch
from sklearn.metrics import classification_report, confusion_matrix, top_k_accuracy_score

from deepatelier import networks
from deepatelier.data import open_dataset
from deepatelier.data.eyes import eyes
from deepatelier.errors import OptionError, RecordError, WeightsError
from deepatelier.training import evaluate, evaluation_pictures


@pytest.fixture(scope="module")
def run(tmp_path_factory, digits):
    from deepatelier.training import Training, TrainingOptions

    training = Training(digits, TrainingOptions(epochs=2, limit=300), tmp_path_factory.mktemp("run") / "run")
    training.fit()
    return training


def check_picture(picture):
    assert picture.shape[:2] == (1, 3)
    assert 0 <= picture.min() < picture.max() <= 1


def test_equals_scikit_learn(run, digits):
    found = evaluate(run.folder, digits)
    part = run._parts.test
    with torch.no_grad():
        scores = networks.build(str(run.folder))(part.pixels())
    said, truth = scores.argmax(dim=1).numpy(), part.targets.numpy()
    assert found.measures["pictures"] == len(part)
    assert found.measures["accuracy"] == pytest.approx((said == truth).mean())
    assert found.measures["top-5"] == pytest.approx(top_k_accuracy_score(truth, scores.numpy(), k=5))
    assert found.confusion.tolist() == confusion_matrix(truth, said).tolist()
    report = classification_report(truth, said, output_dict=True, zero_division=0)
    for row in found.rows:
        for ours, theirs in {"precision": "precision", "recall": "recall", "F1": "f1-score"}.items():
            assert row.numbers[ours] == pytest.approx(report[row.name][theirs], abs=1e-6)


def test_mistakes_are_real_and_the_surest_first(run, digits):
    found = evaluate(run.folder, digits)
    assert len(found.mistakes) == round((1 - found.measures["accuracy"]) * len(found.part))
    assert all(each.predicted != each.truth == found.part.targets[each.number] for each in found.mistakes)
    sure = [each.confidence for each in found.mistakes]
    assert sure == sorted(sure, reverse=True)


def test_the_parts_are_the_trainings(run, digits):
    assert torch.equal(evaluate(run.folder, digits).part.images, run._parts.test.images)
    assert torch.equal(evaluate(run.folder, digits, "validation").part.images, run._parts.validation.images)


def test_other_pictures_of_the_same_classes(run, digits):
    few = replace(digits, name="few", train=digits.train.take(torch.arange(50)))
    found = evaluate(run.folder, few)
    assert len(found.part) == 50
    assert "not the pictures of the training" in found.notes[0]


def test_what_does_not_fit(run, digits, tmp_path):
    with pytest.raises(OptionError, match=r"labels do not match: the training has 0, 1.* digits has 3, 5"):
        evaluate(run.folder, open_dataset("digits", classes=("3", "5")))
    with pytest.raises(RecordError, match="is not a run folder"):
        evaluate(tmp_path, digits)
    (tmp_path / "record.json").write_text("{}")
    with pytest.raises(RecordError, match="cannot be used"):
        evaluate(tmp_path, digits)
    (tmp_path / "record.json").write_bytes((run.folder / "record.json").read_bytes())
    (tmp_path / networks.WEIGHTS_NAME).write_bytes(b"damaged")
    with pytest.raises(WeightsError, match="damaged"):
        evaluate(tmp_path, digits)


def test_a_record_has_no_code_run(run, digits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil.py").write_text("open('ran', 'w')\ndef make(): pass\n")
    record = (run.folder / "record.json").read_text().replace('"network":"mlp"', '"network": "evil:make"')
    (tmp_path / "record.json").write_text(record.replace('"network": "mlp"', '"network": "evil:make"'))
    assert "evil:make" in (tmp_path / "record.json").read_text()
    with pytest.raises(RecordError, match="cannot be used"):
        evaluate(tmp_path, digits)
    assert not (tmp_path / "ran").exists()


def test_pictures_that_were_changed_since(run, digits):
    changed = replace(digits, train=digits.train.take(torch.arange(1, 1797)))
    with pytest.raises(OptionError, match="have changed since the training"):
        evaluate(run.folder, changed)


def test_weights_of_another_network(run, digits, trained):
    other = trained("other", network="linear", epochs=1, limit=50)
    (other.folder / networks.WEIGHTS_NAME).write_bytes((run.folder / networks.WEIGHTS_NAME).read_bytes())
    with pytest.raises(WeightsError, match="belong to mlp, but its record belongs to linear"):
        evaluate(other.folder, digits)


def test_no_test_pictures(trained, digits):
    folder = trained(epochs=1, test=0, limit=50).folder
    with pytest.raises(OptionError, match="has no test pictures"):
        evaluate(folder, digits)


def test_values(trained):
    line = open_dataset("line")
    folder = trained(dataset=line, optimizer="adam", learning_rate=0.1, epochs=30).folder
    found = evaluate(folder, line)
    (row,) = found.rows
    assert row.numbers["mean error"] == pytest.approx(0.5 * math.sqrt(2 / math.pi), rel=0.4)  # of the noise
    assert found.confusion is None


def test_eyes_beside_the_classical_fit(trained):
    drawn = eyes(count=60)
    folder = trained(dataset=drawn, network="resnet20", epochs=1, batch_size=16).folder
    found = evaluate(folder, drawn)
    assert [row.name for row in found.rows] == ["center (pixels)", "half axes (pixels)", "angle (degrees)"]
    assert found.predictions.shape == found.classical.shape == (12, 5)
    assert found.rows[0].numbers["classical, median"] < 3
    check_picture(evaluation_pictures.worst_ellipses(found))


def test_pictures_of_what_was_found(run, digits):
    found = evaluate(run.folder, digits)
    check_picture(evaluation_pictures.confusion_matrix(found.confusion, found.classes))
    check_picture(evaluation_pictures.worst_mistakes(found))

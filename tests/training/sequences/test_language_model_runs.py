"""Language models, from a text to a run folder and to what they write."""

import subprocess
import sys

import pytest
import torch

from deepatelier.errors import InputError, OptionError, UnknownNameError, WeightsError
from deepatelier.jobs import Context, carried_out, make
from deepatelier.text.language import START, Language
from deepatelier.training import EvaluationJob
from deepatelier.training.sequences.language_job import LanguageJob
from deepatelier.training.sequences.text_writing import written
from deepatelier.training.sequences.write_job import WriteJob

SMALL = {"width": 16, "embedding": 8, "truncate": 20, "batch_size": 8, "learning_rate": 0.02, "device": "cpu"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("language")


@pytest.fixture(scope="module")
def text(place):
    path = place / "text.txt"
    path.write_text("the cat sat on the mat.\n" * 80)
    return path


@pytest.fixture(scope="module")
def run(text, place):
    make(LanguageJob(dataset=str(text), epochs=16, **SMALL), {"folder": place / "run"})
    return place / "run"


@pytest.fixture(scope="module")
def classes(place):
    """A network for two classes of texts, which have different characters."""
    for name, line in (("cats", "meow "), ("dogs", "bark ")):
        (place / "texts" / name).mkdir(parents=True)
        for number in range(4):
            (place / "texts" / name / f"{number}.txt").write_text(line * 60)
    job = LanguageJob(dataset=str(place / "texts"), condition="label", epochs=8, **SMALL)
    make(job, {"folder": place / "classes"})
    return place / "classes"


def write(folder, **options):
    said = []
    result = carried_out(WriteJob(training=str(folder), device="cpu", **options), Context(say=said.append))
    return result.details["text"], said


def test_it_learns_a_repeated_line_and_writes_it(run):
    text, said = write(run, prompt="the cat", temperature=0.0, length=41)
    assert text == "the cat sat on the mat.\nthe cat sat on the mat.\n"
    assert said == []
    assert "the cat sat on the mat." in (run / "sample.txt").read_text()


def test_it_is_evaluated_on_the_last_tenth(run, text):
    found = carried_out(EvaluationJob(training=str(run), dataset=str(text)), Context())
    measures = found.files["table"].values
    assert measures["characters"] == 80 * 24 // 10
    assert measures["unknown characters"] == 0
    assert measures["bits per character"] < 0.3
    assert measures["perplexity"] == pytest.approx(2 ** measures["bits per character"])


def test_the_same_seed_gives_the_same_text_in_another_process(run):
    text, _ = write(run, temperature=2.0, length=60, seed=3)
    torch.rand(3)  # another state of the global generator
    assert write(run, temperature=2.0, length=60, seed=3)[0] == text
    assert write(run, temperature=2.0, length=60, seed=4)[0] != text
    words = "from deepatelier.cli import main; main()", "write", str(run), "--temperature", "2", "--length", "60"
    found = subprocess.run([sys.executable, "-c", *words, "--seed", "3"], check=True, capture_output=True, text=True)
    assert found.stdout == text + "\n"


def test_each_step_has_its_text_and_an_interrupted_text_is_kept(run):
    job = WriteJob(training=str(run), prompt="the ", length=9, device="cpu")
    steps = list(job.run())
    assert len(steps) == 9
    work = job.run()
    text = "".join(next(work).text for _ in range(4))
    with pytest.raises(StopIteration) as stop:
        work.throw(KeyboardInterrupt)
    assert stop.value.value.interrupted
    assert stop.value.value.details["text"] == text
    assert "".join(each.text for each in steps).startswith(text)


def test_a_prompt_of_unknown_characters(run):
    _, said = write(run, prompt="the ☃☃é ", length=1)
    assert said == ["The training text has no '☃', 'é': the network reads <unknown> there."]
    with pytest.raises(InputError, match="none of the prompt's characters: '☃'"):
        write(run, prompt="☃")


def test_neither_unknown_nor_start_is_written(run):
    language = Language.open(run)
    with torch.no_grad():
        language.network.output.bias[language.vocabulary.encode([START, "<unknown>"])] = 1e4
    text = "".join(written(language, "", None, temperature=5.0, length=50, seed=0))
    assert len(text) == 50
    assert "<" not in text


def test_a_class_decides_what_is_written(classes):
    for label, line in (("cats", "meow "), ("dogs", "bark ")):
        text, _ = write(classes, label=label, temperature=0.3, length=20)
        assert set(text) <= set(line)
    assert "--- cats ---" in (classes / "sample.txt").read_text()
    with pytest.raises(OptionError, match="Give one of its --label: cats, dogs"):
        write(classes)
    with pytest.raises(UnknownNameError, match="Did you mean dogs"):
        write(classes, label="dog")


def test_a_class_is_refused_where_there_is_none(run, text):
    with pytest.raises(OptionError, match="has no classes"):
        write(run, label="cats")
    with pytest.raises(InputError, match="two classes or more"):
        LanguageJob(dataset=str(text), condition="label").fitting(Context())


@pytest.mark.parametrize("tokens", ["words", "bytes"])
def test_words_and_bytes_can_be_read_as_text(text, place, tokens):
    folder = place / tokens
    make(LanguageJob(dataset=str(text), tokens=tokens, epochs=3, **SMALL), {"folder": folder})
    text_, _ = write(folder, prompt="the cat", temperature=0.0, length=8)
    assert text_.startswith("the cat sat on" if tokens == "words" else "the cat")
    found = carried_out(EvaluationJob(training=str(folder), dataset=str(text)), Context()).files["table"].values
    assert found["bits per character"] <= found[f"bits per {tokens[:-1]}"]


def test_options_have_an_effect_on_what_is_fitted(text):
    def fitting(**options):
        return LanguageJob(dataset=str(text), **{**SMALL, **options}).fitting(Context())

    usual = fitting()
    assert next(usual.batches.epoch(0)).inputs.shape == (8, 20)
    assert next(fitting(truncate=7, batch_size=3).batches.epoch(0)).inputs.shape == (3, 7)
    assert fitting(limit=500).details["characters to train on"] == 500
    assert fitting(most=4).details["different characters"] == 4
    assert fitting(precision="bfloat16").precision == torch.bfloat16
    assert fitting(validation=0.0).measured.keys() == {"training"}
    assert fitting(network="gru", layers=2).parameters != usual.parameters


def test_a_damaged_vocabulary(run, tmp_path):
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    path = run / "weights.safetensors"
    with safe_open(path, "pt") as file:
        about = {name: each.replace('"t",', "") for name, each in file.metadata().items()}
    save_file(load_file(path), tmp_path / "weights.safetensors", about)
    with pytest.raises(WeightsError, match="does not fit the network"):
        Language.open(tmp_path)


def test_a_resumed_training_has_the_same_weights_and_writes_the_same(text, place):
    def stop(step):
        if step.index == 9:
            raise KeyboardInterrupt

    options = {**SMALL, "dataset": str(text), "epochs": 3, "dropout": 0.2}
    make(LanguageJob(**options), {"folder": place / "whole"})
    make(LanguageJob(**options), {"folder": place / "parts"}, on_step=stop)
    make(LanguageJob(**options, resume=True), {"folder": place / "parts"})
    for name in ("weights.safetensors", "sample.txt"):
        assert (place / "whole" / name).read_bytes() == (place / "parts" / name).read_bytes()

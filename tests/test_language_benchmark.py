"""The comparison of language models with n-grams."""

import pytest

from benchmarks import language_models
from benchmarks.language_models import parses
from deepatelier.jobs import make
from deepatelier.training.sequences.language_job import LanguageJob


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("x = 1\ny = (", True), ("x = 1", False), ("# only a comment\n", False), ("def f(:\n", False), ("x\0\n", False)],
)
def test_what_counts_as_python(text, wanted):
    assert parses(text) == wanted


def test_both_models_are_measured_on_the_same_text(tmp_path, capsys):
    text = tmp_path / "text.txt"
    text.write_text("x = (1, 2)\n" * 120)
    job = LanguageJob(dataset=str(text), width=4, truncate=10, batch_size=4, epochs=1, device="cpu")
    make(job, {"folder": tmp_path / "run"})
    words = [str(text), "--run", str(tmp_path / "run"), "--length", "30", "--orders", "2", "3", "--parse", "2"]
    language_models.main(words)
    out = capsys.readouterr().out
    assert "x = (1, 2)" in out
    names = [line.split("|")[1].strip().split(",")[0] for line in out.splitlines()[-3:]]
    assert names == ["lstm", "2-gram", "3-gram"]
    two, three = (float(line.split("|")[-2]) for line in out.splitlines()[-2:])
    assert 0 < three < two
    with pytest.raises(SystemExit):
        language_models.main([*words, "--epochs", "3"])

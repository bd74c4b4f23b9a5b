"""The command line, the docs and the record hold the same options, from one definition."""

import importlib.util
import re
from pathlib import Path

import pytest
from tests_support import help_of

from deepatelier.cli.form import flag
from deepatelier.jobs import command_of, entry, jobs_of, kinds, load, make, read_record
from deepatelier.synthesis import StyleJob
from deepatelier.synthesis.style.style_sheet import StyleSheetJob

_DOCS = Path(__file__).parent.parent / "docs"
_SPEC = importlib.util.spec_from_file_location("options_tables", _DOCS / "options_tables.py")
tables = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(tables)


def test_the_page_is_written_from_the_models():
    assert (_DOCS / "options.md").read_text(encoding="utf-8") == tables.written(), "run: python docs/options_tables.py"


def test_every_kind_is_on_the_page():
    page = tables.written()
    assert {command_of(kind) for kind in kinds()} == set(tables.COMMANDS)
    for kind in kinds():
        job = load(kind)
        assert f"## {command_of(kind)}\n" in page
        assert f"`{job.__module__}.{job.__name__}`" in page


def _ranges(command):
    """What the fields of a command's jobs say of their numbers: ``(at least 0)``."""
    told = [each.description or "" for job in jobs_of(command) for each in job.model_fields.values()]
    return [found.group() for found in (re.search(r"\((at least|above) .*\)$", each) for each in told) if found]


def test_numbers_have_ranges():
    without = {"evaluate", "look attention", "look cam", "look gradcam", "look words", "translate"}
    assert {command for command in tables.COMMANDS if not _ranges(command)} <= without


@pytest.mark.parametrize("command", tables.COMMANDS)
def test_every_option_is_a_flag_and_every_flag_is_told_with_an_example_and_ranges(command):
    told_here = " ".join(help_of(*command.split()).replace("│", " ").split())
    assert f"Usage: atelier {command}" in told_here
    assert f"Example: {entry(command).example}" in told_here
    assert all(range_ in told_here for range_ in _ranges(command))
    words = set(help_of(*command.split()).replace("│", " ").replace("|", " ").replace(",", " ").split())
    section = tables.written().partition(f"## {command}\n")[2].partition("\n## ")[0]
    jobs = jobs_of(command)
    told = {flag(name) for job in jobs for name in job.model_fields if name not in job.arguments}
    told |= {flag(job.choice.flag) for job in jobs if job.choice is not None}
    arguments = {name.upper().replace("_", "-") for name in jobs[0].arguments}
    assert told
    assert not (told | arguments) - words
    assert told == {flag(name) for name in tables.form(command).model_fields}
    assert not {f"`{name}`" for name in told | arguments} - set(section.split())


@pytest.mark.parametrize(
    "job",
    [
        StyleJob(photo="chelsea", paintings=("coffee",), size=40, steps=1, device="cpu"),
        StyleSheetJob(
            photo="chelsea",
            paintings=("coffee",),
            size=40,
            steps=1,
            device="cpu",
            rows="stroke-scale=1,2",
            columns="seed=0,1",
        ),
    ],
    ids=["style", "sheet"],
)
def test_every_option_is_in_the_record(tmp_path, thin_vgg, job):
    make(job, {"picture": tmp_path / "a.png"})
    record = read_record(tmp_path / "a.png")
    assert set(record.job) == {"kind", *type(job).model_fields}
    assert record.job["size"] == 40

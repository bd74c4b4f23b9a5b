"""The table of all kinds of jobs, and what holds for every one of them without running it."""

import importlib
import importlib.util
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import UnionType
from typing import Literal, Union, get_args, get_origin

import pytest

import deepatelier
from deepatelier.errors import UnknownNameError
from deepatelier.inputs import input_fields
from deepatelier.jobs import Job, command_of, endings, entry, jobs_of, kinds, load, restored
from deepatelier.jobs.registry import TABLE

_SPEC = importlib.util.spec_from_file_location("record_registry", Path(__file__).with_name("record_registry.py"))
record_registry = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(record_registry)

NAMES_OF_INPUTS = {
    "dataset", "data_dir", "guide", "init", "mask", "masks", "network", "painter", "painting", "paintings", "photo",
    "photos", "pictures", "run", "start", "style_masks", "training", "weights",
}  # fmt: skip
"""Fields that name something which is opened."""


def test_the_table_is_written_from_the_jobs():
    assert TABLE.read_text(encoding="utf-8") == record_registry.text(), "run: tests/jobs/record_registry.py"


def test_every_job_of_the_package_is_in_it():
    found = set()
    for module in pkgutil.walk_packages(deepatelier.__path__, "deepatelier."):
        for thing in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(thing) and issubclass(thing, Job) and not inspect.isabstract(thing):
                found.add(thing)
    found = {job for job in found if not job.__name__.startswith("_") and hasattr(job, "kind")}
    assert found == {load(kind) for kind in kinds()}


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_a_job(kind):
    job = load(kind)
    assert job.kind == kind
    assert not inspect.isabstract(job)
    assert set(job.arguments) <= set(job.model_fields)
    assert {output.kind for output in job.outputs.values()} <= {
        "picture", "film", "array", "weights", "table", "text", "folder"
    }  # fmt: skip
    assert all(field.description for field in job.model_fields.values()), "the help tells every field"
    assert entry(kind).about
    assert entry(kind).example.startswith(f"atelier {command_of(kind)} ")


@pytest.mark.parametrize("kind", [kind for kind in kinds() if next(iter(load(kind).outputs.values())).default])
def test_the_default_name_has_an_ending_of_the_products_kind(kind):
    main = next(iter(load(kind).outputs.values()))
    assert Path(main.default).suffix in endings(main.kind)


@pytest.mark.parametrize("kind", kinds())
def test_what_names_something_to_open_is_of_an_input_type(kind):
    job = load(kind)
    for name, field in job.model_fields.items():
        if name in NAMES_OF_INPUTS and name not in input_fields(job):
            assert _only_words(field.annotation), f"{name} of {kind} may be a path"


def _only_words(annotation):
    """Whether a type is made of a few given words, and None."""
    if get_origin(annotation) in (Union, UnionType):
        return all(_only_words(each) for each in get_args(annotation))
    return annotation is type(None) or get_origin(annotation) is Literal


@pytest.mark.parametrize("kind", [kind for kind in kinds() if "/" in kind])
def test_the_others_of_a_command_are_chosen_by_a_flag(kind):
    usual, *others = jobs_of(command_of(kind))
    assert usual.kind == command_of(kind)
    assert load(kind) in others
    assert not any(job.chosen_by({}) for job in others)
    assert load(kind).arguments == usual.arguments


def test_no_job_needs_torch_before_it_runs():
    program = "import sys\nfrom deepatelier.jobs import kinds, load\nfor kind in kinds(): load(kind)\n"
    program += "print([name for name in ('torch', 'numpy', 'PIL') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "torch" not in done.stdout


def test_an_unknown_kind_tells_the_near_ones():
    with pytest.raises(UnknownNameError, match=r"no kind of job named 'styel'. Did you mean style"):
        load("styel")
    with pytest.raises(UnknownNameError, match="no kind of job named"):
        restored({})


def test_a_job_is_restored_from_what_json_holds():
    job = restored({"kind": "style", "photo": "chelsea", "paintings": ["swirl"], "strength": 0.5, "beta": 2.0})
    assert (type(job).kind, job.paintings, job.beta) == ("style", ("swirl",), 2.0)
    assert restored({"kind": "style", **job.model_dump(mode="json")}) == job

"""Habits that hold in every module."""

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
import torch

import deepatelier
from deepatelier import images

MODULES = ["deepatelier", *(m.name for m in pkgutil.walk_packages(deepatelier.__path__, "deepatelier."))]
SOURCE = Path(deepatelier.__file__).parent


def _defined(module: ModuleType) -> set[str]:
    """Public names that a module's own code binds, imports aside."""
    assert module.__file__
    names: set[str] = set()
    for node in ast.parse(Path(module.__file__).read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("name", MODULES)
def test_all_is_what_is_visible(name):
    module = importlib.import_module(name)
    assert len(module.__all__) == len(set(module.__all__)), "a name twice"
    for exported in module.__all__:
        assert getattr(module, exported) is not None
    assert _defined(module) <= set(module.__all__)
    assert module.__doc__


@pytest.mark.parametrize(
    "name",
    [
        "deepatelier.features",
        "deepatelier.images",
        "deepatelier.interpretation",
        "deepatelier.jobs",
        "deepatelier.networks",
        "deepatelier.painters",
        "deepatelier.synthesis",
        "deepatelier.synthesis.objectives",
        "deepatelier.units",
    ],
)
def test_a_room_shows_only_what_it_exports(name):
    room = importlib.import_module(name)
    submodules = {module.name for module in pkgutil.iter_modules(room.__path__)}
    visible = {n for n in dir(room) if not n.startswith("_") and n != "lazy_loader"} - submodules
    assert visible == set(room.__all__) - submodules


def test_everything_public_has_a_docstring():
    for name in MODULES:
        module = importlib.import_module(name)
        for exported in module.__all__:
            thing = getattr(module, exported)
            if inspect.isclass(thing) or inspect.isroutine(thing):
                assert getattr(thing, "__doc__", None), f"{name}.{exported}"


def test_files_hold_one_concept():
    too_long = {path.name for path in SOURCE.rglob("*.py") if len(path.read_text().splitlines()) > 400}
    assert not too_long


def test_no_two_modules_have_one_name():
    """Except those of ``cli`` and ``labs``, which are named as their commands and labs."""
    rooms = [path for path in SOURCE.rglob("*.py") if path.name != "__init__.py"]
    names = Counter(path.stem for path in rooms if path.relative_to(SOURCE).parts[0] not in ("cli", "labs"))
    assert not [name for name, count in names.items() if count > 1]


_PICTURES = """
import numpy
from pathlib import Path
from deepatelier import samples
from deepatelier.images import (
    FILM_FORMATS, OUTPUT_FORMATS, Picture, check_film_format, deepest, film_format_of, format_of, holds_alpha,
    holds_text, open_picture, picture_from_array, picture_from_bytes, read_text,
)
assert FILM_FORMATS and OUTPUT_FORMATS and samples.about("chelsea") and not samples.is_sample("no_sample")
check_film_format(film_format_of("film.gif"))
assert (format_of("a.png"), deepest("PNG"), holds_alpha("PNG"), holds_text("PNG", "text")) == ("PNG", 16, True, True)
data = Path({path!r}).read_bytes()
for picture in (open_picture({path!r}), samples.open_picture({path!r}), picture_from_bytes("picture.png", data)):
    assert isinstance(picture, Picture)
    assert (picture.name, picture.size, picture.fitted(4), len(picture.sha256)) == ("picture.png", (6, 8), (3, 4), 64)
assert read_text({path!r}) == "told"
assert picture_from_array("drawn", numpy.zeros((6, 8, 3), numpy.uint8)).size == (6, 8)
assert {*samples.photographs()} <= {*samples.names()}
"""
"""Everything that looks at a picture without asking for a tensor."""

_COMMAND = """
from deepatelier.cli import main
try:
    main({arguments!r})
except SystemExit as exited:
    assert exited.code == {code}
"""
"""A command, and how it ends."""


@pytest.mark.parametrize(
    "code",
    [
        "import deepatelier.cli",
        "import deepatelier.synthesis.style.style_job",
        "import deepatelier.errors, deepatelier.files, deepatelier.inputs, deepatelier.options",
        _PICTURES,
        _COMMAND.format(arguments=["networks"], code=0),
        _COMMAND.format(arguments=["networks", "--json"], code=0),
        _COMMAND.format(arguments=["networks", "--markdown"], code=0),
        _COMMAND.format(arguments=["networks", "resnet5"], code=2),
        _COMMAND.format(arguments=["train", "--help"], code=0),
        _COMMAND.format(arguments=["nonsense"], code=2),
    ],
    ids=[
        "help",
        "options",
        "inputs",
        "pictures",
        "list",
        "list-json",
        "list-markdown",
        "unknown-network",
        "train",
        "unknown",
    ],
)
def test_no_torch_for_help_and_options(code, tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(images.encode(torch.rand(1, 3, 6, 8), "PNG", text="told"))
    code = f"import sys\n{code.replace('{path!r}', repr(str(path)))}\nsys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

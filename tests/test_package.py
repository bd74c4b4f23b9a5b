"""Habits that hold in every module."""

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import deepatelier

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


@pytest.mark.parametrize("name", ["deepatelier.synthesis", "deepatelier.synthesis.objectives"])
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


@pytest.mark.parametrize("statement", ["deepatelier.cli", "deepatelier.synthesis.style_options"])
def test_no_torch_for_help_and_options(statement):
    code = f"import sys, {statement}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

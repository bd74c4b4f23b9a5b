"""The command line, the docs and the record hold the same options, from one definition."""

import importlib.util
from pathlib import Path

import pytest
from conftest import gradient_picture
from tests_support import run

from deepatelier.runs import Record
from deepatelier.synthesis import SheetOptions, StyleOptions, StyleTransfer, make_sheet

_DOCS = Path(__file__).parent.parent / "docs"
_SPEC = importlib.util.spec_from_file_location("options_tables", _DOCS / "options_tables.py")
tables = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(tables)


def test_the_page_is_written_from_the_models():
    assert (_DOCS / "options.md").read_text(encoding="utf-8") == tables.written(), "run: python docs/options_tables.py"


@pytest.mark.parametrize("command", list(tables.MODELS))
def test_every_option_is_a_flag_and_every_flag_is_told(capsys, command):
    code, out, _ = run(capsys, *command.split(), "--help")
    words = set(out.replace("|", " ").replace(",", " ").split())
    missing = {tables.flag(name) for name in tables.MODELS[command].model_fields} - words
    assert code == 0
    assert not missing


def test_every_option_is_in_the_record():
    photo, options = gradient_picture(40, 56), {"size": 40, "steps": 1, "device": "cpu"}
    transfer = StyleTransfer(photo, photo, StyleOptions(**options))
    assert set(Record.named(transfer.options, transfer.inputs)) == set(StyleOptions.model_fields)
    axes = {"rows": "style-scale=1,2", "columns": "seed=0,1"}
    sheet = make_sheet(photo, photo, SheetOptions(**options, **axes))
    assert set(Record.named(sheet.options, sheet.inputs)) == set(SheetOptions.model_fields)

import sys

import pytest

from deepatelier.errors import SurroundingsError
from deepatelier.extras import from_extra


def test_what_is_installed_is_given():
    assert from_extra("json.decoder", "look").__name__ == "json.decoder"


def test_what_is_not_installed_is_said_with_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "captum", None)
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(
        SurroundingsError, match=r"needs captum, .* pip install 'deepatelier\[look\]'\. Other things go\."
    ):
        from_extra("captum.attr", "look", "Other things go.")

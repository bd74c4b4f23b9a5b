import io

import pytest
from PIL import Image

from deepatelier.training.curves import curves

pytest.importorskip("matplotlib")


def _width(rows):
    return Image.open(io.BytesIO(curves({"": rows}, "accuracy"))).width


def test_a_metric_without_values_has_no_plot():
    rows = [{"epoch": 1, "running loss": 2.0}, {"epoch": 2, "running loss": 1.0}]
    measured = [{**row, "training accuracy": 0.5} for row in rows]
    assert 2 * _width(rows) == _width(measured)

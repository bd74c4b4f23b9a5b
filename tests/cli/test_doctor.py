import json
import re

import pytest

from deepatelier import diagnosis
from deepatelier.cli import main


def test_everything_is_told(capsys):
    main(["doctor", "--device", "cpu"])
    out = capsys.readouterr().out
    for word in ("torch", "precision", "threads", "memory", "vgg19 oxford", "extra docs"):
        assert word in out
    assert re.search(r"self-check +passed", out)
    assert re.search(r"--fast +passed: .* onnxruntime", out)
    assert re.search(r"onnxruntime \d+\.", out)


def test_json_is_one_object(capsys):
    main(["doctor", "--json", "--device", "cpu"])
    told = json.loads(capsys.readouterr().out)
    assert told["device"] == "cpu"
    assert told["check"]["passed"]
    assert told["fast"]["passed"]


@pytest.mark.parametrize(
    ("broken", "said"), [(lambda *_, **__: 1 / 0, "ZeroDivisionError"), (lambda photo, *_, **__: photo, "as it is")]
)
def test_a_universal_painter_that_does_not_paint_exits_with_3(capsys, monkeypatch, broken, said):
    monkeypatch.setattr("deepatelier.painters.universal_style.paint", broken)
    with pytest.raises(SystemExit) as exited:
        main(["doctor", "--device", "cpu"])
    assert exited.value.code == 3
    captured = capsys.readouterr()
    assert re.search(r"self-check +passed", captured.out)
    assert re.search(r"--fast +FAILED", captured.out)
    assert said in captured.err


def test_other_numbers_exit_with_3(capsys, monkeypatch):
    monkeypatch.setattr(diagnosis, "RECORDED", dict.fromkeys(diagnosis.RECORDED, 1.0))
    with pytest.raises(SystemExit) as exited:
        main(["doctor", "--device", "cpu"])
    assert exited.value.code == 3
    captured = capsys.readouterr()
    assert "FAILED" in captured.out
    assert "other numbers" in captured.err

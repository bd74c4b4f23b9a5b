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


def test_json_is_one_object(capsys):
    main(["doctor", "--json", "--device", "cpu"])
    told = json.loads(capsys.readouterr().out)
    assert told["device"] == "cpu"
    assert told["check"]["passed"]


def test_other_numbers_exit_with_3(capsys, monkeypatch):
    monkeypatch.setattr(diagnosis, "RECORDED", dict.fromkeys(diagnosis.RECORDED, 1.0))
    with pytest.raises(SystemExit) as exited:
        main(["doctor", "--device", "cpu"])
    assert exited.value.code == 3
    captured = capsys.readouterr()
    assert "FAILED" in captured.out
    assert "other numbers" in captured.err

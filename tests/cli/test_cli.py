import json
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from tests_support import help_of, run

from deepatelier import cli, images, samples
from deepatelier.jobs import command_of, kinds, read_record

pytestmark = pytest.mark.usefixtures("thin_vgg")

COMMANDS = sorted(
    {command_of(kind).split()[0] for kind in kinds()} | {"demo", "doctor", "networks", "rerun", "samples"}
)
WORDS = {command_of(kind) for kind in kinds()}
"""Commands whose help is read in ``tests/test_options.py``."""
QUICK = ["--size", "64", "--steps", "2", "--device", "cpu"]


def test_all_commands_are_tested():
    assert sorted(name for name in cli.app if not name.startswith("-")) == COMMANDS


@pytest.mark.parametrize("command", sorted({*COMMANDS} - WORDS))
def test_help_has_an_example(command):
    assert f"Example: atelier {command}" in help_of(command)


def test_help_names_every_sample():
    assert all(name in help_of("style") for name in (*samples.photographs(), *samples.paintings()))


def test_the_list_of_commands(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert all(command in out for command in COMMANDS)


def test_style_prints_one_json_object_and_the_picture_carries_it(capsys, tmp_path, photo_file):
    output = tmp_path / "out.png"
    code, out, err = run(capsys, "style", photo_file, "swirl", "-o", output, *QUICK, "--json", "--seed", "5")
    assert (code, err) == (0, "")
    record = json.loads(out)
    assert {"schema", "job", "output", "size", "seconds", "steps", "device", "precision", "losses"} <= set(record)
    assert record["size"] == [64, 45]
    assert (record["schema"], record["steps"], record["output"]) == ("deepatelier/2", 2, str(output))
    assert {"kind": "style", "seed": 5, "preset": None, "photo": "photo.png"}.items() <= record["job"].items()
    losses = record["losses"]
    assert losses["total"] == pytest.approx(losses["content"] + losses["style"] + losses["tv"])
    carried = read_record(output)
    assert carried is not None
    assert carried.losses == losses
    assert carried.inputs["photo"].name == "photo.png"
    with Image.open(output) as picture:
        assert picture.size == (64, 45)


def test_demo_says_where_the_picture_is_and_how_to_go_on(capsys, tmp_path):
    code, _, err = run(capsys, "demo", "-o", tmp_path / "demo.png", *QUICK)
    assert code == 0
    assert str(tmp_path / "demo.png") in err
    assert "atelier style" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.jpg", "swirl"], "There is no file none.jpg"),
        (["chelsea", "swril"], "Did you mean swirl"),
        (["chelsea", "swirl", "--size", "5"], "--size should be greater than or equal to 32; received '5'"),
        (["chelsea", "swirl", "--size", "many"], "--size should be a valid integer"),
        (["chelsea", "swirl", "--steps", "0"], "--steps should be greater"),
        (["chelsea", "swirl", "--optimizer", "sgd"], "--optimizer should be 'lbfgs', 'adam' or 'gradient'"),
        (["chelsea", "swirl", "--style-layers", "relu9_1"], "no layer of VGG named 'relu9_1'"),
        (["chelsea", "swirl", "--content-layers", "conv4"], "Did you mean"),
        (["chelsea", "swirl", "--network", "vg19"], "Did you mean vgg19"),
        (
            ["chelsea", "swirl", "--network", "zfnet"],
            "no pretrained weights for zfnet. Available offline: vgg19 with oxford",
        ),
        (["chelsea", "swirl", "--preset", "neural"], "Did you mean neural-style"),
        (["chelsea", "swirl", "--alpha", "-1"], "--alpha should be greater"),
        (["chelsea", "swirl", "--alpha", "0", "--beta", "0"], "nothing to optimise"),
        (["chelsea", "swirl", "--style-layer-weights", "1,2"], "2 values for 5 style layers"),
        (["chelsea", "swirl", "--device", "toaster"], "cannot be used here"),
        (["chelsea", "swirl", "--siz", "64"], "Did you mean --size?"),
        (["chelsea"], "PAINTING"),
        (["chelsea", "swirl", "--size", "32", "--beta", "1e38"], "no longer a number at step 1: style"),
        (["empty.png", "swirl"], "is empty"),
        (["chelsea", "text.png"], "is not a picture"),
        (["folder", "swirl"], "stands for several photographs"),
        (["truncated.png", "swirl"], "is damaged"),
        (["chelsea", "swirl", "-o", "a.xyz"], "cannot be written here"),
        (["chelsea", "swirl", "-o", "none/a.png"], "does not exist"),
    ],
)
def test_wrong_input_is_said_in_a_few_lines_and_writes_nothing(
    capsys, tmp_path, monkeypatch, photo_file, arguments, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for name, data in {"empty.png": b"", "text.png": b"text", "truncated.png": photo_file.read_bytes()[:300]}.items():
        (tmp_path / name).write_bytes(data)
    before = sorted(tmp_path.iterdir())
    code, out, err = run(capsys, "style", *arguments)
    assert code == 2
    assert out == ""
    assert message in err
    assert err.startswith("Error: ")
    assert len(err.splitlines()) <= 3
    assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == before


def test_an_input_is_not_overwritten(capsys, photo_file):
    before = photo_file.read_bytes()
    code, _, err = run(capsys, "style", photo_file, "swirl", "-o", photo_file, *QUICK)
    assert code == 2
    assert "is also an input" in err
    assert photo_file.read_bytes() == before


def test_an_unknown_command(capsys):
    code, _, err = run(capsys, "styel")
    assert code == 2
    assert 'Did you mean "style"' in err


def test_debug_shows_the_traceback(capsys):
    assert "Traceback" in run(capsys, "style", "none.jpg", "swirl", "--debug")[2]


def test_a_fault_of_ours_has_its_own_exit_code(capsys, monkeypatch, tmp_path):
    def broken(_):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(samples, "open_picture", broken)
    code, _, err = run(capsys, "style", "chelsea", "swirl", "-o", tmp_path / "a.png")
    assert code == 1
    assert "ZeroDivisionError: oops" in err
    assert "--debug" in err


def test_an_interruption_keeps_the_work(capsys, monkeypatch, tmp_path):
    from deepatelier.synthesis.style.style_transfer import StyleTransfer

    steps = StyleTransfer.steps

    def interrupted(self, state=None):
        for step in steps(self, state):
            if step.index == 2:
                raise KeyboardInterrupt
            yield step

    monkeypatch.setattr(StyleTransfer, "steps", interrupted)
    output = tmp_path / "a.png"
    code, _, err = run(capsys, "style", "chelsea", "swirl", "-o", output, *QUICK)
    assert code == 130
    assert "Interrupted after 1 step" in err
    carried = read_record(output)
    assert carried is not None
    assert carried.steps == 1


def test_an_interruption_before_the_first_step_writes_nothing(capsys, monkeypatch, tmp_path):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(samples, "open_picture", interrupted)
    assert run(capsys, "style", "chelsea", "swirl", "-o", tmp_path / "a.png")[0] == 130
    assert list(tmp_path.iterdir()) == []


def test_the_installed_command():
    command = [sys.executable, "-c", "from deepatelier.cli import main; main()", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().count(".") == 2


def _transparent(path, bits=8):
    if bits == 16:
        Image.fromarray(np.arange(40 * 56, dtype=np.uint16).reshape(40, 56) * 20).save(path)
        return
    pixels = np.full((40, 56, 4), 120, np.uint8)
    pixels[..., 3] = 255 * (np.arange(56) >= 28)
    Image.fromarray(pixels).save(path)


def test_transparency_is_put_back_or_its_loss_is_said(capsys, tmp_path):
    _transparent(tmp_path / "photo.png")
    _, _, err = run(capsys, "style", tmp_path / "photo.png", "coffee", "-o", tmp_path / "a.webp", *QUICK)
    assert "no transparency" not in err
    with Image.open(tmp_path / "a.webp") as picture:
        assert picture.getchannel("A").getextrema() == (0, 255)
    _, _, err = run(capsys, "style", tmp_path / "photo.png", "coffee", "-o", tmp_path / "a.jpg", *QUICK)
    assert "JPEG has no transparency" in err


def test_sixteen_bits_are_written_or_their_loss_is_said(capsys, tmp_path):
    _transparent(tmp_path / "photo.png", bits=16)
    _, _, err = run(capsys, "style", tmp_path / "photo.png", "coffee", "-o", tmp_path / "a.png", *QUICK)
    assert "8 bits" not in err
    assert images.open_picture(tmp_path / "a.png").bits == 16
    assert len(images.open_picture(tmp_path / "a.png").tensor().unique()) > 1000
    _, _, err = run(capsys, "style", tmp_path / "photo.png", "coffee", "-o", tmp_path / "a.webp", *QUICK)
    assert "written with 8 bits per channel, and the photograph has 16" in err


def test_a_frame_of_an_animation_is_said(capsys, tmp_path):
    frames = [Image.new("RGB", (56, 40), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    code, _, err = run(capsys, "style", tmp_path / "a.gif", "coffee", "-o", tmp_path / "b.png", *QUICK)
    assert code == 0
    assert "has several frames; the first one is used" in err


def test_without_metadata(capsys, tmp_path):
    output = tmp_path / "a.png"
    assert run(capsys, "style", "chelsea", "coffee", "-o", output, *QUICK, "--no-metadata")[0] == 0
    assert images.read_text(output) is None


def test_a_dry_run_paints_nothing(capsys, tmp_path):
    output = tmp_path / "out.png"
    words = ("style", "chelsea", "coffee", "--size", "64", "--steps", "7", "--device", "cpu", "-o", output, "--dry-run")
    code, out, err = run(capsys, *words)
    assert (code, out) == (0, "")
    assert re.search(
        r"64 x 42 pixels in 7 steps take about \d+ s and \d+\.\d GiB of memory on cpu; \d+\.\d GiB are free", err
    )
    assert "Nothing was made" in err
    code, out, err = run(capsys, *words, "--json")
    assert (code, err) == (0, "")
    assert set(json.loads(out)) == {"seconds", "memory", "free", "size", "steps", "device"}
    assert json.loads(out)["size"] == [64, 42]
    assert not output.exists()

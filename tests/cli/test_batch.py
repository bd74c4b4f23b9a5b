import io
import json
import os
import subprocess
import sys

import pytest
from conftest import gradient_picture
from PIL import Image
from tests_support import run

from deepatelier import images
from deepatelier.jobs import read_record

pytestmark = pytest.mark.usefixtures("thin_vgg")

QUICK = ["--size", "40", "--steps", "2", "--device", "cpu"]


@pytest.fixture
def folder(tmp_path):
    """Three good photographs, one that is 1 x 1, one cut off and one that is text."""
    photos = tmp_path / "photos"
    photos.mkdir()
    for name, size in (("a", (40, 56)), ("b", (56, 40)), ("c", (40, 40)), ("dot", (1, 1))):
        (photos / f"{name}.png").write_bytes(images.encode(gradient_picture(*size).tensor(), "PNG"))
    whole = images.encode(gradient_picture(64, 64).tensor(), "PNG")
    (photos / "cut.png").write_bytes(whole[: len(whole) // 2])
    (photos / "text.txt").write_text("no picture")
    (photos / ".hidden").write_text("not looked at")
    return photos


def test_a_folder_goes_into_a_folder_and_bad_files_are_told_at_the_end(capsys, tmp_path, folder):
    out = tmp_path / "out"
    code, _, err = run(capsys, "style", folder, "coffee", "-o", out, *QUICK)
    assert code == 2
    assert sorted(path.name for path in out.iterdir()) == ["a.png", "b.png", "c.png", "dot.png"]
    assert "Made 4 of 6 pictures" in err
    assert "cut.png is damaged" in err
    assert "text.txt is not a picture" in err
    record = read_record(out / "b.png")
    assert (record.inputs["photo"].name, record.inputs["painting"].name) == ("b.png", "coffee")
    times = {path: path.stat().st_mtime_ns for path in out.iterdir()}

    code, _, err = run(capsys, "style", folder, "coffee", "-o", out, *QUICK)
    assert code == 2
    assert "Made 0 of 6 pictures" in err
    assert "4 were finished before" in err
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == times


def test_only_what_is_missing_is_painted(capsys, tmp_path, folder):
    for name in ("cut.png", "text.txt", "dot.png"):
        (folder / name).unlink()
    out = tmp_path / "out"
    words = ["style", folder, "coffee", "-o", out, *QUICK]
    assert run(capsys, *words)[0] == 0
    (out / "b.png").unlink()
    code, _, err = run(capsys, *words)
    assert code == 0
    assert "Made 1 of 3 pictures" in err
    assert "Made 3 of 3" in run(capsys, *words, "--seed", "1")[2]  # other options: not finished
    assert "Made 3 of 3" in run(capsys, *words, "--seed", "1", "--force")[2]
    assert "Made 0 of 3" in run(capsys, *words, "--seed", "1")[2]


def test_a_pattern(capsys, tmp_path, folder):
    code, out, _ = run(capsys, "style", folder / "[ab].png", "coffee", "-o", tmp_path / "out.v2", *QUICK, "--json")
    assert code == 0
    assert [json.loads(line)["inputs"]["photo"]["name"] for line in out.splitlines()] == ["a.png", "b.png"]


def test_inputs_are_not_overwritten(capsys, tmp_path, folder):
    out = tmp_path / "out"
    out.mkdir()
    painting = out / "a.png"
    painting.write_bytes((folder / "a.png").read_bytes())
    code, _, err = run(capsys, "style", folder / "[ab].png", painting, "-o", out, *QUICK)
    assert code == 2
    assert [path.name for path in out.iterdir()] == ["a.png"]
    assert painting.read_bytes() == (folder / "a.png").read_bytes()
    assert "a.png is an input, and would be overwritten" in err


def test_what_is_there_without_a_record_is_left(capsys, tmp_path, folder):
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.png").write_bytes((folder / "c.png").read_bytes())
    words = ["style", folder / "[ab].png", "coffee", "-o", out, *QUICK, "--no-metadata"]
    code, _, err = run(capsys, *words)
    assert code == 2
    assert "a.png is there already and carries no record" in err
    assert (out / "a.png").read_bytes() == (folder / "c.png").read_bytes()
    assert "Made 0 of 2" in run(capsys, *words)[2]
    assert "Made 2 of 2" in run(capsys, *words, "--force")[2]


def test_two_photographs_that_would_be_one_picture(capsys, tmp_path, folder):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.png").write_bytes((folder / "a.png").read_bytes())
    code, _, err = run(capsys, "style", tmp_path / "*" / "a.png", "coffee", "-o", tmp_path / "out", *QUICK)
    assert code == 2
    assert "would both be painted to" in err


def test_a_broken_link_is_told(capsys, tmp_path, folder):
    for path in folder.iterdir():
        if path.name not in ("a.png", ".hidden"):
            path.unlink()
    (folder / "link.png").symlink_to(folder / "gone.png")
    code, _, err = run(capsys, "style", folder, "coffee", "-o", tmp_path / "out", *QUICK)
    assert code == 2
    assert "Made 1 of 2" in err
    assert "link.png" in err


def test_an_interrupted_picture_is_not_finished(capsys, tmp_path, folder, monkeypatch):
    out = tmp_path / "out"

    def interrupted(*_arguments, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr("deepatelier.synthesis.engine.synthesize.evaluate", interrupted)
    code, _, err = run(capsys, "style", folder, "coffee", "-o", out, *QUICK, "--no-metadata")
    assert code == 130
    assert not list(out.iterdir())
    assert "Made 0 of 6" in err


def test_pictures_of_one_name(capsys, tmp_path):
    for ending, format_ in (("png", "PNG"), ("bmp", "BMP")):
        (tmp_path / f"a.{ending}").write_bytes(images.encode(gradient_picture(40, 40).tensor(), format_))
    assert run(capsys, "style", tmp_path, "coffee", "-o", tmp_path / "out", *QUICK)[0] == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.bmp.png", "a.png.png"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{folder}", "coffee"], "name a folder for the pictures with -o"),
        (["{folder}", "coffee", "-o", "{folder}/a.png"], "is a file. For several photographs, -o names a folder"),
        (["{folder}", "coffee", "-o", "{folder}"], "the folder of the photographs"),
        (["{folder}", "coffee", "--dry-run", "-o", "out"], "--dry-run works on one photograph"),
        (["{folder}/*.xyz", "coffee", "-o", "out"], "No file matches"),
        (["{folder}", "coffee", "-o", "{folder}/a.png/out"], "cannot be made"),
        (["{folder}/a.png", "coffee", "--force"], "--force is for a folder"),
        (["{folder}/a.png", "coffee", "-o", "-", "--json"], "leave out --json and further outputs"),
        (["{folder}/a.png", "coffee:x"], "The weight of coffee is not a number: 'x'"),
        (["{folder}/a.png", "cofffee:x"], "no file or sample"),
        (["{folder}/a.png", "{folder}/b.png", "coffee", "-o", "out"], "put the pattern in quotes"),
        (["{folder}", "coffee", "-o", "out.jpg"], "is the name of a picture"),
        (["{folder}/a.png", "coffee:1", "swirl:2", "--style-weights", "1", "2"], "give them once"),
        (["{folder}/a.png", "coffee:-1"], "greater than or equal to 0"),
        (["--bogus", "coffee"], "Unknown option: --bogus"),
    ],
)
def test_bad_words(capsys, tmp_path, monkeypatch, folder, words, said):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "style", *(word.format(folder=folder) for word in words), *QUICK)
    assert code == 2
    assert said in " ".join(err.split())


STREAMED = ["style", "-", "coffee:2", "rocket:1", "-o", "-", *QUICK]


def test_standard_input_and_output(tmp_path, photo_file):
    words = [sys.executable, "-c", "from deepatelier.cli import main; main()", *STREAMED]
    done = subprocess.run(words, input=photo_file.read_bytes(), capture_output=True, check=True, env=os.environ)
    (tmp_path / "out.png").write_bytes(done.stdout)
    record = read_record(tmp_path / "out.png")
    assert record.inputs["photo"].name == "standard_input"
    assert record.inputs["painting_2"].name == "rocket"
    assert record.job["style_weights"] == [2.0, 1.0]


@pytest.mark.parametrize(
    "words", [["-:3", "rocket", *QUICK], ["--fast", "-:3", "rocket", "--size", "32"]], ids=" ".join
)
def test_a_painting_on_standard_input(capsys, tmp_path, monkeypatch, photo_file, words):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(photo_file.read_bytes())))
    assert run(capsys, "style", "coffee", *words, "-o", tmp_path / "out.png")[0] == 0
    record = read_record(tmp_path / "out.png")
    assert record.inputs["painting"].name == "standard_input"
    assert record.job["style_weights"] == [3.0, 1.0]


@pytest.mark.parametrize(
    ("words", "said"), [(STREAMED, "Standard input is empty"), (["style", "-", "-"], "- can be given only once")]
)
def test_nothing_or_two_pictures_on_standard_input(capsys, monkeypatch, words, said):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    code, _, err = run(capsys, *words)
    assert code == 2
    assert said in err


def test_several_paintings_and_masks_are_made_again(capsys, tmp_path, monkeypatch, photo_file):
    monkeypatch.chdir(tmp_path)
    Image.new("L", (20, 20), 255).save("white.png")
    half = Image.new("L", (56, 40), 255)
    half.paste(0, (0, 0, 20, 40))
    half.save("half.png")
    words = ["--mask", "half.png", "--style-masks", "white.png", "white.png", "-o", "a.png"]
    assert run(capsys, "style", photo_file, "coffee", "rocket", *words, *QUICK)[0] == 0
    record = read_record(tmp_path / "a.png")
    assert set(record.inputs) == {"photo", "painting", "painting_2", "mask", "style_mask", "style_mask_2"}
    assert record.job["style_masks"] == ["white.png", "white.png"]
    code, _, err = run(capsys, "rerun", "a.png")
    assert code == 0
    assert "every pixel is as in the first one" in err


def test_a_mask_of_another_size_is_said(capsys, tmp_path, photo_file):
    Image.new("L", (20, 20), 255).save(tmp_path / "white.png")
    words = ["style", photo_file, "coffee", "--mask", tmp_path / "white.png", "-o", tmp_path / "a.png"]
    code, _, err = run(capsys, *words, *QUICK)
    assert code == 0
    assert "white.png has 20 x 20 pixels and the photograph 56 x 40; it is stretched to fit." in err

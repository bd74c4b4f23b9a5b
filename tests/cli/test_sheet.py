import json

import pytest
from conftest import gradient_picture
from PIL import Image
from tests_support import run

from deepatelier.jobs import read_record, runner

pytestmark = pytest.mark.usefixtures("thin_vgg")

QUICK = ["--size", "64", "--steps", "2", "--device", "cpu", "--rows", "strength=0.5,1"]


def test_a_sheet_goes_on_where_it_was(capsys, tmp_path, monkeypatch, photo_file):
    output = tmp_path / "sheet.png"
    words = ["sheet", photo_file, "coffee", "-o", output, *QUICK, "--columns"]
    painted = []
    real = runner.record_of

    def counted(*arguments):
        painted.append(arguments)
        if len(painted) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(runner, "record_of", counted)
    code, _, err = run(capsys, *words, "stroke-scale=0.5,1")
    assert code == 130
    assert f"the result so far is in {output}" in err
    assert read_record(output).interrupted
    monkeypatch.setattr(runner, "record_of", real)
    first = tmp_path / "sheet_pictures" / "strength_0.5_stroke_scale_0.5.png"
    time = first.stat().st_mtime_ns
    code, _, err = run(capsys, *words, "stroke-scale=0.5,1,2")
    assert code == 0
    assert "1 of 6 pictures were finished before" in err
    assert first.stat().st_mtime_ns == time
    assert len(list(first.parent.iterdir())) == 6
    record = read_record(output)
    assert (record.kind, record.interrupted) == ("sheet", False)
    assert len(record.losses) == 7
    assert "6 of 6 pictures were finished before" in run(capsys, *words, "stroke-scale=0.5,1,2")[2]
    code, _, err = run(capsys, "rerun", output, "--input", f"photo={photo_file}")
    assert code == 0
    assert "every pixel is as in the first one" in err


def test_a_sheet_is_made_again_though_a_cell_takes_no_steps_and_the_photograph_is_transparent(capsys, tmp_path):
    photo = Image.fromarray((gradient_picture(40, 56).tensor()[0].permute(1, 2, 0) * 255).byte().numpy())
    photo.putalpha(Image.linear_gradient("L").resize((56, 40)))
    photo.save(tmp_path / "photo.png")
    words = ["sheet", tmp_path / "photo.png", "coffee", "-o", tmp_path / "s.png", "--columns", "strength=0.5,0"]
    assert run(capsys, *words, "--rows", "seed=0,1", "--size", "64", "--steps", "2", "--device", "cpu")[0] == 0
    code, _, err = run(capsys, "rerun", tmp_path / "s.png")
    assert code == 0
    assert "every pixel is as in the first one" in err


def test_inputs_are_not_overwritten(capsys, tmp_path, photo_file):
    before = photo_file.read_bytes()
    words = ["sheet", "coffee", "swirl", "--mask", photo_file, "-o", photo_file, *QUICK, "--columns", "seed=0,1"]
    code, _, err = run(capsys, *words)
    assert code == 2
    assert "is also an input" in err
    assert [path.name for path in tmp_path.iterdir()] == [photo_file.name]
    assert photo_file.read_bytes() == before


def test_a_photograph_that_is_not_there_leaves_no_folder(capsys, tmp_path):
    words = ["sheet", tmp_path / "none.jpg", "swirl", "-o", tmp_path / "s.png", *QUICK, "--columns", "seed=0,1"]
    code, _, err = run(capsys, *words)
    assert code == 2
    assert "There is no file" in err
    assert not list(tmp_path.iterdir())


def test_the_documents_sheet(capsys, tmp_path, photo_file):
    words = ["--size", "32", "--steps", "1", "--device", "cpu", "--network", "vgg19", "--json"]
    code, out, _ = run(capsys, "sheet", photo_file, "coffee", "-o", tmp_path / "s.png", *words)
    assert code == 0
    record = json.loads(out)
    assert len(record["losses"]) == 21
    assert "(a) to relu1_1, ratio 1e-04" in record["losses"]
    layers = read_record(tmp_path / "s_pictures" / "c_to_relu3_1_ratio_1e-02.png").job
    assert layers["style_layers"] == ["relu1_1", "relu2_1", "relu3_1"]
    assert layers["alpha"] / layers["beta"] == pytest.approx(1e-2)
    with Image.open(tmp_path / "s.png") as sheet:
        assert sheet.width > 4 * 32


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rows", "colour"], "no axis 'colour'"),
        (["--rows", "strength="], "has no values"),
        (["--rows", "strength=0.5,0.5"], "a value twice"),
        (["--rows", "ratio"], "both change alpha, beta"),
        (["--rows", "strength=2", "--columns", "seed=0"], "less than or equal to 1"),
        (["--rows", "rows=1"], "no axis"),
        (["--rows", "size=40,64"], "size cannot be an axis"),
        (["--rows", "strength=0.5,1"], "Strength sets the balance"),
        (["--style-loss", "moments"], "another style loss has another unit"),
        (["--rows", "seed=0", "--columns", "ratio=1e-3,x"], "a number above 0"),
        (["--fast"], "Unknown option: --fast"),
        (["--rows", "network=conftest:TinyNetwork,vgg19"], "network cannot be an axis of files"),
        (["--rows", "init=photo.png,noise"], "init cannot be an axis of files"),
        (["--rows", "seed=" + ",".join(map(str, range(51)))], "at most 50"),
    ],
)
def test_bad_axes(capsys, tmp_path, photo_file, words, said):
    code, _, err = run(capsys, "sheet", photo_file, "coffee", "-o", tmp_path / "s.png", "--size", "40", *words)
    assert code == 2
    assert said in err
    assert not (tmp_path / "s_pictures").exists()

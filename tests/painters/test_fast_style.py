import shlex
import subprocess
import sys

import numpy as np
import pytest
import torch
from conftest import gradient_picture
from PIL import Image
from pydantic import ValidationError
from tests_support import run

from deepatelier import samples
from deepatelier.errors import OptionError
from deepatelier.images import encode, resize, to_tensor
from deepatelier.jobs import Context, read_record
from deepatelier.painters import FastStyle, FastStyleJob, FastStyleOptions
from deepatelier.painters.trained_painters import SHIPPED_PAINTER
from deepatelier.synthesis import StyleOptions, StyleTransfer

PHOTO, PAINTING = gradient_picture(48, 96, "photo.png"), gradient_picture(40, 40, "mine.png")
FAST = FastStyleOptions(size=64)
TRAINED = FastStyleOptions(size=64, painter=str(SHIPPED_PAINTER), device="cpu")


@pytest.mark.parametrize("options", [FAST, TRAINED], ids=["universal", "trained"])
def test_paints_without_a_step(options):
    made = FastStyle(PHOTO, samples.open_sample("swirl"), options)
    image = made.paint()
    assert image.shape == (*made.size, 3) == (32, 64, 3)
    assert image.dtype == np.float32
    assert 0 <= image.min() <= image.max() <= 1
    assert made.inputs["painting"].name == "swirl"
    assert ("painter" in made.inputs) == (options is TRAINED)


def test_the_universal_painter_paints_like_a_painting_it_has_never_seen():
    first, second = (FastStyle(PHOTO, painting, FAST).paint() for painting in (PAINTING, samples.open_sample("swirl")))
    assert abs(first - second).mean() > 0.02


def test_what_is_passed_to_the_universal_painter(monkeypatch):
    given = []
    monkeypatch.setattr(
        "deepatelier.painters.universal_style.paint",
        lambda photo, paintings, weights, **rest: given.append((photo, paintings, weights, rest)) or photo,
    )
    options = {"size": 64, "strength": 0.5, "seed": 7, "style_weights": (0, 1, 3)}
    several = [PAINTING, PAINTING, gradient_picture(30, 60)]
    FastStyle(PHOTO, several, FastStyleOptions(**options)).paint()
    FastStyle(PHOTO, several, FastStyleOptions(**options, style_size=100, stroke_scale=2)).paint()
    FastStyle(PHOTO, several, FastStyleOptions(**options, style_size=16384)).paint()
    (photo, paintings, weights, rest), (_, larger, _, _), (_, largest, _, _) = given
    assert np.array_equal(photo, PHOTO.array((32, 64)))
    assert [painting.shape for painting in paintings] == [(64, 64, 3), (32, 64, 3)]
    assert [painting.shape for painting in larger] == [(200, 200, 3), (100, 200, 3)]
    assert [painting.shape for painting in largest] == [(272, 272, 3), (136, 272, 3)]  # 384 for one
    assert weights == [0.25, 0.75]
    assert rest == {"strength": 0.5, "seed": 7}


@pytest.mark.parametrize("options", [FAST, TRAINED], ids=["universal", "trained"])
def test_the_seed_decides(options):
    painted = [
        FastStyle(PHOTO, samples.open_sample("swirl"), options.model_copy(update={"seed": seed})).paint()
        for seed in (0, 0, 1)
    ]
    assert np.array_equal(painted[0], painted[1])
    assert not np.array_equal(painted[0], painted[2])


def test_no_strength_is_the_photograph():
    made = FastStyle(PHOTO, PAINTING, FastStyleOptions(size=64, strength=0))
    assert np.allclose(made.paint(), PHOTO.array(made.size), atol=1 / 255)


def test_where_the_result_comes_from():
    universal, trained = FastStyle(PHOTO, PAINTING, FAST), FastStyle(PHOTO, samples.open_sample("swirl"), TRAINED)
    assert (universal.painter.device, universal.painter.precision) == ("cpu", "float32")
    assert (universal.painter.runtime, trained.painter.runtime) == ("onnxruntime", "torch")


def test_what_a_trained_painter_advises_runs_as_printed(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my paintings").mkdir()
    (tmp_path / "my paintings" / "a b.png").write_bytes(encode(PAINTING.tensor(), "PNG"))
    (tmp_path / "photo.png").write_bytes(encode(PHOTO.tensor(), "PNG"))
    words = ("style", "photo.png", "my paintings/a b.png", "--fast", "--size", 64, "--device", "cpu", "-o", "out.png")
    code, _, err = run(capsys, *words, "--painter", SHIPPED_PAINTER)
    assert code == 2
    advised = next(line for line in err.splitlines() if line.startswith("atelier "))
    assert advised == "atelier train-painter 'my paintings/a b.png' -o painter.safetensors"
    small = ("--size", 64, "--steps", 1, "--crop", 64, "--photos", "photo.png", "--device", "cpu")
    assert run(capsys, *shlex.split(advised)[1:], *small)[0] == 0
    assert "Then give --painter painter.safetensors." in err
    assert run(capsys, *words, "--painter", "painter.safetensors")[0] == 0
    assert run(capsys, *words)[0] == 0  # without --painter: any painting


def test_it_is_where_the_steps_may_start():
    for painting, painter in ((PAINTING, {}), (samples.open_picture("swirl"), {"painter": TRAINED.painter})):
        fast = to_tensor(FastStyle(PHOTO, painting, FastStyleOptions(size=64, **painter)).paint())
        options = {"init": "fast", "device": "cpu", "steps": 2, "precision": "float32", **painter}
        transfer = StyleTransfer(PHOTO, painting, StyleOptions(size=64, **options))
        assert [level.size for level in transfer.levels] == [(32, 64)]
        assert torch.allclose(transfer.initial(), fast, atol=0.01 if painter else 1e-6)
        half = StyleTransfer(PHOTO, painting, StyleOptions(strength=0.5, size=64, **options))
        assert not torch.allclose(half.initial(), fast, atol=0.01)
    smaller = StyleTransfer(PHOTO, PAINTING, StyleOptions(init="fast", levels=2, size=128, device="cpu"))
    large = to_tensor(FastStyle(PHOTO, PAINTING, FastStyleOptions(size=128)).paint())
    assert torch.allclose(smaller.initial(), resize(large, smaller.levels[0].size), atol=1e-6)


@pytest.mark.parametrize("painter", [{}, {"painter": str(SHIPPED_PAINTER)}], ids=["universal", "trained"])
def test_the_steps_may_have_what_its_start_has_not(painter):
    """The strength, the scale of the strokes and the precision are those of the steps, whichever painter begins."""
    given = {"strength": 0.5, "style_size": 48, "stroke_scale": 2, "precision": "bfloat16", "device": "cpu"}
    options = StyleOptions(init="fast", size=64, **given, **painter)
    made = FastStyleJob.of_style(PHOTO, [samples.open_sample("swirl")], options)
    assert made.options.strength == 1
    assert (made.options.style_size, made.options.precision) == ((None, "bfloat16") if painter else (48, "auto"))


@pytest.mark.parametrize("options", [{"steps": 3}, {"alpha": 2}, {"preset": "gatys"}, {"colors": "match"}])
def test_what_would_do_nothing_is_refused(options):
    with pytest.raises(ValidationError, match=next(iter(options))):
        FastStyleOptions(**options)


def test_a_painter_that_would_not_paint_is_refused():
    with pytest.raises(ValidationError, match="--painter needs --fast or --init fast"):
        StyleOptions(painter="x.safetensors")
    with pytest.raises(OptionError, match=r"There is no file x\.safetensors"):
        FastStyle(PHOTO, PAINTING, FastStyleOptions(painter="x.safetensors"))


@pytest.mark.parametrize(
    ("device", "precision"), [("cuda", "auto"), ("nowhere", "auto"), ("auto", "bfloat16")], ids=str
)
def test_a_device_that_would_not_be_used_is_refused(capsys, tmp_path, device, precision):
    words = ("style", "coffee", "swirl", "--fast", "--device", device, "--precision", precision)
    code, _, err = run(capsys, *words, "-o", tmp_path / "out.png")
    assert code == 2
    assert "needs --painter" in err


WORDS = {
    "a picture": "style photo.png painting.png --fast -o out.png",
    "a mask": "style photo.png painting.png swirl --fast --mask mask.png -o out.png",
    "two paintings with weights": "style photo.png painting.png:0.7 swirl:0.3 --fast -o out.png",
    "the photograph's colours": "style photo.png painting.png --fast --colors photo --strength 0.5 -o out.jpg",
    "a folder": "style photos painting.png --fast --seed 3 -o painted",
    "a pipe": "style - painting.png --fast -o -",
    "an estimate": "style photo.png painting.png --fast --dry-run",
    "transparency, and 16 bits": "style deep.png painting.png --fast -o out.tiff",
}


def test_it_takes_no_checkpoint(capsys, tmp_path):
    words = ("style", "coffee", "swirl", "--fast", "--size", "64", "-o", tmp_path / "out.png")
    code, _, err = run(capsys, *words, "--checkpoint", tmp_path / "a.checkpoint")
    assert code == 2
    assert "Leave --checkpoint out" in err
    assert not list(tmp_path.iterdir())


def test_nothing_of_it_imports_torch(tmp_path):
    """Nor rich or scikit-image, which take as long as reading the pictures. One process for all: none of them may."""
    (tmp_path / "photos").mkdir()
    for name, picture in {"photo": PHOTO, "painting": PAINTING, "photos/a": PHOTO}.items():
        (tmp_path / f"{name}.png").write_bytes(encode(picture.tensor(), "PNG"))
    alpha = np.linspace(0, 1, 48 * 96, dtype=np.float32).reshape(48, 96)
    (tmp_path / "deep.png").write_bytes(encode(PHOTO.tensor(), "PNG", alpha=alpha, bits=16))
    Image.fromarray(np.repeat([[255] * 24 + [0] * 24], 48, axis=0).astype(np.uint8)).save(tmp_path / "mask.png")
    program = (
        "import sys; from deepatelier.cli import main\n"
        "for name, words in eval(sys.argv[1]).items():\n"
        "    main([*words.split(), '--size', '64'])\n"
        "    print(name, [slow for slow in ('torch', 'rich', 'skimage') if slow in sys.modules], file=sys.stderr)\n"
    )
    words = [sys.executable, "-c", program, repr(WORDS)]
    with (tmp_path / "photo.png").open("rb") as photo:
        done = subprocess.run(words, cwd=tmp_path, stdin=photo, capture_output=True, check=False)
    said = done.stderr.decode()
    assert done.returncode == 0, said
    assert all(f"{name} []" in said for name in WORDS), said
    assert done.stdout.startswith(b"\x89PNG")
    record = read_record(tmp_path / "out.jpg")
    assert (record.device, record.precision, record.machine.torch) == ("cpu", "float32", None)
    assert record.machine.onnxruntime
    assert read_record(tmp_path / "painted" / "a.png").job["seed"] == 3


def test_the_record_of_a_trained_painter_names_torch(capsys, tmp_path):
    words = ("style", "coffee", "swirl", "--fast", "--painter", SHIPPED_PAINTER, "--size", 64, "--device", "cpu")
    assert run(capsys, *words, "-o", tmp_path / "out.png")[0] == 0
    record = read_record(tmp_path / "out.png")
    assert record.machine.torch == torch.__version__
    assert record.machine.onnxruntime is None
    assert record.inputs["painter"].name == SHIPPED_PAINTER.name


@pytest.mark.parametrize(
    "painter", [(), ("--painter", SHIPPED_PAINTER, "--device", "cpu")], ids=["universal", "trained"]
)
def test_it_is_measured_and_made_again(capsys, tmp_path, painter, thin_vgg):
    out = tmp_path / "out.png"
    code, _, err = run(capsys, "style", "coffee", "swirl", "--fast", *painter, "--size", 64, "--measure", "-o", out)
    assert code == 0
    assert "SSIM of luminance" in err
    assert "SSIM of luminance" in read_record(out).measures
    code, _, err = run(capsys, "rerun", out, "--input", f"painter={SHIPPED_PAINTER}" if painter else "photo=coffee")
    assert code == 0
    assert "every pixel is as in the first one" in err


@pytest.mark.parametrize("options", [FAST, TRAINED], ids=["universal", "trained"])
def test_a_dry_run_estimates(tmp_path, options):
    Image.fromarray(np.repeat([[255] * 24 + [0] * 24], 48, axis=0).astype(np.uint8)).save(tmp_path / "mask.png")
    job = FastStyleJob(photo="coffee", paintings=("swirl", "mosaic"), **options.model_dump())
    whole, masked = (
        each.plan(Context()) for each in (job, job.model_copy(update={"mask": str(tmp_path / "mask.png")}))
    )
    assert whole.steps == masked.steps == 0
    assert whole.size == masked.size == (42, 64)
    assert min(whole.memory, masked.memory) > 2**26
    assert min(whole.seconds, masked.seconds) > 0

"""A small job of every kind, on tiny networks and pictures, for the tests that hold for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conftest import gradient_picture

from deepatelier import images
from deepatelier.jobs import Job, load

PAINTER = {"network": "conftest:TinyNetwork", "device": "cpu", "precision": "float32"}
CLASSIFIER = {"network": "conftest:TinyClassifier", "device": "cpu"}
STYLE = {**PAINTER, "size": 48, "margin": 4, "steps": 4, "content_layers": ["relu2"], "style_layers": ["relu1"]}
TEXTURE = {**PAINTER, "painting": "painting.png", "layers": ["relu1", "relu2"], "size": 48, "steps": 4, "margin": 4}
PAINTED_LAB = {"photo": "photo.png", "painting": "painting.png", "size": 32, "steps": 2, "device": "cpu"}

SMALL: dict[str, dict[str, Any]] = {
    "style": {**STYLE, "photo": "photo.png", "paintings": ["painting.png"], "levels": 2},
    "style/fast": {"photo": "photo.png", "paintings": ["painting.png"], "size": 32},
    "sheet": {
        **STYLE,
        "steps": 2,
        "photo": "photo.png",
        "paintings": ["painting.png"],
        "rows": "strength=0.5,1",
        "columns": "seed=0,1",
        "init": "noise",
    },
    "train": {
        "dataset": "digits",
        "network": "mlp",
        "epochs": 2,
        "limit": 80,
        "batch_size": 16,
        "dropout": 0.5,
        "augment": ["flip", "crop"],
        "device": "cpu",
    },
    "train/closed-form": {"dataset": "digits", "limit": 80},
    "train/skip-gram": {"dataset": "topics", "dimensions": 4, "epochs": 2, "words": 50, "device": "cpu"},
    "train/classify": {
        "dataset": "topics",
        "epochs": 2,
        "limit": 60,
        "longest": 30,
        "embedding": 4,
        "width": 4,
        "classes": ["debugger", "types"],
        "batch_size": 16,
        "device": "cpu",
    },
    "train/forecast": {"dataset": "sunspots", "epochs": 2, "width": 4, "batch_size": 64, "device": "cpu"},
    "predict": {"training": "classified", "given": ["set a breakpoint", "an integer"], "device": "cpu"},
    "train/language-model": {
        "dataset": "text.txt",
        "width": 4,
        "embedding": 3,
        "dropout": 0.2,
        "truncate": 5,
        "batch_size": 8,
        "epochs": 2,
        "device": "cpu",
    },
    "write": {"training": "language_run", "prompt": "a", "length": 5, "device": "cpu"},
    "train/translate": {
        "dataset": "pairs.tsv",
        "width": 6,
        "embedding": 4,
        "epochs": 2,
        "batch_size": 4,
        "dropout": 0.3,
        "validation": 0.2,
        "device": "cpu",
    },
    "translate": {"training": "translator", "texts": ["ab", "b a"], "beam": 5, "device": "cpu"},
    "train/autoencoder": {
        "dataset": "digits",
        "code": 3,
        "epochs": 2,
        "limit": 64,
        "batch_size": 32,
        "frames": 3,
        "network": "autoencoder_denoising",
        "device": "cpu",
    },
    "decode": {"training": "autoencoder", "columns": 3, "stops": 2, "between": 2, "device": "cpu"},
    "similar": {"training": "autoencoder", "photo": "photo.png", "pictures": "photos", "device": "cpu"},
    "clusters": {"training": "autoencoder", "pictures": "photos", "count": 2, "device": "cpu"},
    "evaluate": {"training": "run", "dataset": "digits"},
    "train-painter": {
        **PAINTER,
        "paintings": ["painting.png"],
        "photos": ["photos"],
        "steps": 4,
        "crop": 64,
        "size": 48,
        "start": "none",
        "content_layers": ["relu2"],
        "style_layers": ["relu1"],
    },
    "texture": {**TEXTURE, "steps": 4},
    "texture/sheet": {**TEXTURE, "steps": 2},
    "texture/wei-levoy": {"painting": "painting.png", "size": 32, "levels": 2, "neighborhood": 3, "device": "cpu"},
    "reconstruct content": {**PAINTER, "photo": "photo.png", "layer": ["relu1", "relu2"], "size": 32, "steps": 2},
    "reconstruct style": {**TEXTURE, "steps": 2},
    "invert": {**PAINTER, "photo": "photo.png", "layer": "relu2", "size": 32, "steps": 4},
    "invert/code": {"network": "autoencoder", "photo": "photo.png", "steps": 4, "device": "cpu"},
    "invert/sheet": {**PAINTER, "photo": "photo.png", "layer": ["relu1", "relu2"], "size": 32, "steps": 2},
    "visualize": {**CLASSIFIER, "class_": "2", "size": 32, "steps": 4, "levels": 2},
    "dream": {
        **PAINTER,
        "photo": "photo.png",
        "layers": ["relu2"],
        "size": 56,
        "steps": 6,
        "levels": 2,
        "jitter": 4,
        "margin": 4,
    },
    "dream/film": {
        **PAINTER,
        "photo": "photo.png",
        "layers": ["relu2"],
        "size": 56,
        "steps": 4,
        "levels": 2,
        "jitter": 4,
        "margin": 4,
        "frames": 3,
        "frame_steps": 2,
    },
    "fool": {**CLASSIFIER, "photo": "photo.png", "as_": "1", "size": 32, "epsilon": 4, "steps": 2},
    "fool/ascent": {**CLASSIFIER, "photo": "photo.png", "as_": "1", "size": 32, "steps": 5},
    "look attention": {"training": "translator", "text": "b a", "device": "cpu"},
    "look filters": {**PAINTER, "layer": "conv1", "size": 8},
    "look activations": {**PAINTER, "photo": "photo.png", "layer": ["relu1"], "size": 32},
    "look patches": {**PAINTER, "pictures": ["photos"], "layer": ["relu2"], "channel": [1], "count": 2, "size": 32},
    "look deconvolution": {
        **PAINTER,
        "pictures": ["photos"],
        "layer": ["relu2"],
        "channel": [1],
        "count": 2,
        "size": 32,
    },
    "look unit": {
        **PAINTER,
        "pictures": ["photos"],
        "layer": "relu2",
        "channel": 1,
        "count": 2,
        "steps": 3,
        "size": 32,
    },
    "look text-units": {"training": "language_run", "text": "text.txt", "count": 400, "device": "cpu"},
    "look occlusion": {**CLASSIFIER, "photo": "photo.png", "size": 32, "view_size": 32, "window": 16, "stride": 8},
    "look cam": {**CLASSIFIER, "photo": "photo.png", "size": 32, "view_size": 32},
    "look gradcam": {**CLASSIFIER, "photo": "photo.png", "size": 32, "view_size": 32, "layer": "relu", "top": 2},
    "look saliency": {**CLASSIFIER, "photo": "photo.png", "size": 32, "view_size": 32},
    "look words": {"training": "classified", "text": "set a breakpoint in the function", "device": "cpu"},
    "lab activations": {},
    "lab backpropagation": {},
    "lab descent": {},
    "lab optimizers": {},
    "lab initialization": {},
    "lab penalties": {},
    "lab normalization": {},
    "lab amount_of_data": {},
    "lab words": {},
    "lab embeddings": {},
    "lab bptt": {},
    "lab clipping": {},
    "lab gates": {},
    "lab upsampling": {},
    "lab checkerboards": {},
    "lab grid": {**PAINTED_LAB, "steps": 1},
    "lab pooling": PAINTED_LAB,
    "lab total_variation": PAINTED_LAB,
}
"""The fields of a job by its kind; the files are those of `write_inputs`."""

TRAININGS = {
    "train": "run",
    "train/classify": "classified",
    "train/language-model": "language_run",
    "train/translate": "translator",
    "train/autoencoder": "autoencoder",
}
"""The run folders that other jobs use, by the kind of the training."""

QUICK = [kind for kind in SMALL if not kind.startswith("lab ") or kind == "lab backpropagation"]
"""Kinds that take moments. The labs have tests of their own, and share what carries them out."""

RESUMABLE = [
    *(
        "style",
        "sheet",
        "train",
        "train/skip-gram",
        "train/classify",
        "train/forecast",
        "train/language-model",
        "train/translate",
        "train/autoencoder",
        "train-painter",
        "texture",
        "texture/sheet",
        "reconstruct content",
        "reconstruct style",
    ),
    *("invert", "invert/code", "invert/sheet", "visualize", "dream", "dream/film", "fool", "fool/ascent"),
]
"""Kinds whose steps have a state."""


def write_inputs(folder: Path) -> None:
    """The pictures and texts that the small jobs name."""
    texts = ("a b", "b a", "ab", "ba", "a", "b", "aa", "bb", "aab", "b b")
    (folder / "pairs.tsv").write_text("".join(f"{text}\t{text[::-1]}\n" for text in texts))
    (folder / "photos").mkdir()
    for name, (height, width) in {"photo": (40, 56), "painting": (48, 36), "photos/a": (64, 80)}.items():
        data = images.encode(gradient_picture(height, width).tensor(), "PNG")
        (folder / f"{name}.png").write_bytes(data)
    (folder / "text.txt").write_text('say("a", b)  # c\n' * 60)
    (folder / "photos" / "b.png").write_bytes(images.encode(1 - gradient_picture(64, 80).tensor(), "PNG"))


def small(kind: str, folder: Path, **changed: Any) -> Job:
    """The small job of a kind, with its files in a folder."""
    values = {**SMALL[kind], **changed}
    files = {"photo.png", "painting.png", "photos", "text.txt", "pairs.tsv", *TRAININGS.values()}

    def placed(value: Any) -> Any:
        if isinstance(value, list):
            return [placed(each) for each in value]
        return str(folder / value) if value in files else value

    return load(kind)(**{name: placed(value) for name, value in values.items()})

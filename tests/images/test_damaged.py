"""Files that were damaged on purpose: each is read or explained, soon and in little memory."""

import json
import subprocess
import sys

import pytest
from peak_memory import on_linux

SCRIPT = r"""
import io, json, time, traceback
import numpy as np
from PIL import Image, ImageCms
from deepatelier import images
from deepatelier.errors import ImageError
from peak_memory import peak_memory

random = np.random.default_rng(11)
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
exif = Image.Exif()
exif[0x0112] = 6
pixels = random.integers(0, 256, (40, 56, 4), dtype=np.uint8)
rgba = Image.fromarray(pixels)
deep = Image.fromarray(random.integers(0, 65536, (40, 56), dtype=np.uint16))

def saved(image, format_, **options):
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()

import torch
colors = torch.rand(1, 3, 40, 56)
seeds = [
    saved(rgba, "PNG", icc_profile=profile, exif=exif), saved(deep, "PNG"),
    saved(rgba.convert("P"), "PNG", transparency=3),
    images.encode(colors, "PNG", bits=16, text="{}"),
    saved(rgba.convert("RGB"), "JPEG", icc_profile=profile, exif=exif),
    saved(rgba.convert("RGB"), "JPEG", progressive=True), saved(rgba.convert("CMYK"), "JPEG"), saved(rgba, "WEBP"),
    saved(rgba, "WEBP", save_all=True, append_images=[rgba.rotate(90)]), saved(rgba, "TIFF", compression="tiff_lzw"),
    saved(rgba.convert("CMYK"), "TIFF", compression="packbits"),
    images.encode(colors, "TIFF", bits=16, text="{}"), saved(rgba.convert("RGB"), "BMP"),
    saved(rgba.convert("P"), "BMP"),
    saved(rgba.convert("P"), "GIF"), saved(rgba.convert("P"), "GIF", save_all=True, append_images=[rgba.convert("L")]),
    saved(rgba, "AVIF", exif=exif) if ".avif" in images.OUTPUT_FORMATS else saved(rgba, "PNG"),
    saved(rgba.convert("RGB"), "PPM"), saved(rgba.convert("RGB"), "JPEG2000"),
]

def damaged(data):
    file = bytearray(data)
    kind = random.integers(6)
    place = int(random.integers(len(file)))
    if kind == 0:
        return bytes(file[:place])
    if kind == 1:  # a header's numbers
        at = int(random.integers(min(len(file), 120)))
        file[at:at + 4] = random.choice([b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\x10\x27\x10\x27"])
    elif kind == 2:
        file[place:place] = file[:int(random.integers(1, 200))]
    elif kind == 3:
        del file[place:place + int(random.integers(1, 50))]
    else:
        for at in random.integers(len(file), size=random.integers(1, 12)):
            file[at] = random.integers(256)
    return bytes(file)

counts = {"read": 0, "explained": 0}
failures, slowest = [], 0.0
for number in range(COUNT):
    data = damaged(seeds[number % len(seeds)])
    began = time.perf_counter()
    try:
        image = images.decode(data)
        assert image.shape[:2] == (1, 3) and 0 <= image.min() <= image.max() <= 1
        counts["read"] += 1
    except ImageError as error:
        assert len(str(error).splitlines()) == 1, str(error)
        counts["explained"] += 1
    except BaseException:
        failures.append(f"{number}: {traceback.format_exc()[-600:]}")
    slowest = max(slowest, time.perf_counter() - began)
print(json.dumps({**counts, "failures": failures, "slowest": slowest, "gigabytes": peak_memory() / 2**30}))
"""


@on_linux
@pytest.mark.parametrize("count", [200, pytest.param(1_000, marks=pytest.mark.long)])
def test_damaged_files_are_read_or_explained(count):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("COUNT", str(count))],
        capture_output=True,
        text=True,
        check=False,
        cwd="tests",
    )
    assert done.returncode == 0, done.stderr[-1000:]
    told = json.loads(done.stdout)
    assert told["failures"] == []
    assert told["read"] + told["explained"] == count
    assert told["explained"] > count / 4
    assert told["slowest"] < 10
    assert told["gigabytes"] < 2

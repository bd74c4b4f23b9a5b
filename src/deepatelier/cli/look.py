"""``atelier look``: what a network is, and what it sees in your own picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from deepatelier import interpretation as room
from deepatelier.cli.looking import Report, look_and_report
from deepatelier.cli.painting import open_input
from deepatelier.interpretation import (
    ActivationOptions,
    CamOptions,
    DeconvolutionOptions,
    FilterOptions,
    GradCamOptions,
    OcclusionOptions,
    PatchOptions,
    SaliencyOptions,
)
from deepatelier.unit_page import UnitOptions, UnitPage

__all__ = [
    "activations",
    "cam",
    "deconvolution",
    "filters",
    "gradcam",
    "look",
    "occlusion",
    "patches",
    "saliency",
    "unit",
]

look = App(
    name="look",
    help="What a network is, and what it sees in your own picture.\n\n"
    "Example: atelier look gradcam chelsea -o gradcam.png",
)

_Output = Annotated[Path, Parameter(name=("--output", "-o"))]
_Report = Annotated[Report, Parameter(name="*")]
_Array = Path | None


@look.command
def filters(
    *,
    output: _Output = Path("filters.png"),
    array: _Array = None,
    report: _Report = Report(),  # noqa: B008 (frozen)
    options: Annotated[FilterOptions, Parameter(name="*")] = FilterOptions(),  # noqa: B008 (frozen)
) -> None:
    """A layer's filters as tiles: the first layer's in colours.

    Example: atelier look filters --network vgg19 -o filters.png

    Parameters
    ----------
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    array
        Write the numbers behind it to this .npy: all filters of the layer.
    """
    look_and_report("look filters", lambda: room.Filters(options), output, report, array=array)


@look.command
def activations(
    photo: str,
    /,
    *,
    output: _Output = Path("activations.png"),
    array: _Array = None,
    report: _Report = Report(),  # noqa: B008 (frozen)
    options: Annotated[ActivationOptions, Parameter(name="*")] = ActivationOptions(),  # noqa: B008 (frozen)
) -> None:
    """What channels of a layer answer to a photograph, as maps.

    Example: atelier look activations chelsea --layer relu3_1 --most 36 -o activations.png

    Parameters
    ----------
    photo
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    array
        Write the numbers behind it to this .npy: all channels of one layer.
    """
    look_and_report(
        "look activations",
        lambda: room.Activations(open_input(photo), options),
        output,
        report,
        sources=(photo,),
        array=array,
    )


@look.command
def patches(
    *pictures: str,
    output: _Output = Path("patches.png"),
    report: _Report = Report(),  # noqa: B008 (frozen)
    options: Annotated[PatchOptions, Parameter(name="*")] = PatchOptions(),  # noqa: B008 (frozen)
) -> None:
    """The patches of many pictures that excite units most.

    Example: atelier look patches photos --layer relu4_1 --channel 7 -o patches.png

    Parameters
    ----------
    pictures
        Folders of pictures with all in them, files or samples. Default: all samples.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    """
    look_and_report("look patches", lambda: room.Patches(pictures, options), output, report, sources=_files(pictures))


@look.command
def deconvolution(
    *pictures: str,
    output: _Output = Path("deconvolution.png"),
    report: _Report = Report(),  # noqa: B008 (frozen)
    options: Annotated[DeconvolutionOptions, Parameter(name="*")] = DeconvolutionOptions(),  # noqa: B008 (frozen)
) -> None:
    """The same patches, and beside them what made the units fire, carried back to the pixels.

    Example: atelier look deconvolution photos -o deconvolution.png

    Parameters
    ----------
    pictures
        Folders of pictures with all in them, files or samples. Default: all samples.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    """
    look_and_report(
        "look deconvolution", lambda: room.Deconvolution(pictures, options), output, report, sources=_files(pictures)
    )


@look.command
def unit(
    *pictures: str,
    output: _Output = Path("unit.png"),
    report: _Report = Report(),  # noqa: B008 (frozen)
    options: Annotated[UnitOptions, Parameter(name="*")] = UnitOptions(),  # noqa: B008 (frozen)
) -> None:
    """One page for a unit: its patches, their deconvolution and its own picture.

    Example: atelier look unit photos --layer relu4_1 --channel 7 -o unit.png

    Parameters
    ----------
    pictures
        Folders of pictures with all in them, files or samples. Default: all samples.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    """
    look_and_report("look unit", lambda: UnitPage(pictures, options), output, report, sources=_files(pictures))


@look.command
def occlusion(
    photo: str,
    /,
    *,
    output: _Output = Path("occlusion.png"),
    array: _Array = None,
    report: _Report = Report(),  # noqa: B008 (frozen)
    options: Annotated[OcclusionOptions, Parameter(name="*")] = OcclusionOptions(),  # noqa: B008 (frozen)
) -> None:
    """Where covering the photograph lowers a class's score.

    Example: atelier look occlusion coffee --class espresso -o occlusion.png

    Parameters
    ----------
    photo
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    array
        Write the numbers behind it to this .npy: one map a class, with its signs.
    """
    look_and_report(
        "look occlusion",
        lambda: room.Occlusion(open_input(photo), options),
        output,
        report,
        sources=(photo,),
        array=array,
    )


@look.command
def cam(
    photo: str,
    /,
    *,
    output: _Output = Path("cam.png"),
    array: _Array = None,
    report: _Report = Report(),  # noqa: B008 (frozen)
    options: Annotated[CamOptions, Parameter(name="*")] = CamOptions(),  # noqa: B008 (frozen)
) -> None:
    """Where a class is seen, exactly: for networks that end in global average pooling.

    Example: atelier look cam coffee --class espresso -o cam.png

    Parameters
    ----------
    photo
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    array
        Write the numbers behind it to this .npy: one map a class, with its signs.
    """
    look_and_report(
        "look cam", lambda: room.Cam(open_input(photo), options), output, report, sources=(photo,), array=array
    )


@look.command
def gradcam(
    photo: str,
    /,
    *,
    output: _Output = Path("gradcam.png"),
    array: _Array = None,
    report: _Report = Report(),  # noqa: B008 (frozen)
    options: Annotated[GradCamOptions, Parameter(name="*")] = GradCamOptions(),  # noqa: B008 (frozen)
) -> None:
    """Where in a layer's maps the evidence for a class lies: for every network.

    Example: atelier look gradcam chelsea --top 3 -o gradcam.png

    Parameters
    ----------
    photo
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    array
        Write the numbers behind it to this .npy: one map a class, with its signs.
    """
    look_and_report(
        "look gradcam", lambda: room.GradCam(open_input(photo), options), output, report, sources=(photo,), array=array
    )


@look.command
def saliency(
    photo: str,
    /,
    *,
    output: _Output = Path("saliency.png"),
    array: _Array = None,
    report: _Report = Report(),  # noqa: B008 (frozen)
    options: Annotated[SaliencyOptions, Parameter(name="*")] = SaliencyOptions(),  # noqa: B008 (frozen)
) -> None:
    """The pixels of which a class's score would change most.

    Example: atelier look saliency chelsea -o saliency.png

    Parameters
    ----------
    photo
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    array
        Write the numbers behind it to this .npy: one map a class, with its signs.
    """
    look_and_report(
        "look saliency",
        lambda: room.Saliency(open_input(photo), options),
        output,
        report,
        sources=(photo,),
        array=array,
    )


def _files(pictures: tuple[str, ...]) -> list[str]:
    """The pictures that the words stand for, none of which may be overwritten."""
    return [shown.source for shown in room.find_pictures(pictures)]

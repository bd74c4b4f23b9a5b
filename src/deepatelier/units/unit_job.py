"""Options and job of a page about a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from deepatelier.inputs import PicturesInput
from deepatelier.interpretation.look_jobs import PICTURES, BackProjectionOptions, LookJob, outputs_of
from deepatelier.jobs import Context
from deepatelier.options import option

if TYPE_CHECKING:
    from deepatelier.interpretation import Look

__all__ = ["UnitJob", "UnitOptions"]


class UnitOptions(BackProjectionOptions):
    """Options of `UnitPage`."""

    layer: Annotated[str, Field(min_length=1)] = option("relu4_1", "The unit's layer; see atelier networks NAME.")
    channel: int = option(0, "The unit's channel, from 0.", ge=0)
    steps: int = option(200, "Gradient evaluations for the feature visualization.", ge=1, le=100_000)
    size: int = option(320, "Height and width of a panel, in pixels.", ge=32, le=4096)


class UnitJob(LookJob, UnitOptions):
    """One page about a unit: its strongest patches, their deconvolution and its feature visualization."""

    kind: ClassVar = "look unit"
    example: ClassVar = "atelier look unit photos --layer relu4_1 --channel 7 -o unit.png"
    arguments: ClassVar = ("pictures",)
    outputs: ClassVar = outputs_of("unit.png")

    pictures: tuple[PicturesInput, ...] = Field((), description=PICTURES)

    def figure(self, context: Context) -> Look:  # noqa: ARG002
        """See `LookJob`."""
        from deepatelier.units.unit_page import UnitPage

        return UnitPage(self.pictures, self)

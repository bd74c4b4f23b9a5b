from .unit_job import UnitJob, UnitOptions
from .unit_page import UnitPage

__all__ = [
    "UnitJob",
    "UnitOptions",
    "UnitPage",
]

"""What a run leaves behind, and how to make it again."""

from deepatelier.runs.made import Figure, Made, Measures, record_of
from deepatelier.runs.record import Input, Machine, Record, numbered, several, this_machine
from deepatelier.runs.replay import Found, changes, find_inputs, pixel_difference, restored_options
from deepatelier.runs.storage import (
    check_film_target,
    check_target,
    read_record,
    write_array,
    write_film,
    write_picture,
)

__all__ = [
    "Figure",
    "Found",
    "Input",
    "Machine",
    "Made",
    "Measures",
    "Record",
    "changes",
    "check_film_target",
    "check_target",
    "find_inputs",
    "numbered",
    "pixel_difference",
    "read_record",
    "record_of",
    "restored_options",
    "several",
    "this_machine",
    "write_array",
    "write_film",
    "write_picture",
]

from .batch import Batch, in_turn, picture_of, plan_of
from .checkpoint import Checkpoint
from .comparison import Difference, difference, pixel_difference
from .composition import Findings, composed
from .context import Cancelled, Context
from .fingerprints import fingerprint
from .interruption import stopped_between_steps, uninterrupted
from .job import Choice, Job, Plan, Work
from .kept import KeptPictures
from .many import Made, make_each
from .mapped import mapped
from .output import Output, endings
from .products import (
    ArrayProduct,
    FilmProduct,
    PictureProduct,
    Product,
    TableProduct,
    TextProduct,
    WeightsProduct,
)
from .randomness import isolated
from .record import Machine, Record, named, numbered, this_machine
from .registry import TABLE, Entry, command_of, entry, jobs_of, kinds, load, restored
from .replay import Found, changes, find_inputs, restored_job
from .request import is_finished, request_of
from .result import Measured, Measures, Result, Runtime
from .runner import Finished, carried_out, check_targets, make, record_of, write
from .state import State
from .step import Step
from .store import RECORD_NAME, check_target, read_record, write_product

__all__ = [
    "RECORD_NAME",
    "TABLE",
    "ArrayProduct",
    "Batch",
    "Cancelled",
    "Checkpoint",
    "Choice",
    "Context",
    "Difference",
    "Entry",
    "FilmProduct",
    "Findings",
    "Finished",
    "Found",
    "Job",
    "KeptPictures",
    "Machine",
    "Made",
    "Measured",
    "Measures",
    "Output",
    "PictureProduct",
    "Plan",
    "Product",
    "Record",
    "Result",
    "Runtime",
    "State",
    "Step",
    "TableProduct",
    "TextProduct",
    "WeightsProduct",
    "Work",
    "carried_out",
    "changes",
    "check_target",
    "check_targets",
    "command_of",
    "composed",
    "difference",
    "endings",
    "entry",
    "find_inputs",
    "fingerprint",
    "in_turn",
    "is_finished",
    "isolated",
    "jobs_of",
    "kinds",
    "load",
    "make",
    "make_each",
    "mapped",
    "named",
    "numbered",
    "picture_of",
    "pixel_difference",
    "plan_of",
    "read_record",
    "record_of",
    "request_of",
    "restored",
    "restored_job",
    "stopped_between_steps",
    "this_machine",
    "uninterrupted",
    "write",
    "write_product",
]

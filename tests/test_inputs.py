"""What a job is given, known from the types of its fields."""

from typing import Annotated

import pytest
from pydantic import BaseModel, Field
from toy_jobs import Everything

from deepatelier.inputs import (
    InputField,
    InputType,
    ModelInput,
    PictureInput,
    PicturesInput,
    input_fields,
    inputs_of,
    paths_of,
    with_sources,
)
from deepatelier.options import Words
from deepatelier.synthesis import StyleJob


class _Model(BaseModel):
    plain: str = "a.png"
    number: int = 3
    photo: PictureInput = "swirl"
    guide: PictureInput | None = None
    start: Annotated[str, InputType("model", ("shipped", "none"))] = "shipped"
    masks: tuple[PictureInput, ...] = ()
    folders: Annotated[tuple[PicturesInput, ...], Words, Field(min_length=0)] = ()
    others: list[ModelInput] | None = None


def test_inputs_are_found_by_their_types():
    fields = input_fields(_Model)
    assert {name: (field.type.kind, field.several) for name, field in fields.items()} == {
        "photo": ("picture", False),
        "guide": ("picture", False),
        "start": ("model", False),
        "masks": ("picture", True),
        "folders": ("pictures", True),
        "others": ("model", True),
    }
    assert fields["start"].type.words == ("shipped", "none")


def test_the_parts_of_several_are_numbered():
    field = InputField("paintings", InputType("picture"), True)
    assert [field.part(number) for number in (1, 2, 3)] == ["painting", "painting_2", "painting_3"]
    assert InputField("weights", InputType("model"), False).part() == "weights"


def test_what_a_job_is_given():
    given = inputs_of(_Model(masks=("a", "b"), others=["c"], guide="d"))
    assert {part: each.source for part, each in given.items()} == {
        "photo": "swirl", "guide": "d", "mask": "a", "mask_2": "b", "other": "c",
    }  # fmt: skip
    assert "start" in inputs_of(_Model(start="p.safetensors"))
    job = StyleJob(photo="chelsea", paintings=("swirl", "coffee"), init="noise")
    assert list(inputs_of(job)) == ["network", "photo", "painting", "painting_2"]


@pytest.mark.parametrize("name", ["a.png", "deeper/a.png"])
@pytest.mark.parametrize(("field", "kind"), [("photos", "folder"), ("dataset", "folder"), ("photo", "file")])
def test_files_are_found_in_folders_too(tmp_path, field, kind, name):
    path = tmp_path / "given" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    source = str(tmp_path / "given") if kind == "folder" else str(path)
    job = Everything(**{field: (source,) if field == "photos" else source})
    assert paths_of(job) == [path]


def test_of_a_training_the_weights_are(tmp_path):
    for name in ("weights.safetensors", "curves.png"):
        (tmp_path / name).write_text("mine")
    for field in ("network", "training"):
        assert paths_of(Everything(**{field: str(tmp_path)})) == [tmp_path / "weights.safetensors"]


@pytest.mark.parametrize("name", ["swirl", "none.png", "a\0b", "x" * 5000])
def test_what_is_no_file_is_passed_over(name):
    assert paths_of(Everything(photo=name, photos=(name,), network=name)) == []


def test_sources_go_where_they_were():
    fields = input_fields(_Model)
    values = {"photo": "p", "masks": ["m", "n"], "guide": None, "plain": "x", "others": ["o"]}
    sources = {"photo": "/p", "mask": "/m", "mask_2": "/n", "mask_4": "/never"}
    again = with_sources(values, fields, sources)
    assert again == {"photo": "/p", "masks": ["/m", "/n"], "guide": None, "plain": "x", "others": ["o"]}
    assert values["photo"] == "p"

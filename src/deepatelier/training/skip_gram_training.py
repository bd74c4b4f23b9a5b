"""Training of word vectors: from a text to a run folder with vectors, curves and their record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from torch.optim.lr_scheduler import LambdaLR

from deepatelier import data
from deepatelier.data import Corpus, EncodedText
from deepatelier.devices import choose_device
from deepatelier.errors import OptionError, OutputError, RecordError, StateError
from deepatelier.files import free_folder, make_folder, write_atomically
from deepatelier.inputs import Input
from deepatelier.jobs import (
    RECORD_NAME,
    Context,
    Record,
    Result,
    State,
    Step,
    Work,
    fingerprint,
    named,
    read_record,
    this_machine,
    uninterrupted,
)
from deepatelier.networks import WEIGHTS_NAME
from deepatelier.networks.skip_gram import SkipGram
from deepatelier.text import Embeddings, Vocabulary, tokenizer
from deepatelier.training.fit import FitStep, fit
from deepatelier.training.history import Row
from deepatelier.training.parts import PARTS
from deepatelier.training.player import Player
from deepatelier.training.processes import fabric_for
from deepatelier.training.run_folder import CHECKPOINT_NAME, own_folder, write_history
from deepatelier.training.skip_gram_job import SkipGramJob, SkipGramOptions
from deepatelier.training.surroundings import SurroundingsOf
from deepatelier.training.tasks.negative_sampling import NegativeSampling
from deepatelier.training.tasks.supervised import NETWORK
from deepatelier.training.validation import Validation

__all__ = ["SkipGramTraining", "default_folder", "prepared", "trained"]

_CHECKPOINT_SECONDS = 10.0
"""The minimum time between two checkpoints."""

_FREE = {"device"}
"""Options on which the vectors do not depend, up to rounding."""


class SkipGramTraining:
    """Word vectors of a text, by skip-gram with negative sampling and Adam with a linearly falling learning rate.

    Source: Mikolov et al., 'Distributed Representations of Words and Phrases and their Compositionality' (2013).

    Departures from the source: the gradients of a batch are averaged, and Adam takes the steps instead of stochastic
    gradient descent, because a processor computes a batch much faster than its pairs one by one. See also
    `NegativeSampling`.

    Args:
        corpus: The text. It is read twice: for the vocabulary, and for the numbers of its words.
        options: See `SkipGramOptions`.

    Attributes:
        vocabulary: The words, the most frequent first.
        text: The numbers of the text's words, on disk.
        network: The vectors.
        rows: The measures of each epoch so far.
        taken: The number of steps so far.

    Raises:
        InputError: The text is invalid, or no word occurs often enough.
        OptionError: The device cannot be used.
        SurroundingsError: The package ``regex`` is not installed.
    """

    def __init__(self, corpus: Corpus, options: SkipGramOptions) -> None:
        self.options, self.device = options, choose_device(options.device)
        words = tokenizer("words")
        self.vocabulary = Vocabulary.of(
            corpus.tokens(words), most=options.words, at_least=options.at_least, unknown=False
        )
        self.text = EncodedText(corpus.tokens(words), self.vocabulary)
        generator = torch.Generator().manual_seed(options.seed)
        self.network = SkipGram(len(self.vocabulary), options.dimensions, generator)
        self.rows: list[Row] = []
        self.taken = 0
        self._batches = SurroundingsOf(
            self.text,
            self.vocabulary.counts,
            options.window,
            options.batch_size,
            options.subsample,
            options.validation,
            held_out=False,
            seed=options.seed,
            device=self.device,
        )

    @property
    def planned(self) -> int:
        """The number of steps of the whole training."""
        return self.options.epochs * len(self._batches)

    @property
    def embeddings(self) -> Embeddings:
        """The vectors of the words as centers, in their present state."""
        return Embeddings(self.network.centers.detach().cpu().clone(), self.vocabulary)

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Train step by step.

        Args:
            state: The state of an earlier step, to resume after it.

        Raises:
            DivergenceError: The loss is no longer finite.
            StateError: The state is of another training.
        """
        known = None
        if state is not None:
            if state.fingerprint != self._fingerprint():
                raise StateError("The state is of another training: text or options differ. Start again without it.")
            known, self.rows, self.taken = state.values["fit"], list(state.values["rows"]), state.index
        optimizer = torch.optim.Adam(self.network.parameters(), lr=self.options.learning_rate, fused=True)
        player = Player(self.network, optimizer, LambdaLR(optimizer, self._rate))
        task, fabric = NegativeSampling(self.options.negatives), fabric_for(self.device, torch.float32, 1)
        held_out = replace(self._batches, held_out=True)
        measure = Validation(task, {PARTS[1]: held_out} if len(held_out) else {}, fabric)
        epochs = self.options.epochs
        for step in fit(task, {NETWORK: player}, self._batches, epochs, fabric=fabric, measure=measure, state=known):
            self.taken = step.index
            if step.row is not None:
                self.rows.append(step.row)
            values = {"epoch": step.epoch, **step.losses}
            yield Step(step.index, self.planned, values, _state=partial(self._state, step))

    def _rate(self, step: int) -> float:
        """Return the factor of the learning rate at a step, from 0."""
        return max(0.0, 1 - step / self.planned)

    def _state(self, step: FitStep) -> State:
        values = {"fit": step.state, "rows": [dict(row) for row in self.rows]}
        return State(step.index, values, self._fingerprint())

    def _fingerprint(self) -> str:
        values = self.options.model_dump(mode="json", include=set(SkipGramOptions.model_fields) - _FREE)
        return fingerprint(values, self.text.sha256, self.vocabulary.tokens)


def default_folder(job: SkipGramJob) -> Path:
    """Return the default run folder of a training."""
    return free_folder(Path("runs") / f"{_corpus(job).name}-skipgram")


def prepared(job: SkipGramJob, context: Context) -> SkipGramTraining:
    """Return the training that a job describes. All errors of options and inputs are raised here."""
    return SkipGramTraining(_corpus(job), _checked(job, own_folder(context.folder)))


def trained(job: SkipGramJob, context: Context, state: State | None) -> Work:
    """Train, yield the steps of a job, and write its run folder. After an error or Ctrl-C, the vectors so far."""
    folder = own_folder(context.folder)
    job = _checked(job, folder)
    training = SkipGramTraining(_corpus(job), job)
    if job.resume:
        state = state or _checkpoint(folder)
    run = _Run(job, folder, training)
    make_folder(folder)
    run.write("begun")
    outcome: Literal["finished", "interrupted", "failed"] = "failed"
    step: Step | None = None
    try:
        with closing(training.steps(state)) as steps:  # type: ignore[type-var]
            for step in steps:
                run.keep(step)
                yield step
        outcome = "finished"
    except (KeyboardInterrupt, GeneratorExit) as stop:
        outcome = "interrupted"
        if isinstance(stop, GeneratorExit):
            raise
    finally:
        with uninterrupted():
            if outcome == "interrupted" and step is not None:
                run.write_checkpoint(step)
            run.write(outcome)
    record = run.record(outcome)
    return Result(
        job,
        {},
        run.inputs,
        record.device,
        record.precision,
        steps=record.steps,
        notes=() if context.folder is not None else (f"The run folder is {folder}.",),
        interrupted=record.interrupted,
        details=record.details,
        record=record,
    )


class _Run:
    """The run folder of a training while it runs."""

    def __init__(self, job: SkipGramJob, folder: Path, training: SkipGramTraining) -> None:
        self._job, self._folder, self._training = job, folder, training
        own = job.dataset not in data.CORPORA
        source = Input.of(job.dataset) if own else Input(name=job.dataset, sha256=training.text.sha256)
        self.inputs = {"dataset": source}
        self._written = time.monotonic()

    def keep(self, step: Step) -> None:
        """Write a checkpoint, if the last one is some time ago."""
        if time.monotonic() - self._written > _CHECKPOINT_SECONDS:
            self.write_checkpoint(step)

    def write_checkpoint(self, step: Step) -> None:
        """Write the state after a step, from which the training resumes."""
        assert step.state is not None
        write_atomically(self._folder / CHECKPOINT_NAME, step.state.to_bytes())
        self._written = time.monotonic()

    def write(self, state: str) -> None:
        """Write the vectors, the history and the record."""
        training = self._training
        if state in ("finished", "interrupted"):
            training.embeddings.save(self._folder / WEIGHTS_NAME)
            if training.rows:
                title = f"skip-gram on {self.inputs['dataset'].name}"
                write_history(self._folder, training.rows, NegativeSampling.measure, title)
        write_atomically(self._folder / RECORD_NAME, (self.record(state).to_json(indent=1) + "\n").encode())

    def record(self, state: str) -> Record:
        """Return the record of the training so far."""
        training = self._training
        row = training.rows[-1] if training.rows else {}
        details: dict[str, Any] = {
            "state": state,
            "epochs": len(training.rows),
            "words": len(training.vocabulary),
            "tokens": len(training.text),
            "parameters": sum(each.numel() for each in training.network.parameters()),
        }
        return Record(
            job=named(self._job.model_copy(update={"data_dir": None}), self.inputs),
            inputs=self.inputs,
            part="folder",
            output=self._folder.name,
            seconds=row.get("seconds", 0.0),
            steps=training.taken,
            interrupted=state in ("interrupted", "failed"),
            device=str(training.device),
            precision="float32",
            machine=this_machine(training.device),
            measures={name: each for name, each in row.items() if name.startswith((*PARTS, "running"))},
            details=details,
        )


def _corpus(job: SkipGramJob) -> Corpus:
    return data.open_corpus(job.dataset, data_dir=None if job.data_dir is None else Path(job.data_dir))


def _checked(job: SkipGramJob, folder: Path) -> SkipGramJob:
    """Return the job with the options of the training in its folder, if it resumes that.

    Raises:
        OutputError: The folder contains a training, and the job does not resume it.
        RecordError: There is no training of word vectors to resume.
        OptionError: It is finished, or an option differs.
    """
    there = (folder / RECORD_NAME).exists()
    if not job.resume:
        if there:
            raise OutputError(f"{folder} contains a training already. Continue it with --resume, or give another -o.")
        return job
    if not there:
        raise RecordError(f"{folder} is not a run folder: it contains no {RECORD_NAME}.")
    record = read_record(folder)
    if record.kind != job.kind:
        raise RecordError(f"{folder} is no training of word vectors: its record belongs to {record.kind}.")
    if record.details.get("state") == "finished":
        raise OptionError(f"The training in {folder} is finished. Give another -o.")
    known = {name: record.job[name] for name in SkipGramOptions.model_fields if name in record.job}
    now = {name: getattr(job, name) for name in job.model_fields_set}
    for name in known.keys() & now.keys() - _FREE:
        if known[name] != now[name]:
            raise OptionError(f"--{name.replace('_', '-')} was {known[name]} in {folder}. Resume with the same value.")
    return SkipGramJob.complete({**known, **now})


def _checkpoint(folder: Path) -> State | None:
    """Return the state in the checkpoint of a run folder; None if there is none. Raises StateError."""
    path = folder / CHECKPOINT_NAME
    return State.from_bytes(path.read_bytes()) if path.exists() else None

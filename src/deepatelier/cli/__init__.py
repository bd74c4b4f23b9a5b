"""The command ``atelier``: commands from the registry of jobs, and no maths.

A command is made when it is called, so ``atelier --help`` answers without torch.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Parameter

from deepatelier import __version__
from deepatelier.cli.messages import explain, say
from deepatelier.errors import AtelierError
from deepatelier.jobs.registry import command_of, entry, kinds

__all__ = ["app", "main"]

app = App(
    name="atelier",
    help="The deep-learning workshop for images.",
    help_epilogue="Begin with: atelier demo. Every command has --help with an example. "
    "--debug shows the whole traceback of an error. "
    "Exit codes: 0 done, 1 our fault, 2 your input, 3 the surroundings, 130 interrupted.",
    version=__version__,
    version_flags=["--version"],
    default_parameter=Parameter(negative_iterable=(), negative_bool=(), consume_multiple=True),
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
)

_OTHERS = {
    "networks": "List the networks, or one of them layer by layer.\n\nExample: atelier networks vgg16 --draw vgg16.svg",
    "demo": "The main job, on samples that ship.\n\nExample: atelier demo -o demo.png",
    "style": f"{entry('style').about}\n\nExample: {entry('style').example}",
    "train": f"{entry('train').about}\n\nExample: {entry('train').example}",
    "evaluate": f"{entry('evaluate').about}\n\nExample: {entry('evaluate').example}",
    "lab": "The worked examples of the documents.\n\nExample: atelier lab pooling -o .",
    "rerun": "Make something again from the record that it carries.\n\nExample: atelier rerun painted.png",
    "samples": "List the pictures that ship, or write them.\n\nExample: atelier samples -o pictures",
    "doctor": "What works here: device, precision, memory, weights, extras.\n\nExample: atelier doctor",
}
"""Commands that are more than their job. The help stands here, so that the list of commands needs no import."""

_GROUPS = {
    "reconstruct": "What each layer keeps of a picture: the sheets (a) to (e).\n\n"
    "Example: atelier reconstruct content chelsea -o content.png",
    "look": "What a network is, and what it sees in your own picture.\n\n"
    "Example: atelier look gradcam chelsea -o gradcam.png",
}
"""Words that several commands begin with."""


def _add_commands() -> None:
    """Add every command by the name of what makes it, so that nothing is imported before it is called."""
    groups = {name: App(name=name, help=about) for name, about in _GROUPS.items()}
    for name, about in _OTHERS.items():
        app.command(f"deepatelier.cli.{name}:{name}", name=name, help=about)
    for words in dict.fromkeys(command_of(kind) for kind in kinds()):
        first, _, second = words.partition(" ")
        if first in _OTHERS:
            continue
        row = entry(words)
        where = f"deepatelier.cli.commands:{words.replace(' ', '_').replace('-', '_')}"
        (groups[first] if second else app).command(
            where, name=second or first, help=f"{row.about}\n\nExample: {row.example}"
        )
    for group in groups.values():
        app.command(group)


_add_commands()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0; 1 our fault; 2 the user's input; 3 the surroundings; 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    if debug:
        words.remove("--debug")
    try:
        app(words, exit_on_error=False, print_error=False, help_on_error=False, result_action="return_value")
        sys.stdout.flush()
    except BrokenPipeError:  # who reads has enough; python would complain once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        say("Interrupted.")
        sys.exit(130)
    except (AtelierError, CycloptsError) as error:
        _show(debug)
        say(f"Error: {explain(error)}")
        sys.exit(error.exit_code if isinstance(error, AtelierError) else 2)
    except Exception as error:
        _show(debug)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            say(f"Error: the result could not be written: {error.strerror}.")
            sys.exit(3)
        say(f"Error inside deepatelier: {type(error).__name__}: {error}")
        say("This is our fault. Please report it with the output of the same command with --debug.")
        sys.exit(1)


def _show(debug: bool) -> None:
    if debug:
        import traceback  # here: only who asks for it waits for it

        traceback.print_exc()

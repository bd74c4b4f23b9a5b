"""The command ``atelier``: one file a command, and no maths.

A command's module is imported when the command is called, so ``atelier --help`` answers without torch.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Parameter

from deepatelier import __version__
from deepatelier.cli.messages import explain, say
from deepatelier.errors import AtelierError

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

# The help stands here, and not in the command's docstring, so that the list of commands needs no import.
_COMMANDS = {
    "networks": "List the networks, or one of them layer by layer.\n\nExample: atelier networks vgg16 --draw vgg16.svg",
    "demo": "The main job, on samples that ship.\n\nExample: atelier demo -o demo.png",
    "style": "Paint a photograph in the style of a painting.\n\nExample: atelier style photo.jpg swirl -o painted.png",
    "sheet": "How two options change a style transfer: a picture for each pair of values.\n\n"
    "Example: atelier sheet photo.jpg swirl --rows layers --columns strength=0.3,0.6,1 -o sheet.png",
    "train": "Fit a network to pictures: weights, learning curves and their record.\n\n"
    "Example: atelier train digits --network mlp -o run",
    "evaluate": "What trained weights are worth on test pictures.\n\nExample: atelier evaluate run digits",
    "train-painter": "Train a network that paints in a painting's style at once.\n\n"
    "Example: atelier train-painter starry_night.jpg --photos FOLDER -o starry.safetensors",
    "texture": "More of a painting's texture, from noise.\n\nExample: atelier texture swirl --tileable -o texture.png",
    "reconstruct": "What each layer keeps of a picture: the sheets (a) to (e).\n\n"
    "Example: atelier reconstruct content chelsea -o content.png",
    "invert": "The picture that a layer's activations stand for.\n\n"
    "Example: atelier invert chelsea --layer relu3_3 -o inverted.png",
    "visualize": "What a class, a unit, a channel or a layer is most excited by.\n\n"
    "Example: atelier visualize --class espresso -o espresso.png",
    "dream": "DeepDream: a network sees more of what it sees already.\n\nExample: atelier dream photo.jpg -o dream.png",
    "fool": "A photograph that a network takes for something else.\n\n"
    "Example: atelier fool coffee --as teapot -o fooled.png --panels panels.png",
    "look": "What a network is, and what it sees in your own picture.\n\n"
    "Example: atelier look gradcam chelsea -o gradcam.png",
    "lab": "The worked examples of the documents.\n\nExample: atelier lab pooling -o .",
    "rerun": "Make a picture again from the record that it carries.\n\nExample: atelier rerun painted.png",
    "samples": "List the pictures that ship, or write them.\n\nExample: atelier samples -o pictures",
    "doctor": "What works here: device, precision, memory, weights, extras.\n\nExample: atelier doctor",
}
for _name, _help in _COMMANDS.items():
    _module = _name.replace("-", "_")
    app.command(f"deepatelier.cli.{_module}:{_module}", name=_name, help=_help)


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
        traceback.print_exc()

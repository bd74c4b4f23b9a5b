import subprocess
import sys

from deepatelier.synthesis import StyleOptions
from deepatelier.synthesis.style_loss_names import about, names


def test_the_help_tells_all_of_them():
    words = StyleOptions.model_fields["style_loss"].description
    assert "gram" in names()
    for name in names():
        assert f"{name} ({about(name)})" in words


def test_a_wrong_name_does_not_wait_for_torch():
    code = (
        "import sys; from deepatelier.synthesis.style.style_job import StyleOptions\n"
        "try: StyleOptions(style_loss='gramm')\n"
        "except ValueError: sys.exit('torch' in sys.modules)\n"
        "sys.exit(2)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

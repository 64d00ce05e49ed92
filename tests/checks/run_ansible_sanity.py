"""Run ``ansible-test sanity`` in the current folder, with PyPI alone, and fail when nothing was tested.

Usage: ``run_ansible_sanity.py HOME``: HOME is a private home directory that keeps what the tests install.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SKIPPED = Path(__file__).with_name("skipped")
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

# ansible-test fetches get-pip.py to put pip into the environments of its tools. Python brings a pip of its own, which
# can install the release asked for: this stands in for the script, and nothing is fetched but from the package index.
GET_PIP = """\
import subprocess
import sys

unknown_to_pip = {"--no-setuptools", "--no-wheel"}
wanted = [argument for argument in sys.argv[1:] if argument not in unknown_to_pip]
subprocess.run([sys.executable, "-m", "ensurepip"], check=True)
subprocess.run([sys.executable, "-m", "pip", "install", *wanted], check=True)
"""


class NothingTested(Exception):
    """ansible-test ended well, and yet did not test what it should have."""


def place_get_pip(home: Path) -> None:
    """Put the stand-in where ansible-test keeps the get-pip.py of the pip release that it wants."""
    spec = importlib.util.find_spec("ansible_test._internal.python_requirements")
    source = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
    release = re.search(r"\bpip='([0-9.]+)'", source)
    if release is None:
        raise NothingTested("ansible-test no longer names the pip release it wants where this check looks for it")
    script = home / ".ansible" / "test" / "cache" / f"get_pip_{release[1].replace('.', '_')}.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(GET_PIP, encoding="utf-8")


def keep_pip_settings(home: Path) -> None:
    """Let pip in the private home see the user's own settings: their package index may be a mirror."""
    for folder in (Path(".config", "pip"), Path(".pip")):
        theirs, ours = Path.home() / folder, home / folder
        if theirs.is_dir() and not ours.is_symlink():
            ours.parent.mkdir(parents=True, exist_ok=True)
            ours.symlink_to(theirs)


def ansible_test_lines(home: Path, *arguments: str) -> Iterator[str]:
    """Run ansible-test and yield what it says, line by line; its failure ends this program."""
    binaries = str(Path(sys.executable).parent)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHON"))},
        "HOME": str(home),
        "PATH": os.pathsep.join((binaries, os.environ["PATH"])),
    }
    command = [sys.executable, str(Path(binaries, "ansible-test")), *arguments]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield line.rstrip("\n")
    if process.returncode:
        sys.exit(process.returncode)


def echoed(lines: Iterator[str]) -> list[str]:
    """Print each line as it comes, and return them all."""
    seen = []
    for line in lines:
        print(line, flush=True)
        seen.append(line)
    return seen


def sanity(home: Path) -> None:
    """Run every sanity test there is on this collection."""
    listing = ansible_test_lines(home, "sanity", "--list-tests", "--python", PYTHON)
    expected = {line for line in listing if re.fullmatch(r"[a-z0-9-]+", line)}  # and no warning
    output = echoed(ansible_test_lines(home, "sanity", "--local", "--python", PYTHON, "--color", "no"))
    ran = set(re.findall(r'^Running sanity test "([^"]+)"', "\n".join(output), re.MULTILINE))
    for reason in (line for line in output if "Skipping sanity test" in line):
        subprocess.run([SKIPPED, f"ansible-test: {reason}"], check=True)
    if not expected or expected - ran:
        raise NothingTested(f"ansible-test sanity did not run: {', '.join(sorted(expected - ran)) or 'anything'}")
    print(f"ansible-test sanity: {len(ran)} tests on Python {PYTHON}, no finding.")


def main(home: Path) -> None:
    """Prepare the private home, and run the sanity tests in it."""
    place_get_pip(home)
    keep_pip_settings(home)
    sanity(home)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]).resolve())
    except NothingTested as error:
        sys.exit(f"{error}.")

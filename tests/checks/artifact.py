"""Build the collection in the current folder, look at what is in it, and give it to Galaxy's importer.

Usage: ``artifact.py FOLDER IMPORTER``: FOLDER receives the built file; IMPORTER is the virtual environment for
galaxy-importer; where that could not be installed, make has said so.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

WANTED = {"CHANGELOG.rst", "LICENSE", "README.md", "meta/runtime.yml", "requirements.txt", "plugins"}
UNWANTED = re.compile(r"^(\.|Makefile|pyproject\.toml|ansible\.cfg|tests|extensions/molecule)")


def build(folder: Path) -> Path:
    """Build the collection and return the path of its file."""
    binaries = Path(sys.executable).parent
    command = [str(binaries / "ansible-galaxy"), "collection", "build", "--force", "--output-path", str(folder)]
    subprocess.run(command, check=True)
    (artifact,) = folder.glob("callhome-junos-*.tar.gz")
    return artifact


def problems_of(artifact: Path) -> list[str]:
    """Return what is missing from the built file, and what should not be in it."""
    with tarfile.open(artifact) as archive:
        names = set(archive.getnames())
    missing = [f"{artifact.name} lacks {name}" for name in sorted(WANTED - names)]
    surplus = [f"{artifact.name} holds {name}: see build_ignore" for name in sorted(names) if UNWANTED.match(name)]
    return missing + surplus


def import_log(artifact: Path, python: Path) -> list[str]:
    """Run Galaxy's importer on the built file and return the lines of its log; its failure ends this program."""
    environment = {**os.environ, "PATH": os.pathsep.join((str(python.parent), os.environ["PATH"]))}
    command = [str(python), "-m", "galaxy_importer.main", str(artifact)]
    done = subprocess.run(
        command, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(done.stdout)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout.splitlines()


def main(folder: Path, importer: Path) -> None:
    """Build, look, import."""
    for old in folder.glob("callhome-junos-*.tar.gz"):
        old.unlink()
    artifact = build(folder)
    problems = problems_of(artifact)
    if (importer / ".has-requirements-importer.txt").exists():
        log = import_log(artifact, importer / "bin" / "python")
        problems += [line for line in log if line.startswith(("WARNING", "ERROR"))]
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).absolute())

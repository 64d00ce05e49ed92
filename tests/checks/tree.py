"""Copy the checkout, as git sees it, to where Ansible's tools expect a collection.

``ansible-test`` refuses a collection that is a symlink, and says "All targets skipped" with exit code 0 inside a folder
that an outer repository ignores: hence a real copy, and a repository of its own.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
DEPENDENCIES = ("ansible/netcommon", "ansible/utils", "community/crypto")


def listed_files() -> list[Path]:
    """Return the paths, relative to the checkout, of all files that git has or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    paths = {Path(name) for name in listing.split("\0") if name}
    return sorted(path for path in paths if (CHECKOUT / path).is_file())


def copy_to(root: Path) -> Path:
    """Make ``root/ansible_collections/callhome/junos`` a fresh copy and a repository; return its path."""
    tree = root / "ansible_collections" / "callhome" / "junos"
    shutil.rmtree(root, ignore_errors=True)
    for path in listed_files():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / path, tree / path, follow_symlinks=False)
    subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    return tree


def link_dependencies(root: Path) -> None:
    """Put the collections that this one depends on beside it, where ansible-test's empty environments look for them."""
    installed = Path(sysconfig.get_path("purelib"), "ansible_collections")
    for name in DEPENDENCIES:
        link = root / "ansible_collections" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(installed / name)


if __name__ == "__main__":
    destination = Path(sys.argv[1]).resolve()
    copy_to(destination)
    link_dependencies(destination)

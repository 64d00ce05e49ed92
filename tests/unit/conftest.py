"""Make ``ansible_collections.callhome.junos`` importable from a plain checkout."""

from __future__ import annotations

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
IN_A_TREE = CHECKOUT.parts[-3:] == ("ansible_collections", "callhome", "junos")


def _collections_root() -> Path:
    if IN_A_TREE:
        return CHECKOUT.parents[2]
    root = CHECKOUT / ".ansible" / "collections"
    link = root / "ansible_collections" / "callhome" / "junos"
    if not link.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(CHECKOUT)
    return root


sys.path.insert(0, str(_collections_root()))

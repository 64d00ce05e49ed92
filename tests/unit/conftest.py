"""Make ``ansible_collections.callhome.junos`` importable from a plain checkout, by Ansible's own finder: its plugin
loader finds no plugins in a collection that was imported by another.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ansible.plugins.loader import init_plugin_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig

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
if AnsibleCollectionConfig.collection_finder is None:  # ansible-test has made it already
    init_plugin_loader([str(_collections_root())])


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Keys and other long texts go by the name of their parameter: they are made anew in each process, and tell nobody anything."""
    return argname if isinstance(val, str | bytes) and len(val) > 40 else None

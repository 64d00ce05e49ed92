# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's command: ``python3 .../plugins/plugin_utils/_agent [options]`` runs it in the foreground.

It is given by its folder, as an installed collection is in no Python's path; it finds the rest of itself from there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def _make_importable() -> None:
    """Put this very copy of the collection in front of all others, and this folder out of the way of other modules."""
    folder = Path(os.path.abspath(__file__)).parent  # not resolved: a checkout is reached through a link
    if folder.parts[-6:-3] != ("ansible_collections", "callhome", "junos"):
        sys.exit(
            f"call home agent: {folder} is not inside ansible_collections/callhome/junos: name the installed"
            " collection, or the link to the checkout that make lays in .ansible/collections"
        )
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).absolute() != folder]
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader([str(folder.parents[5])])


def main() -> int:
    """Run until stopped; returns the exit status."""
    _make_importable()
    from ansible_collections.callhome.junos.plugins.plugin_utils._libraries import missing_libraries

    if missing := missing_libraries():
        sys.stderr.write(f"call home agent: {missing}\n")
        return 1
    from ansible_collections.callhome.junos.plugins.plugin_utils._agent import process, settings

    given = settings.parse_arguments(sys.argv[1:])
    try:
        process.run(given)
    except process.CannotStart as exc:
        sys.stderr.write(f"call home agent: {exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

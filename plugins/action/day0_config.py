# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the configuration with which a device begins."""

from __future__ import annotations

import os
import secrets
import tempfile
import typing as t
from pathlib import Path

from ansible_collections.callhome.junos.plugins.modules.day0_config import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.configure import DeviceAction, Result
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.day0 import day0_text
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.redact import mask
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS

SECRET_BYTES = 32


class ActionModule(DeviceAction):
    """On the controller; no device is asked."""

    _requires_connection = False
    documentation = DOCUMENTATION

    def perform(self, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> Result:
        """Two files at most: the configuration, and the secret that was made for it."""
        wanted = self.with_keys_read({name: arguments[name] for name in SECTIONS if arguments[name] is not None})
        made = self._give_secret(wanted.get("outbound_ssh_client"), arguments["secret_file"])
        text, warnings = day0_text(wanted, arguments["format"], arguments["base"], task_vars["inventory_hostname"])
        dest = Path(arguments["dest"]).expanduser()
        before = dest.read_text() if dest.exists() else ""
        changed = before != text or dest.stat().st_mode & 0o777 != 0o600
        if changed and not self._task.check_mode:
            for path, content in (*made.items(), (dest, text)):
                _write(path, content)
        shown = {"before": mask(before), "after": mask(text), "before_header": str(dest), "after_header": str(dest)}
        return {"changed": changed, "dest": str(dest), "warnings": list(warnings), "diff": shown}

    @staticmethod
    def _give_secret(clients: dict[str, t.Any] | None, file: str | None) -> dict[Path, str]:
        """Give the clients without a secret that of the file, or a new one; returns what is to be written."""
        without = [client for client in (clients or {}).get("clients") or () if not client["secret"]]
        if not file or not without:
            return {}
        path = Path(file).expanduser()
        kept = path.read_text().strip() if path.exists() else ""
        secret = kept or secrets.token_hex(SECRET_BYTES)
        for client in without:
            client["secret"] = secret
        return {} if kept else {path: f"{secret}\n"}


def _write(path: Path, content: str) -> None:
    """The whole file or nothing, for nobody else to read."""
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise

# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules that configure a device have in common: arguments in, one change made, its result out."""

from __future__ import annotations

import typing as t
from abc import abstractmethod

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action import ActionBase

from ansible_collections.callhome.junos.plugins.plugin_utils._action.arguments import argument_spec, checked_arguments
from ansible_collections.callhome.junos.plugins.plugin_utils._action.key_files import read_by_controller
from ansible_collections.callhome.junos.plugins.plugin_utils._action.netconf_device import NetconfDevice
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.candidate import CandidateBusy
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.configuring import Job, Outcome
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.key_sources import with_keys_of
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.manner import Manner
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.redact import mask
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.rpc import ChannelLost, JunosError, Rpc
from ansible_collections.callhome.junos.plugins.plugin_utils._libraries import missing_libraries

try:
    from lxml import etree
except ImportError:
    pass  # told by _libraries before any of this is used

Result = dict[str, t.Any]

COMMON_OPTIONS = ("lock", "confirm_timeout", "comment", "commit", "synchronize", "directory")
SECRET_OPTIONS = ("password", "encrypted_password", "secret")


class DeviceAction(ActionBase):
    """An action on a device. Subclasses say which ``documentation`` is theirs, and what they do."""

    _supports_check_mode = True
    _supports_async = False
    documentation: t.ClassVar[str]

    def __init_subclass__(cls) -> None:
        """Read the documentation as the plugin is loaded: in the parent of the forked workers, once for all of them."""
        if hasattr(cls, "documentation"):
            argument_spec(cls.documentation)

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """The task's result, with every secret masked; raises AnsibleActionFail and AnsibleConnectionFailure."""
        super().run(tmp, task_vars)
        if missing := missing_libraries():
            raise AnsibleActionFail(missing)
        secrets = set(_secrets(self._task.args))
        try:
            result = self._attempt(task_vars or {}, secrets)
        except AnsibleActionFail as exc:
            raise AnsibleActionFail(mask(str(exc), secrets)) from None
        except ChannelLost as exc:
            raise AnsibleConnectionFailure(mask(str(exc), secrets)) from None
        return t.cast(Result, remove_values(result, secrets))

    @abstractmethod
    def perform(self, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> Result:
        """What the module does."""

    def with_keys_read(self, wanted: dict[str, t.Any]) -> dict[str, t.Any]:
        """Sections and their options, with the keys of ``key_files``; raises ValueError and AnsibleError."""
        name = "user_authentication"
        if name not in wanted:
            return wanted
        read = read_by_controller(lambda path: self._find_needle("files", path))
        return {**wanted, name: with_keys_of("key_files", wanted[name], read)}

    def connect(self) -> tuple[NetconfDevice, Rpc]:
        """The task's device; raises AnsibleActionFail and AnsibleConnectionFailure."""
        device = NetconfDevice(self._connection)
        return device, Rpc(device.send)

    def log_text(self, comment: str | None, task_vars: dict[str, t.Any]) -> str:
        """What the device's commit log says."""
        play, task = task_vars.get("ansible_play_name"), self._task.name or self._task.action
        return comment or f"ansible: {' / '.join(filter(None, (play, task)))}"

    def _attempt(self, task_vars: dict[str, t.Any], secrets: set[str]) -> Result:
        try:
            return self.perform(checked_arguments(self, self.documentation), task_vars)
        except JunosError as exc:
            return _refused(exc, secrets)
        except (CandidateBusy, ValueError) as exc:
            return {"failed": True, "changed": False, "msg": str(exc)}


class ConfigureAction(DeviceAction):
    """Sections brought to the state that the arguments say, in one commit."""

    def perform(self, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> Result:
        """One change, or none."""
        job = self.job(arguments, self._manner(arguments, task_vars))
        device, rpc = self.connect()
        return self._result(job.carry_out(rpc, device.session_id), arguments)

    @abstractmethod
    def job(self, arguments: dict[str, t.Any], manner: Manner) -> Job:
        """What is wanted; raises OptionError."""

    def _manner(self, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> Manner:
        return Manner(
            log=self.log_text(arguments["comment"], task_vars),
            directory=arguments["directory"],
            private=arguments["lock"] == "private",
            confirm_minutes=arguments["confirm_timeout"],
            commit=arguments["commit"],
            synchronize=arguments["synchronize"],
            check=self._task.check_mode,
        )

    def _result(self, outcome: Outcome, arguments: dict[str, t.Any]) -> Result:
        confirm = arguments["confirm_timeout"] if outcome.committed else None
        return {
            "changed": outcome.changed,
            "committed": outcome.committed,
            "confirm_within": confirm,
            "files": list(outcome.files),
            "warnings": list(outcome.warnings),
            "diff": shown_diff(outcome.diff),
        }


class SectionAction(ConfigureAction):
    """One section, whose options are those of the module beside the common ones."""

    section: t.ClassVar[str]

    def job(self, arguments: dict[str, t.Any], manner: Manner) -> Job:
        """All arguments are the section's but those that say how a change is made."""
        options = {name: value for name, value in arguments.items() if name not in COMMON_OPTIONS}
        return Job(self.with_keys_read({self.section: options}), manner)


def shown_diff(text: str) -> dict[str, str]:
    """Junos' comparison as Ansible shows it, with secrets masked by their statements and forms."""
    return {"prepared": mask(f"{text}\n") if text else ""}


def _secrets(arguments: t.Any) -> t.Iterator[str]:
    """Every secret among the arguments, wherever it stands in them."""
    if isinstance(arguments, t.Mapping):
        for name, value in arguments.items():
            if name in SECRET_OPTIONS and value:
                yield str(value)
            else:
                yield from _secrets(value)
    elif isinstance(arguments, list | tuple):
        for item in arguments:
            yield from _secrets(item)


def _refused(error: JunosError, secrets: set[str]) -> Result:
    """Junos' words, with the part of the request that they are about; secrets in it masked."""
    statement = error.statement()
    sent = mask(etree.tostring(error.sent, encoding="unicode"), secrets)
    about = "" if statement is None else f". Sent: {mask(etree.tostring(statement, encoding='unicode'), secrets)}"
    return {
        "failed": True,
        "changed": False,
        "msg": mask(f"{error}{about}", secrets),
        "junos_errors": [vars(found) for found in error.errors],
        "sent": sent,
    }

# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task's arguments, checked against the documentation of its module: one source for both."""

from __future__ import annotations

import functools
import gc
import os
import typing as t

import yaml
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader, fragment_loader

# at the top: the parent of the forked workers pays its tenth of a second once
from ansible_collections.ansible.utils.plugins.module_utils.common.argspec_validate import AnsibleArgSpecValidator

ArgumentSpec = dict[str, dict[str, t.Any]]

# likewise: each worker would compile the connection plugin and all that it imports, which is half of a small task's CPU time
connection_loader.get("callhome.junos.netconf", class_only=True)

# A worker lives for one task. Were it to look for garbage in all that it shares with its parent, it would copy that: some 20 MB.
os.register_at_fork(after_in_child=gc.freeze)

_SPEC_FIELDS = ("type", "choices", "default", "required", "aliases", "elements")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@functools.cache
def argument_spec(documentation: str) -> ArgumentSpec:
    """The argument spec that a DOCUMENTATION text says, documentation fragments included."""
    document = yaml.load(documentation, _Loader)
    options = dict(document["options"] or {})
    for name in document.get("extends_documentation_fragment", ()):
        options |= yaml.load(fragment_loader.get(name).DOCUMENTATION, _Loader)["options"]
    return _spec(options)


def _spec(options: dict[str, t.Any]) -> ArgumentSpec:
    spec = {
        name: {field: option[field] for field in _SPEC_FIELDS if field in option} for name, option in options.items()
    }
    for name, option in options.items():
        if "suboptions" in option:
            spec[name]["options"] = _spec(option["suboptions"])
    return spec


def checked_arguments(action: ActionBase, documentation: str, **conditions: t.Any) -> dict[str, t.Any]:
    """The task's arguments with defaults filled in; raises AnsibleActionFail naming what does not fit.

    ``conditions`` are those of an argument spec that documentation cannot say (``required_if`` and its kin).
    """
    validator = AnsibleArgSpecValidator(
        data=dict(action._task.args),
        schema={"argument_spec": argument_spec(documentation), **conditions},
        schema_format="argspec",
        schema_conditionals={},
        name=action._task.action,
    )
    valid, errors, arguments = validator.validate()
    if not valid:
        raise AnsibleActionFail("; ".join(errors) if isinstance(errors, list) else str(errors))
    return t.cast("dict[str, t.Any]", arguments)

# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task's arguments, checked against the documentation of its module: one source for both."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
# at the top: the parent of the forked workers pays its tenth of a second once
from ansible_collections.ansible.utils.plugins.module_utils.common.argspec_validate import AnsibleArgSpecValidator


def checked_arguments(action: ActionBase, documentation: str, **conditions: t.Any) -> dict[str, t.Any]:
    """The task's arguments with defaults filled in; raises AnsibleActionFail naming what does not fit.

    ``conditions`` are those of an argument spec that documentation cannot say (``required_if`` and its kin).
    """
    validator = AnsibleArgSpecValidator(
        data=dict(action._task.args),
        schema=documentation,
        schema_format="doc",
        schema_conditionals=conditions,
        name=action._task.action,
    )
    valid, errors, arguments = validator.validate()
    if not valid:
        raise AnsibleActionFail("; ".join(errors) if isinstance(errors, list) else str(errors))
    return t.cast("dict[str, t.Any]", arguments)

# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A section: one part of the configuration, pure. Options and what is present in, the XML to load out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.branches import Rows
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change, Edit
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import EMPTY, Node
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import Options

Rule = Callable[[Options, Node], None]
Advice = Callable[[Options, Node, Edit], None]


@dataclass(frozen=True)
class Section:
    """name: as the module is called. table: its statements from ``[edit system]`` down.

    rules: what more than one option or the present configuration decides; they raise OptionError, and are asked with
    nothing present first. advice: what is worth a warning when something changes.
    """

    name: str
    table: Rows
    rules: tuple[Rule, ...] = ()
    advice: tuple[Advice, ...] = ()

    def validate(self, options: Options) -> None:
        """Raise OptionError for the first option that Junos would refuse, whatever is present."""
        self.table.check_all(options, "")
        for rule in self.rules:
            rule(options, EMPTY)

    def plan(self, options: Options, present: Node) -> Change:
        """What to load so that `present` becomes what the options say; a false Change where it is that already.

        present: the committed configuration, see `present.read_configuration`. Raises OptionError as `validate` does,
        and for what contradicts the present configuration.
        """
        self.validate(options)
        for rule in self.rules:
            rule(options, present)
        top = Edit()
        edit, system = top.at("system"), present.child("system")
        if options.get("state") == "absent":
            self.table.remove(options if self.table.given(options) else None, system, edit)
        else:
            self.table.plan(options, system, edit)
        if top.element is not None:
            for advise in self.advice:
                advise(options, present, edit)
        return top.change()

    def read(self, present: Node) -> dict[str, Any]:
        """What is present, in the shape of the options; secrets as whether they are there (``has_...``)."""
        return self.table.read(present.child("system"))

# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The difference of two configurations, as `show | compare` writes it."""

from __future__ import annotations

import pytest
from simulator import load
from simulator.compare import compare
from simulator.edit import apply
from simulator.release import Release
from simulator.tree import Node

BASE = """
set system host-name r1
set system login user lab class super-user
set system login user zoe class operator
set system login class tight permissions [ view configure ]
set system services outbound-ssh client a device-id r1
set system services outbound-ssh client b device-id r1
set system services outbound-ssh client c device-id r1
set system services outbound-ssh client c secret "$9$abc"
"""


def tree(text: str) -> Node:
    root = Node.root()
    for edit in load.read(text, Release(24, 4)):
        apply(edit, root)
    return root


@pytest.mark.parametrize(
    "edit, difference",
    [
        ("set system host-name r2", "[edit system]\n-  host-name r1;\n+  host-name r2;"),
        ("delete system host-name", "[edit system]\n-  host-name r1;"),
        ("set snmp location here", "[edit]\n+  snmp {\n+      location here;\n+  }"),
        (
            "set system login user mia class operator",
            "[edit system login]\n     user lab { ... }\n+    user mia {\n+        class operator;\n+    }",
        ),
        ("delete system login user lab", "[edit system login]\n-    user lab {\n-        class super-user;\n-    }"),
        (
            "set system login class tight permissions trace",
            (
                "[edit system login class tight]\n"
                "-     permissions [ view configure ];\n+     permissions [ view configure trace ];"
            ),
        ),
        (
            "deactivate system services outbound-ssh client b",
            "[edit system services outbound-ssh]\n!     inactive: client b { ... }",
        ),
        (
            "insert system services outbound-ssh client c before client a",
            "[edit system services outbound-ssh]\n!     client c { ... }",
        ),
        (
            'set system services outbound-ssh client c secret "$9$xyz"',
            (
                '[edit system services outbound-ssh client c]\n-     secret "$9$abc"; ## SECRET-DATA\n'
                '+     secret "$9$xyz"; ## SECRET-DATA'
            ),
        ),
    ],
)
def test_each_change_has_its_form(edit: str, difference: str) -> None:
    assert compare(tree(BASE), tree(BASE + edit)) == f"\n{difference}\n"


def test_nothing_changed_is_nothing() -> None:
    assert compare(tree(BASE), tree(BASE)) == ""


def test_secrets_are_hidden_from_those_who_may_not_read_them() -> None:
    changed = tree(BASE + 'set system services outbound-ssh client c secret "$9$xyz"')
    difference = compare(tree(BASE), changed, secrets=False)
    assert "$9$" not in difference and "/* SECRET-DATA */" in difference


def test_several_hierarchies_have_a_heading_each() -> None:
    changed = tree(BASE + "set system host-name r2\nset system login user lab class operator")
    assert compare(tree(BASE), changed) == (
        "\n[edit system]\n-  host-name r1;\n+  host-name r2;\n"
        "[edit system login user lab]\n-     class super-user;\n+     class operator;\n"
    )

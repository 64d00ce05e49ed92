# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``[edit system services netconf]``: the service that a call home session opens."""

from __future__ import annotations

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.branches import (
    STATE_OR_INACTIVE,
    Container,
    Level,
    Rows,
    Service,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.kinds import (
    PORT,
    REGULAR_EXPRESSION,
    choice,
    integer,
    matching,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.section import Section
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import EXCLUSIVE, Flag, Leaf, LeafList

_FILE_NAME = matching(r"[^\s\"\\/\x00-\x1f\x7f]{1,1024}", "a file name without slashes, spaces, quotes or backslashes")
_SIZE = matching(r"[1-9][0-9]*[kmg]?", "a size such as 10485760, 512k, 10m or 1g")

_TRACE_FILE = Level(
    statement="file",
    rows=(
        Leaf("filename", _FILE_NAME, option="file"),
        Leaf("size", _SIZE),
        Leaf("files", integer(2, 1000), removable=False),
        Flag("world-readable", off="no-world-readable"),
        Leaf("match", REGULAR_EXPRESSION),
    ),
)

NETCONF_SERVICE = Section(
    name="netconf_service",
    table=Rows(
        (
            STATE_OR_INACTIVE,
            Level(
                statement="services",
                rows=(
                    Level(
                        statement="netconf",
                        rows=(
                            Service(
                                statement="ssh",
                                rows=(
                                    Leaf("port", PORT, removable=False),
                                    Leaf("connection-limit", integer(1, 250), removable=False),
                                    Leaf("rate-limit", integer(1, 250), removable=False),
                                    Leaf("client-alive-count-max", integer(0, 255), removable=False),
                                    Leaf("client-alive-interval", integer(0, 65535), removable=False),
                                ),
                            ),
                            Flag("rfc-compliant"),
                            Flag("yang-compliant"),
                            Container(
                                statement="traceoptions",
                                rows=(
                                    EXCLUSIVE,
                                    _TRACE_FILE,
                                    LeafList(
                                        "flag",
                                        choice("all", "incoming", "outgoing", "debug"),
                                        option="flags",
                                        entries=True,
                                    ),
                                    Flag("on-demand"),
                                ),
                            ),
                        ),
                    ),
                ),
            ),
        )
    ),
)

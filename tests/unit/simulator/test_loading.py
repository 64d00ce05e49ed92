# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading a configuration: three notations, one result; what is wrong is refused in Junos' words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from simulator import load, load_set, load_text, load_xml, render_text, render_xml
from simulator.edit import Edit, apply
from simulator.errors import RpcError
from simulator.release import Release
from simulator.tree import Node

NEWEST = Release(24, 4)
BASE = """
set system host-name r1
set system login user lab class super-user
set system login user lab authentication ssh-ed25519 "ssh-ed25519 AAAA lab@nms" from 192.0.2.1
set system login class tight permissions [ view configure ]
set system services netconf ssh
set system services outbound-ssh client nms device-id r1
set system services outbound-ssh client nms keep-alive
set system services outbound-ssh client nms 192.0.2.9 port 4334 retry 3 timeout 15
set system services outbound-ssh client nms 198.51.100.7 port 4334
"""


def services(xml: str) -> str:
    """A configuration with this below [edit system services]."""
    return f"<configuration><system><services>{xml}</services></system></configuration>"


def client(xml: str, attributes: str = "") -> str:
    """A configuration with this below [edit system services outbound-ssh client nms]."""
    return services(f"<outbound-ssh><client{attributes}><name>nms</name>{xml}</client></outbound-ssh>")


def loaded(text: str, onto: Node | None = None, release: Release = NEWEST) -> Node:
    tree = onto or Node.root()
    for edit in load.read(text, release):
        assert apply(edit, tree) == []
    return tree


def shown(tree: Node) -> str:
    return "\n".join(render_text.lines(tree))


def commands(tree: Node) -> list[str]:
    return list(render_text.set_commands(tree))


def problems(text: str, onto: Node | None = None, release: Release = NEWEST) -> list[str]:
    """Everything that is said about a load: errors of reading it, then of applying it."""
    if text.lstrip().startswith("<"):
        reading = load_xml.read(etree.fromstring(text), release)
    elif text.lstrip().startswith(("set ", "delete ", "rename ", "insert ", "deactivate ")):
        reading = load_set.read(text, release)
    else:
        reading = load_text.read(text, release)
    found: list[RpcError] = list(reading.errors)
    for edit in reading.edits:
        found += apply(edit, onto or Node.root())
    return [f"{error.message} [{error.bad_element}]" for error in found]


def test_a_configuration_is_shown_as_junos_shows_it() -> None:
    assert shown(loaded(BASE)) == (
        """system {
    host-name r1;
    login {
        class tight {
            permissions [ view configure ];
        }
        user lab {
            class super-user;
            authentication {
                ssh-ed25519 "ssh-ed25519 AAAA lab@nms" from 192.0.2.1;
            }
        }
    }
    services {
        netconf {
            ssh;
        }
        outbound-ssh {
            client nms {
                device-id r1;
                keep-alive;
                192.0.2.9 {
                    port 4334;
                    retry 3;
                    timeout 15;
                }
                198.51.100.7 {
                    port 4334;
                }
            }
        }
    }
}"""
    )


@pytest.mark.parametrize("notation", ["set", "text", "xml"])
def test_what_is_shown_loads_to_the_same(notation: str) -> None:
    tree = loaded(BASE + "deactivate system services outbound-ssh client nms 192.0.2.9\nset apply-groups g\n")
    written = {
        "set": "\n".join(commands(tree)),
        "text": shown(tree),
        "xml": f"<configuration>{render_xml.body(tree)}</configuration>",
    }
    assert loaded(written[notation]).same_as(tree)


NAMES = st.text("abcdefghijklmnop0123456789-_.", min_size=1, max_size=12).filter(lambda name: name[0].isalpha())
PROSE = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from(' ";{}[]#\\'), min_size=1, max_size=40
).filter(lambda text: text.strip() == text)


@settings(max_examples=200, deadline=None)
@given(
    hosts=st.lists(NAMES, unique=True, min_size=1, max_size=4),
    prose=PROSE,
    permissions=st.lists(NAMES, unique=True),
    inactive=st.booleans(),
)
def test_whatever_is_configured_survives_each_notation(
    hosts: list[str], prose: str, permissions: list[str], inactive: bool
) -> None:
    tree = Node.root()
    schema = tree.statement
    system = tree.add(Node(schema.children["system"]))
    login = system.add(Node(system.statement.children["login"]))
    login.add(Node(login.statement.children["message"], value=prose))
    group = login.add(Node(login.statement.children["class"], "c"))
    group.add(Node(group.statement.children["idle-timeout"], value="5"))
    for permission in permissions:
        group.add(Node(group.statement.children["permissions"], permission))
    services = system.add(Node(system.statement.children["services"]))
    outbound = services.add(Node(services.statement.children["outbound-ssh"]))
    client = outbound.add(Node(outbound.statement.children["client"], hosts[0]))
    client.inactive = inactive
    for host in hosts:
        client.add(Node(client.statement.children["servers"], host))
    assert loaded(shown(tree)).same_as(tree)
    assert loaded("\n".join(commands(tree))).same_as(tree)
    assert loaded(f"<configuration>{render_xml.body(tree)}</configuration>").same_as(tree)


REFUSED = [
    (
        services("<ssh><trusted-user-ca-key>/x</trusted-user-ca-key></ssh>"),
        "syntax error [trusted-user-ca-key]",
    ),
    (
        "set system services outbound-ssh client c reconnect-strategy round-robin",
        "invalid value 'round-robin' in statement [round-robin]",
    ),
    (
        services("<outbound-ssh><client><device-id>r1</device-id></client></outbound-ssh>"),
        "syntax error, missing name of client [client]",
    ),
    ("set system login user u uid 99", "Value 99 is not within range (100..64000) [99]"),
    ("set system services outbound-ssh client c services ssh", "invalid value 'ssh' in statement [ssh]"),
    ("set system login user u authentication load-key-file /var/tmp/k.pub", "syntax error [load-key-file]"),
    (
        "set system services outbound-ssh client c 192.0.2.1 port 70000",
        "Value 70000 is not within range (0..65535) [70000]",
    ),
    ("set system services netconf ssh port x", "invalid numeric value: 'x' [x]"),
    ("set system login user u authentication plain-text-password x", "syntax error [plain-text-password]"),
    (
        'set system login user u authentication ssh-rsa "ssh-ed25519 AAAA x"',
        "Key format should be 'options keytype base64-encoded-key comment' [ssh-ed25519 AAAA x]",
    ),
    ("set system login user u full-name " + "x" * 256, "Length 256 is not within range (1..255) [" + "x" * 256 + "]"),
    ("set system host-name", "missing argument [host-name]"),
    ("system { host-name r1 }", "syntax error, missing ';' [r1]"),
    ("system { host-name r1;", "syntax error, missing '}' [system]"),
    ("system { services { frobnicate; } }", "syntax error [frobnicate]"),
]


@pytest.mark.parametrize("text, message", REFUSED, ids=[message[:30] for _unused, message in REFUSED])
def test_what_junos_does_not_take_is_refused_in_its_words(text: str, message: str) -> None:
    assert problems(text) == [message]


@pytest.mark.parametrize(
    "statement, first",
    [
        ("set system services ssh trusted-user-ca-key-file /var/tmp/x", "22.3R1"),
        ("set system services ssh authorized-principals lab", "22.3R1"),
        ("set system services ssh host-certificate-file /var/tmp/x", "23.2R1"),
        ("set system services ssh cert-based-auth host-certificate x", "23.2R1"),
        ("set system login user u authorized-principals lab", "24.4R1"),
        ("set system services netconf version-1.1", "24.4R1"),
    ],
)
def test_a_statement_that_the_release_does_not_have_is_unknown(statement: str, first: str) -> None:
    release = Release.parse(first)
    before = Release(release.year, release.quarter - 1)
    assert problems(statement, release=release) == []
    assert problems(statement, release=before)[0].startswith("syntax error")


def test_a_load_with_errors_loads_the_rest() -> None:
    tree = Node.root()
    assert problems("set system host-name r2\nset system nonsense\nset snmp location here", tree) == [
        "syntax error [nonsense]"
    ]
    assert commands(tree) == ["set system host-name r2", "set snmp location here"]


def test_delete_takes_what_is_named_and_the_containers_that_are_empty_then() -> None:
    tree = loaded(
        "delete system services outbound-ssh client nms\ndelete system login class tight permissions view", loaded(BASE)
    )
    assert "outbound-ssh" not in shown(tree)
    assert "permissions configure;" in shown(tree)
    assert problems("delete system services outbound-ssh client nms", tree) == ["statement not found [outbound-ssh]"]


def test_xml_deletes_replaces_and_switches() -> None:
    tree = loaded(BASE)
    user = '<user replace="replace"><name>lab</name><class>operator</class></user>'
    deletions = '<keep-alive delete="delete"/><servers operation="delete"><name>192.0.2.9</name></servers>'
    loaded(f"<configuration><system><login>{user}</login></system></configuration>", tree)
    changed = loaded(client(deletions, ' inactive="inactive"'), tree)
    assert [line for line in commands(changed) if "login user" in line or "outbound" in line] == [
        "set system login user lab class operator",
        "set system services outbound-ssh client nms device-id r1",
        "set system services outbound-ssh client nms 198.51.100.7 port 4334",
        "deactivate system services outbound-ssh client nms",
    ]
    assert "inactive" not in shown(loaded(client("", ' active="active"'), changed))


def test_text_tags_replace_and_delete() -> None:
    text = """system {
        login { replace: user lab { class operator; } }
        services { outbound-ssh { inactive: client nms { delete: keep-alive; } } }
    }"""
    tree = loaded(text, loaded(BASE))
    assert "authentication" not in shown(tree) and "keep-alive" not in shown(tree)
    assert "inactive: client nms {" in shown(tree)


@pytest.mark.parametrize(
    "edit",
    [
        "insert system services outbound-ssh client nms 198.51.100.7 before 192.0.2.9",
        client('<servers insert="before" name="192.0.2.9"><name>198.51.100.7</name></servers>'),
        client('<servers insert="first"><name>198.51.100.7</name></servers>'),
    ],
)
def test_insert_changes_the_order(edit: str) -> None:
    text = shown(loaded(edit, loaded(BASE)))
    assert text.index("198.51.100.7") < text.index("192.0.2.9 {")


@pytest.mark.parametrize(
    "edit",
    [
        "rename system services outbound-ssh client nms to client second",
        client("", ' rename="rename" name="second"'),
    ],
)
def test_rename_keeps_what_is_below(edit: str) -> None:
    tree = loaded(edit, loaded(BASE))
    assert "set system services outbound-ssh client second device-id r1" in commands(tree)
    assert "client nms" not in shown(tree)


def test_override_leaves_nothing_of_what_was_there() -> None:
    tree = loaded(BASE)
    reading = load_text.read("system { host-name r9; }", NEWEST)
    override: Edit = reading.edits[0]
    from simulator.edit import Operation

    override.operation = Operation.REPLACE
    apply(override, tree)
    assert commands(tree) == ["set system host-name r9"]

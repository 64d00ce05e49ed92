"""A tree as set commands, as text in braces and as XML."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change, combine
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import EMPTY
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.render import as_set_commands, as_text, as_xml
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.loading import configuration
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import a_key

KEY = a_key().public.text
OPTIONS: dict[str, dict[str, Any]] = {
    "login_user": {
        "classes": [{"name": "callhome", "permissions": ["configure", "view"], "allow_commands": 'show "x y"'}],
        "users": [{"name": "lab", "class": "callhome", "full_name": "Lab user"}],
    },
    "user_authentication": {
        "users": [
            {"name": "root", "encrypted_password": "*"},
            {"name": "lab", "public_keys": [{"key": f"{KEY} lab", "from": "198.51.100.0/24"}]},
        ]
    },
    "authorized_principals": {"principals": ["lab", "noc"]},
    "netconf_service": {"traceoptions": {"file": "nc.log", "files": 5, "flags": ["all"]}},
    "outbound_ssh_client": {
        "clients": [
            {
                "name": "nms1",
                "state": "inactive",
                "device_id": "r1",
                "secret": "0f" * 16,
                "keep_alive": {},
                "servers": [{"address": "198.51.100.2"}, {"address": "2001:db8::2", "retry": 3}],
            }
        ]
    },
}

SET = f"""\
set system login class callhome permissions configure
set system login class callhome permissions view
set system login class callhome allow-commands "show \\"x y\\""
set system login user lab full-name "Lab user"
set system login user lab class callhome
set system login user lab authentication ssh-ed25519 "{KEY} lab" from 198.51.100.0/24
set system root-authentication encrypted-password "*"
set system services ssh authorized-principals lab
set system services ssh authorized-principals noc
set system services netconf ssh
set system services netconf traceoptions file nc.log
set system services netconf traceoptions file files 5
set system services netconf traceoptions flag all
set system services outbound-ssh client nms1 device-id r1
set system services outbound-ssh client nms1 secret "SECRET"
set system services outbound-ssh client nms1 keep-alive
set system services outbound-ssh client nms1 services netconf
set system services outbound-ssh client nms1 198.51.100.2 port 4334
set system services outbound-ssh client nms1 2001:db8::2 port 4334
set system services outbound-ssh client nms1 2001:db8::2 retry 3
deactivate system services outbound-ssh client nms1
"""

TEXT = f"""\
system {{
    login {{
        class callhome {{
            permissions [ configure view ];
            allow-commands "show \\"x y\\"";
        }}
        user lab {{
            full-name "Lab user";
            class callhome;
            authentication {{
                ssh-ed25519 "{KEY} lab" {{
                    from 198.51.100.0/24;
                }}
            }}
        }}
    }}
    root-authentication {{
        encrypted-password "*";
    }}
    services {{
        ssh {{
            authorized-principals [ lab noc ];
        }}
        netconf {{
            ssh;
            traceoptions {{
                file nc.log files 5;
                flag all;
            }}
        }}
        outbound-ssh {{
            inactive: client nms1 {{
                device-id r1;
                secret "SECRET";
                keep-alive;
                services netconf;
                198.51.100.2 port 4334;
                2001:db8::2 port 4334 retry 3;
            }}
        }}
    }}
}}
"""


def tree() -> etree._Element:
    whole: Change = combine(SECTIONS[name].plan(options, EMPTY) for name, options in OPTIONS.items())
    assert whole.configuration is not None
    return whole.configuration


def secret_of(whole: etree._Element) -> str:
    return next(whole.iter("secret")).text or ""


def test_set_commands_are_as_typed_on_a_device() -> None:
    assert as_set_commands(tree()) == SET.replace("SECRET", secret_of(tree()))


def test_text_is_as_a_device_shows_it() -> None:
    assert as_text(tree()) == TEXT.replace("SECRET", secret_of(tree()))


def test_xml_reads_back_as_the_same_tree() -> None:
    whole = tree()
    before = etree.tostring(whole)
    back = etree.fromstring(as_xml(whole), etree.XMLParser(remove_blank_text=True))
    assert etree.tostring(back) == before == etree.tostring(whole)


def test_deleting_and_activating_have_commands_and_words_too() -> None:
    marked = configuration(
        '<services><netconf><rfc-compliant delete="delete"/></netconf><outbound-ssh>'
        '<client active="active"><name>a</name></client><client delete="delete"><name>b c</name></client>'
        "</outbound-ssh></services>"
    )
    assert as_set_commands(marked).splitlines() == [
        "delete system services netconf rfc-compliant",
        "activate system services outbound-ssh client a",
        'delete system services outbound-ssh client "b c"',
    ]
    assert "delete: rfc-compliant;" in as_text(marked)
    assert "active: client a;" in as_text(marked)
    assert 'delete: client "b c";' in as_text(marked)


def test_a_backslash_is_refused_where_its_meaning_is_not_certain() -> None:
    tree = configuration(r"<login><class><name>c</name><allow-commands>ping \d</allow-commands></class></login>")
    for form in (as_set_commands, as_text):
        with pytest.raises(ValueError, match="'allow-commands' holds a backslash"):
            form(tree)
    assert r"ping \d" in as_xml(tree)

"""Bad input: refused by name, with the value and what is allowed, before anything is planned."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError, Unsaid
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import read_configuration
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.option_sets import KEYS, certificate_text
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.yang import (
    VALIDATOR,
    faults,
    needs_validator,
)
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import a_key

DSA = "ssh-dss AAAAB3NzaC1kc3MAAACBAP== old"
USER = {"name": "lab", "class": "super-user"}
CLIENT = {"name": "n", "device_id": "r1", "servers": [{"address": "192.0.2.1"}]}


def user(**options: Any) -> dict[str, Any]:
    return {"users": [{**USER, **options}]}


def account(**options: Any) -> dict[str, Any]:
    return {"users": [{"name": "lab", **options}]}


def key(text: Any, **options: Any) -> dict[str, Any]:
    return account(public_keys=[{"key": text, **options}])


def client(**options: Any) -> dict[str, Any]:
    return {"clients": [{**CLIENT, **options}]}


def server(**options: Any) -> dict[str, Any]:
    return client(servers=[{"address": "192.0.2.1", **options}])


@pytest.mark.parametrize(
    ("section", "options", "named", "allowed"),
    [
        ("login_user", {"user": []}, "user", "users"),
        ("login_user", {"users": {}}, "users", "a list"),
        ("login_user", {"users": ["lab"]}, "users[0]", "a dictionary"),
        ("login_user", user(name="-lab"), "users[0].name", "1 to 64"),
        ("login_user", user(name="a" * 65), "users[0].name", "1 to 64"),
        ("login_user", user(name="a b"), "users[0].name", "letters"),
        ("login_user", user(name="lab\n"), "users[0].name", "letters"),
        ("login_user", user(name=None), "users[0].name", "letters"),
        ("login_user", user(name="root"), "users[0].name", "root-authentication"),
        ("login_user", {"users": [USER, USER]}, "users[1].name", "each one once"),
        ("login_user", user(uid=99), "users[0].uid", "100 to 64000"),
        ("login_user", user(uid=64001), "users[0].uid", "100 to 64000"),
        ("login_user", user(uid="2000"), "users[0].uid", "an integer"),
        ("login_user", user(uid=True), "users[0].uid", "an integer"),
        ("login_user", user(full_name="x" * 256), "users[0].full_name", "1 to 255"),
        ("login_user", user(full_name="a:b"), "users[0].full_name", "without colons"),
        ("login_user", user(**{"class": ""}), "users[0].class", "1 to 255"),
        ("login_user", user(state="gone"), "users[0].state", "present or absent or inactive"),
        ("login_user", {"classes": [{"name": "super-user"}]}, "classes[0].name", "Junos has itself"),
        (
            "login_user",
            {"classes": [{"name": "c", "permissions": ["View"]}]},
            "classes[0].permissions[0]",
            "permissions",
        ),
        ("login_user", {"classes": [{"name": "c", "permissions": "view"}]}, "classes[0].permissions", "a list"),
        ("login_user", {"classes": [{"name": "c", "idle_timeout": -1}]}, "classes[0].idle_timeout", "0 to"),
        (
            "login_user",
            {"classes": [{"name": "c", "allow_commands": "a\nb"}]},
            "classes[0].allow_commands",
            "no line break",
        ),
        ("user_authentication", account(password="short"), "users[0].password", "6 to 128"),
        ("user_authentication", account(password="alllowercase"), "users[0].password", "a change of case"),
        ("user_authentication", account(encrypted_password="clear text"), "users[0].encrypted_password", "$6$"),
        ("user_authentication", account(encrypted_password="$6$" + "x" * 130), "users[0].encrypted_password", "128"),
        (
            "user_authentication",
            account(password="Call-Home1", encrypted_password="*"),
            "users[0].encrypted_password",
            "one of",
        ),
        ("user_authentication", account(update_password="never"), "users[0].update_password", "on_create"),
        ("user_authentication", account(state="absent"), "users[0].state", "the options name"),
        ("user_authentication", key("ssh-ed25519 AAAA"), "users[0].public_keys[0].key", "one public key"),
        ("user_authentication", key(KEYS[0][:-8]), "users[0].public_keys[0].key", "one public key"),
        ("user_authentication", key(f"{KEYS[0]}\n{KEYS[1]}"), "users[0].public_keys[0].key", "no line break"),
        ("user_authentication", key(f"no-pty {KEYS[0]}"), "users[0].public_keys[0].key", "one public key"),
        ("user_authentication", key(None), "users[0].public_keys[0].key", "printable"),
        ("user_authentication", key(DSA), "users[0].public_keys[0].key", "SHA-1 only"),
        ("user_authentication", key(certificate_text()), "users[0].public_keys[0].key", "this is a certificate"),
        ("user_authentication", key(KEYS[0], **{"from": "a b"}), "users[0].public_keys[0].from", "without|no spaces"),
        ("user_authentication", key(KEYS[0], state="inactive"), "users[0].public_keys[0].state", "present or absent"),
        (
            "user_authentication",
            account(public_keys=[{"key": k} for k in (KEYS[0], f"{KEYS[0]} x")]),
            "users[0].public_keys[1].key",
            "each key once",
        ),
        (
            "user_authentication",
            account(no_public_keys=True, public_keys=[{"key": KEYS[0]}]),
            "users[0].no_public_keys",
            "exclusive",
        ),
        ("trusted_user_ca", {"file": "user_ca.pub"}, "file", "absolute path"),
        ("trusted_user_ca", {"keys": [DSA]}, "keys[0]", "SHA-1 only"),
        ("host_certificate", {"file": "/h", "certificate": certificate_text()}, "certificate", "only one of"),
        ("authorized_principals", {"principals": ["a b"]}, "principals[0]", "no space"),
        ("authorized_principals", {"principals": ["a,b"]}, "principals[0]", "comma"),
        ("authorized_principals", {"principals": ["#a"]}, "principals[0]", "#"),
        ("authorized_principals", {"principals": [""]}, "principals[0]", "1 to 255"),
        ("authorized_principals", {"users": [{"name": "root"}]}, "users[0].name", "root is not one"),
        ("netconf_service", {"port": 0}, "port", "1 to 65535"),
        ("netconf_service", {"port": 65536}, "port", "1 to 65535"),
        ("netconf_service", {"connection_limit": 251}, "connection_limit", "1 to 250"),
        ("netconf_service", {"client_alive_interval": -1}, "client_alive_interval", "0 to 65535"),
        ("netconf_service", {"rfc_compliant": "yes"}, "rfc_compliant", "true or false"),
        ("netconf_service", {"traceoptions": {"flags": ["everything"]}}, "traceoptions.flags[0]", "incoming"),
        ("netconf_service", {"traceoptions": {"size": "10 MB"}}, "traceoptions.size", "10m"),
        ("netconf_service", {"traceoptions": {"file": "../x"}}, "traceoptions.file", "without slashes"),
        ("netconf_service", {"traceoptions": {"files": 1}}, "traceoptions.files", "2 to 1000"),
        ("netconf_service", {"traceoptions": {"level": "all"}}, "traceoptions.level", "the options"),
        ("outbound_ssh_client", client(device_id="r1\nr2"), "clients[0].device_id", "white space"),
        ("outbound_ssh_client", client(device_id="r1,r2"), "clients[0].device_id", "comma"),
        ("outbound_ssh_client", client(device_id="r 1"), "clients[0].device_id", "white space"),
        ("outbound_ssh_client", client(device_id=""), "clients[0].device_id", "1 to 255"),
        ("outbound_ssh_client", client(secret="$8$aes"), "clients[0].secret", "never \\$8\\$"),
        ("outbound_ssh_client", client(secret="$9$broken"), "clients[0].secret", "\\$9\\$"),
        ("outbound_ssh_client", client(secret="a\nb"), "clients[0].secret", "printable"),
        ("outbound_ssh_client", server(port=70000), "clients[0].servers[0].port", "1 to 65535"),
        ("outbound_ssh_client", server(retry=0), "clients[0].servers[0].retry", "1 to"),
        ("outbound_ssh_client", server(address="[2001:db8::1]"), "clients[0].servers[0].address", "without brackets"),
        ("outbound_ssh_client", server(address="192.0.2.300"), "clients[0].servers[0].address", "host name"),
        ("outbound_ssh_client", server(address="fe80::1%em0"), "clients[0].servers[0].address", "host name"),
        (
            "outbound_ssh_client",
            client(servers=[{"address": "2001:db8::1"}, {"address": "2001:DB8:0::1", "port": 2}]),
            "clients[0].servers[1].address",
            "each one once",
        ),
        (
            "outbound_ssh_client",
            client(proxy_server={"dhcp": True, "host": "p"}),
            "clients[0].proxy_server.host",
            "only one",
        ),
        ("outbound_ssh_client", client(services="ssh"), "clients[0].services", "netconf"),
        ("outbound_ssh_client", client(keep_alive=True), "clients[0].keep_alive", "a dictionary"),
        ("outbound_ssh_client", {"clients": [{"device_id": "r1"}]}, "clients[0].name", "1 to 255"),
    ],
)
def test_bad_input_is_refused_by_name(section: str, options: dict[str, Any], named: str, allowed: str) -> None:
    with pytest.raises(OptionError, match=allowed.replace("$6$", r"\$6\$")) as refusal:
        SECTIONS[section].validate(options)
    assert refusal.value.option == named
    assert str(refusal.value).startswith(f"{named}: ")


@pytest.mark.parametrize(
    ("section", "options"),
    [
        ("user_authentication", key(a_key().openssh_private)),
        ("trusted_user_ca", {"keys": [a_key().openssh_private]}),
        ("host_certificate", {"certificate": a_key().openssh_private}),
        ("user_authentication", account(password="hunter\n2")),
        ("user_authentication", account(encrypted_password="hunter2")),
        ("outbound_ssh_client", client(secret="hunter\n2")),
    ],
)
def test_what_must_stay_secret_is_in_no_message(section: str, options: dict[str, Any]) -> None:
    with pytest.raises(OptionError) as refusal:
        SECTIONS[section].validate(options)
    assert refusal.value.value is Unsaid.VALUE
    assert "PRIVATE KEY" not in str(refusal.value)
    assert "hunter" not in str(refusal.value)


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(OptionError) as refusal:
        SECTIONS["authorized_principals"].validate({"principals": ["a b" * 1000]})
    assert len(str(refusal.value)) < 300


# What each of the validator's bad samples is, said in options; where no option can say it, that is the refusal.
BAD_SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "1-unknown-element": ("trusted_user_ca", {"trusted_user_ca_key": "/var/tmp/ca.pub"}),
    "2-bad-enum": ("outbound_ssh_client", client(reconnect_strategy="round-robin")),
    "3-missing-key": ("outbound_ssh_client", {"clients": [{"device_id": "r1", "services": "netconf"}]}),
    "4-out-of-range": ("login_user", user(uid=99)),
    "5-bad-services-enum": ("outbound_ssh_client", client(services="ssh")),
    "6-load-key-file": ("user_authentication", account(load_key_file="/var/tmp/k.pub")),
    "7-must-principals": ("authorized_principals", {"principals": ["a"]}),
    "8-port-70000": ("outbound_ssh_client", server(port=70000)),
    "9-plain-text-password": ("user_authentication", account(plain_text_password="x")),
    "10-two-client-addresses-same-key": (
        "outbound_ssh_client",
        client(servers=[{"address": "1.1.1.1"}, {"address": "1.1.1.1"}]),
    ),
}


@needs_validator
def test_every_bad_sample_of_the_validator_is_refused_by_both() -> None:
    samples = {path.stem: etree.parse(path).getroot() for path in (VALIDATOR.parent / "samples" / "bad").glob("*.xml")}
    assert samples.keys() == BAD_SAMPLES.keys()
    for name, (section, options) in BAD_SAMPLES.items():
        assert faults([samples[name]]), f"{name} is not refused by the validator"
        with pytest.raises(OptionError):
            SECTIONS[section].plan(options, read_configuration(samples[name]))

"""A key and its certificates are one identity, whoever signed them."""

from __future__ import annotations

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.ssh_agent import plain_key
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import (
    KEY_TYPES,
    USER,
    a_key,
    certify,
    string,
)

SECURITY_KEY = "sk-ssh-ed25519@openssh.com"


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_the_plain_key_in_a_certificate_is_the_one_that_was_certified(key_type: str) -> None:
    key = a_key(key_type)
    assert plain_key(certify(key, a_key(use="ca"), ("netops",), kind=USER)) == key.public.blob


def test_a_ca_of_a_kind_that_is_not_known_here_is_the_devices_to_judge() -> None:
    key = a_key()
    security_key = string(SECURITY_KEY) + string(bytes(32)) + string("ssh:")
    assert plain_key(certify(key, a_key(use="ca"), kind=USER, ca_blob=security_key)) == key.public.blob


def test_the_certificate_of_a_security_key_is_the_same_identity_as_that_key() -> None:
    public = string(bytes(range(32))) + string("ssh:")
    certificate = string("sk-ssh-ed25519-cert-v01@openssh.com") + string("a nonce") + public + string("and the rest")
    assert plain_key(certificate) == string(SECURITY_KEY) + public


@pytest.mark.parametrize("blob", [a_key().public.blob, string("a-type-to-come@example.net") + string("its fields")])
def test_a_plain_key_stands_for_itself(blob: bytes) -> None:
    assert plain_key(blob) == blob

# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates that role ``nms`` makes, judged by OpenSSH alone: its server takes the user's, its client the device's."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.controller import Controller
from ansible_collections.callhome.junos.tests.integration.harness.nms import Nms
from ansible_collections.callhome.junos.tests.interop.openssh_keys import KEY_TYPES, KeyPair, new_key
from ansible_collections.callhome.junos.tests.interop.sshd_device import NO_SSHD, SSHD, USER, SshdDevice

pytestmark = pytest.mark.skipif(SSHD is None, reason=NO_SSHD)

ASKED = {
    "rsa": ("rsa", 2048),
    "ecdsa256": ("ecdsa", 256),
    "ecdsa384": ("ecdsa", 384),
    "ecdsa521": ("ecdsa", 521),
    "ed25519": ("ed25519", 0),
}
"""What the role is asked for, to have each of KEY_TYPES."""
CLIENT_SECONDS = 20


@pytest.fixture(scope="module")
def controller() -> Iterator[Controller]:
    shared = Controller()
    yield shared
    shared.stop()


def log_in(device: SshdDevice, nms: Nms, name: str) -> subprocess.CompletedProcess[str]:
    """Log in to a device as the NETCONF user with OpenSSH's client, which knows it as ``name``."""
    options = {
        "ProxyCommand": f"{shlex.join(device.command)} -i",
        "HostKeyAlias": name,
        "UserKnownHostsFile": nms.known_hosts,
        "GlobalKnownHostsFile": "none",
        "StrictHostKeyChecking": "yes",
        "BatchMode": "yes",
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "IdentityFile": nms.user_key,
    }
    settings = [argument for option, value in options.items() for argument in ("-o", f"{option}={value}")]
    command = ["ssh", "-F", "none", *settings, f"{USER}@device", "true"]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=CLIENT_SECONDS)


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_openssh_takes_the_user_s_and_the_device_s_certificate(
    controller: Controller, tmp_path: Path, key_type: str
) -> None:
    nms = Nms(controller)
    kind, bits = ASKED[key_type]
    nms.variables |= {
        f"nms_{key}_{field}": value for key in ("ca", "user") for field, value in (("type", kind), ("bits", bits))
    }
    nms.hosts = {"branch-7": {}}
    nms.set_up().check()
    host_key = new_key(tmp_path / "host_key", key_type)
    nms.sign({"branch-7": host_key.text}).check()
    host_key.certificate.write_bytes(nms.host_certificate("branch-7").read_bytes())

    user_ca = KeyPair(nms.directory / "user_ca")
    device = SshdDevice("branch-7", tmp_path / "branch-7", host_key, user_ca=user_ca, principals=("netops",))
    device.prepare()
    done = log_in(device, nms, "branch-7")
    assert done.returncode == 0, f"{done.stderr}\n{device.log}"
    assert any('certificate ID "netops" (serial 1) signed by' in line for line in device.logins)
    assert "Host key verification failed" in log_in(device, nms, "branch-8").stderr

# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host certificate fits the device that it is given to: its key, its name, its clock."""

from __future__ import annotations

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.device import Device
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import Node
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import Options
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.certificates import parse_certificate
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import PublicKey, blob_of_text

_CERTIFICATE = "certificate"


def check_host_certificate(text: str, device: Device, names: tuple[str, ...]) -> None:
    """Raise OptionError where the certificate is not one that a controller would take from this device.

    text: one that its section accepts. names: the device ids that the device has; one of them is enough.
    """
    certificate = parse_certificate(blob_of_text(text))
    fingerprint = certificate.key.fingerprint
    if not names:
        raise OptionError("device_id", None, "the device id that the certificate names: the device has no client yet")
    for_names = [certificate.faults(name, device.clock) for name in names]
    if all(for_names):
        raise OptionError(_CERTIFICATE, fingerprint, f"one that is valid for this device: {'; '.join(for_names[0])}")
    found = device.host_key(certificate.key.algorithm)
    if found is None:
        raise OptionError(
            _CERTIFICATE,
            fingerprint,
            f"a certificate of a key that the device has; it has no {certificate.key.algorithm}",
        )
    if PublicKey.from_text(found) != certificate.key:
        expected = PublicKey.from_text(found).fingerprint
        raise OptionError(_CERTIFICATE, fingerprint, f"a certificate of the device's own key {expected}")


def device_ids(options: Options, client_options: Options, present: Node) -> tuple[str, ...]:
    """The device ids that are known: the one given, else those of clients that will be there or are there."""
    if options.get("device_id"):
        return (options["device_id"],)
    wanted = [client.get("device_id") for client in client_options.get("clients") or ()]
    clients = present.at("system", "services", "outbound-ssh").all("client")
    return tuple(dict.fromkeys(filter(None, (*wanted, *(client.child("device-id").text for client in clients)))))

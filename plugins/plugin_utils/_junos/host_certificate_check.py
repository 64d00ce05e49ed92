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
_WEEK = 7 * 24 * 3600
_PARTS_OF_LIFE = 3
"""A certificate is near its end in its last week; one of a short life, in the last of these parts of it."""


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


def installed_advice(text: str, names: tuple[str, ...], now: float) -> tuple[str, ...]:
    """What to say of a certificate that the device has already; nothing of one that goes on serving.

    names: as above; where none is known, any that the certificate names will do. now: epoch seconds of the controller's
    clock, as asking for the device's would be one more request in each run that changes nothing.
    """
    certificate = parse_certificate(blob_of_text(text))
    for_names = [certificate.faults(name, now) for name in names or certificate.principals]
    left, life = certificate.valid_before - now, certificate.valid_before - certificate.valid_after
    if for_names and all(for_names):
        found = f"is not valid for it: {'; '.join(for_names[0])}"
    elif left < min(_WEEK, life / _PARTS_OF_LIFE):
        found = f"expires in {left / 3600:.0f} hours"
    else:
        return ()
    return (f"The host certificate that the device has {found}, by the controller's clock. Sign and give it another.",)


def device_ids(options: Options, client_options: Options, present: Node) -> tuple[str, ...]:
    """The device ids that are known: the one given, else those of clients that will be there or are there."""
    if options.get("device_id"):
        return (options["device_id"],)
    wanted = [client.get("device_id") for client in client_options.get("clients") or ()]
    clients = present.at("system", "services", "outbound-ssh").all("client")
    return tuple(dict.fromkeys(filter(None, (*wanted, *(client.child("device-id").text for client in clients)))))

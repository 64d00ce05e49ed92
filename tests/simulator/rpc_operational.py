# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operational requests: what the device is, how long it has been up, and a few commands of the CLI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from . import render_text
from .clock import date_text
from .errors import RpcError
from .render import configuration
from .rpcs import RPCS, rpc, text
from .session import Session
from .xml_text import element, raw

if TYPE_CHECKING:
    from .outbound import Dialler


def _namespace(session: Session, suffix: str = "") -> str:
    return f"http://xml.juniper.net/junos/{session.device.spec.release}/junos{suffix}"


@rpc("get-software-information", permission="view")
def get_software_information(session: Session, _request: etree._Element) -> str:
    device, release = session.device, session.device.spec.release
    one = element(
        "software-information",
        element("host-name", device.host_name),
        element("product-model", device.spec.model),
        element("product-name", device.spec.model),
        element("junos-version", release),
        element(
            "package-information",
            element("name", "os-kernel"),
            element("comment", f"JUNOS OS Kernel 64-bit [{release}]"),
        ),
    )
    if len(device.routing_engines) == 1:
        return one
    return element(
        "multi-routing-engine-results",
        *(element("multi-routing-engine-item", element("re-name", name), one) for name in device.routing_engines),
    )


@rpc("get-system-information", permission="view")
def get_system_information(session: Session, _request: etree._Element) -> str:
    device = session.device
    return element(
        "system-information",
        element("hardware-model", device.spec.model),
        element("os-name", "junos"),
        element("os-version", device.spec.release),
        element("serial-number", device.serial_number),
        element("host-name", device.host_name),
    )


@rpc("get-system-uptime-information", permission="view")
def get_system_uptime_information(session: Session, _request: etree._Element) -> str:
    device, now = session.device, session.device.clock.now()
    last = device.database.history[0]
    return element(
        "system-uptime-information",
        element("current-time", element("date-time", date_text(now), junos__seconds=str(int(now)))),
        element(
            "system-booted-time",
            element("date-time", date_text(device.booted), junos__seconds=str(int(device.booted))),
            element("time-length", _length(now - device.booted), junos__seconds=str(int(now - device.booted))),
        ),
        element(
            "last-configured-time",
            element("date-time", date_text(last.time), junos__seconds=str(int(last.time))),
            element("user", last.user),
        ),
        xmlns=_namespace(session),
    )


def _length(seconds: float) -> str:
    minutes = int(seconds) // 60
    return f"{minutes // 1440} days, {minutes % 1440 // 60:02}:{minutes % 60:02}"


def _show_version(session: Session) -> str:
    device = session.device
    return (
        f"Hostname: {device.host_name}\nModel: {device.spec.model}\nJunos: {device.spec.release}\n"
        f"JUNOS OS Kernel 64-bit [{device.spec.release}]\n"
    )


def _show_configuration(session: Session) -> str:
    return "\n".join(render_text.lines(session.device.database.committed, session.secrets)) + "\n"


def _show_uptime(session: Session) -> str:
    device, now = session.device, session.device.clock.now()
    return (
        f"Current time: {date_text(now)}\nSystem booted: {date_text(device.booted)}\n"
        f"Last configured: {date_text(device.database.history[0].time)}\n"
    )


_COMMANDS = {
    "show version": ("get-software-information", _show_version),
    "show system uptime": ("get-system-uptime-information", _show_uptime),
    "show system commit": ("get-commit-information", None),
    "show configuration": (None, _show_configuration),
}


@rpc("command", permission="view")
def command(session: Session, request: etree._Element) -> str:
    """A command of the CLI: as text, or as the reply of the request that stands for it."""
    words = " ".join((request.text or "").split()).partition(" |")[0]
    if words not in _COMMANDS:
        raise RpcError("syntax error, expecting <command>", bad_element=words.rpartition(" ")[2] or "command")
    name, as_text = _COMMANDS[words]
    form = request.get("format", "xml")
    if words == "show configuration" and form != "text":
        return configuration(session, session.device.database.committed, form, True)
    if as_text is not None and (form == "text" or name is None):
        return element("output", raw("") + "\n", as_text(session))
    assert name is not None
    return RPCS[name].handler(session, request)


@rpc("get-outbound-ssh-service-information", permission="view", since="23.4")
def get_outbound_ssh_service_information(session: Session, request: etree._Element) -> str:
    """The words for a connection's state are not published; these are the simulator's own."""
    wanted = text(request, "client-id")
    diallers = [dialler for name, dialler in session.device.diallers.items() if wanted in (None, name)]
    return element("outbound-ssh-service-information", *(_outbound_client(session, dialler) for dialler in diallers))


def _outbound_client(session: Session, dialler: Dialler) -> str:
    server = dialler.connected or next(iter(dialler.client.servers), None)
    up = dialler.connected is not None
    return element(
        "outbound-ssh-client",
        element("outbound-ssh-client-name", dialler.client.name),
        element("outbound-ssh-server-info", f"{server.host}:{server.port}") if server is not None else "",
        element("outbound-ssh-connection-status", "Connected" if up else "Connecting"),
        element("outbound-ssh-connection-uptime", _length(session.device.clock.now() - dialler.connected_at))
        if up
        else "",
        element("outbound-ssh-device-id", dialler.client.device_id),
    )

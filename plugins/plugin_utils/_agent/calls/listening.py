# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where calls are taken: listen texts such as ``[::]:4334``, and the sockets they stand for."""

from __future__ import annotations

import errno
import re
import socket
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

LISTEN = re.compile(r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<ipv4>[0-9.]+)):(?P<port>[0-9]{1,5})")
BACKLOG = 4096  # the kernel cuts it to net.core.somaxconn

# Calls inherit these from the listening socket. A peer that lost power is noticed after about a minute, asked or not.
OPTIONS_OF_CALLS = (
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30),  # seconds
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),  # seconds
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 60_000),  # milliseconds
)

ADVICE = {
    errno.EADDRINUSE: "Another program, or another user's agent, holds this port: `ss -ltnp` shows which. "
    "Stop it, or set call_home_listen to another port and point the devices there.",
    errno.EACCES: "A port below 1024 needs a privilege: set call_home_listen to a higher port.",
    errno.EADDRNOTAVAIL: "This machine has no such address: set call_home_listen to one of its own, or to [::]:4334.",
    errno.EAFNOSUPPORT: "This machine has no IPv6: set call_home_listen to an IPv4 address, such as 0.0.0.0:4334.",
}


class InvalidListen(ValueError):
    """A listen text that cannot be read."""


class CannotListen(OSError):
    """No listener could be opened; says why, and who is asked to do what. ``errno`` is the system's."""

    def __str__(self) -> str:
        return str(self.strerror)


@lru_cache(maxsize=64)
def parse_listen(text: str) -> tuple[str, int]:
    """(canonical address, port) of ``192.0.2.1:4334`` or ``[2001:db8::1]:4334``; raises InvalidListen."""
    match = LISTEN.fullmatch(text.strip())
    try:
        if match is None or (port := int(match["port"])) > 65535:
            raise ValueError
        address = ip_address(match["ipv6"] or match["ipv4"])
        if isinstance(address, IPv6Address) != bool(match["ipv6"]):
            raise ValueError
    except ValueError:
        raise InvalidListen(
            f"call_home_listen is {text!r}: expected an IP address and a port, such as [::]:4334 or 192.0.2.1:4334"
        ) from None
    return str(address), port


def listen_text(address: str, port: int) -> str:
    """The listen text of an address and a port."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def canonical_listen(text: str) -> str:
    """The one spelling of a listen text; raises InvalidListen."""
    return listen_text(*parse_listen(text))


def open_listener(listen: str) -> socket.socket:
    """A listening, non-blocking socket for ``listen``; ``[::]`` takes IPv4 as well. Raises CannotListen."""
    address, port = parse_listen(listen)
    try:
        return _open(address, port)
    except OSError as error:
        if address == "::" and error.errno == errno.EAFNOSUPPORT:
            return open_listener(listen_text("0.0.0.0", port))  # a kernel without IPv6 still has the default's IPv4
        advice = ADVICE.get(error.errno or 0, "Set call_home_listen to an address and a port that can be used.")
        raise CannotListen(error.errno, f"cannot take calls at {listen}: {error.strerror}. {advice}") from error


def _open(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        for level, option, value in OPTIONS_OF_CALLS:
            listener.setsockopt(level, option, value)
        listener.bind(_bindable(address, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _bindable(address: str, port: int) -> tuple[str, int] | tuple[str, int, int, int]:
    host, _percent, zone = address.partition("%")
    return (host, port, 0, socket.if_nametoindex(zone)) if zone else (address, port)

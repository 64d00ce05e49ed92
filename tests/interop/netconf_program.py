"""The `netconf` subsystem of a device that is sshd: NETCONF 1.0 on standard input and output (RFC 4742).

Usage: ``netconf_program.py HOST-NAME``. It knows the RPCs that a module needs to read a Junos device.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "urn:ietf:params:xml:ns:netconf:base:1.0"
END = b"]]>]]>"
HELLO = f"""<hello xmlns="{NAMESPACE}"><capabilities><capability>urn:ietf:params:netconf:base:1.0</capability>\
</capabilities><session-id>1</session-id></hello>"""
CONFIGURATION = "<configuration><system><host-name>{name}</host-name></system></configuration>"
REPLIES = {
    "get-software-information": "<software-information><host-name>{name}</host-name>"
    "<product-model>sshd</product-model><junos-version>24.4R1</junos-version></software-information>",
    "get-configuration": CONFIGURATION,
    "get-config": f"<data>{CONFIGURATION}</data>",
    "close-session": "<ok/>",
}
UNKNOWN = "<rpc-error><error-type>protocol</error-type><error-tag>operation-not-supported</error-tag>\
<error-severity>error</error-severity></rpc-error>"


def messages(stream: BinaryIO) -> Iterator[bytes]:
    """What stands between the ends of messages, as it comes."""
    pending = b""
    while received := stream.read1(65536):  # type: ignore[attr-defined]
        *whole, pending = (pending + received).split(END)
        yield from whole


def serve(name: str) -> None:
    """Answer until the session is closed."""
    send(HELLO)
    for message in messages(sys.stdin.buffer):
        rpc = ElementTree.fromstring(message.strip())
        if rpc.tag != f"{{{NAMESPACE}}}rpc":
            continue  # the client's hello
        operation = rpc[0].tag.rpartition("}")[2]
        reply = REPLIES.get(operation, UNKNOWN).format(name=escape(name))
        message_id = quoteattr(rpc.get("message-id", ""))
        send(f"<rpc-reply xmlns={quoteattr(NAMESPACE)} message-id={message_id}>{reply}</rpc-reply>")
        if operation == "close-session":
            return


def send(message: str) -> None:
    sys.stdout.buffer.write(message.encode() + END)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve(sys.argv[1])

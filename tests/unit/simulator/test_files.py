# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a simulated device, as its requests show them."""

from __future__ import annotations

import base64
import hashlib

import pytest
from lxml import etree
from ncclient import manager
from simulator import Control, DeviceSpec, Simulator
from simulator_harness import PASSWORD, USER, rpc, session

CONTENT = b"ssh-ed25519 AAAA ca\n"
URL = "http://nms/ca.pub"


@pytest.fixture
def device(sim: Simulator) -> Control:
    return sim.add_device(
        DeviceSpec(
            "r1",
            users={USER: PASSWORD},
            listen="127.0.0.1",
            dual_re=True,
            storage=4000,
            urls={URL: CONTENT},
            host_keys=("rsa", "ecdsa", "ecdsa384", "ecdsa521", "ed25519"),
        )
    )


@pytest.fixture
def connection(device: Control) -> manager.Manager:
    return session(host="127.0.0.1", port=device.direct_port)


def put(
    connection: manager.Manager, path: str, content: bytes = CONTENT, extra: str = "", encoding: str = "base64"
) -> etree._Element:
    body = base64.b64encode(content).decode() if encoding == "base64" else content.decode()
    return rpc(
        connection,
        f"<file-put><filename>{path}</filename><permission>0600</permission><encoding>{encoding}"
        f"</encoding>{extra}<file-contents>{body}</file-contents></file-put>",
    )


def error(reply: etree._Element) -> str | None:
    return reply.findtext(".//rpc-error/error-message")


@pytest.mark.parametrize("encoding", ["base64", "ascii"])
def test_a_file_that_is_put_is_there(device: Control, connection: manager.Manager, encoding: str) -> None:
    reply = put(connection, "/var/tmp/ca.pub", encoding=encoding)
    assert reply.find("file-put-results/success") is not None
    assert device.read_file("/var/tmp/ca.pub") == CONTENT
    got = rpc(connection, "<file-get><filename>/var/tmp/ca.pub</filename><encoding>base64</encoding></file-get>")
    assert base64.b64decode(got.findtext("file-get-results/file-contents") or "") == CONTENT
    shown = rpc(connection, "<file-show><filename>/var/tmp/ca.pub</filename></file-show>")
    assert (shown.findtext("file-content") or "").strip().encode() == CONTENT.strip()


def test_a_file_that_is_there_is_kept_unless_it_may_go(device: Control, connection: manager.Manager) -> None:
    put(connection, "/var/tmp/ca.pub")
    assert error(put(connection, "/var/tmp/ca.pub", b"new")) == "/var/tmp/ca.pub: File exists"
    assert device.read_file("/var/tmp/ca.pub") == CONTENT
    assert error(put(connection, "/var/tmp/ca.pub", b"new", "<delete-if-exist/>")) is None
    assert device.read_file("/var/tmp/ca.pub") == b"new"


@pytest.mark.parametrize(
    "path, content, said",
    [
        ("/var/tmp/big", b"x" * 4000, "/var/tmp/big: No space left on device"),
        ("/var/nowhere/file", CONTENT, "/var/nowhere/file: No such file or directory"),
        ("/var/tmp", CONTENT, "/var/tmp: Is a directory"),
    ],
)
def test_what_cannot_be_written_is_said(connection: manager.Manager, path: str, content: bytes, said: str) -> None:
    assert error(put(connection, path, content)) == said


def test_host_public_keys_are_listed_as_the_manual_lists_them(device: Control, connection: manager.Manager) -> None:
    reply = rpc(connection, "<file-list><path>/etc/ssh/*.pub</path></file-list>")
    assert [node.text for node in reply.iter("file-name")] == [
        "/etc/ssh/ssh_host_ec_p384_key.pub",
        "/etc/ssh/ssh_host_ec_p521_key.pub",
        "/etc/ssh/ssh_host_ecdsa_key.pub",
        "/etc/ssh/ssh_host_ed25519_key.pub",
        "/etc/ssh/ssh_host_rsa_key.pub",
    ]
    shown = rpc(connection, "<file-show><filename>/etc/ssh/ssh_host_rsa_key.pub</filename></file-show>")
    assert device.host_key in (shown.findtext("file-content") or "")


def test_a_folder_is_listed_with_details(connection: manager.Manager) -> None:
    put(connection, "/var/tmp/ca.pub")
    reply = rpc(connection, "<file-list><detail/><path>/var/tmp</path></file-list>")
    assert reply.findtext(".//directory-name") == "/var/tmp/"
    entry = reply.find(".//file-information")
    assert [entry.findtext(name) for name in ("file-name", "file-permissions", "file-owner", "file-size")] == [
        "ca.pub",
        "600",
        USER,
        str(len(CONTENT)),
    ]
    missing = rpc(connection, "<file-list><path>/var/tmp/none*</path></file-list>")
    assert "No such file or directory" in (missing.findtext("output") or "")


@pytest.mark.parametrize(
    "request_, method, algorithm",
    [
        (
            "<get-checksum-information><path>{}</path><method>sha-256</method></get-checksum-information>",
            "SHA256",
            "sha256",
        ),
        ("<get-sha256-checksum-information><path>{}</path></get-sha256-checksum-information>", "SHA256", "sha256"),
        ("<get-checksum-information><path>{}</path></get-checksum-information>", "MD5", "md5"),
    ],
)
def test_checksums(connection: manager.Manager, request_: str, method: str, algorithm: str) -> None:
    put(connection, "/var/tmp/ca.pub")
    reply = rpc(connection, request_.format("/var/tmp/ca.pub"))
    assert reply.findtext(".//computation-method") == method
    assert reply.findtext(".//checksum") == hashlib.new(algorithm, CONTENT).hexdigest()
    assert "No such file" in (error(rpc(connection, request_.format("/var/tmp/none"))) or "")


def test_deleting_says_nothing_or_what_went_wrong(device: Control, connection: manager.Manager) -> None:
    put(connection, "/var/tmp/ca.pub")
    assert len(rpc(connection, "<file-delete><path>/var/tmp/ca.pub</path></file-delete>")) == 0
    again = rpc(connection, "<file-delete><path>/var/tmp/ca.pub</path></file-delete>")
    assert again.findtext("output") == "\nrm: /var/tmp/ca.pub: No such file or directory\n"


def test_folders_files_and_the_other_routing_engine(device: Control, connection: manager.Manager) -> None:
    made = "<make-directory><directory>/var/db/call-home/ca</directory>{}</make-directory>"
    assert "No such file" in (rpc(connection, made.format("")).findtext("output") or "")
    assert len(rpc(connection, made.format("<with-path/>"))) == 0
    put(connection, "/var/db/call-home/ca/ca.pub")
    assert device.read_file("/var/db/call-home/ca/ca.pub") == CONTENT
    put(connection, "re1:/var/tmp/ca.pub")
    assert device.read_file("/var/tmp/ca.pub", engine="re1") == CONTENT
    assert "/var/tmp/ca.pub" not in device.files("re0")
    copy = "<file-copy><source>re1:/var/tmp/ca.pub</source><destination>/var/tmp/here.pub</destination></file-copy>"
    assert len(rpc(connection, copy)) == 0 and device.read_file("/var/tmp/here.pub") == CONTENT
    assert error(put(connection, "re7:/var/tmp/ca.pub")) == "invalid routing engine: re7"


def test_file_copy_fetches_what_is_in_the_network_and_tells_of_the_rest_by_text(
    device: Control, connection: manager.Manager
) -> None:
    def fetch(url: str) -> etree._Element:
        return rpc(
            connection, f"<file-copy><source>{url}</source><destination>/var/tmp/fetched</destination></file-copy>"
        )

    missing = fetch("http://nms/none.pub")
    assert error(missing) is None
    assert (missing.findtext("output") or "").strip() == "fetch: http://nms/none.pub: Not Found"
    assert "/var/tmp/fetched" not in device.files()
    assert len(fetch(URL)) == 0 and device.read_file("/var/tmp/fetched") == CONTENT


def test_storage_cleanup_empties_var_tmp_only(device: Control, connection: manager.Manager) -> None:
    for path in ("/var/tmp/ca.pub", "/var/db/ca.pub"):
        put(connection, path)
    reply = rpc(connection, "<request-system-storage-cleanup/>")
    assert [node.text for node in reply.iter("file-name")] == ["/var/tmp/ca.pub"]
    assert "/var/db/ca.pub" in device.files()


def test_a_synchronized_commit_needs_the_files_on_both_routing_engines(
    device: Control, connection: manager.Manager
) -> None:
    put(connection, "/var/tmp/ca.pub")
    load = (
        '<load-configuration action="set"><configuration-set>set system services ssh trusted-user-ca-key-file '
        "/var/tmp/ca.pub</configuration-set></load-configuration>"
    )
    assert error(rpc(connection, load)) is None
    both = "<commit-configuration><synchronize/></commit-configuration>"
    assert error(rpc(connection, both)) == "re1: /var/tmp/ca.pub: No such file or directory"
    put(connection, "re1:/var/tmp/ca.pub")
    assert [node.text for node in rpc(connection, both).iterfind(".//routing-engine/name")] == ["re0", "re1"]


def test_after_a_switchover_only_what_was_synchronized_is_there(device: Control, connection: manager.Manager) -> None:
    for name, commit in (
        ("both", "<commit-configuration><synchronize/></commit-configuration>"),
        ("one", "<commit-configuration/>"),
    ):
        rpc(
            connection,
            '<load-configuration action="set"><configuration-set>'
            f"set system host-name {name}</configuration-set></load-configuration>",
        )
        rpc(connection, commit)
    assert "<host-name>one<" in device.committed
    device.switch_over()
    assert "<host-name>both<" in device.committed
    again = session(host="127.0.0.1", port=device.direct_port)
    assert rpc(again, "<get-system-information/>").findtext(".//host-name") == "both"

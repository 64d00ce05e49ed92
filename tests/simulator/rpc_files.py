# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests about the device's files: put, get, list, show, delete and checksums."""

from __future__ import annotations

import base64
import binascii
import hashlib
import posixpath

from lxml import etree

from .clock import date_text
from .errors import RpcError
from .filesystem import File, FileError, FileSystem
from .load_xml import local
from .rpcs import child, mandatory, rpc, text
from .session import Session
from .xml_text import element

_METHODS = {"md5": "MD5", "sha1": "SHA1", "sha-256": "SHA256"}


def _place(session: Session, path: str) -> tuple[FileSystem, str]:
    """The file system and the path there: `re0:`, `re1:` and `localre:` name a routing engine, nothing the master's."""
    engine, colon, rest = path.partition(":")
    if not colon or "/" in engine:
        return session.device.files, path
    if engine == "localre":
        return session.device.files, rest
    files = session.device.file_systems.get(engine)
    if files is None:
        raise RpcError(f"invalid routing engine: {engine}", bad_element=path)
    return files, rest


def _refused(problem: FileError) -> RpcError:
    return RpcError(str(problem), type="application")


def _failed(problem: FileError, command: str) -> str:
    """Commands that print nothing when all is well print what went wrong; it is no `<rpc-error>`."""
    return element("output", f"\n{command}: {problem}\n")


@rpc("file-put", permission="maintenance")
def file_put(session: Session, request: etree._Element) -> str:
    """What happens to a file that is there already without delete-if-exist is not documented; it is kept here."""
    filename, encoding = mandatory(request, "filename"), mandatory(request, "encoding")
    files, path = _place(session, filename)
    content = _decoded(child(request, "file-contents"), encoding)
    if files.exists(path) and child(request, "delete-if-exist") is None:
        raise RpcError(f"{path}: File exists", type="application", bad_element=filename)
    try:
        files.write(path, content, _mode(text(request, "permission")), session.user, session.device.clock.now())
    except FileError as problem:
        raise _refused(problem) from None
    session.device.log.add("file-put", path=filename, user=session.user, size=len(content))
    return element("file-put-results", element("success"), element("filename", filename))


def _decoded(contents: etree._Element | None, encoding: str) -> bytes:
    if contents is None:
        raise RpcError("missing mandatory argument: file-contents", "missing-element", bad_element="file-put")
    given = contents.text or ""
    if encoding == "ascii":
        return given.encode()
    if encoding != "base64":
        raise RpcError(f"invalid value '{encoding}'", "invalid-value", bad_element="encoding")
    try:
        return base64.b64decode("".join(given.split()), validate=True)
    except binascii.Error:
        raise RpcError("could not decode base64 file contents", "invalid-value", bad_element="file-contents") from None


def _mode(permission: str | None) -> int:
    try:
        mode = int(permission or "644", 8)
    except ValueError:
        mode = -1
    if not 0 <= mode <= 0o7777:
        raise RpcError(f"invalid value '{permission}'", "invalid-value", bad_element="permission")
    return mode


@rpc("file-get", permission="maintenance")
def file_get(session: Session, request: etree._Element) -> str:
    files, path = _place(session, mandatory(request, "filename"))
    try:
        content = files.read(path)
    except FileError as problem:
        raise _refused(problem) from None
    return element(
        "file-get-results",
        element("success"),
        element("file-contents", _encoded(content, mandatory(request, "encoding"))),
    )


def _encoded(content: bytes, encoding: str) -> str:
    if encoding == "base64":
        return base64.encodebytes(content).decode()
    if encoding not in ("ascii", "raw"):
        raise RpcError(f"invalid value '{encoding}'", "invalid-value", bad_element="encoding")
    return content.decode(errors="replace")


@rpc("file-show", permission="view")
def file_show(session: Session, request: etree._Element) -> str:
    filename = mandatory(request, "filename")
    files, path = _place(session, filename)
    try:
        content = files.read(path)
    except FileError as problem:
        raise _refused(problem) from None
    encoding = text(request, "encoding", "raw") or "raw"
    return element(
        "file-content",
        f"\n{_encoded(content, encoding)}",
        filename=path,
        filesize=str(len(content)),
        encoding="base64" if encoding == "base64" else "text",
    )


@rpc("file-list", permission="view")
def file_list(session: Session, request: etree._Element) -> str:
    wanted = text(request, "path", "/var/home") or "/var/home"
    detail = child(request, "detail") is not None or text(request, "style") == "detail"
    files, path = _place(session, wanted)
    found = files.matching(path)
    if not found and not files.is_folder(path):
        return element("output", f"\n{path}: No such file or directory\n")
    folder = path if files.is_folder(path) else posixpath.dirname(path)
    entries = [_file_information(files, name, files.is_folder(path), detail) for name in found]
    return element(
        "directory-list",
        element(
            "directory",
            element("directory-name", f"{folder.rstrip('/')}/"),
            *entries,
            element("total-files", str(len(entries))),
            name=path,
        ),
    )


def _file_information(files: FileSystem, name: str, in_folder: bool, detail: bool) -> str:
    shown = element("file-name", posixpath.basename(name) if in_folder else name)
    if files.is_folder(name):
        return element("file-information", shown, element("file-directory"))
    return element("file-information", shown, *(_details(files.stat(name)) if detail else ()))


def _details(file: File) -> list[str]:
    return [
        element("file-permissions", oct(file.mode)[2:]),
        element("file-owner", file.owner),
        element("file-group", "wheel"),
        element("file-links", "1"),
        element("file-size", str(len(file.content))),
        element("file-date", date_text(file.time)),
    ]


@rpc("file-delete", permission="maintenance")
def file_delete(session: Session, request: etree._Element) -> str:
    filename = mandatory(request, "path")
    files, path = _place(session, filename)
    try:
        files.delete(path)
    except FileError as problem:
        return _failed(problem, "rm")
    session.device.log.add("file-delete", path=filename, user=session.user)
    return ""


@rpc("file-rename", permission="maintenance")
def file_rename(session: Session, request: etree._Element) -> str:
    files, source = _place(session, mandatory(request, "source"))
    _unused, target = _place(session, mandatory(request, "destination"))
    try:
        files.rename(source, target)
    except FileError as problem:
        return _failed(problem, "mv")
    return ""


@rpc("file-copy", permission="maintenance")
def file_copy(session: Session, request: etree._Element) -> str:
    """From a file of the device's routing engines or a URL, to a file of theirs. That it failed is told by text alone."""
    source = mandatory(request, "source")
    target_files, target = _place(session, mandatory(request, "destination"))
    try:
        content = _from_network(session, source) if "://" in source else _from_files(session, source)
        target_files.write(target, content, owner=session.user, time=session.device.clock.now())
    except FileError as problem:
        return _failed(problem, "fetch" if "://" in source else "cp")
    session.device.log.add("file-put", path=target, user=session.user, size=len(target_files.read(target)))
    return ""


def _from_files(session: Session, source: str) -> bytes:
    files, path = _place(session, source)
    return files.read(path)


def _from_network(session: Session, url: str) -> bytes:
    content = session.device.spec.urls.get(url)
    if content is None:
        raise FileError(f"{url}: Not Found")
    return content if isinstance(content, bytes) else content.encode()


@rpc("file-change-permission", permission="maintenance")
def file_change_permission(session: Session, request: etree._Element) -> str:
    files, path = _place(session, mandatory(request, "filename"))
    try:
        files.stat(path).mode = _mode(mandatory(request, "permission"))
    except FileError as problem:
        return _failed(problem, "chmod")
    return ""


@rpc("make-directory", permission="maintenance")
def make_directory(session: Session, request: etree._Element) -> str:
    files, path = _place(session, mandatory(request, "directory"))
    try:
        files.make_folder(path, parents=child(request, "with-path") is not None)
    except FileError as problem:
        return _failed(problem, "mkdir")
    return ""


@rpc("get-checksum-information", "get-sha1-checksum-information", "get-sha256-checksum-information", permission="view")
def get_checksum_information(session: Session, request: etree._Element) -> str:
    implied = {"get-sha1-checksum-information": "sha1", "get-sha256-checksum-information": "sha-256"}
    method = implied.get(local(request)) or text(request, "method", "md5") or "md5"
    if method not in _METHODS:
        raise RpcError(f"invalid value '{method}'", "invalid-value", bad_element="method")
    filename = mandatory(request, "path")
    files, path = _place(session, filename)
    try:
        digest = hashlib.new(_METHODS[method].lower(), files.read(path), usedforsecurity=False).hexdigest()
    except FileError as problem:
        raise RpcError(f"{_METHODS[method].lower()}: {problem}", type="application") from None
    return element(
        "checksum-information",
        element(
            "file-checksum",
            element("computation-method", _METHODS[method]),
            element("input-file", filename),
            element("checksum", digest),
        ),
    )


@rpc("request-system-storage-cleanup", permission="maintenance")
def request_system_storage_cleanup(session: Session, _request: etree._Element) -> str:
    deleted = session.device.files.clean_up()
    return element(
        "system-storage-cleanup-information",
        element("file-list", *(element("file", element("file-name", path)) for path in deleted)),
    )

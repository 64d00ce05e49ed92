# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commit, commit check, commit confirmed and its rollback."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import crypt_hash
from .configuration import Commit, hash_passwords
from .errors import RpcError, RpcErrors
from .filesystem import FileSystem
from .groups import inherited
from .musts import violations
from .tree import Node, path_text

if TYPE_CHECKING:
    from .device import Device
    from .session import Session

_FILES = ("host-certificate-file", "trusted-user-ca-key-file", "authorized-principals-file")


@dataclass(eq=False)
class Pending:
    """A commit that must be confirmed before its time is over, and what comes back otherwise."""

    before: Node
    session_id: int
    deadline: float
    timer: asyncio.TimerHandle


class Commits:
    """All that makes a configuration the active one."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self.pending: Pending | None = None

    def engines(self, candidate: Node, synchronize: bool = False) -> tuple[str, ...]:
        """The routing engines on which a commit takes effect: the master, or all where it is synchronized."""
        configured = candidate.at("system commit synchronize") is not None
        return self._device.routing_engines if synchronize or configured else (self._device.master,)

    def check(self, candidate: Node, engines: tuple[str, ...] = ()) -> None:
        """Raises `RpcErrors` with everything that is wrong with what a commit of `candidate` would bring into effect:
        groups inherited, no inactive statements. The files that it names must be on each of the engines."""
        effective = inherited(candidate.active())
        errors = list(violations(effective))
        for engine in engines or (self._device.master,):
            errors += _missing_files(effective, engine, self._device.file_systems[engine])
        if errors:
            raise RpcErrors([*errors, RpcError("configuration check-out failed", type="application")], "commit-results")

    def commit(
        self, session: Session, comment: str = "", confirmed_seconds: float | None = None, engines: tuple[str, ...] = ()
    ) -> None:
        """Commit the session's candidate; with `confirmed_seconds` (of the device's clock) until they are over,
        unless another commit confirms it. A commit that may not confirm what is pending is lost with it. Raises
        `RpcErrors`."""
        if session.private is not None and confirmed_seconds is not None:
            raise RpcError("confirmed commit is not allowed in private mode", bad_element="confirmed")
        candidate = self._merged(session).copy()
        hash_passwords(candidate, crypt_hash.make)
        self.check(candidate, engines)
        before = self._device.database.committed if self.pending is None else self.pending.before
        confirms = self._may_confirm(session)
        if confirms:
            self._confirm()
        minutes = None if confirmed_seconds is None else max(1, round(confirmed_seconds / 60))
        self.activate(Commit(candidate, session.user, "netconf", self._device.clock.now(), comment, minutes), engines)
        if session.private is not None:
            session.private, session.private_base = candidate.copy(), candidate
        if confirms and confirmed_seconds is not None:
            self._await_confirmation(before, session.session_id, confirmed_seconds)

    def cancel(self) -> None:
        """Roll a pending commit back now (cancel-commit). Raises `RpcError` where none is pending."""
        if self.pending is None:
            raise RpcError("no confirmed commit is pending", bad_element="cancel-commit")
        self._roll_back()

    def _may_confirm(self, session: Session) -> bool:
        """Whether a commit of this session ends the wait of the one that is pending, if any."""
        spec = self._device.spec
        unbound = spec.confirmed_outlives_session or spec.confirmed_by_other_sessions
        return unbound or self.pending is None or self.pending.session_id == session.session_id

    def session_ended(self, session: Session) -> None:
        """A device may bind a pending commit to the session that made it (RFC 6241 section 8.4.1)."""
        bound = not self._device.spec.confirmed_outlives_session
        if bound and self.pending is not None and self.pending.session_id == session.session_id:
            self._roll_back()

    def stop(self) -> None:
        if self.pending is not None:
            self.pending.timer.cancel()

    def _merged(self, session: Session) -> Node:
        """A private copy is committed on top of what others committed meanwhile, if they did not touch the same."""
        database = self._device.database
        if session.private is None or session.private_base is None:
            return database.candidate
        if session.private_base.same_as(database.committed):
            return session.private
        return rebased(session.private_base, session.private, database.committed)

    def activate(self, commit: Commit, engines: tuple[str, ...] = ()) -> None:
        """Make a configuration the active one of these engines (of the master alone, if none is named)."""
        device = self._device
        device.database.commit(commit)
        for engine in engines or (device.master,):
            device.engine_configurations[engine] = commit.tree
        device.log.add(
            "commit",
            user=commit.user,
            comment=commit.comment,
            confirmed_minutes=commit.confirmed_minutes,
            engines=engines or (device.master,),
        )
        device.committed_changed()

    def _await_confirmation(self, before: Node, session_id: int, seconds: float) -> None:
        clock = self._device.clock
        timer = asyncio.get_running_loop().call_later(clock.real(seconds), self._roll_back)
        self.pending = Pending(before, session_id, clock.now() + seconds, timer)

    def _confirm(self) -> None:
        if self.pending is not None:
            self.pending.timer.cancel()
            self.pending = None

    def _roll_back(self) -> None:
        assert self.pending is not None
        before = self.pending.before
        self._confirm()
        self._device.log.add("rollback")
        comment = "automatic rollback of a commit that was not confirmed"
        self.activate(Commit(before, "root", "other", self._device.clock.now(), comment), self._device.routing_engines)


def _missing_files(effective: Node, engine: str, files: FileSystem) -> list[RpcError]:
    """Files that statements name and that a routing engine does not have."""
    ssh = effective.at("system services ssh")
    named = [] if ssh is None else [node for node in ssh if node.name in _FILES and node.value]
    return [
        RpcError(
            f"{engine}: {node.value}: No such file or directory",
            "invalid-value",
            "application",
            path=path_text(("system", "services", "ssh")),
            bad_element=f"{node.name} {node.value}",
        )
        for node in named
        if not files.exists(str(node.value))
    ]


def rebased(base: Node, mine: Node, theirs: Node) -> Node:
    """`theirs` with all that turned `base` into `mine`. Raises `RpcError` where both changed one value."""
    result = theirs.copy()
    _rebase(base, mine, result)
    return result


def _rebase(base: Node, mine: Node, result: Node) -> None:
    for child in base:
        if mine.get(*child.identity) is None and (gone := result.get(*child.identity)) is not None:
            result.remove(gone)
    for child in mine:
        before, there = base.get(*child.identity), result.get(*child.identity)
        if before is not None and before.same_as(child):
            continue
        if there is None:
            result.add(child.copy())
        elif before is None or len(child) or len(before):
            there.value, there.inactive = child.value, child.inactive
            _rebase(before if before is not None else Node(child.statement, child.key), child, there)
        elif there.same_as(before) or there.same_as(child):
            there.value, there.inactive = child.value, child.inactive
        else:
            raise RpcError("statement changed by another user", bad_element=" ".join(child.words))

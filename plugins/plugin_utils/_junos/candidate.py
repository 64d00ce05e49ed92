# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The candidate configuration: locked, changed, and given back as it was unless it is committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from types import TracebackType

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.rpc import ChannelLost, JunosError, Rpc

try:
    from lxml import etree
    from lxml.builder import E
except ImportError:
    pass  # told by _libraries before any of this is used

LONGEST_LOG = 512
"""Characters that a commit's log may have."""

_OPEN = {False: "lock-configuration", True: "open-configuration"}
_CLOSE = {False: "unlock-configuration", True: "close-configuration"}


class CandidateBusy(Exception):
    """Somebody else has the candidate, or left changes in it; nothing was touched."""


class Candidate:
    """A context: entered with the candidate locked (or with a private copy of it), left with nothing pending.

    session_id: asked for this NETCONF session's id where the lock is refused. A lock that this very session has, since
    an earlier task kept it, is taken over with all that the candidate holds.
    """

    def __init__(self, rpc: Rpc, session_id: Callable[[], str], *, private: bool = False) -> None:
        self.taken_over = False
        self._rpc = rpc
        self._session_id = session_id
        self._private = private
        self._kept = False
        self._loaded: etree._Element | None = None

    def __enter__(self) -> Candidate:
        """Raises CandidateBusy, and JunosError where this user may not configure."""
        try:
            self._rpc(E(_OPEN[self._private], *([E.private()] if self._private else [])))
        except JunosError as refused:
            if refused.is_denial:
                raise
            self.taken_over = not self._private and self._is_mine()
            if not self.taken_over:
                raise CandidateBusy(self._explained(refused)) from refused
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._kept:
            return
        # The first error is the one to tell. Where the session is gone, the device has unlocked and discarded by itself, and
        # what it has answered before stands: a commit may take away the very client of its session.
        with suppress(ChannelLost, *((JunosError,) if error else ())):
            self._close()

    def _close(self) -> None:
        """Unlocking discards what was not committed."""
        self._rpc(E(_CLOSE[self._private]))

    def leave(self) -> None:
        """Give it back now, over a session that the device may be about to end."""
        with suppress(ChannelLost):
            self._close()
        self._kept = True

    def keep(self) -> None:
        """Leave lock and changes to this NETCONF session, for a later task."""
        self._kept = True

    def load(self, change: Change) -> None:
        """Raises JunosError; what could be loaded is discarded on leaving."""
        self._loaded = change.configuration
        for tree in (change.configuration, change.order):
            if tree is not None:
                self._rpc(E("load-configuration", deepcopy(tree), action="merge", format="xml"))

    def roll_back(self, number: int) -> None:
        """Load the configuration that was committed `number` commits ago."""
        self._rpc(E("load-configuration", rollback=str(number)))

    def compare(self) -> str:
        """What a commit would change, in Junos' own notation; empty where that is nothing."""
        reply = self._rpc(E("get-configuration", compare="rollback", rollback="0", format="text"))
        return (reply.findtext(".//configuration-output") or "").strip("\n")

    def check(self) -> None:
        """commit check; raises JunosError."""
        with self._blaming_what_was_loaded():
            self._rpc(E("commit-configuration", E.check()))

    def commit(self, log: str, *, confirm_minutes: int | None = None, synchronize: bool = False) -> None:
        """Commit; with `confirm_minutes` Junos rolls back after them unless another commit confirms it."""
        confirmed = [E.confirmed(), E("confirm-timeout", str(confirm_minutes))] if confirm_minutes else []
        both = [E.synchronize()] if synchronize else []
        with self._blaming_what_was_loaded():
            self._rpc(E("commit-configuration", *confirmed, *both, E.log(log[:LONGEST_LOG])))

    @contextmanager
    def _blaming_what_was_loaded(self) -> Iterator[None]:
        try:
            yield
        except JunosError as refused:
            if self._loaded is not None:
                refused.sent = self._loaded
            raise

    def _is_mine(self) -> bool:
        return self._session_id() in [status.findtext("pid") for status in self._statuses() if _is_lock(status)]

    def _statuses(self) -> list[etree._Element]:
        with suppress(JunosError):
            return list(self._rpc(E("get-configuration-database-status")).iter("database-status"))
        return []

    def _explained(self, refused: JunosError) -> str:
        holders = "; ".join(map(_person, self._statuses()))
        said = "; ".join(error.message for error in refused.errors)
        return (
            f"the candidate configuration is not free: {said}{f'. It is edited by {holders}' if holders else ''}. "
            "Nothing was touched. Let them commit or discard their changes, or run this later"
        )


def _is_lock(status: etree._Element) -> bool:
    return status.find("exclusive") is not None


def _person(status: etree._Element) -> str:
    user, pid, since = (status.findtext(field) or "?" for field in ("user", "pid", "start-time"))
    return f"{user} (process {pid}) since {since}{', who has locked it' if _is_lock(status) else ''}"

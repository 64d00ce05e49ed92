# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may edit the candidate: exclusive locks, private copies, and what others left in it."""

from __future__ import annotations

from .clock import date_text
from .configuration import Editor
from .errors import RpcError
from .session import Session
from .xml_text import element, raw


def lock(session: Session) -> None:
    """Take the exclusive lock. Raises `RpcError` where somebody has it, or left changes that are not committed."""
    database = session.device.database
    require_unlocked(session)
    if database.modified:
        others = list(database.editors.values())
        raise RpcError("configuration database modified", "lock-denied", info=status_xml(session, others))
    database.lock = session.editor
    session.device.log.add("lock", user=session.user, session_id=session.session_id)


def unlock(session: Session) -> None:
    """Give the lock back; what was not committed is discarded. Raises `RpcError` where it is not this session's."""
    database = session.device.database
    if database.lock is None or database.lock.session_id != session.session_id:
        raise RpcError("configuration database is not locked", bad_element="unlock-configuration")
    database.lock = None
    _discard(session)
    session.device.log.add("unlock", user=session.user, session_id=session.session_id)


def require_unlocked(session: Session) -> None:
    """Raises `RpcError` where the candidate is locked by another session, or by this one already when it asks again."""
    holder = session.device.database.lock
    if holder is None:
        return
    message = f"configuration database locked by:\n  {_person(session, holder)}\n      exclusive [edit]"
    raise RpcError(
        message, "lock-denied", info=element("session-id", str(holder.session_id)) + status_xml(session, [holder])
    )


def require_editable(session: Session) -> None:
    """Raises `RpcError` where another session has locked the shared candidate, or, without a lock of one's own, where
    others have private copies. A private copy is always editable."""
    if session.private is not None:
        return
    _require_no_foreign_lock(session)
    others_private = any(other.private is not None for other, _unused in session.device.sessions.values())
    if session.device.database.lock is None and others_private:
        raise RpcError("private edits in use. Try 'configure private' or 'configure exclusive'.", "lock-denied")


def require_private(session: Session) -> None:
    """Raises `RpcError` where the session cannot have a private copy now."""
    if session.private is not None:
        raise RpcError("private configuration is already open", bad_element="open-configuration")
    require_unlocked(session)
    database = session.device.database
    if database.modified:
        raise RpcError(
            "configuration database modified", "lock-denied", info=status_xml(session, list(database.editors.values()))
        )


def require_committable(session: Session) -> None:
    """Raises `RpcError` where another session has the lock, which keeps private copies from being committed too."""
    if session.private is not None:
        _require_no_foreign_lock(session)
    else:
        require_editable(session)


def _require_no_foreign_lock(session: Session) -> None:
    holder = session.device.database.lock
    if holder is not None and holder.session_id != session.session_id:
        require_unlocked(session)


def release(session: Session) -> None:
    """The end of a session: a lock it held goes, and with it what it had not committed; so does a private copy."""
    database = session.device.database
    session.private = session.private_base = None
    if database.lock is not None and database.lock.session_id == session.session_id:
        unlock(session)


def _discard(session: Session) -> None:
    database = session.device.database
    if database.modified:
        session.device.log.add("discard", user=session.user, session_id=session.session_id)
    database.discard()


def _person(session: Session, editor: Editor) -> str:
    since = date_text(editor.since)
    idle = max(0, int(session.device.clock.now() - editor.since))
    return (
        f"{editor.user} terminal  (pid {editor.session_id}) on since {since}, "
        f"idle {idle // 3600:02}:{idle % 3600 // 60:02}:{idle % 60:02}"
    )


def status_xml(session: Session, editors: list[Editor]) -> raw:
    """`<database-status-information>`: who has the database, and since when."""
    locked = session.device.database.lock
    return element(
        "database-status-information",
        *(
            element(
                "database-status",
                element("user", editor.user),
                element("terminal", ""),
                element("pid", str(editor.session_id)),
                element("start-time", date_text(editor.since), junos__seconds=str(int(editor.since))),
                element("exclusive") if locked is not None and locked.session_id == editor.session_id else "",
                element("edit-path", "[edit]"),
            )
            for editor in editors
        ),
    )

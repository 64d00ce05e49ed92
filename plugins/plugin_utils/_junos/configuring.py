# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted, made so: planned, loaded, compared and committed as one, or discarded as one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.candidate import Candidate
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change, combine
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.device import Device
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.files import DeviceFile
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.host_certificate_check import (
    check_host_certificate,
    device_ids,
    installed_advice,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.key_sources import (
    BY_DEVICE,
    Read,
    none_yet,
    read_by_device,
    with_keys_of,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.manner import Manner
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.placement import Placed, place
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import Node
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.registration import (
    registered_without,
    reregister,
    unregistered_advice,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.release import check_release
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.rpc import Rpc
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import Options

Wanted = Mapping[str, Options]
"""Section -> its options."""

Missing = tuple[tuple[DeviceFile, str], ...]
"""Files, each with a path on the device at which it is not."""

_KEYS = "user_authentication"
_CERTIFICATE = "host_certificate"


@dataclass(frozen=True)
class Outcome:
    """What became of it. diff: Junos' own, secrets included. files: paths that were put, or are to be put."""

    changed: bool = False
    committed: bool = False
    diff: str = ""
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Job:
    """What is wanted, and in which manner: checked when it is made, before there is any device.

    nested: the options stand below the names of their sections, and errors say so. Raises OptionError.
    """

    def __init__(self, wanted: Wanted, manner: Manner, *, nested: bool = False) -> None:
        manner.refuse()
        self._wanted = wanted
        self._manner = manner
        self._nested = nested
        self._placed = {name: self._place(name, none_yet) for name in wanted}

    def carry_out(self, rpc: Rpc, session_id: Callable[[], str]) -> Outcome:
        """Make the device's configuration as wanted; where it is so already, with two requests and no lock.

        One more is for each file on the device, three for each file of keys that it fetches. Raises OptionError and
        ReleaseError before anything is loaded, CandidateBusy, JunosError and ChannelLost; whatever is raised, the
        candidate is as it was.
        """
        device = Device(rpc)
        if _KEYS in self._wanted:
            self._placed[_KEYS] = self._place(_KEYS, read_by_device(rpc))
        changes = dict(self._planned(device.configuration))
        change = combine(changes.values())
        missing = {name: tuple(self._missing(device, files)) for name, (_options, files) in self._placed.items()}
        if not change and not any(missing.values()):
            return Outcome(warnings=(*change.warnings, *self._certificate_advice(device, new=False)))
        if change.needs:
            check_release(change.needs, device.release)
        new_certificate = bool(changes.get(_CERTIFICATE) or missing.get(_CERTIFICATE))
        installed = self._certificate_advice(device, new=new_certificate)
        with Candidate(rpc, session_id, private=self._manner.private) as candidate:
            outcome = self._change(candidate, change, tuple(chain(*missing.values())), rpc)
            unregistered = registered_without(changes, device.configuration)
            if unregistered and self._manner.reregister and outcome.committed:
                reregister(candidate, unregistered, self._manner)
        advice = unregistered_advice(unregistered, device.configuration, self._manner)
        return replace(outcome, warnings=(*change.warnings, *installed, *advice, *outcome.warnings, *rpc.warnings))

    def _place(self, name: str, read: Read) -> Placed:
        options = self._wanted[name]
        with self._options_of(name):
            if name == _KEYS:
                options = with_keys_of(BY_DEVICE, options, read)
            return place(name, options, self._manner.directory)

    def _planned(self, present: Node) -> Iterator[tuple[str, Change]]:
        for name, (options, _files) in self._placed.items():
            with self._options_of(name):
                yield name, SECTIONS[name].plan(options, present)

    def _missing(self, device: Device, files: tuple[DeviceFile, ...]) -> Iterator[tuple[DeviceFile, str]]:
        engines = device.routing_engines if files and self._manner.synchronize else ()
        for file in files:
            for path in file.missing_on(device.rpc, engines):
                yield file, path

    def _certificate_advice(self, device: Device, *, new: bool) -> tuple[str, ...]:
        """Check a host certificate that is new; raises OptionError. What to say of one that is there already."""
        options = self._wanted.get(_CERTIFICATE) or {}
        if not options.get("certificate") or options.get("state") == "absent":
            return ()
        names = device_ids(options, self._wanted.get("outbound_ssh_client") or {}, device.configuration)
        if not new:
            return installed_advice(options["certificate"], names, time.time())
        with self._options_of(_CERTIFICATE):
            check_host_certificate(options["certificate"], device, names)
        return ()

    def _change(self, candidate: Candidate, change: Change, missing: Missing, rpc: Rpc) -> Outcome:
        if self._manner.check:
            return _tried(candidate, change, tuple(path for _file, path in missing))
        for file, path in missing:
            file.put(rpc, path)
        candidate.load(change)
        diff = candidate.compare()
        if diff and not self._manner.commit:
            candidate.keep()
        elif diff:
            candidate.commit(
                self._manner.log,
                confirm_minutes=self._manner.confirm_minutes,
                synchronize=self._manner.synchronize,
            )
        paths = tuple(path for _file, path in missing)
        return Outcome(bool(diff or paths), bool(diff) and self._manner.commit, diff, paths)

    @contextmanager
    def _options_of(self, section: str) -> Iterator[None]:
        try:
            yield
        except OptionError as error:
            if not self._nested:
                raise
            raise OptionError(f"{section}.{error.option}", error.value, error.allowed) from None


def _tried(candidate: Candidate, change: Change, missing: tuple[str, ...]) -> Outcome:
    """Check mode. What an earlier task left in the candidate could not be put back, so it is not touched then."""
    if candidate.taken_over:
        candidate.keep()
        raise OptionError("commit", False, "no check mode while an earlier task's changes are in the candidate")
    candidate.load(change)
    diff = candidate.compare()
    if missing:
        sentence = (
            f"commit check was left out: {missing[0]} is not on the device yet, and check mode puts no file there."
        )
        return Outcome(True, False, diff, missing, (sentence,))
    if diff:
        candidate.check()
    return Outcome(bool(diff), False, diff)

"""The limits of the front door."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from dataclasses import fields

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits


def test_every_limit_says_what_it_means_in_one_line() -> None:
    for limit in fields(Limits):
        assert limit.metadata["help"] and "\n" not in limit.metadata["help"]


@pytest.mark.parametrize("name", [limit.name for limit in fields(Limits)])
def test_a_limit_of_nothing_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})


FITTED = """
import resource, sys
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits, fit_to_descriptors
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
limits = fit_to_descriptors(Limits())
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], limits.unfinished_calls, limits.parked_calls)
"""


def fitted(soft: int, hard: int) -> list[int]:
    """Soft limit, unfinished and parked calls of a process (lowering a hard limit cannot be undone)."""
    command = [sys.executable, "-c", FITTED, str(soft), str(hard)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return [int(word) for word in done.stdout.split()]


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 8192, reason="the hard limit is too low to try")
def test_the_soft_limit_of_open_files_is_raised_as_far_as_needed() -> None:
    assert fitted(1024, 8192) == [Limits().descriptors, 1024, 4096]


def test_where_the_hard_limit_is_low_strangers_get_half_of_it() -> None:
    soft, unfinished, parked = fitted(512, 1024)
    assert soft == 1024
    assert 500 <= unfinished + parked <= 512

from __future__ import annotations

from pathlib import Path

import yaml

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.version import (
    COLLECTION_VERSION,
    difference,
    running,
)

CHECKOUT = Path(__file__).resolve().parents[6]


def test_the_version_that_the_agent_knows_is_that_of_the_collection() -> None:
    assert yaml.safe_load((CHECKOUT / "galaxy.yml").read_text())["version"] == COLLECTION_VERSION


def test_the_same_on_both_ends_is_no_difference() -> None:
    assert difference(running(), dict(running())) == ""


def test_what_differs_is_named_with_both_values() -> None:
    theirs = {**running(), "collection": "0.0.1"}
    assert difference(running(), theirs) == f"collection is {COLLECTION_VERSION} in the agent and 0.0.1 in the playbook"

"""Juniper's own YANG as judge: the validator that lies beside the checkout, or where CALLHOME_YANG_VALIDATOR says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from lxml import etree

CHECKOUT = Path(__file__).resolve().parents[5]
VALIDATOR = Path(os.environ.get("CALLHOME_YANG_VALIDATOR") or CHECKOUT.parent / "shared" / "junos-yang" / "validate.py")
FAMILIES = "evo,qfx,es"
needs_validator = pytest.mark.skipif(
    not VALIDATOR.is_file() or shutil.which("yanglint") is None,
    reason="Juniper's YANG was not asked: set CALLHOME_YANG_VALIDATOR to its validate.py, and install libyang2-tools",
)


def faults(configurations: Sequence[etree._Element]) -> str:
    """What Juniper's models and their junos:must rules have against any of the configurations; empty if nothing.

    Each one goes into a configuration group of its own, so that one run of the validator judges them all.
    """
    whole = etree.Element("configuration")
    for number, one in enumerate(configurations):
        group = etree.SubElement(whole, "groups")
        etree.SubElement(group, "name").text = f"number-{number}"
        group.extend(etree.fromstring(etree.tostring(one)))
    run = subprocess.run(
        [sys.executable, str(VALIDATOR), "--family", FAMILIES, "-"],
        input=etree.tostring(whole),
        capture_output=True,
        check=False,
    )
    return "" if run.returncode == 0 else (run.stdout + run.stderr).decode()

"""What a device does with a load: a merge into a tree, as strict as Junos or stricter."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import Node, read_configuration

LEAF_LISTS = {
    "permissions",
    "authorized-principals",
    "allow-commands-regexps",
    "deny-commands-regexps",
    "allow-configuration-regexps",
    "deny-configuration-regexps",
}
CONTAINERS = {
    "authentication",
    "cert-based-auth",
    "file",
    "login",
    "netconf",
    "outbound-ssh",
    "proxy-authorization",
    "proxy-server",
    "root-authentication",
    "services",
    "ssh",
    "static",
    "traceoptions",
}
PRESENCE = {("netconf", "ssh"), ("client", "keep-alive")}
MARKS = {"delete", "active", "inactive", "insert", "name"}


def configuration(text: str = "") -> etree._Element:
    """A configuration from what stands in it below ``<system>``."""
    return etree.fromstring(f"<configuration><system>{text}</system></configuration>")


def system(text: str) -> Node:
    """The same, as the sections see what is present."""
    return read_configuration(configuration(text))


def loaded(present: etree._Element, change: Change) -> etree._Element:
    """`present` after both loads of a change."""
    after = deepcopy(present)
    for tree in (change.configuration, change.order):
        if tree is not None:
            _merge(after, tree)
    return after


def _merge(into: etree._Element, tree: etree._Element) -> None:
    for edit in tree:
        unknown = set(edit.attrib) - MARKS
        assert not unknown, f"attributes that Junos does not know: {unknown}"
        twin = _twin(into, edit)
        if edit.get("delete"):
            assert twin is not None, f"a statement is deleted that is not there: {etree.tostring(edit)!r}"
            into.remove(twin)
        elif edit.get("insert"):
            _move(into, twin, edit)
        else:
            _set(into, twin, edit)
    _prune(into)


def _set(into: etree._Element, twin: etree._Element | None, edit: etree._Element) -> None:
    if twin is None:
        twin = etree.SubElement(into, edit.tag)
        if edit.find("name") is not None:
            etree.SubElement(twin, "name").text = edit.findtext("name")
    if edit.text and edit.text.strip():
        twin.text = edit.text
    if edit.get("active"):
        assert twin.attrib.pop("inactive", None), f"{edit.tag!s} is activated and was active"
    if edit.get("inactive"):
        twin.set("inactive", "inactive")
    _merge(twin, _unnamed(edit))


def _unnamed(edit: etree._Element) -> etree._Element:
    copy = deepcopy(edit)
    name = copy.find("name")
    if name is not None:
        copy.remove(name)
    return copy


def _move(into: etree._Element, moved: etree._Element | None, edit: etree._Element) -> None:
    assert edit.get("insert") == "after"
    assert moved is not None, "an entry is moved that is not there"
    reference = next((one for one in into if one.tag == edit.tag and one.findtext("name") == edit.get("name")), None)
    assert reference is not None, f"an entry is moved after one that is not there: {edit.get('name')}"
    into.remove(moved)
    reference.addnext(moved)


def _twin(into: etree._Element, edit: etree._Element) -> etree._Element | None:
    same = [one for one in into if one.tag == edit.tag]
    if edit.find("name") is not None:
        same = [one for one in same if one.findtext("name") == edit.findtext("name")]
    elif edit.tag in LEAF_LISTS:
        same = [one for one in same if one.text == edit.text]
    assert len(same) <= 1, f"{edit.tag!s} is there more than once"
    return same[0] if same else None


def _prune(into: etree._Element) -> None:
    """A container with nothing in it is not there, unless it says something by being there."""
    for child in list(into):
        above = (str(into.tag), str(child.tag))
        if child.tag in CONTAINERS and len(child) == 0 and not child.text and above not in PRESENCE:
            into.remove(child)

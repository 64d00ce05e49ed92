# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's own habits with the modules that configure, and what happens around certificates."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.configuring import (
    NO_HOST_KEYS,
    WAYS,
    client,
    requests,
    task,
    variables,
)
from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play, rpc
from ansible_collections.callhome.junos.tests.interop.openssh_keys import EXPIRED, KeyPair


@pytest.fixture(scope="module")
def keys(site: Site) -> Keyring:
    return Keyring(site.controller.home)


def with_key(key: KeyPair, **fields: Any) -> dict[str, Any]:
    """Fields of a device with that host key."""
    return {"host_keys": (key.path.read_text(),), "shared_host_keys": False, **fields}


def test_module_defaults_of_the_group_are_those_of_every_module(site: Site) -> None:
    device = site.add("defaults")
    run = site.controller.run(
        [
            play(
                task("first", "netconf_service", {"rate_limit": 9}),
                task("second", "login_user", {"users": [{"name": "robot", "class": "operator"}]}),
                module_defaults={"group/callhome.junos.configuration": {"comment": "by default"}},
            )
        ],
        site.inventory("defaults"),
    )
    run.check()
    assert [event.details["comment"] for event in device.log.of("commit")] == ["by default"] * 2


def test_delegate_to_configures_the_delegate_and_not_the_host(site: Site) -> None:
    host, delegate = (site.add(name) for name in ("host", "delegate"))
    tasks = [task("it", "netconf_service", {"rate_limit": 9}, delegate_to="delegate")]
    site.controller.run([play(*tasks, hosts="host")], site.inventory("host", "delegate")).check()
    assert "<rate-limit>9<" in delegate.committed
    assert "<rate-limit>" not in host.committed


def test_a_loop_makes_one_change_for_each_item(site: Site) -> None:
    device = site.add("looped")
    users = {"users": [{"name": "{{ item }}", "class": "operator"}]}
    run = site.controller.run([play(task("it", "login_user", users, loop=["ann", "bob"]))], site.inventory("looped"))
    assert run.check().result("it")["changed"]
    assert {"ann", "bob"} <= {line.split()[4] for line in device.committed_set.splitlines() if "login user" in line}


def test_another_connection_is_refused_in_plain_words(site: Site) -> None:
    hosts = {"here": {"ansible_connection": "ansible.builtin.local"}}
    run = site.controller.run([play(task("it", "netconf_service", {"rate_limit": 9}))], hosts)
    assert "carries no NETCONF: set ansible_connection to one of callhome.junos.netconf" in run.result("it").message


def test_what_groups_bring_is_not_written_again(site: Site) -> None:
    site.add(
        "grouped",
        configuration="set groups limits system services netconf ssh rate-limit 9\nset apply-groups limits",
    )
    run = site.controller.run([play(task("it", "netconf_service", {"rate_limit": 9}))], site.inventory("grouped"))
    assert not run.check().result("it")["changed"]


@pytest.mark.parametrize("way", WAYS)
def test_a_warning_of_junos_is_a_warning_of_the_task_and_no_failure(site: Site, way: str) -> None:
    """A statement goes between the reading and the load: Junos warns that there is nothing to delete."""
    device = site.add(f"warned-{way}", listen="127.0.0.1", configuration="set system services netconf ssh rate-limit 9")
    device.delay(2.0, "lock-configuration")
    running = site.controller.start(
        [play(task("it", "netconf_service", {"state": "absent", "rate_limit": 9, "port": 831}))],
        site.inventory(f"warned-{way}", **variables(device, way)),
        environment=NO_HOST_KEYS,
    )
    device.wait("rpc", 2, timeout=30, name="get-configuration")
    device.configure("delete system services netconf ssh rate-limit")
    result = running.finish().check().result("it")
    assert any("statement not found" in sentence for sentence in result["warnings"])


@pytest.mark.parametrize("inline", [False, True], ids=["file", "inline"])
def test_a_host_certificate_that_does_not_fit_the_device_is_refused_before_anything_is_put(
    site: Site, keys: Keyring, inline: bool
) -> None:
    mine, other = keys.new("host"), keys.new("host")
    name = f"certified-{inline}".lower()
    device = site.add(name, **with_key(mine))
    before = device.committed

    def signed(key: KeyPair, *principals: str, **more: Any) -> str:
        keys.host_ca.sign(key, *principals, host=True, **more)
        return key.certificate.read_text()

    wrong = {
        "of another name": signed(mine, "somebody"),
        "of no name": signed(mine),
        "expired": signed(mine, name, valid=EXPIRED),
        "of another key": signed(other, name),
    }
    right = signed(mine, name)
    tasks = [
        task(what, "host_certificate", {"certificate": text, "inline": inline}, ignore_errors=True)
        for what, text in {**wrong, "right": right}.items()
    ]
    run = site.controller.run([play(*tasks)], site.inventory(name)).check()
    messages = {what: run.result(what).message for what in wrong}
    assert "'somebody'" in messages["of another name"]
    assert "names no device" in messages["of no name"]
    assert "expired at" in messages["expired"]
    assert mine.fingerprint in messages["of another key"]
    assert device.log.counts["lock"] == 1  # of the right one
    assert device.committed != before
    assert bool(device.log.of("file-put")) is not inline
    assert right.split()[1] in (
        device.committed if inline else device.read_file(run.result("right")["files"][0]).decode()
    )


def test_a_host_certificate_at_its_end_is_told_of_though_nothing_changes_and_nothing_more_is_asked(
    site: Site, keys: Keyring
) -> None:
    host_key = keys.new("host")
    keys.host_ca.sign(host_key, "ageing", host=True, valid=EXPIRED)
    text = " ".join(host_key.certificate.read_text().split()[:2])
    statement = f'set system services ssh cert-based-auth host-certificate "{text}"'
    device = site.add("ageing", **with_key(host_key), configuration=statement)
    given = {"certificate": text, "inline": True}
    tasks = [task("it", "host_certificate", given), task("all", "call_home", {"host_certificate": given})]
    run = site.controller.run([play(*tasks)], site.inventory("ageing")).check()
    for name in ("it", "all"):
        (sentence,) = run.result(name)["warnings"]
        assert "expired at" in sentence and "by the controller's clock" in sentence
        assert not run.result(name)["changed"]
        assert requests(device, run, name) == ["get-configuration", "get-configuration"]


def test_keys_come_from_files_and_urls_and_a_private_key_goes_nowhere(site: Site, keys: Keyring) -> None:
    device = site.add("keyed")
    first, second = keys.new("first"), keys.new("second")

    def with_file(path: Any) -> dict[str, Any]:
        return {"users": [{"name": "netops", "key_files": [str(path)], "exclusive": True}]}

    tasks = [
        task("file", "user_authentication", with_file(first.public)),
        task("again", "user_authentication", with_file(first.public)),
        task("url", "call_home", {"user_authentication": with_file(f"file://{second.public}")}),
        task("private", "user_authentication", with_file(second.path), ignore_errors=True),
        task("nowhere", "user_authentication", with_file(f"file://{second.path}.none"), ignore_errors=True),
        task("nobody", "user_authentication", with_file("http://reader:hidden@127.0.0.1:9/key"), ignore_errors=True),
    ]
    run = site.controller.run([play(*tasks)], site.inventory("keyed")).check()
    assert [run.result(name)["changed"] for name in ("file", "again", "url")] == [True, False, True]
    assert second.text in device.committed
    assert first.text not in device.committed
    assert "private key" in run.result("private").message
    assert second.path.read_text().splitlines()[1] not in str(run.results)
    assert "cannot be read" in run.result("nowhere").message
    assert "http://127.0.0.1:9/key cannot be read" in run.result("nobody").message
    assert "hidden" not in run.result("nobody").message


def test_keys_are_fetched_by_the_device_where_it_is_told_to(site: Site, keys: Keyring) -> None:
    first, second = keys.new("first"), keys.new("second")
    url, ftp = "http://nms.example.net/keys.pub", "ftp://reader:hidden-word@nms.example.net/keys"
    device = site.add(
        "fetching",
        urls={
            url: f"# ours\n{first.text} one\n\n{second.text} two\n",
            ftp: first.path.read_text(),
            f"{ftp}2": "# none\n",
        },
        files={"/var/tmp/own.pub": second.text},
    )

    def fetch(*sources: str) -> dict[str, Any]:
        users = [{"name": "netops", "load_key_files": list(sources), "exclusive": True}]
        return {"user_authentication": {"users": users}}

    before, files = device.committed, device.files()
    tried = site.controller.run([play(task("tried", "call_home", fetch(url)))], site.inventory("fetching"), "--check")
    assert tried.check().result("tried")["changed"]
    assert (device.committed, device.files()) == (before, files)
    tasks = [
        task("first", "call_home", fetch(url)),
        task("again", "user_authentication", fetch(url)["user_authentication"]),
        task("path", "call_home", fetch("/var/tmp/own.pub")),
        *(
            task(name, "call_home", fetch(source), ignore_errors=True)
            for name, source in {
                "nowhere": f"{ftp}/none", "private": ftp, "empty": f"{ftp}2", "odd": f"{ftp}/a b",
            }.items()
        ),
    ]  # fmt: skip
    run = site.controller.run([play(*tasks)], site.inventory("fetching")).check()
    assert [run.result(name)["changed"] for name in ("first", "again", "path")] == [True, False, True]
    assert requests(device, run, "again") == ["file-copy", "file-show", "file-delete", *["get-configuration"] * 2]
    assert second.text in device.committed and first.text not in device.committed
    assert device.files() == files
    words = {
        "nowhere": "load_key_files[0]: 'ftp://nms.example.net/keys/none' is not allowed; allowed: a file that the device "
        "can fetch; it said: fetch: ftp://nms.example.net/keys/none: Not Found",
        "private": "a private key is in it",
        "empty": "at least one public key",
        "odd": "without spaces",
    }
    for name, said in words.items():
        assert said in run.result(name).message
        assert run.result(name).message.startswith("user_authentication.users[0].load_key_files[0]: ")
    assert "hidden-word" not in str([result.values for result in run.results])
    assert first.path.read_text().splitlines()[1] not in str(run.results)


def test_a_file_that_is_gone_from_the_device_is_put_again(site: Site, keys: Keyring) -> None:
    device = site.add("emptied")
    put = task("put", "trusted_user_ca", {"keys": [keys.user_ca.text], "directory": "/var/tmp"})
    first = site.controller.run([play(put)], site.inventory("emptied")).check().result("put")
    device.storage_cleanup()
    second = site.controller.run([play(put)], site.inventory("emptied")).check().result("put")
    assert second["changed"] and not second["committed"]
    assert device.read_file(first["files"][0]).decode().strip() == keys.user_ca.text


def test_with_synchronize_both_routing_engines_have_the_files_and_the_commit(site: Site, keys: Keyring) -> None:
    device = site.add("twofold", dual_re=True)
    options = {"keys": [keys.user_ca.text], "synchronize": True}
    put = task("put", "trusted_user_ca", options)
    run = site.controller.run([play(put)], site.inventory("twofold")).check()
    (first, second) = run.result("put")["files"]
    assert (first[:4], second[:4]) == ("re0:", "re1:")
    for engine in ("re0", "re1"):
        assert device.read_file(first[4:], engine).decode().strip() == keys.user_ca.text
    again = site.controller.run([play(put)], site.inventory("twofold")).check()
    assert not again.result("put")["changed"]
    assert requests(device, again, "put").count("get-checksum-information") == 2


def test_a_client_that_was_committed_before_the_certificates_is_told_of(site: Site, keys: Keyring) -> None:
    site.add("late")
    given = {"keys": [keys.user_ca.text], "inline": True}
    run = site.controller.run([play(task("it", "trusted_user_ca", given))], site.inventory("late")).check()
    (sentence,) = run.result("it")["warnings"]
    assert "nms was committed without host certificate, user CA, authorized principals" in sentence


def test_from_passwords_to_certificates_only_in_one_play(site: Site, keys: Keyring) -> None:
    """Everything in one commit, and the next session, by the new client, needs neither password nor secret."""
    host_key = keys.new("host")
    keys.host_ca.sign(host_key, "one-play", host=True)
    device = site.add("one-play", **with_key(host_key))
    together = {
        "login_user": {"users": [{"name": "robot", "class": "super-user"}]},
        "trusted_user_ca": {"keys": [keys.user_ca.text]},
        "host_certificate": {"certificate": host_key.certificate.read_text()},
        "authorized_principals": {"users": [{"name": "robot", "principals": ["automation"]}]},
        "outbound_ssh_client": {
            "clients": [
                client("certified", device_id="one-play", secret=None,
                       servers=[{"address": "127.0.0.1", "port": site.controller.port}])
            ]
        },
    }  # fmt: skip
    user = keys.new("user")
    keys.user_ca.sign(user, "automation")
    certified = {
        "ansible_user": "robot",
        "ansible_password": None,
        "ansible_private_key_file": str(user.path),
        "call_home_secret": None,
        "call_home_authentications": ["certificate"],
        "call_home_host_trust": ["certificate"],
        "call_home_known_hosts": keys.known_hosts(keys.authority),
    }
    run = site.controller.run(
        [
            play(task("all", "call_home", together), task("again", "call_home", together)),
            play(rpc("by certificate", "get-software-information"), vars=certified),
        ],
        site.inventory("one-play"),
    ).check()
    assert run.result("all")["committed"]
    assert not run.result("again")["changed"]
    assert device.log.counts["commit"] == 1
    assert device.log.of("login", user="robot", method="certificate")


@pytest.mark.parametrize(
    ("way", "unknowns"),
    [
        ("direct", {}),
        ("home", {}),
        ("home", {"cuts_before_reply": True}),
        ("home", {"confirmed_outlives_session": False}),
        ("home", {"cuts_before_reply": True, "confirmed_outlives_session": False}),
    ],
    ids=["direct", "home", "home-cut-before-the-reply", "home-rolled-back-with-the-session", "home-both"],
)
def test_reregister_makes_an_earlier_client_use_certificates(
    site: Site, keys: Keyring, way: str, unknowns: dict[str, bool]
) -> None:
    """Over the session that it cuts, the device's own rollback brings the client back: when its time is over, or at once
    where a confirmed commit does not outlive its session; with the commit's reply, or without."""
    name, host_key = "-".join(("anew", way, *unknowns)).replace("_", "-"), keys.new("host")
    keys.host_ca.sign(host_key, name, host=True)
    device = site.add(name, listen="127.0.0.1", **with_key(host_key), **unknowns)
    together = {
        "trusted_user_ca": {"keys": [keys.user_ca.text]},
        "host_certificate": {"certificate": host_key.certificate.read_text()},
        "authorized_principals": {"principals": ["automation"]},
        "reregister": True,
    }
    run = site.controller.run(
        [play(task("all", "call_home", together))],
        site.inventory(name, **variables(device, way)),
        environment=NO_HOST_KEYS,
    ).check()
    assert run.result("all")["committed"]
    if way == "home":
        assert any("calls again" in sentence for sentence in run.result("all")["warnings"])
        device.wait("rollback")
    else:
        assert device.log.counts["commit"] == 3
    assert device.log.of("registered")[-1].details["certificates"]
    certified = {
        "call_home_secret": None,
        "call_home_host_trust": ["certificate"],
        "call_home_known_hosts": keys.known_hosts(keys.authority),
    }
    again = task("again", "call_home", together)
    run = site.controller.run([play(again)], site.inventory(name, **certified)).check()
    assert not run.result("again")["changed"]
    assert device.locked_by is None

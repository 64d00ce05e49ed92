# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: netconf
author: The callhome.junos authors (@callhome-junos)
short_description: Use NETCONF on devices that call home
version_added: 1.0.0
description:
  - Waits for a Junos device to call home (RFC 8071, Junos C(outbound-ssh)), makes sure that it really is the device, logs in
    and runs NETCONF tasks over the connection that the device opened.
  - Modules that work over P(ansible.netcommon.netconf#connection) work over this connection unchanged.
  - Calls are taken by an agent, one process for each user of the controller, that this plugin starts when none answers. Sessions
    stay open between tasks, plays and playbook runs; each playbook gets a NETCONF channel of its own.
notes:
  - Runs on Linux. The agent's log is beside its socket (O(agent_socket)), with the ending C(.log).
  - Only one identity is ever shown to a device (RFC 8071 section 3.1, C7). It is the key that O(private_key_file) names, else
    O(password), else the only key of the ssh-agent. Keys in C(~/.ssh) are not used by themselves.
options:
  device_id:
    description:
      - The C(device-id) of the device's C(outbound-ssh) client. Calls that announce it are this host's.
      - Calls that announce nothing at all (plain RFC 8071) are this host's where they come from the IP address in C(ansible_host).
      - Defaults to the host's address, which is C(ansible_host), or the host's name where that is not set.
    type: str
    vars:
      - name: call_home_device_id
    env:
      - name: ANSIBLE_CALL_HOME_DEVICE_ID
    ini:
      - section: call_home
        key: device_id
  host_trust:
    description:
      - The proofs allowed, any of which is enough. Every one that is configured, where this is not set.
      - V(certificate) is a host certificate of a CA in O(known_hosts) that names the device id.
      - V(secret) is the host key that the device announced, proved by O(secret), and presented.
      - V(pinned) is a host key in O(host_key) or O(known_hosts).
    type: list
    elements: str
    choices: [certificate, secret, pinned]
    vars:
      - name: call_home_host_trust
    env:
      - name: ANSIBLE_CALL_HOME_HOST_TRUST
    ini:
      - section: call_home
        key: host_trust
  secret:
    description:
      - The C(secret) of the device's C(outbound-ssh) client, in clear text. Allows the proof V(secret).
      - Calls whose announcement has an HMAC made with another secret are then discarded before any key exchange.
    type: str
    vars:
      - name: call_home_secret
    env:
      - name: ANSIBLE_CALL_HOME_SECRET
    ini:
      - section: call_home
        key: secret
  known_hosts:
    description:
      - A file in OpenSSH's format with host CAs (C(@cert-authority)), revoked keys and CAs (C(@revoked)) and host keys. Names in it
        are device ids; patterns and hashed names work.
      - It is a file of its own, as a C(@cert-authority) line in C(~/.ssh/known_hosts) breaks every other connection of paramiko.
      - A file that does not exist knows nobody.
    type: path
    default: ~/.ssh/known_hosts_call_home
    vars:
      - name: call_home_known_hosts
    env:
      - name: ANSIBLE_CALL_HOME_KNOWN_HOSTS
    ini:
      - section: call_home
        key: known_hosts
  host_key:
    description:
      - The device's host keys, as OpenSSH public keys or as SHA256 fingerprints.
    type: list
    elements: str
    vars:
      - name: call_home_host_key
    env:
      - name: ANSIBLE_CALL_HOME_HOST_KEY
    ini:
      - section: call_home
        key: host_key
  unnamed_host_certificates:
    description:
      - Accept a host certificate that names no principal. C(ssh-keygen -h) makes such a certificate where C(-n) is left out.
      - Each device that has one can pose as any other; better sign with C(-n DEVICE-ID).
    type: bool
    default: false
    vars:
      - name: call_home_unnamed_host_certificates
    env:
      - name: ANSIBLE_CALL_HOME_UNNAMED_HOST_CERTIFICATES
    ini:
      - section: call_home
        key: unnamed_host_certificates
  authentications:
    description:
      - The authentication methods allowed towards the device. They are tried in the order certificate, key, password, with the one
        identity that the host has.
    type: list
    elements: str
    choices: [certificate, key, password]
    default: [certificate, key, password]
    vars:
      - name: call_home_authentications
    env:
      - name: ANSIBLE_CALL_HOME_AUTHENTICATIONS
    ini:
      - section: call_home
        key: authentications
  timeout:
    description:
      - Seconds to wait for the device's call.
    type: int
    default: 120
    vars:
      - name: call_home_timeout
    env:
      - name: ANSIBLE_CALL_HOME_TIMEOUT
    ini:
      - section: call_home
        key: timeout
  newer_than:
    description:
      - Only calls with a serial number above this one count, and sessions that came by such a call. The others are left as they are.
      - With the serial number that M(callhome.junos.session) returned before a change, a task proves that the device calls and lets
        the controller in after it, while an older session stands.
    type: int
    default: 0
    vars:
      - name: call_home_newer_than
    env:
      - name: ANSIBLE_CALL_HOME_NEWER_THAN
    ini:
      - section: call_home
        key: newer_than
  listen:
    description:
      - Where the device's calls are taken. C([::]) takes IPv6 and IPv4.
      - Another value opens a further listener. A host takes calls only from its own.
    type: str
    default: "[::]:4334"
    vars:
      - name: call_home_listen
    env:
      - name: ANSIBLE_CALL_HOME_LISTEN
    ini:
      - section: call_home
        key: listen
  agent_socket:
    description:
      - The agent's control socket. Its folder has to be accessible to the user alone.
    type: path
    default: ~/.ansible/call_home/agent.sock
    vars:
      - name: call_home_agent_socket
    env:
      - name: ANSIBLE_CALL_HOME_AGENT_SOCKET
    ini:
      - section: call_home
        key: agent_socket
  agent_idle_timeout:
    description:
      - Seconds after which an agent that this plugin started goes, when no playbook is attached and no host waits.
    type: int
    default: 1800
    vars:
      - name: call_home_agent_idle_timeout
    env:
      - name: ANSIBLE_CALL_HOME_AGENT_IDLE_TIMEOUT
    ini:
      - section: call_home
        key: agent_idle_timeout
  agent_arguments:
    description:
      - Further arguments for an agent that this plugin starts, such as C(--parked-calls 8192). The guide to the agent lists them.
    type: str
    default: ""
    vars:
      - name: call_home_agent_arguments
    env:
      - name: ANSIBLE_CALL_HOME_AGENT_ARGUMENTS
    ini:
      - section: call_home
        key: agent_arguments
  network_os:
    description:
      - The netconf plugin that knows the device's RPCs.
    type: str
    default: callhome.junos.junos
    vars:
      - name: ansible_network_os
    env:
      - name: ANSIBLE_CALL_HOME_NETWORK_OS
    ini:
      - section: call_home
        key: network_os
  remote_user:
    description:
      - The user to log in as; the controller's own user where nothing says otherwise.
    type: str
    vars:
      - name: ansible_user
      - name: ansible_ssh_user
    env:
      - name: ANSIBLE_REMOTE_USER
    ini:
      - section: defaults
        key: remote_user
    keyword:
      - name: remote_user
  password:
    description:
      - The user's password on the device.
    type: str
    vars:
      - name: ansible_password
      - name: ansible_ssh_password
      - name: ansible_ssh_pass
    env:
      - name: ANSIBLE_CALL_HOME_PASSWORD
    ini:
      - section: call_home
        key: password
  private_key_file:
    description:
      - The private key to log in with. Its certificate is found beside it, with the ending C(-cert.pub).
      - It may also be a public key (C(.pub)) or a certificate whose private key is in the ssh-agent.
      - An empty text names none.
    type: str
    vars:
      - name: ansible_private_key_file
      - name: ansible_ssh_private_key_file
    env:
      - name: ANSIBLE_PRIVATE_KEY_FILE
    ini:
      - section: defaults
        key: private_key_file
  private_key_passphrase:
    description:
      - The passphrase of O(private_key_file), where it has one.
    type: str
    vars:
      - name: ansible_private_key_passphrase
      - name: ansible_ssh_private_key_passphrase
    env:
      - name: ANSIBLE_PRIVATE_KEY_PASSPHRASE
    ini:
      - section: call_home
        key: private_key_passphrase
  host_key_checking:
    description:
      - With V(false) any host key is accepted, with a warning; whoever announces the device id then gets the password.
      - The C(host_key_checking) of the C([defaults]) section is not looked at. Much is set to V(false) there for other connections,
        and the port of this one faces the internet.
    type: bool
    default: true
    vars:
      - name: ansible_host_key_checking
    env:
      - name: ANSIBLE_CALL_HOME_HOST_KEY_CHECKING
    ini:
      - section: call_home
        key: host_key_checking
  import_modules:
    description:
      - Run modules of network collections inside the worker, where they can be, instead of in a process of their own.
    type: bool
    default: true
    vars:
      - name: ansible_network_import_modules
    env:
      - name: ANSIBLE_NETWORK_IMPORT_MODULES
    ini:
      - section: ansible_network
        key: import_modules
  persistent_command_timeout:
    description:
      - Seconds after which an RPC that the device does not answer has failed.
    type: int
    default: 30
    vars:
      - name: ansible_command_timeout
    env:
      - name: ANSIBLE_PERSISTENT_COMMAND_TIMEOUT
    ini:
      - section: persistent_connection
        key: command_timeout
"""

import functools
import getpass
import os
import shlex
import typing as t

import yaml
from ansible import constants as C
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.connection import ConnectionBase
from ansible.plugins.loader import connection_loader
from ansible.utils.display import Display

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.addresses import canonical_address
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import AgentClient, NoAgent
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._terminal import OneAwaited, explain

display = Display()


def _define_options() -> None:
    """Tell Ansible the options above. It would read them itself, in every worker, with a loader that notes the place of
    each word: that is a twentieth of a task's CPU time. This one is four times as fast.
    """
    if not C.config.has_configuration_definition("connection", __name__):
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        options = yaml.load(DOCUMENTATION, Loader=loader)["options"]
        C.config.initialize_plugin_configuration_definitions("connection", __name__, options)


_define_options()


class Connection(ConnectionBase):
    """Options in, socket path out: everything else is the agent's.

    It is no persistent connection in Ansible's sense, so no helper process is started; it never says that it is connected,
    so that each task, loop item and retry asks for a session that is there now.
    """

    transport = "callhome.junos.netconf"
    force_persistence = False
    has_pipelining = False
    # modules run on the controller and reach the device through the socket
    _remote_is_local = True

    def __init__(self, play_context: t.Any, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(play_context, *args, **kwargs)
        # In the worker this is the playbook's own process; for `meta: reset_connection` this process is the playbook
        self.owner = int(kwargs.get("ansible_playbook_pid") or os.getpid())

    @functools.cached_property
    def _local(self) -> t.Any:
        """The controller, for the few tasks that run something there."""
        local = connection_loader.get("ansible.builtin.local", self._play_context)
        local.set_options()
        return local

    @property
    def socket_path(self) -> str:
        """The socket that modules send their RPCs to. Waits for the device; raises AnsibleConnectionFailure."""
        self._connect()
        return t.cast(str, self._socket_path)

    def _connect(self) -> Connection:
        timeout = self.get_option("timeout")
        host, listen = self._play_context.remote_addr, self.get_option("listen")
        self._socket_path = self._open_session(timeout, OneAwaited(host, self.device_id, listen, timeout))
        return self

    def transport_test(self, connect_timeout: float) -> None:
        """Wait for the device, as M(ansible.builtin.wait_for_connection) asks; raises AnsibleConnectionFailure."""
        self._open_session(connect_timeout, None)

    def reset(self) -> None:
        """Close this playbook's NETCONF channel to the device; the SSH session stays."""
        try:
            self._ask("reset", {"device": self.device, "owner": self.owner}, start=False)
        except NoAgent:
            pass  # nothing to reset

    def close(self) -> None:
        """The end of a task: the session stays for the next one."""

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        """Run a command on the controller, where modules run."""
        return t.cast("tuple[int, bytes, bytes]", self._local.exec_command(cmd, in_data, sudoable))

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file on the controller."""
        self._local.put_file(in_path, out_path)

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file on the controller."""
        self._local.fetch_file(in_path, out_path)

    # --- the request

    def _open_session(self, timeout: float, waiting: OneAwaited | None) -> str:
        arguments = {
            "host": self._play_context.remote_addr,
            "device": self.device,
            "trust": self._trust(),
            "login": self._login(),
            "network_os": self._network_os(),
            "owner": self.owner,
            "timeout": float(timeout),
            "command_timeout": float(self.get_option("persistent_command_timeout")),
            "newer_than": self.get_option("newer_than"),
        }
        if not self.get_option("host_key_checking"):
            display.warning(
                f"{self._play_context.remote_addr}: ansible_host_key_checking is false, so anybody who announces device id"
                f" {self.device_id} is taken for this host and is given its credentials."
            )
        answer = self._ask("session", arguments, timeout=float(timeout), progress=waiting)
        explain(self._play_context.remote_addr, answer["session"], answer["trust"])
        return t.cast(str, answer["socket_path"])

    def _ask(self, request: str, arguments: dict[str, t.Any], **kwargs: t.Any) -> dict[str, t.Any]:
        try:
            return AgentClient(self.get_option("agent_socket"), command=self.agent_command).ask(
                request, arguments, **kwargs
            )
        except AgentError as exc:
            message = f"{self._play_context.remote_addr}: {exc}"
            if exc.kind is Kind.BAD_REQUEST:
                raise AnsibleError(message) from None
            raise AnsibleConnectionFailure(message) from None

    @property
    def agent_command(self) -> tuple[str, ...]:
        """The arguments of an agent that has to be started."""
        idle = str(self.get_option("agent_idle_timeout"))
        return ("--idle", idle, *shlex.split(self.get_option("agent_arguments")))

    @property
    def device_id(self) -> str:
        """Whose calls are this host's: never its inventory name, which is another host's under C(delegate_to)."""
        return str(self.get_option("device_id") or self._play_context.remote_addr)

    @property
    def device(self) -> dict[str, t.Any]:
        """How the agent is told whose calls are meant."""
        return {
            "device_id": self.device_id,
            "address": canonical_address(self._play_context.remote_addr or ""),
            "listen": self.get_option("listen"),
        }

    def _trust(self) -> dict[str, t.Any]:
        return {
            "proofs": self.get_option("host_trust"),
            "secret": self.get_option("secret"),
            "known_hosts": self.get_option("known_hosts"),
            "host_keys": self.get_option("host_key") or [],
            "unnamed_host_certificates": self.get_option("unnamed_host_certificates"),
            "check": self.get_option("host_key_checking"),
        }

    def _login(self) -> dict[str, t.Any]:
        return {
            "user": self.get_option("remote_user") or self._play_context.remote_user or getpass.getuser(),
            "authentications": self.get_option("authentications"),
            "key_file": self._key_file(),
            "passphrase": self.get_option("private_key_passphrase"),
            "password": self.get_option("password") or self._play_context.password,
            "ssh_agent": os.environ.get("SSH_AUTH_SOCK"),
        }

    def _key_file(self) -> str | None:
        named = self.get_option("private_key_file")
        path = self._play_context.private_key_file if named is None else named
        return os.path.abspath(os.path.expanduser(path)) if path else None

    def _network_os(self) -> str:
        # `auto` makes plugins dial the host themselves to find out
        network_os = str(self.get_option("network_os"))
        return "callhome.junos.junos" if network_os == "auto" else network_os

# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of every section, below its name: those of the section's own module."""

from __future__ import annotations


class ModuleDocFragment:
    """What the modules over all sections share. A test holds it equal to the options of the sections' modules."""

    DOCUMENTATION = r"""
options:
  login_user:
    description:
      - Users and login classes, as in M(callhome.junos.login_user).
    type: dict
    suboptions:
      classes:
        description:
          - Login classes.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The name of the class; none of the classes that Junos has itself.
            type: str
            required: true
          state:
            description:
              - Whether the class is there, and active.
            type: str
            choices: [present, absent, inactive]
            default: present
          exclusive:
            description:
              - Remove permissions and expressions that are not in the lists given.
            type: bool
            default: false
          idle_timeout:
            description:
              - Minutes after which an idle user of the class is logged out.
            type: int
          permissions:
            description:
              - Permissions as Junos names them.
            type: list
            elements: str
          allow_commands:
            description:
              - A regular expression of commands that are allowed besides.
            type: str
          deny_commands:
            description:
              - A regular expression of commands that are denied.
            type: str
          allow_configuration:
            description:
              - A regular expression of statements that are allowed besides.
            type: str
          deny_configuration:
            description:
              - A regular expression of statements that are denied.
            type: str
          allow_commands_regexps:
            description:
              - Regular expressions of commands that are allowed besides.
            type: list
            elements: str
          deny_commands_regexps:
            description:
              - Regular expressions of commands that are denied.
            type: list
            elements: str
          allow_configuration_regexps:
            description:
              - Regular expressions of statements that are allowed besides.
            type: list
            elements: str
          deny_configuration_regexps:
            description:
              - Regular expressions of statements that are denied.
            type: list
            elements: str
      users:
        description:
          - Local accounts. One that remote authentication takes as its template, such as C(remote), is a user as well.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The user's name. V(root) is always there, and not configured here.
            type: str
            required: true
          state:
            description:
              - Whether the user is there, and active.
            type: str
            choices: [present, absent, inactive]
            default: present
          class:
            description:
              - The login class. Required for a new user.
            type: str
          uid:
            description:
              - The numerical user id, from 100 to 64000. Junos chooses one where none is given.
            type: int
          full_name:
            description:
              - The full name, without colons or commas.
            type: str
  user_authentication:
    description:
      - Passwords and SSH keys of users, as in M(callhome.junos.user_authentication).
    type: dict
    suboptions:
      users:
        description:
          - Users, V(root) among them.
        type: list
        elements: dict
        required: true
        suboptions:
          name:
            description:
              - The user's name.
            type: str
            required: true
          password:
            description:
              - The password in plain text. It is hashed on the controller (SHA-512), and compared with the hash on the
                device.
            type: str
          encrypted_password:
            description:
              - The password as a C(crypt) hash.
              - An empty string removes the password, except that of V(root), without which Junos does not commit.
            type: str
          update_password:
            description:
              - V(changed) sets a password that is not the one on the device, V(on_create) only where there is none.
              - V(always) sets also one that cannot be compared, since it is hidden from this user, each time.
            type: str
            choices: [changed, on_create, always]
            default: changed
          public_keys:
            description:
              - SSH public keys. DSA keys are refused.
            type: list
            elements: dict
            suboptions:
              key:
                description:
                  - The key as OpenSSH writes it, as in a C(.pub) file.
                type: str
                required: true
              state:
                description:
                  - Whether the key is there.
                type: str
                choices: [present, absent]
                default: present
              from:
                description:
                  - Hosts from which the key may be used, patterns with commas between them.
                type: str
              key_options:
                description:
                  - Options of the key as in C(authorized_keys), from Junos 24.4R1 on. Excludes
                    O(user_authentication.users[].public_keys[].from).
                type: str
          key_files:
            description:
              - Files or URLs, read on the controller, with further public keys, one a line.
              - For what C(load-key-file) does on the command line of Junos, see O(user_authentication.users[].load_key_files).
            type: list
            elements: str
          load_key_files:
            description:
              - URLs or paths, read by the device, with further public keys, one a line. The device copies each of them to a
                file of its own and deletes that again, in check mode too.
              - Takes three requests each, whenever the task runs.
            type: list
            elements: str
          exclusive:
            description:
              - Remove keys that are not in O(user_authentication.users[].public_keys),
                O(user_authentication.users[].key_files) or O(user_authentication.users[].load_key_files).
            type: bool
            default: false
          update_comments:
            description:
              - Give a key that is there with another comment the comment of
                O(user_authentication.users[].public_keys[].key).
            type: bool
            default: false
          no_public_keys:
            description:
              - Forbid the user to log in with a public key.
            type: bool
  trusted_user_ca:
    description:
      - The user CAs that the device trusts, as in M(callhome.junos.trusted_user_ca).
    type: dict
    suboptions:
      state:
        description:
          - With V(absent), what is named is removed; everything, where nothing is named.
        type: str
        choices: [present, absent]
        default: present
      keys:
        description:
          - Public keys of the user CAs, as OpenSSH writes them.
          - They are put into a file on the device that holds exactly these, or with O(trusted_user_ca.inline=true)
            into the configuration.
        type: list
        elements: str
      inline:
        description:
          - Keep the keys in the configuration (C(cert-based-auth)), and no file on the device.
        type: bool
        default: false
      file:
        description:
          - The path of a file with CA keys that is on the device already. Excludes O(trusted_user_ca.keys) unless
            O(trusted_user_ca.inline=true).
        type: str
      exclusive:
        description:
          - Remove keys in the configuration that are not in O(trusted_user_ca.keys).
        type: bool
        default: false
      update_comments:
        description:
          - With O(trusted_user_ca.inline=true), give a key that is there with another comment the comment in
            O(trusted_user_ca.keys).
        type: bool
        default: false
  host_certificate:
    description:
      - The host certificate, as in M(callhome.junos.host_certificate).
    type: dict
    suboptions:
      state:
        description:
          - With V(absent), the host certificate is removed.
        type: str
        choices: [present, absent]
        default: present
      certificate:
        description:
          - A host certificate as OpenSSH writes it, of one of the device's own host keys.
          - It is refused before it is put where it is of another key, expired by the device's clock, or does not name the
            device id. The one that is there already is looked at by the controller's clock, and without its key. Where it is
            not valid, or expires within a week, that is a warning.
          - Junos takes one host certificate, in a file on the device, or with O(host_certificate.inline=true) in the
            configuration.
        type: str
      device_id:
        description:
          - The device id that the certificate has to name. Defaults to those of the C(outbound-ssh) clients.
        type: str
      inline:
        description:
          - Keep the certificate in the configuration (C(cert-based-auth)), and no file on the device.
        type: bool
        default: false
      file:
        description:
          - The path of a file with a host certificate that is on the device already. Excludes
            O(host_certificate.certificate).
        type: str
  authorized_principals:
    description:
      - The principals that may log in with a certificate, as in M(callhome.junos.authorized_principals).
    type: dict
    suboptions:
      state:
        description:
          - With V(absent), what is named is removed; everything, where nothing is named.
        type: str
        choices: [present, absent]
        default: present
      principals:
        description:
          - Principals that any user may log in with. A certificate with one of them is good for every account.
        type: list
        elements: str
      inline:
        description:
          - Keep principals in the configuration. With V(false) they are put into files on the device that hold exactly
            these.
        type: bool
        default: true
      file:
        description:
          - The path of a file with principals that is on the device already.
        type: str
      exclusive:
        description:
          - Remove principals in the configuration that are not in O(authorized_principals.principals).
        type: bool
        default: false
      users:
        description:
          - Principals of single users, from Junos 24.4R1 on. Excludes O(authorized_principals.principals).
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The user's name.
            type: str
            required: true
          principals:
            description:
              - Principals that this user may log in with.
            type: list
            elements: str
          file:
            description:
              - The path of a file with principals that is on the device already.
            type: str
          exclusive:
            description:
              - Remove principals of the user that are not in O(authorized_principals.users[].principals).
            type: bool
            default: false
  netconf_service:
    description:
      - The NETCONF service, as in M(callhome.junos.netconf_service).
    type: dict
    suboptions:
      state:
        description:
          - Whether NETCONF over SSH is offered. With V(absent), what is named is removed; the whole service, where
            nothing
            is named.
        type: str
        choices: [present, absent, inactive]
        default: present
      port:
        description:
          - The TCP port, from 1 to 65535. Junos takes 830 where none is set. It says nothing about calls home.
        type: int
      connection_limit:
        description:
          - The most sessions at once, from 1 to 250.
        type: int
      rate_limit:
        description:
          - The most connection attempts a minute, from 1 to 250.
        type: int
      client_alive_count_max:
        description:
          - How many client-alive messages may stay without an answer, from 0 to 255.
        type: int
      client_alive_interval:
        description:
          - Seconds between client-alive messages, from 0 to 65535.
        type: int
      rfc_compliant:
        description:
          - Make NETCONF sessions compliant with RFC 4741.
        type: bool
      yang_compliant:
        description:
          - Make NETCONF sessions compliant with the YANG models.
        type: bool
      traceoptions:
        description:
          - What is traced of NETCONF sessions.
        type: dict
        suboptions:
          state:
            description:
              - Whether it is there, and active.
            type: str
            choices: [present, absent, inactive]
            default: present
          exclusive:
            description:
              - Remove flags that are not in O(netconf_service.traceoptions.flags).
            type: bool
            default: false
          file:
            description:
              - The name of the trace file.
            type: str
          size:
            description:
              - The size at which a new file is begun, such as V(10m).
            type: str
          files:
            description:
              - How many files are kept, from 2 to 1000.
            type: int
          world_readable:
            description:
              - Whether every user may read the file.
            type: bool
          match:
            description:
              - A regular expression of the lines to write.
            type: str
          flags:
            description:
              - What to trace.
            type: list
            elements: str
            choices: [all, incoming, outgoing, debug]
          on_demand:
            description:
              - Trace only when an operator asks for it.
            type: bool
  outbound_ssh_client:
    description:
      - The clients by which the device calls home, as in M(callhome.junos.outbound_ssh_client).
    type: dict
    suboptions:
      clients:
        description:
          - The C(client) statements, one for each network management system.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The client's name.
            type: str
            required: true
          state:
            description:
              - Whether the client is there, and active. The device calls only for active clients.
            type: str
            choices: [present, absent, inactive]
            default: present
          device_id:
            description:
              - What the device announces itself as. Required for a new client. No white space or commas, as it becomes
                a
                principal.
            type: str
          secret:
            description:
              - The secret that proves the announced host key, in clear text or as a C($9$) string; 128 random bits or
                more.
            type: str
          update_password:
            description:
              - V(changed) sets a secret that is not the one on the device, V(on_create) only where there is none.
              - V(always) sets also one that cannot be compared, since it is hidden from this user, each time.
            type: str
            choices: [changed, on_create, always]
            default: changed
          keep_alive:
            description:
              - Messages by which the device finds out that a connection is dead.
            type: dict
            suboptions:
              state:
                description:
                  - Whether they are sent.
                type: str
                choices: [present, absent, inactive]
                default: present
              retry:
                description:
                  - How many messages may stay without an answer. Junos takes 3 where none is set.
                type: int
              timeout:
                description:
                  - Seconds between messages. Junos takes 15 where none is set.
                type: int
          reconnect_strategy:
            description:
              - Whether the device goes back to the server it had last, or begins with the first.
            type: str
            choices: [sticky, in-order]
          services:
            description:
              - The service that is offered. Set for a new client.
            type: str
            choices: [netconf]
          servers:
            description:
              - Where the device calls, in the order in which it tries them. Required for a new client.
            type: list
            elements: dict
            suboptions:
              address:
                description:
                  - An IPv4 or IPv6 address, or a host name.
                type: str
                required: true
              state:
                description:
                  - Whether the server is there, and active.
                type: str
                choices: [present, absent, inactive]
                default: present
              port:
                description:
                  - The TCP port, from 1 to 65535. V(4334) for a new server where none is given.
                type: int
              retry:
                description:
                  - How often it is tried before the next server. Junos takes 3 where none is set.
                type: int
              timeout:
                description:
                  - Seconds between attempts. Junos takes 15 where none is set.
                type: int
          exclusive:
            description:
              - Remove servers that are not in O(outbound_ssh_client.clients[].servers).
            type: bool
            default: false
          proxy_server:
            description:
              - A proxy on the way to the servers, from Junos 23.4R1 on.
            type: dict
            suboptions:
              state:
                description:
                  - Whether it is used.
                type: str
                choices: [present, absent, inactive]
                default: present
              dhcp:
                description:
                  - Use the proxy that DHCP names.
                type: bool
              host:
                description:
                  - The proxy's address or host name.
                type: str
              port:
                description:
                  - The proxy's port, from 1 to 65535. Junos takes 8080 where none is set.
                type: int
              user:
                description:
                  - The user to log in to the proxy as.
                type: str
              password:
                description:
                  - The password for the proxy.
                type: str
              update_password:
                description:
                  - When to set the password, as for the client's secret.
                type: str
                choices: [changed, on_create, always]
                default: changed
      routing_instance:
        description:
          - The routing instance by which all clients call, from Junos 19.3R1 on.
        type: str
      exclusive:
        description:
          - Remove clients that are not in O(outbound_ssh_client.clients).
        type: bool
        default: false
"""

"""Options of every section, drawn at random within what the sections allow."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ansible_collections.callhome.junos.plugins.plugin_utils._junos import passwords
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import HOST, a_key, certify

Drawn = SearchStrategy[dict[str, Any]]


def certificate_text(kind: int = HOST, ca_type: str = "ssh-ed25519", signature_algorithm: str | None = None) -> str:
    ca = a_key(ca_type, use="ca")
    blob = certify(a_key(), ca, ("r1",), kind=kind, signature_algorithm=signature_algorithm)
    return f"ssh-ed25519-cert-v01@openssh.com {base64.b64encode(blob).decode()}"


KEYS = [
    a_key(key_type, use=use).public.text
    for key_type in ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp521", "ssh-rsa")
    for use in ("one", "two")
]
CERTIFICATES = [certificate_text(kind=HOST), certificate_text(kind=HOST)]
HASHES = [*(passwords.hashed(word, "abcdefgh") for word in ("Secret-1", "Secret-2")), "*"]
PATHS = st.sampled_from(["/var/db/scripts/ca.pub", "/var/tmp/user_ca.pub", "/config/callhome/principals-0f3a"])
USERS = st.sampled_from(["lab", "netconf-user", "j.doe", "0remote"])
STATES = st.sampled_from(["present", "absent", "inactive"])
NUMBERS = st.integers(1, 2**32 - 1)
PORTS = st.integers(1, 65535)
WORDS = st.text("abcXYZ019-_.<>&'é", min_size=1, max_size=12).filter(lambda text: text[0] not in "<$")


def some(required: dict[str, Any] | None = None, /, **optional: SearchStrategy[Any]) -> Drawn:
    """Dictionaries with what is required, and some of the rest; an option may also be None, as Ansible gives it."""
    return some_of(optional, required)


def some_of(optional: Mapping[str, SearchStrategy[Any]], required: dict[str, Any] | None = None) -> Drawn:
    """The same for options whose names are no words of Python, or are not known here."""
    rest = {name: st.none() | strategy for name, strategy in optional.items()}
    return st.fixed_dictionaries(required or {}, optional=rest)


def unique(entries: Drawn, key: str = "name", size: int = 3) -> SearchStrategy[list[dict[str, Any]]]:
    return st.lists(entries, max_size=size, unique_by=lambda entry: entry[key])


CLASS = some(
    {"name": st.sampled_from(["callhome", "audit"])},
    state=STATES,
    exclusive=st.booleans(),
    idle_timeout=st.integers(0, 60),
    permissions=st.lists(st.sampled_from(["configure", "view", "view-configuration"]), unique=True),
    allow_commands=st.sampled_from(["", "show .*", '(show|request) "x"', r"ping \d+"]),
    deny_configuration=WORDS,
    allow_commands_regexps=st.lists(WORDS, unique=True, max_size=2),
)
LOGIN_USER = some(
    classes=unique(CLASS),
    users=unique(
        some(
            {"name": USERS, "class": st.sampled_from(["super-user", "callhome"])},
            state=STATES,
            uid=st.integers(100, 64000),
            full_name=WORDS | st.just(""),
        )
    ),
)


@st.composite
def public_key(draw: st.DrawFn) -> dict[str, Any]:
    key = draw(st.sampled_from(KEYS)) + draw(st.sampled_from(["", " lab@nms", " a longer comment"]))
    where = draw(
        some_of(
            {
                "from": st.sampled_from(["198.51.100.0/24,2001:db8::1", ""]),
                "state": st.sampled_from(["present", "absent"]),
            }
        )
        | some(key_options=st.sampled_from(['from="192.0.2.1",no-pty', "no-pty", ""]))
    )
    return {"key": key, **where}


PUBLIC_KEYS = st.lists(public_key(), max_size=4, unique_by=lambda entry: entry["key"].split()[1])
ACCOUNT = st.fixed_dictionaries(
    {"name": USERS | st.just("root")}, optional={"encrypted_password": st.sampled_from(HASHES)}
)
POLICY = st.sampled_from(["changed", "on_create", "always"])
USER_AUTHENTICATION = some(
    users=st.lists(
        st.builds(
            lambda account, rest: {**account, **rest},
            ACCOUNT,
            some(
                public_keys=PUBLIC_KEYS,
                no_public_keys=st.just(False),
                exclusive=st.booleans(),
                update_comments=st.booleans(),
                update_password=POLICY,
            )
            | st.just({"public_keys": [], "exclusive": True, "no_public_keys": True}),
        ),
        max_size=3,
        unique_by=lambda user: user["name"],
    )
)

SECTION_STATES = st.sampled_from(["present", "present", "absent"])
TRUSTED_USER_CA = some(
    state=SECTION_STATES,
    file=PATHS | st.just(""),
    keys=st.lists(st.sampled_from(KEYS), unique=True, max_size=3),
    exclusive=st.booleans(),
    update_comments=st.booleans(),
)
HOST_CERTIFICATE = some(state=SECTION_STATES, file=PATHS | st.just("")) | some(
    state=SECTION_STATES, certificate=st.sampled_from([*CERTIFICATES, ""])
)
PRINCIPALS = st.lists(st.sampled_from(["lab", "netconf-user", "noc@example.net", "ops"]), unique=True, max_size=3)
AUTHORIZED_PRINCIPALS = some(
    state=SECTION_STATES, principals=PRINCIPALS, file=PATHS | st.just(""), exclusive=st.booleans()
) | some(
    {"principals": st.just([]), "exclusive": st.just(True)},
    users=unique(some({"name": USERS}, principals=PRINCIPALS, file=PATHS | st.just(""), exclusive=st.booleans())),
)

NETCONF_SERVICE = some(
    state=STATES,
    port=PORTS,
    connection_limit=st.integers(1, 250),
    rate_limit=st.integers(1, 250),
    client_alive_count_max=st.integers(0, 255),
    client_alive_interval=st.integers(0, 65535),
    rfc_compliant=st.booleans(),
    yang_compliant=st.booleans(),
    traceoptions=some(
        state=STATES,
        exclusive=st.booleans(),
        file=st.sampled_from(["netconf.log", ""]),
        size=st.sampled_from(["10m", "512k", ""]),
        files=st.integers(2, 1000),
        world_readable=st.booleans(),
        match=WORDS,
        flags=st.lists(st.sampled_from(["all", "incoming", "outgoing", "debug"]), unique=True),
        on_demand=st.booleans(),
    ),
)

SECRETS = st.text('abcXYZ019 "$/\\<&', min_size=1, max_size=40).filter(
    lambda text: text == text.strip() and not text.startswith("$")
)
SERVER = some(
    {"address": st.sampled_from(["198.51.100.2", "2001:DB8::2", "nms.example.net", "192.0.2.9", "nms-2"])},
    state=STATES,
    port=PORTS,
    retry=NUMBERS,
    timeout=NUMBERS,
)
CLIENT = some(
    {
        "name": st.sampled_from(["nms1", "nms2", "noc"]),
        "device_id": st.sampled_from(["router1", "srx:7", "r1.example.net"]),
        "servers": st.lists(SERVER, min_size=1, max_size=5, unique_by=lambda server: server["address"]),
    },
    state=STATES,
    exclusive=st.booleans(),
    secret=SECRETS,
    update_password=POLICY,
    keep_alive=some(state=STATES, retry=NUMBERS, timeout=NUMBERS),
    reconnect_strategy=st.sampled_from(["sticky", "in-order", ""]),
    services=st.just("netconf"),
    proxy_server=some(dhcp=st.booleans())
    | some(state=STATES)
    | some(host=st.sampled_from(["proxy.example.net", "192.0.2.3"]), port=PORTS, user=WORDS, password=SECRETS),
)
OUTBOUND_SSH_CLIENT = some(
    routing_instance=st.sampled_from(["mgmt_junos", ""]), exclusive=st.booleans(), clients=unique(CLIENT)
)

SECTION_OPTIONS: dict[str, Drawn] = {
    "login_user": LOGIN_USER,
    "user_authentication": USER_AUTHENTICATION,
    "trusted_user_ca": TRUSTED_USER_CA,
    "host_certificate": HOST_CERTIFICATE,
    "authorized_principals": AUTHORIZED_PRINCIPALS,
    "netconf_service": NETCONF_SERVICE,
    "outbound_ssh_client": OUTBOUND_SSH_CLIENT,
}
ALL_SECTIONS = some_of(SECTION_OPTIONS)

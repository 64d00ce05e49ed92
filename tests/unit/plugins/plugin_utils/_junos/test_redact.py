"""No secret in what people see, and everything else as it was."""

from __future__ import annotations

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.redact import MASK, mask

DIFF = """\
[edit system root-authentication]
-   encrypted-password "$6$abcdefgh$oldhashOLD/."; ## SECRET-DATA
+   encrypted-password "$5$abcdefgh$newhashNEW/."; ## SECRET-DATA
[edit system login user lab authentication]
+   ssh-ed25519 "ssh-ed25519 AAAAC3Nza lab@nms"; ## SECRET-DATA
[edit system services outbound-ssh client nms1]
-   secret "$9$oldSECRET"; ## SECRET-DATA
+   secret "$8$aes256-gcm$hmac-sha2-256$100$new"; ## SECRET-DATA
+   device-id r1;
[edit system radius-server 192.0.2.1]
+   some-new-key "topsecret"; ## SECRET-DATA
"""


def test_a_devices_compare_output_keeps_its_shape_and_loses_its_secrets() -> None:
    masked = mask(DIFF)
    for secret in ("oldhash", "newhash", "oldSECRET", "aes256", "topsecret"):
        assert secret not in masked
    assert f"+   secret {MASK}; ## SECRET-DATA" in masked
    assert f"+   some-new-key {MASK}; ## SECRET-DATA" in masked
    assert '+   ssh-ed25519 "ssh-ed25519 AAAAC3Nza lab@nms"; ## SECRET-DATA' in masked
    assert "+   device-id r1;" in masked
    assert len(masked.splitlines()) == len(DIFF.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "set system services outbound-ssh client n secret topsecret",
        'set system services outbound-ssh client n secret "top \\" secret"',
        'set system login user lab authentication encrypted-password "topsecret"',
        "set system login user lab authentication plain-text-password-value topsecret",
        "    password topsecret;",
        "<secret>topsecret</secret>",
        '<x:secret xmlns:x="y">topsecret</x:secret>',
        "<encrypted-password>topsecret</encrypted-password>",
        "<key>$9$topsecret</key>",
        "value $1$topsecret$topsecret; more",
        "the secret is $sha1$40000$topsecret$topsecret here",
    ],
)
def test_a_secret_is_found_in_every_form(text: str) -> None:
    masked = mask(text)
    assert "topsecret" not in masked
    assert "top " not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "text",
    [
        "set system login password minimum-length 8",
        "    password {",
        "    permissions [ secret view ];",
        "    device-id r1; # costs $5",
        "<secret/>",
        '<secret delete="delete"/>',
        "set system services outbound-ssh client secret-nms device-id r1",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(text) == text


def test_known_clear_texts_are_masked_wherever_they_stand() -> None:
    assert (
        mask("error: bad value 'abc def' near abc", ["abc", "abc def", ""]) == f"error: bad value '{MASK}' near {MASK}"
    )

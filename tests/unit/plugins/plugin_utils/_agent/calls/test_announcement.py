"""The announcement reader: what it understands, and what no sender can make it do."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.announcement import (
    Announcement,
    AnnouncementReader,
    BadAnnouncement,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits

KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDhMc83Qp9ogdGNYJGMjjUf"
HMAC = "7aa4440cc6a8fd12bc9f13ad1af8a28ea6cc1137"
FULL = f"MSG-ID: DEVICE-CONN-INFO\r\nMSG-VER: V1\r\nDEVICE-ID: abc123\r\nHOST-KEY: {KEY}\r\nHMAC: {HMAC}\r\n".encode()
BANNER = b"SSH-2.0-OpenSSH_7.5\r\n"
SMALL = Limits(announcement_bytes=120, announcement_lines=4, announcement_line_bytes=60, device_id_length=20)

Outcome = tuple[bool, Announcement, "str | None", int]


def read(stream: bytes, cuts: list[int], limits: Limits = SMALL) -> Outcome:
    """Feed ``stream`` cut at ``cuts`` as a socket would: what was not consumed is seen again."""
    reader = AnnouncementReader(limits)
    consumed = 0
    for seen in [*sorted(cut for cut in cuts if cut < len(stream)), len(stream)]:
        if seen < consumed:
            continue
        try:
            size = reader.feed(stream[consumed:seen])
        except BadAnnouncement as error:
            return reader.complete, reader.announcement, str(error), -1
        assert 0 <= size <= seen - consumed
        consumed += size
        assert consumed <= limits.announcement_bytes
    return reader.complete, reader.announcement, None, consumed


def announcement_of(stream: bytes) -> Announcement:
    complete, announcement, error, consumed = read(stream, [], Limits())
    assert error is None and complete
    assert stream[consumed:].startswith(b"SSH-")
    return announcement


def refusal_of(stream: bytes, limits: Limits = SMALL) -> str:
    _complete, _announcement, error, _consumed = read(stream, [], limits)
    assert error is not None
    return error


def version_line(stream: bytes) -> int | None:
    """Where a line begins with ``SSH-``, told by other means than the reader's."""
    at = 0
    for line in stream.split(b"\n"):
        if line.lstrip(b"\0").startswith(b"SSH-"):
            return at + len(line) - len(line.lstrip(b"\0"))
        at += len(line) + 1
    return None


PIECES = [
    *(b"SSH-", b"SS", b"S", b"SSH-2.0-x\r\n", b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b"x" * 59),
    *(b"DEVICE-ID: ", b"DEVICE-ID: a\n", b"HOST-KEY:", b"HMAC", b": a", b"\xff", b"\x16\x03", b"\xc3\xa9"),
]
LIKELY = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=3)), max_size=30).map(b"".join)
STREAMS = st.one_of(st.binary(max_size=200), LIKELY)
CUTS = st.lists(st.integers(0, 260), max_size=40)


@given(STREAMS, CUTS)
@example(b"x" * 61 + b"\x01", [61])
@example(b"a\nb\nc\nd\ne\n\x01", [9])
@example(b"DEVICE-ID: \xff\r\n\x01", [12])
def test_however_the_stream_is_cut_the_result_is_the_same(stream: bytes, cuts: list[int]) -> None:
    whole = read(stream, [])
    assert read(stream, cuts) == whole
    assert read(stream, list(range(len(stream)))) == whole


@given(STREAMS, CUTS)
def test_no_byte_from_the_version_line_on_is_consumed(stream: bytes, cuts: list[int]) -> None:
    complete, _announcement, error, consumed = read(stream, cuts)
    start = version_line(stream)
    if complete:
        assert consumed == start
    elif error is None:
        assert start is None
        assert len(stream) - consumed < len(b"SSH-")


@given(STREAMS)
def test_all_that_is_announced_is_bounded_and_printable(stream: bytes) -> None:
    _complete, announcement, _error, _consumed = read(stream, [])
    for text in (announcement.device_id, announcement.host_key, announcement.hmac):
        assert text is None or (text.isprintable() and 0 < len(text) <= SMALL.announcement_line_bytes)
    assert len(announcement.device_id or "") <= SMALL.device_id_length
    assert f"{announcement.host_key or ''}{announcement.hmac or ''}".isascii()


@given(st.binary(min_size=121, max_size=400).filter(lambda stream: version_line(stream) is None), CUTS)
def test_a_stream_longer_than_the_bound_is_refused(stream: bytes, cuts: list[int]) -> None:
    _complete, _announcement, error, _consumed = read(stream, cuts)
    assert error is not None


def test_the_sequence_with_a_secret_is_understood() -> None:
    assert announcement_of(FULL + BANNER) == Announcement("abc123", KEY, HMAC)


def test_the_sequence_without_a_secret_is_understood() -> None:
    assert announcement_of(FULL[: FULL.index(b"HOST-KEY")] + BANNER) == Announcement("abc123")


def test_a_plain_rfc_8071_device_announces_nothing() -> None:
    assert announcement_of(BANNER) == Announcement()


@pytest.mark.parametrize(
    "stream",
    [
        FULL.replace(b"\r\n", b"\n"),
        FULL.replace(b": ", b":"),
        FULL.replace(b": ", b" :   "),
        FULL.replace(b"\r\n", b"\0\r\n"),
        FULL + b"\0",
        FULL + b"\r\n\r\n",
        b"\r\n" + FULL,
        b"".join(reversed(FULL.splitlines(keepends=True))),
        b"Welcome.\r\nX-NEW-FIELD: 1\r\n" + FULL,
        FULL.replace(b"HMAC", b"hmac").replace(b"DEVICE-ID", b"Device-Id"),
    ],
)
def test_spelling_that_devices_may_use_makes_no_difference(stream: bytes) -> None:
    assert announcement_of(stream + BANNER) == Announcement("abc123", KEY, HMAC)


def test_a_device_id_may_hold_colons_spaces_and_letters_of_any_language() -> None:
    assert announcement_of("DEVICE-ID: site 1: Z\u00fcrich\r\n".encode() + BANNER).device_id == "site 1: Z\u00fcrich"


def test_ssh_within_a_line_is_no_version_line() -> None:
    assert announcement_of(b"DEVICE-ID: SSH-2.0\r\nSS\r\nSSH\r\n" + BANNER).device_id == "SSH-2.0"


@pytest.mark.parametrize("head", [b"S", b"SS", b"SSH"])
def test_what_may_become_a_version_line_stays_in_the_socket(head: bytes) -> None:
    reader = AnnouncementReader(Limits())
    assert reader.feed(FULL + head) == len(FULL)
    assert not reader.complete
    assert reader.feed(head + BANNER[len(head) :]) == 0
    assert reader.complete


def test_a_device_id_is_known_as_soon_as_its_line_ends() -> None:
    reader = AnnouncementReader(Limits())
    reader.feed(b"DEVICE-ID: abc")
    assert reader.announcement.device_id is None
    reader.feed(b"123\r\n")
    assert reader.announcement.device_id == "abc123"


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (b"x" * 50 + b"\n" + b"y" * 50 + b"\n" + b"z" * 50, "within 120 bytes"),
        (b"x" * 61, "line of more than 60 bytes"),
        (b"\n" * 5, "within 4 lines"),
        (b"\0" * 121, "within 120 bytes"),
        (b"\x16\x03\x01\x02\x00\x01", "binary data"),
        (b"DEVICE-ID: a\x1b[2Jb\r\n", "binary data"),
        ("DEVICE-ID: a\u202eb\r\n".encode(), "DEVICE-ID has characters that cannot be printed"),
        (b"DEVICE-ID: a\0b\r\n", "DEVICE-ID has characters that cannot be printed"),
        (b"DEVICE-ID: \xff\xfe\r\n", "DEVICE-ID is no text"),
        (b"DEVICE-ID: \r\n", "DEVICE-ID announced without a value"),
        (b"DEVICE-ID: " + b"a" * 21 + b"\r\n", "DEVICE-ID of more than 20 characters"),
        (b"DEVICE-ID: a\r\nDEVICE-ID: b\r\n", "DEVICE-ID announced twice"),
        ("HMAC: \u00e9\r\n".encode(), "HMAC is no text"),
        (b"HOST-KEY: \xc3\xa9\r\n", "HOST-KEY is no text"),
    ],
)
def test_what_breaks_a_bound_is_refused_with_the_reason(stream: bytes, reason: str) -> None:
    assert reason in refusal_of(stream)


def test_the_hmac_which_weak_secrets_can_be_found_from_is_in_no_repr() -> None:
    assert HMAC not in repr(announcement_of(FULL + BANNER))


def test_the_key_of_an_eight_thousand_bit_rsa_host_fits_the_defaults() -> None:
    key = "ssh-rsa " + "A" * 1400
    stream = f"DEVICE-ID: {'x' * 255}\r\nHOST-KEY: {key}\r\nHMAC: {HMAC}\r\n".encode()
    assert announcement_of(stream + BANNER).host_key == key

"""The refusal that ssh prints, byte for byte as RFC 4253 wants it; that ssh prints it is in test_ssh_connection."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from workstation.ssh_disconnect import packet


def unpacked(data: bytes) -> tuple[int, int, bytes, bytes]:
    """Message number, reason code, description and language, read by the lengths in the packet."""
    assert data.startswith(b"SSH-2.0-workstation\r\n")
    body = data.partition(b"\r\n")[2]
    length, padding = struct.unpack_from(">IB", body)
    assert len(body) == 4 + length
    assert len(body) % 8 == 0
    assert 4 <= padding <= 255
    payload = body[5 : len(body) - padding]
    number, reason, size = struct.unpack_from(">BII", payload)
    (language_size,) = struct.unpack_from(">I", payload, 9 + size)
    assert len(payload) == 9 + size + 4 + language_size
    return number, reason, payload[9 : 9 + size], payload[9 + size + 4 :]


@given(st.text(st.characters(codec="utf-8"), max_size=600))
def test_the_packet_is_a_disconnect_with_the_reason(reason: str) -> None:
    assert unpacked(packet(reason)) == (1, 7, reason[:400].encode(), b"")

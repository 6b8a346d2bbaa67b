"""Tell `ssh` why it cannot connect, in its own protocol.

With ControlPersist OpenSSH sends a ProxyCommand's stderr to nowhere (`ssh_proxy_connect` in sshconnect.c), so that
the user would read `Connection closed by UNKNOWN port 65535` and no more. So the proxy answers as a server that
declines: a version line and one message SSH_MSG_DISCONNECT, which ssh prints. RFC 4253, sections 4.2, 6 and 11.1.
"""

from __future__ import annotations

import os
import select
import struct

VERSION = b"SSH-2.0-workstation\r\n"
MESSAGE_DISCONNECT = 1
SERVICE_NOT_AVAILABLE = 7
BLOCK_BYTES = 8
LEAST_PADDING_BYTES = 4
MOST_CHARACTERS = 400
"""OpenSSH prints no more."""
PATIENCE_SECONDS = 5


def packet(reason: str) -> bytes:
    """A server's version line and its refusal, as the bytes that go to ssh."""
    text = reason[:MOST_CHARACTERS].encode(errors="backslashreplace")
    payload = struct.pack(">BII", MESSAGE_DISCONNECT, SERVICE_NOT_AVAILABLE, len(text)) + text + struct.pack(">I", 0)
    padding = BLOCK_BYTES - (4 + 1 + len(payload)) % BLOCK_BYTES
    padding += BLOCK_BYTES if padding < LEAST_PADDING_BYTES else 0
    return VERSION + struct.pack(">IB", 1 + len(payload) + padding, padding) + payload + bytes(padding)


def send(reason: str) -> None:
    """Write the refusal to stdout, and read on until ssh hangs up: it would take a closed pipe for the error."""
    os.write(1, packet(reason))
    while select.select([0], [], [], PATIENCE_SECONDS)[0] and os.read(0, 65_536):
        pass


def is_unheard() -> bool:
    """Whether ssh has sent our stderr to the null device."""
    try:
        ours, null = os.fstat(2), os.stat(os.devnull)
    except OSError:  # closed
        return True
    return os.name != "nt" and ours.st_rdev == null.st_rdev


def speak_up() -> None:
    """Give an unheard stderr to the terminal, where there is one, for what the AWS CLI may have to say."""
    try:
        terminal = os.open("/dev/tty", os.O_WRONLY)
    except OSError:
        return
    os.dup2(terminal, 2)
    os.close(terminal)

"""The programs on the machines: one listener for every port, one ear on the cable."""

from __future__ import annotations

import ctypes
import selectors
import socket
import struct
from collections.abc import Callable

from analysis.network.model import Address
from netlab.gateways import LISTENER_PORT
from netlab.namespace import Namespace
from netlab.packets import ANSWER, ASK

EVERY_PROTOCOL = 0x0003  # linux/if_ether.h, ETH_P_ALL
SOL_PACKET, PACKET_STATISTICS = 263, 6  # linux/socket.h, linux/if_packet.h
SO_ATTACH_FILTER = 26  # asm-generic/socket.h
PACKET_TYPE, OUTGOING, WHOLE = 0xFFFFF004, 4, 256  # linux/filter.h: SKF_AD_OFF + SKF_AD_PKTTYPE; linux/if_packet.h


def _program(when_outgoing: int, when_not: int) -> bytes:
    """A filter of four steps: load the packet's type, compare, keep so many bytes or so many."""
    steps = ((0x20, 0, 0, PACKET_TYPE), (0x15, 0, 1, OUTGOING), (0x06, 0, 0, when_outgoing), (0x06, 0, 0, when_not))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


LEAVING, ARRIVING = _program(WHOLE, 0), _program(0, WHOLE)
BACKLOG = 4096
BUFFER_BYTES = 4 << 20
QUESTION = struct.Struct("!4sI")

Heard = Callable[[str, bytes], None]
"""Called with a host's name and a frame that arrived at it."""
Served = Callable[[str, int, str], None]
"""Called with a host's name, the id it was told over a connection, and the address it saw."""


class Ear:
    """Hears frames: all that a router hands on into its cables, or all that arrive over one cable."""

    def __init__(self, namespace: Namespace, device: str = "") -> None:
        # With a device it is deaf until `bind`: a change from hearing to hearing would wait for a grace period.
        protocol = 0 if device else socket.htons(EVERY_PROTOCOL)
        self.socket = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, protocol)
        _attach(self.socket, ARRIVING if device else LEAVING)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        if device:
            self.socket.bind((device, EVERY_PROTOCOL))

    def frames(self) -> list[tuple[str, bytes]]:
        """(device, frame) of what was heard. Raises OverflowError when something was missed."""
        found = []
        try:
            while True:
                data, address = self.socket.recvfrom(256)
                found.append((address[0], data))
        except BlockingIOError:
            pass
        _, dropped = struct.unpack("II", self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        if dropped:
            raise OverflowError(f"{dropped} frames were not heard: send fewer between two looks")
        return found


def _attach(opened: socket.socket, program: bytes) -> None:
    buffer = ctypes.create_string_buffer(program)
    pointer = struct.pack("HL", len(program) // 8, ctypes.addressof(buffer))  # struct sock_fprog, linux/filter.h
    opened.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, pointer)


class Mouth:
    """Sends whole IP packets from a host, whoever they say they come from."""

    def __init__(self, namespace: Namespace, *, has_ipv6: bool) -> None:
        self.sockets = {4: namespace.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)}
        if has_ipv6:
            self.sockets[6] = namespace.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(self, packet: bytes, destination: Address) -> None:
        self.sockets[destination.version].sendto(packet, (str(destination), 0))


class Listener:
    """Answers TCP and UDP: to a question on any port comes the answer, with the question's id."""

    def __init__(self, namespace: Namespace, *, has_ipv6: bool) -> None:
        family, anywhere = (socket.AF_INET6, "::") if has_ipv6 else (socket.AF_INET, "0.0.0.0")  # noqa: S104 - no cable leaves
        self.name = namespace.name
        self.tcp = namespace.socket(family, socket.SOCK_STREAM)
        self.udp = namespace.socket(family, socket.SOCK_DGRAM)
        for opened in (self.tcp, self.udp):
            if has_ipv6:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            opened.bind((anywhere, LISTENER_PORT))
        self.tcp.listen(BACKLOG)

    def answer_datagrams(self) -> None:
        try:
            while True:
                data, sender = self.udp.recvfrom(64)
                if data.startswith(ASK) and len(data) == QUESTION.size:
                    self.udp.sendto(ANSWER + data[4:], sender)
        except BlockingIOError:
            return

    def accept(self, selector: selectors.BaseSelector, served: Served) -> None:
        """Take new connections; each is answered as soon as its question is there."""
        try:
            while True:
                connection, sender = self.tcp.accept()
                connection.settimeout(0)
                address = sender[0].removeprefix("::ffff:")
                talk = _Talk(connection, self.name, address, served)
                selector.register(connection, selectors.EVENT_READ, lambda talk=talk: talk.read(selector))
        except BlockingIOError:
            return


class _Talk:
    def __init__(self, connection: socket.socket, name: str, address: str, served: Served) -> None:
        self.connection, self.name, self.address, self.served = connection, name, address, served

    def read(self, selector: selectors.BaseSelector) -> None:
        try:
            data = self.connection.recv(64)
        except ConnectionError:
            data = b""
        if data.startswith(ASK) and len(data) == QUESTION.size:
            self.served(self.name, QUESTION.unpack(data)[1], self.address)
            self.connection.send(ANSWER + data[4:])
        selector.unregister(self.connection)
        self.connection.close()


class Caller:
    """One whole connection from a host: connect, ask, read the answer."""

    def __init__(self, namespace: Namespace, *, source: Address, source_port: int, identity: int) -> None:
        family = socket.AF_INET if source.version == 4 else socket.AF_INET6
        self.identity = identity
        self.socket = namespace.socket(family, socket.SOCK_STREAM)
        level, option = (socket.IPPROTO_IP, 15) if source.version == 4 else (socket.IPPROTO_IPV6, 78)
        self.socket.setsockopt(level, option, 1)  # IP_FREEBIND, IPV6_FREEBIND: the internet owns every address
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((str(source), source_port))
        self.asked = False

    def call(self, destination: Address, port: int) -> bool:
        """Begin; False when there is no way at all."""
        try:
            self.socket.connect((str(destination), port))
        except BlockingIOError:
            return True
        except OSError:
            self.socket.close()
            return False
        return True

    def step(self) -> bool | None:
        """After an event: True answered, False refused, None not done yet."""
        try:
            if not self.asked:
                self.socket.send(QUESTION.pack(ASK, self.identity))
                self.asked = True
                return None
            return self.socket.recv(64) == QUESTION.pack(ANSWER, self.identity)
        except BlockingIOError:
            return None
        except OSError:
            return False

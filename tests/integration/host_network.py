"""The network of a host: its loopback, on which database and broker answer through a relay.

``… host_network inner FOLDER NAME PORT… -- COMMAND…`` is the first process
of a host, ``… outer FOLDER PORT…`` the other end of its relay (tests/integration/hosts.py);
``… probe`` tells by its code whether there can be such a host.
"""

import asyncio
import fcntl
import socket
import struct
import sys
from collections.abc import Sequence

_LOOPBACK = "127.0.0.1"
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


def _begin_host(name: str) -> None:
    socket.sethostname(name)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        (flags,) = struct.unpack_from("H", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request), 16)
        request = struct.pack("16sH14x", b"lo", flags | _IFF_UP)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while block := await source.read(65536):
            target.write(block)
            await target.drain()
    except ConnectionError:
        pass
    finally:
        target.close()


async def _relay(folder: str, ports: Sequence[str], *, is_inner: bool) -> None:
    for port in ports:
        path = f"{folder}/{port}"

        async def join(
            reader: asyncio.StreamReader,
            writer: asyncio.StreamWriter,
            path: str = path,
            port: str = port,
        ) -> None:
            if is_inner:
                far_reader, far_writer = await asyncio.open_unix_connection(path)
            else:
                far_reader, far_writer = await asyncio.open_connection(_LOOPBACK, int(port))
            await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))

        if is_inner:
            await asyncio.start_server(join, _LOOPBACK, int(port))
        else:
            await asyncio.start_unix_server(join, path)


async def _inner(folder: str, name: str, ports: Sequence[str], command: Sequence[str]) -> None:
    _begin_host(name)
    await _relay(folder, ports, is_inner=True)
    work = await asyncio.create_subprocess_exec(*command)
    await work.wait()


async def _outer(folder: str, ports: Sequence[str]) -> None:
    await _relay(folder, ports, is_inner=False)
    await asyncio.Event().wait()


def _main(role: str, folder: str = "", *words: str) -> None:
    if role == "probe":
        _begin_host("probe")
    elif role == "outer":
        asyncio.run(_outer(folder, words))
    else:
        name, *rest = words
        ports, command = rest[: rest.index("--")], rest[rest.index("--") + 1 :]
        asyncio.run(_inner(folder, name, ports, command))


if __name__ == "__main__":
    _main(*sys.argv[1:])

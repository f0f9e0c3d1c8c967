"""A TLS front end for moto_server, and a CONNECT proxy that accepts only AWS host names.

usage: aws_front.py API_PORT REGISTRY_PORT CERTIFICATE KEY; prints "proxy 127.0.0.1:PORT" once it listens.
"""
import asyncio
import re
import ssl
import sys

REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\Z")
API = re.compile(r"(api\.ecr|ecs|sts)([.-][a-z0-9.-]+)?\.amazonaws\.com\Z")


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.close()


async def join(reader, writer, port):
    try:
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        writer.close()
        return
    await asyncio.gather(pump(reader, other_writer), pump(other_reader, writer))


async def main(api_port, registry_port, certificate, key):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    async def front(reader, writer):
        await join(reader, writer, api_port)

    tls = await asyncio.start_server(front, "127.0.0.1", 0, ssl=context)
    tls_port = tls.sockets[0].getsockname()[1]

    async def connect(reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            writer.close()
            return
        match = re.match(rb"CONNECT ([^: ]+):\d+ ", head)
        host = match[1].decode("latin1").lower() if match else ""
        port = registry_port if REGISTRY.match(host) else tls_port if API.match(host) else 0
        print("CONNECT", host, "->", port or "refused", flush=True)
        if not port:
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await join(reader, writer, port)

    proxy = await asyncio.start_server(connect, "127.0.0.1", 0)
    print("proxy 127.0.0.1:%d" % proxy.sockets[0].getsockname()[1], flush=True)
    await asyncio.gather(tls.serve_forever(), proxy.serve_forever())


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]))

"""The WebSocket server: sends each message back."""

import asyncio
import os

from websockets.asyncio.server import serve


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def main():
    async with serve(echo, "0.0.0.0", int(os.environ.get("PORT", "8001"))) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

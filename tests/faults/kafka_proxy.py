"""A TCP proxy that a test can cut, stall and slow down, in a process of its own so that it costs the test no time:
   kafka_proxy.py FROM TO    port to port; standard input takes lines: cut | stall | flow | slow BYTES_A_SECOND"""

import asyncio
import sys

PIECE = 65536


class Wire:
    def __init__(self, to):
        self.to = to
        self.open = set()
        self.rate = 0
        self.flowing = asyncio.Event()
        self.flowing.set()

    async def join(self, reader, writer):
        self.open.add(writer)
        try:
            there = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            self.open.discard(writer)
            writer.close()
            return
        self.open.add(there[1])
        await asyncio.gather(self.carry(reader, there[1]), self.carry(there[0], writer))

    async def carry(self, reader, writer):
        try:
            while piece := await reader.read(PIECE):
                await self.flowing.wait()
                if self.rate:
                    await asyncio.sleep(len(piece) / self.rate)
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        self.open.discard(writer)
        writer.close()

    def cut(self):
        count = len(self.open) // 2
        for each in list(self.open):
            each.transport.abort()
        return count

    def obey(self, words):
        if words[0] == "cut":
            return self.cut()
        if words[0] == "stall":
            self.flowing.clear()
        else:
            self.rate = int(words[1]) if words[0] == "slow" else 0
            self.flowing.set()
        return len(self.open) // 2


async def serve(port, to):
    wire = Wire(to)
    await asyncio.start_server(wire.join, "127.0.0.1", port)
    print("listening", flush=True)
    while words := (await asyncio.to_thread(sys.stdin.readline)).split():
        print(wire.obey(words), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))

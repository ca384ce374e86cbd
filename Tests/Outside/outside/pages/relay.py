"""A line to a server that breaks in the middle of an answer when it is told to."""
import socket
import struct
import threading

from outside.plimsoll import free_port


class Relay:
    """Listens on a port of its own and passes everything on, both ways."""

    def __init__(self, port):
        self.to, self.port, self.left = port, free_port(), None
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self.listen, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def break_after(self, size):
        """Passes so many bytes of answers from now on, and then ends every connection as a machine does that is switched off."""
        self.left = size

    def mend(self):
        self.left = None

    def close(self):
        self.listener.close()

    def listen(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                _reset(client)
                continue
            threading.Thread(target=self.carry, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self.carry, args=(server, client, True), daemon=True).start()

    def carry(self, source, sink, is_answer):
        try:
            while data := source.recv(2048):
                if is_answer and self.left is not None:
                    data = data[:max(0, self.left)]
                    self.left -= len(data)
                    sink.sendall(data)
                    if self.left <= 0:
                        break
                else:
                    sink.sendall(data)
        except OSError:
            # The other way has ended.
            pass
        _reset(source)
        _reset(sink)


def _reset(end):
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It is closed already.
        pass
    end.close()

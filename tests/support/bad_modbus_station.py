"""A Modbus TCP station that is no good: answers every read in one way.

    bad_modbus_station.py PORT MODE

MODE: "exception N", "silent", "other-unit" (by another Modbus unit than was asked), "ones" (all bits set).
"""
import socket
import struct
import sys
import threading


def answer(mode, transaction, unit, count):
    if mode == "silent":
        return b""
    if mode.startswith("exception "):
        return struct.pack(">HHHBBB", transaction, 0, 3, unit, 0x83, int(mode.split()[1]))
    data = (b"\xff\xff" if mode == "ones" else b"\0\1") * count
    answering = unit + 1 if mode == "other-unit" else unit
    return struct.pack(">HHHBBB", transaction, 0, 3 + len(data), answering, 3, len(data)) + data


def serve(connection, mode):
    received = b""
    while data := connection.recv(4096):
        received += data
        while len(received) >= 12:
            transaction, _, _, unit, _, _, count = struct.unpack(">HHHBBHH", received[:12])
            received = received[12:]
            connection.sendall(answer(mode, transaction, unit, count))


def main():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(sys.argv[1])))
    listener.listen()
    print("serving", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, sys.argv[2]), daemon=True).start()


main()

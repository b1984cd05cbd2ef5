#!/usr/bin/python3
"""Prints what the daemon writes to its status socket. Faster than starting Node for it."""
import socket
import sys

connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
connection.settimeout(5)
connection.connect(sys.argv[1] if len(sys.argv) > 1 else '/run/vmclockd/status.sock')
while True:
    chunk = connection.recv(65536)
    if not chunk:
        break
    sys.stdout.buffer.write(chunk)

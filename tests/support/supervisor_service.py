#!/usr/bin/python3
"""Plays the part of Home Assistant's Supervisor: answers GET /services/mqtt with what stands in a file just then.

    supervisor_service.py ANSWER_FILE TOKEN

Prints "port N" when it listens on the loopback interface, and "asked" for each question with the right token.
"""
import http.server
import sys


class Service(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        good = self.headers["Authorization"] == f"Bearer {sys.argv[2]}" and self.path == "/services/mqtt"
        if good:
            print("asked", flush=True)
        with open(sys.argv[1], "rb") as file:
            content = file.read() if good else b"{}"
        self.send_response(200 if good else 403)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
print(f"port {server.server_address[1]}", flush=True)
server.serve_forever()

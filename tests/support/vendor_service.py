#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Plays the vendor's HTTPS service on a free loopback port, for the tests of signing in.

    vendor_service.py FOLDER [FAULT...]

FOLDER has server.pem, server.key and legacy.pfx of scripts/certificates. Prints "port N" when it listens, then one line
for each request. Written from the description of the protocol alone, with nothing of the gateway's code: it computes
every hash, signature and one-time password itself and refuses what does not fit. Needs Debian's python3-cryptography.
"""

import hashlib
import http.server
import json
import ssl
import struct
import sys
import time
import urllib.parse

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

EMAIL = "owner+test@example.com"
PASSWORD = "correct horse 电池"
APP_KEY = "made-up-app-key"
TOTP_KEY = "made-up-totp-key"
PFX_PASSWORD = b"demo"
USER = "77001"
FIRST_PART = "b7e1"
# An hour ahead of this machine: only one who goes by the service's clock gets its one-time passwords right.
CLOCK_OFFSET = 3600

WRONG_PASSWORD, NO_ACCOUNT, EXPIRED = 20003015, 20003006, 805


def md5_upper(data):
    return hashlib.md5(data).hexdigest().upper()


def aes(data, key, encrypt):
    context = Cipher(algorithms.AES(key.encode()), modes.ECB())
    worker = context.encryptor() if encrypt else context.decryptor()
    return worker.update(data) + worker.finalize()


def pad(data):
    count = 16 - len(data) % 16
    return data + bytes([count]) * count


def unpad(data):
    count = data[-1]
    if not 1 <= count <= 16 or data[-count:] != bytes([count]) * count:
        raise ValueError("padding")
    return data[:-count]


def signature(headers, sid, path, number):
    fields = {"currentUtcTime": format(number, "x"), "url": path, "x-sid": sid}
    for name in ("x-app-key", "x-app-ver", "x-os"):
        fields[name] = headers[name]
    return md5_upper("&".join(f"{key}={fields[key]}" for key in sorted(fields)).encode())


def one_time_password(a, b, milliseconds):
    steps = (milliseconds // 1000 - 1371517200) // 30
    moment = md5_upper(struct.pack(">Q", steps))
    key = md5_upper((a[:2] + TOTP_KEY[:6] + b + TOTP_KEY[6:] + a[-2:]).encode())
    text = "".join(k + c for k, c in zip(key, moment)).encode()
    offset = text[-1] & 15
    return (struct.unpack_from(">I", text, offset)[0] & 0x7FFFFFFF) % 10**8


def expected_form():
    hashed = hashlib.sha256(PASSWORD.encode()).hexdigest().upper()
    locked = aes(pad(PASSWORD.encode()), md5_upper(hashed.encode()), True).hex()
    return {"username": EMAIL, "password": hashed, "passOpen": locked}


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    faults = set()
    folder = ""
    log_ins = 0
    expired = set()  # tokens that were good once

    # What went wrong is for the test's eyes.
    def log_message(self, format, *args):
        pass

    def note(self, text):
        print(text, flush=True)

    def reply(self, body, status=200, headers=(), kind="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, code, message):
        self.note(f"refused {code} {message}")
        self.reply({"code": code, "message": message, "data": None})

    def token(self, number):
        return f"{FIRST_PART}.sid-{number:04}.rest"

    def sid(self):
        return self.headers["authorization"].split(".")[1]

    def misbehave(self, step):
        """True: a fault of this step was played, and the request is over."""
        fault = next((f.split("=")[1] for f in self.faults if f.split("=")[0] == step), None)
        if fault == "500":
            self.reply({"message": "password storage is down"}, status=500)
        elif fault == "garbage":
            self.reply(b"<html>not { JSON", kind="text/html")
        elif fault == "redirect":
            self.reply(b"", status=302, headers=[("Location", "https://127.0.0.1:1/elsewhere")])
        elif fault == "huge":
            self.send_response(200)
            self.end_headers()
            self.close_connection = True
            try:
                while True:
                    self.wfile.write(b"[" * 65536)
            except OSError:
                self.note("huge answer ended by the client")
        elif fault == "hang":
            time.sleep(60)
        elif fault == "error":
            self.reply({"code": 1234, "message": f"no, {APP_KEY} {self.headers.get('authorization', '')} \x1b[31m"})
        elif fault == "empty":
            self.reply({"code": 0, "data": {}})
        elif fault == "close":
            self.close_connection = True
        else:
            return False
        self.note(f"fault {step} {fault}")
        return True

    def good_headers(self, with_token=True):
        expected = {"x-app-key": APP_KEY, "x-os": "android", "x-app-ver": "3.0.6", "x-os-ver": "31332E30"}
        for name, value in expected.items():
            if self.headers.get(name) != value:
                self.refuse(40001, f"bad header {name}")
                return False
        device = self.headers.get("x-device-id", "")
        if len(device) != 32 or set(device) - set("0123456789abcdef"):
            self.refuse(40002, "bad header x-device-id")
            return False
        if not with_token:
            if "authorization" in self.headers:
                self.refuse(40003, "a token before the log-in")
                return False
            return True
        token = self.headers.get("authorization", "")
        if token in Service.expired or "expire-always" in self.faults:
            self.refuse(EXPIRED, "token expired")
            return False
        if token not in {self.token(n) for n in range(1, Service.log_ins + 1)}:
            self.refuse(EXPIRED, "unknown token")
            return False
        return True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.note(f"POST {self.path}")
        if self.path == "/accessToken":
            self.access_token(body)
        elif self.path == "/api/midppkic/cert/app/v1/pfx":
            self.pfx(body)
        else:
            self.reply({"message": "no such path"}, status=404)

    def do_GET(self):
        self.note(f"GET {self.path}")
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        steps = {
            "/api/bluuc/uc/v1/basic/get": self.user,
            "/api/blusmartprod/device/group/v3/findDevicePage": self.device_page,
            "/api/blusmartprod/device/basic/v1/deviceRemoteSearch": self.device_search,
            "/api/blusmartprod/device/group/v1/homeDevices": self.home_devices,
            "/api/midppkic/cert/app/v2/now/utc-time": self.utc_time,
        }
        step = steps.get(url.path)
        if step is None:
            self.reply({"message": "no such path"}, status=404)
        elif self.good_headers():
            step(query)

    def access_token(self, body):
        if self.misbehave("log-in") or not self.good_headers(with_token=False):
            return
        if self.headers.get("content-type") != "application/x-www-form-urlencoded":
            return self.refuse(40004, "not a form")
        form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        for empty in ("encryptedpwd", "authType", "phoneCountry", "verifyCode", "country"):
            if form.pop(empty, None) != "":
                return self.refuse(40005, f"{empty} should be there and empty")
        if form.get("username") != EMAIL or "no-account" in self.faults:
            return self.refuse(NO_ACCOUNT, "account does not exist")
        if form != expected_form() or "wrong-password" in self.faults:
            if "wrong-password-text" in self.faults:
                return self.reply({"code": "1", "message": "Incorrect account information"})
            return self.refuse(WRONG_PASSWORD, "incorrect password")
        Service.log_ins += 1
        data = {"token": self.token(Service.log_ins), "refresh": "r", "ttl": 2678400}
        if "short-life" in self.faults:
            data["ttl"] = "7200"
        if "text-token" in self.faults:
            data["token"] = "nodots"
        self.reply({"code": 0, "message": "OK", "data": data})

    def user(self, _):
        if not self.misbehave("user"):
            self.reply({"code": 0, "data": {"uid": int(USER)}})

    def device(self, complete):
        has_broker = complete and "null-broker" not in self.faults
        return {
            "sn": "AP3002345000000001",
            "model": "AP300",
            "subSn": 2345000000001,
            "name": 'Living "room"',
            "sessionState": "Online",
            "iotSrvIp": "broker.example" if has_broker else None,
            "iotConnSecret": "made-up-secret" if has_broker else None,
        }

    def other_devices(self):
        return [{"sn": "PBOX2345000000002", "model": "PBOX", "iotSrvIp": None, "sessionState": "Offline"}]

    def device_page(self, query):
        if self.misbehave("devices"):
            return
        if query != {"userId": USER}:
            return self.refuse(40006, "bad userId")
        devices = [self.device("in-search" not in self.faults), *self.other_devices()]
        self.reply({"code": "0", "data": {"deviceList": devices}})

    def device_search(self, query):
        if query != {"deviceSn": "AP3002345000000001"}:
            return self.refuse(40007, "bad deviceSn")
        self.reply({"code": 0, "data": self.device(True)})

    def home_devices(self, _):
        if self.misbehave("home"):
            return
        devices = [self.device(True), *self.other_devices()]
        self.reply({"code": 0, "data": [{"groupName": "g", "deviceList": devices}] if "groups" in self.faults else devices})

    def utc_time(self, _):
        if self.misbehave("time"):
            return
        now = int((time.time() + CLOCK_OFFSET) * 1000)
        key = signature(self.headers, self.sid(), "/api/midppkic/cert/app/v2/now/utc-time", now)
        locked = aes(pad(PFX_PASSWORD), key, True).hex()
        if "bad-signature" in self.faults:
            locked = locked[:-2]
        headers = [("X-Signature", locked), ("X-Iot-Server", "iot.example:18761")]
        self.reply({"code": 0, "message": "OK", "data": str(now) if "text-time" in self.faults else now}, headers=headers)

    def pfx(self, body):
        if self.misbehave("pfx") or not self.good_headers():
            return
        if body:
            return self.refuse(40008, "a body")
        now = int((time.time() + CLOCK_OFFSET) * 1000)
        resource = bytes.fromhex(self.headers.get("x-app-resource", ""))
        for moment in (now, now - 30000):  # the period may just have ended
            number = one_time_password(USER, self.headers["x-device-id"], moment)
            key = signature(self.headers, self.sid(), "/api/midppkic/cert/app/v1/pfx", number)
            try:
                if unpad(aes(resource, key, False)) == PFX_PASSWORD:
                    break
            except ValueError:
                pass
        else:
            return self.refuse(40009, "bad x-app-resource")
        with open(f"{self.folder}/legacy.pfx", "rb") as file:
            content = file.read()
        if "expire-served" in self.faults:
            Service.expired.add(self.headers["authorization"])
        self.reply(content[:-9] if "torn-pfx" in self.faults else content, kind="application/octet-stream")


def main():
    global APP_KEY, TOTP_KEY
    if len(sys.argv) == 6 and sys.argv[1] == "--otp":
        # For fixed values in unit tests: --otp A B KEY MS
        TOTP_KEY = sys.argv[4]
        return print(f"{one_time_password(sys.argv[2], sys.argv[3], int(sys.argv[5])):08}")
    Service.folder = sys.argv[1]
    Service.faults = set(sys.argv[2:])
    if "other-app-key" in Service.faults:
        APP_KEY = "another-app-key"
    if "other-totp-key" in Service.faults:
        TOTP_KEY = "another-totp-key"
    # The certificate is for 127.0.0.1 alone.
    address = "127.0.0.2" if "other-host" in Service.faults else "127.0.0.1"
    server = http.server.ThreadingHTTPServer((address, 0), Service)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{Service.folder}/server.pem", f"{Service.folder}/server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(f"port {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

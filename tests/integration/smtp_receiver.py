"""A mail server that takes pages, and looks at how they come: what it is told beyond RFC 5321 is a fault, noted and refused.
The recipient's name says how it answers:

  anything else      250
  busy.N, later.N    451 to the recipient, or to the message, for the first N of them
  refuse             550 to the recipient
  spam, spam.N       554 to the message, for the first N
  close, close.N     cuts the connection amid the message, for the first N
  leave.N            takes the message and cuts the connection before it says so, for the first N
  mute               takes the message and never answers

and the sender's: nobody 553, large 552, slow.N the answer after N seconds. Alone, as `smtp_receiver.py LOG DIRECTORY
[SECURITY [USER PASSWORD]]`, it prints its port and writes each message as a JSON line to the file LOG; SECURITY is none,
starttls or tls, by a certificate that it makes: DIRECTORY/server.pem.
"""

import base64
import email
import email.policy
import json
import os
import socket
import socketserver
import ssl
import subprocess
import sys
import threading


def make_certificate(directory):
    """A certificate for 127.0.0.1 that vouches for itself; its paths."""
    paths = os.path.join(directory, "server.pem"), os.path.join(directory, "server.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return paths


class Mail:
    def __init__(self, sender, recipient, data, secured, user):
        self.sender, self.recipient, self.data, self.secured, self.user = sender, recipient, data, secured, user
        # Of the answer to the message; 0 for none.
        self.status = 0

    def message(self):
        return email.message_from_bytes(self.data, policy=email.policy.default)

    @property
    def id(self):
        return self.message()["Message-ID"].strip()

    def line(self):
        message = self.message()
        return json.dumps({"from": self.sender, "to": self.recipient, "status": self.status, "secured": self.secured,
                           "user": self.user, "id": self.id, "subject": message["Subject"],
                           "data": self.data.decode("ascii"),
                           "text": message.get_body(("plain",)).get_content(),
                           "defects": [str(each) for part in message.walk() for each in part.defects]})


class Dialogue(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.secured, self.user, self.sender, self.recipient = False, "", None, None

    def say(self, *lines):
        for line in lines:
            self.wfile.write((line + "\r\n").encode())
        self.wfile.flush()

    def secure(self):
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.secured = True

    def line(self):
        line = self.rfile.readline(2000)
        if not line:
            raise ConnectionError
        if not line.endswith(b"\r\n") or b"\r" in line[:-2] or b"\0" in line or len(line) > 1000 or max(line) > 126:
            self.server.receiver.faults.append(line)
            self.say("500 no line of mail")
            raise ConnectionError
        return line[:-2]

    def handle(self):
        try:
            if self.server.receiver.security == "tls":
                self.secure()
            greeting = self.server.receiver.greeting
            self.say(greeting)
            while greeting.startswith("220") and self.command(self.line().decode()):
                pass
        except (OSError, ValueError):
            pass

    def command(self, line):
        word, _, rest = line.partition(" ")
        word = word.upper()
        receiver = self.server.receiver
        if word == "QUIT":
            self.say("221 good-bye")
            return False
        if word == "EHLO":
            offers = ["SIZE 10000000", "PIPELINING"]
            if receiver.security == "starttls" and not self.secured:
                offers.append("STARTTLS")
            if receiver.login and (self.secured or receiver.security == "none"):
                offers.append("AUTH PLAIN LOGIN")
            self.say(*["250-" + each for each in ["here", *offers[:-1]]], "250 " + offers[-1])
        elif word == "STARTTLS" and receiver.security == "starttls" and not self.secured:
            self.say("220 go on")
            self.secure()
        elif word == "AUTH":
            self.authenticate(*rest.split(" "))
        elif word == "MAIL":
            self.mail_from(rest)
        elif word == "RCPT" and self.sender is not None:
            self.rcpt_to(rest)
        elif word == "DATA" and self.recipient is not None:
            return self.data()
        elif word == "RSET":
            self.sender = self.recipient = None
            self.say("250 forgotten")
        else:
            self.say("503 not now")
        return True

    def authenticate(self, how, initial=None):
        def ask(what):
            self.say("334 " + base64.b64encode(what).decode())
            return base64.b64decode(self.line())
        if how == "PLAIN":
            _, user, password = (base64.b64decode(initial) if initial else ask(b"")).split(b"\0")
        else:
            user = base64.b64decode(initial) if initial else ask(b"Username:")
            password = ask(b"Password:")
        receiver = self.server.receiver
        if receiver.login_status:
            self.say(receiver.login_status)
        elif (user.decode(), password.decode()) == receiver.login:
            self.user = user.decode()
            self.say("235 welcome")
        else:
            self.say("535 5.7.8 who are you")

    def address(self, rest, word):
        if not rest.upper().startswith(word + ":<") or ">" not in rest:
            self.server.receiver.faults.append(rest.encode())
            return None
        return rest[len(word) + 2:rest.index(">")]

    def mail_from(self, rest):
        receiver = self.server.receiver
        if receiver.login and not self.user:
            return self.say("530 5.7.0 log in first")
        sender = self.address(rest, "FROM")
        name, _, number = (sender or "").partition("@")[0].partition(".")
        if name == "slow":
            receiver.closing.wait(float(number))
        if name == "nobody":
            return self.say("553 5.7.1 not yours")
        if name == "large":
            return self.say("552 5.3.4 too large")
        self.sender = sender
        self.say("250 ok")

    def rcpt_to(self, rest):
        recipient = self.address(rest, "TO")
        name, number = self.behaviour(recipient or "")
        if name == "refuse":
            return self.say("550 5.1.1 no such user here")
        if name == "busy" and self.server.receiver.count("RCPT", recipient) <= number:
            return self.say("451 4.7.1 come back later")
        self.recipient = recipient
        self.say("250 ok")

    def behaviour(self, recipient):
        name, _, number = recipient.partition("@")[0].partition(".")
        return name, float(number) if number else float("inf")

    def data(self):
        receiver = self.server.receiver
        name, number = self.behaviour(self.recipient)
        nth = receiver.count("DATA", self.recipient)
        self.say("354 go on")
        lines = []
        while (line := self.line()) != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
            if name == "close" and nth <= number and len(lines) > 5:
                return False
        mail = Mail(self.sender, self.recipient, b"".join(line + b"\r\n" for line in lines), self.secured, self.user)
        self.sender = self.recipient = None
        if name == "later" and nth <= number:
            mail.status, answer = 451, "451 4.3.0 try again"
        elif name == "spam" and nth <= number:
            mail.status, answer = 554, "554 5.7.1 this is spam"
        elif (name == "leave" and nth <= number) or name == "mute":
            mail.status, answer = 0, None
        else:
            mail.status, answer = 250, "250 taken"
        receiver.take(mail)
        if name == "mute":
            receiver.closing.wait()
        if answer is None:
            return False
        self.say(answer)
        return True


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_):
        pass

    def shutdown_request(self, request):
        # A wrapped socket is another one.
        try:
            request.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        request.close()


class MailReceiver:
    """`login`: (user, password) that it wants, or None."""

    def __init__(self, security="none", certificate=None, login=None, log=None):
        self.security, self.login, self.log = security, login, log
        self.greeting, self.login_status = "220 here is the mail", ""
        self.lock = threading.Lock()
        self.taken, self.faults, self.counts = [], [], {}
        # Called with the mail when it is taken, before the answer leaves.
        self.received = lambda mail: None
        self.closing = threading.Event()
        self.server = Server(("127.0.0.1", 0), Dialogue)
        self.server.receiver = self
        if security != "none":
            self.server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.server.context.load_cert_chain(*certificate)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def count(self, what, recipient):
        """How often `recipient` has come, this time included."""
        with self.lock:
            self.counts[what, recipient] = self.counts.get((what, recipient), 0) + 1
            return self.counts[what, recipient]

    def take(self, mail):
        with self.lock:
            self.taken.append(mail)
            if self.log:
                self.log.write(mail.line() + "\n")
        self.received(mail)

    def mails(self, recipient=None):
        with self.lock:
            return [each for each in self.taken if recipient in (None, each.recipient)]


def main():
    log, directory, *rest = sys.argv[1:]
    security = rest[0] if rest else "none"
    certificate = make_certificate(directory) if security != "none" else None
    with open(log, "a", buffering=1) as out:
        receiver = MailReceiver(security, certificate, tuple(rest[1:3]) or None, out)
        print(receiver.port, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()

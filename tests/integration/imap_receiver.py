"""A mailbox by IMAP, as far as RFC 3501 is needed to look for answers in it: what it is told beyond that is a fault, noted
and refused. With a certificate it speaks TLS from the first byte on. `down` it takes no login, which is plant and "a word".
Alone, as `imap_receiver.py DIRECTORY`, it prints its port and has what lies there as N.eml as its mails, whose ids are of
the validity that the file `validity` says."""

import glob
import os
import re
import socketserver
import ssl
import sys
import threading
from datetime import datetime, timezone

LOGIN = ("plant", "a word")


def text_of(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


class Handler(socketserver.StreamRequestHandler):
    def setup(self):
        if self.server.mailbox.context:
            self.request = self.server.mailbox.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def say(self, text):
        self.wfile.write(text.encode("ascii") + b"\r\n")

    def handle(self):
        box = self.server.mailbox
        self.say("* OK here it is")
        selected = logged_in = False
        for line in self.rfile:
            tag, _, command = line.decode("ascii").strip().partition(" ")
            name = command.split(" ")[0].upper()
            if name == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1")
            elif name == "LOGIN":
                logged_in = not box.down and re.fullmatch(r'LOGIN "?plant"? "a word"', command) is not None
                if not logged_in:
                    self.say(f"{tag} NO [AUTHENTICATIONFAILED] who are you?")
                    continue
            elif name == "LOGOUT":
                self.say("* BYE")
                self.say(f"{tag} OK")
                return
            elif name == "SELECT" and logged_in:
                selected = command.split(" ")[1].strip('"') == "INBOX"
                self.say(f"* {len(box.mails())} EXISTS")
                self.say(f"* OK [UIDVALIDITY {box.validity()}] these ids hold")
            elif search := selected and re.fullmatch(r"UID SEARCH SINCE (\d+-[A-Z][a-z]{2}-\d{4})", command):
                datetime.strptime(search[1], "%d-%b-%Y").replace(tzinfo=timezone.utc)
                self.say(" ".join(["* SEARCH", *map(str, sorted(box.mails()))]))
            elif fetch := selected and re.fullmatch(r"UID FETCH (\d+) BODY\[HEADER\]", command):
                mail = box.mails().get(int(fetch[1]))
                if mail is not None:
                    header = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                    box.note(int(fetch[1]))
                    self.say(f"* 1 FETCH (UID {fetch[1]} BODY[HEADER] {{{len(header)}}}")
                    self.wfile.write(header)
                    self.say(")")
            else:
                box.faults.append(command)
                self.say(f"{tag} BAD not here")
                continue
            self.say(f"{tag} OK done")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_):
        pass


class Mailbox:
    def __init__(self, certificate=None, directory=None):
        self.lock = threading.Lock()
        self.kept, self.directory = {}, directory
        # Ids of the mails whose headers were taken; commands that are none.
        self.fetched, self.faults, self.down = [], [], False
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.mailbox = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def validity(self):
        return int(text_of(os.path.join(self.directory, "validity")) or 1) if self.directory else 1

    def mails(self):
        with self.lock:
            out = dict(self.kept)
        for path in glob.glob(os.path.join(self.directory, "*.eml")) if self.directory else ():
            out[int(os.path.basename(path)[:-4])] = text_of(path)
        return out

    def note(self, mail):
        with self.lock:
            self.fetched.append(mail)

    def deliver(self, *fields):
        """A mail with these lines of a header, taken now."""
        taken = "Received: from a.example by mail.plant.example; " + datetime.now(timezone.utc).strftime(
            "%a, %d %b %Y %H:%M:%S +0000")
        with self.lock:
            self.kept[len(self.kept) + 1] = "\r\n".join([taken, *fields, "", "I see to it.", ""]).encode()
            return len(self.kept)


def main():
    box = Mailbox(directory=sys.argv[1])
    print(box.port, flush=True)
    box.thread.join()


if __name__ == "__main__":
    main()

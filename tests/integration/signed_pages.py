"""Pages that are signed: receivers that know the secret, and the channel that signs with it."""

import os

from http_receiver import Receiver

SECRET = "a key of both sides"


class SignedPages:
    """Beside a NodeTest."""

    def receiver(self, cleanup=None, **how):
        receiver = Receiver(SECRET, **how)
        (cleanup or self.addCleanup)(receiver.close)
        return receiver

    def hook(self, receiver, path="/pages", **more):
        # Once: a node that starts may be reading it.
        if not os.path.exists(self.path("secret")):
            with open(self.path("secret"), "w") as out:
                out.write(SECRET)
        return {"type": "webhook", "url": receiver.url(path), "secret": "file:" + self.path("secret")} | more

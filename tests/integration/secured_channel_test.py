"""Channels behind a plant's own certificates and proxy: a private authority, a receiver that wants to know who we are,
and a proxy by the settings or by the environment."""

import ssl
import subprocess
import unittest

from http_proxy import Proxy
from http_receiver import Receiver
from node_process import NodeTest, until
from plant_lines import FACILITY, GrowingFile, reading, sensor_row


class SecuredChannelTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(self.log.out.close)
        self.authority("plant")
        self.certificate("server", "plant", "subjectAltName=IP:127.0.0.1")
        self.certificate("client", "plant", "extendedKeyUsage=clientAuth")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def authority(self, name):
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                     "-keyout", self.path(name + ".key"), "-out", self.path(name + ".pem"))

    def certificate(self, name, by, extension):
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout",
                     self.path(name + ".key"), "-out", self.path(name + ".csr"))
        self.openssl("x509", "-req", "-in", self.path(name + ".csr"), "-CA", self.path(by + ".pem"), "-CAkey",
                     self.path(by + ".key"), "-CAcreateserial", "-days", "2", "-extfile",
                     self.write(name + ".ext", [extension]), "-out", self.path(name + ".pem"))

    def secured(self, wants_client=False):
        receiver = Receiver(up=False)
        self.addCleanup(receiver.close)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("server.pem"), self.path("server.key"))
        if wants_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path("plant.pem"))
        receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
        receiver.come_up()
        return receiver

    def node(self, receiver, environment=None, **channel):
        hook = {"type": "webhook", "url": f"https://127.0.0.1:{receiver.port}/pages", "backoff": "50ms",
                "backoff_most": "200ms"} | channel
        node = self.start({
            "source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
            "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                      "sensors": self.write("sensors.jsonl", [sensor_row("TI-1")])},
            "channels": {"hook": hook}}, f"ledger-{receiver.port}-{len(channel)}-{len(environment or {})}",
            environment={"NO_PROXY": "", "no_proxy": ""} | (environment or {}))
        if self.log.out.tell() == 0:
            self.log.add(*(reading("TI-1", second, 50 + second % 2 / 10) for second in range(3)),
                         *(reading("TI-1", second, 120) for second in range(3, 8)))
        return node

    def test_a_receiver_is_trusted_by_the_authority_of_the_plant_alone(self):
        receiver = self.secured()
        stranger = self.node(receiver)
        until("it is not trusted", lambda: "certificate" in stranger.log())
        self.assertEqual(receiver.pages(), [])
        stranger.stop()
        node = self.node(receiver, ca=self.path("plant.pem"))
        until("a page", receiver.pages)
        node.stop()

    def test_a_receiver_that_wants_to_know_who_we_are_is_shown_our_certificate(self):
        receiver = self.secured(wants_client=True)
        nobody = self.node(receiver, ca=self.path("plant.pem"))
        until("it is not let in", lambda: "channel hook fails" in nobody.log())
        self.assertEqual(receiver.pages(), [])
        nobody.stop()
        node = self.node(receiver, ca=self.path("plant.pem"), certificate=self.path("client.pem"),
                         key=self.path("client.key"))
        until("a page", receiver.pages)
        node.stop()

    def test_a_proxy_is_taken_from_the_settings_or_from_the_environment(self):
        receiver, proxy, other = self.secured(), Proxy(), Proxy()
        for each in (proxy, other):
            self.addCleanup(each.server_close)
            self.addCleanup(each.shutdown)
        node = self.node(receiver, {"HTTPS_PROXY": other.url(), "https_proxy": "", "PROXY": proxy.url("me:word@")},
                         ca=self.path("plant.pem"), proxy="env:PROXY")
        until("a page", receiver.pages)
        node.stop()
        self.assertEqual(proxy.asked[0], (f"127.0.0.1:{receiver.port}", "Basic bWU6d29yZA=="))
        self.assertEqual(other.asked, [])
        self.assertNotIn("word", node.log())
        node = self.node(receiver, {"HTTPS_PROXY": other.url()}, ca=self.path("plant.pem"))
        until("a page through the environment's", lambda: len(receiver.pages()) > 1)
        node.stop()
        self.assertTrue(other.asked)

    def test_a_proxy_that_does_not_know_us_takes_the_channel_down(self):
        receiver, proxy = self.secured(), Proxy()
        self.addCleanup(proxy.server_close)
        self.addCleanup(proxy.shutdown)
        proxy.refuses = True
        node = self.node(receiver, ca=self.path("plant.pem"), proxy=proxy.url())
        until("it is told", lambda: "channel hook is down" in node.log())
        self.assertIn("407", node.log())
        proxy.refuses = False
        until("a page", receiver.pages)
        node.stop()

    def test_a_file_that_cannot_be_read_is_told_at_the_start(self):
        receiver = self.secured()
        node = self.node(receiver, ca=self.path("nowhere.pem"))
        self.assertEqual(node.wait(), 2)
        self.assertIn("channel hook: its ca " + self.path("nowhere.pem") + " cannot be read", node.log())


if __name__ == "__main__":
    unittest.main()

"""Pages by mail, from whole nodes: secured and logged in, refused and busy, killed at the answer, through a proxy; and
answers to them."""

import json
import unittest

from http_proxy import Proxy
from http_receiver import Receiver
from imap_receiver import LOGIN as IMAP_LOGIN, Mailbox
from node_process import NodeTest, until
from plant_lines import FACILITY, GrowingFile, reading, sensor_row
from smtp_receiver import MailReceiver, make_certificate

ANNA, BEN = "anna@plant.example", "ben@plant.example"
LOGIN = ("plant", "a word")


class EmailTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(self.log.out.close)

    def server(self, **more):
        receiver = MailReceiver(**more)
        self.addCleanup(receiver.close)
        return receiver

    def node(self, receiver, to=(ANNA,), others=None, environment=None, alarms=None, **channel):
        mail = {"type": "email", "server": "127.0.0.1", "port": receiver.port, "tls": receiver.security,
                "from": "alarms@plant.example", "to": list(to), "backoff": "50ms", "backoff_most": "400ms"}
        return self.start({
            "source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
            "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                      "sensors": self.write("sensors.jsonl", [sensor_row("TI-1")])},
            "rules": {"z": {"alarm": False}, "state": {"alarm": False}, "stale": {"alarm": False}},
            "channels": {"mail": mail | channel} | (others or {}), "alarms": alarms or {}},
            environment={"ALL_PROXY": "", "all_proxy": "", "NO_PROXY": "", "no_proxy": ""} | (environment or {}))

    def raise_alarm(self):
        self.log.add(*(reading("TI-1", second, 50 + second % 2 / 10) for second in range(3)),
                     *(reading("TI-1", second, 120) for second in range(3, 8)))

    def end_alarm(self):
        self.log.add(*(reading("TI-1", second, 50 + second % 2 / 10) for second in range(8, 100)))

    def thread_over(self, security):
        certificate = make_certificate(self.directory)
        receiver = self.server(security=security, certificate=certificate, login=LOGIN)
        node = self.node(receiver, user=LOGIN[0], password="env:MAIL_WORD", ca=certificate[0],
                         environment={"MAIL_WORD": LOGIN[1]})
        self.raise_alarm()
        until("the alert", receiver.mails)
        self.end_alarm()
        first, last = until("its end", lambda: len(receiver.mails()) == 2 and receiver.mails())
        node.stop()
        self.assertTrue(first.secured and last.secured)
        self.assertEqual((first.user, last.user), (LOGIN[0], LOGIN[0]))
        self.assertEqual(receiver.faults, [])
        self.assertNotIn(LOGIN[1], node.log())
        self.assertNotEqual(first.id, last.id)
        return first.message(), last.message()

    def test_an_alarm_is_a_thread_of_mails_over_a_secured_way_with_a_login(self):
        alert, end = self.thread_over("starttls")
        self.assertEqual(alert["References"], end["References"])
        self.assertTrue(alert["Subject"].startswith("critical limit: TI-1 on pump-1 at North works (north): 120"))
        self.assertIn("cleared", end["Subject"])
        self.assertEqual(alert["To"], ANNA)
        self.assertEqual(alert["Date"].datetime.isoformat(), "2026-01-01T00:00:03+00:00")
        self.assertIn("millwright ack ", alert.get_body(("plain",)).get_content())
        self.assertIn("<code>millwright ack ", alert.get_body(("html",)).get_content())

    def test_a_way_that_is_secured_from_the_first_byte_on_is_taken_as_well(self):
        self.thread_over("tls")

    def test_a_node_that_dies_at_the_answer_sends_the_same_mail_again_to_all(self):
        receiver = self.server()
        node = self.node(receiver, (ANNA, BEN))
        dying = node
        receiver.received = lambda mail: dying.kill() if mail.recipient == BEN and dying.alive() else None
        self.raise_alarm()
        node.wait()
        self.assertEqual([each.recipient for each in receiver.mails()], [ANNA, BEN])
        node = self.node(receiver, (ANNA, BEN))
        until("both again", lambda: len(receiver.mails()) == 4)
        node.stop()
        self.assertEqual(len({each.id for each in receiver.mails()}), 1)
        self.assertEqual(len({each.data for each in receiver.mails()}), 1)

    def test_who_is_busy_is_tried_again_and_who_is_refused_is_told_of(self):
        receiver = self.server()
        node = self.node(receiver, ("later.2@plant.example", "refuse@plant.example", ANNA, "close.1@plant.example"))
        self.raise_alarm()
        until("the busy one", lambda: len(receiver.mails("later.2@plant.example")) == 3)
        until("what is told", lambda: "not taken for refuse@plant.example" in node.log())
        node.stop()
        self.assertIn("550 5.1.1 no such user here", node.log())
        self.assertEqual(len(receiver.mails(ANNA)), 1)
        self.assertEqual(len(receiver.mails("close.1@plant.example")), 1)

    def test_what_nobody_takes_is_told_and_the_other_channels_have_it(self):
        receiver, other = self.server(), Receiver()
        self.addCleanup(other.close)
        node = self.node(receiver, ("refuse@plant.example",), {"hook": {"type": "webhook", "url": other.url()}})
        self.raise_alarm()
        until("what is told", lambda: "channel mail could not deliver" in node.log())
        until("the page", other.pages)
        node.stop()
        self.assertEqual(len(other.pages()), 1)

    def test_a_login_that_is_refused_takes_the_channel_down_until_it_is_mended(self):
        certificate = make_certificate(self.directory)
        receiver = self.server(security="starttls", certificate=certificate, login=LOGIN)
        receiver.login_status = "535 5.7.8 the word has expired"
        node = self.node(receiver, user=LOGIN[0], password="env:MAIL_WORD", ca=certificate[0],
                         environment={"MAIL_WORD": LOGIN[1]})
        self.raise_alarm()
        until("it is told", lambda: "channel mail is down" in node.log())
        self.assertIn("535 5.7.8 the word has expired", node.log())
        self.assertNotIn(LOGIN[1], node.log())
        receiver.login_status = ""
        until("a mail", receiver.mails)
        node.stop()

    def test_a_proxy_is_asked_for_a_tunnel_to_the_mail_server(self):
        receiver, proxy = self.server(), Proxy()
        self.addCleanup(proxy.server_close)
        self.addCleanup(proxy.shutdown)
        node = self.node(receiver, proxy=proxy.url())
        self.raise_alarm()
        until("a mail", receiver.mails)
        node.stop()
        self.assertEqual(proxy.asked[0][0], f"127.0.0.1:{receiver.port}")

    def test_who_answers_a_mail_has_acknowledged_its_alarm_over_a_kill_and_nobody_is_told_again(self):
        certificate = make_certificate(self.directory)
        box = Mailbox(certificate)
        self.addCleanup(box.close)
        receiver = self.server(security="starttls", certificate=certificate, login=LOGIN)
        replies = {"server": "127.0.0.1", "port": box.port, "user": IMAP_LOGIN[0],
                   "password": "file:" + self.write("imap", [IMAP_LOGIN[1]]), "from": ["chief@plant.example"]}

        def start():
            return self.node(receiver, user=LOGIN[0], password="env:MAIL_WORD", ca=certificate[0], replies=replies,
                             ask_every="1s", alarms={"remind": {"after": "1s", "times": 1000}},
                             environment={"MAIL_WORD": LOGIN[1]})

        def alarm():
            code, out, _ = node.ask("alarms", "--json")
            return json.loads(out.splitlines()[0]) if code == 0 and out else {}

        node = start()
        self.raise_alarm()
        until("it is told again", lambda: len(receiver.mails()) > 2)
        page = receiver.mails()[0].message()
        reply = [f"In-Reply-To: {page['Message-ID'].strip()}",
                 f"References: {page['References'].strip()} {page['Message-ID'].strip()}"]
        stranger = box.deliver("From: eve@plant.example", *reply)
        away = box.deliver(f"From: {ANNA}", "Auto-Submitted: auto-replied", *reply)
        until("they are looked at", lambda: {stranger, away} <= set(box.fetched))
        told = len(receiver.mails())
        until("it is told again all the same", lambda: len(receiver.mails()) > told)
        self.assertFalse(alarm()["acknowledged"])
        box.down = True
        until("that nobody can look is told", lambda: "channel mail: the mailbox does not say" in node.log())
        node.kill()
        box.deliver("From: The chief <Chief@plant.example>", *reply)
        box.down = False
        node = start()
        until("it is acknowledged", lambda: alarm().get("acknowledged"))
        self.assertEqual(alarm()["acknowledged_by"], "mail: chief@plant.example")
        until("nothing waits", lambda: (node.status() or {}).get("pages_pending") == 0)
        node.kill()
        told = len(receiver.mails())
        node = start()
        self.end_alarm()
        last = until("its end", lambda: receiver.mails()[told:])
        self.assertEqual(["cleared" in each.message()["Subject"] for each in last], [True])
        self.assertEqual(box.faults, [])
        for word in (IMAP_LOGIN[1], "channel mail is down"):
            self.assertNotIn(word, node.log())
        node.stop()


if __name__ == "__main__":
    unittest.main()

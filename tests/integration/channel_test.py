"""`millwright channel test NAME`: a page that says it is a test, over each type of channel, and what comes of it."""

import json
import subprocess
import unittest
import urllib.parse

from http_receiver import Receiver
from node_process import MILLWRIGHT, NodeTest, millwright, yaml_of
from smtp_receiver import MailReceiver


class ChannelTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)

    def configured(self, **channels):
        return self.write("node.yaml", [yaml_of({"channels": channels})])

    def tried(self, **channel):
        """Exit code, what was said to either output."""
        return millwright("channel", "test", "it", "-c", self.configured(it=channel), "--by", "anna")

    def taken(self, **channel):
        code, out, errors = self.tried(**channel)
        self.assertEqual((code, errors), (0, ""))
        self.assertRegex(out, r"(?m)^channel it: taken after \d+ m?s")
        return out

    def refused(self, **channel):
        code, out, errors = self.tried(**channel)
        self.assertEqual((code, out), (2, ""))
        self.assertEqual(len(errors.splitlines()), 1, errors)
        return errors

    def body(self):
        return self.receiver.pages()[-1].body.decode()

    def test_a_webhook_is_sent_a_marked_page_and_its_answer_is_shown(self):
        self.assertIn(": HTTP 200\n", self.taken(type="webhook", url=self.receiver.url()))
        body = json.loads(self.body())
        self.assertTrue(body["test"])
        self.assertIsNone(body["alarm_id"])
        self.assertTrue(body["message"].startswith("TEST of the channel it by anna at "), body["message"])

    def test_every_type_says_that_it_is_a_test(self):
        for channel in ({"type": "slack"}, {"type": "teams"}, {"type": "gateway", "body": '{"text": "{message}"}'}):
            self.taken(url=self.receiver.url(), **channel)
            self.assertIn("TEST of the channel it by anna", self.body())
        self.taken(type="ntfy", url=self.receiver.url("/topic"))
        push = self.receiver.pages("/")[-1].json()
        self.assertEqual((push["topic"], push["priority"]), ("topic", 3))
        self.assertIn("TEST of the channel it", push["message"])
        code, out, errors = millwright(
            "channel", "test", "it", "--by", "anna", "--set", "channels.it=" + yaml_of(
                {"type": "twilio", "url": self.receiver.url(""), "user": "AC1", "password": "file:" + self.write(
                    "token", ["word"]), "from": "+4940", "to": ["+49170"]}))
        self.assertEqual((code, errors), (0, ""), out)
        sms = self.receiver.pages("/2010-04-01/Accounts/AC1/Messages.json")[-1]
        fields = dict(urllib.parse.parse_qsl(sms.body.decode()))
        self.assertEqual((fields["To"], fields["From"]), ("+49170", "+4940"))
        self.assertIn("TEST of the channel it", fields["Body"])
        self.assertEqual(sms.headers["Authorization"], "Basic QUMxOndvcmQ=")
        self.assertIn("TEST of the channel it by anna", self.taken(type="terminal"))

    def test_a_mail_says_so_in_its_subject(self):
        server = MailReceiver()
        self.addCleanup(server.close)
        mail = {"type": "email", "server": "127.0.0.1", "port": server.port, "tls": "none",
                "from": "alarms@plant.example"}
        self.assertIn(": SMTP 250\n", self.taken(**mail, to=["anna@plant.example"]))
        self.assertTrue(server.mails()[0].message()["Subject"].startswith("TEST of the channel it by anna"))
        self.assertIn("550 5.1.1 no such user here", self.refused(**mail, to=["refuse@plant.example"]))
        code, out, errors = self.tried(**mail, to=["refuse@plant.example", "anna@plant.example"])
        self.assertEqual(code, 2)
        self.assertIn("taken after", out)
        self.assertIn("not taken for refuse@plant.example", errors)

    def test_what_is_not_taken_is_said_with_the_answer(self):
        hook = {"type": "webhook"}
        self.assertIn("are its address and secret right?", self.refused(url=self.receiver.url("/status/401"), **hook))
        self.assertIn("HTTP 401: it is so: 401", self.refused(url=self.receiver.url("/status/401"), **hook))
        self.assertIn("the page is refused", self.refused(url=self.receiver.url("/status/422"), **hook))
        self.assertIn("HTTP 503", self.refused(url=self.receiver.url("/status/503"), **hook))
        trouble = self.refused(type="gateway", url=self.receiver.url("/trouble/9"), body='{"text": "{message}"}',
                               failed_when='"error"')
        self.assertIn('HTTP 200, but: {"error": "no credit"}', trouble)
        port = self.receiver.port
        self.receiver.close()
        self.assertIn("Failed to connect", self.refused(url=f"http://127.0.0.1:{port}/", **hook))

    def test_a_wrong_name_is_told_with_the_one_that_was_meant(self):
        config = self.configured(pager={"type": "terminal"}, team={"type": "terminal"})
        for name, told in (("pagr", "pagr: there is no such channel (did you mean pager?)"),
                           ("nothing-like-it", "there are: pager, team")):
            code, out, errors = millwright("channel", "test", name, "-c", config)
            self.assertEqual((code, out), (2, ""))
            self.assertIn(told, errors)
            self.assertEqual(len(errors.splitlines()), 1)
        code, _, errors = millwright("channel", "test", "it", "--set", "channels={}")
        self.assertEqual(code, 2)
        self.assertIn("the configuration has none", errors)
        code, _, errors = millwright("channel", "tset", "it")
        self.assertEqual(code, 2)
        self.assertIn("did you mean test?", errors)

    def test_a_secret_that_is_not_there_is_told(self):
        done = subprocess.run([MILLWRIGHT, "channel", "test", "it", "-c",
                               self.configured(it={"type": "slack", "url": "env:NO_SUCH_URL"})],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("env:NO_SUCH_URL", done.stderr)


if __name__ == "__main__":
    unittest.main()

"""Our alarms at what answers as PagerDuty does: one incident each, under one key, which ends with its alarm, and whose
acknowledgement there is the alarm's."""

import json
import time
import unittest
from datetime import datetime, timedelta, timezone

from node_process import millwright, until, yaml_of
from pagerduty_receiver import KEY, TOKEN, PagerDuty
from stateful_case import CALM, CRITICAL, HIGH, SENSORS, StatefulCase


class PagerDutyTest(StatefulCase):
    def setUp(self):
        super().setUp()
        self.receiver = PagerDuty()
        self.addCleanup(self.receiver.close)

    def channel(self, key=KEY, **more):
        return {"pd": {"type": "pagerduty", "url": self.receiver.url, "routing_key": "file:" + self.write("key", [key]),
                       "backoff": "50ms", "backoff_most": "400ms"} | more}

    def asking(self, **more):
        return self.channel(api_token="file:" + self.write("token", [TOKEN]), api_url=self.receiver.api_url,
                            ask_every="1s", **more)

    def only(self):
        told = self.receiver.told()
        self.assertLessEqual(len(told), 1, told)
        return next(iter(told.values()), [])

    def test_an_alarm_is_one_incident_from_its_raise_over_its_severity_and_acknowledgement_to_its_end(self):
        node = self.start(self.settings(self.channel()))
        self.begin_high()
        until("the raise", lambda: self.only() == ["trigger error"])
        event = self.receiver.events[0]
        self.assertIn("TI-0 on pump-1 at North works (north)", event["payload"]["summary"])
        self.assertEqual((event["payload"]["component"], event["payload"]["class"]), ("pump-1", "limit"))
        self.feed(CRITICAL, 3)
        until("the rise", lambda: self.only() == ["trigger error", "trigger critical"])
        code, _, said = node.ask("ack", event["dedup_key"][:8], "--by", "anna")
        self.assertEqual(code, 0, said)
        until("the acknowledgement", lambda: self.only()[2:] == ["acknowledge"])
        # Nobody is told again what they know, and the node knows that they do.
        until("its answer is taken", lambda: (node.status() or {}).get("pages_pending") == 0)
        node.stop()
        node = self.start(self.settings(self.channel()))
        self.feed(CALM, 80)
        begin = time.monotonic()
        until("the end", lambda: self.only()[-1] == "resolve")
        # Not after the five minutes in which an alarm may reopen.
        self.assertLess(time.monotonic() - begin, 30)
        told = self.only()
        self.assertEqual((told[:3], told[-1]), (["trigger error", "trigger critical", "acknowledge"], "resolve"))
        self.assertEqual(told.count("acknowledge") + told.count("resolve"), 2)
        node.stop()

    def test_busy_down_and_killed_in_between_each_alarm_ends_up_as_what_it_is(self):
        settings = self.settings(self.channel())
        node = self.start(settings)
        self.receiver.busy = 2
        self.begin_high(SENSORS[:6])
        until("six incidents", lambda: len(self.receiver.open()) == 6)
        self.receiver.down = True
        tries = self.receiver.tries
        self.feed(CALM, 80, SENSORS[:3])
        until("it is tried", lambda: self.receiver.tries > tries + 2)
        node.kill()
        node = self.start(settings)
        tries = self.receiver.tries
        until("it is tried again", lambda: self.receiver.tries > tries + 2)
        self.receiver.down = False
        until("three are over", lambda: len(self.receiver.open()) == 3)
        self.assertEqual(len(self.receiver.told()), 6)
        for told in self.receiver.told().values():
            self.assertEqual(told[0], "trigger error")
            self.assertLessEqual(told.count("resolve"), 1)
        until("nothing waits", lambda: (node.status() or {}).get("pages_pending") == 0)
        node.stop()

    def alarm(self, node):
        """The only one, or nothing while the node does not answer."""
        code, out, _ = node.ask("alarms", "--json")
        return json.loads(out.splitlines()[0]) if code == 0 and out else {}

    def begin_critical(self):
        self.feed(CALM, 3)
        self.feed(CRITICAL, 90)
        return until("the incident", lambda: next(iter(self.receiver.open()), None))

    def test_who_acknowledges_there_has_acknowledged_the_alarm_and_nobody_is_told_again(self):
        settings = self.settings(self.asking(), remind={"after": "1s", "times": 1000})
        node = self.start(settings)
        key = self.begin_critical()
        until("it is told again", lambda: self.only().count("trigger critical") > 2)
        self.assertIn(key, until("it is asked about", lambda: self.receiver.asked))
        self.assertFalse(self.alarm(node)["acknowledged"])
        self.receiver.acknowledge(key, "Earline Greenholt")
        until("it is acknowledged", lambda: self.alarm(node).get("acknowledged"))
        self.assertEqual(self.alarm(node)["acknowledged_by"], "pagerduty: Earline Greenholt")
        until("PagerDuty is told so", lambda: self.only()[-1] == "acknowledge")
        node.kill()
        # What is acknowledged is asked about no more.
        asked = len(self.receiver.asked)
        node = self.start(settings)
        until("it is back", lambda: self.alarm(node).get("acknowledged"))
        self.feed(CALM, 80)
        until("the end", lambda: self.only()[-1] == "resolve")
        self.assertEqual([each for each in self.only()[self.only().index("acknowledge"):] if "trigger" in each], [])
        self.assertEqual(len(self.receiver.asked), asked)
        node.stop()

    def test_what_is_acknowledged_there_while_the_node_is_dead_counts_at_its_return(self):
        settings = self.settings(self.asking())
        node = self.start(settings)
        key = self.begin_critical()
        until("nothing waits", lambda: (node.status() or {}).get("pages_pending") == 0)
        node.kill()
        self.receiver.acknowledge(key, "Earline Greenholt")
        node = self.start(settings)
        until("it is acknowledged", lambda: self.alarm(node).get("acknowledged"))
        self.assertEqual(self.alarm(node)["acknowledged_by"], "pagerduty: Earline Greenholt")
        node.stop()

    def test_questions_that_fail_are_told_once_and_leave_the_pages_of_the_channel_alone(self):
        self.receiver.api_down = True
        node = self.start(self.settings(self.asking(), remind={"after": "1s", "times": 1000}))
        key = self.begin_critical()
        until("it is asked again and again", lambda: len(self.receiver.asked) > 3)
        trouble = "channel pd: PagerDuty does not say who has acknowledged there: HTTP 500"
        self.assertEqual(node.log().count(trouble), 1)
        self.assertNotIn("channel pd is down", node.log())
        self.assertNotIn(TOKEN, node.log())
        told = self.only().count("trigger critical")
        until("pages go on", lambda: self.only().count("trigger critical") > told)
        self.receiver.acknowledge(key, "Earline Greenholt")
        self.receiver.api_down = False
        until("it is acknowledged", lambda: self.alarm(node).get("acknowledged"))
        until("it is told", lambda: "PagerDuty says again who has acknowledged there" in node.log())
        node.stop()

    def test_old_news_comes_singly_and_only_what_still_stands(self):
        node = self.start(self.settings(self.channel()))
        self.begin = datetime.now(timezone.utc) - timedelta(hours=3)
        self.receiver.down = True
        self.feed(CALM, 3, SENSORS)
        self.feed(HIGH, 90, SENSORS)
        self.feed(CALM, 80, SENSORS[:12])
        until("what stands", lambda: (node.status() or {}).get("alarms_active") == 8)
        self.receiver.down = False
        until("eight incidents", lambda: len(self.receiver.open()) == 8)
        until("nothing waits", lambda: (node.status() or {}).get("pages_pending") == 0)
        triggered = [told for told in self.receiver.told().values() if "trigger error" in told]
        # Of the others one was being tried when it ended, at most.
        self.assertLessEqual(len(triggered), 9)
        node.stop()

    def test_a_channel_is_tried_out_and_the_answer_is_shown(self):
        config = self.write("test.yaml", [yaml_of({"channels": self.channel()})])
        code, out, errors = millwright("channel", "test", "pd", "-c", config, "--by", "anna")
        self.assertEqual((code, errors), (0, ""))
        self.assertIn('HTTP 202: {"status": "success", "message": "Event processed"', out)
        event, = self.receiver.events
        self.assertTrue(event["payload"]["summary"].startswith("TEST of the channel pd by anna"))
        self.assertEqual(event["payload"]["severity"], "info")
        wrong = self.write("wrong.yaml", [yaml_of({"channels": self.channel(key="f" * 32)})])
        code, out, errors = millwright("channel", "test", "pd", "-c", wrong)
        self.assertEqual((code, out), (2, ""))
        self.assertIn("the channel is refused (are its address and secret right?)", errors)
        self.assertIn("Invalid routing key", errors)
        self.assertNotIn("f" * 32, errors)


if __name__ == "__main__":
    unittest.main()

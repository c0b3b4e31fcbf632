"""Our alarms at a real Alertmanager: one alert each, which stands as long as the alarm does, and no longer."""

import time
import unittest

from alertmanager_server import Alertmanager
from node_process import millwright, until, yaml_of
from stateful_case import CALM, CRITICAL, HIGH, SENSORS, StatefulCase


class AlertmanagerTest(StatefulCase):
    def setUp(self):
        super().setUp()
        self.server = Alertmanager(self, resolve_timeout="2s")

    def channel(self, **more):
        return {"am": {"type": "alertmanager", "url": self.server.url + "/", "resend": "2s", "backoff": "50ms",
                       "backoff_most": "400ms"} | more}

    def one(self, **annotations):
        """The only alert, when its annotations are these."""
        def found():
            alerts = self.server.alerts()
            self.assertLessEqual(len(alerts), 1)
            return alerts if alerts and annotations.items() <= alerts[0]["annotations"].items() else None
        return until(f"an alert with {annotations}", found)[0]

    def stands_for(self, seconds, fingerprint):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.assertEqual([each["fingerprint"] for each in self.server.alerts()], [fingerprint])
            time.sleep(0.1)

    def test_an_alarm_is_one_alert_for_its_whole_life_and_ends_with_it_at_once(self):
        node = self.start(self.settings(self.channel()))
        self.begin_high()
        raised = self.one(severity="high")
        self.assertEqual(raised["labels"] | {"alarm": ""},
                         {"alertname": "limit", "alarm": "", "facility": "north", "equipment": "pump-1",
                          "sensor": "TI-0", "job": "millwright"})
        self.assertIn("TI-0 on pump-1 at North works (north)", raised["annotations"]["summary"])
        self.feed(CRITICAL, 3)
        worse = self.one(severity="critical")
        self.assertEqual((worse["fingerprint"], worse["startsAt"]), (raised["fingerprint"], raised["startsAt"]))
        # Far beyond its resolve_timeout, and beyond the end that each telling names.
        self.stands_for(11, raised["fingerprint"])
        code, _, said = node.ask("ack", raised["labels"]["alarm"][:8], "--by", "anna")
        self.assertEqual(code, 0, said)
        # Whoever said so, and as which user of the machine.
        until("its acknowledgement", lambda: self.one()["annotations"].get("acknowledged", "").startswith("by anna"))
        self.feed(CALM, 80)
        until("it is over", lambda: not self.server.alerts(), patience=20)
        until("nothing waits", lambda: (node.status() or {}).get("pages_pending") == 0)
        node.stop()

    def test_a_node_that_is_killed_keeps_its_alerts_and_one_that_stays_away_loses_them(self):
        settings = self.settings(self.channel(resend="3s"))
        node = self.start(settings)
        self.begin_high()
        raised = self.one(severity="high")
        for _ in range(3):
            node.kill()
            node = self.start(settings)
            self.stands_for(2, raised["fingerprint"])
        node.kill()
        until("silence ends it", lambda: not self.server.alerts(), patience=20)
        node = self.start(settings)
        self.assertEqual(self.one(severity="high")["fingerprint"], raised["fingerprint"])
        self.feed(CALM, 80)
        until("it is over", lambda: not self.server.alerts(), patience=20)
        node.stop()

    def test_a_server_that_was_away_is_told_all_that_stands_by_then(self):
        node = self.start(self.settings(self.channel()))
        self.begin_high(SENSORS[:4])
        until("four alerts", lambda: len(self.server.alerts()) == 4)
        self.server.kill()
        self.feed(HIGH, 90, SENSORS[4:5])
        self.feed(CALM, 80, SENSORS[:2])
        until("what stands now", lambda: (node.status() or {}).get("alarms_active") == 3)
        self.server.start()
        until("three alerts", lambda: {each["labels"]["sensor"] for each in self.server.alerts()} == set(SENSORS[2:5]))
        node.stop()

    def test_a_channel_is_tried_out_with_an_alert_that_says_so(self):
        config = self.write("test.yaml", [yaml_of({"channels": self.channel()})])
        code, out, errors = millwright("channel", "test", "am", "-c", config, "--by", "anna")
        self.assertEqual((code, errors), (0, ""))
        self.assertRegex(out, r"^channel am: taken after .*: HTTP 200")
        alert, = self.server.alerts()
        self.assertEqual(alert["labels"]["alertname"], "test")
        self.assertTrue(alert["annotations"]["summary"].startswith("TEST of the channel am by anna"))


if __name__ == "__main__":
    unittest.main()

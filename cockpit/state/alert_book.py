"""The alerts of a session by id: which are active, and how many that are over are still remembered."""

from cockpit.records import AlertRecord

RESOLVED = 200


class AlertBook(dict[str, AlertRecord]):
    """Alerts in the order in which they were last raised; `active` and `critical` are those nobody has seen yet.

    Of the resolved ones the newest 200 are kept. `version` grows with every change; only `keep` may change anything.
    """

    def __init__(self) -> None:
        super().__init__()
        self.version = 0
        self.active: dict[str, AlertRecord] = {}
        self.critical: dict[str, AlertRecord] = {}
        self._resolved: dict[str, None] = {}  # the one that was resolved first comes first

    def keep(self, alert: AlertRecord) -> None:
        """The alert as it is now, in the place of what was known of it."""
        id = alert.id
        self.version += 1
        self.active.pop(id, None)
        self.critical.pop(id, None)
        self._resolved.pop(id, None)
        if alert.state == "active":
            self.pop(id, None)
            self.active[id] = alert
            if alert.severity == "critical":
                self.critical[id] = alert
        elif alert.state == "resolved":
            self._resolved[id] = None
        self[id] = alert
        if len(self._resolved) > RESOLVED:
            oldest = next(iter(self._resolved))
            del self._resolved[oldest], self[oldest]

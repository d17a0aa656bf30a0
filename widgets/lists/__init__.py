"""What has happened: ledger, orders, alerts, closed round trips, log."""

"""Interactive Brokers as broker: orders sent, what became of them, and what the account holds."""

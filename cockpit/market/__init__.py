"""What the engine believes about the market: trust, freshness, features, open interest; no orders and no positions."""

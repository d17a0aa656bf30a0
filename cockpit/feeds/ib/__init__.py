"""Live market data from Interactive Brokers: contracts found, chains chosen, ticks made rows; no order is ever sent."""

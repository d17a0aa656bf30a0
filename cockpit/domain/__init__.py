"""The nouns of the trade: instruments, markets, money, orders, executions."""

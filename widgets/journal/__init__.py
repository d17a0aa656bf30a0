"""Round trips of all sessions: the table, their charts, and the story of one."""

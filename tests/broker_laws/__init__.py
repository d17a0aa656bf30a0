"""A live session against a broker that does everything wrong that one can, in schedules drawn at random."""

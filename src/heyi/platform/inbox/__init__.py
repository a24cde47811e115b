"""What waits for a person: notices, mentions, tasks; with cheap counts."""

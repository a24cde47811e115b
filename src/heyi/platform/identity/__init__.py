"""Who uses Heyi: people, what they may do in which company, their sessions and their tokens."""

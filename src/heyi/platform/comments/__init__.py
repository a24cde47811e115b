"""What people say to each other about a record. Said is said: withdrawn, never changed."""

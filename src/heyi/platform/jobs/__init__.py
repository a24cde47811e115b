"""Work that happens later: events in order per key, jobs a person can watch, one worker."""

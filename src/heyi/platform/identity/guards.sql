-- Used one-time codes and rate limits, shared by all processes. Nothing here outlives a crash.
CREATE UNLOGGED TABLE IF NOT EXISTS identity_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS identity_cache_expires ON identity_cache (expires);

-- Heyi's clock: the world's, set apart by `shift` when a rehearsal travels in time.
CREATE TABLE IF NOT EXISTS platform_clock (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    shift interval NOT NULL DEFAULT '0'
);
INSERT INTO platform_clock DEFAULT VALUES ON CONFLICT DO NOTHING;
CREATE OR REPLACE FUNCTION platform_now() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT now() + (SELECT shift FROM platform_clock) $$;

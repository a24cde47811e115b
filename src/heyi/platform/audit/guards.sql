-- The audit cannot be rewritten, and what is rewritten all the same is found.
CALL platform_append_only('audit_record');
CALL platform_append_only('audit_seal');

-- What is hashed of a record: every column, in one form whatever the session's settings.
CREATE OR REPLACE FUNCTION audit_digest(r audit_record) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    r.id, r.company_id, (extract(epoch FROM r.at) * 1000000)::bigint, r.actor_id, r.actor, r.ip,
    r.action, r.subject_type, r.subject_id, r.changes, r.reason, r.trace)::text, 'UTF8'))
$$;

-- The running hash of a chain: audit_chain(before, digest) OVER (ORDER BY position).
CREATE OR REPLACE FUNCTION audit_link(link bytea, before bytea, digest bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$ SELECT sha256(coalesce(link, before) || digest) $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_proc WHERE proname = 'audit_chain') THEN
    CREATE AGGREGATE audit_chain(before bytea, digest bytea) (sfunc = audit_link, stype = bytea);
  END IF;
END $$;

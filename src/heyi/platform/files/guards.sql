-- An attachment may be withdrawn and its scan recorded; what it is never changes.
CREATE OR REPLACE FUNCTION files_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE may text[] := '{state,withdrawn_by,withdrawn_at,reason}';
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(OLD) - may <> to_jsonb(NEW) - may
     OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
     OR (OLD.state = 'infected' AND NEW.state <> 'infected') THEN
    RAISE EXCEPTION 'an attachment is kept as it was added' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE OR DELETE ON files_attachment
  FOR EACH ROW EXECUTE FUNCTION files_kept();

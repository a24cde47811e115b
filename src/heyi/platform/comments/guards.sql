-- A comment may be withdrawn once; it is never rewritten or removed.
CREATE OR REPLACE FUNCTION comments_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
     OR to_jsonb(OLD) - '{withdrawn_by,withdrawn_at}'::text[]
        <> to_jsonb(NEW) - '{withdrawn_by,withdrawn_at}'::text[] THEN
    RAISE EXCEPTION 'a comment is kept as it was said' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE OR DELETE ON comments_comment
  FOR EACH ROW EXECUTE FUNCTION comments_kept();

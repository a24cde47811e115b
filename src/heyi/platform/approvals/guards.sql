CALL platform_append_only('approvals_decision');

-- A published policy is a promise to the requests that run on it.
CREATE OR REPLACE FUNCTION approvals_policy_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'state' <> to_jsonb(NEW) - 'state' OR NEW.state = 'draft' THEN
    RAISE EXCEPTION 'a published policy is frozen; draft a new version' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON approvals_policy
  FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION approvals_policy_frozen();

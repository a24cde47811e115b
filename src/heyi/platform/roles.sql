-- What the running product may do in the database. Applied by the owner after every migration;
-- repeatable. The product works as `heyi_app`, which owns nothing: it cannot switch a trigger off,
-- cannot empty a table, and cannot change or delete what is only ever added.
DO $$
DECLARE t regclass;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'heyi_app') THEN
    BEGIN
      CREATE ROLE heyi_app NOLOGIN;
    EXCEPTION
      WHEN duplicate_object THEN NULL;  -- another database of this server was just as fast
      WHEN insufficient_privilege THEN
        RAISE NOTICE 'role heyi_app is missing and may not be created here: nothing granted';
        RETURN;
    END;
  END IF;

  GRANT USAGE ON SCHEMA public TO heyi_app;
  REVOKE ALL ON ALL TABLES IN SCHEMA public FROM heyi_app;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO heyi_app;
  REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM heyi_app;
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO heyi_app;
  GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO heyi_app;

  -- Rows that are only ever added: whatever called platform_append_only().
  FOR t IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'append_only' LOOP
    EXECUTE format('REVOKE UPDATE, DELETE ON %s FROM heyi_app', t);
  END LOOP;

  -- Documents are cancelled or reversed, never deleted; their drafts' lines may be.
  FOR t IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'frozen' LOOP
    EXECUTE format('REVOKE DELETE ON %s FROM heyi_app', t);
  END LOOP;

  -- Balances, places, accounts and rules stay. What may go: promises kept, turnover folded,
  -- layers used up.
  FOR t IN SELECT c.oid::regclass FROM pg_class c
           WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
             AND c.relname LIKE 'ledger\_%'
             AND c.relname NOT IN ('ledger_reservation', 'ledger_balancedelta', 'ledger_poollayer') LOOP
    EXECUTE format('REVOKE DELETE ON %s FROM heyi_app', t);
  END LOOP;

  -- The schema is the owner's.
  IF to_regclass('django_migrations') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM heyi_app;
  END IF;
END $$;

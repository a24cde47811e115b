-- What the database guarantees on its own about documents.

-- Rows that are only ever added.
CREATE OR REPLACE FUNCTION platform_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
CREATE OR REPLACE PROCEDURE platform_append_only(t text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I '
                 'FOR EACH ROW EXECUTE FUNCTION platform_refuse_rewrite()', t);
END $$;
CALL platform_append_only('platform_documentlog');

-- Posted paper is frozen: its header keeps everything but state, version, extra and who
-- changed it; its lines everything.
CREATE OR REPLACE FUNCTION platform_header_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(OLD) - '{state,version,extra,changed_by,changed_at}'::text[] <> to_jsonb(NEW) - '{state,version,extra,changed_by,changed_at}'::text[]
     OR NOT (NEW.state = OLD.state OR (OLD.state = 'posted' AND NEW.state = 'reversed')) THEN
    RAISE EXCEPTION 'a posted document is frozen; reverse it' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION platform_lines_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE frozen boolean;  -- TG_ARGV: header table, the line's column that points at it
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM touched t JOIN %I h ON h.id = t.%I '
                 'WHERE h.state IN (''posted'', ''reversed''))', TG_ARGV[0], TG_ARGV[1]) INTO frozen;
  IF frozen THEN
    RAISE EXCEPTION 'a posted document is frozen; reverse it' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE PROCEDURE platform_freeze(header text, lines text, pointer text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON %I FOR EACH ROW '
    'WHEN (OLD.state IN (''posted'', ''reversed'')) EXECUTE FUNCTION platform_header_frozen()', header);
  EXECUTE format('CREATE OR REPLACE TRIGGER frozen_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS touched '
    'FOR EACH STATEMENT EXECUTE FUNCTION platform_lines_frozen(%L, %L)', lines, header, pointer);
  EXECUTE format('CREATE OR REPLACE TRIGGER frozen_update AFTER UPDATE ON %I REFERENCING OLD TABLE AS touched '
    'FOR EACH STATEMENT EXECUTE FUNCTION platform_lines_frozen(%L, %L)', lines, header, pointer);
  EXECUTE format('CREATE OR REPLACE TRIGGER frozen_move AFTER UPDATE ON %I REFERENCING NEW TABLE AS touched '
    'FOR EACH STATEMENT EXECUTE FUNCTION platform_lines_frozen(%L, %L)', lines, header, pointer);
  EXECUTE format('CREATE OR REPLACE TRIGGER frozen_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS touched '
    'FOR EACH STATEMENT EXECUTE FUNCTION platform_lines_frozen(%L, %L)', lines, header, pointer);
END $$;

-- Fast numbers: a sequence per company, type and period, made when its first number is asked for.
-- Nothing waits for a number but the very first documents of a period. Gaps are fine here.
CREATE OR REPLACE FUNCTION platform_next_numbers(series text, how_many int) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF to_regclass(format('%I', series)) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(series, 7));
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I CACHE 1', series);
  END IF;
  RETURN QUERY EXECUTE format('SELECT nextval(%L::regclass) FROM generate_series(1, %s)', format('%I', series), how_many);
END $$;

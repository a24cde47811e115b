-- What the database guarantees on its own, whoever writes. Run after the tables exist.

-- Turnover not yet folded. No key and no index: rows are only appended, and taken away by the fold.
CREATE TABLE IF NOT EXISTS ledger_balancedelta (
    company_id bigint NOT NULL, period_id bigint NOT NULL, account_id bigint NOT NULL,
    dimension_set_id bigint NOT NULL, currency varchar(3) NOT NULL,
    debit numeric(18,2) NOT NULL, credit numeric(18,2) NOT NULL,
    "foreign" numeric(18,2) NOT NULL, quantity numeric(20,6) NOT NULL
);

-- Balances are updated in place; room on the page keeps the update off the indexes.
ALTER TABLE ledger_quantitybalance SET (fillfactor = 50);
ALTER TABLE ledger_placetotal SET (fillfactor = 50);
ALTER TABLE ledger_valuepool SET (fillfactor = 50);
ALTER TABLE ledger_poolday SET (fillfactor = 70);
ALTER TABLE ledger_series SET (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CALL platform_append_only('ledger_voucher');
CALL platform_append_only('ledger_journalline');
CALL platform_append_only('ledger_stockmove');
CALL platform_append_only('ledger_valueentry');

-- Each voucher balances, checked when the transaction commits: one look per voucher, not per line.
CREATE OR REPLACE FUNCTION ledger_voucher_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE difference numeric; lines bigint;
BEGIN
  SELECT coalesce(sum(debit - credit), 0), count(*) INTO difference, lines
  FROM ledger_journalline WHERE voucher_id = NEW.id;
  IF difference <> 0 OR (lines < 2) <> (NEW.number IS NULL) THEN
    RAISE EXCEPTION 'voucher % does not balance: difference %, % lines', NEW.id, difference, lines
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS voucher_balances ON ledger_voucher;
CREATE CONSTRAINT TRIGGER voucher_balances AFTER INSERT ON ledger_voucher
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_voucher_balances();

-- Nobody adds a line to a voucher on the side: every INSERT balances per voucher, and the
-- voucher row comes after its lines, so lines for one that exists already are refused.
CREATE OR REPLACE FUNCTION ledger_lines_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM added GROUP BY voucher_id HAVING sum(debit - credit) <> 0) THEN
    RAISE EXCEPTION 'journal lines do not balance' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM added a JOIN ledger_voucher v ON v.id = a.voucher_id) THEN
    RAISE EXCEPTION 'the voucher is posted; post a reversal' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER lines_balance AFTER INSERT ON ledger_journalline
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_lines_balance();

-- Lines and moves without their voucher are refused at commit: so is forgetting to number it.
DO $$ DECLARE t text; BEGIN
  FOREACH t IN ARRAY ARRAY['ledger_journalline', 'ledger_stockmove'] LOOP
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = t || '_voucher') THEN
      EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (voucher_id) REFERENCES ledger_voucher (id) '
                     'DEFERRABLE INITIALLY DEFERRED', t, t || '_voucher');
    END IF;
  END LOOP;
END $$;

-- A place's row follows the policy of its product and place. Turning it off where stock is below
-- zero is refused by the check on the row.
CREATE OR REPLACE FUNCTION ledger_policy_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['ledger_quantitybalance', 'ledger_placetotal'] LOOP
    EXECUTE format(
      'UPDATE %I b SET negative = CASE p.negative WHEN ''allow'' THEN true WHEN ''refuse'' THEN false ELSE l.negative END '
      'FROM product_product p, ledger_location l WHERE b.product_id = p.id AND b.location_id = l.id AND %I.id = $1 '
      'AND b.company_id IN (SELECT id FROM platform_company)',
      t, CASE TG_TABLE_NAME WHEN 'ledger_location' THEN 'l' ELSE 'p' END) USING NEW.id;
  END LOOP;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER policy_changed AFTER UPDATE OF negative ON ledger_location
  FOR EACH ROW WHEN (OLD.negative <> NEW.negative) EXECUTE FUNCTION ledger_policy_changed();
CREATE OR REPLACE TRIGGER policy_changed AFTER UPDATE OF negative ON product_product
  FOR EACH ROW WHEN (OLD.negative <> NEW.negative) EXECUTE FUNCTION ledger_policy_changed();

-- How goods are costed and followed cannot change under goods that are there: their layers, lots
-- and prices would mean something else. Sell or move them out first.
CREATE OR REPLACE FUNCTION ledger_goods_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE used boolean;
BEGIN
  IF TG_TABLE_NAME = 'product_category' THEN
    used := EXISTS (SELECT FROM ledger_valuepool v JOIN product_product p ON p.id = v.product_id
                    WHERE p.category_id = NEW.id AND v.quantity <> 0);
  ELSIF NEW.tracking = OLD.tracking AND EXISTS (
      SELECT FROM product_category a, product_category b WHERE a.id = OLD.category_id AND b.id = NEW.category_id
      AND (a.costing, a.by_lot) = (b.costing, b.by_lot)) THEN
    used := false;
  ELSE
    used := EXISTS (SELECT FROM ledger_quantitybalance q WHERE q.product_id = NEW.id AND q.quantity <> 0
                    AND q.company_id IN (SELECT id FROM platform_company));
  END IF;
  IF used THEN
    RAISE EXCEPTION 'goods are on hand: their costing and tracking stay' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER goods_in_use BEFORE UPDATE OF tracking, category_id ON product_product FOR EACH ROW
  WHEN ((OLD.tracking, OLD.category_id) IS DISTINCT FROM (NEW.tracking, NEW.category_id))
  EXECUTE FUNCTION ledger_goods_in_use();
CREATE OR REPLACE TRIGGER goods_in_use BEFORE UPDATE OF costing, by_lot ON product_category FOR EACH ROW
  WHEN ((OLD.costing, OLD.by_lot) IS DISTINCT FROM (NEW.costing, NEW.by_lot))
  EXECUTE FUNCTION ledger_goods_in_use();

-- A lot's expiry is copied to where it lies, so that picking the first to expire reads one index.
CREATE OR REPLACE FUNCTION ledger_expiry_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ledger_quantitybalance SET expires_on = NEW.expires_on WHERE lot_id = NEW.id AND lot_id <> 0;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER expiry_changed AFTER UPDATE OF expires_on ON ledger_lot
  FOR EACH ROW WHEN (OLD.expires_on IS DISTINCT FROM NEW.expires_on) EXECUTE FUNCTION ledger_expiry_changed();

-- Caches compare this version. New products need no new version: they are not cached yet. It comes
-- from a sequence: a version that was rolled back must never come again with other contents.
CREATE TABLE IF NOT EXISTS ledger_reference (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL DEFAULT 1
);
INSERT INTO ledger_reference DEFAULT VALUES ON CONFLICT DO NOTHING;
CREATE SEQUENCE IF NOT EXISTS ledger_reference_version START 2;
CREATE OR REPLACE FUNCTION ledger_reference_changed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN UPDATE ledger_reference SET version = nextval('ledger_reference_version'); RETURN NULL; END $$;
DO $$ DECLARE t text; BEGIN
  FOREACH t IN ARRAY ARRAY['ledger_account', 'ledger_postingrule', 'ledger_location'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER reference_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION ledger_reference_changed()', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['product_product', 'product_category', 'platform_company'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER reference_changed AFTER UPDATE OR DELETE OR TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION ledger_reference_changed()', t);
  END LOOP;
END $$;

-- Ids below 1000 are the world's places, the same in every database.
SELECT setval('ledger_location_id_seq', greatest(1000, (SELECT last_value FROM ledger_location_id_seq)));

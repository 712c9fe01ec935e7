/**
 * Prices that operators set. The database itself refuses what would make two prices true at once,
 * a change of one that was in force, and the loss of one that was charged (wallet reference §11).
 */
export const modelPricesSchema = `CREATE TABLE model_prices (
     id                     TEXT PRIMARY KEY,
     model_id               TEXT NOT NULL,
     price_class            TEXT NOT NULL CHECK (price_class IN ('input', 'cache_write_5m',
                              'cache_write_1h', 'cache_read', 'output', 'web_search')),
     nano_usd_per_million   INTEGER NOT NULL CHECK (nano_usd_per_million >= 0),
     tier_from_input_tokens INTEGER NOT NULL CHECK (tier_from_input_tokens >= 0),
     plan_name              TEXT NOT NULL,
     effective_from_ms      INTEGER NOT NULL,
     effective_to_ms        INTEGER CHECK (effective_to_ms >= effective_from_ms),
     source                 TEXT NOT NULL,
     created_by             TEXT NOT NULL,
     created_at_ms          INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX model_prices_in_order ON model_prices (effective_from_ms, id);
   CREATE INDEX model_prices_of_class ON model_prices
     (model_id, price_class, tier_from_input_tokens, plan_name, effective_from_ms);
   CREATE TRIGGER model_price_overlaps BEFORE INSERT ON model_prices
   WHEN EXISTS (SELECT 1 FROM model_prices WHERE model_id = NEW.model_id
     AND price_class = NEW.price_class
     AND tier_from_input_tokens = NEW.tier_from_input_tokens AND plan_name = NEW.plan_name
     AND (NEW.effective_to_ms IS NULL OR effective_from_ms < NEW.effective_to_ms)
     AND (effective_to_ms IS NULL OR effective_to_ms > NEW.effective_from_ms))
   BEGIN SELECT RAISE(ABORT, 'this price overlaps another one'); END;
   CREATE TRIGGER model_price_edited BEFORE UPDATE ON model_prices
   WHEN OLD.effective_to_ms IS NOT NULL OR NEW.effective_to_ms IS NULL OR NEW.id <> OLD.id
     OR NEW.model_id <> OLD.model_id OR NEW.price_class <> OLD.price_class
     OR NEW.nano_usd_per_million <> OLD.nano_usd_per_million
     OR NEW.tier_from_input_tokens <> OLD.tier_from_input_tokens
     OR NEW.plan_name <> OLD.plan_name OR NEW.effective_from_ms <> OLD.effective_from_ms
     OR NEW.source <> OLD.source OR NEW.created_by <> OLD.created_by
     OR NEW.created_at_ms <> OLD.created_at_ms
   BEGIN SELECT RAISE(ABORT, 'a price is never edited, only closed'); END;
   CREATE TRIGGER model_price_removed BEFORE DELETE ON model_prices
   BEGIN SELECT RAISE(ABORT, 'a price is never removed'); END;`;

-- Whether a process must read a provider's settings again is one row's question, and not that of all settings each second.
-- The row is locked until its change commits, so a number is never seen before what it stands for.
CREATE TABLE provider_changes (
  provider text PRIMARY KEY,
  changes bigint NOT NULL
);
INSERT INTO provider_changes (provider, changes) SELECT DISTINCT provider, 1 FROM provider_settings;

CREATE FUNCTION count_provider_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO provider_changes AS c (provider, changes) VALUES (coalesce(NEW.provider, OLD.provider), 1)
  ON CONFLICT (provider) DO UPDATE SET changes = c.changes + 1;
  RETURN NULL;
END
$$;
CREATE TRIGGER provider_settings_changed AFTER INSERT OR UPDATE OR DELETE ON provider_settings
  FOR EACH ROW EXECUTE FUNCTION count_provider_change();

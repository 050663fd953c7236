-- The three database roles of Slate. Run as the cluster's superuser; safe to run again.
--   slate_owner  owns the database and the schema, runs migrations (CREATEDB: tests make their own database)
--   slate_app    web, workers and tools: no superuser, no BYPASSRLS, owns nothing
--   slate_sys    cannot log in; owns the few functions that may look across studios
-- A deployment adds passwords: ALTER ROLE slate_app PASSWORD '…'; ALTER ROLE slate_owner PASSWORD '…';
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'slate_owner') THEN CREATE ROLE slate_owner; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'slate_app') THEN CREATE ROLE slate_app; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'slate_sys') THEN CREATE ROLE slate_sys; END IF;
END
$$;
ALTER ROLE slate_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION CREATEDB;
ALTER ROLE slate_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB;
ALTER ROLE slate_sys NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB;
-- Membership lets migrations say ALTER FUNCTION … OWNER TO slate_sys.
GRANT slate_sys TO slate_owner;
REVOKE slate_owner FROM slate_app;
REVOKE slate_sys FROM slate_app;

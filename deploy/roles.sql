-- Roles, privileges and the database. Run once with psql by a superuser of a cluster that is the
-- application's alone; the embedded PostgreSQL and the Compose file both do.
-- Passwords come from the environment, so that no list of processes shows them:
-- TARGETING_OWNER_PASSWORD and TARGETING_APP_PASSWORD.
\set ON_ERROR_STOP on
\getenv owner_password TARGETING_OWNER_PASSWORD
\getenv app_password TARGETING_APP_PASSWORD

-- The owner migrates (and may create the databases of tests); the application only reads and
-- writes rows. A table that must be append-only takes UPDATE and DELETE back in its migration.
CREATE ROLE targeting_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE targeting_app LOGIN PASSWORD :'app_password';

-- In template1, so that every database made from it, a test's too, has them like the real one.
\connect template1
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gist;
ALTER DEFAULT PRIVILEGES FOR ROLE targeting_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO targeting_app;
ALTER DEFAULT PRIVILEGES FOR ROLE targeting_owner
    GRANT USAGE, SELECT ON SEQUENCES TO targeting_app;

CREATE DATABASE targeting OWNER targeting_owner TEMPLATE template1;
REVOKE ALL ON DATABASE targeting FROM PUBLIC;
GRANT CONNECT ON DATABASE targeting TO targeting_app;

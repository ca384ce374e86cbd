-- The least a role needs that Plimsoll ships by. Run in the database, by its owner who may make roles, with psql -d figures;
-- the names are examples: CREATE DATABASE figures ENCODING 'UTF8' TEMPLATE template0 comes before.
CREATE ROLE plimsoll LOGIN;
GRANT CONNECT, TEMPORARY ON DATABASE figures TO plimsoll;

-- Either the schema is the role's own: it makes the tables, and adds columns that a later version has.
CREATE SCHEMA plimsoll AUTHORIZATION plimsoll;

-- Or somebody else makes the tables (tables.sql, or what `plimsoll ship tables --config FILE` prints), and adds what a later version needs:
-- GRANT USAGE ON SCHEMA plimsoll TO plimsoll;
-- GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA plimsoll TO plimsoll;

-- Whoever only reads.
CREATE ROLE analysts;
GRANT USAGE ON SCHEMA plimsoll TO analysts;
GRANT SELECT ON ALL TABLES IN SCHEMA plimsoll TO analysts;
ALTER DEFAULT PRIVILEGES FOR ROLE plimsoll IN SCHEMA plimsoll GRANT SELECT ON TABLES TO analysts;

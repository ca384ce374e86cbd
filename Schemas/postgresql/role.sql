-- The least a role needs that Plimsoll ships by. Run by the owner of the database; the names are examples.
CREATE ROLE plimsoll LOGIN;
GRANT CONNECT, TEMPORARY ON DATABASE figures TO plimsoll;

-- Either the schema is the role's own: it makes the tables, and adds columns that a later version has.
CREATE SCHEMA plimsoll AUTHORIZATION plimsoll;

-- Or somebody else makes the tables (tables.sql, or what `plimsoll ship tables` prints), and adds what a later version needs:
-- GRANT USAGE ON SCHEMA plimsoll TO plimsoll;
-- GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA plimsoll TO plimsoll;

-- Whoever only reads.
CREATE ROLE analysts;
GRANT USAGE ON SCHEMA plimsoll TO analysts;
GRANT SELECT ON ALL TABLES IN SCHEMA plimsoll TO analysts;
ALTER DEFAULT PRIVILEGES FOR ROLE plimsoll IN SCHEMA plimsoll GRANT SELECT ON TABLES TO analysts;

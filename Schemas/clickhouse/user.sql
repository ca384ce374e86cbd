-- What a user needs who ships to ClickHouse, of version 23.8 or later; 18.16 has users in files.

CREATE DATABASE IF NOT EXISTS plimsoll;
CREATE USER IF NOT EXISTS plimsoll IDENTIFIED WITH sha256_password BY 'choose one';
GRANT SELECT, INSERT, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, ALTER ADD COLUMN, ALTER DELETE ON plimsoll.* TO plimsoll;

-- Whoever asks reads views, and these read tables in his name.
-- GRANT SELECT ON plimsoll.* TO somebody;

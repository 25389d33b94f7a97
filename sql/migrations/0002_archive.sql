-- The accounts of the old system. One sequence numbers both tables, so a dato_id names one row of either (SPEC.md).
CREATE SEQUENCE archive_id_seq;

CREATE TABLE archive_import (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_table text NOT NULL,
    file_name    text NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE archived_user (
    id                 bigint NOT NULL DEFAULT nextval('archive_id_seq') PRIMARY KEY,
    legacy_id          text NOT NULL UNIQUE,
    username           text,
    email              text,
    password_hash      text,
    first_name         text NOT NULL DEFAULT '',
    last_name          text NOT NULL DEFAULT '',
    is_active          boolean NOT NULL DEFAULT true,
    date_joined        timestamptz,
    last_login         timestamptz,
    import_id          bigint,  -- of archive_import; a reference would cost an import a third of its speed
    claimed_at         timestamptz,
    claimed_account_id bigint REFERENCES account ON DELETE SET NULL
);
CREATE INDEX archived_user_username_idx ON archived_user (lower(username));
CREATE INDEX archived_user_email_idx ON archived_user (lower(email COLLATE "C"));
CREATE INDEX archived_user_claimed_idx ON archived_user (claimed_account_id) WHERE claimed_account_id IS NOT NULL;

-- Any table of the old system, one document a row. What a claim needs of it stands in columns; an import says which
-- keys of the document they are.
CREATE TABLE archived_record (
    id                 bigint NOT NULL DEFAULT nextval('archive_id_seq') PRIMARY KEY,
    source_table       text NOT NULL,
    legacy_id          text NOT NULL,
    data               jsonb NOT NULL,
    username           text,
    email              text,
    password_hash      text,
    first_name         text NOT NULL DEFAULT '',
    last_name          text NOT NULL DEFAULT '',
    is_active          boolean NOT NULL DEFAULT true,
    import_id          bigint,
    claimed_at         timestamptz,
    claimed_account_id bigint REFERENCES account ON DELETE SET NULL,
    UNIQUE (source_table, legacy_id)
);
CREATE INDEX archived_record_username_idx ON archived_record (lower(username));
CREATE INDEX archived_record_email_idx ON archived_record (lower(email COLLATE "C"));
CREATE INDEX archived_record_claimed_idx ON archived_record (claimed_account_id) WHERE claimed_account_id IS NOT NULL;

-- A row that somebody writes with nothing but its document is understood by the usual key names.
CREATE FUNCTION archived_record_from_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.username := NEW.data ->> 'username';
    NEW.email := NEW.data ->> 'email';
    NEW.password_hash := COALESCE(NEW.password_hash, NEW.data ->> 'password');
    NEW.first_name := COALESCE(NEW.data ->> 'first_name', '');
    NEW.last_name := COALESCE(NEW.data ->> 'last_name', '');
    NEW.is_active := COALESCE(lower(NEW.data ->> 'is_active') IN ('true', 't', '1', 'yes'), true);
    RETURN NEW;
END $$;
CREATE TRIGGER archived_record_from_document BEFORE INSERT ON archived_record
    FOR EACH ROW WHEN (NEW.username IS NULL AND NEW.email IS NULL AND NEW.import_id IS NULL)
    EXECUTE FUNCTION archived_record_from_document();

-- Both sources as one, for everything that looks for an archived account. A claim writes to the table itself.
CREATE VIEW archived_account AS
    SELECT id, 'archived_user' AS source, legacy_id, username, email, password_hash, first_name, last_name,
           is_active, claimed_at, claimed_account_id
    FROM archived_user
    UNION ALL
    SELECT id, source_table, legacy_id, username, email, password_hash, first_name, last_name,
           is_active, claimed_at, claimed_account_id
    FROM archived_record;

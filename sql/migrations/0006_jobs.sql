-- What staff let the system do to many clients at once, and the credentials that come out of it.
CREATE TABLE bulk_job (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action       text NOT NULL CHECK (action IN ('crear_usuario_portal', 'enviar_credenciales', 'nueva_contrasena',
                                                 'desactivar_acceso', 'activar_acceso')),
    -- draft: shown for confirmation. A job of one client from the client's page is never a draft.
    status       text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'queued', 'done', 'cancelled')),
    sends_mail   boolean NOT NULL DEFAULT false,         -- credentials go out by mail as they are made
    created_by   bigint REFERENCES account ON DELETE SET NULL,  -- null: the command line
    created_at   timestamptz NOT NULL,
    started_at   timestamptz,                            -- the first item was taken up
    finished_at  timestamptz,
    expires_at   timestamptz,                            -- credentials are gone from then on
    discarded_at timestamptz,                            -- staff had them removed
    -- Carried out by `ventanilla crear-usuarios` itself; queued until it has handed the credentials over.
    by_command   boolean NOT NULL DEFAULT false
);
CREATE INDEX bulk_job_queued_idx ON bulk_job (id) WHERE status = 'queued';
CREATE INDEX bulk_job_created_idx ON bulk_job (created_at);

-- client_id, account_id and mail_id are no references: checking them would make a draft of 100,000 clients twice as slow.
-- Clients are never deleted for good; an account or a mail that is gone counts as none.
CREATE TABLE bulk_job_item (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id        bigint NOT NULL REFERENCES bulk_job ON DELETE CASCADE,
    client_id     bigint NOT NULL,
    status        text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'failed', 'left_out', 'cancelled')),
    -- Of failed and left_out: has_user, no_contact, no_user, deleted, no_free_username, no_email, no_credentials,
    -- already_disabled, already_enabled.
    reason        text,
    account_id    bigint,
    username      text,
    -- The password, sealed for this job and client. Gone at bulk_job.expires_at, when discarded, and when it is no
    -- longer the account's password.
    sealed        bytea,
    finished_at   timestamptz,
    mail_id       bigint,                                -- the newest with these credentials
    mailed_at     timestamptz,                           -- when that mail was queued
    printed_at    timestamptz,
    shared_at     timestamptz,                           -- staff opened the WhatsApp link or read it aloud
    UNIQUE (job_id, client_id)
);
CREATE INDEX bulk_job_item_pending_idx ON bulk_job_item (job_id, id) WHERE status = 'pending';
CREATE INDEX bulk_job_item_client_idx ON bulk_job_item (client_id, id DESC);
CREATE INDEX bulk_job_item_sealed_idx ON bulk_job_item (account_id) WHERE sealed IS NOT NULL;

-- Why an action can do nothing for a client (bulk_job_item.reason); NULL: it can. `access` is the client's account, all
-- NULL when there is none that staff may handle this way; `is_sealed`: a made password of it can still be opened.
CREATE FUNCTION job_refusal(action text, who client, access account, is_sealed boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN who.is_deleted AND action <> 'desactivar_acceso' THEN 'deleted'
        WHEN action = 'crear_usuario_portal' THEN CASE
            WHEN who.account_id IS NOT NULL THEN 'has_user'
            WHEN coalesce(who.email, '') = '' AND coalesce(who.phone, '') = '' THEN 'no_contact' END
        WHEN access.id IS NULL THEN 'no_user'
        WHEN action = 'desactivar_acceso' THEN CASE WHEN NOT access.is_active THEN 'already_disabled' END
        WHEN action = 'activar_acceso' THEN CASE WHEN access.is_active THEN 'already_enabled' END
        WHEN action = 'enviar_credenciales' THEN CASE
            WHEN coalesce(who.email, '') = '' THEN 'no_email'
            WHEN NOT is_sealed THEN 'no_credentials' END
    END
$$;

-- An item with what became of it afterwards, for everything that shows items. Items that a cancelled job left behind
-- count as cancelled.
CREATE VIEW job_item_state AS
    SELECT item.id, item.job_id, item.client_id, client.full_name, coalesce(client.email, '') AS email,
           coalesce(client.phone, '') AS phone,
           CASE WHEN item.status = 'pending' AND job.status = 'cancelled' THEN 'cancelled' ELSE item.status END AS status,
           coalesce(item.reason, '') AS reason, coalesce(item.username, '') AS username, item.account_id,
           item.finished_at, item.sealed, job.expires_at,
           -- A mail that is not there any more was sent long ago.
           CASE WHEN item.mailed_at IS NULL THEN 'none' ELSE coalesce(mail.status, 'sent') END AS mail,
           coalesce(mail.last_error, '') AS mail_error, item.mailed_at, item.printed_at, item.shared_at,
           item.status = 'done' AND job.action IN ('crear_usuario_portal', 'enviar_credenciales', 'nueva_contrasena')
               AND (account.last_login_at IS NULL OR account.last_login_at < item.finished_at) AS never_came_in,
           (SELECT min(at) FROM audit_log
            WHERE actor_id = item.account_id AND at >= item.finished_at
              AND audit_log.action IN ('login', 'account_activated')) AS first_login_at,
           CASE WHEN account.password_chosen_at >= item.finished_at THEN account.password_chosen_at
                END AS password_chosen_at
    FROM bulk_job_item AS item
    JOIN bulk_job AS job ON job.id = item.job_id
    JOIN client ON client.id = item.client_id
    LEFT JOIN account ON account.id = item.account_id
    LEFT JOIN mail_outbox AS mail ON mail.id = item.mail_id;

-- Whoever chose a password of their own has nothing left that staff could look at.
CREATE FUNCTION forget_sealed_password() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bulk_job_item SET sealed = NULL WHERE account_id = NEW.id AND sealed IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER account_forgets_sealed_password AFTER UPDATE OF password_chosen_at ON account
    FOR EACH ROW WHEN (NEW.password_chosen_at IS DISTINCT FROM OLD.password_chosen_at)
    EXECUTE FUNCTION forget_sealed_password();

CREATE TRIGGER bulk_job_wakes_worker AFTER UPDATE OF status OR INSERT ON bulk_job
    FOR EACH ROW WHEN (NEW.status = 'queued') EXECUTE FUNCTION wake_worker();

-- A link instead of a password in the mail: opening it changes nothing, setting a password spends it.
CREATE TABLE activation_link (
    token_hash bytea PRIMARY KEY,                        -- SHA-256 of the token in the link
    account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX activation_link_account_idx ON activation_link (account_id);

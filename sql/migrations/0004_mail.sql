-- Mails wait here, written in the transaction of what they report, until the worker has sent them.
CREATE TABLE mail_outbox (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message         text NOT NULL,               -- template under templates/mail/
    recipient       text NOT NULL,
    model           bytea,                       -- sealed JSON for the template; gone once the mail is out
    status          text NOT NULL DEFAULT 'pending'
                    CHECK (status IN ('pending', 'sending', 'sent', 'failed', 'expired')),
    attempts        integer NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    not_after       timestamptz,                 -- worthless later (a code that has expired)
    sent_at         timestamptz,
    last_error      text
);
CREATE INDEX mail_outbox_waiting_idx ON mail_outbox (next_attempt_at, id) WHERE status IN ('pending', 'sending');
-- Mails that will be worthless some day go first.
CREATE INDEX mail_outbox_urgent_idx ON mail_outbox (next_attempt_at, id)
    WHERE status = 'pending' AND not_after IS NOT NULL;
CREATE INDEX mail_outbox_failed_idx ON mail_outbox (id) WHERE status = 'failed';

CREATE FUNCTION wake_worker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY ventanilla_worker;
    RETURN NULL;
END $$;
CREATE TRIGGER mail_outbox_wakes_worker AFTER INSERT ON mail_outbox
    FOR EACH STATEMENT EXECUTE FUNCTION wake_worker();

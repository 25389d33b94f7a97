-- Running attempts to get an account back, their codes, and what the limits count.

-- What a browser looked for last: the only archived accounts that it may choose from.
CREATE TABLE archive_search (
    browser_hash bytea PRIMARY KEY,              -- SHA-256 of the visitor's cookie
    email        text NOT NULL,
    searched_at  timestamptz NOT NULL,
    proven_at    timestamptz                     -- a code proved the mailbox (SEARCH_DISCLOSES=0)
);
CREATE INDEX archive_search_time_idx ON archive_search (searched_at);

CREATE TABLE claim (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    purpose            text NOT NULL CHECK (purpose IN ('choice', 'form', 'mailbox', 'recovery')),
    browser_hash       bytea NOT NULL,
    email              text NOT NULL,            -- as typed; compared through lower()
    -- Where its mails go: the address that is stored with the account. Null: nothing matches, and the claim runs the
    -- same way without mails.
    recipient          text,
    archived_user_id   bigint REFERENCES archived_user,
    archived_record_id bigint REFERENCES archived_record,
    -- Of the form (method 3), kept until the code is right.
    username           text,
    first_name         text,
    last_name          text,
    password_hash      text,
    network            text NOT NULL,
    created_at         timestamptz NOT NULL,
    verified_at        timestamptz,              -- the code was right
    finished_at        timestamptz,              -- the account exists, or the password is new
    CHECK (archived_user_id IS NULL OR archived_record_id IS NULL)
);
CREATE INDEX claim_browser_idx ON claim (browser_hash, purpose, id DESC);
CREATE INDEX claim_created_idx ON claim (created_at);

CREATE TABLE verification_code (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id           bigint NOT NULL REFERENCES claim ON DELETE CASCADE,
    email              text NOT NULL,
    code_hmac          bytea NOT NULL,           -- keyed; the code itself stands nowhere
    digits             smallint NOT NULL,
    tries              smallint NOT NULL DEFAULT 0,
    network            text NOT NULL,            -- that asked for it
    created_at         timestamptz NOT NULL,
    expires_at         timestamptz NOT NULL,
    used_at            timestamptz,
    replaced_at        timestamptz,              -- a newer code of the same claim took its place
    archived_user_id   bigint REFERENCES archived_user,
    archived_record_id bigint REFERENCES archived_record
);
CREATE INDEX verification_code_claim_idx ON verification_code (claim_id, id DESC);
CREATE INDEX verification_code_email_idx ON verification_code (lower(email COLLATE "C"), created_at);
CREATE INDEX verification_code_network_idx ON verification_code (network, created_at);

-- One row a try, written before the code is looked at. A right one is marked afterwards; a right one that came to nothing
-- (pressed twice, no username free) counts neither way.
CREATE TABLE code_attempt (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id bigint NOT NULL REFERENCES claim ON DELETE CASCADE,
    code_id  bigint NOT NULL REFERENCES verification_code ON DELETE CASCADE,
    mailbox  text NOT NULL,                      -- the claim's email, folded
    network  text NOT NULL,
    is_short boolean NOT NULL,                   -- fewer digits than a step-up code
    tried_at timestamptz NOT NULL,
    outcome  text NOT NULL DEFAULT 'wrong' CHECK (outcome IN ('wrong', 'right', 'neutral'))
);
CREATE INDEX code_attempt_mailbox_idx ON code_attempt (mailbox, tried_at);
CREATE INDEX code_attempt_network_idx ON code_attempt (network, tried_at);
CREATE INDEX code_attempt_wrong_idx ON code_attempt (tried_at) WHERE outcome = 'wrong';

-- Mailboxes whose codes are long until one succeeds (step-up).
CREATE TABLE code_step_up (
    mailbox text PRIMARY KEY,
    since   timestamptz NOT NULL
);

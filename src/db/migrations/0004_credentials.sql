-- How a callback proves itself to its receiver beyond a bearer token. Whatever is secret is sealed by the application.

ALTER TABLE callbacks
  ADD CONSTRAINT callbacks_auth_type_known
    CHECK (auth_type IN ('none', 'bearer', 'basic', 'api_key', 'oauth2_client_credentials')),
  -- The parts of the credential that are shown again: user name, header name, token URL, client id, scope.
  ADD COLUMN auth_shown jsonb NOT NULL DEFAULT '{}',
  -- For a day after a bearer token was replaced, a retry may go back to the token before it.
  ADD COLUMN sealed_previous_auth bytea,
  ADD COLUMN auth_changed_at timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN sealed_client_certificate bytea,
  ADD COLUMN client_certificate_shown jsonb,
  ADD COLUMN signing_enabled boolean NOT NULL DEFAULT false,
  -- The newest first; the one at n was replaced when the one at n - 1 was made, and signs for a day after that.
  ADD COLUMN sealed_signing_secrets bytea[] NOT NULL DEFAULT '{}',
  ADD COLUMN signing_secrets_made_at timestamptz[] NOT NULL DEFAULT '{}',
  ADD CONSTRAINT callbacks_client_certificate_sealed
    CHECK ((sealed_client_certificate IS NULL) = (client_certificate_shown IS NULL)),
  ADD CONSTRAINT callbacks_signing_has_secret
    CHECK (NOT signing_enabled OR cardinality(sealed_signing_secrets) > 0),
  ADD CONSTRAINT callbacks_signing_secrets_dated
    CHECK (cardinality(sealed_signing_secrets) = cardinality(signing_secrets_made_at));

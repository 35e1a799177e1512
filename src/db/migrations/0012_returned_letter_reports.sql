-- Letters that came back are reported by the hundred thousand; a workflow tells of them page by page.

CREATE TABLE returned_letter_reports (
  id uuid PRIMARY KEY,
  -- Whose key reported them; null for the operator.
  service_id uuid REFERENCES services,
  matched integer NOT NULL,
  -- How many of them have been accepted, in the order of their places.
  done integer NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);

CREATE TABLE returned_letter_entries (
  report_id uuid NOT NULL REFERENCES returned_letter_reports,
  place integer NOT NULL,
  notification_id uuid NOT NULL,
  event_id uuid NOT NULL,
  PRIMARY KEY (report_id, place)
);

ALTER TABLE workflow_requests ALTER COLUMN service_id DROP NOT NULL;

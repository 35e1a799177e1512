-- Returned letters are named by the references under which they were printed, by thousands at a time.
CREATE INDEX notifications_letters_by_reference ON notifications (reference)
  WHERE notification_type = 'letter' AND reference IS NOT NULL;
CREATE INDEX notifications_letters_by_provider_reference ON notifications (provider_reference)
  WHERE notification_type = 'letter' AND provider_reference IS NOT NULL;

"""Drives GOV.UK Notify's own Python client against the address and key it is given, and prints what it saw as JSON."""

import json
import sys

from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

base_url, key, revoked_key = sys.argv[1:4]
client = NotificationsAPIClient(key, base_url=base_url)
template = "f33517ff-2a88-4f6e-b855-c550268ce08a"


def refused(call):
    try:
        call()
    except HTTPError as error:
        return {"status_code": error.status_code, "errors": error.message}
    return None


sms = client.send_sms_notification("07700900003", template, {"name": "Zoë"}, reference="python-sms")
email = client.send_email_notification("perm-fail@simulator.notify", template)
letter = client.send_letter_notification(
    template, {"address_line_1": "A Person", "address_line_2": "1 High Street", "address_line_3": "BA1 1AA"}
)

print(
    json.dumps(
        {
            "sms": client.get_notification_by_id(sms["id"]),
            "email": client.get_notification_by_id(email["id"]),
            "letter": client.get_notification_by_id(letter["id"]),
            "failed": [each["id"] for each in client.get_all_notifications(status="failed")["notifications"]],
            "all": [each["id"] for each in client.get_all_notifications_iterator()],
            "by_reference": [
                each["id"] for each in client.get_all_notifications(reference="python-sms")["notifications"]
            ],
            "texts": list(client.get_received_texts_iterator()),
            "bad_number": refused(lambda: client.send_sms_notification("12", template)),
            "unknown": refused(lambda: client.get_notification_by_id("9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10")),
            "revoked": refused(
                lambda: NotificationsAPIClient(revoked_key, base_url=base_url).get_all_notifications()
            ),
        }
    )
)

import base64
import hashlib
import hmac
import time


def verify(secret, headers, body, now=None):
    """Standard Webhooks 1.0, `v1`; header names in lower case, `body` as the bytes that were received."""
    webhook_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdigit() or abs((now or time.time()) - int(timestamp)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(signature, f"v1,{expected}")
        for signature in headers.get("webhook-signature", "").split(" ")
    )

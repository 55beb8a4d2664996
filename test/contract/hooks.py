"""What a schema cannot say of a request: signatures, and what one cart may be told only once."""
import base64
import hashlib
import hmac
import itertools
import json
import os
import time

import schemathesis
from requests.auth import AuthBase

WEBHOOK_KEY = base64.b64decode(os.environ["PAYMENT_WEBHOOK_SECRET"].removeprefix("whsec_"))
counter = itertools.count(1)


class SignedWebhook(AuthBase):
    """Standard Webhooks, over the very bytes that are sent."""

    def __call__(self, request):
        message_id = f"msg_{next(counter)}"
        timestamp = str(int(time.time()))
        body = request.body or b""
        body = body if isinstance(body, bytes) else body.encode()
        signed = f"{message_id}.{timestamp}.".encode() + body
        signature = base64.b64encode(hmac.new(WEBHOOK_KEY, signed, hashlib.sha256).digest()).decode()
        request.headers["webhook-id"] = message_id
        request.headers["webhook-timestamp"] = timestamp
        request.headers["webhook-signature"] = f"v1,{signature}"
        return request


SIGNATURE_HEADERS = {"webhook-id", "webhook-timestamp", "webhook-signature"}


def is_cursor(text):
    """Whether it is a page's `next`: a schema can only say which characters it is made of."""
    try:
        return isinstance(json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))), dict)
    except ValueError:
        return False


@schemathesis.hook
def before_call(context, case, kwargs):
    headers = case.headers or {}
    # A link brings the cart's version as a number: in an address it is text.
    if isinstance((case.query or {}).get("at"), int):
        case.query["at"] = str(case.query["at"])
    # With all of its headers there; and one in two goes on with a signature that is none.
    if SIGNATURE_HEADERS <= {name.lower() for name in headers} and next(counter) % 2:
        kwargs["auth"] = SignedWebhook()
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if headers.get("Idempotency-Key"):
        # The same key with another payload is a 422, and rightly so: each valid request has one of its own.
        headers["Idempotency-Key"] = f"{next(counter)}-{headers['Idempotency-Key']}"[:255].rstrip()
    query = case.query or {}
    if "cursor" in query and not is_cursor(str(query["cursor"])):
        del query["cursor"]

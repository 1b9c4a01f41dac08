"""Follows an event stream with httpx-sse, and resumes it whenever it breaks: prints each event as a line of JSON.

Arguments: URL and token.
"""

import json
import sys
import time

import httpx
from httpx_sse import connect_sse

url, token = sys.argv[1:]
headers = {"Authorization": f"Bearer {token}"}
last_id, retry = "", 100

with httpx.Client(timeout=httpx.Timeout(30), trust_env=False) as client:
    while True:
        if last_id:
            headers["Last-Event-ID"] = last_id
        try:
            with connect_sse(client, "GET", url, headers=headers) as source:
                for event in source.iter_sse():
                    last_id = event.id
                    retry = event.retry or retry
                    # A block without data only moves the id on.
                    if event.data:
                        line = {"name": event.event, "id": event.id, "event": event.json()}
                        print(json.dumps(line), flush=True)
        except httpx.HTTPError:
            pass
        time.sleep(retry / 1000)
